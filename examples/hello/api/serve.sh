#!/bin/sh
# Serves / and /health on port 8080 until it is told to stop.
if [ "$(cat HEALTH)" = crash ]; then
  echo "hello-api $(cat VERSION): cannot go on like this" >&2
  exit 1
fi
echo "hello-api $(cat VERSION) listens on port 8080"
httpd -f -vv -p 8080 -h www &
# The first process of a container gets no SIGTERM that it does not ask for.
trap 'kill $!; exit 0' TERM INT
wait

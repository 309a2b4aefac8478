#!/bin/sh
# Works until it is told to stop.
echo "hello-worker $(cat VERSION) started"
trap 'exit 0' TERM INT
while true; do
  echo "hello-worker $(cat VERSION) did a piece of work"
  sleep 5 &
  wait $!
done

#!/bin/sh
# What a compiler would be for a larger service: makes /out of the source.
set -eu
out=$1
version=$(cat VERSION)
health=$(cat HEALTH)
mkdir -p "$out/www"
cp -R api worker VERSION HEALTH "$out"
echo "hello $version" >"$out/www/index.html"
# A version that is not well has no such page: whoever asks for it gets a 404.
if [ "$health" = ok ]; then
  echo "{\"status\":\"ok\",\"version\":\"$version\"}" >"$out/www/health"
fi

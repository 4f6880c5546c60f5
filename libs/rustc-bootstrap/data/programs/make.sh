#!/bin/sh
# Builds the ladder's own programs and writes them, base64, to programs.json. Run on Debian 12 (binutils 2.40, gcc 12.2) when a source changes.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
for name in boot hello-static; do
  as -o "$work/$name.o" "$name.s"
  ld -z noseparate-code -s -o "$work/$name" "$work/$name.o"
done
gcc -O1 -s -o "$work/hello-dynamic" hello-dynamic.c
{
  printf '{\n'
  for name in boot hello-static; do printf '  "%s": "%s",\n' "$name" "$(base64 -w0 "$work/$name")"; done
  printf '  "hello-dynamic": "%s"\n}\n' "$(base64 -w0 "$work/hello-dynamic")"
} > programs.json
rm -r "$work"

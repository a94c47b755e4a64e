#!/usr/bin/env bash
# The README's embedding example is the program that Examples/Embedding builds, letter by letter.
set -euo pipefail
cd "$(dirname "$0")/.."

example=Examples/Embedding/Sources/Embedding/main.swift
in_readme=$(awk '/^```swift$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' README.md)
if ! diff -u --label "README.md (first swift block)" --label "$example" \
  <(printf '%s\n' "$in_readme") "$example"; then
  echo "README.md's first swift block and $example differ; copy one to the other." >&2
  exit 1
fi

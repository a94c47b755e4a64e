#!/usr/bin/env bash
# Draws the figures of docs/systems/figures.md, by the commands that stand there.
# usage: draw-figures.sh TIDEMILL      the path of the program
set -euo pipefail
tidemill=$(realpath "$1")
cd "$(dirname "$0")/.."

commands=$(awk '/^```console$/ { inside = 1; next } /^```$/ { inside = 0 } inside' docs/systems/figures.md |
  sed 's/^\$ tidemill /"$tidemill" /')
cd docs/pictures
eval "$commands" >/dev/null

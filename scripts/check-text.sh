#!/usr/bin/env bash
# Cheap checks of all text: lengths of lines, spaces at their ends, links between documents.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
failed=0
fail() {
  echo "$1" >&2
  failed=1
}

mapfile -t files < <(git ls-files -co --exclude-standard |
  grep -E '\.(swift|c|h|inc|sh|md|dot)$|(^|/)Makefile$|^\.ci/run$')
for file in "${files[@]}"; do
  [ -f "$file" ] || continue
  while IFS=: read -r line _; do
    fail "$file:$line: space at the end of the line"
  done < <(grep -nE '[[:space:]]$' "$file")
  case "$file" in
    *.md) # rows of tables may be long
      while read -r link; do
        [ -e "$(dirname "$file")/${link%%#*}" ] || fail "$file: there is no $link"
      done < <(grep -oE '\]\([^):[:space:]]+\)' "$file" | sed -E 's/^\]\(//; s/\)$//' | grep -v '^#')
      ;;
    *)
      while IFS=: read -r line _; do
        fail "$file:$line: more than 130 characters"
      done < <(grep -nE '^.{131,}' "$file")
      ;;
  esac
done
exit $failed

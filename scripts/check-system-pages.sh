#!/usr/bin/env bash
# The pages of docs/systems quote Examples/Lectures: every swift block stands in the file that the page links to, letter
# by letter, every system and picture of the program has its page, and the tests that the index names exist.
set -euo pipefail
cd "$(dirname "$0")/.."

sources=Examples/Lectures/Sources/Lectures
failed=0
fail() {
  echo "$1" >&2
  failed=1
}

# Whether the text of one file stands in another one: in whole lines, one after the other.
quotes() {
  awk 'NR == FNR { quote[NR] = $0; count = NR; next } { line[FNR] = $0; all = FNR }
    END {
      for (start = 0; start + count <= all; start++) {
        for (i = 1; i <= count && line[start + i] == quote[i]; i++);
        if (i > count) exit 0
      }
      exit 1
    }' "$1" "$2"
}

quote=$(mktemp)
trap 'rm -f "$quote"' EXIT
for name in $(sed -nE 's/^  \("([a-z-]+)", [A-Za-z]+\),$/\1/p' "$sources/main.swift"); do
  page=docs/systems/$name.md
  [ -f "$page" ] || { fail "$page: is missing; every system of $sources/main.swift has a page"; continue; }
  grep -qF "($name.md)" docs/systems/README.md || fail "docs/systems/README.md: does not link to $name.md"
  file=$(grep -oE "$sources/[A-Za-z]+\.swift" "$page" | head -1 || true)
  [ -f "$file" ] || { fail "$page: links to no file in $sources"; continue; }
  for picture in $(grep -oE "report\.(picture|path)\(\s*\"[^\"]+\"" <(tr -d '\n' < "$file") | grep -oE '[a-z-]+\.(svg|png)'); do
    grep -qF "(../pictures/$picture)" "$page" || fail "$page: does not show $picture"
    [ -s "docs/pictures/$picture" ] || fail "docs/pictures/$picture: is missing; make examples makes it"
  done
  blocks=$(grep -c '^```swift$' "$page" || true)
  [ "$blocks" -gt 0 ] || fail "$page: quotes nothing of $file"
  for ((block = 1; block <= blocks; block++)); do
    awk -v wanted="$block" '/^```swift$/ { inside = ++count == wanted; next } /^```$/ { inside = 0 } inside' "$page" > "$quote"
    quotes "$quote" "$file" || fail "$page: swift block $block is not in $file: $(head -1 "$quote")"
  done
done
for test in $(grep -oE '`[A-Za-z]+Tests\.[A-Za-z0-9]+`' docs/systems/README.md | tr -d '`'); do
  grep -qsE "func ${test#*.}\(" $(git ls-files -co --exclude-standard "Tests/**/${test%.*}.swift") /dev/null ||
    fail "docs/systems/README.md: there is no test $test"
done
exit $failed

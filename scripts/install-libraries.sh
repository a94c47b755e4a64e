#!/usr/bin/env bash
# Installs Debian packages as root or through sudo, or says the one command to type.
# usage: install-libraries.sh engine|neon|data      what is there already is left alone
set -euo pipefail

missing=()
library() { pkg-config --exists "$1" 2>/dev/null || missing+=("$2"); }
program() { command -v "$1" >/dev/null || missing+=("$2"); }
file() { [ -e "$1" ] || missing+=("$2"); }
# The cross compiler's newest libgcc that Debian has, whatever its version.
libgcc() {
  apt-cache pkgnames libgcc- 2>/dev/null | grep -E "^libgcc-[0-9]+-dev-arm64-cross$" | sort -V | tail -1 | grep . \
    || echo libgcc-12-dev-arm64-cross
}

case "${1:-}" in
  engine)
    program pkg-config pkg-config
    library hwloc libhwloc-dev
    library zlib zlib1g-dev
    library libpng libpng-dev
    ;;
  neon)
    program qemu-aarch64 qemu-user
    file /usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross
    compgen -G '/usr/lib/gcc-cross/aarch64-linux-gnu/*/libgcc.a' >/dev/null || missing+=("$(libgcc)")
    ;;
  data)
    file /usr/share/datasets/fashion-mnist dataset-fashion-mnist
    ;;
  *)
    echo "usage: $0 engine|neon|data" >&2
    exit 2
    ;;
esac
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "Tidemill needs these Debian packages, or what your system calls them: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "Tidemill needs libraries that are not there. Type this command, then try again:" >&2
    echo "  sudo sh -c 'apt-get update && apt-get install -y ${missing[*]}'" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
echo "installing ${missing[*]}"
apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
# Old lists may still do: the install says so if not.
"${as_root[@]}" "${apt[@]}" update </dev/null || echo "apt-get update failed; trying to install" >&2
"${as_root[@]}" "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null

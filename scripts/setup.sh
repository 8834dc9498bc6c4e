# Sourced by run, test, check and determinism: what they need from the system, and where things are.
# Sets `root` (the package's folder) and leaves the caller's working folder alone.

set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# What the build and the plots need, what the tests need besides, and what only contributors need.
build_packages=(
  liblua5.4-dev libedit-dev zlib1g-dev libturbojpeg0-dev libpng-dev libzip-dev libsqlite3-dev pkg-config
  dataset-fashion-mnist librsvg2-bin fonts-dejavu-core
)
test_packages=("${build_packages[@]}" lua5.4 tmux)
check_packages=("${test_packages[@]}" lua-check)

say() { printf '%s\n' "$*" >&2; }

# Prints those of the named Debian packages that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
  done
}

# Prints how to become root here: nothing for root itself, `sudo` where it works; fails where neither does.
elevation() {
  if [ "$(id -u)" = 0 ]; then return 0; fi
  command -v sudo >/dev/null || return 1
  if [ -t 0 ] || sudo --non-interactive true 2>/dev/null; then printf 'sudo'; else return 1; fi
}

# Installs the named Debian packages that are missing, after naming them. Calls apt only if some are.
install_packages() {
  local missing sudo
  if ! command -v dpkg-query >/dev/null; then
    say "fedlua: this is no Debian system, so install what these Debian packages hold yourself: $*"
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "fedlua needs these Debian packages, which are missing: ${missing[*]}"
  if ! sudo="$(elevation)"; then
    say "fedlua: they can't be installed from here, without root or sudo. Ask someone who may to run:"
    say "  apt-get install ${missing[*]}"
    exit 1
  fi
  say "Installing them ..."
  $sudo apt-get update -qq >&2
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >&2
}

# Fails with advice unless a Swift toolchain new enough to read Package.swift is on the path.
require_swift() {
  if ! command -v swift >/dev/null; then
    say "fedlua: there is no Swift here; install Swift 6.2 or newer from https://www.swift.org/install and try again"
    exit 1
  fi
  local version
  version="$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)"
  set -- ${version:-0 0}
  if [ "$1" -lt 6 ] || { [ "$1" -eq 6 ] && [ "$2" -lt 2 ]; }; then
    say "fedlua: Swift $1.$2 is too old; install Swift 6.2 or newer from https://www.swift.org/install and try again"
    exit 1
  fi
}

# Builds the command in release and sets `fedlua` to it. The build's own words go to stderr.
build_fedlua() {
  fedlua="$root/.build/release/fedlua"
  [ -x "$fedlua" ] || say "Building fedlua; the first time takes a few minutes ..."
  swift build --package-path "$root" --configuration release --product fedlua >&2
}

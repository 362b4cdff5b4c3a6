# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# npm packages for tests. They come in the versions and with the checksums of a package-lock.json.

# Ends the test as skipped, for a reason.
skip() {
  echo "1..0 # SKIP $*"
  exit 0
}

# npm_install FROM INTO WHAT: what FROM/package-lock.json names is in INTO/node_modules afterwards.
npm_install() {
  local from=$1 into=$2 what=$3 said
  command -v npm >/dev/null || skip "npm is not installed (apt-get install npm)"
  mkdir -p "$into"
  cmp -s "$from/package-lock.json" "$into/node_modules/installed" && return
  cp "$from/package.json" "$from/package-lock.json" "$into"
  if ! said=$(timeout 120 npm ci --prefix "$into" --ignore-scripts --no-audit --no-fund \
    --fetch-retries 1 2>&1); then
    # a package that is there but is not what was pinned is no reason to look away
    if [[ $said == *EINTEGRITY* ]]; then
      printf '%s\n' "$said" >&2
      exit 1
    fi
    skip "npm cannot get $what: $(grep -m 1 '^npm err' <<<"$said" || tail -n 1 <<<"$said")"
  fi
  cp "$from/package-lock.json" "$into/node_modules/installed"
}

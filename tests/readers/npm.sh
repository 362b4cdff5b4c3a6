#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# npm.sh FOLDER: npm's hdr-histogram-js reads our logs. The package goes into FOLDER, in the version
# and with the checksum of package-lock.json.
set -euo pipefail

here=${BASH_SOURCE[0]%/*}
. "$here/lib.bash"

command -v npm >/dev/null || skip "npm is not installed (apt-get install npm)"
mkdir -p "$1"
if ! cmp -s "$here/package-lock.json" "$1/node_modules/installed"; then
  cp "$here/package.json" "$here/package-lock.json" "$1"
  if ! timeout 120 npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund \
    --fetch-retries 1 >"$dir/npm" 2>&1; then
    # a package that is there but is not what was pinned is no reason to look away
    if grep -q EINTEGRITY "$dir/npm"; then
      cat "$dir/npm" >&2
      exit 1
    fi
    skip "npm cannot get hdr-histogram-js: $(grep -m 1 '^npm err' "$dir/npm" || tail -n 1 "$dir/npm")"
  fi
  cp "$here/package-lock.json" "$1/node_modules/installed"
fi
make_logs
NODE_PATH=$1/node_modules node "$here/compare.js" "$dir/logs"

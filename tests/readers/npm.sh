#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# npm.sh FOLDER: npm's hdr-histogram-js reads our logs. The package goes into FOLDER, in the version
# and with the checksum of package-lock.json.
set -euo pipefail

here=${BASH_SOURCE[0]%/*}
. "$here/lib.bash"
. "$here/../npm.bash"

npm_install "$here" "$1" hdr-histogram-js
make_logs
NODE_PATH=$1/node_modules node "$here/compare.js" "$dir/logs"

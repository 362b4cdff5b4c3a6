#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# browser.sh FOLDER: pages of `ipcbench report` in a headless Chromium, driven by playwright-core, which
# goes into FOLDER. IPCBENCH names the binary, SOURCE_ROOT the source tree.
set -euo pipefail

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$here/../npm.bash"

: "${IPCBENCH:?the path of the ipcbench binary}"
: "${SOURCE_ROOT:?the path of the source tree}"

CHROMIUM=$(command -v chromium || command -v chromium-browser) ||
  skip "chromium is not installed (apt-get install chromium)"
export CHROMIUM
# some containers forbid what a browser needs
timeout 60 "$CHROMIUM" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --dump-dom about:blank \
  2>/dev/null | grep -q '<html' || skip "$CHROMIUM cannot show an empty page here"
command -v gnuplot >/dev/null || skip "gnuplot is not installed (apt-get install gnuplot-nox)"
npm_install "$here" "$1" playwright-core

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
run=$SOURCE_ROOT/results/reference/kvm-epyc-2cpu
"$IPCBENCH" report "$run" -q -o "$dir/run.html"
"$IPCBENCH" report "$run-idle-gap" -q -o "$dir/pauses.html"

# a run of another machine, everywhere slower, with a label that wants to be markup
mkdir "$dir/other"
cp "$run/env.json" "$dir/other"
sed 's/AMD EPYC/A <b>machine<\/b>/' "$run/env.json" >"$dir/other/env.json"
for file in summary trials; do
  awk -F, -v OFS=, '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; columns = NF; print; next }
    NF == columns && $at["mode"] == "latency" && $at["lat_p50_ns"] != "" { $at["lat_p50_ns"] *= 3 }
    NF == columns { $at["label"] = "\"\"\"><script>alert(1)</script>\"" }
    { print }' "$run/$file.csv" >"$dir/other/$file.csv"
done
"$IPCBENCH" report "$run" "$dir/other" -q -o "$dir/pair.html"
"$IPCBENCH" report "$SOURCE_ROOT/results/reference/kvm-epyc-2cpu-gate/fifo-against-pipe" -q -o "$dir/gate.html"

NODE_PATH=$1/node_modules node "$here/browser.js" "$dir" "$run"

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the tests against other readers share. IPCBENCH names the binary, MAKE_LOGS the generator.

: "${IPCBENCH:?the path of the ipcbench binary}"
: "${MAKE_LOGS:?the path of make-logs}"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Logs of random histograms, and those of a run; beside each what we make of it.
make_logs() {
  local log
  mkdir "$dir/logs"
  "$MAKE_LOGS" "$dir/logs"
  "$IPCBENCH" -t pipe,eventfd -s 64 -m latency -p same-cpu -T 2 -d 50ms --warmup 1ms -q \
    -o "$dir/run"
  mv "$dir/run/hist/"*.hlog "$dir/logs"
  for log in "$dir/logs/"*.hlog; do
    "$IPCBENCH" hist show --hgrm "$log" >"${log%.hlog}.ours"
  done
}

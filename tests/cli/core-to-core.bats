# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # bats sets stderr
#
# scripts/plot over the matrix of `ipcbench topology`, made by hand.

bats_require_minimum_version 1.5.0

COLUMNS_TOPOLOGY=schema_version,run_id,cpu_a,cpu_b,class,pages,round_trips,rtt_min_ns,rtt_p50_ns
COLUMNS_TOPOLOGY+=,rtt_max_ns,clock,status,reason

setup() {
  root=${SOURCE_ROOT:-$BATS_TEST_DIRNAME/../..}
  plot=$root/scripts/plot
  run="$BATS_TEST_TMPDIR/a run"
  mkdir -p "$run"
  echo "$COLUMNS_TOPOLOGY" >"$run/topology.csv"
}

# pair A B CLASS P50 STATUS REASON
pair() {
  printf '1,20261121T020000Z-1a2b3c4d,%s,%s,%s,16,9999,1,%s,999999,tsc,%s,"%s"\n' "$@" >>"$run/topology.csv"
}

is_png() { [[ $(head -c 8 "$1" | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]]; }

@test "a heat map with a figure in every cell, white on dark ones" {
  pair 0 4 same-llc 92.5 ok ''
  pair 0 16 cross-numa 611.7 ok ''
  pair 4 16 cross-numa 640 fail 'so, it "is"'
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $stderr == *"1 pair of CPUs without a value left out of core-to-core"* ]]
  is_png "$run/plots/core-to-core.png"
  local svg=$run/plots/core-to-core.svg
  grep -q 'Round trip between two CPUs over one cache line' "$svg"
  grep -q '3 CPUs; 2026-11-21' "$svg"
  grep -q 'round trip p50, ns' "$svg"
  # both halves; the pair that failed is a cross
  [ "$(grep -c '>92.5<\|> *92.5 *<' "$svg")" -eq 2 ]
  [ "$(grep -c '612' "$svg")" -eq 2 ]
  [ "$(grep -c '×' "$svg")" -eq 2 ]
  run ! grep -q '>640<' "$svg"
  grep -B 3 '612' "$svg" | grep -qiE 'fill="(white|#ffffff|rgb\(255, *255, *255\))"'
  run ! grep -qiE 'fill="(white|#ffffff|rgb\(255, *255, *255\))"' <(grep -B 3 '92\.5' "$svg")
}

@test "many CPUs: cells without text, the same figure beside those of a run" {
  local a b
  for ((a = 0; a < 40; a++)); do
    for ((b = a + 1; b < 40; b++)); do
      pair "$a" "$b" same-llc "$((7000 + a))" ok ''
    done
  done
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  is_png "$run/plots/core-to-core.png"
  run ! grep -q '70[1-3][0-9]' "$run/plots/core-to-core.svg"
}

@test "no figure at all is told" {
  pair 0 1 same-llc '' fail 'broken'
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"core-to-core cannot be drawn: topology.csv has no pair with status ok"* ]]
  [[ $stderr != *"summary.csv"* ]]
}

@test "a column that is missing, and rows that are nonsense" {
  echo cpu_a,cpu_b,class,status >"$run/topology.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"topology.csv has no column rtt_p50_ns"* ]]
  echo "$COLUMNS_TOPOLOGY" >"$run/topology.csv"
  pair "'; system('false')" 1 same-llc 5 ok ''
  pair 3 3 same-llc 5 ok ''
  pair 2 1 same-llc 5 ok ''
  pair 2 7 same-llc 6 ok ''
  "$plot" "$run" 2>/dev/null
  grep -q '3 CPUs' "$run/plots/core-to-core.svg"
}

@test "two CPUs need no figure: a line and a row say why, and a drawing of before goes" {
  pair 0 1 same-llc 66.7 ok ''
  mkdir "$run/plots"
  touch "$run/plots/core-to-core.svg"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [ "$stderr" = "plot: no core-to-core: two CPUs have one round trip, of 66.7 ns, which needs no figure" ]
  [ "$(ls "$run/plots")" = figures.csv ]
  grep -q '^core-to-core,core-to-core,.*,"two CPUs have one round trip, of 66.7 ns, which needs no figure"$' "$run/plots/figures.csv"
}

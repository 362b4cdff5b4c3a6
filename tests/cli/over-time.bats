# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # bats sets stderr
#
# scripts/plot over a timeline.csv made by hand: the heat maps.

bats_require_minimum_version 1.5.0

COLUMNS_TIMELINE=schema_version,run_id,label,transport,family,wait,copy,mode,size_bytes,trial,placement
COLUMNS_TIMELINE+=,cpu_tx,cpu_rx,idle,clock,lat_kind,slice_start_s,slice_s,low_ns,high_ns,count
COLUMNS_TIMELINE+=,think_ns,rate,arrivals,dispatch,mem

setup() {
  root=${SOURCE_ROOT:-$BATS_TEST_DIRNAME/../..}
  plot=$root/scripts/plot
  run="$BATS_TEST_TMPDIR/a run, \"one\" = 100%"
  mkdir -p "$run"
  echo "$COLUMNS_TIMELINE" >"$run/timeline.csv"
  # a run that has this file has the other one, too
  echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status >"$run/summary.csv"
  command -v gnuplot >/dev/null || skip "gnuplot is not installed (apt-get install gnuplot-nox)"
}

# moment TRANSPORT FAMILY MODE SIZE TRIAL START SLICE LOW HIGH COUNT RATE
moment() {
  printf '1,20261121T020000Z-1a2b3c4d,"a ""b"", c\nd",%s,%s,block,copy,%s,%s,%s,same-llc,1,0,default,tsc,rtt,%s,%s,%s,%s,%s,,%s,,direct,default\n' \
    "$@" >>"$run/timeline.csv"
}

# A trial of twenty slices with a stall in the middle.
trial() {
  local transport=$1 family=$2 mode=$3 size=$4 trial=$5 i
  for ((i = 0; i < 20; i++)); do
    moment "$transport" "$family" "$mode" "$size" "$trial" "$(printf '0.%03d' $((i * 50)))" 0.05 4096 4608 5000 ''
    moment "$transport" "$family" "$mode" "$size" "$trial" "$(printf '0.%03d' $((i * 50)))" 0.05 8192 9216 200 ''
  done
  moment "$transport" "$family" "$mode" "$size" "$trial" 0.5 0.05 2097152 2359296 1 ''
}

is_png() { [[ $(head -c 8 "$1" | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]]; }

@test "a map per cell, that says what was run where, in an SVG of its own" {
  trial pipe pipes latency 64 1
  trial pipe pipes latency 64 2
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  local svg=$run/plots/over-time-latency-same-llc-pipe-block.svg
  is_png "${svg%.svg}.png"
  grep -q 'pipe block: round trips of 64 B over time' "$svg"
  grep -q 'same-llc (CPUs 1 and 0), trial 1 of 2' "$svg"
  grep -q '2026-11-21' "$svg"
  grep -q 'time in the window, ms, in slices of 50 ms' "$svg"
  grep -q 'messages per cell' "$svg"
  grep -q '>100 µs<\|> *100 µs' "$svg"
  grep -q '1 ms' "$svg"
  run ! grep -q 'too few' "$svg"
  # the cells are an image, inside the file and with edges; as an attribute, since a page may forbid styles
  [ "$(grep -c '<image ' "$svg")" -eq 1 ]
  grep -q "image-rendering='pixelated'.*xlink:href='data:image/png;base64," "$svg"
  run ! grep -E "(href|src)='[^#d]" "$svg"
  [ "$(stat -c %s "$svg")" -lt 150000 ]
}

@test "trials are not added" {
  trial pipe pipes latency 64 1
  cp "$run/timeline.csv" "$BATS_TEST_TMPDIR/one"
  "$plot" "$run" "$BATS_TEST_TMPDIR/a" 2>/dev/null
  trial pipe pipes latency 64 2
  "$plot" "$run" "$BATS_TEST_TMPDIR/b" 2>/dev/null
  local name=over-time-latency-same-llc-pipe-block.svg
  grep -q 'trial 1 of 2' "$BATS_TEST_TMPDIR/b/$name"
  diff <(grep -o 'base64,[^"'"'"']*' "$BATS_TEST_TMPDIR/a/$name") \
    <(grep -o 'base64,[^"'"'"']*' "$BATS_TEST_TMPDIR/b/$name")
}

@test "a row finer than the clock is no gap, an empty row of longer times is one" {
  moment pipe pipes latency 64 1 0 0.05 96 104 30 ''
  moment pipe pipes latency 64 1 0 0.05 112 120 50 ''
  moment pipe pipes latency 64 1 0 0.05 4096 4608 7 ''
  moment pipe pipes latency 64 1 0 0.05 5120 5632 9 ''
  "$plot" --data "$run" "$BATS_TEST_TMPDIR/data" 2>/dev/null
  # eight rows per octave from 16 ns on: 96 ns is row 20, 4096 ns row 64
  diff <(printf '%s\n' 20.5,30 21.5,30 22.5,50 64.5,7 65.5,NaN 66.5,9) \
    <(cut -d, -f2,3 "$BATS_TEST_TMPDIR"/data/over-time-latency-same-llc-pipe-block/rows.csv | grep -E '^(20|21|22|64|65|66)\.5,')
}

@test "a line has at most 64 points, between the rows where its rank lies" {
  local i
  for ((i = 0; i < 200; i++)); do
    moment pipe pipes latency 64 1 "$(printf '0.%03d' $((i * 5)))" 0.005 4096 4608 5000 ''
  done
  "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  cd "$BATS_TEST_TMPDIR"/data/over-time-*
  # eight rows an octave from 16 ns on, and the middle of that row
  [ "$(awk -F, 'NR > 1 && $2 == 64.5' p50.csv | wc -l)" -eq 50 ]
  [ "$(wc -l <p99.csv)" -eq 51 ]
}

@test "few messages have cells and no percentiles" {
  moment pipe pipes latency 64 1 0 0.001 4096 4608 7 ''
  moment pipe pipes latency 64 1 0.019 0.001 4096 4608 7 ''
  "$plot" "$run" 2>/dev/null
  local svg=$run/plots/over-time-latency-same-llc-pipe-block.svg
  grep -q 'p50: too few messages' "$svg"
  grep -q 'p99: too few messages' "$svg"
}

@test "at most six cells of a mode and placement, of the smallest size; the rest is told" {
  local i
  for i in 1 2 3 4 5 6 7 8; do
    moment "m$i" pipes latency 4096 1 0 0.05 4096 4608 10 ''
    moment "m$i" pipes latency 64 1 0 0.05 4096 4608 10 ''
  done
  moment eventfd notifications latency '' 1 0 0.05 4096 4608 10 ''
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [ "$(find "$run/plots" -name 'over-time-latency-same-llc-m?-block.svg' | wc -l)" -eq 6 ]
  [ -e "$run/plots/over-time-latency-same-llc-eventfd-block.svg" ]
  run ! grep -l '4 KiB' "$run"/plots/*.svg
  [[ $stderr == *"10 cells of timeline.csv left out of over-time"* ]]
}

@test "every mechanism has a map before one has a second" {
  local i
  for i in 10 20 30 40 50 60 70; do
    moment pipe pipes rate 64 1 0 0.05 4096 4608 10 "$i%"
  done
  moment tcp sockets rate 64 1 0 0.05 4096 4608 10 '10%'
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [ "$(find "$run/plots" -name 'over-time-rate-same-llc-pipe-*.svg' | wc -l)" -eq 5 ]
  [ -e "$run/plots/over-time-rate-same-llc-tcp-block.svg" ]
  [[ $stderr == *"2 cells of timeline.csv left out of over-time"* ]]
}

@test "an open loop says its load" {
  moment tcp sockets rate 64 1 0 0.05 4096 4608 10 20000
  moment tcp sockets rate 64 1 0 0.05 4096 4608 10 '50%'
  "$plot" "$run" 2>/dev/null
  grep -q 'tcp block at 20000/s: messages of 64 B over time' "$run/plots/over-time-rate-same-llc-tcp-block.svg"
  grep -q 'tcp block at 50%: messages of 64 B over time' "$run/plots/over-time-rate-same-llc-tcp-block-2.svg"
}

@test "times below and above all ranges, and a window of one slice" {
  moment null harness latency 64 1 0 0.000001 0 16 5 ''
  moment null harness latency 64 1 0 0.000001 17179869184 '' 1 ''
  "$plot" "$run" 2>/dev/null
  grep -q 'in slices of 1 µs' "$run/plots/over-time-latency-same-llc-null-block.svg"
  grep -q '10 s' "$run/plots/over-time-latency-same-llc-null-block.svg"
}

@test "hostile names and numbers" {
  local evil='"'"'"'; system(""touch x"") `touch x` $(touch x) ../{x}^2\\@&~%s, é"'
  moment "$evil" pipes latency 64 1 0 0.05 4096 4608 10 ''
  moment "$evil" pipes '../../x y' 64 1 0 0.05 4096 4608 10 ''
  moment "$evil" pipes rate 64 1 0 0.05 4096 4608 10 "50%';{x}"
  moment pipe pipes latency 64 1 nan 0.05 4096 4608 10 ''
  moment pipe pipes latency 64 1 0 0 4096 4608 10 ''
  moment pipe pipes latency 64 1 0 -1 4096 4608 10 ''
  moment pipe pipes latency 64 1 0 0.05 -5 4608 10 ''
  moment pipe pipes latency 64 1 0 0.05 4096 4608 "1;x" ''
  moment fifo pipes latency 64 1 1e9 1e-9 4096 4608 10 ''
  run --separate-stderr timeout 60 "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $stderr != *gnuplot:* ]]
  [ "$(find "$BATS_TEST_TMPDIR" "$root/plots" -maxdepth 3 -name x | wc -l)" -eq 0 ]
  [ "$(find "$run/plots" -name 'over-time-*.svg' | wc -l)" -eq 4 ]
  [ "$(find "$run/plots" -name '*pipe*' | wc -l)" -eq 0 ]
}

@test "nothing to draw is told, and so is a column that is missing" {
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"over-time cannot be drawn: timeline.csv has no times"* ]]
  echo transport,mode >"$run/timeline.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"timeline.csv has no column wait"* ]]
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # bats sets stderr, plot.bash the paths
#
# scripts/plot --text: figures as lines of characters.

bats_require_minimum_version 1.5.0

load plot

setup() {
  plot_setup
  needs_gnuplot
  made_up=$root/tests/cli/figures/run
}

# The figure whose title is $1, from $output.
figure() {
  awk -v title="$1" '$0 == title { on = 1 } on && $0 == "" { exit } on' <<<"$output"
}

@test "figures are printed one after the other, and no file is made" {
  cp -r "$made_up" "$run/made-up"
  cd "$BATS_TEST_TMPDIR"
  run --separate-stderr "$plot" --text "$run/made-up"
  [ "$status" -eq 0 ]
  [ "$(ls "$run/made-up")" = "$(ls "$made_up")" ]
  leaves_nothing
  [[ $stderr != *gnuplot* ]]
  local title
  for title in "Round trip of 64 B by mechanism" "Round-trip time against message size" \
    "Round trip of 64 B by percentile" "Throughput against message size" \
    "Open loop: 64 B messages against load" "Round trip of 64 B after a pause"; do
    figure "$title" | sed -n 2p | grep -q 'same-llc (CPUs 0 and 1)'
  done
}

@test "every mechanism has a row of its own, as long as its time" {
  run --separate-stderr "$plot" --text --columns 100 "$made_up"
  [ "$status" -eq 0 ]
  figure "Round trip of 64 B by mechanism" >"$BATS_TEST_TMPDIR/bars"
  grep -q 'round trip, p50, µs; A: p99' "$BATS_TEST_TMPDIR/bars"
  local name last=0 dashes
  for name in 'shm spin  100 ns' 'pipe block  2.01 µs' 'posix-mq block  3.01 µs' 'unix-stream block  4.02 µs' 'tcp block  8.03 µs'; do
    [ "$(grep -c " $name |-" "$BATS_TEST_TMPDIR/bars")" -eq 1 ]
    dashes=$(grep " $name |-" "$BATS_TEST_TMPDIR/bars" | sed 's/.*|//' | tr -cd - | wc -c)
    [ "$dashes" -gt "$last" ]
    last=$dashes
  done
}

@test "no line is wider than asked for, and a narrow screen gets narrow figures" {
  local columns
  for columns in 60 80 120; do
    run --separate-stderr "$plot" --text --columns="$columns" "$made_up"
    [ "$status" -eq 0 ]
    [ "$(wc -L <<<"$output")" -le "$columns" ]
    [ "$(wc -L <<<"$output")" -gt $((columns - 12)) ]
  done
}

@test "a locale without UTF-8 gets ASCII" {
  LC_ALL=C run --separate-stderr "$plot" --text --columns 80 "$made_up"
  [ "$status" -eq 0 ]
  [[ $output == *"2.01 us"* ]]
  run ! grep -P '[^\x00-\x7f]' <<<"$output"
}

@test "names and titles of a file are text, whatever they hold" {
  full_run
  cd "$BATS_TEST_TMPDIR"
  run --separate-stderr "$plot" --text "$run"
  [ "$status" -eq 0 ]
  [[ $output == *"?it??s_{x}^2"* ]]
  run ! grep -P '\x1b' <<<"$output"
  leaves_nothing
}

@test "a width that is none, and files beside text, are told" {
  local columns
  for columns in 0 59 1001 -5 x '' 80.5 99999999999999999999; do
    run --separate-stderr "$plot" --text --columns "$columns" "$made_up"
    [ "$status" -eq 2 ]
    [[ $stderr == "plot: "* ]]
  done
  run --separate-stderr "$plot" --columns 80 "$made_up" "$BATS_TEST_TMPDIR/x"
  [ "$status" -eq 2 ]
  [[ $stderr == *"--columns is the width of --text"* ]]
  run "$plot" --text "$made_up" "$BATS_TEST_TMPDIR/x"
  [ "$status" -eq 2 ]
  run "$plot" --data "$made_up"
  [ "$status" -eq 2 ]
  run "$plot" --nonsense "$made_up"
  [ "$status" -eq 2 ]
}

@test "a run of which nothing suits text is told" {
  echo cpu_a,cpu_b,class,status,rtt_p50_ns >"$run/topology.csv"
  echo 0,1,same-llc,ok,90 >>"$run/topology.csv"
  run --separate-stderr "$plot" --text "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"nothing could be drawn"* ]]
}

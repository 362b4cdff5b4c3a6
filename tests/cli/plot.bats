# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # bats sets stderr, plot.bash the paths
#
# scripts/plot over tables made by hand: what it draws, what it says, what it survives.

bats_require_minimum_version 1.5.0

load plot

setup() {
  plot_setup
  needs_gnuplot
}

@test "a whole run gives every figure, as SVG and PNG, per placement" {
  full_run
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  local place name
  for place in same-cpu same-llc; do
    for name in latency-by-mechanism latency-by-size throughput-by-mechanism throughput-by-size \
      notification-latency; do
      is_png "$run/plots/$name-$place.png"
      grep -q '</svg>' "$run/plots/$name-$place.svg"
    done
  done
  is_png "$run/plots/percentiles-same-cpu.png"
  [ ! -e "$run/plots/percentiles-same-llc.png" ]
  [[ $stderr == *"same-llc: no distribution in percentiles.csv"* ]]
  [[ $stderr == *"2 cells with failed trials left out"* ]]
  leaves_nothing
}

@test "a figure says what was run where and when, and names every mechanism" {
  full_run
  "$plot" "$run" 2>/dev/null
  local svg=$run/plots/latency-by-mechanism-same-llc.svg
  grep -q 'Round trip of 64 B by mechanism' "$svg"
  grep -q 'same-llc (CPUs 1 and 0); Some CPU' "$svg"
  grep -q '2026-11-21' "$svg"
  grep -q 'pipe block   2.10 µs' "$svg"
  grep -q 'shm:segment=sysv,waiter=futex spin   310 ns' "$svg"
  run ! grep -q broken "$svg"
}

@test "no placement shares a figure with another" {
  full_run
  "$plot" "$run" 2>/dev/null
  run ! grep -l same-cpu "$run"/plots/*same-llc.svg
}

@test "another folder can be named, relative to where one stands" {
  full_run
  cd "$BATS_TEST_TMPDIR"
  "$plot" "$run" "./out dir/x" 2>/dev/null
  is_png "out dir/x/latency-by-mechanism-same-cpu.png"
  [ ! -e "$run/plots" ]
}

@test "a partial run draws what it can and says what is missing" {
  { echo "$COLUMNS_SUMMARY"; row pipe pipes block latency 1000 none ok 2100 '' '' ''; } >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $output == "2 figures in "* ]]
  is_png "$run/plots/latency-by-mechanism-none.png"
  [[ $stderr == *"none: latency-by-size needs round trips of at least two sizes"* ]]
  [[ $stderr == *"none: no throughput was measured"* ]]
  [[ $stderr == *"no distribution in percentiles.csv"* ]]
}

@test "round trips too few for a p99 are drawn without its band" {
  {
    echo "$COLUMNS_SUMMARY"
    row pipe pipes block latency 64 none ok 2100 '' '' ''
    row pipe pipes block latency 1024 none ok 2300 '' '' ''
  } >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $stderr != *gnuplot* ]]
  is_png "$run/plots/latency-by-size-none.png"
}

@test "nothing measured is an error that says so" {
  { echo "$COLUMNS_SUMMARY"; row broken pipes block latency 64 same-cpu fail '' '' '' ''; } >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"no row with status ok"* ]]
  [[ $stderr == *"nothing could be drawn from $run"* ]]
  echo "$COLUMNS_SUMMARY" >"$run/summary.csv"
  run ! "$plot" "$run"
  : >"$run/summary.csv"
  run ! "$plot" "$run"
  leaves_nothing
}

@test "a column that is missing is named" {
  printf '%s\n' transport,family,wait,copy,mode,size_bytes,cpu_tx,cpu_rx,idle,status \
    pipe,pipes,block,copy,latency,64,1,1,default,ok >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"summary.csv has no column placement"* ]]
}

@test "columns are found by name, in any order, beside unknown ones" {
  printf '%s\n' unknown,lat_p50_ns,status,idle,cpu_rx,cpu_tx,placement,size_bytes,mode,copy,wait,family,transport \
    x,2100,ok,default,1,1,same-cpu,64,latency,copy,block,pipes,pipe >"$run/summary.csv"
  echo junk >"$run/other file"
  "$plot" "$run" 2>/dev/null
  grep -q 'pipe block   2.10 µs' "$run/plots/latency-by-mechanism-same-cpu.svg"
}

@test "env.json may be missing or damaged" {
  full_run
  echo '{"cpu": 3' >"$run/env.json"
  "$plot" "$run" 2>/dev/null
  grep -q 'same-cpu (CPUs 1 and 0); 2026-11-21' "$run/plots/latency-by-size-same-cpu.svg"
  rm "$run/env.json"
  "$plot" "$run" 2>/dev/null
}

@test "wrong use is told, with status 2" {
  run --separate-stderr "$plot"
  [ "$status" -eq 2 ]
  [[ $stderr == "plot: usage: "* ]]
  run --separate-stderr "$plot" --help
  [ "$status" -eq 0 ]
  [[ $output == "usage: plot RESULTS_DIR"* ]]
  run "$plot" a b c
  [ "$status" -eq 2 ]
  run --separate-stderr "$plot" "$run/nowhere"
  [ "$status" -eq 2 ]
  [[ $stderr == *"no such directory"* ]]
}

@test "a directory without a run is told" {
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"no summary.csv"* ]]
}

@test "without gnuplot the remedy is named" {
  full_run
  mkdir "$BATS_TEST_TMPDIR/bin"
  local tool
  for tool in bash dirname readlink env; do
    ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/$tool"
  done
  run --separate-stderr env "PATH=$BATS_TEST_TMPDIR/bin" "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"gnuplot is not installed"*"apt install gnuplot-nox"* ]]
}

@test "an installed script finds its plots, and IPCBENCH_PLOTS overrides" {
  full_run
  mkdir -p "$BATS_TEST_TMPDIR/usr/bin" "$BATS_TEST_TMPDIR/usr/share/ipcbench"
  cp "$plot" "$BATS_TEST_TMPDIR/usr/bin/ipcbench-plot"
  run --separate-stderr "$BATS_TEST_TMPDIR/usr/bin/ipcbench-plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *IPCBENCH_PLOTS* ]]
  cp -r "$root/plots" "$BATS_TEST_TMPDIR/usr/share/ipcbench/plots"
  "$BATS_TEST_TMPDIR/usr/bin/ipcbench-plot" "$run" 2>/dev/null
  is_png "$run/plots/latency-by-size-same-cpu.png"
  mv "$BATS_TEST_TMPDIR/usr/share/ipcbench/plots" "$BATS_TEST_TMPDIR/elsewhere"
  IPCBENCH_PLOTS=$BATS_TEST_TMPDIR/elsewhere "$BATS_TEST_TMPDIR/usr/bin/ipcbench-plot" "$run" 2>/dev/null
}

@test "the gnuplot scripts hold no figures of a run" {
  run ! grep -nE 'unix-|posix-|lat_p|same-' "$root"/plots/by-*.gp "$root"/plots/percentiles.gp
}

@test "what is not a regular file is told, and waits for nobody" {
  needs_gnuplot
  full_run
  mkfifo "$run/timeline.csv"
  run --separate-stderr timeout 60 "$plot" "$run"
  [ "$status" -eq 1 ]
  [ "$stderr" = "plot: $run/timeline.csv: not a regular file" ]
  rm "$run/timeline.csv" "$run/env.json"
  mkfifo "$run/env.json"
  run --separate-stderr timeout 60 "$plot" --data "$run" "$BATS_TEST_TMPDIR/steps"
  [ "$status" -eq 0 ]
  mkdir "$run/trials.csv"
  run --separate-stderr timeout 60 "$plot" "$run"
  [ "$status" -eq 1 ]
  [ "$stderr" = "plot: $run/trials.csv: not a regular file" ]
  leaves_nothing
}

@test "a number without end costs its own bar only" {
  needs_gnuplot
  {
    echo "$COLUMNS_SUMMARY"
    row pipe pipes block latency 64 same-cpu ok 1e999 3500 '' ''
    row fifo pipes block latency 64 same-cpu ok ... 3500 '' ''
    row shm shared-memory block latency 64 same-cpu ok 310 400 '' ''
  } >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $stderr != *gnuplot* ]]
  [[ $stderr == *"pipe block has too few samples"* ]]
  grep -q 'shm block' "$run/plots/latency-by-mechanism-same-cpu.svg"
}

@test "long names are cut between characters, and make no file name too long" {
  needs_gnuplot
  local name place
  place=$(printf 'p%.0s' {1..300})
  {
    echo "$COLUMNS_SUMMARY"
    for name in x "" ab; do
      name+=$(printf 'é%.0s' {1..40})
      row "$name" pipes block latency 64 same-cpu ok 2100 3500 '' ''
    done
    row pipe pipes block latency 64 "$place" ok 2100 3500 '' ''
  } >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $stderr != *gnuplot* ]]
  local svg
  for svg in "$run"/plots/latency-by-mechanism-*.svg; do
    iconv -f UTF-8 -t UTF-8 "$svg" >/dev/null
  done
  [[ $(ls "$run/plots") == *latency-by-mechanism-ppp* ]]
}

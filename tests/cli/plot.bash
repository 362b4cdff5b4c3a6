# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # what is set here is read by the tests
#
# What the tests of scripts/plot share: a run made by hand, and looks at what was drawn.

COLUMNS_SUMMARY=schema_version,run_id,label,transport,family,wait,copy,mode,size_bytes,placement
COLUMNS_SUMMARY+=,cpu_tx,cpu_rx,idle,status,reason,flags,clock,lat_kind,trials,failed
COLUMNS_SUMMARY+=,lat_p50_ns,lat_p99_ns,msgs_per_s,bytes_per_s,cpu_ns_per_msg

plot_setup() {
  root=${SOURCE_ROOT:-$BATS_TEST_DIRNAME/../..}
  plot=$root/scripts/plot
  made_up=$root/tests/cli/figures/run
  run="$BATS_TEST_TMPDIR/a run, \"one\" = 100%"
  mkdir -p "$run"
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir -p "$TMPDIR"
}

needs_gnuplot() {
  command -v gnuplot >/dev/null || skip "gnuplot is not installed (apt-get install gnuplot-nox)"
}

# row TRANSPORT FAMILY WAIT MODE SIZE PLACEMENT STATUS P50 P99 MSGS BYTES
row() {
  printf '1,20261121T020000Z-1a2b3c4d,"a ""b"", c\nd",%s,%s,%s,copy,%s,%s,%s,1,0,default,%s,"so, it is",,tsc,rtt,3,0,%s,%s,%s,%s,1500\n' "$@"
}

# Two trials of every cell of summary.csv.
its_trials() {
  local trial
  {
    sed '1s/$/,trial,messages,tx_user_s,tx_sys_s,rx_user_s,rx_sys_s/; q' "$run/summary.csv"
    for trial in 1 2; do
      sed "1d; s/,1500\$/&,$trial,1000,0.001,0.002,0.003,0.004/" "$run/summary.csv"
    done
  } >"$run/trials.csv"
}

# empties TABLE COLUMN...: of the run, which has no quotes in it.
empties() {
  local table=$1
  shift
  awk -F, -v OFS=, -v names="$*" '
    NR == 1 { n = split(names, name, " "); for (i = 1; i <= NF; i++) at[$i] = i }
    NR > 1 { for (i = 1; i <= n; i++) $at[name[i]] = "" }
    { print }' "$made_up/$table.csv" >"$run/$table.csv"
}

# draws [OUT]: what there is, as SVG, without those that need trials.csv.
draws() {
  local status=0
  "$plot" --format svg "$run" "$@" 2>/dev/null || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
}

full_run() {
  local place size
  {
    echo "$COLUMNS_SUMMARY"
    for place in same-cpu same-llc; do
      for size in 64 4096; do
        row pipe pipes block latency $size $place ok 2100 3500 '' ''
        row '"shm:segment=sysv,waiter=futex"' shared-memory spin latency $size $place ok 310 400 '' ''
        row "'it''s_{x}^2\\\`date\`@&~" files block latency $size $place ok 9000 '' '' ''
        row pipe pipes block throughput $size $place ok '' '' 1e6 "${size}000000"
      done
      row eventfd notifications block latency '' $place ok 1900 2500 '' ''
      row broken pipes block latency 64 $place fail '' '' '' ''
      row fifo pipes block latency 64 $place skip '' '' '' ''
    done
  } >"$run/summary.csv"
  {
    echo placement,cpu_tx,cpu_rx,idle,transport,family,wait,copy,mode,size_bytes,quantile,value_ns,count_beyond
    for place in same-cpu same-llc; do
      for q in 0 0.5 0.9 0.99; do
        echo "$place,1,0,default,pipe,pipes,block,copy,latency,64,$q,2100,100"
      done
      echo "$place,1,0,default,pipe,pipes,block,copy,latency,64,1,9100,0"
    done
  } >"$run/percentiles.csv"
  echo '{"cpu": {"model": "Some(R) CPU '"'"' {a}_b"}, "kernel": {"release": "6.1"}}' >"$run/env.json"
}

# The texts of an SVG, a line each.
texts() { sed -n 's/<\/tspan>//g; s/<tspan[^>]*>//g; s/^.*<text[^>]*>\(.*\)<\/text>.*$/\1/p' "$1" | sed 's/^ *//; s/ *$//'; }

is_png() { [[ $(head -c 8 "$1" | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]]; }

leaves_nothing() { [[ -z $(ls -A "$TMPDIR") ]]; }

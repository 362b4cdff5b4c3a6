# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # bats sets stderr
#
# scripts/plot over comparisons: those that WRITE_FORMATS makes up, and tables made by hand.

bats_require_minimum_version 1.5.0

COMPARE=run_id,cell,metric,better,ratio,ci_lo,ci_hi,min_effect,tolerance,verdict,version_base,version_new
BLOCKS=run_id,cell,metric,block,at_s,order,slice1,slice2,slice3,slice4,ln_ratio,wall_s,dropped
RUN=20261121T020000Z-00000007

setup() {
  : "${WRITE_FORMATS:?the path of write-formats}"
  root=${SOURCE_ROOT:-$BATS_TEST_DIRNAME/../..}
  plot=$root/scripts/plot
  run="$BATS_TEST_TMPDIR/a run"
  mkdir -p "$run"
}

is_png() { [[ $(head -c 8 "$1" | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]]; }

# What reaches gnuplot: a folder per figure in $BATS_TEST_TMPDIR/steps.
prepare() {
  "$plot" --data "$run" "$BATS_TEST_TMPDIR/steps"
  cd "$BATS_TEST_TMPDIR/steps"
}

@test "a comparison gives a forest and a trace per metric, as SVG and PNG" {
  "$WRITE_FORMATS" few "$run"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $output == "4 figures in "* ]]
  [[ $stderr == *"1 failed cell left out of forest"* ]]
  [[ $stderr == *"1 skipped cell left out of forest"* ]]
  [[ $stderr != *gnuplot* ]]
  local svg=$run/plots/forest.svg
  is_png "$run/plots/forest.png"
  grep -q 'HEAD against v1.0' "$svg"
  grep -q '6 comparisons; 2026-11-21' "$svg"
  grep -q 'shm:segment=memfd,waiter=futex block inplace throughput 64 KiB same-cpu' "$svg"
  grep -q '+7.2 %  regression' "$svg"
  grep -q -- '-7.0 %  improved' "$svg"
  grep -q 'no figure  inconclusive' "$svg"
  grep -q '0.0 %  pass' "$svg"
  svg=$run/plots/blocks-pipe-block-latency-64-B-same-cpu-latency.svg
  is_png "${svg%.svg}.png"
  grep -q 'median latency, HEAD against v1.0, 2 blocks' "$svg"
  grep -q 'seconds since the start' "$svg"
}

@test "a dozen cells of forty blocks, and a single row" {
  "$WRITE_FORMATS" many "$run"
  run --separate-stderr "$plot" "$run" "$BATS_TEST_TMPDIR/many"
  [ "$status" -eq 0 ]
  [[ $output == "29 figures in "* ]]
  [ -z "$stderr" ]
  grep -q 'minutes since the start' "$BATS_TEST_TMPDIR"/many/blocks-unix-stream*same-llc-cpu.svg
  "$WRITE_FORMATS" one "$run"
  run --separate-stderr "$plot" "$run" "$BATS_TEST_TMPDIR/one"
  [ "$status" -eq 0 ]
  [ -z "$stderr" ]
  grep -q '1 comparison; 2026' "$BATS_TEST_TMPDIR/one/forest.svg"
}

@test "stored runs have a forest and no trace" {
  "$WRITE_FORMATS" stored "$run"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $output == "3 figures in "* ]]
  [[ $stderr == *"no blocks: blocks.csv has no block"* ]]
}

@test "the rows of a forest are logarithms, and what is worse lies on its side" {
  {
    echo "$COMPARE"
    echo "$RUN,a,latency,lower,2,1.5,3,0.03,0.05,regression,v1,v2"
    echo "$RUN,a,throughput,higher,0.5,,,0.03,0.05,inconclusive,v1,v2"
    echo "$RUN,b,,,,,,,,skip,v1,v2"
  } >"$run/compare.csv"
  prepare
  [ "$(cat forest/rows.csv)" = "y,verdict,x,lo,hi,tolerance,effect
2.000,regression,0.693147181,0.405465108,1.09861229,0.0487901642,0.0295588022
3.000,inconclusive,-0.693147181,,,-0.0487901642,0.0295588022" ]
  grep -qx "SAYS\[1\] = '+100.0 %  regression'" forest/figure.gp
  grep -qx "TIC_TEXT\[[0-9]*\] = '-50 %%'" forest/figure.gp
  grep -qx "TIC_TEXT\[[0-9]*\] = '+100 %%'" forest/figure.gp
}

@test "before and after: the base, the base changed by the estimate, and its interval; an axis per magnitude" {
  {
    echo "$COMPARE,base,new"
    echo "$RUN,a,latency,lower,2,1.5,3,0.03,0.05,regression,v1,v2,1000,2100"
    echo "$RUN,a,throughput,higher,0.5,,,0.03,0.05,inconclusive,v1,v2,4e6,2e6"
    echo "$RUN,a,mean,lower,0.9,,,0.03,0.05,inconclusive,v1,v2,10000,9000"
    echo "$RUN,b,latency,lower,,,,0.03,0.05,inconclusive,v1,v2,,2100"
  } >"$run/compare.csv"
  prepare
  [ "$(cut -d, -f2-6 before-after-times/rows.csv)" = "x,lo,hi,spread,class
6.90775528,,,,base
7.60090246,7.31322039,8.00636757,interval,new" ]
  [ "$(cut -d, -f2-6 before-after-rates/rows.csv)" = "x,lo,hi,spread,class
15.2018049,,,,base
14.5086577,,,interval,new" ]
  grep -qx "CELL\[2\] = 'median latency: 1.00 µs → 2.00 µs, regression'" before-after-times/figure.gp
  grep -qx "SAYS\[1\] = '-50.0 %'" before-after-rates/figure.gp
  grep -qx "CELL\[2\] = 'mean: 10.0 µs → 9.00 µs, inconclusive'" before-after-times-2/figure.gp
  grep -qx "TITLE = 'Before and after: 10.0 µs to 10.0 µs'" before-after-times-2/figure.gp
}

@test "claims: each by the comparison that supports it least, with a trace of that one" {
  {
    echo claim,claim_verdict,cell,first,second,claimed,counts,mode,size_bytes,placement,metric,speed,ci_lo,ci_hi,verdict,footprint
    echo fast,undecided,c1,shm,pipe,faster,1,latency,64,same-cpu,latency,3,2,4,holds,
    echo fast,undecided,c2,shm,tcp,faster,1,latency,65536,same-cpu,latency,0.9,0.8,1.1,undecided,cold
    echo fast,undecided,c3,shm,tcp,faster,0,latency,256,same-cpu,latency,0.1,0.1,0.2,undecided,
    echo alike,does not hold,c4,pipe,fifo,same,1,throughput,64,same-cpu,throughput,1.2,1.1,1.3,holds,
    echo alike,does not hold,c5,pipe,fifo,same,1,throughput,64,cross-cpu,throughput,0.5,,,does not hold,
    echo absent,not on this machine,c6,a,b,faster,1,latency,64,same-cpu,,,,,not on this machine,
  } >"$run/claims.csv"
  {
    echo "$BLOCKS"
    echo "$RUN,c1,latency,1,0,ABBA,100,104,104,100,0.04,4,0"
    echo "$RUN,c2,latency,1,0,ABBA,100,104,104,100,0.04,4,0"
  } >"$run/blocks.csv"
  prepare
  [ "$(cut -d, -f2-6 claims/rows.csv)" = "x,lo,hi,spread,class
-0.105360516,-0.223143551,0.0953101798,interval,undecided
-0.693147181,,,interval,does-not-hold" ]
  grep -qx "CELL\[1\] = 'fast: undecided, 1 of 2 hold'" claims/figure.gp
  grep -qx "CELL\[2\] = 'shm vs tcp, latency 64 KiB same-cpu cold'" claims/figure.gp
  grep -qx "CELL\[5\] = 'absent: not on this machine'" claims/figure.gp
  [ "$(cut -d, -f1 figures.csv | tr '\n' ' ')" = "figure claims blocks-c2-latency " ]
  head -n 1 "$run/claims.csv" >"$BATS_TEST_TMPDIR/none" && mv "$BATS_TEST_TMPDIR/none" "$run/claims.csv"
  rm "$run/blocks.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"claims cannot be drawn: claims.csv has no comparison that was measured"* ]]
}

@test "the median so far is of the blocks that were kept, and slices have their version" {
  {
    echo "$BLOCKS"
    echo "$RUN,a,latency,1,0,ABBA,100,104,104,100,0.04,4,0"
    echo "$RUN,a,latency,2,10,BAAB,130,90,90,130,0.36,4,1"
    echo "$RUN,a,latency,3,20,BAAB,102,100,100,102,0.02,4,0"
    echo "$RUN,a,latency,4,30,ABBA,100,,100,100,,4,0"
  } >"$run/blocks.csv"
  prepare
  [ "$(cat blocks-a-latency/blocks.csv)" = "at,x,reversed,dropped,middle
2,0.04,0,0,0.04
12,0.36,1,1,0.04
22,0.02,1,0,0.03
32,,0,0,0.03" ]
  [ "$(sed -n 2,9p blocks-a-latency/slices.csv)" = "0.5,100,0,0
1.5,104,1,0
2.5,104,1,0
3.5,100,0,0
10.5,130,1,1
11.5,90,0,1
12.5,90,0,1
13.5,130,1,1" ]
  [ "$(wc -l <blocks-a-latency/slices.csv)" -eq 16 ]
  # the block that was dropped lies too far off to be shown, and its slices do
  grep -qx 'BEYOND = 5' blocks-a-latency/figure.gp
  grep -qx "AXIS = 'ns'" blocks-a-latency/figure.gp
}

@test "hostile and equal names: one figure each, and nothing is run" {
  local name="it's_{x}^2 \`touch pwned\`; system('touch pwned') %d \\\\ ../../x"
  {
    echo "$COMPARE"
    echo "$RUN,\"$name\",latency,lower,1.01,1,1.02,0.03,0.05,pass,\"v'1%s\",\"'.system('touch pwned').'\""
    echo "$RUN,\"a, \"\"b\"\"
c\",latency,lower,1.01,1,1.02,0.03,0.05,pass,v1,v2"
    echo "$RUN,a b,latency,lower,1.01,1,1.02,0.03,0.05,pass,v1,v2"
    echo "$RUN,a/b,latency,lower,1.01,1,1.02,0.03,0.05,pass,v1,v2"
  } >"$run/compare.csv"
  {
    echo "$BLOCKS"
    # measured, but not compared: no figure
    echo "$RUN,a b,p99,1,0,ABBA,100,104,104,100,0.04,4,0"
    echo "$RUN,\"$name\",latency,1,0,ABBA,100,104,104,100,0.04,4,0"
    echo "$RUN,a b,latency,1,0,ABBA,100,104,104,100,0.04,4,0"
    echo "$RUN,a/b,latency,1,0,ABBA,100,104,104,100,0.04,4,1"
  } >"$run/blocks.csv"
  cd "$BATS_TEST_TMPDIR"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $output == "4 figures in "* ]]
  is_png "$run/plots/blocks-a-b-latency.png"
  is_png "$run/plots/blocks-a-b-latency-2.png"
  [ -z "$(find "$BATS_TEST_TMPDIR" "$root/plots" -name pwned)" ]
  grep -q 'system(?touch pwned?) %d' "$run/plots/forest.svg"
}

@test "a self-test is told to be none of it" {
  "$WRITE_FORMATS" one "$run"
  mv "$run/compare.csv" "$run/gates.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"holds the gates of a self-test"* ]]
}

@test "columns that are missing, and tables of nothing, are told" {
  echo cell,metric >"$run/compare.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"forest cannot be drawn: compare.csv has no column better"* ]]
  echo "$COMPARE" >"$run/compare.csv"
  echo "$BLOCKS" >"$run/blocks.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"forest cannot be drawn: compare.csv has no row with a metric"* ]]
  [[ $stderr != *"summary.csv"* ]]
}

@test "blocks without values or without times, and values of nothing, draw or say why" {
  {
    echo "$BLOCKS"
    echo "$RUN,empty,latency,1,0,ABBA,,,,,,4,0"
    echo "$RUN,timeless,latency,1,,ABBA,100,104,104,100,0.04,,0"
    echo "$RUN,zero,latency,1,0,ABBA,0,0,0,0,,4,0"
  } >"$run/blocks.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 3 ]
  [[ $stderr != *gnuplot* ]]
  [[ $stderr == *"blocks-empty-latency cannot be drawn: no slice of it has a value"* ]]
  [[ $stderr == *"blocks-timeless-latency cannot be drawn: its blocks have no time"* ]]
  is_png "$run/plots/blocks-zero-latency.png"
  grep -q 'no block has a difference' "$run/plots/blocks-zero-latency.svg"
}

@test "the gnuplot scripts hold no figures of a run" {
  run ! grep -nE 'unix-|pipe|same-|latency|throughput' "$root"/plots/forest.gp "$root"/plots/blocks.gp
}

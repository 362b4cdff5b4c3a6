# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC1003,SC2154,SC2016,SC2030,SC2031 # bats sets stderr and status, plot.bash the paths
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
  its_trials
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
  run -0 grep -c '^[a-z].*[^,]$' "$run/plots/figures.csv"
  [ "$output" -eq 1 ] # the header
  [[ $stderr == *"2 cells with failed trials left out"* ]]
  leaves_nothing
}

@test "a figure says what was run where and when, and names every mechanism" {
  full_run
  draws
  local svg=$run/plots/latency-by-mechanism-same-llc.svg
  grep -q 'Round trip of 64 B by mechanism' "$svg"
  grep -q 'same-llc (CPUs 1 and 0); Some CPU' "$svg"
  grep -q '2026-11-21' "$svg"
  # those that wait differently stand apart, and their names need not say how
  diff <(printf '%s\n' spinning shm:segment=sysv,waiter=futex '310 ns' blocking pipe '2.10 µs') \
    <(texts "$svg" | grep -xE 'spinning|blocking|pipe|shm:.*|310 ns|2.10 µs')
  run ! grep -q broken "$svg"
}

@test "no placement shares a figure with another" {
  full_run
  draws
  run ! grep -l same-cpu "$run"/plots/*same-llc.svg
}

@test "another folder can be named, relative to where one stands" {
  full_run
  cd "$BATS_TEST_TMPDIR"
  draws "./out dir/x"
  grep -q "</svg>" "out dir/x/latency-by-mechanism-same-cpu.svg"
  [ ! -e "$run/plots" ]
}

@test "a partial run draws what it can and says what is missing" {
  { echo "$COLUMNS_SUMMARY"; row pipe pipes block latency 1000 none ok 2100 '' '' ''; } >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 3 ]
  [[ $output == "1 figure in "* ]]
  is_png "$run/plots/latency-by-mechanism-none.png"
  [[ $stderr == *"plot: no latency-by-size-none: it needs round trips of at least two sizes"* ]]
  [[ $stderr == *"plot: no throughput-by-mechanism-none: no throughput was measured"* ]]
  [[ $stderr == *"plot: percentiles-none cannot be drawn: percentiles.csv is missing"* ]]
}

@test "round trips too few for a p99 are drawn without its band" {
  {
    echo "$COLUMNS_SUMMARY"
    row pipe pipes block latency 64 none ok 2100 '' '' ''
    row pipe pipes block latency 1024 none ok 2300 '' '' ''
  } >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 3 ]
  [[ $stderr != *gnuplot* ]]
  is_png "$run/plots/latency-by-size-none.png"
  grep -q 'p99: too few samples' "$run/plots/latency-by-size-none.svg"
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
  run --separate-stderr "$plot" --format svg "$run"
  [ "$status" -eq 1 ]
  [[ $stderr == *"summary.csv has no column placement"* ]]
}

@test "columns are found by name, in any order, beside unknown ones" {
  printf '%s\n' unknown,lat_p50_ns,status,idle,cpu_rx,cpu_tx,placement,size_bytes,mode,copy,wait,family,transport \
    x,2100,ok,default,1,1,same-cpu,64,latency,copy,block,pipes,pipe >"$run/summary.csv"
  echo junk >"$run/other file"
  run -3 "$plot" --format svg "$run"
  [ "$(texts "$run/plots/latency-by-mechanism-same-cpu.svg" | grep -xE 'pipe|2.10 µs')" = $'pipe\n2.10 µs' ]
}

@test "env.json may be missing or damaged" {
  full_run
  echo '{"cpu": 3' >"$run/env.json"
  draws
  grep -q 'same-cpu (CPUs 1 and 0); 2026-11-21' "$run/plots/latency-by-size-same-cpu.svg"
  rm "$run/env.json"
  draws
}

@test "wrong use is told, with status 2" {
  run --separate-stderr "$plot"
  [ "$status" -eq 2 ]
  [[ $stderr == "plot: usage: "* ]]
  run --separate-stderr "$plot" --help
  [ "$status" -eq 0 ]
  [[ $output == "usage: plot [--width half|full] [--format svg,png,pdf] [--baseline NAME] RESULTS_DIR"* ]]
  run "$plot" a b c
  [ "$status" -eq 2 ]
  run --separate-stderr "$plot" "$run/nowhere"
  [ "$status" -eq 2 ]
  [[ $stderr == *"no such directory"* ]]
}

@test "a width and formats that are none are told, and one figure in one format is drawn alone" {
  full_run
  local wrong
  for wrong in --width=third --format= --format=svg,gif --format=svg,,png "--text --width half" "--text --format svg"; do
    # shellcheck disable=SC2086
    run --separate-stderr "$plot" $wrong "$run"
    [ "$status" -eq 2 ]
    [[ $stderr == "plot: --"*"; "* || $stderr == "plot: --"*": give "* ]]
  done
  run -3 "$plot" --format png "$run"
  [ -z "$(find "$run/plots" -name '*.svg' -o -name '*.pdf')" ]
  is_png "$run/plots/latency-by-size-same-cpu.png"
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
  plot=$BATS_TEST_TMPDIR/usr/bin/ipcbench-plot draws
  grep -q "</svg>" "$run/plots/latency-by-size-same-cpu.svg"
  mv "$BATS_TEST_TMPDIR/usr/share/ipcbench/plots" "$BATS_TEST_TMPDIR/elsewhere"
  IPCBENCH_PLOTS=$BATS_TEST_TMPDIR/elsewhere plot=$BATS_TEST_TMPDIR/usr/bin/ipcbench-plot draws
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
  [ "$status" -eq 3 ]
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
  run --separate-stderr "$plot" --format svg "$run"
  [ "$status" -eq 3 ]
  [[ $stderr != *gnuplot* ]]
  [[ $stderr == *"pipe block has too few samples"* ]]
  texts "$run/plots/latency-by-mechanism-same-cpu.svg" | grep -qx shm
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
  run --separate-stderr "$plot" --format svg "$run"
  [ "$status" -eq 3 ]
  [[ $stderr != *gnuplot* ]]
  local svg
  for svg in "$run"/plots/latency-by-mechanism-*.svg; do
    iconv -f UTF-8 -t UTF-8 "$svg" >/dev/null
  done
  [[ $(ls "$run/plots") == *latency-by-mechanism-ppp* ]]
}

@test "a run without a p99 has every figure, with the median in it" {
  cp "$made_up"/{trials,percentiles}.csv "$run"
  empties summary lat_p99_ns
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  [[ $stderr != *"cannot be drawn"* ]]
  diff <(cut -d, -f1 "$made_up/../figures.csv") <(cut -d, -f1 "$run/plots/figures.csv")
  local name
  for name in idle-gap open-loop; do
    is_png "$run/plots/$name-same-llc.png"
    grep -q 'p99: too few samples' "$run/plots/$name-same-llc.svg"
  done
  grep -q 'p99: too few samples' "$run/plots/latency-by-size-same-llc.svg"
  leaves_nothing
}

# damaged STATUS NAME REASON COMMAND...: a run that the command damages loses the figure, and says why; "" = what is said.
damaged() {
  local status_wanted=$1 name=$2 reason=$3
  shift 3
  rm -rf "$run" "$BATS_TEST_TMPDIR/data"
  mkdir "$run"
  cp "$made_up"/*.csv "$run"
  "$@"
  run --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  if [ "$status" -ne "$status_wanted" ] || [[ $'\n'$stderr$'\n' != *$'\n'"plot: $reason"$'\n'* ]]; then
    printf '%s\n' "$*: status $status, no line \"plot: $reason\" in:" "$stderr"
    return 1
  fi
  [ -z "$name" ] || grep -q "^$name,.*,\"${reason##*cannot be drawn: }\"$" "$BATS_TEST_TMPDIR/data/figures.csv"
}

# loses NAME REASON COMMAND...
loses() {
  local name=$1 reason=$2
  shift 2
  damaged 3 "$name" "$name cannot be drawn: $reason" "$@"
}

fails() { sed -i "/,$1,/s/,ok,/,fail,/" "$run/summary.csv"; }
nothing_works() { sed -i s/,ok,/,fail,/ "$run/summary.csv" && without percentiles; }
without() { rm "$run/$1.csv"; }
empty() { : >"$run/$1.csv"; }
cut_off() { head -c 3001 "$made_up/$1.csv" >"$run/$1.csv"; }

@test "a figure that the run asks for and that cannot be drawn: a line, a row and a status" {
  local p=same-llc
  loses latency-by-mechanism-$p "no cell has the 20 samples that a median takes" empties summary lat_p50_ns lat_p99_ns
  local name
  for name in latency-by-size open-loop idle-gap notification-latency; do
    grep -q "^$name-$p,.*,\"no cell has the 20 samples that a median takes\"\$" "$BATS_TEST_TMPDIR/data/figures.csv"
  done
  loses latency-by-mechanism-$p "summary.csv has no column lat_p50_ns" sed -i 1s/lat_p50_ns,/x,/ "$run/summary.csv"
  loses throughput-by-size-$p "no cell has a value of bytes_per_s" empties summary bytes_per_s
  loses open-loop-$p "no cell has a value of offered_msgs_per_s" empties summary offered_msgs_per_s
  loses open-loop-$p "all 6 cells failed" fails rate
  loses throughput-by-mechanism-$p "all 4 cells failed" fails throughput
  loses trade-off-$p "no cell has a value of cpu_ns_per_msg" empties summary cpu_ns_per_msg
  loses trials-latency-$p "trials.csv is empty" empty trials
  loses cpu-cost-notifications-$p "trials.csv is missing" without trials
  loses cpu-cost-throughput-$p "trials.csv has no CPU time of these cells" empties trials tx_user_s
  loses trials-throughput-$p "trials.csv has no column trial" sed -i 1s/,trial,/,x,/ "$run/trials.csv"
  loses percentiles-$p "percentiles.csv is empty" empty percentiles
  loses percentiles-$p "percentiles.csv has no curve of that size" empties percentiles value_ns
  loses percentiles-$p "percentiles.csv has no column quantile" sed -i 1s/,quantile,/,x,/ "$run/percentiles.csv"
  loses core-to-core "topology.csv is empty" touch "$run"/{topology,compare,blocks,timeline}.csv
  for name in forest,forest,.*compare blocks,blocks,.*blocks over-time,over-time,.*timeline; do
    grep -q "^$name.csv is empty\"\$" "$BATS_TEST_TMPDIR/data/figures.csv"
  done
  leaves_nothing
}

@test "tables that are cut, and runs without anything, say so" {
  damaged 3 "" "trials.csv is damaged: 1 row is not whole and left out" cut_off trials
  damaged 3 "" "summary.csv is damaged: 1 row is not whole and left out" cut_off summary
  damaged 3 "" "summary.csv is damaged: 1 row is not whole and left out" sed -i '$s/,,$/,"/' "$run/summary.csv"
  damaged 1 "" "summary.csv is empty" empty summary
  damaged 1 "" "summary.csv has no row with status ok: nothing was measured" sed -i '2,$d' "$run/summary.csv"
  damaged 1 latency-by-mechanism-same-llc "latency-by-mechanism-same-llc cannot be drawn: all 7 cells failed" nothing_works
  damaged 1 "" "summary.csv has no column status" sed -i 1s/,status,/,x,/ "$run/summary.csv"
  damaged 1 "" "summary.csv is damaged: 41 rows are not whole and left out" empties summary mode
}

@test "a figure that nothing asks for is none that is missing" {
  damaged 0 "" "no trials-latency-same-llc: it needs two trials of a cell" sed -i '/,[2-9],same-llc,/d' "$run/trials.csv"
  damaged 0 "" "no open-loop-same-llc: it needs at least two loads of a mechanism" sed -i '/,rate,64,/{/,10%,/!d}' "$run/summary.csv"
  damaged 0 "" "no throughput-by-mechanism-same-llc: no throughput was measured" sed -i '/,throughput,/d' "$run/summary.csv"
  damaged 0 "" "no latency-by-size-same-llc: it needs round trips of at least two sizes" sed -i '/,latency,[0-9]\{3,\}/d' "$run/summary.csv"
  damaged 0 "" "no trade-off-same-llc: it needs round trips of at least three mechanisms" sed -i '/,pipes,\|,notifications,\|run_id/!d' "$run/summary.csv"
}

@test "a figure that only its PNG is missing of is drawn, and says so" {
  cp -r "$root/plots" "$BATS_TEST_TMPDIR/plots"
  sed -i "1i if (FORMAT eq 'png') exit error \"no PNG here\"" "$BATS_TEST_TMPDIR/plots/by-size.gp"
  grep 'run_id\|,throughput,' "$made_up/summary.csv" >"$run/summary.csv"
  cp "$made_up/trials.csv" "$run"
  for formats in svg,png png,svg; do
    IPCBENCH_PLOTS=$BATS_TEST_TMPDIR/plots run --separate-stderr "$plot" --format "$formats" "$run" "$BATS_TEST_TMPDIR/drawn"
    [ "$status" -eq 3 ]
    [[ $stderr == *"throughput-by-size-same-llc.png cannot be drawn: gnuplot: "*"no PNG here"* ]]
    [ -s "$BATS_TEST_TMPDIR/drawn/throughput-by-size-same-llc.svg" ]
    run -0 grep -c '^throughput-by-size-same-llc,.*,$' "$BATS_TEST_TMPDIR/drawn/figures.csv"
    rm -r "$BATS_TEST_TMPDIR/drawn"
  done
}

@test "what gnuplot fails to draw is lost with its reason, and the drawing of an earlier run with it" {
  cp -r "$root/plots" "$BATS_TEST_TMPDIR/plots"
  printf 'exit error "no, not this\nand more"\n' >"$BATS_TEST_TMPDIR/plots/by-size.gp"
  grep 'run_id\|,throughput,' "$made_up/summary.csv" >"$run/summary.csv"
  cp "$made_up/trials.csv" "$run"
  mkdir "$BATS_TEST_TMPDIR/drawn"
  echo old | tee "$BATS_TEST_TMPDIR"/drawn/{throughput-by-size-same-llc,other}.{svg,png} >/dev/null
  IPCBENCH_PLOTS=$BATS_TEST_TMPDIR/plots run --separate-stderr "$plot" "$run" "$BATS_TEST_TMPDIR/drawn"
  [ "$status" -eq 3 ]
  [ "$(grep -c 'throughput-by-size-same-llc.\(svg\|png\) cannot be drawn: gnuplot: .*no, not this$' <<<"$stderr")" -eq 2 ]
  grep -q '^throughput-by-size-same-llc,by-size,.*,"gnuplot: .*no, not this"$' "$BATS_TEST_TMPDIR/drawn/figures.csv"
  [ ! -e "$BATS_TEST_TMPDIR/drawn/throughput-by-size-same-llc.svg" ]
  [ ! -e "$BATS_TEST_TMPDIR/drawn/throughput-by-size-same-llc.png" ]
  [ "$(cat "$BATS_TEST_TMPDIR/drawn/other.svg")" = old ]
  is_png "$BATS_TEST_TMPDIR/drawn/throughput-by-mechanism-same-llc.png"
  leaves_nothing
}

@test "planted links are replaced, not followed, and a drawing that is killed leaves the old files" {
  local out=$BATS_TEST_TMPDIR/drawn name=latency-by-mechanism-same-cpu bin=$BATS_TEST_TMPDIR/bin
  { echo "$COLUMNS_SUMMARY"; row pipe pipes block latency 64 same-cpu ok 2100 '' '' ''; } >"$run/summary.csv"
  mkdir "$out" "$bin"
  echo precious >"$BATS_TEST_TMPDIR/victim"
  ln -s ../victim "$out/figures.csv"
  ln -s ../victim "$out/$name.svg"
  ln -s ../victim "$out/$name.png"
  run -3 "$plot" "$run" "$out"
  [ "$(cat "$BATS_TEST_TMPDIR/victim")" = precious ]
  is_png "$out/$name.png"
  [ ! -L "$out/$name.svg" ]
  [ ! -L "$out/figures.csv" ]
  echo old | tee "$out"/{figures.csv,"$name.svg","$name.png"} >/dev/null
  # the script has written its number, and what draws ends it
  printf '#!/bin/sh\necho half >figure.png\nkill -TERM "$(cat "%s/pid")"\nexit 1\n' "$bin" >"$bin/gnuplot"
  chmod +x "$bin/gnuplot"
  # shellcheck disable=SC2016
  PATH=$bin:$PATH run setsid -w bash -c 'echo $$ >"$1/pid"; exec "${@:2}"' - "$bin" "$plot" "$run" "$out"
  [ "$status" -ne 0 ]
  [ "$(cat "$out"/*)" = $'old\nold\nold' ]
  [ "$(ls -A "$out")" = "$(ls "$out")" ]
  leaves_nothing
}

@test "names are shown as they are, whatever gnuplot makes of their characters" {
  local name names=('100%d %s %%' '#no comment' 'a_{b}^c @&~ \n \\' 'x, y' "é$(printf 'ü%.0s' {1..20})")
  {
    echo "$COLUMNS_SUMMARY"
    for name in "${names[@]}"; do
      row "\"$name\"" pipes block latency 64 same-cpu ok 2100 3500 '' ''
      row "\"$name\"" pipes block latency 4096 same-cpu ok 4100 5500 '' ''
    done
  } >"$run/summary.csv"
  # bytes that are no characters make an SVG that no browser shows
  sed -i $'s/x, y/&\xff\xc3/' "$run/summary.csv"
  its_trials
  run --separate-stderr "$plot" --format svg "$run"
  [ "$status" -eq 3 ]
  iconv -f UTF-8 -t UTF-8 "$run/plots/latency-by-mechanism-same-cpu.svg" >/dev/null
  [ "$(grep -c 'cannot be drawn' <<<"$stderr")" -eq 1 ] # percentiles
  local figure
  for figure in latency-by-mechanism latency-by-size cpu-cost-latency trials-latency trade-off; do
    for name in "${names[@]}"; do
      texts "$run/plots/$figure-same-cpu.svg" | grep -qxF -- "${name//&/&amp;}" || { echo "$name is not in $figure"; return 1; }
    done
  done
}

@test "settings that names of files cannot tell apart have figures of their own" {
  {
    echo "transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,cell"
    for name in A B; do
      echo "pipe,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,2100,pipe block latency 64 B same-cpu mem $name"
    done
  } >"$run/summary.csv"
  run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  cat "$BATS_TEST_TMPDIR"/data/latency-by-mechanism-*/rows.csv
  [ "$(cat "$BATS_TEST_TMPDIR"/data/latency-by-mechanism-*/rows.csv | wc -l)" -eq 4 ]
  [ "$(cat "$BATS_TEST_TMPDIR"/data/latency-by-mechanism-*/figure.gp | grep -c 'SUBTITLE.*mem [AB]')" -eq 2 ]
}

@test "open loops of notifications have a figure, and a mechanism with one load is no reason to have none" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,offered_msgs_per_s,arrivals
    for rate in 1000 2000; do
      echo "eventfd,notifications,block,copy,rate,,same-llc,0,1,default,ok,2100,$rate,constant"
      echo "pipe,pipes,block,copy,rate,64,same-llc,0,1,default,ok,2100,$rate,constant"
    done
    echo "tcp,sockets,block,copy,rate,64,same-llc,0,1,default,ok,2100,1000,constant"
    echo "udp,sockets,block,copy,rate,64,same-llc,0,1,default,ok,2100,1000,constant"
  } >"$run/summary.csv"
  run --separate-stderr "$plot" "$run"
  [ "$status" -eq 0 ]
  is_png "$run/plots/open-loop-notifications-same-llc.png"
  is_png "$run/plots/open-loop-same-llc.png"
  texts "$run/plots/open-loop-same-llc.svg" | grep -qx udp
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # plot.bash sets the paths
#
# What reaches gnuplot of the made-up run in figures/run, against figures/FIGURE.txt. After a change that is meant,
# UPDATE_GOLDEN=1 bats tests/cli/plot-data.bats
# writes them anew; read the difference before it is committed.

bats_require_minimum_version 1.5.0

load plot

setup() {
  plot_setup
  golden=$root/tests/cli/figures
}

# Every file of the folders whose names begin with $1.
dump() {
  local file
  for file in "$1"*/*; do
    echo "==> $file <=="
    cat "$file"
  done
}

# The labels of the first panel of the trade-off, names instead of their numbers.
labels() {
  (cd "$BATS_TEST_TMPDIR/data/trade-off-same-cpu" && awk -F, -v OFS=, '
    NR == FNR { if (/^BARE\[/) { split($0, part, /[][\047]/); text[part[2]] = part[4] } next }
    FNR > 1 { $1 = text[$1] }
    { print }' figure.gp labels-1.csv)
}

same_data() {
  "$plot" --data "$golden/run" "$BATS_TEST_TMPDIR/data" 2>/dev/null
  cd "$BATS_TEST_TMPDIR/data" || return
  dump "$1" >"$BATS_TEST_TMPDIR/dump"
  [ -s "$BATS_TEST_TMPDIR/dump" ]
  [ -z "${UPDATE_GOLDEN:-}" ] || cp "$BATS_TEST_TMPDIR/dump" "$golden/$1.txt"
  diff -u "$golden/$1.txt" "$BATS_TEST_TMPDIR/dump"
}

@test "latency by mechanism: best first, the null transport among them" { same_data latency-by-mechanism; }

@test "latency by size: a band only where there is a p99, a cache only between the sizes" { same_data latency-by-size; }

@test "throughput by size" { same_data throughput-by-size; }

@test "percentiles: the maximum alone is no curve" { same_data percentiles; }

@test "CPU cost: sums over trials by sums of messages, failed cells left out" { same_data cpu-cost; }

@test "trade-off: labels that do not overlap, the front of what nothing beats" { same_data trade-off; }

@test "trials: intervals from six trials on, else the range" { same_data trials; }

@test "open loop: offered and achieved" { same_data open-loop; }

@test "open loop: a limit lies where it is, on the curve that it is for" {
  local limit panel
  while read -r limit panel; do
    sed "s/p99<50us/$limit/; s/,50000\$/,60000000/" "$golden/run/summary.csv" >"$run/summary.csv"
    run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/$panel"
    [ "$(sed -n 's/^SLO_PANEL = //p' "$BATS_TEST_TMPDIR/$panel"/open-loop-*/figure.gp)" = "${panel#none}" ]
    [ "$(tail -qn 1 "$BATS_TEST_TMPDIR/$panel"/open-loop-*/series-1.csv | cut -d, -f 9)" = 60000000 ]
  done <<<$'p50<0.001m 2\nlat_p99_ns<0.001m 1\np99.9<60ms none'
}

@test "idle gap: no pause has a place left of all others" { same_data idle-gap; }

@test "relative to a baseline: intervals from four trials of each on, else the range" { same_data relative; }

@test "the fastest: what is tied with it, and what no interval tells" { same_data best; }

@test "a baseline that is asked for is taken, and one that was not measured is named" {
  "$plot" --baseline tcp --data "$golden/run" "$BATS_TEST_TMPDIR/data" 2>/dev/null
  cd "$BATS_TEST_TMPDIR/data"
  grep -qx "TITLE = 'Round trip relative to tcp'" relative-latency-same-llc/figure.gp
  # as many times as fast as the medians of 64 B say: 8031 / 4016
  grep -qx "SAYS\[[0-9]*\] = '2.00×'" relative-latency-same-llc/figure.gp
  run -3 --separate-stderr "$plot" --baseline nosuch --data "$golden/run" "$BATS_TEST_TMPDIR/data2"
  [[ $stderr == *"relative-latency-same-llc cannot be drawn: the baseline nosuch was not measured; there are pipe, "*tcp* ]]
  grep -q '^relative-latency-same-llc,relative,.*the baseline nosuch was not measured' "$BATS_TEST_TMPDIR/data2/figures.csv"
}

@test "the depth of an interval is that of the tables of the rank-sum test" {
  [ "$(awk -f "$root/plots/ratio.awk" -f <(echo 'BEGIN {
    print rank_depth(3, 3), rank_depth(3, 5), rank_depth(4, 4), rank_depth(4, 6), rank_depth(5, 5), rank_depth(6, 6), \
      rank_depth(8, 8), rank_depth(10, 10), rank_depth(20, 20)
  }'))" = "0 1 1 3 3 6 14 24 128" ]
}

# placed TRANSPORT WAIT PLACEMENT P50 LOW HIGH
placed() {
  printf '%s,pipes,%s,copy,latency,64,%s,0,1,default,ok,%s,%s,%s\n' "$@"
}

@test "placements: a line for what was measured at both ends, near ones first, and which is the fastest at each" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,lat_p50_ns_ci_lo,lat_p50_ns_ci_hi
    placed pipe block cross-numa 8000 7000 9000
    placed pipe block same-cpu 2000 1900 2100
    placed fifo block cross-numa 8500 8000 9500
    placed fifo block same-cpu 1000 900 1100
    placed tcp block cross-numa 30000 29000 31000
    placed pipe spin cross-numa 300 290 310
    placed fifo spin cross-numa 290 '' ''
  } >"$run/summary.csv"
  run -3 --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  cd "$BATS_TEST_TMPDIR/data"
  grep -qx "PLACE\[1\] = 'same-cpu'" slope-latency/figure.gp
  grep -qx "PLACE\[2\] = 'cross-numa'" slope-latency/figure.gp
  grep -qx 'PANELS = 1' slope-latency/figure.gp
  # tied at the right: one name for both
  [ "$(cut -d, -f6-8 slope-latency/labels.csv)" = "series,slot,text
2,0,fifo
1,0,pipe
0,,pipe = fifo" ]
  # names stand at least a line apart
  awk -F, 'NR > 1 { if ($2 == at && $3 > y - 0.999) exit 1; at = $2; y = $3 }' slope-latency/labels.csv
  [ "$(cat best-latency/rows.csv)" = "x,y,family,name,tied,value
1,1,pipes,fifo,,1.00 µs
2,1,pipes,pipe,= fifo,8.00 µs
3,1,pipes,fifo ?,,290 ns" ]
  grep -qx 'DOUBTS = 1' best-latency/figure.gp
  # half a page has the names where they stand nearer to their lines, and how many are tied at the other end
  needs_gnuplot
  run -3 --separate-stderr "$plot" --width half --format svg "$run" "$BATS_TEST_TMPDIR/half"
  [ "$(texts "$BATS_TEST_TMPDIR/half/slope-latency.svg" | grep -E '^(pipe|fifo)|tied')" = "fifo
pipe
2 tied" ]
}

@test "trials: how far an axis reaches does not depend on how a number is written" {
  local p50 trial=0
  {
    echo "$COLUMNS_SUMMARY"
    row pipe pipes block latency 64 same-cpu ok 100000 '' '' ''
  } >"$run/summary.csv"
  {
    echo "$COLUMNS_SUMMARY,trial,messages,tx_user_s,tx_sys_s,rx_user_s,rx_sys_s"
    # the logarithm of 1.00001 is written with an exponent
    for p50 in 100001 200000 100001; do
      row pipe pipes block latency 64 same-cpu ok $p50 '' '' '' | sed "s/,1500\$/&,$((++trial)),1000,0,0,0,0/"
    done
  } >"$run/trials.csv"
  "$plot" --data "$run" "$BATS_TEST_TMPDIR/data" 2>/dev/null || [ $? -eq 3 ]
  grep -qx 'REACH\[1\] = 0.748599' "$BATS_TEST_TMPDIR/data/trials-latency-same-cpu/figure.gp"
}

@test "set-up: the interval of the median, as of other times" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,setup_ns,setup_ns_ci_lo,setup_ns_ci_hi
    echo pipe,pipes,block,copy,setup,64,same-cpu,1,1,default,ok,30000,28000,35000
    echo fifo,pipes,block,copy,setup,64,same-cpu,1,1,default,ok,40000,38000,45000
  } >"$run/summary.csv"
  "$plot" --data "$run" "$BATS_TEST_TMPDIR/data" 2>/dev/null
  grep -q '28000,35000' "$BATS_TEST_TMPDIR/data/setup-by-mechanism-same-cpu/rows.csv"
}

@test "an axis over many powers of ten has marks at some of them, which do not touch" {
  {
    echo "$COLUMNS_SUMMARY"
    row pipe pipes block latency 64 same-cpu ok 2100 3500 '' ''
    row shm shared-memory block latency 64 same-cpu ok 310 400 '' ''
    row tcp sockets block latency 64 same-cpu ok 2.1e12 '' '' ''
  } >"$run/summary.csv"
  its_trials
  "$plot" --data "$run" "$BATS_TEST_TMPDIR/data" 2>/dev/null || [ $? -eq 3 ]
  awk '/^TICS = /{ n = $3 } END { exit !(n >= 3 && n <= 7) }' "$BATS_TEST_TMPDIR/data/relative-latency-same-cpu/figure.gp"
}

@test "one placement has no slope, and one mechanism nothing to be compared with" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,lat_p50_ns_ci_lo,lat_p50_ns_ci_hi
    placed pipe block same-cpu 2000 1900 2100
  } >"$run/summary.csv"
  run -3 --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  [[ $stderr == *"plot: no slope-latency: it needs two placements, as in --placement same-cpu,cross-cpu"* ]]
  [[ $stderr == *"plot: no best-latency: it needs two mechanisms of the same wait mode"* ]]
  [[ $stderr == *"plot: no relative-latency-same-cpu: it needs a mechanism besides pipe at the same size"* ]]
}

@test "figures.csv lists what there is, in the order to be shown" {
  "$plot" --data "$golden/run" "$BATS_TEST_TMPDIR/data" 2>/dev/null
  [ -z "${UPDATE_GOLDEN:-}" ] || cp "$BATS_TEST_TMPDIR/data/figures.csv" "$golden/figures.csv"
  diff -u "$golden/figures.csv" "$BATS_TEST_TMPDIR/data/figures.csv"
}

@test "every figure that is listed has its script, and draws" {
  needs_gnuplot
  "$plot" "$golden/run" "$BATS_TEST_TMPDIR/drawn" 2>"$BATS_TEST_TMPDIR/messages"
  run ! grep gnuplot "$BATS_TEST_TMPDIR/messages"
  diff -u "$golden/figures.csv" "$BATS_TEST_TMPDIR/drawn/figures.csv"
  local figure kind rest count=0
  while IFS=, read -r figure kind rest; do
    [ -f "$root/plots/$kind.gp" ]
    is_png "$BATS_TEST_TMPDIR/drawn/$figure.png"
    grep -q '</svg>' "$BATS_TEST_TMPDIR/drawn/$figure.svg"
    count=$((count + 1))
  done < <(tail -n +2 "$golden/figures.csv")
  [ "$count" -ge 12 ]
}

@test "the names in a trade-off lie in the box and apart, however crowded the points" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,cpu_ns_per_msg
    echo far,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,100,200
    for ((i = 0; i < 14; i++)); do
      echo "crowded-$i,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,$((50000 + 700 * i)),$((40000 + 300 * (i * 5 % 14)))"
    done
  } >"$run/summary.csv"
  run --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  [ "$status" -eq 3 ]
  [[ $stderr != *"no room"* ]]
  awk -F, '
    NR > 1 {
      width = 6.9 * length($1)
      x0[NR] = $2 == "left" ? $3 : $2 == "right" ? $3 - width : $3 - width / 2
      x1[NR] = x0[NR] + width
      y[NR] = $4
      if (x0[NR] < 0 || x1[NR] > 530 || y[NR] < 0 || y[NR] > 420)
        bad = 1
      for (k = 2; k < NR; k++)
        if (x0[k] < x1[NR] - 0.2 && x1[k] > x0[NR] + 0.2 && y[k] - y[NR] < 15.8 && y[NR] - y[k] < 15.8) {
          print "overlap: line " k " and " NR
          bad = 1
        }
    }
    END { exit bad || NR != 16 }' <(labels)
}

# beside_pipe "LATENCY,LO,HI CPU,LO,HI": the data of a trade-off of pipe, tcp, and a fifo with these values.
beside_pipe() {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,lat_p50_ns_ci_lo,lat_p50_ns_ci_hi,cpu_ns_per_msg,cpu_ns_per_msg_ci_lo,cpu_ns_per_msg_ci_hi
    echo pipe,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,2000,1900,2100,5000,4900,5100
    echo "fifo,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,${1/ /,}"
    echo tcp,sockets,block,copy,latency,64,same-cpu,1,1,default,ok,9000,8000,9500,9000,8000,9500
  } >"$run/summary.csv"
  run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
}

@test "trade-off: one is fastest and cheapest only if no interval reaches its own" {
  local other trades=''
  for other in '2900,2800,3000 5900,5800,6000' '2050,2050,3000 5900,5800,6000' '2900,2800,3000 5050,5050,6000' '2900,, 5900,,'; do
    beside_pipe "$other"
    trades+=$(sed -n 's/^TRADES = //p' "$BATS_TEST_TMPDIR/data/trade-off-same-cpu/figure.gp")
  done
  [ "$trades" = 0111 ]
}

@test "trade-off: the front leads through those that intervals part, tied ones trade nothing" {
  local cheap
  for cheap in '2900,2800,3000 4500,4400,4600' '2900,2800,3000 4500,4400,5200' '2900,1900,3000 4500,4400,4600'; do
    beside_pipe "$cheap"
    tail -qn +2 "$BATS_TEST_TMPDIR"/data/trade-off-same-cpu/front-1.csv | wc -l
    [ "$(wc -l <"$BATS_TEST_TMPDIR/data/trade-off-same-cpu/bars-1.csv")" -eq 3 ]
  done >"$BATS_TEST_TMPDIR/fronts"
  [ "$(tr '\n' ' ' <"$BATS_TEST_TMPDIR/fronts")" = "2 0 0 " ]
}

@test "open loop: the limit of the knee is ten times the p99 of low loads with enough samples" {
  local load p99
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,lat_p99_ns,offered_msgs_per_s,arrivals,knee,messages,trials
    while read -r load p99; do
      echo "pipe,pipes,block,copy,rate,64,same-llc,0,1,default,ok,2100,$p99,$load,constant,$([ "$load" = 9000 ] && echo yes || echo no),$load,2"
    done <<<$'1000 90000\n1500 20000\n2000 30000\n2500 25000\n9000 200000\n10000 900000'
  } >"$run/summary.csv"
  "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  [ "$(tail -n 1 "$BATS_TEST_TMPDIR/data/open-loop-same-llc/series-1.csv" | cut -d, -f 14)" = 250000.0 ]
}

@test "a name without a line stands nearer to its own point than to any other" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,cpu_ns_per_msg
    echo low,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,3000,3000
    echo left,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,9370,10100
    echo right,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,9700,10000
    echo high,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,15000,15000
  } >"$run/summary.csv"
  run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  labels | grep -q '^left,right,.*,,,,$'
  labels | grep -q '^right,left,.*,,,,$'
}

@test "the names of lines stand apart in the order of their ends, however near these are" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns
    for ((i = 1; i <= 9; i++)); do
      echo "m$i,sockets,block,copy,latency,64,same-cpu,1,1,default,ok,1000"
      echo "m$i,sockets,block,copy,latency,4096,same-cpu,1,1,default,ok,$((9000 + 10 * (i * 5 % 9)))"
      echo "s$i,sockets,spin,copy,latency,64,same-cpu,1,1,default,ok,$((i * i * 100))"
      echo "s$i,sockets,spin,copy,latency,4096,same-cpu,1,1,default,ok,$((i * i * 100))"
    done
  } >"$run/summary.csv"
  run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  awk '
    match($0, /^[A-Z_0-9]+\[[0-9]+\] = /) { split($0, part, /[][ ]+/); value[part[1], part[2]] = part[4] }
    /^NAMES\[/ { room = 1 / $3 }
    END {
      for (p = 1; p <= 2; p++)
        for (k = 1 + 9 * (p == 2); k <= 9 * p; k++) {
          named++
          at = value["END_1", line(p, k)]
          if (at < 0 || at > 1) { print "outside: " k; exit 1 }
          for (j = 1 + 9 * (p == 2); j <= 9 * p; j++)
            if (value["TAIL_1", line(p, j)] > value["TAIL_1", line(p, k)] && value["END_1", line(p, j)] < at + room - 0.001) {
              print "too near: " k " and " j
              exit 1
            }
        }
      if (named != 18 || room > 1 / 9 + 0.001)
        exit 1
    }
    # series of both ways to wait take turns
    function line(p, k) { return p == 1 ? 2 * k - 1 : 2 * (k - 9) }' "$BATS_TEST_TMPDIR/data/latency-by-size-same-cpu/figure.gp"
  grep -qx "PANEL\[2\] = 'sockets, spinning'" "$BATS_TEST_TMPDIR/data/latency-by-size-same-cpu/figure.gp"
}

# batched TRANSPORT BATCH RATE: a row of summary.csv.
batched() {
  printf '%s,pipes,block,copy,throughput,64,same-llc,0,1,default,ok,%s,%s64,%s,"%s block throughput 64 B same-llc%s"\n' \
    "$1" "$3" "$3" "$2" "$1" "$([ "$2" = 1 ] || echo " batch $2")"
}

@test "batches: the first message waits for the others, that of a batch of one for none" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,msgs_per_s,bytes_per_s,batch,cell
    batched pipe 256 51000000
    batched pipe 1 1000000
    batched pipe 17 16000000
    batched fifo 17 8000000
    batched fifo 1 500000
    # measured with a batch of one alone: it has no line
    batched tcp 1 400000
  } >"$run/summary.csv"
  run -3 --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  cd "$BATS_TEST_TMPDIR/data"
  diff <(printf '%s\n' batch,delay_ns,msgs_per_s,msgs_per_s_ci_lo,msgs_per_s_ci_hi 1,,1000000,, \
    17,1000.0,16000000,, 256,5000.0,51000000,,) batches-same-llc/series-1.csv
  [ "$(grep -c '^NAME_OF' batches-same-llc/figure.gp)" -eq 2 ]
  # other figures compare a batch with its like
  grep -q '^throughput-by-mechanism-same-llc-batch-17,.*"same-llc (CPUs 0 and 1), batch 17, blocking' figures.csv
  grep -q '^throughput-by-mechanism-same-llc,.*"same-llc (CPUs 0 and 1), batch 1, blocking"' figures.csv
  [ "$(wc -l <throughput-by-mechanism-same-llc/rows.csv)" -eq 4 ]
  [ "$(wc -l <throughput-by-mechanism-same-llc-batch-17/rows.csv)" -eq 3 ]
  [ ! -e batches-same-llc-batch-17 ]
  run ! grep 'batch.*no round trip was measured' <<<"$stderr"
}

@test "batches: a run without a batch of one has the figure as well" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,msgs_per_s,bytes_per_s,batch,cell,bytes_per_s_ci_lo,bytes_per_s_ci_hi
    echo "$(batched pipe 256 51000000),640000000,6400000000"
    echo "$(batched pipe 17 16000000),,"
  } >"$run/summary.csv"
  run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  # the interval of the rate is that of the bytes
  diff <(printf '%s\n' 17,1000.0,16000000,, 256,5000.0,51000000,1e+07,1e+08) \
    <(tail -n +2 "$BATS_TEST_TMPDIR/data/batches-same-llc/series-1.csv")
  grep -qx "BATCHES = '17 256'" "$BATS_TEST_TMPDIR/data/batches-same-llc/figure.gp"
}

# paired PAIRS MODE RATE P99 FLAGS: a row of summary.csv.
paired() {
  local topology=pair name=
  [ "$1" = 1 ] || topology=pairs:$1 name=" pairs:$1"
  printf 'pipe,pipes,block,copy,%s,64,same-cpu,1,1,default,ok,%s,%s,%s,%s,%s,"pipe block %s 64 B same-cpu%s"\n' \
    "$2" "$5" "$3" "${3:+$((64 * $3))}" "$4" "$topology" "$2" "$name"
}

@test "scaling: the rate and the p99 of a number of pairs in one line, beside the ideal" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,flags,msgs_per_s,bytes_per_s,lat_p99_ns,topology,cell
    paired 4 throughput 3000000 "" oversubscribed
    paired 1 throughput 1000000 ""
    paired 2 throughput 1900000 ""
    paired 2 latency "" 6000
    paired 1 latency "" 5000
  } >"$run/summary.csv"
  run -3 --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  cd "$BATS_TEST_TMPDIR/data"
  diff <(printf '%s\n' 1,1e+06,,,5000,,,1e+06, 2,1.9e+06,,,6000,,,2e+06, 4,3e+06,,,,,,4e+06,) \
    <(tail -n +2 scaling-same-cpu/series-1.csv)
  grep -q '^scaling-same-cpu,scaling,"Saturation by number of pairs, 64 B","same-cpu; sides share CPUs from 4 pairs on, blocking"' figures.csv
  # other figures compare a number of pairs with its like
  grep -q '^throughput-by-mechanism-same-cpu-pairs_2,' figures.csv
  [ "$(wc -l <throughput-by-mechanism-same-cpu/rows.csv)" -eq 2 ]
}

@test "scaling: without a row of pairs that share CPUs it is not called saturation" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,flags,msgs_per_s,bytes_per_s,lat_p99_ns,topology,cell
    paired 1 latency "" 5000
    paired 3 latency "" 7000
  } >"$run/summary.csv"
  run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  grep -q '^scaling-same-cpu,scaling,"Scaling by number of pairs, 64 B","same-cpu, blocking"' "$BATS_TEST_TMPDIR/data/figures.csv"
  grep -qx 'RATES = 0' "$BATS_TEST_TMPDIR/data/scaling-same-cpu/figure.gp"
}

@test "scaling of a server: the rate and the p99 of its clients, without an ideal; fairness: each from the mean" {
  local row='pipe,pipes,epoll,copy,latency,64,none,,,default,ok' name='pipe epoll latency 64 B none server'
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,flags,msgs_per_s,lat_p99_ns,topology,cell
    echo "$row,,100000,20000,server:1,$name:1"
    echo "$row,oversubscribed,150000,60000,server:3,$name:3"
  } >"$run/summary.csv"
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,topology,cell,trial,pair,side,msgs_per_s
    for trial in 1 2; do
      for pair in 1 2 3; do
        echo "pipe,pipes,epoll,copy,latency,64,none,,,default,server:3,$name:3,$trial,$pair,tx,$((trial == 1 ? 40000 + 20000 * (pair - 1) : 80000 - 20000 * (pair - 1)))"
      done
      echo "pipe,pipes,epoll,copy,latency,64,none,,,default,server:3,$name:3,$trial,1,rx,180000"
    done
  } >"$run/sides.csv"
  run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  cd "$BATS_TEST_TMPDIR/data"
  diff <(printf '%s\n' 1,100000.0,,,20000,,,, 3,150000.0,,,60000,,,,) <(tail -n +2 scaling-server-none/series-1.csv)
  grep -q '^scaling-server-none,scaling,"Saturation by number of clients, 64 B","none; sides share CPUs from 3 clients on, epoll"' figures.csv
  grep -qx "SIDES = 'clients'" scaling-server-none/figure.gp
  grep -qx 'IDEAL = 0' scaling-server-none/figure.gp
  grep -q '^fairness-server-none,trials,"Fairness among 3 clients, 64 B","none, epoll"' figures.csv
  # of a mean of 60000; the loser of one trial is the winner of the other
  diff <(printf '%s\n' -0.405465 0 0.287682 0.287682 0 -0.405465) <(tail -n +2 fairness-server-none/dots.csv | cut -d, -f4)
  grep -q "^TEXT\[1\] = '2×'" fairness-server-none/figure.gp
}

@test "figures of large messages say that their buffers are hot" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,footprint,cell
    for size in 64 65536; do
      echo "pipe,pipes,block,copy,latency,$size,same-cpu,1,1,default,ok,$((9000 + size)),hot,pipe block latency $size B same-cpu"
    done
  } >"$run/summary.csv"
  run -3 "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  cd "$BATS_TEST_TMPDIR/data"
  grep -q '^latency-by-size-same-cpu,.*"same-cpu (CPU 1), footprint hot, blocking"' figures.csv
  grep -q '^latency-by-mechanism-same-cpu,.*,"same-cpu (CPU 1), blocking",$' figures.csv
}

@test "a run without batches has no figure of them" {
  "$plot" --data "$golden/run" "$BATS_TEST_TMPDIR/data" 2>/dev/null
  run ! grep batches "$BATS_TEST_TMPDIR/data/figures.csv"
}

@test "data needs no gnuplot" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  local tool
  for tool in bash dirname readlink env mkdir mktemp rm cp awk cat mv sh; do
    ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/$tool"
  done
  run --separate-stderr env "PATH=$BATS_TEST_TMPDIR/bin" "$plot" --data "$golden/run" "$BATS_TEST_TMPDIR/data"
  [ "$status" -eq 0 ]
  [ -e "$BATS_TEST_TMPDIR/data/trade-off-same-llc/labels-1.csv" ]
}

@test "damaged trials cost their own figures only" {
  cp "$golden/run/summary.csv" "$run"
  echo transport,family >"$run/trials.csv"
  run --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  [ "$status" -eq 3 ]
  [[ $stderr == *"trials-latency-same-llc cannot be drawn: trials.csv has no column wait"* ]]
  [ -d "$BATS_TEST_TMPDIR/data/latency-by-size-same-llc" ]
  [ ! -e "$BATS_TEST_TMPDIR/data/trials-latency-same-llc" ]
  rm "$run/trials.csv"
  run --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data2"
  [ "$status" -eq 3 ]
  [[ $stderr == *"trials-latency-same-llc cannot be drawn: trials.csv is missing"* ]]
}

@test "text where numbers belong is none" {
  needs_gnuplot
  sed "s/,2008,/,');system('touch pwned'),/; s/,1000,2008,/,x;y,z,/" "$golden/run/summary.csv" >"$run/summary.csv"
  sed "s/,1000,/,\`touch pwned\`,/" "$golden/run/trials.csv" >"$run/trials.csv"
  cd "$BATS_TEST_TMPDIR"
  run "$plot" "$run" "$BATS_TEST_TMPDIR/drawn"
  [ "$status" -eq 3 ]
  [ -z "$(find "$BATS_TEST_TMPDIR" "$root/plots" -name pwned)" ]
  run ! grep -rl pwned "$BATS_TEST_TMPDIR/drawn"
}

@test "more names than a trade-off has room for: the fastest remain, and it is told" {
  {
    echo transport,family,wait,copy,mode,size_bytes,placement,cpu_tx,cpu_rx,idle,status,lat_p50_ns,cpu_ns_per_msg
    for ((i = 0; i < 60; i++)); do
      echo "m$i,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,$((50000 + 10 * i)),$((40000 + 300 * (i * 5 % 14)))"
    done
    echo far,pipes,block,copy,latency,64,same-cpu,1,1,default,ok,100,200
  } >"$run/summary.csv"
  run --separate-stderr "$plot" --data "$run" "$BATS_TEST_TMPDIR/data"
  [ "$status" -eq 3 ]
  local named=$(($(labels | wc -l) - 1))
  [ "$named" -ge 10 ]
  [ "$named" -le 30 ]
  [[ $stderr == *"trade-off has no room for the names of $((61 - named)) mechanisms"* ]]
  labels | grep -q '^m0,'
  labels | grep -q '^far,'
  run ! grep -q '^m59,' <(labels)
}

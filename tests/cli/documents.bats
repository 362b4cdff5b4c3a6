#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the documents promise is true of the program.

bats_require_minimum_version 1.5.0

: "${IPCBENCH:?the path of the ipcbench binary}"
: "${SOURCE_ROOT:?the root of the source tree}"
: "${BUILD_ROOT:?the root of the build}"

@test "the examples are built against an installed copy alone, and pass the self-test of plugins" {
  local dest=$BATS_TEST_TMPDIR/installed warnings="-Wall -Wextra -Wshadow -Wconversion -Werror" build compiler
  cd "$BATS_TEST_TMPDIR"
  meson install -C "$BUILD_ROOT" --no-rebuild --quiet --destdir "$dest"
  PKG_CONFIG_PATH=$(dirname "$(find "$dest" -name ipcbench.pc)")
  export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR=$dest
  pkg-config --exists "ipcbench = $("$IPCBENCH" --version | cut -d' ' -f2)"
  cp -r "$SOURCE_ROOT/examples" .
  build=$(grep -m 1 '^cc ' "$SOURCE_ROOT/CONTRIBUTING.md")
  for compiler in gcc clang; do
    bash -c "${build/#cc /$compiler -std=gnu11 $warnings }"
  done
  build=$(grep -m 1 '^cc ' "$SOURCE_ROOT/docs/helpers.md")
  for compiler in gcc clang; do
    bash -c "${build/#cc /$compiler -std=gnu11 $warnings }"
  done
  rm relay.so
  build=$(grep -m 1 '^c++ ' "$SOURCE_ROOT/CONTRIBUTING.md")
  for compiler in clang++ g++; do
    bash -c "${build/#c++ /$compiler $warnings -Wno-missing-field-initializers }"
  done
  mkdir plugins
  mv ./*.so plugins
  run --separate-stderr "$(find "$dest" -path '*/bin/ipcbench')" selftest --plugin plugins
  # shellcheck disable=SC2154 # bats sets it
  echo "$output" "$stderr"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^hello.*: passed, ' <<<"$output")" -eq 3 ]
  # each has a row, and the loops of the driver say so
  run --separate-stderr "$IPCBENCH" --plugin plugins -t hello,hello-bounded,hello-stream -s 64 -m latency \
    -p same-cpu -T 1 -n 500 --warmup 0 --verify --csv -
  [ "$(grep -c ',ok,.*,direct,' <<<"$output")" -eq 1 ]
  [ "$(grep -c ',ok,.*,indirect,' <<<"$output")" -eq 2 ]
}

@test "the listed mechanisms are those of the program, and the README counts them" {
  awk '/^<!-- mechanisms:end -->$/ { on = 0 } on; /^<!-- mechanisms:begin -->$/ { on = 1 }' \
    "$SOURCE_ROOT/docs/mechanisms.md" >"$BATS_TEST_TMPDIR/listed"
  [ -s "$BATS_TEST_TMPDIR/listed" ]
  "$IPCBENCH" list --md | diff - "$BATS_TEST_TMPDIR/listed"
  # less the null transport and what programs of the user's are measured with
  grep -q " measures $(($("$IPCBENCH" list --json | jq length) - 3)) mechanisms" "$SOURCE_ROOT/README.md"
}

@test "the README fits on a screen" {
  [ "$(wc -w <"$SOURCE_ROOT/README.md")" -le 900 ]
}

@test "the methodology explains every flag" {
  local page=$SOURCE_ROOT/docs/methodology.md flag count=0
  # shellcheck disable=SC2016 # back quotes are what is looked for
  while read -r flag; do
    grep -q "| \`$flag\` |" "$page" || { echo "not explained: $flag"; return 1; }
    count=$((count + 1))
  done < <(awk '/^\| flag / { on = 1 } /^$/ { on = 0 } on' "$SOURCE_ROOT/results/README.md" |
    grep -o '^| `[a-z-]*`' | tr -d '|` ')
  [ "$count" -ge 8 ]
}

@test "the glossary of reports explains every letter of a flag" {
  local letter count=0
  # shellcheck disable=SC2016 # back quotes are what is looked for
  while read -r letter; do
    # the knee is a mark of its own
    [ "$letter" = K ] || grep -A9 '"flags", "flags"' "$SOURCE_ROOT/bench/report/glossary.c" | tr -d '\n\t"' | grep -q "[ ,]$letter [a-z]" ||
      { echo "not explained: $letter"; return 1; }
    count=$((count + 1))
  done < <(sed -n 's/^| `\([A-Z]\)` |.*/\1/p' "$SOURCE_ROOT/docs/methodology.md")
  [ "$count" -ge 14 ]
}

@test "headings that documents link to exist" {
  cd "$SOURCE_ROOT"
  local file link page count=0
  while IFS=: read -r file link; do
    link=${link:2:-1}
    page=${link%%#*}
    page=${page:+${file%"${file##*/}"}}${page:-$file}
    sed -n 's/^##* //p' "$page" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g' | grep -qxF -e "${link#*#}" ||
      { echo "$file links to $link"; return 1; }
    count=$((count + 1))
  done < <(grep -Ho ']([^):# ]*#[^)]*)' README.md CONTRIBUTING.md results/README.md docs/*.md docs/adr/*.md)
  [ "$count" -ge 20 ]
}

@test "the methodology names every column of the table" {
  local page=$SOURCE_ROOT/docs/methodology.md heading tables
  run --separate-stderr "$IPCBENCH" -t pipe,udp,eventfd,shm -s 64 -c copy,inplace -w block \
    --dispatch direct,indirect --placement same-cpu -T 6 -n 2000 --warmup 0 --color never
  [ "$status" -eq 0 ]
  grep -q ' 95% CI ' <<<"$output"
  tables=$output
  run --separate-stderr "$IPCBENCH" -t pipe -s 64 -m rate,oneway --rate 50% -p cross-cpu -T 2 -d 20ms --color never
  [ "$status" -eq 0 ]
  grep -q ' saturated ' <<<"$output"
  while read -r heading; do
    grep -qF "$heading" "$page" || { echo "not explained: $heading"; return 1; }
  done < <(grep "^  transport " <<<"$tables"$'\n'"$output" | sed 's/^  //; s/   */\n/g' |
    sed 's/ [mµun]*s$//; s/ [kMG]* *msg\/s$//; s/ [mµun]*s\/.*//; s/^[kMG] //; s/^[kMG]*B\/s/GB\/s/' | sort -u)
}

# links FILE: the relative targets of its links and pictures.
links() {
  grep -o ']([^)# ]*' "$1" | sed 's/^](//' | grep -v -e '^[a-z]*:' -e '^$'
}

# no_dead_links DIR: of every document below it that is not of a run, nor built.
no_dead_links() {
  local page target count=0 dead=0
  while read -r page; do
    while read -r target; do
      count=$((count + 1))
      [ -e "${page%/*}/$target" ] || { echo "$page links to $target"; dead=1; }
    done < <(links "$page")
  done < <(find "$1" -path "$1/build*" -prune -o -name '*.md' -print)
  [ "$dead" -eq 0 ]
  [ "$count" -ge 40 ]
}

@test "no document has a dead link, in the tree or installed" {
  local dest=$BATS_TEST_TMPDIR/installed page share name
  no_dead_links "$SOURCE_ROOT"
  meson install -C "$BUILD_ROOT" --no-rebuild --quiet --destdir "$dest"
  share=$(find "$dest" -path '*/doc/ipcbench')
  no_dead_links "$share"
  # a picture is not lost, and every document is there but the gallery of all pictures
  while read -r page; do
    name=${page##*/}
    [ "$page" != results/README.md ] || name=results.md
    [ "$(grep -c '^!\[' "$SOURCE_ROOT/$page")" = "$(grep -c '^!\[' "$share/$name")" ] || { echo "pictures of $page"; return 1; }
  done < <(cd "$SOURCE_ROOT" && find README.md CONTRIBUTING.md results/README.md docs -maxdepth 1 -name '*.md' ! -name gallery.md)
  # pages of the manual that are ours, and files that it says are installed
  man=$(find "$dest" -name ipcbench.1)
  while read -r name; do
    [ -n "$(find "$dest" -name "${name%(*}.${name//[^0-9]/}*")" ] || { echo "ipcbench(1) refers to $name"; return 1; }
  done < <(man -l "$man" | col -b | grep -oE 'ipcbench[a-z-]*\([0-9]\)' | sort -u)
  while read -r name; do
    [ -e "$dest$name" ] || { echo "ipcbench(1) refers to $name"; return 1; }
  done < <(man -l "$man" | col -b | grep -oE '/[a-z/]*/share/[a-zA-Z0-9_./-]*[a-zA-Z0-9]' | sort -u)
}

@test "the gallery shows every figure of the reference runs, and nothing else" {
  cd "$SOURCE_ROOT"
  find results/reference -path '*/plots/*.svg' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/there"
  [ -s "$BATS_TEST_TMPDIR/there" ]
  sed -n 's/^!\[.*\](\.\.\/\(.*\))$/\1/p' docs/gallery.md | LC_ALL=C sort | diff "$BATS_TEST_TMPDIR/there" -
  # each run with its command
  [ "$(grep -c '^## ' docs/gallery.md)" -eq "$(grep -c '^ipcbench ' docs/gallery.md)" ]
}

@test "the reference runs do not say where on their machine they were measured" {
  run grep -rnE '"directory":|"/' "$SOURCE_ROOT/results/reference" --include=env.json
  echo "$output"
  [ "$status" -eq 1 ]
}

@test "a gallery is written whole and follows no planted link" {
  local run=results/reference/kvm-epyc-2cpu-topology
  mkdir -p "$BATS_TEST_TMPDIR"/clone/{docs,$run/plots}
  cd "$BATS_TEST_TMPDIR/clone"
  cp -r "$SOURCE_ROOT"/{scripts,plots} .
  cp "$SOURCE_ROOT/$run/env.json" $run
  cp "$SOURCE_ROOT/$run/plots/figures.csv" $run/plots
  echo precious | tee victim >docs/gallery.md
  ln -s ../victim docs/gallery.md.new
  # a figure that could not be drawn has no picture to show
  sed -i '1s/$/,reason/; 2s/$/,/' $run/plots/figures.csv
  echo lost,bands,T,S,why >>$run/plots/figures.csv
  scripts/update-gallery
  [ "$(cat victim)" = precious ]
  grep -q '!\[.*core-to-core.svg' docs/gallery.md
  run ! grep -q lost docs/gallery.md
  echo '{' >$run/env.json
  run ! scripts/update-gallery
  grep -q core-to-core docs/gallery.md
  [ "$(ls -A docs)" = $'gallery.md\ngallery.md.new' ]
}

@test "a run that was measured again is drawn anew, the figures that its list names, in a page of all" {
  command -v gnuplot >/dev/null || skip "gnuplot is not installed (apt-get install gnuplot-nox)"
  local reference=results/reference/kvm-epyc-2cpu run
  mkdir -p "$BATS_TEST_TMPDIR"/clone/docs
  cd "$BATS_TEST_TMPDIR/clone"
  cp -r "$SOURCE_ROOT"/{scripts,plots} .
  for run in $reference-batches $reference-topology; do
    mkdir -p "$run"
    cp -r "$SOURCE_ROOT/$run/." "$run"
  done
  run=$reference-batches/plots
  echo stale | tee $run/batches-same-llc.svg >$run/lost.svg
  sed -i '/^batches-same-cpu,/d' $run/figures.csv
  scripts/update-gallery --draw $reference-batches
  [ "$(ls $run)" = $'batches-same-llc.png\nbatches-same-llc.svg\nfigures.csv' ]
  grep -q '</svg>' $run/batches-same-llc.svg
  grep -q '^batches-same-llc,batches,' $run/figures.csv
  [ "$(grep -c '^## ' docs/gallery.md)" -eq 2 ]
  [ "$(ls -A docs)" = gallery.md ]
}

@test "the verdicts in docs/claims.md, and their numbers in the README, are those of the stored claims" {
  local claim verdict count=0 said
  cd "$SOURCE_ROOT"
  while IFS=$'\t' read -r claim verdict; do
    grep -qF "| $claim | $verdict |" docs/claims.md
    count=$((count + 1))
  done < <(jq -r '.claims[] | [.claim, .verdict] | @tsv' results/reference/kvm-epyc-2cpu-claims/claims.json)
  [ "$count" -ge 10 ]
  said=$(jq -r '[.claims[].verdict] as $v | def of(w): [$v[] | select(. == w)] | length;
    "\($v | length) claims.* \(of("holds")) holds on the machine above, \(of("does not hold")) do not, and \(of("undecided")) could not"' \
    results/reference/kvm-epyc-2cpu-claims/claims.json)
  tr '\n' ' ' <README.md | tr -s ' ' | grep -q "$said"
}

# says_page FILE TEXT: however its lines are broken.
says_page() {
  tr '\n' ' ' <"$1" | tr -s ' ' | grep -qF -- "$2" || { echo "$1 does not say: $2"; return 1; }
}

@test "the figures of the README are those of the stored runs, and its table is what the script makes" {
  local runs=$SOURCE_ROOT/results/reference columns same_us other_us same_cpu other_cpu speed
  cp -r "$SOURCE_ROOT"/{README.md,CONTRIBUTING.md,docs,plots,scripts} "$BATS_TEST_TMPDIR"
  cd "$BATS_TEST_TMPDIR"
  mkdir -p results/reference
  cp -r "$runs/kvm-epyc-2cpu" results/reference
  sed -i 's/^| pipe | [0-9.]* /| pipe | 0.01 /' README.md
  run ! cmp -s README.md "$SOURCE_ROOT/README.md"
  scripts/update-readme "$IPCBENCH" results/reference/kvm-epyc-2cpu
  diff README.md "$SOURCE_ROOT/README.md"
  # the bullets: cost, the gate, the harness
  columns='get("transport") == "pipe" && get("mode") == "latency" && get("size_bytes") == 64 && get("status") == "ok" {
    print get("placement"), get("lat_p50_ns") / 1000, get("cpu_ns_per_msg") / 1000 }'
  awk -f plots/csv.awk -f <(echo "$columns") what=summary "$runs/kvm-epyc-2cpu/summary.csv" >pipe
  read -r same_us same_cpu < <(awk '$1 == "same-cpu" { printf "%.1f %.1f\n", $2, $3 }' pipe)
  read -r other_us other_cpu < <(awk '$1 == "same-llc" { printf "%.0f %.0f\n", $2, $3 }' pipe)
  says_page README.md "over a pipe takes $same_us µs on one CPU and $other_us µs across two. The CPU time of both sides stands beside it: $same_cpu µs and $other_cpu µs."
  [ "$(awk -F, 'NR > 1 && !seen[$2]++ { gates++ } $0 ~ ",regression," { alarms++ } END { print gates, alarms + 0 }' \
    "$runs/kvm-epyc-2cpu-gate/aa-canary/gates.csv")" = "300 0" ]
  says_page README.md "Among 300 gates of a program against itself, [none raised a false alarm]"
  says_page docs/gate.md "| 300 | **0** (0.994 %) | median | 299 | 1 | 4.1 % | 47 |"
  says_page README.md "raised 47 on the same data"
  says_page README.md "over a pipe, $(awk '/speed:begin/ { on = 1 } on && /trip pipe, 64 B/ {
      for (i = 2; i <= NF && $i !~ /^[0-9.]+-[0-9.]+$/; i++)
        ratio = $i
      printf "its median round trip takes %.2f times as long and its mean %.2f times", ratio, $(NF - 1)
    }' docs/methodology.md)"
  # the range of each kind: the ratio stands before its quartiles; 1 MiB compares with another way to copy
  speed=$(awk '/speed:begin/ { on = 1 } on && / shm, / && !/trip shm, 1048576/ {
      for (i = 2; i <= NF && $i !~ /^[0-9.]+-[0-9.]+$/; i++)
        ratio = $i + 0
      if (!most[$1] || ratio > most[$1]) most[$1] = ratio
      if (!least[$1] || ratio < least[$1]) least[$1] = ratio
    }
    END { printf "take %.2f to %.2f times as long, and it reaches %.2f to %.2f of the loop\047s throughput", \
      least["round"], most["round"], least["throughput"], most["throughput"] }' docs/methodology.md)
  says_page README.md "Through polled shared memory, round trips of 8 B to 4 KiB $speed"
  says_page README.md "at $(awk '/speed:begin/ { on = 1 } on && /put shm, 64 B, spin / {
      printf "%.0f million per second, miss the target of 0.95", $8
    }' docs/methodology.md)"
}

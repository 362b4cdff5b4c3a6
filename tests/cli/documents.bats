#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the documents promise is true of the program.

bats_require_minimum_version 1.5.0

: "${IPCBENCH:?the path of the ipcbench binary}"
: "${SOURCE_ROOT:?the root of the source tree}"
: "${BUILD_ROOT:?the root of the build}"

@test "the example in CONTRIBUTING.md is built against an installed copy alone, and carries every byte" {
  local dest=$BATS_TEST_TMPDIR/installed build compiler
  cd "$BATS_TEST_TMPDIR"
  meson install -C "$BUILD_ROOT" --no-rebuild --quiet --destdir "$dest"
  PKG_CONFIG_PATH=$(dirname "$(find "$dest" -name ipcbench.pc)")
  export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR=$dest
  pkg-config --exists "ipcbench = $("$IPCBENCH" --version | cut -d' ' -f2)"
  awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$SOURCE_ROOT/CONTRIBUTING.md" >mine.c
  grep -q ipcbench_transport mine.c
  build=$(grep -m 1 '^cc ' "$SOURCE_ROOT/CONTRIBUTING.md")
  for compiler in gcc clang; do
    rm -f mine.so
    bash -c "${build/#cc /$compiler -std=gnu11 -Wall -Wextra -Wshadow -Wconversion -Werror }"
    run --separate-stderr "$(find "$dest" -path '*/bin/ipcbench')" --plugin ./mine.so --transport hello \
      --size 1,64,4K --verify --placement same-cpu --trials 1 --messages 500 --warmup 0 --csv -
    [ "$status" -eq 0 ]
    [ "$(grep -c ',ok,' <<<"$output")" -eq 6 ]
  done
}

@test "the mechanisms in the README are those of the program" {
  awk '/^<!-- mechanisms:end -->$/ { on = 0 } on; /^<!-- mechanisms:begin -->$/ { on = 1 }' \
    "$SOURCE_ROOT/README.md" >"$BATS_TEST_TMPDIR/readme"
  [ -s "$BATS_TEST_TMPDIR/readme" ]
  "$IPCBENCH" list --md | diff - "$BATS_TEST_TMPDIR/readme"
}

@test "every command line in the README's Use section is accepted" {
  local line count=0
  while read -r line; do
    line=${line%%#*}
    case $line in
      "ipcbench --replay"* | "ipcbench --resume"* | "ipcbench advise"* | "ipcbench clean"* | "ipcbench compare"* | "ipcbench doctor"* | "ipcbench gate"* | "ipcbench hist"* | "ipcbench list"* | "ipcbench report"* | "ipcbench spread"* | "ipcbench tables"*) continue ;;
      "ipcbench" | "ipcbench "*) ;;
      *) continue ;;
    esac
    run bash -c "\"\$IPCBENCH\" ${line#ipcbench} --dry-run"
    echo "$line: $output"
    [ "$status" -eq 0 ]
    count=$((count + 1))
  done < <(awk '/^## Use/ { on = 1 } /^## How/ { on = 0 } on' "$SOURCE_ROOT/README.md")
  [ "$count" -ge 4 ]
}

@test "the methodology explains every flag, and what it links to exists" {
  local page=$SOURCE_ROOT/docs/methodology.md flag target count=0
  # shellcheck disable=SC2016 # back quotes are what is looked for
  while read -r flag; do
    grep -q "| \`$flag\` |" "$page" || { echo "not explained: $flag"; return 1; }
    count=$((count + 1))
  done < <(awk '/^\| flag / { on = 1 } /^$/ { on = 0 } on' "$SOURCE_ROOT/results/README.md" |
    grep -o '^| `[a-z-]*`' | tr -d '|` ')
  [ "$count" -ge 8 ]
  while read -r target; do
    [ -e "$SOURCE_ROOT/docs/$target" ] || { echo "missing: $target"; return 1; }
  done < <(grep -o '](\([^)#][^)#]*\))' "$page" | sed 's/^](//; s/)$//')
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
  local page=$SOURCE_ROOT/docs/methodology.md heading
  run --separate-stderr "$IPCBENCH" -t pipe,udp,eventfd,shm -s 64 -c copy,inplace -w block \
    --dispatch direct,indirect --placement same-cpu -T 6 -n 2000 --warmup 0 --color never
  [ "$status" -eq 0 ]
  grep -q ' 95% CI ' <<<"$output"
  while read -r heading; do
    grep -qF "$heading" "$page" || { echo "not explained: $heading"; return 1; }
  done < <(grep '^  transport ' <<<"$output" | sed 's/^  //; s/   */\n/g' |
    sed 's/ [mµun]*s$//; s/ [mµun]*s\/.*//; s/^[kMG] //; s/^[kMG]*B\/s/GB\/s/' | sort -u)
}

@test "files that the README links to exist" {
  local target
  while read -r target; do
    [ -e "$SOURCE_ROOT/$target" ] || { echo "missing: $target"; return 1; }
  done < <(grep -o '](\([^)#]*\))' "$SOURCE_ROOT/README.md" | sed 's/^](//; s/)$//' | grep -v '^http')
}

@test "the gallery shows every figure of the reference runs, and nothing else" {
  cd "$SOURCE_ROOT"
  find results/reference -path '*/plots/*.svg' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/there"
  [ -s "$BATS_TEST_TMPDIR/there" ]
  sed -n 's/^!\[.*\](\.\.\/\(.*\))$/\1/p' docs/gallery.md | LC_ALL=C sort | diff "$BATS_TEST_TMPDIR/there" -
  # each run with its command
  [ "$(grep -c '^## ' docs/gallery.md)" -eq "$(grep -c '^ipcbench-plot ' docs/gallery.md)" ]
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

@test "the verdicts in README and docs/claims.md are those of the stored claims" {
  local claim verdict count=0
  cd "$SOURCE_ROOT"
  while IFS=$'\t' read -r claim verdict; do
    grep -qF "| $claim | $verdict |" README.md
    grep -qF "| $claim | $verdict |" docs/claims.md
    count=$((count + 1))
  done < <(jq -r '.claims[] | [.claim, .verdict] | @tsv' results/reference/kvm-epyc-2cpu-claims/claims.json)
  [ "$count" -ge 10 ]
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # plot.bash sets the paths
#
# SVG as a page takes it: with a name, without scripts, many of them side by side.

bats_require_minimum_version 1.5.0

load plot

setup() {
  plot_setup
  needs_gnuplot
  made_up=$root/tests/cli/figures/run
  drawn=$BATS_TEST_TMPDIR/drawn
}

@test "the title of an SVG is that of the figure, its description says where" {
  "$plot" --format svg "$made_up" "$drawn" 2>/dev/null
  grep -qx '<title id="trade-off-same-llc-title">Round trip of 64 B against its CPU time</title>' "$drawn/trade-off-same-llc.svg"
  grep -qx '<desc>same-llc (CPUs 0 and 1); Made up CPU, Linux 6.1, 2026-11-21</desc>' "$drawn/trade-off-same-llc.svg"
  grep -q 'role="img" aria-labelledby="trade-off-same-llc-title"' "$drawn/trade-off-same-llc.svg"
  run ! grep -l Gnuplot "$drawn"/*.svg
  # nothing else shows under the mouse
  run ! grep -l '<title>' "$drawn"/*.svg
}

@test "no two figures of a page have an id in common, and what is referred to is there" {
  "$plot" --format svg "$made_up" "$drawn" 2>/dev/null
  local ids=$BATS_TEST_TMPDIR/ids svg
  cat "$drawn"/*.svg | grep -oE "[ <]id=['\"][^'\"]+" | sed "s/.*['\"]//" | sort >"$ids"
  [ "$(wc -l <"$ids")" -ge 30 ]
  [ -z "$(uniq -d "$ids")" ]
  for svg in "$drawn"/*.svg; do
    comm -23 <(grep -oE "(href='|url\()#[^')]+" "$svg" | sed 's/.*#//' | sort -u) "$ids" >"$BATS_TEST_TMPDIR/missing"
    [ ! -s "$BATS_TEST_TMPDIR/missing" ]
  done
}

@test "an SVG is well-formed, takes the width it gets, and runs nothing" {
  command -v xmllint >/dev/null || skip "xmllint is not installed (apt-get install libxml2-utils)"
  full_run
  # without the figures of trials, of which this run has none
  "$plot" --format svg "$run" "$drawn" 2>/dev/null || [ $? -eq 3 ]
  xmllint --noout "$drawn"/*.svg
  run ! grep -liE '<script|onclick|javascript' "$drawn"/*.svg
  local svg
  for svg in "$drawn"/*.svg; do
    [ "$(xmllint --xpath 'count(/*/@viewBox) = 1 and count(/*/@width) + count(/*/@height) = 0' "$svg")" = true ]
  done
}

@test "fifteen mechanisms stay under 60 KB a figure" {
  "$plot" --format svg "$root/results/reference/kvm-epyc-2cpu" "$drawn" 2>/dev/null
  local svg count=0
  for svg in "$drawn"/*.svg; do
    [ "$(wc -c <"$svg")" -lt 60000 ] || { ls -l "$svg"; return 1; }
    count=$((count + 1))
  done
  [ "$count" -ge 20 ]
}

@test "for print: 84 or 174 mm wide, no text below 7 points, in every format that is asked for" {
  local width mm svg
  for width in half:84 full:174; do
    mm=${width#*:} width=${width%:*}
    "$plot" --width "$width" --format=pdf,svg "$made_up" "$drawn/$width" 2>/dev/null
    for svg in "$drawn/$width"/*.svg; do
      awk -v mm="$mm" '
        match($0, /viewBox="0 0 [0-9]+/) { if (!index($0, "width=\"" mm "mm\"")) exit 1; units = substr($0, RSTART + 13, RLENGTH - 13) }
        match($0, /font-size="[0-9.]+/) { texts++; if (substr($0, RSTART + 11, RLENGTH - 11) * mm / units * 72 / 25.4 < 7) { print; exit 1 } }
        END { if (units == 0 || texts < 5) exit 1 }' "$svg" || { echo "$svg"; return 1; }
      [ "$(head -c 5 "${svg%.svg}.pdf")" = %PDF- ]
      # 72 points are an inch
      grep -aoE '/MediaBox \[ 0 0 [0-9.]+' "${svg%.svg}.pdf" | awk -v mm="$mm" '{ w = $NF * 25.4 / 72 } END { exit !(w > mm - 0.5 && w < mm + 0.5) }'
    done
    [ -z "$(find "$drawn/$width" -name '*.png')" ]
  done
}

# touching FOLDER: what a browser finds of texts on texts, lines, points and edges in the figures of a folder.
touching() {
  {
    echo '<!doctype html><meta charset="utf-8"><body>'
    sed '/^<?xml/d' "$1"/*.svg
    printf '<script>%s</script>' "$(<"$root/tests/cli/touching.js")"
  } >"$BATS_TEST_TMPDIR/touching.html"
  timeout 100 "$chromium" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --dump-dom \
    "$BATS_TEST_TMPDIR/touching.html" 2>/dev/null >"$BATS_TEST_TMPDIR/touching.dom"
  sed -n '/<pre id="touches"/,/<\/pre>/p' "$BATS_TEST_TMPDIR/touching.dom" | sed 's/<[^>]*>//g; /^$/d'
  grep -q '<pre id="touches"' "$BATS_TEST_TMPDIR/touching.dom"
}

@test "no text touches another, a line, a point or the edge of its figure, at half a page and a full one" {
  local chromium of width
  chromium=$(command -v chromium || command -v chromium-browser) || skip "chromium is not installed (apt-get install chromium)"
  timeout 60 "$chromium" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --dump-dom about:blank 2>/dev/null |
    grep -q '<html' || skip "$chromium cannot show an empty page here"
  for of in "$made_up" "$root"/results/reference/kvm-epyc-2cpu{,-batches,-open-loop,-over-time}; do
    for width in half full; do
      rm -rf "$drawn"
      "$plot" --width "$width" --format svg "$of" "$drawn" 2>/dev/null
      [ "$(touching "$drawn" | tee /dev/stderr | wc -l)" -eq 0 ]
    done
  done
}

@test "the names in an open loop do not say how mechanisms wait, which columns do" {
  "$plot" --format svg "$root/results/reference/kvm-epyc-2cpu-open-loop" "$drawn" 2>/dev/null
  texts "$drawn/open-loop-same-llc.svg" >"$BATS_TEST_TMPDIR/texts"
  [ "$(grep -cx 'blocking\|spinning' "$BATS_TEST_TMPDIR/texts")" -eq 2 ]
  [ "$(grep -cx shm "$BATS_TEST_TMPDIR/texts")" -eq 2 ]
  run ! grep -qx '.* block\|.* spin' "$BATS_TEST_TMPDIR/texts"
  # its second axis is shorter than two powers of ten, and has more marks than one
  grep -qx '3 M' "$BATS_TEST_TMPDIR/texts"
  grep -qx '30 M' "$BATS_TEST_TMPDIR/texts"
}

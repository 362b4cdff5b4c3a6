#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The reference implementation reads our logs: what its HistogramLogProcessor prints is what we
# print, to the byte; mean and deviation to one in the last digit, where it rounds otherwise.
set -euo pipefail

. "${BASH_SOURCE[0]%/*}/lib.bash"

jar=${HDRHISTOGRAM_JAR:-/usr/share/java/hdrhistogram.jar}
command -v java >/dev/null || skip "java is not installed (apt-get install default-jre-headless)"
[[ -r $jar ]] || skip "$jar is not there (apt-get install libhdrhistogram-java)"

# its_percentiles LOG TAG: without the two lines that say from when to when
its_percentiles() {
  java -XX:TieredStopAtLevel=1 -cp "$jar" org.HdrHistogram.HistogramLogProcessor -i "$1" -tag "$2" \
    -outputValueUnitRatio 1000 -o "$dir/its" >/dev/null
  grep -Ev '^#\[(Overall percentile distribution|StartTime:)' "$dir/its.hgrm"
}

# compare THEIRS OURS
compare() {
  # rows that are not there cannot differ
  [[ -s $1 ]] && diff <(grep -v '^#\[Mean ' "$1") <(grep -v '^#\[Mean ' "$2") >&2 &&
    awk -F'[=,]' '
    /^#\[Mean / { split($4, d, "]"); mean[FNR == NR] = $2; deviation[FNR == NR] = d[1] }
    function apart(a, b) { return a - b > 0.011 || b - a > 0.0011 }
    END {
      if (mean[0] == "" || mean[1] == "" || apart(mean[0], mean[1]) ||
        apart(deviation[0], deviation[1])) {
        print mean[1], deviation[1], "ours is", mean[0], deviation[0] >"/dev/stderr"
        exit 1
      }
    }' "$1" "$2"
}

make_logs
logs=("$dir/logs/"*.hlog)
echo "1..$((${#logs[@]} + 1))"
failed=0 number=0
say() {
  number=$((number + 1))
  if ((!$1)); then
    failed=1
    printf 'not '
  fi
  echo "ok $number $2"
}
for log in "${logs[@]}"; do
  name=${log##*/} same=1
  its_percentiles "$log" "${name%.hlog}" >"$dir/theirs" || same=0
  compare "$dir/theirs" "${log%.hlog}.ours" || same=0
  say $same "$name"
done
same=1
for file in "$dir/run/hist/"*.hgrm; do
  name=${file##*/}
  diff "$file" "$dir/logs/${name%.hgrm}.ours" >&2 || same=0
done
say $same "the .hgrm of a run is that of its .hlog"
exit $failed

# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # bats sets status and output
#
# What is written of a comparison is what other programs read: WRITE_FORMATS writes made-up ones, every
# verdict and hostile text among them.

bats_require_minimum_version 1.5.0

setup() {
  : "${WRITE_FORMATS:?the path of write-formats}"
  root=${SOURCE_ROOT:-$BATS_TEST_DIRNAME/../..}
  . "$root/tests/csv.bash"
  dir=$BATS_TEST_TMPDIR
  for kind in few one many stored; do
    mkdir "$dir/$kind"
    "$WRITE_FORMATS" "$kind" "$dir/$kind"
  done
}

need() {
  command -v "$1" >/dev/null || skip "$1 is not installed"
}

@test "JUnit: what Jenkins and Surefire allow, and nothing else" {
  need xmllint
  local kind
  for kind in few one many stored; do
    xmllint --noout --relaxng "$root/tests/gate/junit.rng" "$dir/$kind/junit.xml"
  done
  # the grammar refuses what it has to
  sed 's/<testcase/<testcase id="1"/' "$dir/few/junit.xml" >"$dir/bad.xml"
  run ! xmllint --noout --relaxng "$root/tests/gate/junit.rng" "$dir/bad.xml"
  sed 's/<failure/<failed/; s/failure>/failed>/' "$dir/few/junit.xml" >"$dir/bad.xml"
  run ! xmllint --noout --relaxng "$root/tests/gate/junit.rng" "$dir/bad.xml"
}

@test "JUnit: the counts are those of the elements, and names are unique" {
  need xmllint
  local kind of xml
  for kind in few one many stored; do
    xml=$dir/$kind/junit.xml
    for of in tests:testcase failures:failure errors:error skipped:skipped; do
      [ "$(xmllint --xpath "string(//testsuite/@${of%:*})" "$xml")" = \
        "$(xmllint --xpath "count(//${of#*:})" "$xml")" ]
    done
    [ "$(xmllint --xpath '//testcase/@classname | //testcase/@name' "$xml" | paste - - | sort | uniq -d)" = '' ]
  done
  xml=$dir/few/junit.xml
  [ "$(xmllint --xpath 'count(//failure)' "$xml")" = 1 ]
  [ "$(xmllint --xpath 'count(//error)' "$xml")" = 1 ]
  [ "$(xmllint --xpath 'count(//skipped[@type="inconclusive"])' "$xml")" = 2 ]
  [ "$(xmllint --xpath 'count(//skipped[@type="skip"])' "$xml")" = 1 ]
  [[ $(xmllint --xpath 'string(//failure/@message)' "$xml") == *"is 7.2 % slower (5.9 % to 8.4 %)" ]]
  # an advisory comparison may not fail
  [ "$(xmllint --xpath 'count(//failure)' "$dir/stored/junit.xml")" = 0 ]
}

@test "github-action-benchmark: name, unit and value, one direction per file" {
  local kind file
  for kind in few one many stored; do
    for file in bigger smaller; do
      jq -e 'type == "array" and all(
        (keys - ["name", "unit", "value", "range", "extra"] | length == 0)
        and (.name | type == "string" and length > 0) and (.unit | type == "string" and length > 0)
        and (.value | type == "number")
        and (if has("range") then .range | test("^± [0-9.e+-]+$") else true end)
        and (.extra | type == "string"))
        and (map(.name) | length == (unique | length))' "$dir/$kind/$file.json"
    done
  done
  [ "$(jq -r 'map(.unit) | unique | join(" ")' "$dir/many/bigger.json")" = msg/s ]
  [ "$(jq -r 'map(.unit) | unique | join(" ")' "$dir/many/smaller.json")" = ns ]
  # what was not measured is in neither
  [ "$(jq length "$dir/few/bigger.json")" = 1 ]
  [ "$(jq length "$dir/few/smaller.json")" = 4 ]
}

@test "Bencher Metric Format: benchmark, measure, value" {
  local kind
  for kind in few one many stored; do
    jq -e 'type == "object" and length > 0 and (to_entries | all(
      (.key | length > 0 and length <= 1024) and (.value | type == "object" and length > 0)
      and (.value | to_entries | all(
        (.key | test("^[a-z0-9]+(-[a-z0-9]+)*$") and length <= 64)
        and (.value | (keys - ["value", "lower_value", "upper_value"] | length == 0)
          and has("value") and all(type == "number")
          and (if has("lower_value") then .lower_value <= .upper_value else true end))))))' \
      "$dir/$kind/bmf.json"
  done
  [ "$(jq -c '.["pipe block latency 64 B same-cpu"].latency' "$dir/few/bmf.json")" = \
    '{"value":2305,"lower_value":2276.85,"upper_value":2330.6}' ]
}

@test "JSON has the rows of the CSV, figure by figure" {
  local kind names=(cell metric unit better blocks dropped base new ratio ci_lo ci_hi p p_holm mde min_effect
    tolerance look verdict reason optional mde_by)
  for kind in one many; do
    [ "$(fields "${names[@]}" <"$dir/$kind/compare.csv")" = \
      "$(jq -r '.rows[] | map(if type == "boolean" then (if . then 1 else 0 end) else . // "" end | tostring) | @tsv' "$dir/$kind/gate.json")" ] || {
      diff <(fields "${names[@]}" <"$dir/$kind/compare.csv") \
        <(jq -r '.rows[] | map(if type == "boolean" then (if . then 1 else 0 end) else . // "" end | tostring) | @tsv' "$dir/$kind/gate.json") | head >&2
      return 1
    }
    [ "$(jq '.blocks | length' "$dir/$kind/gate.json")" -eq \
      "$(($(wc -l <"$dir/$kind/blocks.csv") / 2))" ]
  done
  jq -e '.outcome == "REGRESSION" and .rule.looks == 2 and .env.cpu.model == "Some CPU"
    and (.cells | map(.status) | unique == ["fail", "ok", "skip"])
    and .blocks[1].slices[0].version == "new" and .blocks[1].dropped
    and .rows[4].new == null and .rows[4].ci_hi == null' "$dir/few/gate.json"
}

@test "every column of compare.csv and blocks.csv is described" {
  local file column
  for file in compare blocks; do
    while read -r column; do
      sed -n "/^## \`$file.csv\`/,/^## /p" "$root/results/README.md" | grep -q "^| .*\`$column\`.* |" || {
        echo "results/README.md does not describe $column of $file.csv" >&2
        return 1
      }
    done < <(head -n 1 "$dir/few/$file.csv" | tr ',' '\n')
  done
}

@test "CSV: gates of a dozen cells and of a single one" {
  [ "$(fields verdict <"$dir/many/compare.csv" | wc -l)" -eq 24 ]
  [ "$(fields cell metric block <"$dir/many/blocks.csv" | sort -u | wc -l)" -eq $((12 * 40 * 2)) ]
  [ "$(fields verdict <"$dir/one/compare.csv")" = regression ]
}

@test "Markdown: nothing of a hostile text is taken for a tag or a table" {
  local md=$dir/few/report.md
  [ "$(grep -c '^## ' "$md")" -eq 1 ]
  run ! grep -q '[^\\]<[^ds/]' "$md"
  run ! grep -q '[^\\]</t' "$md"
  [ "$(grep -c '</details>' "$md")" -eq 1 ]
  # every row of every table has the same number of columns
  [ "$(sed 's/\\|//g' "$md" | awk -F'|' '/^\|/ { print NF }' | sort -u)" = 10 ]
}

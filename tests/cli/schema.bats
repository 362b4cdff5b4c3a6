# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# results/README.md describes what the driver writes: every column, and the same rows in each format.

setup() {
  load ../lib
  begin
  README=${SOURCE_ROOT:-$BATS_TEST_DIRNAME/../..}/results/README.md
  run_dir=$BATS_TEST_TMPDIR/run
  "$IPCBENCH" -t null,pipe,eventfd -s 64 --placement same-cpu --trials 2 --warmup 0 \
    --messages 2000 --seed 7 --label 'a,"b"' --output "$run_dir" --json "$run_dir.json" >/dev/null
}

@test "every column is described" {
  local file column
  for file in trials summary percentiles; do
    while read -r column; do
      grep -q "\`${column%_ci_[lh][io]}\`" "$README" || {
        echo "results/README.md does not describe $column of $file.csv"
        return 1
      }
    done < <(head -n 1 "$run_dir/$file.csv" | tr ',' '\n')
  done
}

@test "JSON has the rows and columns of the CSV files" {
  local file
  for file in trials summary; do
    [ "$(jq ".$file | length" "$run_dir.json")" -eq "$(($(wc -l <"$run_dir/$file.csv") - 1))" ]
    [ "$(jq -r ".${file}[0] | keys_unsorted | join(\",\")" "$run_dir.json")" = \
      "$(head -n 1 "$run_dir/$file.csv" | sed 's/^schema_version,run_id,//')" ]
  done
  [ "$(jq .plan.seed "$run_dir.json")" = 7 ]
  [ "$(jq -r '.trials[0].label' "$run_dir.json")" = 'a,"b"' ]
}

@test "a figure in the CSV is the same in JSON" {
  local csv json
  csv=$(fields transport mode trial lat_p50_ns cpu_ns_per_msg <"$run_dir/trials.csv" | sort)
  json=$(jq -r '.trials[] | [.transport, .mode, .trial, .lat_p50_ns, .cpu_ns_per_msg] | @tsv' \
    "$run_dir.json" | sort)
  # jq prints every number in its shortest form
  [ "$(awk -F'\t' '{ printf "%s %s %s %.6g %.6g\n", $1, $2, $3, $4, $5 }' <<<"$csv")" = \
    "$(awk -F'\t' '{ printf "%s %s %s %.6g %.6g\n", $1, $2, $3, $4, $5 }' <<<"$json")" ]
}

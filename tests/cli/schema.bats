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

# breaks SCHEMA DOCUMENT...: each document is valid. With any of its members renamed, or given an empty list for a value, it is not.
breaks() {
  python3 -W ignore - "$@" <<'PYTHON'
import copy, json, pathlib, sys
import jsonschema

path = pathlib.Path(sys.argv[1]).resolve()
schema = json.loads(path.read_text())
resolver = jsonschema.RefResolver(path.as_uri(), schema)
check = jsonschema.Draft202012Validator(schema, resolver=resolver)
jsonschema.Draft202012Validator.check_schema(schema)

def places(node, at=()):
    """Where the members of a document are; of a list its last element stands for all."""
    if isinstance(node, list):
        return places(node[-1], at + (len(node) - 1,)) if node else []
    if not isinstance(node, dict):
        return []
    return [p for key in node for p in [(at, key)] + places(node[key], at + (key,))]

for name in sys.argv[2:]:
    whole = json.loads(pathlib.Path(name).read_text())
    for error in check.iter_errors(whole):
        sys.exit(f"{name}: {'/'.join(map(str, error.path))}: {error.message[:200]}")
    # env.json is a document of its own
    whole.update({rows: whole[rows][-1:] for rows in ("trials", "summary") if rows in whole})
    whole.update({"env": None} if "env" in whole else {})
    for at, key in places(whole):
        for rename in (True, False):
            wrong = copy.deepcopy(whole)
            node = wrong
            for step in at:
                node = node[step]
            if rename:
                node[key + "_"] = node.pop(key)
            else:
                node[key] = [[]]
            # the kernel names mitigations
            if check.is_valid(wrong) and not (rename and at and at[-1] == "mitigations"):
                sys.exit(f"{name}: {'/'.join(map(str, at))}: a wrong {key} is accepted")
PYTHON
}

@test "JSON and env.json are what their schemas say" {
  python3 -c 'import jsonschema' 2>/dev/null || skip "there is no python3-jsonschema; scripts/install-deps test installs it"
  local schemas=${README%/*} places=same-cpu
  [ "$(nproc)" -eq 1 ] || places=same-cpu,cross-cpu
  printf '64\n4K\n' >"$run_dir.sizes"
  "$IPCBENCH" -q -t pipe,eventfd,sysv-mq -s "1M,trace:$run_dir.sizes" -m latency,throughput,oneway,rate,setup --rate 5k,50% --slo 'p99<1s' -p "$places" \
    --think 1us -T 1 -d 1ms --warmup 0 --counters --footprint 1M --load cpu:1 -o "$run_dir.all" --json "$run_dir.all.json"
  "$IPCBENCH" topology -d 1ms -q -o "$run_dir.cores" >/dev/null || [ "$(nproc)" -eq 1 ]
  sed -i 's/"started"/"resumed": [{"started": "2026-11-21T02:00:00Z", "launches_kept": 3}],\n  "started"/' "$run_dir/env.json"
  breaks "$schemas/run.schema.json" "$run_dir.json" "$run_dir.all.json"
  breaks "$schemas/env.schema.json" "$run_dir/env.json" "$run_dir.cores/env.json" "$run_dir.all/env.json"
  # what a trial is called, it is called in the CSV
  [ "$(jq -r '."$defs".trial.required | join(",")' "$schemas/run.schema.json")" = \
    "$(head -n 1 "$run_dir/trials.csv" | sed 's/^schema_version,run_id,//')" ]
}

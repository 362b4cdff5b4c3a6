#!/bin/sh
# SPDX-License-Identifier: MIT
#
# clang-tidy.sh SOURCE_ROOT BUILD_ROOT: every translation unit of the build passes .clang-tidy. A
# file that passed is not looked at again until it, a header, the checks or the compiler's
# arguments change.
set -eu

source_root=$(readlink -f "$1")
build_root=$(readlink -f "$2")
commands=$build_root/compile_commands.json
passed=$build_root/clang-tidy-passed

# The script calls itself for each file: clang-tidy.sh SOURCE_ROOT BUILD_ROOT KEY FILE
if [ $# -eq 4 ]; then
	cd "$build_root"
	# the hot loops are inlined into every transport: unbounded, the analyser takes half a minute
	# for each. It follows them far in bench/run/generic-loops.c, which are the same; nothing else of a
	# transport needs as many steps.
	case $4 in
	"$source_root"/transports/*) nodes=5000 ;;
	*) nodes=20000 ;;
	esac
	if clang-tidy -p . --quiet --warnings-as-errors='*' \
		--extra-arg=-Wno-unknown-warning-option --extra-arg=-Xclang \
		--extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=$nodes \
		"$4" >"$passed/$3.out" 2>&1; then
		mv "$passed/$3.out" "$passed/$3"
		exit
	fi
	cat "$passed/$3.out"
	rm "$passed/$3.out"
	exit 1
fi

for tool in clang-tidy jq; do
	if ! command -v "$tool" >/dev/null; then
		echo "skipped: $tool is not installed (apt-get install clang-tidy jq)"
		exit 77
	fi
done
mkdir -p "$passed"

# what changes the verdict on every file
common=$(
	{
		clang-tidy --version
		cat "$0" "$source_root/.clang-tidy" "$source_root/tests/.clang-tidy"
		for folder in bench include transports tests; do
			find "$source_root/$folder" -name '*.h' | sort | xargs -r cat
		done
	} | sha256sum
)

arguments=$(jq -r '.[] | ["/" + .file, .command] | @tsv' "$commands")
# generated sources lie in the build folder and are left out
files=$(jq -r '.[] | .directory + "/" + .file' "$commands" | sed "s|^.*//|/|" | xargs readlink -f |
	grep "^$source_root/[bt]" | sort -u)
count=$(echo "$files" | wc -l)
if [ "$count" -lt 10 ]; then
	echo "only $count files of $source_root in $commands"
	exit 1
fi
todo=$(
	for file in $files; do
		key=$(
			{
				echo "$common"
				echo "$arguments" | grep -F "/${file##*/}	"
				cat "$file"
			} | sha256sum | cut -d' ' -f1
		)
		[ -e "$passed/$key" ] || echo "$key $file"
	done
)
echo "$count files, $(echo "$todo" | grep -c .) of them to check" || true
echo "$todo" | xargs -r -P "$(nproc)" -L 1 "$0" "$source_root" "$build_root"

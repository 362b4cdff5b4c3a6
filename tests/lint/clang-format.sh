#!/bin/sh
# SPDX-License-Identifier: MIT
#
# clang-format.sh SOURCE_ROOT [BUILD_ROOT]: every C file is formatted as .clang-format says.
set -eu

cd "$1"
if ! command -v clang-format >/dev/null; then
	echo "skipped: clang-format is not installed (apt-get install clang-format)"
	exit 77
fi
# files that git does not ignore, or all of them in a source archive
files=$(git ls-files --cached --others --exclude-standard -- '*.c' '*.h' 2>/dev/null ||
	find bench include tests transports -name '*.[ch]')
count=$(echo "$files" | wc -l)
if [ "$count" -lt 10 ]; then
	echo "only $count C files found below $1"
	exit 1
fi
echo "$files" | xargs clang-format --dry-run -Werror --style=file
echo "$count files"

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Usage: shellcheck.sh SOURCE_ROOT [BUILD_ROOT]. Every shell script is clean, bats files included. A
# script is known by its first line or, for what is sourced, by its name.
set -eu

cd "$1"
if ! command -v shellcheck >/dev/null; then
	echo "skipped: shellcheck is not installed (apt-get install shellcheck)"
	exit 77
fi
scripts=$(
	{
		git ls-files --cached --others --exclude-standard 2>/dev/null ||
			find . -type f -not -path './.git/*'
	} | sort -u | while IFS= read -r file; do
		[ -f "$file" ] || continue
		case $file in
		*.bash) echo "$file" ;;
		*.c | *.h | *.md | *.svg | *.png | *.csv | *.json) ;;
		*)
			if head -n 1 "$file" | grep -Eq '^#!.*(/| )(sh|bash|bats)( |$)'; then
				echo "$file"
			fi
			;;
		esac
	done
)
count=$(echo "$scripts" | wc -l)
if [ "$count" -lt 5 ]; then
	echo "only $count scripts found below $1"
	exit 1
fi
# shellcheck disable=SC2086 # no name in the tree has a space
shellcheck --external-sources --source-path=SCRIPTDIR $scripts
echo "$count scripts"

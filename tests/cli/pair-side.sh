#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Both sides of -t exec-pair, which moves nothing and says what its first argument makes of it. By count, 50 round trips of 20 us.
fault=$1
times=20000
for _ in 1 2 3 4 5 6 7; do
	times=$times,20000,20000,20000,20000,20000,20000,20000
done

say() {
	printf '%s\n' "$1" >&4
}

# Some 50 ms of CPU time.
burn() {
	i=0
	while [ "$i" -lt 200000 ]; do
		i=$((i + 1))
	done
}

# number NAME: of the order.
number() {
	order=${go#*\""$1"\":}
	echo "${order%%[,\}]*}"
}

case $fault in
hang)
	echo 'looking for a queue'
	exec sleep 1000
	;;
late)
	trap '' TERM
	(setsid sleep 1000 <&- 3<&- 4>&- &)
	;;
status-0) exit 0 ;;
crash) kill -SEGV $$ ;;
flood) yes >&2 & ;;
endless) yes '{"hello": {"protocol": 1, "name": "told"}}' >&4 ;;
garbage) say 'Listening on port 80' ;;
list) say '[1, 2]' ;;
deep) head -c 100000 /dev/zero | tr '\0' '[' >&4 && say '' ;;
giant) head -c 300000 /dev/zero | tr '\0' x >&4 ;;
order) say '{"ready": {}}' ;;
two) say '{"hello": {}, "ready": {}}' ;;
protocol) say '{"hello": {"protocol": 2, "name": "told"}}' ;;
nameless) say '{"hello": {"protocol": 1, "name": ""}}' ;;
close)
	exec 4>&- 3<&-
	exec sleep 1000
	;;
esac
say '{"hello": {"protocol": 1, "name": "told"}}'
read -r config <&3
case $fault in
show) { echo "$config" && grep Cpus_allowed_list /proc/self/status; } >>"$SHOW" ;;
status-3)
	echo 'no such queue'
	exit 3
	;;
esac
say '{"ready": {}}'
pace=1000
while read -r go <&3; do
	# 50 of them, or what it takes
	messages=50 elapsed=2000000 sleep=0.01 told="[$times]"
	if [ "$(number messages)" -ne 50 ]; then
		elapsed=$(number duration_ns)
		messages=$((elapsed / 20000))
		sleep=$((elapsed / 1000000000)).$(printf %09d $((elapsed % 1000000000)))
	fi
	case $fault in
	show) echo "$go" >>"$SHOW" ;;
	hang-go) exec sleep 1000 ;;
	die) exit 0 ;;
	daemon)
		sleep 1000 &
		exit 0
		;;
	killed) kill -KILL $$ ;;
	compiles) messages=$((messages * pace / 1000)) pace=$((pace * 103 / 100)) ;;
	burn) burn ;;
	esac
	sleep "$sleep"
	case $fault in
	slow) elapsed=99000000000 ;;
	fast) elapsed=10 ;;
	fewer) messages=49 ;;
	more) messages=51 ;;
	missing) say '{"result": {"messages": 50}}' && continue ;;
	real) elapsed=2e6 ;;
	huge) elapsed=99999999999999999999 ;;
	negative) elapsed=-1 ;;
	early) elapsed=$((elapsed / 2)) ;;
	esac
	say "{\"result\": {\"messages\": $messages, \"elapsed_ns\": $elapsed}}"
	case $fault in
	burn-late) burn ;;
	short) told='[20000]' && say '{"times": []}' ;;
	long) told="[$times, 20000]" ;;
	above) told="[2000001]" ;;
	sum) told=$(echo "$told" | sed 's/20000/90000/g') ;;
	text) told='["20000"]' ;;
	number) told=20000 ;;
	histogram | twice) told='"HISTFAAAACN4nJNpmSzMwMDAzAABMJoRyHQz2LGAwf4DROBwcAoAXtkFyA=="' ;;
	coarse) told='"HISTFAAAACR4nJNpmSzMwMDAzAABTFCaESjkZrBjAYP9B4jAccYUAF4lBXk="' ;;
	damaged) told='"HISTFAAAACN4"' ;;
	again) say '{"result": {}}' ;;
	esac
	[ "$fault" != twice ] || say '{"times": [20000]}'
	case $config in
	*latency*) say "{\"times\": $told}" ;;
	esac
done
[ "$fault" != late ] || exec sleep 1000

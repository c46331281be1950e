#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A shell script goes on: variables, functions, positional parameters,
# background jobs, wait, traps, here-documents, pipelines.
fails=0
check() {
	[ "$1" = "$2" ] && return
	echo "# test_shell.sh: $3: got '$1', expected '$2'"
	fails=$((fails + 1))
}

set -- one "two words" three
number=41
caught=
trap 'caught=$caught.usr1' USR1
mkfifo gate
# A job that ends by itself before the hop, one that goes over it.
(exit 3) &
early=$!
(read -r line <gate; [ "$line" = go ] && exit 7) &
late=$!
count() {
	n=0
	while read -r line; do n=$((n + line)); done
	echo $n
}

echo ready >&"${HOP_READY_FD:-1}"
if [ -n "$HOP_GO_FD" ]; then
	dd bs=1 count=1 <&"$HOP_GO_FD" >/dev/null 2>&1
	check $? 0 "read of go"
fi

number=$((number + 1))
check $number 42 number
check "$#/$2" "3/two words" parameters
kill -USR1 $$
check "$caught" .usr1 trap
wait $early
check $? 3 "wait for a job that had ended"
echo go >gate
wait $late
check $? 7 "wait for a job that waited"
check "$(printf '1\n2\n3\n' | count)" 6 pipeline
check "$(cat <<END
$number
END
)" 42 here-document
[ $fails = 0 ]

# Functions for shell tests: . "${FM_TEST_SOURCE:-.}/tests/shell.sh"
# A check is one line: a claim, then the command that must succeed.
set -u
LC_ALL=C
export LC_ALL
fmrun=${FM_TEST_BUILD:-.}/fmrun
source_folder=${FM_TEST_SOURCE:-.}
n_passed=0
n_failed=0

# scratch NAME: makes an empty folder for the test and enters it.
scratch() {
    scratch_folder=${FM_TEST_BUILD:-.}/tests/scratch/$1
    rm -rf "$scratch_folder" && mkdir -p "$scratch_folder" && cd "$scratch_folder" || exit 99
}

# check "claim" command ...
check() {
    claim=$1
    shift
    if "$@"; then
        n_passed=$((n_passed + 1))
    else
        n_failed=$((n_failed + 1))
        echo "FAILED: $claim: $*"
    fi
}

# exits CODE command ...: runs the command, with its output in the files out and err.
exits() {
    expected=$1
    shift
    "$@" >out 2>err </dev/null
    code=$?
    [ "$code" -eq "$expected" ] || {
        echo "exit status $code, not $expected: $*"
        sed 's/^/    /' err
        return 1
    }
}

# fails_with CODE TEXT command ...: the command exits with CODE and a message that contains TEXT.
fails_with() {
    expected_code=$1
    text=$2
    shift 2
    exits "$expected_code" "$@" && { grep -qF "$text" err || { cat err; false; }; }
}

# answer DB QUERY: prints the answer of a query without its header.
answer() {
    "$fmrun" sql --db "$1" "$2" | tail -n +2 | sed 's/^ *//; s/ *$//'
}

# is DB QUERY ANSWER
is() {
    found=$(answer "$1" "$2")
    [ "$found" = "$3" ] || { echo "$2: $found, not $3"; return 1; }
}

# is_over SESSION: all its processes end within ten seconds.
is_over() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        # pid (name) state ppid pgrp session ...; Z: dead
        cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' |
            awk -v session="$1" '$4 == session && $1 != "Z" { n++ } END { exit n > 0 }' && return
        sleep 1
    done
    return 1
}

# end_session LEADER: kills all processes that "setsid ... &" has started or is about to start.
end_session() {
    kill -9 "-$1" 2>/dev/null || kill -9 "$1" 2>/dev/null
    is_over "$1"
}

# kill_until_done MOST FIRST LATER ARGUMENT ...: runs fmrun with the arguments and kills it and
# its workers, at most MOST times, until a run ends before it is killed; n_kills counts them.
# The first is killed after FIRST hundredths of a second, each next one LATER hundredths later.
kill_until_done() {
    most=$1 delay=$2 later=$3 n_kills=0
    shift 3
    while [ $n_kills -lt "$most" ]; do
        setsid "$fmrun" "$@" -q >out 2>err </dev/null &
        pid=$!
        sleep "$(printf '0.%02d' $((delay + later * n_kills % 90)))"
        end_session $pid
        wait $pid 2>/dev/null
        [ $? -eq 0 ] && break
        n_kills=$((n_kills + 1))
    done
}

finish() {
    echo "$n_passed passed, $n_failed failed"
    [ "$n_failed" -eq 0 ]
    exit
}

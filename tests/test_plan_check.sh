#!/bin/sh
# A plugin that hangs or crashes before a run begins ends the command with an error that names it.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
scratch plan_check
bad=${FM_TEST_BUILD:-.}/tests/bad_plugins

cat >a.yaml <<'END'
name: a
data: moons
network: {plugin: mlp, hidden: [8]}
train: {steps: 4, batch: 16}
sample: {count: 16}
solvers: [{plugin: euler, steps: 1}]
metrics: []
END

# refuses KIND/NAME COMMAND ...: with status 69, by the time limit of 3 s.
refuses() {
    plugin=$1
    shift
    exits 69 "$fmrun" --db a.db --plugin-path "$bad" --timeout 3 "$@" &&
        grep -q "^fmrun: error: plugin $plugin" err && [ ! -s out ]
}

check "the config is valid" exits 0 "$fmrun" plan a.yaml --db a.db

# ---- a plugin that hangs ----
check "data that hang when a run is started" refuses 'dataset/hang did not return from open' \
    a.yaml data=hang
check "the message says how to change the limit" grep -q 'within 3 s; --timeout S changes' err
check "hanging data write no database" test ! -e a.db
check "data that hang when a config is checked" \
    refuses 'dataset/hang did not return from open' config check a.yaml data=hang
check "a network that hangs" refuses 'network/hang did not return from build' \
    plan a.yaml network=hang
check "a solver that hangs" refuses 'solver/hang did not return from prepare' \
    config resolve a.yaml 'solvers=[{plugin: hang, steps: 1}]'
check "a coupling that hangs" refuses 'coupling/hang did not return from prepare' \
    bench a.yaml coupling=hang
check "a command that opens no model does not open data" exits 0 "$fmrun" --plugin-path "$bad" \
    config resolve a.yaml data=hang

# ---- a process that dies ----
check "a solver that crashes" refuses 'solver/crash_prepare: .*signal 11 (.*) in prepare' \
    plan a.yaml 'solvers=[{plugin: crash_prepare, steps: 1}]'
check "data that crash" refuses 'dataset/crash_open: .*signal 11 (.*) in open' a.yaml data=crash_open
check "a solver that exits with success" \
    refuses 'solver/exit_prepare: .*exit status 0 in prepare' a.yaml \
    'solvers=[{plugin: exit_prepare, steps: 1}]'
check "crashing plugins write no database" test ! -e a.db

# ---- errors of the config print as without the child process ----
check "a wrong config: exit status 78" exits 78 "$fmrun" plan a.yaml 'train.stepz=3'
check "its message prints once" test "$(grep -c 'unknown option "stepz"' err)" -eq 1
check "--debug=plan prints the plan once" sh -c \
    "'$fmrun' plan a.yaml --db a.db --debug=plan 2>&1 | grep -c ' runs, key ' | grep -qx 1"
finish

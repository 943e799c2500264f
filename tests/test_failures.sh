#!/bin/sh
# A failure becomes a row with a reason, and everything else goes on.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
scratch failures
bad=${FM_TEST_BUILD:-.}/tests/bad_plugins

# config NAME [line ...]: a small experiment, extended.
config() {
    name=$1
    shift
    {
        cat <<END
name: $name
seeds: 2
data: moons
network: {plugin: mlp, hidden: [16]}
train: {steps: 60, batch: 64}
sample: {count: 300}
metrics: [sliced_w2]
END
        printf '%s\n' "$@"
    } >"$name.yaml"
}

# ---- a plugin that crashes ----
config crash 'solvers: [{plugin: euler, steps: 2}, {plugin: crash, steps: 4}, {plugin: rk4, steps: 2}]'
check "a crashing solver: exit status 1" \
    exits 1 "$fmrun" crash.yaml --db crash.db --plugin-path "$bad"
check "the message names its signal" grep -q 'signal 11.*while sampling with crash, 4 steps' err
check "its samplings are failed rows with a reason" test "$(answer crash.db \
    "select count(*) from sampling where solver = 'crash' and status = 'failed' and reason like '%signal 11%'")" -eq 2
check "the other samplings are done" test "$(answer crash.db \
    "select count(*) from sampling where solver <> 'crash' and status = 'done'")" -eq 4
check "the runs are done" \
    test "$(answer crash.db "select count(*) from run where status = 'done'")" -eq 2
check "the table counts the failures" grep -q '^crash .*2 of 2' out
check "show prints the reason" sh -c "'$fmrun' show crash --db crash.db | grep -q 'signal 11'"

config crash_late 'data: moons'
sed -i -e '/^data:/d' -e 's/^name:.*/&\ndata: crash_late\nsolvers: [{plugin: euler, steps: 2}]/' crash_late.yaml
check "a crashing data set: exit status 1" \
    exits 1 "$fmrun" crash_late.yaml --db crash.db --plugin-path "$bad"
check "its runs are failed, with a reason" test "$(answer crash.db \
    "select count(*) from run where data = 'crash_late' and status = 'failed' and reason like '%signal 11%while training%'")" -eq 2

# ---- numbers that stop being finite ----
config diverge 'solvers: [{plugin: euler, steps: 2}]' 'sweep: {grid: {train.lr: [1e-3, 1e3]}}'
sed -i 's/activation: .*//; s/hidden: \[16\]/hidden: [16, 16, 16, 16, 16, 16, 16, 16], activation: relu/; s/steps: 60/steps: 400/' diverge.yaml
check "a diverging training: exit status 1" exits 1 "$fmrun" diverge.yaml --db diverge.db
check "the message says what diverged" grep -q 'diverged: the .* stopped being finite at step' err
check "the runs that diverged are rows with a reason" test "$(answer diverge.db \
    "select count(*) from run where status = 'diverged' and reason like '%smaller lr%'")" -eq 2
check "the other runs are done" \
    test "$(answer diverge.db "select count(*) from run where status = 'done'")" -eq 2
check "their losses are kept" test "$(answer diverge.db \
    "select min(n) > 0 from (select count(*) n from loss group by run_id)")" -eq 1
check "a second run does not retry them" exits 1 "$fmrun" diverge.yaml --db diverge.db
check "it says that nothing was done" grep -q ' 4 runs done before, 0 now' err

cat >nan.yaml <<'END'
name: nan
data: {plugin: gaussian, dim: 2, mean: 1}
network: nan
sample: {count: 100}
solvers: [{plugin: euler, steps: [1, 8]}]
metrics: [w2]
END
check "a velocity that becomes NaN: exit status 1" \
    exits 1 "$fmrun" nan.yaml --db nan.db --plugin-path "$bad"
check "the sampling diverged, with rows and time" test "$(answer nan.db \
    "select count(*) from sampling where steps = 8 and status = 'diverged' and reason like '100 of 100 rows stopped being finite%t = 0.%'")" -eq 1
check "it has no value, and no zero" \
    test "$(answer nan.db "select count(*) from metric m join sampling s on s.id = m.sampling_id where s.steps = 8 and m.value is not null")" -eq 0

# ---- a metric that fails does not fail the sampling or other metrics ----
config metric 'solvers: [{plugin: euler, steps: 2}]'
check "a first metric" exits 0 "$fmrun" metric.yaml --db metric.db
before=$(answer metric.db "select group_concat(s.status || s.nfe_total || m.value) from sampling s join metric m on m.sampling_id = s.id")
check "another metric that crashes: exit status 1" \
    exits 1 "$fmrun" metric.yaml 'metrics=[sliced_w2, crash]' --db metric.db --plugin-path "$bad"
check "it has no value, and a reason" test "$(answer metric.db \
    "select count(*) from metric m join metric_def d on d.id = m.metric_def_id where d.name = 'crash' and m.value is null and m.note like '%signal 11%'")" -eq 2
check "sampling and other metrics are unchanged" test "$before" = "$(answer metric.db "select group_concat(s.status || s.nfe_total || m.value) from sampling s join metric m on m.sampling_id = s.id where m.value is not null")"
check "plan says that nothing is left" sh -c "'$fmrun' plan metric.yaml 'metrics=[sliced_w2, crash]' --db metric.db --plugin-path '$bad' | grep -q 'nothing is left'"
check "plan says that another metric is left" sh -c "'$fmrun' plan metric.yaml 'metrics=[w2]' --db metric.db | grep -q '2 samplings, 0 done'"
check "a new metric is measured" exits 0 "$fmrun" metric.yaml 'metrics=[w2]' --db metric.db --in-process
check "without another sampling" test "$(answer metric.db "select count(*) from sampling")" -eq 2

# ---- a plugin file that changed under the same version ----
mkdir -p path/solver
cp "$(dirname "$bad")/../plugins/solver/rk4.so" path/solver/rebuilt.so
check "a plugin under another name is refused" exits 78 "$fmrun" metric.yaml \
    'solvers=[{plugin: rebuilt, steps: 2}]' --db metric.db --plugin-path path
mkdir -p build2/metric && cp "$(dirname "$bad")/../plugins/metric/sliced_w2.so" build2/metric/
printf 'x' >>build2/metric/sliced_w2.so
check "a rebuilt plugin of the same version keeps results" \
    exits 0 "$fmrun" metric.yaml --db metric.db --plugin-path build2
check "it is warned of" grep -q 'metric/sliced_w2 version 1 was rebuilt' err
# Metrics also depend on the solver of the reference.
config reference 'solvers: [{plugin: euler, steps: 2}]'
reference() {
    "$fmrun" reference.yaml sample.reference=bosh3 'metrics=[discretization_error]' \
        --db reference.db "$@"
}
check "a metric against a reference" exits 0 reference
check "the reference's solver is recorded" test "$(answer reference.db "select count(*)
    from run_plugin r join plugin p on p.id = r.plugin_id where p.name = 'bosh3'")" -gt 0
mkdir -p build3/solver && cp "$(dirname "$bad")/../plugins/solver/bosh3.so" build3/solver/
printf 'x' >>build3/solver/bosh3.so
check "a rebuilt solver of the reference keeps results" \
    exits 0 reference --plugin-path build3
check "it is warned of" grep -q 'solver/bosh3 version 1 was rebuilt' err

# ---- plugins that can't be loaded ----
for plugin in wrong_abi:'ABI' wrong_magic:'magic' wrong_size:'bytes' wrong_name:'calls itself' \
    wrong_kind:'kind' missing_operation:'must have' no_symbol:'no symbol'; do
    name=${plugin%%:*}
    word=${plugin#*:}
    config "$name" "solvers: [{plugin: $name, steps: 2}]"
    check "$name: exit status 78" \
        exits 78 "$fmrun" "$name.yaml" --db x.db --plugin-path "$bad"
    check "$name: the message has the place and the reason" \
        grep -q "^$name.yaml:8:20: error: .*$word" err
    check "$name: nothing was done" test ! -e x.db
done
check "unusable plugins are listed with the reason" \
    sh -c "'$fmrun' plugins --plugin-path '$bad' | grep -q 'solver/wrong_abi.*unusable: .*ABI'"

# ---- errors that only plugins can find are found before anything is done ----
config dimensions 'source: {plugin: gaussian, mean: [1, 2, 3]}' 'solvers: [{plugin: euler, steps: 2}]'
check "source and data of different dimensions: exit status 78" \
    exits 78 "$fmrun" dimensions.yaml --db y.db
check "source and data of different dimensions: the message has the place" \
    grep -q '^dimensions.yaml:8:9: error: ' err
check "source and data of different dimensions: nothing was done" test ! -e y.db
cat >labels.yaml <<'END'
name: labels
data: lone_label
network: {plugin: oracle, labels: true}
sample: {count: 16}
solvers: [{plugin: euler, steps: 1}]
END
check "a label without a component: exit status 78" \
    exits 78 "$fmrun" labels.yaml --db y.db --plugin-path "$bad"
check "a label without a component: the message has the place and the label" \
    grep -q '^labels.yaml:3:10: error: network oracle: .*no component .* has label 1' err

# ---- null plugins of every kind run ----
cat >null.yaml <<'END'
name: "null"
source: "null"
data: "null"
network: "null"
path: "null"
coupling: "null"
sample: {count: 100}
solvers: [{plugin: "null", steps: 3}]
metrics: ["null"]
END
check "null plugins of every kind run" exits 0 "$fmrun" null.yaml --db null.db --plugin-path "$bad"
check "their metric has its value" test "$(answer null.db "select value from metric")" = 0

# ---- two fmruns on one database, and a file that is no database ----
config slow 'solvers: []'
sed -i 's/metrics:.*//; s/steps: 60/steps: 1000000/' slow.yaml
"$fmrun" slow.yaml --db shared.db -q >/dev/null 2>&1 </dev/null &
pid=$!
while [ ! -e shared.db-wal ] && kill -0 $pid; do sleep 0.02; done
while ! "$fmrun" ls --db shared.db >out 2>&1 && kill -0 $pid; do sleep 0.02; done
check "a second fmrun on the same file: exit status 74" \
    exits 74 "$fmrun" slow.yaml --db shared.db
check "its message names the first one's process" grep -q "$pid" err
check "reading works meanwhile" exits 0 "$fmrun" ls --db shared.db
kill -TERM $pid
wait $pid
echo 'this is not a database, but long enough to look like one to somebody in a hurry' >text.db
check "a text file: exit status 74" exits 74 "$fmrun" crash.yaml --db text.db --plugin-path "$bad"
check "a text file: the message names it" grep -q 'text.db' err
check "a text file: it is unchanged" grep -q 'in a hurry' text.db
check "a missing database: exit status 66" exits 66 "$fmrun" ls --db nowhere.db

# ---- a full disk ----
trap 'umount small readonly 2>/dev/null' EXIT
trap 'exit 1' INT TERM
# full_disk SIZE: the disk is full when the database grows, or when a checkpoint is written.
full_disk() {
    check "a disk of $1" mount -t tmpfs -o size="$1" tmpfs small
    "$fmrun" large.yaml --db small/a.db -q >out 2>err </dev/null
    code=$?
    check "a disk of $1: it fails" test $code -ne 0
    "$fmrun" show large --db small/a.db >shown 2>&1
    check "a disk of $1: the message says that it is full" grep -q 'No space left\|disk is full' err shown
    check "a disk of $1: the database is sound" \
        test "$(answer small/a.db 'pragma integrity_check')" = ok
    check "a disk of $1 grows" mount -o remount,size=50m small
    check "a disk of $1: with more space the run succeeds" exits 0 "$fmrun" large.yaml --db small/a.db
    umount small
}
config large 'solvers: [{plugin: euler, steps: 2}]'
sed -i 's/hidden: \[16\]/hidden: [256, 256]/; s/batch: 64/batch: 64, checkpoint_seconds: 0.01/' large.yaml
mkdir small
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=400k tmpfs small 2>/dev/null; then
    umount small
    for size in 300k 900k; do
        full_disk $size
    done
else
    echo "skipped: a full disk needs root and tmpfs"
fi

# ---- a folder that can't be written ----
mkdir -p readonly
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=1m tmpfs readonly 2>/dev/null; then
    mount -o remount,ro readonly
    config ro 'solvers: [{plugin: euler, steps: 2}]'
    check "a read-only folder: exit status 74" exits 74 "$fmrun" ro.yaml --db readonly/a.db
    check "a read-only folder: the message names it" grep -q 'readonly/a.db.*\(ead-only\|--db\)' err
    umount readonly
fi
finish

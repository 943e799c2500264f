#!/bin/sh
# A run that was interrupted or killed continues where it stopped and ends with the same bits as an
# undisturbed one, for any number of threads.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
scratch resume

# Steps for a second or two of training, so that there is time to kill it.
case $("$fmrun" --version) in
*fsanitize*) steps=3000 ;;
*) steps=15000 ;;
esac
cat >config.yaml <<END
# Question: are the bits the same?
name: resume
seeds: 2
data: checkerboard
network: {plugin: mlp, hidden: [48, 48]}
train: {steps: $steps, batch: 192, shards: 7, ema: [0.99, 0], validate_every: 40, warmup: 100, clip: 1, checkpoint_seconds: 0.05}
sample: {count: 1000}
solvers:
  - {plugin: euler, steps: [3, 5]}
  - {plugin: dopri5, rtol: 1e-4}
metrics: [w2, sliced_w2, energy, discretization_error]
END

results="select r.seed, s.solver, s.steps, s.nfe_total, d.name, printf('%.17g', m.value), \
printf('%.17g', m.floor) from run r join sampling s on s.run_id = r.id join metric m on \
m.sampling_id = s.id join metric_def d on d.id = m.metric_def_id order by 1, 2, 3, 5"
weights="select r.seed, a.sha256 from run r join artifact a on a.id = r.weights_id order by 1"
losses="select run_id, count(*), count(distinct step), printf('%.17g', sum(loss)) from loss \
group by 1"
by_time="select run_id, count(distinct step), sum(n_rows), printf('%.17g', sum(loss)) \
from loss_by_time group by 1"

fingerprint() {
    answer "$1" "$results" && answer "$1" "$weights" && answer "$1" "$losses" \
        && answer "$1" "$by_time"
}

same_as_whole() {
    fingerprint "$1" >"$1.txt" && cmp whole.db.txt "$1.txt"
}

run() {
    "$fmrun" config.yaml --db "$@"
}

check "an undisturbed run succeeds" exits 0 run whole.db -t 2
fingerprint whole.db >whole.db.txt
check "it has all results" test "$(wc -l <whole.db.txt)" -eq 30
# Every row is in one tenth of [0, 1], and their mean loss is that of the steps.
one_row() {
    [ "$(answer whole.db "$1")" = "$2" ]
}
check "losses by time have every row" one_row \
    "select count(*) from run r where $steps * 192 = (select sum(n_rows) from loss_by_time \
where run_id = r.id)" 2
check "losses by time are recorded a hundred times" one_row \
    "select distinct count(distinct step) from loss_by_time group by run_id" 100
check "losses by time have the mean of the steps" one_row \
    "select count(*) from run r where abs((select sum(loss * n_rows) / sum(n_rows) from \
loss_by_time where run_id = r.id) - (select avg(loss) from loss where run_id = r.id)) < 1e-9" 2
check "the best step is that of the least validation loss" one_row \
    "select count(*) from run where best_step = (select step from loss where run_id = run.id \
and validation is not null order by validation limit 1)" 2
# the best step of a short run may be its last
[ $steps -lt 15000 ] || check "the best step is not the last" one_row \
    "select count(*) from run where best_step < n_steps" 2

for threads in 1 3 4 7; do
    check "$threads threads succeed" exits 0 run t$threads.db -t $threads
    check "$threads threads give the same bits" same_as_whole t$threads.db
done
for policy in active passive; do
    check "OMP_WAIT_POLICY=$policy succeeds" \
        exits 0 env OMP_WAIT_POLICY=$policy "$fmrun" config.yaml --db $policy.db -t 2
    check "OMP_WAIT_POLICY=$policy gives the same bits" same_as_whole $policy.db
done
check "two jobs at a time succeed" exits 0 run jobs.db -j 2
check "two jobs give the same bits" same_as_whole jobs.db
check "--in-process succeeds" exits 0 run direct.db -t 2 --in-process
check "--in-process: the bits are the same" same_as_whole direct.db

kill_until_done 40 5 7 config.yaml --db killed.db -t 2
check "it was really killed" test $n_kills -ge 2
check "after kill -9 it succeeds" exits 0 run killed.db -t 2
check "after kill -9 the bits are the same" same_as_whole killed.db
check "killed processes have no exit status" \
    test "$(answer killed.db "select count(*) from process where exit_status is null")" -ge 2
check "the database is sound" test "$(answer killed.db 'pragma integrity_check')" = ok
check "no temporary file is left" test -z "$(find killed.runs -name 'checkpoint*')"

# A worker ends when only its scheduler is killed.
setsid "$fmrun" config.yaml train.steps=1000000 --db orphan.db -q >out 2>err </dev/null &
pid=$!
sleep 0.4
kill -9 $pid
wait $pid 2>/dev/null
check "a worker does not outlive its scheduler" is_over $pid

# A signal saves everything, and the next run continues.
# (A script's background jobs ignore SIGINT by default.)
env --default-signal=INT "$fmrun" config.yaml --db stopped.db -t 2 >out 2>err </dev/null &
pid=$!
while kill -0 $pid && ! ls stopped.runs/*/checkpoint.safetensors; do sleep 0.02; done >out 2>&1
kill -INT $pid
wait $pid
check "SIGINT gives exit status 130" test $? -eq 130
check "SIGINT says that all is saved" grep -q 'everything is saved' err
check "the run is marked as interrupted" \
    test "$(answer stopped.db "select count(*) from run where status = 'interrupted'")" -eq 1
"$fmrun" config.yaml --db stopped.db -t 2 >out 2>err </dev/null &
pid=$!
while kill -0 $pid && ! grep -q 'goes on from the checkpoint' err; do sleep 0.02; done >out 2>&1
kill -TERM $pid
wait $pid
check "SIGTERM gives exit status 143" test $? -eq 143
check "after SIGINT it succeeds" exits 0 run stopped.db -t 2
check "after SIGINT it continues from the checkpoint" grep -q 'goes on from the checkpoint' err
check "after SIGINT the bits are the same" same_as_whole stopped.db

check "a second run has nothing to do" exits 0 run whole.db
check "a second run says so" grep -q '2 runs done before, 0 now' err
finish

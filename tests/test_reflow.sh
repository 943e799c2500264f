#!/bin/sh
# Pairs from the flow of a finished run: their distribution, the choice of the parent, and equal bits.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
scratch reflow

# The flow of the parent is x1 = mean + sd x0 in each coordinate, and |x0 - x1|^2 has the mean
# 2^2 + 1^2 + (0.5 - 1)^2 + (1.5 - 1)^2 = 5.5 with a standard error below 0.02.
cat >parent.yaml <<'END'
# Question: where does the exact flow end?
name: parent
data: {plugin: gaussian, dim: 2, mean: [2, -1], sd: [0.5, 1.5]}
network: oracle
solvers: [{plugin: rk4, steps: 4}]
END
cat >child.yaml <<'END'
# Question: is one step enough?
include: parent.yaml
name: child
network: {plugin: mlp, hidden: [32, 32]}
coupling: {plugin: reflow, parent: parent.yaml, pairs: 20000}
train: {steps: 1500, batch: 256, lr: 1e-2, schedule: cosine, validate_every: 100, checkpoint_seconds: 0.05}
sample: {count: 1000}
solvers: [{plugin: euler, steps: 1}]
metrics: [w2, discretization_error]
END

between() {
    answer "$1" "$2" | awk -v low="$3" -v high="$4" '{exit !($1 > low && $1 < high)}'
}

check "a child of a closed form runs" exits 0 "$fmrun" child.yaml --db a.db -t 1
check "its pairs are those of the flow" between a.db \
    "select cast(substr(text, instr(text, '^2 ') + 3) as real) from event" 5.42 5.58
check "one Euler step ends near the flow's end points" between a.db \
    "select value from metric join metric_def d on d.id = metric_def_id \
where name = 'discretization_error'" 0 0.06
check "its samples are distributed as the data" between a.db \
    "select value - floor from metric join metric_def d on d.id = metric_def_id \
where name = 'w2'" -0.1 0.15
check "validation uses pairs, and its loss is as low" between a.db \
    "select validation from loss where validation is not null order by step desc limit 1" 0 0.01

weights="select a.sha256, (select printf('%.17g', sum(loss) + sum(validation)) from loss) \
from run r join artifact a on a.id = r.weights_id"
check "three threads succeed" exits 0 "$fmrun" child.yaml --db b.db -t 3
check "three threads give the same bits" is b.db "$weights" "$(answer a.db "$weights")"
kill_until_done 10 20 8 child.yaml --db c.db -t 1
check "after kill -9 it succeeds" exits 0 "$fmrun" child.yaml --db c.db -t 2
check "after kill -9 the bits are the same" is c.db "$weights" "$(answer a.db "$weights")"

# A trained parent, and a child of that.
cat >first.yaml <<'END'
# Question: what are the pairs of a trained parent?
name: first
data: {plugin: gaussian, dim: 2, mean: [2, -1], sd: [0.5, 1.5]}
network: {plugin: mlp, hidden: [16]}
train: {steps: 200, ema: [0.9, 0]}
END
cat >second.yaml <<'END'
# Question: what are the pairs of its child?
include: first.yaml
name: second
coupling: {plugin: reflow, parent: first.yaml, pairs: 500}
END
cat >third.yaml <<'END'
# Question: what does a child of the child learn?
include: second.yaml
name: third
coupling: {parent: second.yaml}
END
check "a child without its parent's run fails" fails_with 78 \
    "second.yaml:4:11: error: d.db has no run of the parent with seed 0; do it first" \
    "$fmrun" second.yaml --db d.db
check "the parent runs" exits 0 "$fmrun" first.yaml --db d.db
check "then the child runs" exits 0 "$fmrun" second.yaml --db d.db
check "then its own child runs" exits 0 "$fmrun" third.yaml --db d.db
check "the parent has the same seed" fails_with 78 "d.db has no run of the parent with seed 7" \
    "$fmrun" second.yaml 'seeds=[7]' --db d.db
sed 's/ema:.*/ema: [0, 0.9]}/' first.yaml >changed.yaml
check "a changed parent is another run" fails_with 78 "d.db has no run of the parent with seed 0" \
    "$fmrun" second.yaml coupling.parent=changed.yaml --db d.db
sed 's/first/other_name/; s/what are/which are/' first.yaml >renamed.yaml
check "a renamed parent is the same run" exits 0 \
    "$fmrun" second.yaml coupling.parent=renamed.yaml --db d.db
check "its child is already done" is d.db "select count(*) from run" 3
rm -r d.runs
check "a finished child needs no parent" exits 0 "$fmrun" second.yaml --db d.db

check "a sweep can't be a parent" fails_with 78 "is a sweep of 2 points" \
    sh -c 'printf "include: first.yaml\nsweep: {grid: {train.lr: [1e-2, 1e-3]}}\n" >s.yaml &&
        "$0" second.yaml coupling.parent=s.yaml --db d.db' "$fmrun"
printf 'include: second.yaml\ncoupling: {parent: own.yaml}\n' >own.yaml
check "a config can't be its own parent" fails_with 78 "is one its own parent" \
    "$fmrun" own.yaml --db d.db
check "a parent must have the same source" fails_with 78 "the parent has another source" \
    "$fmrun" second.yaml source.sd=2 --db d.db
check "a parent must have the same data" fails_with 78 "the parent has another set of data" \
    "$fmrun" second.yaml 'data={plugin: moons}' --db d.db
check "a closed form takes no pairs" fails_with 78 "needs no pairs" \
    "$fmrun" second.yaml network=oracle '~train' --db d.db
check "the exact velocity needs independent pairs" fails_with 78 "independent" \
    "$fmrun" child.yaml 'metrics=[model_error]' --db d.db
finish

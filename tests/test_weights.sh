#!/bin/sh
# Which weights are sampled: of the last step or the best one, and of which moving average; and
# what a run's tables say of pairs and validation.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
scratch weights

cat >base.yaml <<'END'
# Question: which weights?
name: base
data: {plugin: moons, profile: tong2023}
network: {plugin: mlp, hidden: [16]}
train: {steps: 60, batch: 64, lr: 0.3, ema: [0, 0.9], validate_every: 4, validate_rows: 200}
sample: {count: 50, keep: [x1]}
solvers: [{plugin: euler, steps: 3}]
END
cat >config.yaml <<'END'
# Question: which of all?
include: base.yaml
name: weights
sweep:
  grid:
    sample.weights: [last, best]
    sample.ema: [0, 0.9]
END
# is DB QUERY ANSWER
is() {
    found=$(answer "$1" "$2")
    [ "$found" = "$3" ] || { echo "$2: $found, not $3"; return 1; }
}
# CODE TEXT command ...: fails so, and says so.
fails_with() {
    expected_code=$1
    text=$2
    shift 2
    exits "$expected_code" "$@" && { grep -qF "$text" err || { cat err; false; }; }
}
x1="select sha256 from artifact a join sampling s on s.id = a.sampling_id where a.kind = 'x1'"
check "one training" exits 0 "$fmrun" config.yaml --db a.db
check "has one run" is a.db "select count(*) from run" 1
check "and four samplings" is a.db "select count(distinct sha256) from ($x1)" 4
check "its best step is that of the least loss" is a.db "select best_step = (select step from loss
    where validation is not null order by validation limit 1) from run" 1
check "which is not the last" is a.db "select best_step < step from run" 1
best=$(answer a.db "select best_step from run")

# A training that ends at the best step has these weights as its last.  Steps are in the key.
check "a training as long as that" exits 0 "$fmrun" config.yaml train.steps="$best" --db b.db
check "samples the same with its last weights" sh -c "
    '$fmrun' --db a.db sql \"$x1\" | sort >a; '$fmrun' --db b.db sql \"$x1\" | sort >b
    test \$(comm -12 a b | grep -c '^[0-9a-f]\{64\}') -eq 2"
check "without validation" exits 0 "$fmrun" base.yaml '~train.validate_every' '~train.validate_rows' \
    --db b.db
check "no step is best" is b.db "select count(*) from run where best_step is null" 1
check "nor can it be asked for" fails_with 78 "is not known without train.validate_every" \
    "$fmrun" base.yaml '~train.validate_every' '~train.validate_rows' sample.weights=best --db b.db
# What is validated how often decides which step is best; so it makes another run, and its loss too.
check "validated more seldom" exits 0 "$fmrun" base.yaml train.validate_every=20 --db d.db
check "again, with fewer rows" exits 0 "$fmrun" base.yaml train.validate_rows=100 --db d.db
check "and as before" exits 0 "$fmrun" base.yaml --db d.db
check "these are three runs" is d.db "select count(*) from run" 3

# Pairs of a parent come from the weights that it samples.
printf 'include: base.yaml\nname: best\nsample: {weights: best}\n' >best.yaml
cat >child.yaml <<'END'
# Question: and its pairs?
name: child
data: {plugin: moons, profile: tong2023}
network: {plugin: mlp, hidden: [16]}
coupling: {plugin: reflow, parent: base.yaml, pairs: 200}
train: {steps: 5, batch: 64}
END
check "the pairs of a parent's last weights" exits 0 "$fmrun" child.yaml --db a.db
check "those of its best" exits 0 "$fmrun" child.yaml coupling.parent=best.yaml --db a.db
check "are other pairs, of one parent" is a.db "select count(distinct a.sha256) || ' of ' || count(*) from run r
    join artifact a on a.id = r.weights_id where coupling = 'reflow'" '2 of 2'

# Plans that pairs are drawn from.
check "a plan that ends too early" exits 0 "$fmrun" base.yaml train.steps=5 \
    'coupling={plugin: sinkhorn, eps: 1e-6, max_iterations: 2}' name=early --db c.db
check "is warned of" grep -q 'the coupling sinkhorn missed its marginals by up to' err
check "and its cost is there" is c.db "select count(*) from loss where plan_cost > 0 and
    plan_cost < independent_cost and marginal_error > 0.01" 5
finish

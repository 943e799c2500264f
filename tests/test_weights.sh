#!/bin/sh
# The choice of the weights to sample: last or best step, and which moving average; and a run's
# records of pairs and validation.
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
# Question: how do the choices differ?
include: base.yaml
name: weights
sweep:
  grid:
    sample.weights: [last, best]
    sample.ema: [0, 0.9]
END
x1="select sha256 from artifact a join sampling s on s.id = a.sampling_id where a.kind = 'x1'"
check "a sweep of the weights succeeds" exits 0 "$fmrun" config.yaml --db a.db
check "it has one run" is a.db "select count(*) from run" 1
check "it has four samplings" is a.db "select count(distinct sha256) from ($x1)" 4
check "the best step is that of the least loss" is a.db "select best_step = (select step from loss
    where validation is not null order by validation limit 1) from run" 1
check "the best step is not the last" is a.db "select best_step < step from run" 1
best=$(answer a.db "select best_step from run")

# The last weights of a training that ends at the best step are the best ones.  Steps are in the key.
check "a training up to the best step succeeds" exits 0 "$fmrun" config.yaml train.steps="$best" --db b.db
check "its last weights give the same samples" sh -c "
    '$fmrun' --db a.db sql \"$x1\" | sort >a; '$fmrun' --db b.db sql \"$x1\" | sort >b
    test \$(comm -12 a b | grep -c '^[0-9a-f]\{64\}') -eq 2"
check "a training without validation succeeds" exits 0 "$fmrun" base.yaml '~train.validate_every' \
    '~train.validate_rows' --db b.db
check "it has no best step" is b.db "select count(*) from run where best_step is null" 1
check "its best weights can't be sampled" fails_with 78 "the best weights are unknown without validation" \
    "$fmrun" base.yaml '~train.validate_every' '~train.validate_rows' sample.weights=best --db b.db
# Interval and rows of the validation decide which step is best, so they are in the run's key.
check "validation at longer intervals succeeds" exits 0 "$fmrun" base.yaml train.validate_every=20 --db d.db
check "validation with fewer rows succeeds" exits 0 "$fmrun" base.yaml train.validate_rows=100 --db d.db
check "validation as before succeeds" exits 0 "$fmrun" base.yaml --db d.db
check "these are three runs" is d.db "select count(*) from run" 3

# The pairs of a parent come from the weights that it samples.
printf 'include: base.yaml\nname: best\nsample: {weights: best}\n' >best.yaml
cat >child.yaml <<'END'
# Question: which weights make the pairs?
name: child
data: {plugin: moons, profile: tong2023}
network: {plugin: mlp, hidden: [16]}
coupling: {plugin: reflow, parent: base.yaml, pairs: 200}
train: {steps: 5, batch: 64}
END
check "a child of the last weights succeeds" exits 0 "$fmrun" child.yaml --db a.db
check "a child of the best weights succeeds" exits 0 "$fmrun" child.yaml coupling.parent=best.yaml --db a.db
check "their pairs differ" is a.db "select count(distinct a.sha256) || ' of ' || count(*) from run r
    join artifact a on a.id = r.weights_id where coupling = 'reflow'" '2 of 2'

# Plans that pairs are drawn from.
check "a coupling with too few iterations succeeds" exits 0 "$fmrun" base.yaml train.steps=5 \
    'coupling={plugin: sinkhorn, eps: 1e-6, max_iterations: 2}' name=early --db c.db
check "it is warned of" grep -q 'the coupling sinkhorn missed its marginals by up to' err
check "its plan's cost is recorded" is c.db "select count(*) from loss where plan_cost > 0 and
    plan_cost < independent_cost and marginal_error > 0.01" 5
finish

#!/bin/sh
# Labels in sampling: samples follow them, guidance weights them at its documented cost, and labels
# without effect are errors.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
scratch guided

# ---- exact velocities: a label's samples are its component ----

# Three normal distributions with different spreads, the first one twice.
components='weights: [1, 2, 1], means: [[4, 0], [-4, 0], [0, 6]], sd: [[1, 1], [0.5, 0.5], [0.3, 2]]'
cat >exact.yaml <<END
# Question: do samples follow their labels?
name: exact
data: {plugin: gaussian_mixture, $components}
network: {plugin: oracle, labels: true}
sample: {count: 3000, images: 0, keep: [x1], labels: [2, 0, 2], exact: {plugin: oracle, labels: true}}
solvers:
  - {plugin: dopri5, rtol: 1e-6, guidance: [1, 0]}
  - {plugin: rk4, steps: 10, guidance: [1, 2]}
metrics: [model_error, discretization_error]
END
check "a closed form samples with labels" exits 0 "$fmrun" exact.yaml --db exact.db

# moments GUIDANCE FIRST STEP: mean and sd of x, mean and sd of y of rows FIRST, FIRST + STEP, ...
moments() {
    array=$(answer exact.db "select a.path from artifact a join sampling s on s.id = a.sampling_id \
where a.kind = 'x1' and s.solver = 'dopri5' and s.guidance = $1")
    # the array's numbers follow its header, whose length is at byte 8
    od -An -v -tf8 -w16 -j $((10 + $(od -An -tu2 -j8 -N2 "$array"))) "$array" |
        awk -v first="$2" -v step="$3" '(NR - 1) % step == first {
            n++; x += $1; xx += $1 * $1; y += $2; yy += $2 * $2 }
            END { x /= n; y /= n; print x, sqrt(xx / n - x * x), y, sqrt(yy / n - y * y) }'
}
# have_moments GUIDANCE FIRST STEP X SD-X Y SD-Y TOLERANCE
have_moments() {
    moments "$1" "$2" "$3" | awk -v x="$4" -v sx="$5" -v y="$6" -v sy="$7" -v most="$8" '
        function off(a, b) { return !(a - b <= most && b - a <= most) }
        { print; seen = !(off($1, x) || off($2, sx) || off($3, y) || off($4, sy)) }
        END { exit !seen }'
}
# four standard errors at 1,000 rows: that of a mean is 0.03 sd, that of an sd 0.022 sd
check "samples with label 0 are component 0" have_moments 1 1 3 4 1 0 1 0.13
check "samples with label 2 are component 2" have_moments 1 0 3 0 0.3 6 2 0.26
check "so are those of its second place" have_moments 1 2 3 0 0.3 6 2 0.26
# the mixture's x has mean -1, variance .25 (1 + 16) + .5 (.25 + 16) + .25 (.09) - 1 = 11.40;
# y mean 1.5, variance .25 + .5 .25 + .25 (4 + 36) - 2.25 = 8.125
check "guidance 0 samples the whole mixture" have_moments 0 0 1 -1 3.376 1.5 2.850 0.26
# the network is the exact velocity; the tight solves differ by their tolerance
check "the exact flow has the same guidance" test "$(answer exact.db "select count(*) from v_result \
where metric = 'model_error' and value < 1e-9")" -eq 4
check "references have the same guidance" test "$(answer exact.db \
    "select count(*) from v_result where metric = 'discretization_error' and value < 1e-2")" -eq 4
check "guidance takes two evaluations for one" test "$(answer exact.db "select group_concat(nfe_total / 3000) \
from (select nfe_total from sampling where solver = 'rk4' order by guidance)")" = 40,80

# ---- a network ----

cat >net.yaml <<END
# Question: does a network learn what labels say?
name: net
data: {plugin: gaussian_mixture, $components}
network: {plugin: mlp, hidden: [48, 48], label_width: 4}
train: {steps: 1500, batch: 256, lr: 5e-3, schedule: cosine, ema: 0.99, label_dropout: 0.2}
sample: {count: 1000, images: 0, exact: {plugin: oracle, labels: true}}
solvers:
  - {plugin: rk4, steps: 10, guidance: [0, 1, 1.5]}
  - {plugin: dopri5, guidance: [1.5]}
metrics: [model_error, discretization_error, energy]
END
value() {
    answer "$1" "select printf('%.17g', value) from v_result where metric = '$2' and guidance = $3 \
and solver = '$4'"
}
is_below() {
    v=$(value net.db "$1" "$2" "$3")
    awk -v v="$v" -v most="$4" 'BEGIN { if (!(v != "" && v + 0 < most)) { print v; exit 1 } }'
}
check "a network with labels trains" exits 0 "$fmrun" net.yaml --db net.db -t 2
# the comment is the value on one machine; the data's spread is 4, wrong labels give 5
check "a row with its label goes where the exact flow does" is_below model_error 1 rk4 0.7       # 0.30
check "guided, it goes where the exact guided flow does" is_below model_error 1.5 rk4 0.8        # 0.32
check "a guided solve is compared with the guided reference" is_below discretization_error 1.5 rk4 0.002 # 7.5e-5
check "three threads succeed" exits 0 "$fmrun" net.yaml --db net3.db -t 3
all="select solver, guidance, metric, printf('%.17g', value), nfe from v_result order by 1, 2, 3"
check "three threads give the same bits" test "$(answer net.db "$all")" = "$(answer net3.db "$all")"
check "bench times it" exits 0 "$fmrun" bench net.yaml train.steps=20
check "likelihoods are measured with labels" exits 0 "$fmrun" net.yaml "metrics=[nll]" --db net.db
check "they have values" test "$(answer net.db "select value between 1 and 4 from v_result \
where metric = 'nll' limit 1")" -eq 1

# ---- errors ----

# refuses "claim" TEXT KEY=VALUE ...
refuses() {
    text=$1
    shift
    exits 78 "$fmrun" net.yaml "$@" --db bad.db && grep -qF "$text" err || {
        cat err
        return 1
    }
}
check "guidance without labels" refuses \
    "guidance has no effect on a network that asks for no labels" \
    network=mlp train.label_dropout=0 "metrics=[w2]"
check "guidance without label dropout" refuses \
    "guidance needs the velocity without a label" train.label_dropout=0
check "a label that no row has" refuses \
    'there is no label 3: the data set "gaussian_mixture" has 0 to 2' sample.labels=3
check "labels for a network without labels" refuses \
    "labels have no effect on a network that asks for none" \
    network=mlp train.label_dropout=0 "solvers=[{plugin: euler, steps: 2}]" "metrics=[w2]" \
    sample.labels=1
check "an exact flow without labels" refuses \
    "the network and the exact velocity must both ask for labels, or neither" sample.exact=oracle
check "negative guidance" refuses "guidance: expected number in [0, 1000]" \
    "solvers=[{plugin: euler, steps: 2, guidance: -1}]"
finish

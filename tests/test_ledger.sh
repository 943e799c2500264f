#!/bin/sh
# The evaluations in the database equal those that the network counts itself, for every solver.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
scratch ledger
FMRUN_PLUGIN_PATH=${FM_TEST_BUILD:-.}/tests/helper_plugins:${FMRUN_PLUGIN_PATH-}
export FMRUN_PLUGIN_PATH

# Prints the counter's two numbers: evaluations and derivatives.
counted() {
    od -A n -t u8 counter | awk '{ print $1, $2 }'
}

# config NAME SOLVER [METRICS]: 200 rows are blocks of different sizes.
config() {
    rm -f counter
    cat >"$1.yaml" <<END
name: $1
data: {plugin: gaussian_mixture, preset: 8gaussians}
network: {plugin: counting, file: counter}
sample: {count: 200, images: 0}
solvers: [$2]
metrics: [${3-}]
END
}

solvers=$("$fmrun" plugins --json | sed -n 's/.*"kind": "solver", "name": "\([^"]*\)".*/\1/p')
check "there are solvers" test -n "$solvers"
for solver in $solvers; do
    case $solver in
    tableau) options=', a: [[0, 0], [1, 0]], b: [1/2, 1/2], b_hat: [1, 0]' ;;
    *) options= ;;
    esac
    config "$solver" "{plugin: $solver, steps: 7$options}"
    check "$solver, 7 steps" exits 0 "$fmrun" "$solver.yaml" --db "$solver.db"
    check "$solver, 7 steps: counted $(counted)" test "$(counted)" = "$(answer "$solver.db" \
        "select nfe_total || ' 0' from sampling")"
    check "$solver, 7 steps: mean, maximum and histogram agree" test "$(answer "$solver.db" \
        "select nfe_total = nfe_mean * 200 and nfe_min <= nfe_mean and nfe_mean <= nfe_max
         and (select sum(n_samples * nfe_from) from sampling_nfe) = nfe_total from sampling")" = 1
    for control in row batch; do
        config "$solver" "{plugin: $solver, rtol: 1e-5, control: $control$options}"
        "$fmrun" config check "$solver.yaml" >/dev/null 2>&1 || continue
        check "$solver, $control" exits 0 "$fmrun" "$solver.yaml" --db "$solver.db"
        check "$solver, $control: counted $(counted)" test "$(counted)" = "$(answer "$solver.db" \
            "select nfe_total || ' 0' from sampling where steps is null order by id desc limit 1")"
        check "$solver, $control: the histogram has all rows" test "$(answer "$solver.db" \
            "select sum(b.n_samples) from sampling_nfe b join sampling s on s.id = b.sampling_id
             where s.steps is null group by s.id order by s.id desc limit 1")" = 200
    done
done
# Log-densities: evaluations and derivatives, exact (two per row in the plane) and by probes.
config density '{plugin: rk4, steps: 7}' '{plugin: nll, points: 150},
  {plugin: nll, points: 150, divergence: rademacher, probes: 3}, {plugin: nll_gap, points: 60}'
check "log-densities are measured" exits 0 "$fmrun" density.yaml --db density.db
check "log-densities: counted $(counted)" test "$(counted)" = "$(answer density.db \
    "select (cast(round(sum(m.nfe * m.n_used)) as int)
       + (select nfe_total from sampling)) || ' ' || cast(round(sum(m.njvp * m.n_used)) as int)
     from metric m")"
check "log-densities: derivatives per point by dimension and by probes" test "$(answer density.db \
    "select group_concat(njvp / nfe) from (select m.njvp, m.nfe from metric m
       join metric_def d on d.id = m.metric_def_id order by d.options)" | tr -d ' ')" = 2.0,3.0,2.0

check "dopri5 was tested with step control by row and by batch" test \
    "$(answer dopri5.db "select count(*) from sampling where steps is null")" = 2
finish

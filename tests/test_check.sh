#!/bin/sh
# fmrun plugins check: what is right passes, what is wrong is rejected, by the right property.
. "${FM_TEST_SOURCE:-.}/tests/check.sh"
checks_of solver

# ---- what is right ----
check "every built-in plugin passes" exits 0 "$fmrun" --db check.db --timeout 600 \
    plugins check
check "each has its line" \
    sh -c '! grep -vE "^[a-z]+/.*: ([0-9]+ checks? passed|not checked: needs options.*)$" out'
check "nothing fails" sh -c '! grep -q FAIL out'
check "an option that is required is asked for" \
    grep -q 'solver/tableau: not checked: needs options, as: .* a=' out
check "options make another plugin of it" exits 0 "$fmrun" --db check.db plugins check \
    solver/tableau 'a=[[0, 0], [0.5, 0]]' 'b=[0, 1]'
check "its order was found" grep -q '^  order  *growth  *2  *2  *pass' out
check "a stochastic solver that is right passes" exits 0 "$fmrun" --db check.db \
    --plugin-path "$wrong" plugins check solver/right_maruyama
check "its moments were measured" grep -q '^  moments .*  pass  ' out
if command -v cc >/dev/null; then
    check "the template passes" template solver
    check "that with a step of its own, too" template solver_step
fi

# ---- what is wrong ----
check "stage times off by one" rejects shifted_nodes order
check "equal nodes" rejects equal_nodes order
check "a digit mistyped in a tableau" rejects mistyped "order conditions"
check "a digit mistyped in a step" rejects mistyped_step order
check "rows of weights exchanged" rejects swapped_pair "order conditions"
check "and the embedded row by itself" grep -q '^  embedded order .*  FAIL  ' out
check "a stale stage" rejects stale_stage order
check "an order declared too high" rejects order_too_high "order conditions"
check "also by its errors" grep -q '^  order  .*  FAIL  ' out
check "an order declared too low" rejects order_too_low order
check "many evaluations, low order" rejects substeps order
check "coefficients for equal steps" rejects even_ab2 "order on uneven grids"
check "by nothing else" only "order on uneven grids"
check "times beyond 1" rejects beyond_end times
check "by nothing else" only times
check "a state changed too early" rejects changes_early "failing velocity"
check "by nothing else" only "failing velocity"
check "an error swallowed" rejects swallows_error "failing velocity"
check "a hidden global" rejects hidden_global "same bits"
check "by nothing else" only "same bits"
check "a buffer that threads share" rejects shared_buffer "same bits"
check "seen in concurrent solves" grep -q 'when several solves run at the same time' out
check "by nothing else" only "same bits"
check "noise that is not declared" rejects hidden_noise noise
check "the same noise for each row" rejects noise_of_rows noise
check "the same noise in each step" rejects noise_of_steps moments
check "noise of a wrong scale" rejects noise_scale moments
check "by its moments alone" only moments "weak order"
check "step control that does not control" rejects ignores_tolerance tolerance
check "by nothing else" only tolerance

# ---- crashes, hangs, exits ----
check "a crash in a step" rejects crashes_late survives
check "is reported with signal and property" grep -q 'signal 11 (.*) while measuring the order' out
check "a crash in a constructor" rejects crashes_at_once survives
check "is reported, too" grep -q 'signal 11 (.*) when it is opened' out
check "a plugin that hangs" rejects hangs survives 5
check "is stopped" grep -q 'still busy after 5 s while measuring the order' out
check "a plugin that ends the process" rejects exits survives
check "with any status" grep -q 'exit status 0 while measuring the order' out
check "a plugin that prints" rejects prints "prints nothing"
check "a wrong one among right ones: the others go on" exits 1 "$fmrun" --db check.db \
    --plugin-path "$wrong" plugins check solver/crashes_late solver/rk4
check "and pass" grep -q '^solver/rk4: .* passed' out
check "the list survives them" exits 0 "$fmrun" --plugin-path "$wrong" plugins
check "and gives the reason" grep -q \
    '^solver/crashes_at_once .*unusable: killed by signal 11 (.*) when it is opened' out
check "and lists the others" grep -q '^solver/rk4 ' out

# ---- files that are not plugins ----
mkdir -p odd/solver
echo nothing >odd/solver/Odd-Name.so
echo nothing >odd/solver/text.so
check "files that are not plugins are listed" exits 0 "$fmrun" --plugin-path odd plugins
check "with the reason" sh -c "grep -q 'solver/Odd-Name .*unusable' out &&
    grep -q 'solver/text .*unusable' out"
check "and fail the check of all" exits 1 "$fmrun" --db odd.db --plugin-path odd \
    --timeout 600 plugins check
check "with one line each" test "$(grep -c '1 of 1 check FAILED' out)" -eq 2
check "a folder of plugins that isn't there" exits 66 "$fmrun" --plugin-path odd:nowhere plugins
check "is named" grep -q 'there is no folder nowhere' err
check "diagnostics are not taken for the plugin's" \
    exits 0 "$fmrun" --db odd.db --debug all plugins check solver/rk4

# ---- exit codes ----
check "too few threads" exits 64 env OMP_THREAD_LIMIT=2 "$fmrun" --db check.db \
    plugins check solver/rk4
check "it says so" grep -q 'checks need 3 threads, and OMP_THREAD_LIMIT allows 2' err
check "no such plugin" exits 69 "$fmrun" --db check.db plugins check solver/rk5
check "a near name is suggested" grep -q 'did you mean "rk4' err
check "a plugin that can't be opened" exits 69 "$fmrun" --db check.db --plugin-path "$bad" \
    plugins check solver/wrong_abi
check "says why" grep -q 'ABI' err
check "no kind" exits 64 "$fmrun" --db check.db plugins check rk4
check "options without a plugin" exits 64 "$fmrun" --db check.db plugins check a=1
check "an unknown option" exits 78 "$fmrun" --db check.db plugins check solver/rk4 a=1

# ---- the database, and what reads it ----
check "a row for each property" test "$(answer check.db "select count(*) from v_plugin_check
    where name = 'rk4' and options = '' and property = 'order'")" -eq 4
check "checked again, the rows are replaced" sh -c "'$fmrun' --db check.db plugins check \
    solver/rk4 --json >rows && test \$(wc -l <rows) -eq \
    \$('$fmrun' sql --db check.db \"select count(*) from plugin_check where name = 'rk4'\" \
    | tail -1)"
check "json has them" grep -q '"property": "order", "problem": "spiral"' rows
check "failures are kept" test "$(answer check.db "select count(*) > 0 from plugin_check
    where name = 'hangs' and result = 'fail'")" -eq 1
check "without a database they are printed nevertheless" \
    exits 0 "$fmrun" --db /dev/null/check.db plugins check solver/rk4
check "all of them" grep -q 'rk4: .* passed' out
check "with a warning" grep -q 'warning: the database does not get the results' err

cat >three.yaml <<'END'
name: three
seeds: 1
data: {plugin: gaussian_mixture, preset: 8gaussians}
network: oracle
sample: {count: 100}
solvers: [{plugin: rk4, steps: 4}, {plugin: even_ab2, steps: 4}, {plugin: exits, steps: 4}]
metrics: [sliced_w2]
END
check "compare tells what it knows of the solvers" exits 0 "$fmrun" -q --db check.db \
    --plugin-path "$wrong" three.yaml
check "orders" grep -q 'measured orders of solvers: rk4 \(4.00\|3.99\)$' out
check "failures" grep -q 'FAILED their check: even_ab2 (order on uneven grids), exits (survives)' out
check "on a fresh database: what to do" exits 0 "$fmrun" -q --db fresh.db \
    --plugin-path "$wrong" three.yaml
check "by the command" grep -q 'run: fmrun plugins check solver/rk4 solver/even_ab2' out
finish

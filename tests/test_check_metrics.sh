#!/bin/sh
# fmrun plugins check metric/NAME: what is right passes, what is wrong is rejected, by the right
# property.
. "${FM_TEST_SOURCE:-.}/tests/check.sh"
checks_of metric

# ---- what is right ----
for name in discretization_error flow_error model_error energy w2 sliced_w2 npe path_energy \
    nll nll_gap; do
    check "$name" passes $name
done
check "energy of few rows" passes energy points=10
check "the order of rows is then not decided" grep -q '^  order of rows .* skip *not decided' out
check "few projections" passes sliced_w2 n_projections=16
check "estimated divergences" passes nll divergence=gaussian probes=3
check "against its own floor" grep -q '^  identical sets .* pass *.* its own floor' out
check "options change values" grep -qE '^  options +5 +5  pass' out
check "a distance between means" passes right_means
check "identical sets give 0" grep -q '^  identical sets .* pass ' out
check "random directions" passes right_sliced
check "their standard error is measured" grep -q '^  noise .* pass *deviation' out
check "a metric for which higher is better" passes right_coverage
check "one row is refused" grep -q '^  refusals .* info .*needs two rows' out
check "the database has the rows" test "$(answer check.db "select count(*) from v_plugin_check
    where name = 'right_sliced' and result = 'pass'")" -eq 8
command -v cc >/dev/null && check "the template passes" template metric

# ---- what is wrong: estimates ----
check "NaN for one row" rejects nan_at_one estimate
check "for one row only" grep -q '^  estimate  *1 row of 2 coordinates .*not finite' out
check "by nothing else" only estimate
check "more rows used than there are" rejects too_many_rows estimate
check "a floor that is not finite" rejects no_floor estimate
check "a standard error below 0" rejects negative_error estimate
check "a refusal without a message" rejects silent_refusal estimate
check "by nothing else" only estimate
check "a crash with one row" rejects crashes_at_one survives
check "the row count is named" grep -q 'signal 11 (.*) while measuring 1 row of 2' out
check "references that it did not ask for" rejects not_asked survives

# ---- what is wrong: calls ----
check "a hidden counter" rejects hidden_counter "same bits"
check "by nothing else" only "same bits"
check "a buffer that threads share" rejects shared_buffer "same bits"
check "at the same time only" grep -q 'several measurements run at the same time' out
check "a row beyond the last" rejects reads_beyond "same bits"
check "by what lies around the rows" grep -q 'what lies around the rows is changed' out
for name in writes_samples writes_beyond beyond_estimate writes_measurement writes_options; do
    check "$name" rejects $name bounds
    check "by nothing else" only bounds
done
check "random choices without a standard error" rejects unsure noise
check "by nothing else" only noise
check "a standard error that is too small" rejects too_sure noise
check "by nothing else" only noise

# ---- what is wrong: values ----
check "later rows that count more" rejects order_of_rows "order of rows"
check "by nothing else" only "order of rows"
check "samples paired with data" rejects pairs_rows "order of rows"
check "by nothing else" only "order of rows"
check "the last row left out" rejects ignores_last "order of rows"
check "by nothing else" only "order of rows"
check "the last row left out, in a noisy metric" rejects ignores_last_noisy "order of rows"
check "by nothing else" only "order of rows"
check "a distance below 0" rejects negative "identical sets"
check "by nothing else" only "identical sets"
check "a distance of the wrong sign" rejects below_zero "identical sets"
check "the wrong direction" rejects wrong_direction direction
check "by nothing else" only direction
check "one value for all" rejects constant direction
check "by nothing else" only direction
check "NaN that becomes the best value" rejects swallows_nan "not finite"
check "by nothing else" only "not finite"
finish

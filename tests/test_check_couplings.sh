#!/bin/sh
# fmrun plugins check coupling/NAME: what is right passes, what is wrong is rejected, by the
# right property.
. "${FM_TEST_SOURCE:-.}/tests/check.sh"
checks_of coupling

# ---- what is right ----
check "independent pairs" passes independent
check "exact transport" passes ot
check "each row once" grep -q '^  each row once .* pass ' out
check "draws from its plan" passes ot draws=plan
check "by chi-square" grep -q '^  marginals .* pass ' out
check "several batches at once" passes ot batches=4
check "the entropic plan" passes sinkhorn
check "a small eps" passes sinkhorn eps=1e-3 unit=one max_iterations=100
check "a large eps" passes sinkhorn eps=10
check "an unfinished plan reports its error" passes sinkhorn max_iterations=1 eps=0.02
check "a random order" passes right_shuffle
check "the database has the rows" test "$(answer check.db "select count(*) from v_plugin_check
    where name = 'right_shuffle' and result = 'pass'")" -eq 8
command -v cc >/dev/null && check "the template passes" template coupling

# ---- what is wrong ----
check "rows that are dropped" rejects drops_rows "each row once"
check "also by how often rows are paired" only "each row once" marginals
check "draws that favour rows" rejects draws_unevenly marginals
check "by nothing else" only marginals
check "rows outside the batch" rejects beyond_batch pairs
check "the pairs of the largest cost" rejects reversed_cost cost
check "by nothing else" only cost
check "pairs that cost slightly more than independent ones" rejects costs_more cost
check "by nothing else" only cost
check "a hidden counter" rejects hidden_counter "same bits"
check "by nothing else" only "same bits"
check "a buffer shared by threads" rejects shared_buffer "same bits"
check "seen only together" grep -q 'paired at the same time' out
check "the time of day" rejects reads_clock "same bits"
check "noise that is not declared" rejects hidden_random noise
check "by nothing else" only noise
check "noise that is the same in each step" rejects same_each_step noise
check "a plan that costs something else" rejects false_report "plan cost"
check "by nothing else" only "plan cost"
check "a batch of one refused" rejects not_one pairs
finish

#!/bin/sh
# fmrun plugins check network/NAME: what is right passes, what is wrong is rejected, by the right
# property.
. "${FM_TEST_SOURCE:-.}/tests/check.sh"
checks_of network

# ---- what is right ----
check "the perceptron" passes mlp
check "of vectors and of images" test "$(grep -c '^  gradient .* pass ' out)" -eq 3
check "all options do something" grep -qE '^  options  +5  +5  pass' out
for f in relu gelu selu elu tanh softplus; do
    check "with $f" passes mlp activation=$f
done
check "deep with kinks" passes mlp 'hidden=[64, 64, 64, 64, 64, 64, 64, 64]' activation=relu
check "wide" passes mlp 'hidden=[300]' time=sinusoidal n_frequencies=64
check "of one unit" passes mlp 'hidden=[1]' activation=relu
check "without hidden layers" passes mlp 'hidden=[]'
check "with labels, guided" passes mlp label_width=8
check "in blocks and on threads, too" test "$(grep -c '^  same bits .* pass ' out)" -eq 3
check "the closed form" passes oracle labels=true
check "its option does something" grep -qE '^  options  +1  +1  pass' out
check "the closed form without labels" passes oracle
check "on four problems" test "$(grep -c '^  continuity .* pass ' out)" -eq 4
check "a function with kinks" passes right_kinks
check "a network of images" passes right_image
check "that does not depend on t, with a note" grep -q 'info *v does not depend on t$' out
check "a field of its own" passes right_field
check "that leads nowhere, with a note" grep -q 'info *.* does not lead from' out
check "one that refuses most problems" passes right_normal
check "with a note" test "$(grep -c '^  prepare .* skip *refused: from a normal' out)" -eq 3
check "by its density" grep -q '^  density .* pass ' out
check "the database has the rows" test "$(answer check.db "select count(*) from v_plugin_check
    where name = 'right_normal' and result = 'pass'")" -eq 8
command -v cc >/dev/null && check "the template passes" template network

# ---- what is wrong: graphs ----
check "other layers each time" rejects other_width build
check "by nothing else" only build
check "another function each time" rejects other_function build
check "by nothing else" only build
check "a width that never fits" rejects no_width_fits build
check "with the engine's reason" grep -q 'the output must have as many entries as a sample' out
check "an option that does nothing" rejects ignores_option options
check "by its name" grep -q '^  options  *depth ' out
check "by nothing else" only options
check "numbers beyond all bounds" rejects blows_up finite
check "by nothing else" only finite

# ---- what is wrong: closed forms ----
check "a derivative that lacks a term" rejects wrong_jvp derivative
check "by nothing else" only derivative
check "a transposed derivative" rejects transposed_jvp derivative
check "by nothing else" only derivative
check "a derivative that needs evaluate's scratch" rejects kept_jvp derivative
check "by nothing else" only derivative
check "a hidden counter" rejects hidden_counter "same bits"
check "numbers that depend on the other rows" rejects of_batch "same bits"
check "by nothing else" only "same bits"
check "the first row's time for all" rejects first_time "same bits"
check "seen in other blocks" grep -q 'in blocks of three' out
check "numbers left in scratch" rejects kept_scratch "same bits"
check "a buffer that threads share" rejects shared_buffer "same bits"
check "seen on threads" grep -q 'on t[wh][or]e* threads' out
check "writes beyond its scratch" rejects scratch_overrun bounds
check "by nothing else" only bounds
check "rows beyond the last" rejects beyond_rows bounds
check "by nothing else" only bounds
check "writes to its input" rejects writes_input bounds
check "with a note" grep -q 'it writes to its input' out
check "NaN at t = 1" rejects nan_at_one finite
check "by nothing else" only finite
check "infinity far out" rejects overflows finite
check "by nothing else" only finite
check "a hidden state of prepare" rejects hidden_prepare prepare
check "by nothing else" only prepare
check "a refusal without a message" rejects silent_refusal refusals
check "by nothing else" only refusals
check "a density that is not normalised" rejects false_density density
check "by nothing else" only density
check "a velocity that is not its density's" rejects wrong_flow continuity
check "by nothing else" only continuity
finish

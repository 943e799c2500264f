#!/bin/sh
# fmrun plugins check path/NAME: what is right passes, what is wrong is rejected, by the right
# property.
. "${FM_TEST_SOURCE:-.}/tests/check.sh"
checks_of path

# ---- what is right ----
check "straight lines" passes linear
check "by all checks of an affine path" test "$(grep -c ' pass ' out)" -eq 8
check "arcs" passes cosine
check "a singular end" passes linear_vp
check "steep powers" passes polynomial n=100
check "a power that starts at infinite curvature" passes polynomial n=1.05
check "its option does something" grep -q '^  options .* pass ' out
check "noise at the end" passes target_fm sigma_min=0.1
check "almost no signal" passes target_fm sigma_min=0.999999
check "diffusion" passes vp
check "a wild one" passes vp beta_min=1000 beta_max=1000
check "a mild one" passes vp beta_min=1e-3 beta_max=1e-3
check "noise around lines" passes icfm
check "much noise" passes icfm sigma=1e6
check "no noise" passes icfm sigma=0
check "Brownian bridges" passes sb
check "wide ones" passes sb sigma=1e6
check "those of no width" passes sb sigma=0
check "another singular end" passes right_root
check "another bridge" passes right_bridge
check "by its draws" grep -q '^  moments .* pass ' out
check "a path that is neither" passes right_curve
check "by its slope" grep -q '^  velocity .* pass ' out
check "the database has the rows" test "$(answer check.db "select count(*) from v_plugin_check
    where name = 'right_bridge' and result = 'pass'")" -eq 10
command -v cc >/dev/null && check "the template passes" template path

# ---- what is wrong: coefficients ----
check "a derivative's sign" rejects wrong_sign derivatives
check "a derivative's factor" rejects wrong_factor derivatives
check "by nothing else" only derivatives
check "a derivative near the end" rejects wrong_late derivatives
check "where it is" grep -q 'alpha. differs from the slope of alpha at t = 0.995' out
check "ends exchanged" rejects swapped_ends ends
check "also as a ratio that falls" only ends "signal to noise" conversions
check "NaN at the end" rejects nan_at_end finite
check "by nothing else" only finite
check "at t = 1" grep -q 'not finite at t = 1$' out
check "a derivative made up at the end" rejects jumps_at_end limits
check "by nothing else" only limits
check "ends declared that are not there" rejects false_ends ends
check "by nothing else" only ends
check "a path that turns back" rejects falls_back "signal to noise"
check "a hidden counter" rejects hidden_counter "same bits"
check "a buffer that threads share" rejects shared_buffer "same bits"
check "seen on threads" grep -q 'other numbers on several threads' out
check "other numbers in other blocks" rejects sums_up "same bits"
check "seen only together" grep -q 'several times in one call' out
check "more points than times" rejects beyond_times bounds
check "by nothing else" only bounds
check "an option that does nothing" rejects ignores_option options
check "by nothing else" only options

# ---- what is wrong: draws ----
check "noise of another sd" rejects bridge_variance moments
check "by nothing else" only moments
check "a variance whose slope is another" rejects bridge_slope derivatives
check "also at the ends, and by the velocity" only derivatives velocity
check "a velocity without the noise's part" rejects bridge_velocity velocity
check "by nothing else" only velocity
check "one number for all coordinates" rejects same_noise moments
check "by nothing else" only moments
check "noise that ignores the seed" rejects own_seed noise
check "by nothing else" only noise
check "a generator of its own" rejects hidden_draws "same bits"
check "coordinates beyond the row" rejects beyond_row bounds
check "by nothing else" only bounds
check "the velocity of a curve" rejects curve_velocity velocity
check "by nothing else" only velocity
finish

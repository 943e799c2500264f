#!/bin/sh
# fmrun plugins check dataset/NAME: what is right passes, what is wrong is rejected, by the right
# property.
. "${FM_TEST_SOURCE:-.}/tests/check.sh"
checks_of dataset
# shows PROPERTY RESULT: the last output has such a row.
shows() {
    grep -qE "^  $1  .* $2 " out
}

# ---- what is right ----
check "normal rows" passes gaussian
check "by all checks" test "$(grep -c ' pass ' out)" -eq 12
check "on a line, off centre" passes gaussian dim=1 mean=3 sd=0.1
check "in space" passes gaussian dim=3 'sd=[1, 2, 0.01]'
check "in many dimensions" passes gaussian dim=20
for preset in 8gaussians_tong2023 8gaussians_dsb; do
    check "$preset" passes gaussian_mixture preset=$preset
done
check "with labels by the closed form" grep -q '^  labels .* match the closed form' out
check "a mixture in five dimensions" passes gaussian_mixture \
    'means=[[1, 2, 3, 4, 5], [3, 3, 3, 3, 3]]' 'weights=[1, 3]' 'sd=[[1], [0.5]]'
check "a mixture needs numbers" exits 0 "$fmrun" --db check.db plugins check \
    dataset/gaussian_mixture
check "with a note" grep -q 'not checked: .*give a preset' out
for profile in tong2023 torchcfm; do
    check "moons, $profile" passes moons profile=$profile
    check "by their integral" shows integral pass
done
check "moons without noise" passes moons noise=0
check "have no density" shows density skip
check "curves" passes scurve
check "circles" passes circles
check "bent arms" passes pinwheel
check "a board with sharp edges" passes checkerboard profile=dsb
check "whose entropy is known" shows entropy pass
check "a funnel" passes funnel
check "of two coordinates, by its integral" passes funnel dim=2
check "a closed form alone" passes right_pair
check "a density alone" passes right_plain
check "by its moments" shows moments pass
check "a finite set" passes right_finite
check "more dimensions than a grid has" passes right_ball
check "the database has the rows" test "$(answer check.db "select count(*) from v_plugin_check
    where name = 'right_ball' and result = 'pass'")" -eq 8
printf 'a,b,name\n1,2,x\n3,4,y\n5,9,z\n' >rows.csv
check "rows of a file" passes csv file=rows.csv columns=a,b standardise=columns
check "by its standardisation" shows moments pass
command -v cc >/dev/null && check "the template passes" template dataset

# ---- what is wrong ----
check "another shape when opened for that alone" rejects shape_only opening
check "by nothing else" only opening
check "one row more" rejects beyond_rows bounds
check "by nothing else" only bounds
check "a hidden counter" rejects hidden_counter "same rows"
check "rows numbered by call" rejects of_block "same rows"
check "a buffer that threads share" rejects shared_buffer "same rows"
check "seen on threads" grep -q 'on t[wh][or]e* threads' out
check "other rows each time it is opened" rejects each_opening "same rows"
check "a cursor" rejects reads_on "same rows"
check "numbers that are not finite" rejects nan_row finite
check "by nothing else" only finite
check "a seed of its own" rejects own_seed streams
check "the same rows at each step" rejects same_each_step streams
check "by nothing else" only streams
check "each row twice" rejects rows_twice streams
check "labels of other rows" rejects labels_of_next labels
check "by nothing else" only labels
check "labels beyond the last" rejects label_beyond labels
check "by nothing else" only labels
check "rows off the closed form" rejects wrong_mean moments
check "rows wider than the density" rejects wrong_sd moments
check "seen by where they fall" shows "rows by density" FAIL
check "a density of another shape" rejects other_shape integral
check "rows that are not standardised" rejects not_standardised moments
check "by nothing else" only moments
check "a density that is not normalised" rejects false_density integral
check "by nothing else" only integral
check "one that depends on other points" rejects density_of_others density
check "by nothing else" only density
check "a density that threads share a buffer for" rejects shared_density density
check "seen on threads" grep -q '^  density .* on t[wh][or]e* threads' out
check "one that is not a number" rejects nan_density density
check "by nothing else" only density
check "one too wide, in many dimensions" rejects wide_density "rows by density"
check "by nothing else" only "rows by density"
check "one far too small, in many dimensions" rejects tiny_density "rows by density"
check "a score of the wrong sign" rejects wrong_score score
check "by nothing else" only score
check "the score of the first point for all" rejects score_of_first score
check "by nothing else" only score
check "a score that threads share a buffer for" rejects shared_score score
check "seen on threads" grep -q '^  score .* on t[wh][or]e* threads' out
check "an entropy in bits" rejects wrong_entropy entropy
check "by nothing else" only entropy
check "an option that does nothing" rejects ignores_option options
check "by nothing else" only options
finish

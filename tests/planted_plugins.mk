# Plugins for tests only, built as the others are, and never installed.

# These crash on purpose, so they are built without sanitizers, which would report it and exit.
CRASHING_PLUGINS = \
	tests/bad_plugins/dataset/crash_late.so tests/bad_plugins/dataset/crash_open.so \
	tests/bad_plugins/metric/crash.so tests/bad_plugins/solver/crash.so \
	tests/bad_plugins/solver/crash_prepare.so tests/wrong_plugins/solver/crashes_at_once.so \
	tests/wrong_plugins/solver/crashes_late.so \
	tests/wrong_plugins/metric/crashes_at_one.so tests/wrong_plugins/metric/not_asked.so

# The host refuses to load these, or they fail in use.
BAD_PLUGINS = \
	tests/bad_plugins/coupling/hang.so tests/bad_plugins/coupling/null.so \
	tests/bad_plugins/dataset/hang.so tests/bad_plugins/dataset/lone_label.so \
	tests/bad_plugins/dataset/null.so \
	tests/bad_plugins/metric/null.so tests/bad_plugins/network/hang.so \
	tests/bad_plugins/network/nan.so \
	tests/bad_plugins/network/null.so tests/bad_plugins/path/null.so \
	tests/bad_plugins/solver/exit_prepare.so tests/bad_plugins/solver/hang.so \
	tests/bad_plugins/solver/missing_operation.so tests/bad_plugins/solver/no_symbol.so \
	tests/bad_plugins/solver/null.so tests/bad_plugins/solver/wrong_abi.so \
	tests/bad_plugins/solver/wrong_kind.so tests/bad_plugins/solver/wrong_magic.so \
	tests/bad_plugins/solver/wrong_name.so tests/bad_plugins/solver/wrong_size.so

# Tests use these with the built-in ones.
HELPER_PLUGINS = \
	tests/helper_plugins/network/counting.so tests/helper_plugins/network/images_only.so

# Each of these breaks one promise, for test_check*.sh, except those called right_*.
WRONG_PLUGINS = \
	tests/wrong_plugins/solver/beyond_end.so tests/wrong_plugins/solver/changes_early.so \
	tests/wrong_plugins/solver/equal_nodes.so tests/wrong_plugins/solver/even_ab2.so \
	tests/wrong_plugins/solver/exits.so tests/wrong_plugins/solver/hangs.so \
	tests/wrong_plugins/solver/hidden_global.so tests/wrong_plugins/solver/hidden_noise.so \
	tests/wrong_plugins/solver/ignores_tolerance.so tests/wrong_plugins/solver/mistyped.so \
	tests/wrong_plugins/solver/mistyped_step.so tests/wrong_plugins/solver/noise_of_rows.so \
	tests/wrong_plugins/solver/noise_of_steps.so tests/wrong_plugins/solver/noise_scale.so \
	tests/wrong_plugins/solver/order_too_high.so tests/wrong_plugins/solver/order_too_low.so \
	tests/wrong_plugins/solver/prints.so tests/wrong_plugins/solver/right_maruyama.so \
	tests/wrong_plugins/solver/shifted_nodes.so tests/wrong_plugins/solver/stale_stage.so \
	tests/wrong_plugins/solver/substeps.so tests/wrong_plugins/solver/swallows_error.so \
	tests/wrong_plugins/solver/swapped_pair.so tests/wrong_plugins/coupling/beyond_batch.so \
	tests/wrong_plugins/coupling/costs_more.so tests/wrong_plugins/coupling/draws_unevenly.so \
	tests/wrong_plugins/coupling/drops_rows.so tests/wrong_plugins/coupling/false_report.so \
	tests/wrong_plugins/coupling/hidden_counter.so tests/wrong_plugins/coupling/hidden_random.so \
	tests/wrong_plugins/coupling/not_one.so tests/wrong_plugins/coupling/reads_clock.so \
	tests/wrong_plugins/coupling/reversed_cost.so tests/wrong_plugins/coupling/right_shuffle.so \
	tests/wrong_plugins/coupling/same_each_step.so tests/wrong_plugins/coupling/shared_buffer.so \
	tests/wrong_plugins/path/beyond_row.so tests/wrong_plugins/path/beyond_times.so \
	tests/wrong_plugins/path/bridge_slope.so tests/wrong_plugins/path/bridge_variance.so \
	tests/wrong_plugins/path/bridge_velocity.so tests/wrong_plugins/path/curve_velocity.so \
	tests/wrong_plugins/path/falls_back.so tests/wrong_plugins/path/false_ends.so \
	tests/wrong_plugins/path/hidden_counter.so tests/wrong_plugins/path/hidden_draws.so \
	tests/wrong_plugins/path/ignores_option.so tests/wrong_plugins/path/jumps_at_end.so \
	tests/wrong_plugins/path/nan_at_end.so tests/wrong_plugins/path/own_seed.so \
	tests/wrong_plugins/path/right_bridge.so tests/wrong_plugins/path/right_curve.so \
	tests/wrong_plugins/path/right_root.so tests/wrong_plugins/path/same_noise.so \
	tests/wrong_plugins/path/sums_up.so tests/wrong_plugins/path/swapped_ends.so \
	tests/wrong_plugins/path/wrong_factor.so tests/wrong_plugins/path/wrong_late.so \
	tests/wrong_plugins/path/wrong_sign.so tests/wrong_plugins/path/shared_buffer.so \
	tests/wrong_plugins/solver/shared_buffer.so tests/wrong_plugins/network/beyond_rows.so \
	tests/wrong_plugins/network/blows_up.so tests/wrong_plugins/network/false_density.so \
	tests/wrong_plugins/network/first_time.so tests/wrong_plugins/network/hidden_counter.so \
	tests/wrong_plugins/network/hidden_prepare.so tests/wrong_plugins/network/ignores_option.so \
	tests/wrong_plugins/network/kept_jvp.so tests/wrong_plugins/network/kept_scratch.so \
	tests/wrong_plugins/network/nan_at_one.so tests/wrong_plugins/network/no_width_fits.so \
	tests/wrong_plugins/network/of_batch.so tests/wrong_plugins/network/other_function.so \
	tests/wrong_plugins/network/other_width.so \
	tests/wrong_plugins/network/overflows.so tests/wrong_plugins/network/right_field.so \
	tests/wrong_plugins/network/right_image.so tests/wrong_plugins/network/right_kinks.so \
	tests/wrong_plugins/network/right_normal.so tests/wrong_plugins/network/scratch_overrun.so \
	tests/wrong_plugins/network/shared_buffer.so tests/wrong_plugins/network/silent_refusal.so \
	tests/wrong_plugins/network/transposed_jvp.so tests/wrong_plugins/network/writes_input.so \
	tests/wrong_plugins/network/wrong_flow.so tests/wrong_plugins/network/wrong_jvp.so \
	tests/wrong_plugins/dataset/beyond_rows.so tests/wrong_plugins/dataset/density_of_others.so \
	tests/wrong_plugins/dataset/each_opening.so tests/wrong_plugins/dataset/false_density.so \
	tests/wrong_plugins/dataset/hidden_counter.so tests/wrong_plugins/dataset/ignores_option.so \
	tests/wrong_plugins/dataset/label_beyond.so tests/wrong_plugins/dataset/labels_of_next.so \
	tests/wrong_plugins/dataset/nan_density.so tests/wrong_plugins/dataset/nan_row.so \
	tests/wrong_plugins/dataset/not_standardised.so tests/wrong_plugins/dataset/of_block.so \
	tests/wrong_plugins/dataset/other_shape.so tests/wrong_plugins/dataset/own_seed.so \
	tests/wrong_plugins/dataset/reads_on.so tests/wrong_plugins/dataset/right_ball.so \
	tests/wrong_plugins/dataset/right_finite.so tests/wrong_plugins/dataset/right_pair.so \
	tests/wrong_plugins/dataset/right_plain.so tests/wrong_plugins/dataset/rows_twice.so \
	tests/wrong_plugins/dataset/same_each_step.so tests/wrong_plugins/dataset/shape_only.so \
	tests/wrong_plugins/dataset/shared_buffer.so tests/wrong_plugins/dataset/wide_density.so \
	tests/wrong_plugins/dataset/wrong_entropy.so tests/wrong_plugins/dataset/wrong_mean.so \
	tests/wrong_plugins/dataset/wrong_score.so tests/wrong_plugins/dataset/wrong_sd.so \
	tests/wrong_plugins/dataset/score_of_first.so tests/wrong_plugins/dataset/tiny_density.so \
	tests/wrong_plugins/dataset/shared_density.so tests/wrong_plugins/dataset/shared_score.so \
	tests/wrong_plugins/metric/below_zero.so tests/wrong_plugins/metric/beyond_estimate.so \
	tests/wrong_plugins/metric/constant.so tests/wrong_plugins/metric/hidden_counter.so \
	tests/wrong_plugins/metric/ignores_last.so tests/wrong_plugins/metric/ignores_last_noisy.so \
	tests/wrong_plugins/metric/nan_at_one.so tests/wrong_plugins/metric/negative.so \
	tests/wrong_plugins/metric/negative_error.so tests/wrong_plugins/metric/no_floor.so \
	tests/wrong_plugins/metric/order_of_rows.so tests/wrong_plugins/metric/pairs_rows.so \
	tests/wrong_plugins/metric/reads_beyond.so tests/wrong_plugins/metric/right_coverage.so \
	tests/wrong_plugins/metric/right_means.so tests/wrong_plugins/metric/right_sliced.so \
	tests/wrong_plugins/metric/shared_buffer.so tests/wrong_plugins/metric/silent_refusal.so \
	tests/wrong_plugins/metric/swallows_nan.so tests/wrong_plugins/metric/too_many_rows.so \
	tests/wrong_plugins/metric/too_sure.so tests/wrong_plugins/metric/unsure.so \
	tests/wrong_plugins/metric/writes_beyond.so tests/wrong_plugins/metric/writes_measurement.so \
	tests/wrong_plugins/metric/writes_options.so \
	tests/wrong_plugins/metric/writes_samples.so tests/wrong_plugins/metric/wrong_direction.so
EXTRA_DIST += \
	tests/bad_plugins/hang.h tests/wrong_plugins/solver/dopri5.h \
	tests/wrong_plugins/solver/maruyama.h tests/wrong_plugins/solver/rk4.h \
	tests/wrong_plugins/coupling/shuffled.h \
	tests/wrong_plugins/path/affine.h tests/wrong_plugins/path/bridge.h \
	tests/wrong_plugins/path/curve.h tests/wrong_plugins/network/field.h \
	tests/wrong_plugins/network/graph.h tests/wrong_plugins/network/normal.h \
	tests/wrong_plugins/dataset/pair.h tests/wrong_plugins/dataset/finite.h \
	tests/wrong_plugins/dataset/ball.h tests/wrong_plugins/shared_buffer.h \
	tests/wrong_plugins/metric/means.h

# They don't use everything in the headers they include.
TEST_PLUGIN_CFLAGS = -Wno-unused-const-variable
$(BAD_PLUGINS) $(HELPER_PLUGINS) $(WRONG_PLUGINS): PLUGIN_CFLAGS = $(TEST_PLUGIN_CFLAGS)
$(CRASHING_PLUGINS): PLUGIN_CFLAGS = $(TEST_PLUGIN_CFLAGS) -fno-sanitize=all

TEST_PLUGINS = $(CRASHING_PLUGINS) $(BAD_PLUGINS) $(HELPER_PLUGINS) $(WRONG_PLUGINS)
check_DATA = $(TEST_PLUGINS)
EXTRA_DIST += $(TEST_PLUGINS:.so=.c)
-include $(TEST_PLUGINS:.so=.d)

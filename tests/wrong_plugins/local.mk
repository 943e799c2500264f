# Solvers that break one promise each, for test_check.sh; never installed.
WRONG_PLUGIN_CFLAGS = $(AM_CFLAGS) -Wno-unused-const-variable
EXTRA_DIST += tests/wrong_plugins/solver/rk4.h

check_LTLIBRARIES += tests/wrong_plugins/solver/beyond_end.la
tests_wrong_plugins_solver_beyond_end_la_SOURCES = tests/wrong_plugins/solver/beyond_end.c
tests_wrong_plugins_solver_beyond_end_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_beyond_end_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/changes_early.la
tests_wrong_plugins_solver_changes_early_la_SOURCES = tests/wrong_plugins/solver/changes_early.c
tests_wrong_plugins_solver_changes_early_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_changes_early_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/crashes_at_once.la
tests_wrong_plugins_solver_crashes_at_once_la_SOURCES = tests/wrong_plugins/solver/crashes_at_once.c
tests_wrong_plugins_solver_crashes_at_once_la_CFLAGS = $(TEST_CRASH_CFLAGS) -Wno-unused-const-variable
tests_wrong_plugins_solver_crashes_at_once_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/crashes_late.la
tests_wrong_plugins_solver_crashes_late_la_SOURCES = tests/wrong_plugins/solver/crashes_late.c
tests_wrong_plugins_solver_crashes_late_la_CFLAGS = $(TEST_CRASH_CFLAGS) -Wno-unused-const-variable
tests_wrong_plugins_solver_crashes_late_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/equal_nodes.la
tests_wrong_plugins_solver_equal_nodes_la_SOURCES = tests/wrong_plugins/solver/equal_nodes.c
tests_wrong_plugins_solver_equal_nodes_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_equal_nodes_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/even_ab2.la
tests_wrong_plugins_solver_even_ab2_la_SOURCES = tests/wrong_plugins/solver/even_ab2.c
tests_wrong_plugins_solver_even_ab2_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_even_ab2_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/exits.la
tests_wrong_plugins_solver_exits_la_SOURCES = tests/wrong_plugins/solver/exits.c
tests_wrong_plugins_solver_exits_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_exits_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/hangs.la
tests_wrong_plugins_solver_hangs_la_SOURCES = tests/wrong_plugins/solver/hangs.c
tests_wrong_plugins_solver_hangs_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_hangs_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/hidden_global.la
tests_wrong_plugins_solver_hidden_global_la_SOURCES = tests/wrong_plugins/solver/hidden_global.c
tests_wrong_plugins_solver_hidden_global_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_hidden_global_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/hidden_noise.la
tests_wrong_plugins_solver_hidden_noise_la_SOURCES = tests/wrong_plugins/solver/hidden_noise.c
tests_wrong_plugins_solver_hidden_noise_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_hidden_noise_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/ignores_tolerance.la
tests_wrong_plugins_solver_ignores_tolerance_la_SOURCES = tests/wrong_plugins/solver/ignores_tolerance.c
tests_wrong_plugins_solver_ignores_tolerance_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_ignores_tolerance_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/mistyped.la
tests_wrong_plugins_solver_mistyped_la_SOURCES = tests/wrong_plugins/solver/mistyped.c
tests_wrong_plugins_solver_mistyped_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_mistyped_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/mistyped_step.la
tests_wrong_plugins_solver_mistyped_step_la_SOURCES = tests/wrong_plugins/solver/mistyped_step.c
tests_wrong_plugins_solver_mistyped_step_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_mistyped_step_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/noise_of_rows.la
tests_wrong_plugins_solver_noise_of_rows_la_SOURCES = tests/wrong_plugins/solver/noise_of_rows.c
tests_wrong_plugins_solver_noise_of_rows_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_noise_of_rows_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/noise_of_steps.la
tests_wrong_plugins_solver_noise_of_steps_la_SOURCES = tests/wrong_plugins/solver/noise_of_steps.c
tests_wrong_plugins_solver_noise_of_steps_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_noise_of_steps_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/noise_scale.la
tests_wrong_plugins_solver_noise_scale_la_SOURCES = tests/wrong_plugins/solver/noise_scale.c
tests_wrong_plugins_solver_noise_scale_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_noise_scale_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/order_too_high.la
tests_wrong_plugins_solver_order_too_high_la_SOURCES = tests/wrong_plugins/solver/order_too_high.c
tests_wrong_plugins_solver_order_too_high_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_order_too_high_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/order_too_low.la
tests_wrong_plugins_solver_order_too_low_la_SOURCES = tests/wrong_plugins/solver/order_too_low.c
tests_wrong_plugins_solver_order_too_low_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_order_too_low_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/prints.la
tests_wrong_plugins_solver_prints_la_SOURCES = tests/wrong_plugins/solver/prints.c
tests_wrong_plugins_solver_prints_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_prints_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/right_maruyama.la
tests_wrong_plugins_solver_right_maruyama_la_SOURCES = tests/wrong_plugins/solver/right_maruyama.c
tests_wrong_plugins_solver_right_maruyama_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_right_maruyama_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/shifted_nodes.la
tests_wrong_plugins_solver_shifted_nodes_la_SOURCES = tests/wrong_plugins/solver/shifted_nodes.c
tests_wrong_plugins_solver_shifted_nodes_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_shifted_nodes_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/stale_stage.la
tests_wrong_plugins_solver_stale_stage_la_SOURCES = tests/wrong_plugins/solver/stale_stage.c
tests_wrong_plugins_solver_stale_stage_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_stale_stage_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/substeps.la
tests_wrong_plugins_solver_substeps_la_SOURCES = tests/wrong_plugins/solver/substeps.c
tests_wrong_plugins_solver_substeps_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_substeps_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/swallows_error.la
tests_wrong_plugins_solver_swallows_error_la_SOURCES = tests/wrong_plugins/solver/swallows_error.c
tests_wrong_plugins_solver_swallows_error_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_swallows_error_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/solver/swapped_pair.la
tests_wrong_plugins_solver_swapped_pair_la_SOURCES = tests/wrong_plugins/solver/swapped_pair.c
tests_wrong_plugins_solver_swapped_pair_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_solver_swapped_pair_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

# Couplings, likewise, for test_check_couplings.sh.
EXTRA_DIST += tests/wrong_plugins/coupling/shuffled.h

check_LTLIBRARIES += tests/wrong_plugins/coupling/beyond_batch.la
tests_wrong_plugins_coupling_beyond_batch_la_SOURCES = tests/wrong_plugins/coupling/beyond_batch.c
tests_wrong_plugins_coupling_beyond_batch_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_beyond_batch_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/dearer.la
tests_wrong_plugins_coupling_dearer_la_SOURCES = tests/wrong_plugins/coupling/dearer.c
tests_wrong_plugins_coupling_dearer_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_dearer_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/draws_unevenly.la
tests_wrong_plugins_coupling_draws_unevenly_la_SOURCES = tests/wrong_plugins/coupling/draws_unevenly.c
tests_wrong_plugins_coupling_draws_unevenly_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_draws_unevenly_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/drops_rows.la
tests_wrong_plugins_coupling_drops_rows_la_SOURCES = tests/wrong_plugins/coupling/drops_rows.c
tests_wrong_plugins_coupling_drops_rows_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_drops_rows_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/false_report.la
tests_wrong_plugins_coupling_false_report_la_SOURCES = tests/wrong_plugins/coupling/false_report.c
tests_wrong_plugins_coupling_false_report_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_false_report_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/hidden_counter.la
tests_wrong_plugins_coupling_hidden_counter_la_SOURCES = tests/wrong_plugins/coupling/hidden_counter.c
tests_wrong_plugins_coupling_hidden_counter_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_hidden_counter_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/hidden_random.la
tests_wrong_plugins_coupling_hidden_random_la_SOURCES = tests/wrong_plugins/coupling/hidden_random.c
tests_wrong_plugins_coupling_hidden_random_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_hidden_random_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/not_one.la
tests_wrong_plugins_coupling_not_one_la_SOURCES = tests/wrong_plugins/coupling/not_one.c
tests_wrong_plugins_coupling_not_one_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_not_one_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/reads_clock.la
tests_wrong_plugins_coupling_reads_clock_la_SOURCES = tests/wrong_plugins/coupling/reads_clock.c
tests_wrong_plugins_coupling_reads_clock_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_reads_clock_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/reversed_cost.la
tests_wrong_plugins_coupling_reversed_cost_la_SOURCES = tests/wrong_plugins/coupling/reversed_cost.c
tests_wrong_plugins_coupling_reversed_cost_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_reversed_cost_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/right_shuffle.la
tests_wrong_plugins_coupling_right_shuffle_la_SOURCES = tests/wrong_plugins/coupling/right_shuffle.c
tests_wrong_plugins_coupling_right_shuffle_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_right_shuffle_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/same_each_step.la
tests_wrong_plugins_coupling_same_each_step_la_SOURCES = tests/wrong_plugins/coupling/same_each_step.c
tests_wrong_plugins_coupling_same_each_step_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_same_each_step_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/coupling/shared_buffer.la
tests_wrong_plugins_coupling_shared_buffer_la_SOURCES = tests/wrong_plugins/coupling/shared_buffer.c
tests_wrong_plugins_coupling_shared_buffer_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_coupling_shared_buffer_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

# Paths, likewise, for test_check_paths.sh.
EXTRA_DIST += tests/wrong_plugins/path/affine.h tests/wrong_plugins/path/bridge.h \
	tests/wrong_plugins/path/curve.h

check_LTLIBRARIES += tests/wrong_plugins/path/beyond_row.la
tests_wrong_plugins_path_beyond_row_la_SOURCES = tests/wrong_plugins/path/beyond_row.c
tests_wrong_plugins_path_beyond_row_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_beyond_row_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/beyond_times.la
tests_wrong_plugins_path_beyond_times_la_SOURCES = tests/wrong_plugins/path/beyond_times.c
tests_wrong_plugins_path_beyond_times_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_beyond_times_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/bridge_slope.la
tests_wrong_plugins_path_bridge_slope_la_SOURCES = tests/wrong_plugins/path/bridge_slope.c
tests_wrong_plugins_path_bridge_slope_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_bridge_slope_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/bridge_variance.la
tests_wrong_plugins_path_bridge_variance_la_SOURCES = tests/wrong_plugins/path/bridge_variance.c
tests_wrong_plugins_path_bridge_variance_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_bridge_variance_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/bridge_velocity.la
tests_wrong_plugins_path_bridge_velocity_la_SOURCES = tests/wrong_plugins/path/bridge_velocity.c
tests_wrong_plugins_path_bridge_velocity_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_bridge_velocity_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/curve_velocity.la
tests_wrong_plugins_path_curve_velocity_la_SOURCES = tests/wrong_plugins/path/curve_velocity.c
tests_wrong_plugins_path_curve_velocity_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_curve_velocity_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/falls_back.la
tests_wrong_plugins_path_falls_back_la_SOURCES = tests/wrong_plugins/path/falls_back.c
tests_wrong_plugins_path_falls_back_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_falls_back_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/false_ends.la
tests_wrong_plugins_path_false_ends_la_SOURCES = tests/wrong_plugins/path/false_ends.c
tests_wrong_plugins_path_false_ends_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_false_ends_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/hidden_counter.la
tests_wrong_plugins_path_hidden_counter_la_SOURCES = tests/wrong_plugins/path/hidden_counter.c
tests_wrong_plugins_path_hidden_counter_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_hidden_counter_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/hidden_draws.la
tests_wrong_plugins_path_hidden_draws_la_SOURCES = tests/wrong_plugins/path/hidden_draws.c
tests_wrong_plugins_path_hidden_draws_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_hidden_draws_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/ignores_option.la
tests_wrong_plugins_path_ignores_option_la_SOURCES = tests/wrong_plugins/path/ignores_option.c
tests_wrong_plugins_path_ignores_option_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_ignores_option_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/jumps_at_end.la
tests_wrong_plugins_path_jumps_at_end_la_SOURCES = tests/wrong_plugins/path/jumps_at_end.c
tests_wrong_plugins_path_jumps_at_end_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_jumps_at_end_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/nan_at_end.la
tests_wrong_plugins_path_nan_at_end_la_SOURCES = tests/wrong_plugins/path/nan_at_end.c
tests_wrong_plugins_path_nan_at_end_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_nan_at_end_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/own_seed.la
tests_wrong_plugins_path_own_seed_la_SOURCES = tests/wrong_plugins/path/own_seed.c
tests_wrong_plugins_path_own_seed_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_own_seed_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/right_bridge.la
tests_wrong_plugins_path_right_bridge_la_SOURCES = tests/wrong_plugins/path/right_bridge.c
tests_wrong_plugins_path_right_bridge_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_right_bridge_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/right_curve.la
tests_wrong_plugins_path_right_curve_la_SOURCES = tests/wrong_plugins/path/right_curve.c
tests_wrong_plugins_path_right_curve_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_right_curve_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/right_root.la
tests_wrong_plugins_path_right_root_la_SOURCES = tests/wrong_plugins/path/right_root.c
tests_wrong_plugins_path_right_root_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_right_root_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/same_noise.la
tests_wrong_plugins_path_same_noise_la_SOURCES = tests/wrong_plugins/path/same_noise.c
tests_wrong_plugins_path_same_noise_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_same_noise_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/sums_up.la
tests_wrong_plugins_path_sums_up_la_SOURCES = tests/wrong_plugins/path/sums_up.c
tests_wrong_plugins_path_sums_up_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_sums_up_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/swapped_ends.la
tests_wrong_plugins_path_swapped_ends_la_SOURCES = tests/wrong_plugins/path/swapped_ends.c
tests_wrong_plugins_path_swapped_ends_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_swapped_ends_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/wrong_factor.la
tests_wrong_plugins_path_wrong_factor_la_SOURCES = tests/wrong_plugins/path/wrong_factor.c
tests_wrong_plugins_path_wrong_factor_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_wrong_factor_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/wrong_late.la
tests_wrong_plugins_path_wrong_late_la_SOURCES = tests/wrong_plugins/path/wrong_late.c
tests_wrong_plugins_path_wrong_late_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_wrong_late_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/path/wrong_sign.la
tests_wrong_plugins_path_wrong_sign_la_SOURCES = tests/wrong_plugins/path/wrong_sign.c
tests_wrong_plugins_path_wrong_sign_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_path_wrong_sign_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

# Networks, likewise, for test_check_networks.sh.
EXTRA_DIST += tests/wrong_plugins/network/field.h tests/wrong_plugins/network/graph.h \
	tests/wrong_plugins/network/normal.h

check_LTLIBRARIES += tests/wrong_plugins/network/beyond_rows.la
tests_wrong_plugins_network_beyond_rows_la_SOURCES = tests/wrong_plugins/network/beyond_rows.c
tests_wrong_plugins_network_beyond_rows_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_beyond_rows_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/blows_up.la
tests_wrong_plugins_network_blows_up_la_SOURCES = tests/wrong_plugins/network/blows_up.c
tests_wrong_plugins_network_blows_up_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_blows_up_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/false_density.la
tests_wrong_plugins_network_false_density_la_SOURCES = tests/wrong_plugins/network/false_density.c
tests_wrong_plugins_network_false_density_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_false_density_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/first_time.la
tests_wrong_plugins_network_first_time_la_SOURCES = tests/wrong_plugins/network/first_time.c
tests_wrong_plugins_network_first_time_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_first_time_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/hidden_counter.la
tests_wrong_plugins_network_hidden_counter_la_SOURCES = tests/wrong_plugins/network/hidden_counter.c
tests_wrong_plugins_network_hidden_counter_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_hidden_counter_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/hidden_prepare.la
tests_wrong_plugins_network_hidden_prepare_la_SOURCES = tests/wrong_plugins/network/hidden_prepare.c
tests_wrong_plugins_network_hidden_prepare_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_hidden_prepare_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/ignores_option.la
tests_wrong_plugins_network_ignores_option_la_SOURCES = tests/wrong_plugins/network/ignores_option.c
tests_wrong_plugins_network_ignores_option_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_ignores_option_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/kept_jvp.la
tests_wrong_plugins_network_kept_jvp_la_SOURCES = tests/wrong_plugins/network/kept_jvp.c
tests_wrong_plugins_network_kept_jvp_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_kept_jvp_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/kept_scratch.la
tests_wrong_plugins_network_kept_scratch_la_SOURCES = tests/wrong_plugins/network/kept_scratch.c
tests_wrong_plugins_network_kept_scratch_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_kept_scratch_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/nan_at_one.la
tests_wrong_plugins_network_nan_at_one_la_SOURCES = tests/wrong_plugins/network/nan_at_one.c
tests_wrong_plugins_network_nan_at_one_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_nan_at_one_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/no_width_fits.la
tests_wrong_plugins_network_no_width_fits_la_SOURCES = tests/wrong_plugins/network/no_width_fits.c
tests_wrong_plugins_network_no_width_fits_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_no_width_fits_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/of_batch.la
tests_wrong_plugins_network_of_batch_la_SOURCES = tests/wrong_plugins/network/of_batch.c
tests_wrong_plugins_network_of_batch_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_of_batch_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/other_function.la
tests_wrong_plugins_network_other_function_la_SOURCES = tests/wrong_plugins/network/other_function.c
tests_wrong_plugins_network_other_function_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_other_function_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/other_labels.la
tests_wrong_plugins_network_other_labels_la_SOURCES = tests/wrong_plugins/network/other_labels.c
tests_wrong_plugins_network_other_labels_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_other_labels_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)
check_LTLIBRARIES += tests/wrong_plugins/network/other_width.la
tests_wrong_plugins_network_other_width_la_SOURCES = tests/wrong_plugins/network/other_width.c
tests_wrong_plugins_network_other_width_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_other_width_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/overflows.la
tests_wrong_plugins_network_overflows_la_SOURCES = tests/wrong_plugins/network/overflows.c
tests_wrong_plugins_network_overflows_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_overflows_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/right_field.la
tests_wrong_plugins_network_right_field_la_SOURCES = tests/wrong_plugins/network/right_field.c
tests_wrong_plugins_network_right_field_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_right_field_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/right_image.la
tests_wrong_plugins_network_right_image_la_SOURCES = tests/wrong_plugins/network/right_image.c
tests_wrong_plugins_network_right_image_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_right_image_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/right_kinks.la
tests_wrong_plugins_network_right_kinks_la_SOURCES = tests/wrong_plugins/network/right_kinks.c
tests_wrong_plugins_network_right_kinks_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_right_kinks_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/right_normal.la
tests_wrong_plugins_network_right_normal_la_SOURCES = tests/wrong_plugins/network/right_normal.c
tests_wrong_plugins_network_right_normal_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_right_normal_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/scratch_overrun.la
tests_wrong_plugins_network_scratch_overrun_la_SOURCES = tests/wrong_plugins/network/scratch_overrun.c
tests_wrong_plugins_network_scratch_overrun_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_scratch_overrun_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/shared_buffer.la
tests_wrong_plugins_network_shared_buffer_la_SOURCES = tests/wrong_plugins/network/shared_buffer.c
tests_wrong_plugins_network_shared_buffer_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_shared_buffer_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/silent_refusal.la
tests_wrong_plugins_network_silent_refusal_la_SOURCES = tests/wrong_plugins/network/silent_refusal.c
tests_wrong_plugins_network_silent_refusal_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_silent_refusal_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/transposed_jvp.la
tests_wrong_plugins_network_transposed_jvp_la_SOURCES = tests/wrong_plugins/network/transposed_jvp.c
tests_wrong_plugins_network_transposed_jvp_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_transposed_jvp_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/writes_input.la
tests_wrong_plugins_network_writes_input_la_SOURCES = tests/wrong_plugins/network/writes_input.c
tests_wrong_plugins_network_writes_input_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_writes_input_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/wrong_flow.la
tests_wrong_plugins_network_wrong_flow_la_SOURCES = tests/wrong_plugins/network/wrong_flow.c
tests_wrong_plugins_network_wrong_flow_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_wrong_flow_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/network/wrong_jvp.la
tests_wrong_plugins_network_wrong_jvp_la_SOURCES = tests/wrong_plugins/network/wrong_jvp.c
tests_wrong_plugins_network_wrong_jvp_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_network_wrong_jvp_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

# Data sets, for test_check_datasets.sh.
EXTRA_DIST += \
	tests/wrong_plugins/dataset/pair.h \
	tests/wrong_plugins/dataset/finite.h \
	tests/wrong_plugins/dataset/ball.h

check_LTLIBRARIES += tests/wrong_plugins/dataset/beyond_rows.la
tests_wrong_plugins_dataset_beyond_rows_la_SOURCES = tests/wrong_plugins/dataset/beyond_rows.c
tests_wrong_plugins_dataset_beyond_rows_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_beyond_rows_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/density_of_others.la
tests_wrong_plugins_dataset_density_of_others_la_SOURCES = tests/wrong_plugins/dataset/density_of_others.c
tests_wrong_plugins_dataset_density_of_others_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_density_of_others_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/each_opening.la
tests_wrong_plugins_dataset_each_opening_la_SOURCES = tests/wrong_plugins/dataset/each_opening.c
tests_wrong_plugins_dataset_each_opening_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_each_opening_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/false_density.la
tests_wrong_plugins_dataset_false_density_la_SOURCES = tests/wrong_plugins/dataset/false_density.c
tests_wrong_plugins_dataset_false_density_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_false_density_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/hidden_counter.la
tests_wrong_plugins_dataset_hidden_counter_la_SOURCES = tests/wrong_plugins/dataset/hidden_counter.c
tests_wrong_plugins_dataset_hidden_counter_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_hidden_counter_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/ignores_option.la
tests_wrong_plugins_dataset_ignores_option_la_SOURCES = tests/wrong_plugins/dataset/ignores_option.c
tests_wrong_plugins_dataset_ignores_option_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_ignores_option_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/label_beyond.la
tests_wrong_plugins_dataset_label_beyond_la_SOURCES = tests/wrong_plugins/dataset/label_beyond.c
tests_wrong_plugins_dataset_label_beyond_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_label_beyond_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/labels_of_next.la
tests_wrong_plugins_dataset_labels_of_next_la_SOURCES = tests/wrong_plugins/dataset/labels_of_next.c
tests_wrong_plugins_dataset_labels_of_next_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_labels_of_next_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/nan_density.la
tests_wrong_plugins_dataset_nan_density_la_SOURCES = tests/wrong_plugins/dataset/nan_density.c
tests_wrong_plugins_dataset_nan_density_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_nan_density_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/nan_row.la
tests_wrong_plugins_dataset_nan_row_la_SOURCES = tests/wrong_plugins/dataset/nan_row.c
tests_wrong_plugins_dataset_nan_row_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_nan_row_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/not_standardised.la
tests_wrong_plugins_dataset_not_standardised_la_SOURCES = tests/wrong_plugins/dataset/not_standardised.c
tests_wrong_plugins_dataset_not_standardised_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_not_standardised_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/of_block.la
tests_wrong_plugins_dataset_of_block_la_SOURCES = tests/wrong_plugins/dataset/of_block.c
tests_wrong_plugins_dataset_of_block_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_of_block_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/other_shape.la
tests_wrong_plugins_dataset_other_shape_la_SOURCES = tests/wrong_plugins/dataset/other_shape.c
tests_wrong_plugins_dataset_other_shape_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_other_shape_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/own_seed.la
tests_wrong_plugins_dataset_own_seed_la_SOURCES = tests/wrong_plugins/dataset/own_seed.c
tests_wrong_plugins_dataset_own_seed_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_own_seed_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/reads_on.la
tests_wrong_plugins_dataset_reads_on_la_SOURCES = tests/wrong_plugins/dataset/reads_on.c
tests_wrong_plugins_dataset_reads_on_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_reads_on_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/right_ball.la
tests_wrong_plugins_dataset_right_ball_la_SOURCES = tests/wrong_plugins/dataset/right_ball.c
tests_wrong_plugins_dataset_right_ball_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_right_ball_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/right_finite.la
tests_wrong_plugins_dataset_right_finite_la_SOURCES = tests/wrong_plugins/dataset/right_finite.c
tests_wrong_plugins_dataset_right_finite_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_right_finite_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/right_pair.la
tests_wrong_plugins_dataset_right_pair_la_SOURCES = tests/wrong_plugins/dataset/right_pair.c
tests_wrong_plugins_dataset_right_pair_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_right_pair_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/right_plain.la
tests_wrong_plugins_dataset_right_plain_la_SOURCES = tests/wrong_plugins/dataset/right_plain.c
tests_wrong_plugins_dataset_right_plain_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_right_plain_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/rows_twice.la
tests_wrong_plugins_dataset_rows_twice_la_SOURCES = tests/wrong_plugins/dataset/rows_twice.c
tests_wrong_plugins_dataset_rows_twice_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_rows_twice_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/same_each_step.la
tests_wrong_plugins_dataset_same_each_step_la_SOURCES = tests/wrong_plugins/dataset/same_each_step.c
tests_wrong_plugins_dataset_same_each_step_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_same_each_step_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/shape_only.la
tests_wrong_plugins_dataset_shape_only_la_SOURCES = tests/wrong_plugins/dataset/shape_only.c
tests_wrong_plugins_dataset_shape_only_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_shape_only_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/shared_buffer.la
tests_wrong_plugins_dataset_shared_buffer_la_SOURCES = tests/wrong_plugins/dataset/shared_buffer.c
tests_wrong_plugins_dataset_shared_buffer_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_shared_buffer_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/wide_density.la
tests_wrong_plugins_dataset_wide_density_la_SOURCES = tests/wrong_plugins/dataset/wide_density.c
tests_wrong_plugins_dataset_wide_density_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_wide_density_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/wrong_entropy.la
tests_wrong_plugins_dataset_wrong_entropy_la_SOURCES = tests/wrong_plugins/dataset/wrong_entropy.c
tests_wrong_plugins_dataset_wrong_entropy_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_wrong_entropy_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/wrong_mean.la
tests_wrong_plugins_dataset_wrong_mean_la_SOURCES = tests/wrong_plugins/dataset/wrong_mean.c
tests_wrong_plugins_dataset_wrong_mean_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_wrong_mean_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/wrong_score.la
tests_wrong_plugins_dataset_wrong_score_la_SOURCES = tests/wrong_plugins/dataset/wrong_score.c
tests_wrong_plugins_dataset_wrong_score_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_wrong_score_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/wrong_sd.la
tests_wrong_plugins_dataset_wrong_sd_la_SOURCES = tests/wrong_plugins/dataset/wrong_sd.c
tests_wrong_plugins_dataset_wrong_sd_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_wrong_sd_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/score_of_first.la
tests_wrong_plugins_dataset_score_of_first_la_SOURCES = tests/wrong_plugins/dataset/score_of_first.c
tests_wrong_plugins_dataset_score_of_first_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_score_of_first_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/wrong_plugins/dataset/tiny_density.la
tests_wrong_plugins_dataset_tiny_density_la_SOURCES = tests/wrong_plugins/dataset/tiny_density.c
tests_wrong_plugins_dataset_tiny_density_la_CFLAGS = $(WRONG_PLUGIN_CFLAGS)
tests_wrong_plugins_dataset_tiny_density_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

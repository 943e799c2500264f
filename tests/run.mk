# Tests of the whole program, as processes.
SHELL_TESTS = tests/test_bad_configs.sh tests/test_bench.sh tests/test_check.sh \
	tests/test_check_couplings.sh tests/test_check_networks.sh tests/test_check_paths.sh \
	tests/test_failures.sh tests/test_gaussian_paths.sh tests/test_guided.sh tests/test_ledger.sh \
	tests/test_reflow.sh tests/test_resume.sh
TESTS += $(SHELL_TESTS)
dist_check_SCRIPTS += $(SHELL_TESTS)
EXTRA_DIST += tests/shell.sh
LONG_TESTS += tests/test_scipy.sh
dist_check_SCRIPTS += tests/test_scipy.sh
$(SHELL_TESTS:.sh=.log): fmrun$(EXEEXT)
EXTRA_DIST += \
	tests/configs/good-grids.yaml \
	tests/configs/good-sweep-data.yaml \
	tests/configs/good-sweep-networks.yaml \
	tests/configs/bad-min-step-above-max.yaml \
	tests/configs/bad-zero-steps.yaml \
	tests/configs/bad-sample-path-of-a-bridge.yaml \
	tests/configs/good-sample-path.yaml \
	tests/configs/bad-rho-of-another-grid.yaml \
	tests/configs/bad-t-end-beside-times.yaml \
	tests/configs/bad-times-that-fall.yaml \
	tests/configs/bad-times-from-later.yaml \
	tests/configs/bad-steps-and-times.yaml \
	tests/configs/bad-grid-without-steps.yaml \
	tests/configs/bad-tableau-b.yaml \
	tests/configs/bad-tableau-c.yaml \
	tests/configs/bad-tableau-order.yaml \
	tests/configs/bad-tableau-implicit.yaml \
	tests/configs/bad-tableau-size.yaml \
	tests/configs/bad-tableau-no-error.yaml \
	tests/configs/bad-t-end-and-times.yaml \
	tests/configs/bad-bad-name.yaml \
	tests/configs/bad-component-without-name.yaml \
	tests/configs/bad-decay-with-adam.yaml \
	tests/configs/bad-dimensions.yaml \
	tests/configs/bad-duplicate-key.yaml \
	tests/configs/bad-empty-list.yaml \
	tests/configs/bad-empty.yaml \
	tests/configs/bad-final-lr-without-schedule.yaml \
	tests/configs/bad-infinite.yaml \
	tests/configs/bad-merge-key.yaml \
	tests/configs/bad-metrics-without-solvers.yaml \
	tests/configs/bad-missing-file.yaml \
	tests/configs/bad-negative-width.yaml \
	tests/configs/bad-no-data.yaml \
	tests/configs/bad-no-name.yaml \
	tests/configs/bad-no-seeds.yaml \
	tests/configs/bad-no-steps.yaml \
	tests/configs/bad-not-an-integer.yaml \
	tests/configs/bad-option-null.yaml \
	tests/configs/bad-oracle-without-mixture.yaml \
	tests/configs/bad-out-of-range.yaml \
	tests/configs/bad-plugin-list.yaml \
	tests/configs/bad-preset-and-means.yaml \
	tests/configs/bad-ragged-matrix.yaml \
	tests/configs/bad-reference-fixed.yaml \
	tests/configs/bad-required-option.yaml \
	tests/configs/bad-rtol-and-steps.yaml \
	tests/configs/bad-rtol-for-fixed-solver.yaml \
	tests/configs/bad-same-metric-twice.yaml \
	tests/configs/bad-same-solver-twice.yaml \
	tests/configs/bad-seed-negative.yaml \
	tests/configs/bad-seed-twice.yaml \
	tests/configs/bad-solvers-no-list.yaml \
	tests/configs/bad-sweep-bad-value.yaml \
	tests/configs/bad-sweep-index.yaml \
	tests/configs/bad-sweep-no-list.yaml \
	tests/configs/bad-sweep-of-metrics.yaml \
	tests/configs/bad-sweep-of-seeds.yaml \
	tests/configs/bad-sweep-twice.yaml \
	tests/configs/bad-sweep-unknown-key.yaml \
	tests/configs/bad-sweep-unknown.yaml \
	tests/configs/bad-sweep-zip-lengths.yaml \
	tests/configs/bad-tab.yaml \
	tests/configs/bad-too-big-integer.yaml \
	tests/configs/bad-top-level-list.yaml \
	tests/configs/bad-train-of-closed-form.yaml \
	tests/configs/bad-two-documents.yaml \
	tests/configs/bad-unclosed-bracket.yaml \
	tests/configs/bad-unknown-alias.yaml \
	tests/configs/bad-unknown-choice.yaml \
	tests/configs/bad-unknown-dataset.yaml \
	tests/configs/bad-unknown-keep.yaml \
	tests/configs/bad-unknown-key.yaml \
	tests/configs/bad-unknown-metric.yaml \
	tests/configs/bad-unknown-option.yaml \
	tests/configs/bad-unknown-solver.yaml \
	tests/configs/bad-unknown-train-option.yaml \
	tests/configs/bad-wrong-type.yaml
# Of the section train.
EXTRA_DIST += \
	tests/configs/bad-beta-with-sgd.yaml \
	tests/configs/bad-epsilon-with-lion.yaml \
	tests/configs/bad-momentum-with-adamw.yaml \
	tests/configs/bad-nesterov-with-lion.yaml \
	tests/configs/bad-nesterov-without-momentum.yaml \
	tests/configs/bad-time-sd-of-another-time.yaml \
	tests/configs/bad-time-a-of-uniform.yaml \
	tests/configs/bad-weighting-of-velocity.yaml \
	tests/configs/bad-limit-of-velocity.yaml \
	tests/configs/bad-loss-c-of-squared.yaml \
	tests/configs/bad-validate-rows-alone.yaml

# Tests of the whole program, as processes.
# Those that take longest come first, so that no processor idles at the end.
SHELL_TESTS = tests/test_resume.sh tests/test_check.sh tests/test_check_datasets.sh \
	tests/test_ledger.sh tests/test_gaussian_paths.sh tests/test_bad_configs.sh \
	tests/test_bench.sh tests/test_check_couplings.sh tests/test_check_networks.sh \
	tests/test_check_paths.sh tests/test_failures.sh tests/test_guided.sh tests/test_pinned.sh \
	tests/test_reflow.sh tests/test_weights.sh
TESTS += $(SHELL_TESTS)
dist_check_SCRIPTS += $(SHELL_TESTS)
EXTRA_DIST += tests/shell.sh tests/check.sh

EXTRA_DIST += tests/pinned.txt
# By hand: an independent source for docs/validation.md.
EXTRA_DIST += tests/peer_tong2023.py
# The folder: good-*.yaml and bad-*.yaml, each with what it makes fmrun say in its first line.
EXTRA_DIST += tests/configs
LONG_TESTS += tests/test_scipy.sh
dist_check_SCRIPTS += tests/test_scipy.sh

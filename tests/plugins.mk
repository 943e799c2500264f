check_PROGRAMS += tests/test_assignment
tests_test_assignment_SOURCES = tests/test_assignment.c
tests_test_assignment_CFLAGS = $(TEST_CFLAGS)
tests_test_assignment_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_curves
tests_test_curves_SOURCES = tests/test_curves.c
tests_test_curves_CFLAGS = $(TEST_CFLAGS)
tests_test_curves_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_datasets
tests_test_datasets_SOURCES = tests/test_datasets.c
tests_test_datasets_CFLAGS = $(TEST_CFLAGS)
tests_test_datasets_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_idx
tests_test_idx_SOURCES = tests/test_idx.c
tests_test_idx_CFLAGS = $(TEST_CFLAGS)
tests_test_idx_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_files
tests_test_files_SOURCES = tests/test_files.c
tests_test_files_CFLAGS = $(TEST_CFLAGS)
tests_test_files_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_labels
tests_test_labels_SOURCES = tests/test_labels.c
tests_test_labels_CFLAGS = $(TEST_CFLAGS)
tests_test_labels_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_metrics
tests_test_metrics_SOURCES = tests/test_metrics.c
tests_test_metrics_CFLAGS = $(TEST_CFLAGS)
tests_test_metrics_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_moons
tests_test_moons_SOURCES = tests/test_moons.c
tests_test_moons_CFLAGS = $(TEST_CFLAGS)
tests_test_moons_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_nll
tests_test_nll_SOURCES = tests/test_nll.c
tests_test_nll_CFLAGS = $(TEST_CFLAGS)
tests_test_nll_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_oracle
tests_test_oracle_SOURCES = tests/test_oracle.c
tests_test_oracle_CFLAGS = $(TEST_CFLAGS)
tests_test_oracle_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_paths
tests_test_paths_SOURCES = tests/test_paths.c
tests_test_paths_CFLAGS = $(TEST_CFLAGS)
tests_test_paths_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_path_change
tests_test_path_change_SOURCES = tests/test_path_change.c
tests_test_path_change_CFLAGS = $(TEST_CFLAGS)
tests_test_path_change_LDADD = $(TEST_LIBS)

# Loads tests/bad_plugins.
check_PROGRAMS += tests/test_bad_plugins
tests_test_bad_plugins_SOURCES = tests/test_bad_plugins.c
tests_test_bad_plugins_CFLAGS = $(TEST_CFLAGS)
tests_test_bad_plugins_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_fit
tests_test_fit_SOURCES = tests/test_fit.c
tests_test_fit_CFLAGS = $(TEST_CFLAGS)
tests_test_fit_LDADD = $(TEST_LIBS)

include tests/planted_plugins.mk

TESTS += tests/test_templates.sh
dist_check_SCRIPTS += tests/test_templates.sh

check_PROGRAMS += tests/test_couplings
tests_test_couplings_SOURCES = tests/test_couplings.c tests/test_train.h
tests_test_couplings_CFLAGS = $(TEST_CFLAGS)
tests_test_couplings_LDADD = $(TEST_LIBS)

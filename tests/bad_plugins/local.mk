# Plugins for tests only: KIND/.libs/NAME.so below this folder, never installed.  -rpath makes
# libtool build shared modules of them although they have no place to go.
TEST_PLUGIN_LDFLAGS = $(PLUGIN_LDFLAGS) -rpath /nowhere
# Those that crash do so by themselves, before a sanitizer can report it and exit.
TEST_CRASH_CFLAGS = $(AM_CFLAGS) -fno-sanitize=all

check_LTLIBRARIES += tests/bad_plugins/coupling/null.la
tests_bad_plugins_coupling_null_la_SOURCES = tests/bad_plugins/coupling/null.c
tests_bad_plugins_coupling_null_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/dataset/crash_late.la
tests_bad_plugins_dataset_crash_late_la_SOURCES = tests/bad_plugins/dataset/crash_late.c
tests_bad_plugins_dataset_crash_late_la_CFLAGS = $(TEST_CRASH_CFLAGS)
tests_bad_plugins_dataset_crash_late_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)
tests_bad_plugins_dataset_crash_late_la_LIBADD = -lm

check_LTLIBRARIES += tests/bad_plugins/dataset/null.la
tests_bad_plugins_dataset_null_la_SOURCES = tests/bad_plugins/dataset/null.c
tests_bad_plugins_dataset_null_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/metric/null.la
tests_bad_plugins_metric_null_la_SOURCES = tests/bad_plugins/metric/null.c
tests_bad_plugins_metric_null_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/network/nan.la
tests_bad_plugins_network_nan_la_SOURCES = tests/bad_plugins/network/nan.c
tests_bad_plugins_network_nan_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/network/null.la
tests_bad_plugins_network_null_la_SOURCES = tests/bad_plugins/network/null.c
tests_bad_plugins_network_null_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/path/null.la
tests_bad_plugins_path_null_la_SOURCES = tests/bad_plugins/path/null.c
tests_bad_plugins_path_null_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/crash.la
tests_bad_plugins_solver_crash_la_SOURCES = tests/bad_plugins/solver/crash.c
tests_bad_plugins_solver_crash_la_CFLAGS = $(TEST_CRASH_CFLAGS)
tests_bad_plugins_solver_crash_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/missing_operation.la
tests_bad_plugins_solver_missing_operation_la_SOURCES = tests/bad_plugins/solver/missing_operation.c
tests_bad_plugins_solver_missing_operation_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/no_symbol.la
tests_bad_plugins_solver_no_symbol_la_SOURCES = tests/bad_plugins/solver/no_symbol.c
tests_bad_plugins_solver_no_symbol_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/null.la
tests_bad_plugins_solver_null_la_SOURCES = tests/bad_plugins/solver/null.c
tests_bad_plugins_solver_null_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/wrong_abi.la
tests_bad_plugins_solver_wrong_abi_la_SOURCES = tests/bad_plugins/solver/wrong_abi.c
tests_bad_plugins_solver_wrong_abi_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/wrong_kind.la
tests_bad_plugins_solver_wrong_kind_la_SOURCES = tests/bad_plugins/solver/wrong_kind.c
tests_bad_plugins_solver_wrong_kind_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/wrong_magic.la
tests_bad_plugins_solver_wrong_magic_la_SOURCES = tests/bad_plugins/solver/wrong_magic.c
tests_bad_plugins_solver_wrong_magic_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/wrong_name.la
tests_bad_plugins_solver_wrong_name_la_SOURCES = tests/bad_plugins/solver/wrong_name.c
tests_bad_plugins_solver_wrong_name_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/solver/wrong_size.la
tests_bad_plugins_solver_wrong_size_la_SOURCES = tests/bad_plugins/solver/wrong_size.c
tests_bad_plugins_solver_wrong_size_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

check_LTLIBRARIES += tests/bad_plugins/metric/crash.la
tests_bad_plugins_metric_crash_la_SOURCES = tests/bad_plugins/metric/crash.c
tests_bad_plugins_metric_crash_la_CFLAGS = $(TEST_CRASH_CFLAGS)
tests_bad_plugins_metric_crash_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)

# One program per module; each folder of sources brings its tests' names in a fragment.
AM_TESTS_ENVIRONMENT = unset OMP_THREAD_LIMIT OMP_NUM_THREADS OMP_WAIT_POLICY; \
	FM_TEST_SOURCE='$(abs_top_srcdir)'; export FM_TEST_SOURCE; \
	FM_TEST_BUILD='$(abs_top_builddir)'; export FM_TEST_BUILD; \
	FMRUN_PLUGIN_PATH='$(abs_top_builddir)/plugins'; export FMRUN_PLUGIN_PATH; \
	FM_TEST_CC='$(CC)'; export FM_TEST_CC; \
	FM_TEST_CPPFLAGS='$(CPPFLAGS) $(YAML_CFLAGS) $(SQLITE_CFLAGS) $(PNG_CFLAGS)'; \
	export FM_TEST_CPPFLAGS; \
	: $${CK_DEFAULT_TIMEOUT=60}; export CK_DEFAULT_TIMEOUT; \
	: $${ASAN_OPTIONS=handle_segv=0}; export ASAN_OPTIONS; \
	: $${UBSAN_OPTIONS=print_stacktrace=1}; export UBSAN_OPTIONS;
# handle_segv=0: tests crash plugins on purpose and look at the signal.
# A script's log is NAME.log, and any script can be named: make check TESTS=tests/NAME.sh
TEST_EXTENSIONS = .sh

if HAVE_CHECK
TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -Wno-double-promotion -Wno-float-conversion
TEST_LIBS = libtest.a libfmrun.a $(KERNELS) $(FMRUN_LIBS) $(CHECK_LIBS)

check_LIBRARIES = libtest.a
libtest_a_SOURCES = tests/support.c tests/support.h tests/plugin_support.c tests/plugin_support.h
libtest_a_CFLAGS = $(TEST_CFLAGS)

include tests/base.mk
include tests/config.mk
include tests/store.mk
include tests/plugins.mk
include tests/engine.mk
include tests/run.mk

TESTS += $(check_PROGRAMS)
check_DATA += tests/print_keys
CLEANFILES += $(EXTRA_PROGRAMS)
else
check-local:
	@echo "the library Check is missing, so that nothing can be tested; run ./bootstrap" >&2; \
	exit 1
endif

# Needs no Check: the floors, and each header by itself.
TESTS += tests/test_layers.sh
dist_check_SCRIPTS += tests/test_layers.sh

# What test_pinned.sh and "make pinned" run.
EXTRA_PROGRAMS += tests/print_keys
tests_print_keys_SOURCES = tests/print_keys.c
tests_print_keys_LDADD = libfmrun.a $(KERNELS) $(FMRUN_LIBS)

# One program per module; each folder of sources brings its tests' names in a fragment.
AM_TESTS_ENVIRONMENT = FM_TEST_SOURCE='$(abs_top_srcdir)'; export FM_TEST_SOURCE; \
	FM_TEST_BUILD='$(abs_top_builddir)'; export FM_TEST_BUILD; \
	FMRUN_PLUGIN_PATH='$(abs_top_builddir)/plugins'; export FMRUN_PLUGIN_PATH;

if HAVE_CHECK
TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -Wno-double-promotion -Wno-float-conversion
TEST_LIBS = libtest.a libfmrun.a $(KERNELS) $(FMRUN_LIBS) $(CHECK_LIBS)

check_LIBRARIES = libtest.a
libtest_a_SOURCES = tests/support.c tests/support.h
libtest_a_CFLAGS = $(TEST_CFLAGS)

include tests/base.mk
include tests/config.mk
include tests/store.mk
include tests/plugins.mk
include tests/engine.mk
include tests/run.mk

TESTS += $(check_PROGRAMS)
endif

clean-local:
	rm -rf tests/scratch

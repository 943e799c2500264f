check_PROGRAMS += tests/test_document tests/test_document_edit tests/test_include tests/test_sweep tests/test_options \
	tests/test_scalar
tests_test_document_SOURCES = tests/test_document.c tests/test_yaml.h
tests_test_document_CFLAGS = $(TEST_CFLAGS)
tests_test_document_LDADD = $(TEST_LIBS)
tests_test_sweep_SOURCES = tests/test_sweep.c tests/test_yaml.h
tests_test_sweep_CFLAGS = $(TEST_CFLAGS)
tests_test_sweep_LDADD = $(TEST_LIBS)
tests_test_include_SOURCES = tests/test_include.c tests/test_yaml.h
tests_test_include_CFLAGS = $(TEST_CFLAGS)
tests_test_include_LDADD = $(TEST_LIBS)
tests_test_document_edit_SOURCES = tests/test_document_edit.c tests/test_yaml.h
tests_test_document_edit_CFLAGS = $(TEST_CFLAGS)
tests_test_document_edit_LDADD = $(TEST_LIBS)
tests_test_options_SOURCES = tests/test_options.c tests/test_yaml.h
tests_test_options_CFLAGS = $(TEST_CFLAGS)
tests_test_options_LDADD = $(TEST_LIBS)
tests_test_scalar_SOURCES = tests/test_scalar.c tests/test_yaml.h
tests_test_scalar_CFLAGS = $(TEST_CFLAGS)
tests_test_scalar_LDADD = $(TEST_LIBS)

# Reads a config from a file or stdin, as a fuzzer wants it; not a test by itself.
EXTRA_PROGRAMS += tests/fuzz_config
tests_fuzz_config_SOURCES = tests/fuzz_config.c
tests_fuzz_config_LDADD = libfmrun.a $(FMRUN_LIBS)

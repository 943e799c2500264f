check_PROGRAMS += tests/test_base
tests_test_base_SOURCES = tests/test_base.c
tests_test_base_CFLAGS = $(TEST_CFLAGS)
tests_test_base_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/test_random
tests_test_random_SOURCES = tests/test_random.c
tests_test_random_CFLAGS = $(TEST_CFLAGS)
tests_test_random_LDADD = $(TEST_LIBS)

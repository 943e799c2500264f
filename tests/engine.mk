check_PROGRAMS += tests/test_kernel
tests_test_kernel_SOURCES = tests/test_kernel.c
tests_test_kernel_CFLAGS = $(TEST_CFLAGS)
tests_test_kernel_LDADD = $(TEST_LIBS)

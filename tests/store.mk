check_PROGRAMS += tests/test_store tests/test_views tests/test_tensor
tests_test_store_SOURCES = tests/test_store.c tests/test_store_query.c \
	tests/test_store_migration.c tests/test_store_safety.c tests/test_store.h
EXTRA_DIST += tests/schema_1.sql
tests_test_store_CFLAGS = $(TEST_CFLAGS)
tests_test_store_LDADD = $(TEST_LIBS)
tests_test_views_SOURCES = tests/test_views.c tests/test_views.h tests/test_views_compare.c
tests_test_views_CFLAGS = $(TEST_CFLAGS)
tests_test_views_LDADD = $(TEST_LIBS)
tests_test_tensor_SOURCES = tests/test_tensor.c
tests_test_tensor_CFLAGS = $(TEST_CFLAGS)
tests_test_tensor_LDADD = $(TEST_LIBS)

# Plugins that tests look through, built as those in tests/bad_plugins.
check_LTLIBRARIES += tests/helper_plugins/network/counting.la
tests_helper_plugins_network_counting_la_SOURCES = tests/helper_plugins/network/counting.c
tests_helper_plugins_network_counting_la_LDFLAGS = $(TEST_PLUGIN_LDFLAGS)
tests_helper_plugins_network_counting_la_LIBADD = -lm

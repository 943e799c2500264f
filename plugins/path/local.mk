path_LTLIBRARIES += plugins/path/linear.la
plugins_path_linear_la_SOURCES = plugins/path/linear.c
plugins_path_linear_la_LDFLAGS = $(PLUGIN_LDFLAGS)

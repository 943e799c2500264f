coupling_LTLIBRARIES += plugins/coupling/independent.la
plugins_coupling_independent_la_SOURCES = plugins/coupling/independent.c
plugins_coupling_independent_la_LDFLAGS = $(PLUGIN_LDFLAGS)
coupling_LTLIBRARIES += plugins/coupling/ot.la
plugins_coupling_ot_la_SOURCES = plugins/coupling/ot.c
plugins_coupling_ot_la_LDFLAGS = $(PLUGIN_LDFLAGS)

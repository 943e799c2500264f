network_LTLIBRARIES += plugins/network/mlp.la
plugins_network_mlp_la_SOURCES = plugins/network/mlp.c
plugins_network_mlp_la_LDFLAGS = $(PLUGIN_LDFLAGS)
network_LTLIBRARIES += plugins/network/oracle.la
plugins_network_oracle_la_SOURCES = plugins/network/oracle.c
plugins_network_oracle_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_network_oracle_la_LIBADD = -lm

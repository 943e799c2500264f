metric_LTLIBRARIES += plugins/metric/w2.la
plugins_metric_w2_la_SOURCES = plugins/metric/w2.c
plugins_metric_w2_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_metric_w2_la_LIBADD = -lm

metric_LTLIBRARIES += plugins/metric/sliced_w2.la
plugins_metric_sliced_w2_la_SOURCES = plugins/metric/sliced_w2.c
plugins_metric_sliced_w2_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_metric_sliced_w2_la_LIBADD = -lm

metric_LTLIBRARIES += plugins/metric/energy.la
plugins_metric_energy_la_SOURCES = plugins/metric/energy.c
plugins_metric_energy_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_metric_energy_la_LIBADD = -lm

metric_LTLIBRARIES += plugins/metric/discretization_error.la
plugins_metric_discretization_error_la_SOURCES = plugins/metric/discretization_error.c
plugins_metric_discretization_error_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_metric_discretization_error_la_LIBADD = -lm
metric_LTLIBRARIES += plugins/metric/flow_error.la
plugins_metric_flow_error_la_SOURCES = plugins/metric/flow_error.c
plugins_metric_flow_error_la_LDFLAGS = $(PLUGIN_LDFLAGS)
metric_LTLIBRARIES += plugins/metric/model_error.la
plugins_metric_model_error_la_SOURCES = plugins/metric/model_error.c
plugins_metric_model_error_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_metric_flow_error_la_LIBADD = -lm
plugins_metric_model_error_la_LIBADD = -lm

metric_LTLIBRARIES += plugins/metric/nll.la
plugins_metric_nll_la_SOURCES = plugins/metric/nll.c
plugins_metric_nll_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_metric_nll_la_LIBADD = -lm

metric_LTLIBRARIES += plugins/metric/nll_gap.la
plugins_metric_nll_gap_la_SOURCES = plugins/metric/nll_gap.c
plugins_metric_nll_gap_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_metric_nll_gap_la_LIBADD = -lm
metric_LTLIBRARIES += plugins/metric/npe.la
plugins_metric_npe_la_SOURCES = plugins/metric/npe.c
plugins_metric_npe_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_metric_npe_la_LIBADD = -lm
metric_LTLIBRARIES += plugins/metric/path_energy.la
plugins_metric_path_energy_la_SOURCES = plugins/metric/path_energy.c
plugins_metric_path_energy_la_LDFLAGS = $(PLUGIN_LDFLAGS)

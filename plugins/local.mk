# Each plugin is KIND/NAME.so, a module that links to nothing of fmrun.
PLUGIN_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared

networkdir = $(pkglibdir)/network
pathdir = $(pkglibdir)/path
couplingdir = $(pkglibdir)/coupling
solverdir = $(pkglibdir)/solver
datasetdir = $(pkglibdir)/dataset
metricdir = $(pkglibdir)/metric

network_LTLIBRARIES =
path_LTLIBRARIES =
coupling_LTLIBRARIES =
solver_LTLIBRARIES =
dataset_LTLIBRARIES =
metric_LTLIBRARIES =

include plugins/network/local.mk
include plugins/path/local.mk
include plugins/coupling/local.mk
include plugins/solver/local.mk
include plugins/dataset/local.mk
include plugins/metric/local.mk

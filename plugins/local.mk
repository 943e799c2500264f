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

# The host opens KIND/NAME.so itself: libtool's .la files stay out of the installation, which
# leaves the modules for us to uninstall.
PLUGINS = $(network_LTLIBRARIES) $(path_LTLIBRARIES) $(coupling_LTLIBRARIES) \
	$(solver_LTLIBRARIES) $(dataset_LTLIBRARIES) $(metric_LTLIBRARIES)

install-data-hook:
	@for plugin in $(PLUGINS); do \
		rm -f "$(DESTDIR)$(pkglibdir)/$${plugin#plugins/}"; \
	done

uninstall-hook:
	@for plugin in $(PLUGINS); do \
		module=$${plugin#plugins/}; module=$${module%.la}.so; \
		echo " rm -f $(DESTDIR)$(pkglibdir)/$$module"; \
		rm -f "$(DESTDIR)$(pkglibdir)/$$module"; \
	done; \
	for folder in network path coupling solver dataset metric; do \
		rmdir "$(DESTDIR)$(pkglibdir)/$$folder" 2>/dev/null || :; \
	done; \
	for folder in "$(pkglibdir)" "$(fmrunincludedir)" "$(templatesdir)" "$(pkgdatadir)"; do \
		rmdir "$(DESTDIR)$$folder" 2>/dev/null || :; \
	done

# Plugins to copy and change; tests/test_templates.sh builds each as users do.
templatesdir = $(pkgdatadir)/templates
dist_templates_DATA = \
	docs/templates/coupling.c \
	docs/templates/dataset.c \
	docs/templates/metric.c \
	docs/templates/network.c \
	docs/templates/path.c \
	docs/templates/solver.c \
	docs/templates/solver_step.c

EXTRA_DIST += \
	docs/config.md \
	docs/conventions.md \
	docs/database.md \
	docs/design.md \
	docs/performance.md \
	docs/validation.md \
	docs/plugins.md \
	results/README.md

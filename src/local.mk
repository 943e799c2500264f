# The host: everything but main and the commands is one static library, which tests link.
bin_PROGRAMS = fmrun
fmrun_SOURCES = src/main.c \
	src/cli/cli.h \
	src/cli/bench.c src/cli/compare.c src/cli/config.c \
	src/cli/database.c src/cli/database.h src/cli/ls.c src/cli/plan.c \
	src/cli/plugin_name.c src/cli/plugin_name.h src/cli/plugins.c \
	src/cli/plugins_check.c src/cli/plugins_check.h \
	src/cli/read_plan.c src/cli/read_plan.h src/cli/run.c src/cli/show.c src/cli/sql.c
nodist_fmrun_SOURCES = src/commit.h
fmrun_LDADD = libfmrun.a $(KERNELS) $(FMRUN_LIBS)
fmrun_CFLAGS = $(AM_CFLAGS)

FMRUN_LIBS = $(YAML_LIBS) $(SQLITE_LIBS) $(ZLIB_LIBS) $(PNG_LIBS) $(CJSON_LIBS) \
	$(NETTLE_LIBS) $(OPENMP_CFLAGS) -lm

fmruninclude_HEADERS = \
	src/fmrun/column.h src/fmrun/coupling.h src/fmrun/curve.h src/fmrun/dataset.h \
	src/fmrun/density.h src/fmrun/diffusion.h src/fmrun/fields.h src/fmrun/graph.h \
	src/fmrun/metric.h src/fmrun/multistep.h src/fmrun/network.h src/fmrun/option.h \
	src/fmrun/path.h src/fmrun/plane.h src/fmrun/plugin.h src/fmrun/rng.h \
	src/fmrun/services.h src/fmrun/solver.h src/fmrun/statistics.h src/fmrun/status.h
fmrunincludedir = $(includedir)/fmrun

noinst_LIBRARIES += libfmrun.a
libfmrun_a_CFLAGS = $(AM_CFLAGS) $(OPENMP_CFLAGS)
libfmrun_a_SOURCES =

include src/base/local.mk
include src/nn/local.mk
include src/config/local.mk
include src/host/local.mk
include src/store/local.mk
include src/plan/local.mk
include src/train/local.mk
include src/sample/local.mk
include src/check/local.mk
include src/measure/local.mk
include src/report/local.mk
include src/run/local.mk

# The commit of fmrun itself, "" outside a checkout; rewritten only when it changes.
BUILT_SOURCES += src/commit.h
CLEANFILES += src/commit.h
.PHONY: commit-is-current
src/commit.h: commit-is-current
	@$(MKDIR_P) src; \
	commit=`cd $(top_srcdir) && test -e .git && git describe --always --dirty --abbrev=12 2>/dev/null`; \
	line="#define FM_COMMIT \"$$commit\""; \
	if test "`cat $@ 2>/dev/null`" != "$$line"; then echo "$$line" > $@; fi

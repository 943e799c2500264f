# The speed of fmrun and of the same work in PyTorch.  Not part of "make check".
EXTRA_PROGRAMS += bench/bench
bench_bench_SOURCES = \
	bench/bench.c bench/bench.h \
	bench/check.c \
	bench/network.c \
	bench/outside.c \
	bench/peer.c \
	bench/reference.c bench/reference.h \
	bench/report.c \
	bench/workloads.c
nodist_bench_bench_SOURCES = src/commit.h
bench_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/bench
bench_bench_CFLAGS = $(AM_CFLAGS)
bench_bench_LDADD = libfmrun.a $(KERNELS) $(FMRUN_LIBS)
CLEANFILES += bench/bench$(EXEEXT)
EXTRA_DIST += \
	bench/configs/mid.yaml \
	bench/configs/tiny.yaml \
	bench/configs/tiny_ot.yaml \
	bench/configs/wide.yaml \
	bench/peer.py

# BENCH_WORKLOADS='tiny mid' for some only, BENCH_FLAGS=--no-peer for fmrun alone.
BENCH_ROUNDS = 5
BENCH_SECONDS = 1
BENCH_WORKLOADS =
BENCH_FLAGS =
.PHONY: bench
bench: all bench/bench$(EXEEXT)
	FMRUN_PLUGIN_PATH='$(abs_top_builddir)/plugins' ./bench/bench --source '$(srcdir)' \
		--rounds '$(BENCH_ROUNDS)' --seconds '$(BENCH_SECONDS)' $(BENCH_FLAGS) \
		$(BENCH_WORKLOADS)

# Rows per second over threads, batch and width; docs/performance.md has one machine's tables.
EXTRA_DIST += bench/scale.sh
.PHONY: bench-scale
bench-scale: all
	FMRUN_PLUGIN_PATH='$(abs_top_builddir)/plugins' BENCH_SECONDS='$(BENCH_SECONDS)' \
		sh '$(srcdir)/bench/scale.sh' ./fmrun '$(srcdir)/bench/configs' `getconf _NPROCESSORS_ONLN`

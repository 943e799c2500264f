# One program per module: a new test is its name in check_PROGRAMS or SHELL_TESTS.
AM_TESTS_ENVIRONMENT = unset OMP_THREAD_LIMIT OMP_NUM_THREADS OMP_WAIT_POLICY; \
	FM_TEST_SOURCE='$(abs_top_srcdir)'; export FM_TEST_SOURCE; \
	FM_TEST_BUILD='$(abs_top_builddir)'; export FM_TEST_BUILD; \
	FMRUN_PLUGIN_PATH='$(abs_top_builddir)/plugins'; export FMRUN_PLUGIN_PATH; \
	FM_TEST_CC='$(CC)'; export FM_TEST_CC; \
	FM_TEST_CPPFLAGS='$(CPPFLAGS) $(YAML_CFLAGS) $(SQLITE_CFLAGS) $(PNG_CFLAGS)'; \
	export FM_TEST_CPPFLAGS; \
	FM_TEST_NM='$(NM)'; export FM_TEST_NM; \
	FM_TEST_OBJECTS='$(TEST_OBJECTS)'; export FM_TEST_OBJECTS; \
	: $${CK_DEFAULT_TIMEOUT=60}; export CK_DEFAULT_TIMEOUT; \
	: $${ASAN_OPTIONS=handle_segv=0}; export ASAN_OPTIONS; \
	: $${UBSAN_OPTIONS=print_stacktrace=1}; export UBSAN_OPTIONS;
# handle_segv=0: tests crash plugins on purpose and look at the signal.
# For scripts, too: the log is NAME.log, and one runs alone by make check TESTS=tests/NAME.sh
TEST_EXTENSIONS = .sh

if HAVE_CHECK
# A program's source is NAME.c, and it links with these, unless it says otherwise below.
LDADD = libtest.a libfmrun.a $(KERNELS) $(FMRUN_LIBS) $(CHECK_LIBS)
check_PROGRAMS = \
	tests/test_adaptive \
	tests/test_assignment \
	tests/test_attention \
	tests/test_bad_plugins \
	tests/test_base \
	tests/test_children \
	tests/test_control \
	tests/test_convolution \
	tests/test_couplings \
	tests/test_curves \
	tests/test_datasets \
	tests/test_diffusion_solvers \
	tests/test_divergence \
	tests/test_document \
	tests/test_document_edit \
	tests/test_energy \
	tests/test_failing_velocity \
	tests/test_files \
	tests/test_fit \
	tests/test_flow \
	tests/test_gradient \
	tests/test_graph \
	tests/test_guidance \
	tests/test_idx \
	tests/test_include \
	tests/test_integrate \
	tests/test_kernel \
	tests/test_labels \
	tests/test_likelihood \
	tests/test_loss \
	tests/test_metrics \
	tests/test_moons \
	tests/test_multistep \
	tests/test_net \
	tests/test_nll \
	tests/test_norm \
	tests/test_optimizer \
	tests/test_optimizer_double \
	tests/test_options \
	tests/test_oracle \
	tests/test_order \
	tests/test_parallel \
	tests/test_path_change \
	tests/test_paths \
	tests/test_pool \
	tests/test_prediction \
	tests/test_random \
	tests/test_scalar \
	tests/test_schedule \
	tests/test_shuffle \
	tests/test_split \
	tests/test_stochastic_solvers \
	tests/test_store \
	tests/test_sweep \
	tests/test_tableau \
	tests/test_tensor \
	tests/test_times \
	tests/test_train \
	tests/test_train_labels \
	tests/test_train_step \
	tests/test_trained \
	tests/test_validation \
	tests/test_views
if HAVE_SUNDIALS
check_PROGRAMS += tests/test_arkode
tests_test_arkode_LDADD = $(LDADD) $(SUNDIALS_LIBS)
endif

# Allocations are counted by wrapping the functions that make them.
tests_test_train_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc \
	-Wl,--wrap=realloc -Wl,--wrap=aligned_alloc

tests_test_store_SOURCES = tests/test_store.c tests/test_store_query.c \
	tests/test_store_migration.c tests/test_store_safety.c
tests_test_views_SOURCES = tests/test_views.c tests/test_views_compare.c

# These have the engine in double, and with it what they name of training and sampling.
# libnn_double.a comes before libfmrun.a, whose engine in float is then not linked.
check_LIBRARIES = libtest.a libnn_double.a
libnn_double_a_SOURCES = $(NN_SOURCES) $(KERNEL_SOURCES)
libnn_double_a_CFLAGS = $(DOUBLE_CFLAGS) -DFM_ISA=portable
DOUBLE_CFLAGS = $(AM_CFLAGS) -DFM_REAL_DOUBLE
DOUBLE_LIBS = libtest.a libnn_double.a $(LDADD)
tests_test_gradient_CFLAGS = $(DOUBLE_CFLAGS)
tests_test_gradient_LDADD = $(DOUBLE_LIBS)
tests_test_loss_SOURCES = tests/test_loss.c src/train/loss.c
tests_test_loss_CFLAGS = $(DOUBLE_CFLAGS)
tests_test_loss_LDADD = $(DOUBLE_LIBS)
tests_test_optimizer_double_SOURCES = tests/test_optimizer.c
tests_test_optimizer_double_CFLAGS = $(DOUBLE_CFLAGS)
tests_test_optimizer_double_LDADD = $(DOUBLE_LIBS)
tests_test_trained_SOURCES = tests/test_trained.c $(TRAIN_SOURCES) src/sample/velocity.c \
	src/sample/field.c
tests_test_trained_CFLAGS = $(DOUBLE_CFLAGS)
tests_test_trained_LDADD = $(DOUBLE_LIBS)

libtest_a_SOURCES = tests/support.c tests/plugin_support.c
EXTRA_DIST += \
	tests/plugin_support.h \
	tests/support.h \
	tests/test_diffusion.h \
	tests/test_evaluate.h \
	tests/test_fields.h \
	tests/test_graphs.h \
	tests/test_graphs_token.h \
	tests/test_solvers.h \
	tests/test_store.h \
	tests/test_tokens.h \
	tests/test_train.h \
	tests/test_trainer.h \
	tests/test_velocity.h \
	tests/test_views.h \
	tests/test_yaml.h \
	tests/schema_1.sql

include tests/planted_plugins.mk

# Tests of the whole program, as processes.  The longest come first, so that no processor
# idles at the end.
SHELL_TESTS = \
	tests/test_resume.sh \
	tests/test_check.sh \
	tests/test_check_datasets.sh \
	tests/test_check_metrics.sh \
	tests/test_ledger.sh \
	tests/test_gaussian_paths.sh \
	tests/test_bad_configs.sh \
	tests/test_bench.sh \
	tests/test_check_couplings.sh \
	tests/test_check_networks.sh \
	tests/test_check_paths.sh \
	tests/test_failures.sh \
	tests/test_guided.sh \
	tests/test_pinned.sh \
	tests/test_plan_check.sh \
	tests/test_reflow.sh \
	tests/test_templates.sh \
	tests/test_weights.sh
TESTS += $(SHELL_TESTS) $(check_PROGRAMS)
LONG_TESTS += tests/test_scipy.sh
dist_check_SCRIPTS += $(SHELL_TESTS) tests/test_scipy.sh
# The folder has good-*.yaml, and bad-*.yaml with the expected message in the first line.
EXTRA_DIST += tests/shell.sh tests/check.sh tests/pinned.txt tests/configs
# An independent source for docs/validation.md, run by hand.
EXTRA_DIST += tests/peer_tong2023.py

# Reads a config from a file or stdin, for a fuzzer.
EXTRA_PROGRAMS += tests/fuzz_config
tests_fuzz_config_LDADD = $(fmrun_LDADD)

check_DATA += tests/print_keys
CLEANFILES += $(EXTRA_PROGRAMS)
else
check-local:
	@echo "the tests need the library Check; ./bootstrap installs it" >&2; \
	exit 1
endif

# Needs no Check: the order of the sources.
TESTS += tests/test_layers.sh
dist_check_SCRIPTS += tests/test_layers.sh

# For test_pinned.sh and "make pinned".
EXTRA_PROGRAMS += tests/print_keys
tests_print_keys_LDADD = $(fmrun_LDADD)
# For test_layers.sh: the objects of fmrun and its libraries.
TEST_OBJECTS = $(fmrun_OBJECTS) $(libfmrun_a_OBJECTS) $(libkernel_portable_a_OBJECTS) \
	$(librandom_portable_a_OBJECTS) $(libkernel_avx2_a_OBJECTS) $(libkernel_avx512_a_OBJECTS) \
	$(librandom_avx2_a_OBJECTS) $(librandom_avx512_a_OBJECTS)

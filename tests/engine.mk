check_PROGRAMS += tests/test_kernel
tests_test_kernel_SOURCES = tests/test_kernel.c
tests_test_kernel_CFLAGS = $(TEST_CFLAGS)
tests_test_kernel_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_norm tests/test_attention
tests_test_norm_SOURCES = tests/test_norm.c tests/test_tokens.h
tests_test_norm_CFLAGS = $(TEST_CFLAGS)
tests_test_norm_LDADD = $(TEST_LIBS)
tests_test_attention_SOURCES = tests/test_attention.c tests/test_tokens.h
tests_test_attention_CFLAGS = $(TEST_CFLAGS)
tests_test_attention_LDADD = $(TEST_LIBS)

# The engine in double.  It comes before libfmrun.a, whose float engine is then not linked.
check_LIBRARIES += libnn_double.a
libnn_double_a_SOURCES = $(NN_SOURCES) $(KERNEL_SOURCES)
libnn_double_a_CFLAGS = $(AM_CFLAGS) -DFM_REAL_DOUBLE -DFM_ISA=portable
TEST_GRAPHS = tests/test_graphs.h tests/test_graphs_token.h
check_PROGRAMS += tests/test_gradient
tests_test_gradient_SOURCES = tests/test_gradient.c $(TEST_GRAPHS)
tests_test_gradient_CFLAGS = $(TEST_CFLAGS) -DFM_REAL_DOUBLE
tests_test_gradient_LDADD = libtest.a libnn_double.a $(TEST_LIBS)

check_PROGRAMS += tests/test_net tests/test_graph
tests_test_net_SOURCES = tests/test_net.c $(TEST_GRAPHS)
tests_test_net_CFLAGS = $(TEST_CFLAGS)
tests_test_net_LDADD = $(TEST_LIBS)
tests_test_graph_SOURCES = tests/test_graph.c
tests_test_graph_CFLAGS = $(TEST_CFLAGS)
tests_test_graph_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_convolution
tests_test_convolution_SOURCES = tests/test_convolution.c
tests_test_convolution_CFLAGS = $(TEST_CFLAGS)
tests_test_convolution_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_optimizer tests/test_optimizer_double
tests_test_optimizer_SOURCES = tests/test_optimizer.c
tests_test_optimizer_CFLAGS = $(TEST_CFLAGS)
tests_test_optimizer_LDADD = $(TEST_LIBS)
tests_test_optimizer_double_SOURCES = $(tests_test_optimizer_SOURCES)
tests_test_optimizer_double_CFLAGS = $(TEST_CFLAGS) -DFM_REAL_DOUBLE
tests_test_optimizer_double_LDADD = $(tests_test_gradient_LDADD)

# Allocations are counted by wrapping the functions that make them.
check_PROGRAMS += tests/test_train
tests_test_train_SOURCES = tests/test_train.c tests/test_trainer.h tests/test_train.h
tests_test_train_CFLAGS = $(TEST_CFLAGS)
tests_test_train_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc \
	-Wl,--wrap=realloc -Wl,--wrap=aligned_alloc
tests_test_train_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_train_step
tests_test_train_step_SOURCES = tests/test_train_step.c tests/test_trainer.h tests/test_train.h
tests_test_train_step_CFLAGS = $(TEST_CFLAGS)
tests_test_train_step_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_validation tests/test_split
tests_test_split_SOURCES = tests/test_split.c
tests_test_split_CFLAGS = $(TEST_CFLAGS)
tests_test_split_LDADD = $(TEST_LIBS)
tests_test_validation_SOURCES = tests/test_validation.c tests/test_train.h
tests_test_validation_CFLAGS = $(TEST_CFLAGS)
tests_test_validation_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/test_train_labels
tests_test_train_labels_SOURCES = tests/test_train_labels.c tests/test_train.h
tests_test_train_labels_CFLAGS = $(TEST_CFLAGS)
tests_test_train_labels_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_flow tests/test_schedule tests/test_times tests/test_shuffle
tests_test_flow_SOURCES = tests/test_flow.c tests/test_train.h
tests_test_flow_CFLAGS = $(TEST_CFLAGS)
tests_test_flow_LDADD = $(TEST_LIBS)
tests_test_schedule_SOURCES = tests/test_schedule.c tests/test_train.h
tests_test_schedule_CFLAGS = $(TEST_CFLAGS)
tests_test_schedule_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/test_loss tests/test_prediction
tests_test_loss_SOURCES = tests/test_loss.c tests/test_train.h src/train/loss.c
tests_test_loss_CFLAGS = $(TEST_CFLAGS) -DFM_REAL_DOUBLE
tests_test_loss_LDADD = $(tests_test_gradient_LDADD)
tests_test_prediction_SOURCES = tests/test_prediction.c tests/test_train.h
tests_test_prediction_CFLAGS = $(TEST_CFLAGS)
tests_test_prediction_LDADD = $(TEST_LIBS)
tests_test_times_SOURCES = tests/test_times.c tests/test_train.h
tests_test_times_CFLAGS = $(TEST_CFLAGS)
tests_test_times_LDADD = $(TEST_LIBS)
tests_test_shuffle_SOURCES = tests/test_shuffle.c
tests_test_shuffle_CFLAGS = $(TEST_CFLAGS)
tests_test_shuffle_LDADD = $(TEST_LIBS)

TEST_VELOCITY = tests/test_velocity.h tests/test_solvers.h
check_PROGRAMS += tests/test_tableau tests/test_order
tests_test_tableau_SOURCES = tests/test_tableau.c tests/test_solvers.h
tests_test_tableau_CFLAGS = $(TEST_CFLAGS)
tests_test_tableau_LDADD = $(TEST_LIBS)
tests_test_order_SOURCES = tests/test_order.c $(TEST_VELOCITY)
tests_test_order_CFLAGS = $(TEST_CFLAGS)
tests_test_order_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_integrate tests/test_failing_velocity
tests_test_integrate_SOURCES = tests/test_integrate.c $(TEST_GRAPHS) $(TEST_VELOCITY)
tests_test_integrate_CFLAGS = $(TEST_CFLAGS)
tests_test_integrate_LDADD = $(TEST_LIBS)
tests_test_failing_velocity_SOURCES = tests/test_failing_velocity.c $(TEST_VELOCITY)
tests_test_failing_velocity_CFLAGS = $(TEST_CFLAGS)
tests_test_failing_velocity_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_adaptive
tests_test_adaptive_SOURCES = tests/test_adaptive.c $(TEST_VELOCITY)
tests_test_adaptive_CFLAGS = $(TEST_CFLAGS)
tests_test_adaptive_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_guidance
tests_test_guidance_SOURCES = tests/test_guidance.c tests/test_train.h $(TEST_VELOCITY)
tests_test_guidance_CFLAGS = $(TEST_CFLAGS)
tests_test_guidance_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/test_energy
tests_test_energy_SOURCES = tests/test_energy.c $(TEST_VELOCITY)
tests_test_energy_CFLAGS = $(TEST_CFLAGS)
tests_test_energy_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/test_control
tests_test_control_SOURCES = tests/test_control.c $(TEST_VELOCITY)
tests_test_control_CFLAGS = $(TEST_CFLAGS)
tests_test_control_LDADD = $(TEST_LIBS)

if HAVE_SUNDIALS
check_PROGRAMS += tests/test_arkode
tests_test_arkode_SOURCES = tests/test_arkode.c $(TEST_VELOCITY)
tests_test_arkode_CFLAGS = $(TEST_CFLAGS)
tests_test_arkode_LDADD = $(TEST_LIBS) $(SUNDIALS_LIBS) -lm
endif

# Training and velocity in double, too.
check_PROGRAMS += tests/test_trained
tests_test_trained_SOURCES = tests/test_trained.c tests/test_train.h $(TRAIN_SOURCES) src/sample/velocity.c src/sample/field.c \
	$(TEST_VELOCITY)
tests_test_trained_CFLAGS = $(TEST_CFLAGS) -DFM_REAL_DOUBLE
tests_test_trained_LDADD = $(tests_test_gradient_LDADD)
check_PROGRAMS += tests/test_multistep
tests_test_multistep_SOURCES = tests/test_multistep.c tests/test_velocity.h
tests_test_multistep_CFLAGS = $(TEST_CFLAGS)
tests_test_multistep_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/test_diffusion_solvers tests/test_stochastic_solvers
TEST_DIFFUSION = tests/test_diffusion.h tests/test_velocity.h
tests_test_diffusion_solvers_SOURCES = tests/test_diffusion_solvers.c $(TEST_DIFFUSION)
tests_test_diffusion_solvers_CFLAGS = $(TEST_CFLAGS)
tests_test_diffusion_solvers_LDADD = $(TEST_LIBS)
tests_test_stochastic_solvers_SOURCES = tests/test_stochastic_solvers.c $(TEST_DIFFUSION)
tests_test_stochastic_solvers_CFLAGS = $(TEST_CFLAGS)
tests_test_stochastic_solvers_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_divergence
tests_test_divergence_SOURCES = tests/test_divergence.c tests/test_train.h
tests_test_divergence_CFLAGS = $(TEST_CFLAGS)
tests_test_divergence_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_likelihood
tests_test_likelihood_SOURCES = tests/test_likelihood.c tests/test_train.h
tests_test_likelihood_CFLAGS = $(TEST_CFLAGS)
tests_test_likelihood_LDADD = $(TEST_LIBS)

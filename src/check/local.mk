libfmrun_a_SOURCES += \
	src/check/at_once.c src/check/at_once.h \
	src/check/check.c src/check/check.h \
	src/check/check_child.c \
	src/check/child.c src/check/child.h \
	src/check/coupling.c src/check/coupling.h src/check/coupling_parts.h \
	src/check/coupling_bits.c \
	src/check/coupling_numbers.c \
	src/check/dataset.c src/check/dataset.h src/check/dataset_parts.h \
	src/check/dataset_density.c \
	src/check/dataset_integral.c \
	src/check/dataset_mass.c \
	src/check/dataset_moments.c \
	src/check/dataset_rows.c \
	src/check/fit.c src/check/fit.h \
	src/check/list.c \
	src/check/message.h \
	src/check/moments.h \
	src/check/network.c src/check/network.h src/check/network_parts.h \
	src/check/network_form.c \
	src/check/network_gradient.c \
	src/check/network_graph.c \
	src/check/network_numbers.c \
	src/check/network_slope.c src/check/network_slope.h \
	src/check/path.c src/check/path.h src/check/path_parts.h \
	src/check/path_bits.c \
	src/check/path_coefficients.c \
	src/check/path_draw.c \
	src/check/problems.c src/check/problems.h \
	src/check/row.c src/check/row.h \
	src/check/solver.c src/check/solver.h src/check/solver_parts.h \
	src/check/solver_bits.c \
	src/check/solver_control.c \
	src/check/solver_cost.c \
	src/check/solver_failing.c \
	src/check/solver_flow.c \
	src/check/solver_order.c \
	src/check/solver_tableau.c \
	src/check/vary.c src/check/vary.h

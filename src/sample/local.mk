libfmrun_a_SOURCES += \
	src/sample/adaptive.c src/sample/adaptive.h \
	src/sample/block.c src/sample/block.h \
	src/sample/field.c src/sample/field.h \
	src/sample/fixed.c src/sample/fixed.h \
	src/sample/integrate.c src/sample/integrate.h \
	src/sample/likelihood.c src/sample/likelihood.h \
	src/sample/path_change.c src/sample/path_change.h \
	src/sample/runge_kutta.c src/sample/runge_kutta.h \
	src/sample/shared_step.c src/sample/shared_step.h \
	src/sample/solve.h \
	src/sample/solver_loop.c src/sample/solver_loop.h \
	src/sample/step_control.c src/sample/step_control.h \
	src/sample/velocity.c src/sample/velocity.h

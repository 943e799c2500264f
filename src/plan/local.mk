libfmrun_a_SOURCES += \
	src/plan/component.c src/plan/component.h \
	src/plan/experiment.c src/plan/experiment.h \
	src/plan/experiment_read.c src/plan/experiment_read.h \
	src/plan/grid.c src/plan/grid.h \
	src/plan/key_text.c src/plan/key_text.h \
	src/plan/metrics_section.c src/plan/metrics_section.h \
	src/plan/part.c src/plan/part.h \
	src/plan/plan.c src/plan/plan.h \
	src/plan/plan_keys.c src/plan/plan_keys.h \
	src/plan/plan_text.c src/plan/plan_text.h \
	src/plan/resolve.c src/plan/resolve.h \
	src/plan/sample_section.c src/plan/sample_section.h \
	src/plan/solvers_section.c src/plan/solvers_section.h \
	src/plan/sweep.c src/plan/sweep.h \
	src/plan/top_values.c src/plan/top_values.h \
	src/plan/train_section.c src/plan/train_section.h

libfmrun_a_SOURCES += \
	src/plan/canon.c \
	src/plan/experiment.c src/plan/experiment.h \
	src/plan/grid.c src/plan/grid.h \
	src/plan/methods.c \
	src/plan/plan.c src/plan/plan.h \
	src/plan/resolve.c \
	src/plan/sections.h \
	src/plan/sweep.c \
	src/plan/train_section.c

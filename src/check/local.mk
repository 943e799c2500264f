libfmrun_a_SOURCES += \
	src/check/fit.c src/check/fit.h \
	src/check/problems.c src/check/problems.h

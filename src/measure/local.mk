libfmrun_a_SOURCES += src/measure/measure.c src/measure/measure.h

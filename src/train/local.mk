libfmrun_a_SOURCES += src/train/train.c src/train/train.h

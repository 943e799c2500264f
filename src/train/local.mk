libfmrun_a_SOURCES += \
	src/train/coupling.c src/train/coupling.h \
	src/train/train.c src/train/train.h

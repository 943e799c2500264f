libfmrun_a_SOURCES += \
	src/sample/adaptive.c \
	src/sample/batch.c \
	src/sample/block.h \
	src/sample/field.c src/sample/field.h \
	src/sample/fixed.c \
	src/sample/integrate.c src/sample/integrate.h \
	src/sample/likelihood.c src/sample/likelihood.h \
	src/sample/own.c \
	src/sample/path_change.c src/sample/path_change.h \
	src/sample/velocity.c src/sample/velocity.h

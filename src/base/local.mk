libfmrun_a_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/assignment.c src/base/assignment.h \
	src/base/assignment_solve.c src/base/assignment_solve.h \
	src/base/children.c src/base/children.h \
	src/base/error.c src/base/error.h \
	src/base/file.c src/base/file.h \
	src/base/isa.c src/base/isa.h \
	src/base/log.c src/base/log.h \
	src/base/parallel.c src/base/parallel.h \
	src/base/peak.c src/base/peak.h \
	src/base/process.c src/base/process.h \
	src/base/random.c src/base/random.h \
	src/base/stream.h \
	src/base/text.c src/base/text.h

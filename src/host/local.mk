libfmrun_a_SOURCES += \
	src/host/call.c src/host/call.h \
	src/host/coupling.c src/host/coupling.h \
	src/host/data.c src/host/data.h \
	src/host/kind.c src/host/kind.h \
	src/host/metric.h \
	src/host/plugin_check.c src/host/plugin_check.h \
	src/host/prediction.c src/host/prediction.h \
	src/host/registry.c src/host/registry.h \
	src/host/solver.c src/host/solver.h \
	src/host/tableau.c src/host/tableau.h

libfmrun_a_SOURCES += src/report/compare.c src/report/compare.h src/report/table.c src/report/table.h

libfmrun_a_SOURCES += src/report/compare.c src/report/compare.h src/report/solver_checks.c src/report/solver_checks.h src/report/table.c src/report/table.h

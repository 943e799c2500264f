libfmrun_a_SOURCES += \
	src/run/bench.c src/run/bench.h \
	src/run/bench_result.c src/run/bench_result.h \
	src/run/bench_sample.c src/run/bench_sample.h \
	src/run/bench_train.c src/run/bench_train.h \
	src/run/checkpoint.c src/run/checkpoint.h \
	src/run/histogram.c src/run/histogram.h \
	src/run/ledger.c src/run/ledger.h \
	src/run/model.c src/run/model.h src/run/model_labels.c src/run/model_labels.h \
	src/run/pairs.c src/run/pairs.h \
	src/run/picture.c src/run/picture.h \
	src/run/plan_check.c src/run/plan_check.h \
	src/run/plan_state.c src/run/plan_state.h \
	src/run/prepare.c src/run/prepare.h \
	src/run/progress.c src/run/progress.h \
	src/run/provenance.c src/run/provenance.h \
	src/run/receive.c src/run/receive.h \
	src/run/record.c src/run/record.h \
	src/run/references.c src/run/references.h \
	src/run/run.c src/run/run.h \
	src/run/scheduler.c src/run/scheduler.h \
	src/run/session.h \
	src/run/solve_settings.c src/run/solve_settings.h \
	src/run/stop.c src/run/stop.h \
	src/run/task.h \
	src/run/worker.c src/run/worker.h \
	src/run/worker_report.c src/run/worker_report.h \
	src/run/worker_sample.c src/run/worker_sample.h \
	src/run/worker_train.c src/run/worker_train.h

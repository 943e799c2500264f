TRAIN_SOURCES = src/train/coupling.c src/train/coupling.h src/train/labels.c src/train/loss.c src/train/parts.h \
	src/train/schedule.c src/train/state.c src/train/targets.c src/train/times.c src/train/train.c \
	src/train/train.h src/train/trainer.h src/train/validation.c
libfmrun_a_SOURCES += $(TRAIN_SOURCES)

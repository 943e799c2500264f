TRAIN_SOURCES = \
	src/train/labels.c src/train/labels.h \
	src/train/loss.c src/train/loss.h \
	src/train/pairing.c src/train/pairing.h \
	src/train/schedule.c src/train/schedule.h \
	src/train/spec.h \
	src/train/targets.c src/train/targets.h \
	src/train/times.c src/train/times.h \
	src/train/train.c src/train/train.h \
	src/train/trainer.c src/train/trainer.h src/train/trainer_parts.h \
	src/train/validation.c src/train/validation.h
libfmrun_a_SOURCES += $(TRAIN_SOURCES)

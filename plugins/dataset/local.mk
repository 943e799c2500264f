dataset_LTLIBRARIES += plugins/dataset/gaussian.la
plugins_dataset_gaussian_la_SOURCES = plugins/dataset/gaussian.c
plugins_dataset_gaussian_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_gaussian_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/gaussian_mixture.la
plugins_dataset_gaussian_mixture_la_SOURCES = plugins/dataset/gaussian_mixture.c
plugins_dataset_gaussian_mixture_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_gaussian_mixture_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/moons.la
plugins_dataset_moons_la_SOURCES = plugins/dataset/moons.c
plugins_dataset_moons_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_moons_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/checkerboard.la
plugins_dataset_checkerboard_la_SOURCES = plugins/dataset/checkerboard.c
plugins_dataset_checkerboard_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_checkerboard_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/idx.la
plugins_dataset_idx_la_SOURCES = plugins/dataset/idx.c
plugins_dataset_idx_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_idx_la_LIBADD = $(ZLIB_LIBS)

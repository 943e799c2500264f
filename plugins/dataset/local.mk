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

dataset_LTLIBRARIES += plugins/dataset/scurve.la
plugins_dataset_scurve_la_SOURCES = plugins/dataset/scurve.c
plugins_dataset_scurve_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_scurve_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/swissroll.la
plugins_dataset_swissroll_la_SOURCES = plugins/dataset/swissroll.c
plugins_dataset_swissroll_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_swissroll_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/circles.la
plugins_dataset_circles_la_SOURCES = plugins/dataset/circles.c
plugins_dataset_circles_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_circles_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/spirals.la
plugins_dataset_spirals_la_SOURCES = plugins/dataset/spirals.c
plugins_dataset_spirals_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_spirals_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/pinwheel.la
plugins_dataset_pinwheel_la_SOURCES = plugins/dataset/pinwheel.c
plugins_dataset_pinwheel_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_pinwheel_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/funnel.la
plugins_dataset_funnel_la_SOURCES = plugins/dataset/funnel.c
plugins_dataset_funnel_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_funnel_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/csv.la
plugins_dataset_csv_la_SOURCES = plugins/dataset/csv.c
plugins_dataset_csv_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_csv_la_LIBADD = -lm

dataset_LTLIBRARIES += plugins/dataset/npy.la
plugins_dataset_npy_la_SOURCES = plugins/dataset/npy.c
plugins_dataset_npy_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_dataset_npy_la_LIBADD = -lm

path_LTLIBRARIES += plugins/path/linear.la
plugins_path_linear_la_SOURCES = plugins/path/linear.c
plugins_path_linear_la_LDFLAGS = $(PLUGIN_LDFLAGS)

path_LTLIBRARIES += plugins/path/polynomial.la
plugins_path_polynomial_la_SOURCES = plugins/path/polynomial.c
plugins_path_polynomial_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_path_polynomial_la_LIBADD = -lm

path_LTLIBRARIES += plugins/path/cosine.la
plugins_path_cosine_la_SOURCES = plugins/path/cosine.c
plugins_path_cosine_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_path_cosine_la_LIBADD = -lm

path_LTLIBRARIES += plugins/path/linear_vp.la
plugins_path_linear_vp_la_SOURCES = plugins/path/linear_vp.c
plugins_path_linear_vp_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_path_linear_vp_la_LIBADD = -lm

path_LTLIBRARIES += plugins/path/vp.la
plugins_path_vp_la_SOURCES = plugins/path/vp.c
plugins_path_vp_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_path_vp_la_LIBADD = -lm

path_LTLIBRARIES += plugins/path/target_fm.la
plugins_path_target_fm_la_SOURCES = plugins/path/target_fm.c
plugins_path_target_fm_la_LDFLAGS = $(PLUGIN_LDFLAGS)

path_LTLIBRARIES += plugins/path/icfm.la
plugins_path_icfm_la_SOURCES = plugins/path/icfm.c
plugins_path_icfm_la_LDFLAGS = $(PLUGIN_LDFLAGS)

path_LTLIBRARIES += plugins/path/sb.la
plugins_path_sb_la_SOURCES = plugins/path/sb.c
plugins_path_sb_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_path_sb_la_LIBADD = -lm

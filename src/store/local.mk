libfmrun_a_SOURCES += \
	src/store/image.c src/store/image.h \
	src/store/migrate.c src/store/migrate.h \
	src/store/npy.c src/store/npy.h \
	src/store/query.c src/store/query.h \
	src/store/read_known.c src/store/read_known.h \
	src/store/read_result.c src/store/read_result.h \
	src/store/read_run.c src/store/read_run.h \
	src/store/read_sweep.c src/store/read_sweep.h \
	src/store/record_check.c src/store/record_check.h \
	src/store/record_run.c src/store/record_run.h \
	src/store/record_sampling.c src/store/record_sampling.h \
	src/store/record_sweep.c src/store/record_sweep.h \
	src/store/run_status.c src/store/run_status.h \
	src/store/sql.c src/store/sql.h \
	src/store/store.c src/store/store.h \
	src/store/tensor.c src/store/tensor.h \
	src/store/tensor_read.c src/store/tensor_read.h \
	src/store/tensor_write.c src/store/tensor_write.h

# The tables and views as C text, one string a line.
EXTRA_DIST += src/store/schema.sql src/store/views.sql
BUILT_SOURCES += src/store/schema_sql.h
CLEANFILES += src/store/schema_sql.h
FM_SQL_LINES = sed -e 's/["\\]/\\&/g' -e 's/.*/    "&\\n",/'
src/store/schema_sql.h: src/store/schema.sql src/store/views.sql
	$(AM_V_GEN)$(MKDIR_P) src/store && { \
	echo 'static const char *const schema_lines[] = {' && \
	$(FM_SQL_LINES) $(srcdir)/src/store/schema.sql && echo '    NULL};' && \
	echo 'static const char *const view_lines[] = {' && \
	$(FM_SQL_LINES) $(srcdir)/src/store/views.sql && echo '    NULL};'; } > $@.tmp && \
	mv $@.tmp $@
src/store/libfmrun_a-migrate.$(OBJEXT): src/store/schema_sql.h

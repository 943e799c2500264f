libfmrun_a_SOURCES += \
	src/config/document.c src/config/document.h \
	src/config/document_check.c src/config/document_check.h \
	src/config/document_edit.c src/config/document_edit.h \
	src/config/document_emit.c src/config/document_emit.h \
	src/config/document_error.c src/config/document_error.h \
	src/config/document_parse.c src/config/document_parse.h \
	src/config/host_options.c src/config/host_options.h \
	src/config/include.c src/config/include.h \
	src/config/option_default.c src/config/option_default.h \
	src/config/option_emit.c src/config/option_emit.h \
	src/config/option_range.c src/config/option_range.h \
	src/config/option_value.c src/config/option_value.h \
	src/config/options.c src/config/options.h \
	src/config/options_check.c src/config/options_check.h \
	src/config/scalar.c src/config/scalar.h \
	src/config/utf8.c src/config/utf8.h \
	src/config/yaml_value.c src/config/yaml_value.h

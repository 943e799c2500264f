libfmrun_a_SOURCES +=

# Tests of the whole program, as processes.
SHELL_TESTS = tests/test_resume.sh
TESTS += $(SHELL_TESTS)
dist_check_SCRIPTS += $(SHELL_TESTS)
EXTRA_DIST += tests/shell.sh
$(SHELL_TESTS:.sh=.log): fmrun$(EXEEXT)

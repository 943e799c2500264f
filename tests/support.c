#include <config.h>

#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *folder(const char *variable)
{
    const char *value = getenv(variable);
    return value ? value : ".";
}

const char *test_source_folder(void)
{
    return folder("FM_TEST_SOURCE");
}

const char *test_build_folder(void)
{
    return folder("FM_TEST_BUILD");
}

const char *test_scratch_folder(const char *name)
{
    static char path[4000], command[9000];
    (void)snprintf(path, sizeof path, "%s/tests/scratch/%s", test_build_folder(), name);
    (void)snprintf(command, sizeof command, "rm -rf '%s' && mkdir -p '%s'", path, path);
    ck_assert_int_eq(system(command), 0);
    return path;
}

int test_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Shared by all test programs.  Suite = module, tcase = property, test name = a sentence.
 * Never enter an OpenMP region in Check's parent process (main or an unchecked fixture). */
#ifndef FM_TESTS_SUPPORT_H
#define FM_TESTS_SUPPORT_H

#include <check.h>
#include <fmrun/status.h>
#include <stdlib.h>

/* Tests compare in double what the code computes in float. */
#pragma GCC diagnostic ignored "-Wdouble-promotion"

/* Fails the test with the error's message unless call gives FM_OK; err must be in scope. */
#define ck_ok(call) ck_assert_msg((call) == FM_OK, "%s", err.message)
/* Fails the test unless call gives `expected` and a message that contains `fragment`. */
#define ck_fails(call, expected, fragment)                                                 \
    do {                                                                                   \
        err = (struct fm_error){0};                                                        \
        ck_assert_int_eq((call), (expected));                                              \
        ck_assert_msg(strstr(err.message, (fragment)) != NULL, "message is: %s",           \
                      err.message);                                                        \
    } while (0)

/* The folders of the sources and of the build, and an empty scratch folder NAME below the
 * build folder's tests/scratch, emptied again by each call. */
const char *test_source_folder(void);
const char *test_build_folder(void);
const char *test_scratch_folder(const char *name);

/* Runs the suite, a process per test, and returns main's result. */
int test_main(Suite *suite);

#endif

/* Every solver plugin that the registry finds, with default options. */
#ifndef FM_TESTS_TEST_SOLVERS_H
#define FM_TESTS_TEST_SOLVERS_H

#include "host/registry.h"
#include "host/solver.h"
#include "plugin_support.h"
#include "support.h"

#include <string.h>

/* Options for solvers without defaults. */
static inline const char *test_solver_options(const char *name)
{
    return strcmp(name, "tableau") == 0
               ? "{a: [[0, 0, 0], [1/2, 0, 0], [-1, 2, 0]], b: [1/6, 2/3, 1/6],"
                 " b_hat: [0, 1, 0]}"
               : NULL;
}

/* Calls check(name, solver) for each; fails the test if there is none. */
static inline void test_every_solver(void (*check)(const char *, const struct fm_solver *))
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    struct fm_registry registry;
    const char **names = NULL;
    size_t n = 0;
    ck_ok(fm_registry_init(&registry, &arena, NULL, &err));
    ck_ok(fm_registry_names(&registry, FM_SOLVER, &names, &n, &err));
    ck_assert_uint_gt(n, 0);
    for (size_t i = 0; i < n; i++) {
        struct test_plugin t;
        test_plugin_open(&t, FM_SOLVER, names[i], test_solver_options(names[i]));
        struct fm_solver solver;
        ck_ok(fm_solver_open(&arena, t.plugin, t.options, &solver, &err));
        check(names[i], &solver);
        test_plugin_close(&t);
    }
    fm_arena_fini(&arena);
}

#endif

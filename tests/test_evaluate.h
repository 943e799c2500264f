/* One evaluation of a velocity, which must allocate nothing. */
#ifndef FM_TESTS_TEST_EVALUATE_H
#define FM_TESTS_TEST_EVALUATE_H

#include "base/arena.h"
#include "sample/velocity.h"
#include "support.h"

static inline void evaluate(const struct fm_velocity *velocity, size_t n, const size_t *row,
                            const double *t, const double *x, double *v)
{
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    struct fm_velocity_workspace w;
    ck_ok(fm_velocity_workspace(&arena, velocity, &w, &err));
    size_t n_takes = fm_arena_n_takes();
    ck_ok(fm_velocity_evaluate(velocity, &w, n, row, t, x, v, &err));
    ck_assert_uint_eq(fm_arena_n_takes(), n_takes);
    fm_arena_fini(&arena);
}

#endif

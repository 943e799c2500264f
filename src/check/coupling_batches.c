#include <config.h>

#include "check/coupling_batches.h"

#include <math.h>

static void fail(const struct fm_coupling_subject *s, const char *property,
                 enum fm_batch_kind kind, const char *what)
{
    fm_check_add_note(s->sink, property, fm_batch_names[kind], FM_CHECK_FAIL,
                      "%zu rows of %zu: %s", s->batch->n, s->batch->dim, what);
}

/* Whether each of 0 .. n - 1 is there once. */
static bool is_each_once(size_t n, const uint32_t *rows)
{
    bool is_there[FM_BATCH_MAX] = {false};
    for (size_t k = 0; k < n; k++) {
        if (is_there[rows[k]])
            return false;
        is_there[rows[k]] = true;
    }
    return true;
}

static bool is_sensible(const struct fm_coupling_report *r)
{
    return r->plan_cost >= 0 && r->plan_cost < HUGE_VAL && r->marginal_error >= 0
           && r->marginal_error <= 2;
}

/* False, and told, when one of the properties does not hold; which: "pairs", "each row once",
 * "report". */
static bool check_batch(struct fm_coupling_subject *s, enum fm_batch_kind kind,
                        bool told[3])
{
    struct fm_error err = {0};
    struct fm_batch *b = s->batch;
    if (fm_batch_pair(s->coupling, &s->arena, b, 1, 0, &err) != FM_OK) {
        if (!told[0])
            fail(s, "pairs", kind, err.message);
        return !(told[0] = true);
    }
    if (s->coupling->scheme.is_permutation && !told[1]
        && !(is_each_once(b->n, b->i0) && is_each_once(b->n, b->i1))) {
        fail(s, "each row once", kind, "one is in several pairs, another in none");
        told[1] = true;
    }
    if (!told[2] && !is_sensible(&b->report)) {
        fail(s, "report", kind, "plan cost or marginal error is not a number from 0 on");
        told[2] = true;
    }
    return true;
}

bool fm_check_batches(struct fm_coupling_subject *s)
{
    static const size_t sizes[] = {1, 2, 3, 4, 7, 32, 33, 64, 101};
    const size_t n_sizes = sizeof sizes / sizeof *sizes;
    bool told[3] = {false};
    fm_check_begin(s->sink, "pairs of batches of every kind");
    for (int kind = 0; kind < FM_N_BATCHES; kind++)
        for (size_t k = 0; k < n_sizes; k++)
            for (size_t dim = 1; dim <= FM_BATCH_MAX_DIM; dim += dim < 3 ? 1 : 7) {
                fm_batch_fill(s->batch, (enum fm_batch_kind)kind, sizes[k], dim,
                              (uint32_t)k);
                (void)check_batch(s, (enum fm_batch_kind)kind, told);
            }
    if (!told[0])
        fm_check_add_note(s->sink, "pairs", "", FM_CHECK_PASS,
                          "of 1 to 101 rows of 1 to 10 coordinates: of rows of the batch");
    if (!told[1] && s->coupling->scheme.is_permutation)
        fm_check_add_note(s->sink, "each row once", "", FM_CHECK_PASS,
                          "also with equal rows, huge and tiny numbers");
    if (!told[2])
        fm_check_add_note(s->sink, "report", "", FM_CHECK_PASS,
                          "plan cost and marginal error are numbers");
    return !told[0];
}

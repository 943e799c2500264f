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

/* Promises that some batch broke; the first break of each has a row. */
struct broken {
    bool pairs, permutation, plan;
};

static void check_batch(struct fm_coupling_subject *s, enum fm_batch_kind kind,
                        struct broken *broken)
{
    struct fm_error err = {0};
    struct fm_batch *b = s->batch;
    if (fm_batch_pair(s->coupling, &s->arena, b, 1, 0, &err) != FM_OK) {
        if (!broken->pairs)
            fail(s, "pairs", kind, err.message);
        broken->pairs = true;
        return;
    }
    if (s->coupling->scheme.is_permutation && !broken->permutation
        && !(is_each_once(b->n, b->i0) && is_each_once(b->n, b->i1))) {
        fail(s, "each row once", kind, "one row is in several pairs, another in none");
        broken->permutation = true;
    }
    if (!broken->plan && !is_sensible(&b->report)) {
        fail(s, "reported plan", kind,
             "plan_cost is not a number >= 0, or marginal_error not in [0, 2]");
        broken->plan = true;
    }
}

bool fm_check_batches(struct fm_coupling_subject *s)
{
    static const size_t sizes[] = {1, 2, 3, 4, 7, 32, 33, 64, 101},
                        dims[] = {1, 2, 3, FM_BATCH_MAX_DIM};
    struct broken broken = {false, false, false};
    fm_check_begin(s->sink, "pairs of batches of every kind");
    for (int kind = 0; kind < FM_N_BATCHES; kind++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
                fm_batch_fill(s->batch, (enum fm_batch_kind)kind, sizes[k], dims[d],
                              (uint32_t)k);
                check_batch(s, (enum fm_batch_kind)kind, &broken);
            }
    if (!broken.pairs)
        fm_check_add_note(
            s->sink, "pairs", "", FM_CHECK_PASS,
            "all indices are in range, with 1 to 101 rows of 1 to 10 coordinates");
    if (!broken.permutation && s->coupling->scheme.is_permutation)
        fm_check_add_note(s->sink, "each row once", "", FM_CHECK_PASS,
                          "also with equal rows, huge and tiny numbers");
    if (!broken.plan)
        fm_check_add_note(s->sink, "reported plan", "", FM_CHECK_PASS,
                          "plan_cost and marginal_error are in range");
    return !broken.pairs;
}

/* All checks of a coupling; those of its pairs on batches of every kind and size are here. */
#include <config.h>

#include "check/coupling.h"

#include "base/error.h"
#include "base/stream.h"
#include "check/coupling_parts.h"

#include <math.h>
#include <string.h>

const char *const fm_batch_names[FM_N_BATCHES] = {
    "normal", "equal rows", "one row", "huge numbers", "tiny numbers", "far away"};

void fm_batch_fill(struct fm_batch *batch, enum fm_batch_kind kind, size_t n, size_t dim,
                   uint32_t index)
{
    static const double scales[FM_N_BATCHES] = {1, 1, 0, 1e60, 1e-60, 1};
    FM_ASSERT(n <= FM_BATCH_MAX && dim <= FM_BATCH_MAX_DIM);
    batch->n = n;
    batch->dim = dim;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r0 = fm_rng_at((struct fm_stream){5, 1, index}, i);
        struct fm_rng r1 = fm_rng_at((struct fm_stream){5, 2, index}, i);
        for (size_t j = 0; j < dim; j++) {
            double z0 = fm_rng_normal(&r0), z1 = 0.5 * fm_rng_normal(&r1) + 1;
            if (kind == FM_BATCH_GRID) {
                z0 = floor(z0);
                z1 = floor(z1);
            }
            batch->x0[i * dim + j] = 0.25 + scales[kind] * z0;
            batch->x1[i * dim + j] = 0.25 + scales[kind] * z1;
            if (kind == FM_BATCH_TINY) {
                batch->x0[i * dim + j] = scales[kind] * z0;
                batch->x1[i * dim + j] = scales[kind] * z1;
            }
            batch->x1[i * dim + j] += kind == FM_BATCH_FAR ? 1e5 : 0;
        }
    }
}

enum fm_status fm_batch_pair(const struct fm_coupling *coupling, struct fm_arena *arena,
                             struct fm_batch *batch, uint64_t seed, uint32_t step,
                             struct fm_error *err)
{
    const struct fm_coupling_batch rows = {.n = batch->n,
                                           .dim = batch->dim,
                                           .x0 = batch->x0,
                                           .x1 = batch->x1,
                                           .noise = {seed, FM_STREAM_TRAIN_COUPLING, step},
                                           .i0 = batch->i0,
                                           .i1 = batch->i1};
    memset(batch->i0, 0xff, sizeof batch->i0); /* so that what is not written is seen */
    memset(batch->i1, 0xff, sizeof batch->i1);
    enum fm_status status = fm_coupling_pair(coupling, arena, &rows, &batch->report, err);
    fm_arena_reset(arena);
    return status;
}

/* ---- batches of every kind and size ---- */

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

/* ---- all ---- */

enum fm_status fm_check_coupling(const struct fm_check_sink *sink,
                                 const struct fm_coupling *coupling, struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct fm_coupling_subject s = {
        .sink = sink,
        .coupling = coupling,
        .batch = FM_NEW(&arena, 1, struct fm_batch),
        .other = FM_NEW(&arena, 1, struct fm_batch),
    };
    enum fm_status status = !s.batch || !s.other ? fm_out_of_memory(err) : FM_OK;
    if (status == FM_OK && !coupling->ops->pair) {
        fm_check_add_note(sink, "pairs", "", FM_CHECK_PASS,
                          "rows as they come: there is nothing that could go wrong");
    } else if (status == FM_OK && fm_check_batches(&s)) {
        fm_check_marginals(&s);
        fm_check_pair_cost(&s);
        fm_check_pair_bits(&s);
        fm_check_pair_noise(&s);
    }
    fm_arena_fini(&s.arena);
    fm_arena_fini(&arena);
    return status;
}

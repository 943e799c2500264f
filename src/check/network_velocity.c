#include <config.h>

#include "check/network_velocity.h"

#include "base/error.h"
#include "check/at_once.h"

#include <math.h>
#include <string.h>

/* ---- the same bits ---- */

enum { N_ROWS = FM_NETWORK_ROWS };

struct bits {
    const struct fm_network_subject *subject;
    struct fm_velocity_workspace workspaces[FM_CHECK_THREADS];
    double t[N_ROWS], *x; /* x: states */
    double *first, *other, *to;
    size_t block; /* rows of an item */
    bool have_failed[N_ROWS];
    struct fm_error errors[FM_CHECK_THREADS];
};

/* Fills a closed form's scratch with garbage, as if an earlier call had left it. */
static void spoil(const struct bits *b, size_t thread)
{
    const struct fm_velocity *v = &b->subject->velocity;
    if (!v->net && v->form.scratch_bytes > 0)
        memset(b->workspaces[thread].scratch, 0xa5, v->form.scratch_bytes);
}

static void evaluate_item(void *context, size_t item, size_t thread)
{
    struct bits *b = context;
    const size_t width = b->subject->velocity.dim, begin = item * b->block,
                 n = N_ROWS - begin < b->block ? N_ROWS - begin : b->block;
    size_t rows[FM_BLOCK_ROWS];
    for (size_t i = 0; i < n; i++)
        rows[i] = begin + i;
    spoil(b, thread);
    b->have_failed[item] =
        fm_velocity_evaluate(&b->subject->velocity, &b->workspaces[thread], n, rows,
                             b->t + begin, b->x + begin * width, b->to + begin * width,
                             &b->errors[thread])
        != FM_OK;
}

/* Evaluates all rows into `to`; false: a call fails, with a row that says so. */
static bool evaluate(struct bits *b, double *to, size_t block, size_t n_threads)
{
    const size_t most = fm_velocity_block_rows(&b->subject->velocity);
    b->block = block < most ? block : most;
    b->to = to;
    const size_t n = (N_ROWS + b->block - 1) / b->block;
    memset(b->have_failed, 0, sizeof b->have_failed);
    if (n_threads > 0)
        fm_check_at_once(n_threads, n, evaluate_item, b);
    for (size_t i = n; n_threads == 0 && i-- > 0;) /* the last block first */
        evaluate_item(b, i, 0);
    for (size_t i = 0; i < n; i++)
        if (b->have_failed[i]) {
            size_t k = 0;
            while (k < FM_CHECK_THREADS - 1 && !b->errors[k].message[0])
                k++;
            fm_network_error(b->subject, "same bits", &b->errors[k]);
            return false;
        }
    return true;
}

static bool same(struct bits *b, size_t block, size_t n_threads, const char *what)
{
    const size_t bytes = N_ROWS * b->subject->velocity.dim * sizeof *b->first;
    memset(b->other, 0, bytes);
    if (!evaluate(b, b->other, block, n_threads))
        return false;
    if (memcmp(b->first, b->other, bytes) == 0)
        return true;
    fm_network_note(b->subject, "same bits", false, what);
    return false;
}

static enum fm_status open_bits(struct bits *b, const struct fm_network_subject *s,
                                struct fm_error *err)
{
    const size_t width = s->velocity.dim;
    b->subject = s;
    b->x = FM_NEW(s->arena, N_ROWS * width, double);
    b->first = FM_NEW(s->arena, N_ROWS * width, double);
    b->other = FM_NEW(s->arena, N_ROWS * width, double);
    if (!b->x || !b->first || !b->other)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < FM_CHECK_THREADS; i++)
        FM_TRY(fm_velocity_workspace(s->arena, &s->velocity, &b->workspaces[i], err));
    fm_network_fill(b->x, N_ROWS * width, 1.5, 1);
    struct fm_rng r = fm_rng_at((struct fm_stream){11, 3, 0}, 0);
    for (size_t i = 0; i < N_ROWS; i++) /* every fifth row shares its predecessor's time */
        b->t[i] = i % 5 == 4 ? b->t[i - 1] : fm_rng_uniform(&r);
    b->t[0] = 0;
    b->t[1] = 1;
    return FM_OK;
}

enum fm_status fm_check_network_bits(const struct fm_network_subject *s, bool *is_same,
                                     struct fm_error *err)
{
    struct bits *b = FM_NEW(s->arena, 1, struct bits);
    if (!b)
        return fm_out_of_memory(err);
    FM_TRY(open_bits(b, s, err));
    fm_check_begin(s->sink, "same bits");
    *is_same = evaluate(b, b->first, FM_BLOCK_ROWS, 1)
               && same(b, FM_BLOCK_ROWS, 1, "other numbers the second time")
               && same(b, FM_BLOCK_ROWS, 0, "other numbers in another order of blocks")
               && same(b, 3, 1, "other numbers in blocks of three rows")
               && same(b, 1, 1, "other numbers for a row alone")
               && same(b, 3, 2, "other numbers on two threads")
               && same(b, 1, 3, "other numbers on three threads");
    if (*is_same)
        fm_network_note(s, "same bits", true,
                        "again, in blocks of 1, 3 and 64 rows, on 1 to 3 threads");
    return FM_OK;
}

/* ---- values ---- */

/* v of one row; false: the call fails, with a row that says so. */
static bool evaluate_row(const struct fm_network_subject *s,
                         struct fm_velocity_workspace *w, double t, const double *x,
                         double *v)
{
    struct fm_error err = {0};
    const size_t row = 0;
    if (fm_velocity_evaluate(&s->velocity, w, 1, &row, &t, x, v, &err) == FM_OK)
        return true;
    fm_network_error(s, "finite", &err);
    return false;
}

static bool check_finite(const struct fm_network_subject *s,
                         struct fm_velocity_workspace *w, double largest, double *x,
                         double *v)
{
    static const double times[] = {0, 5e-324, 1e-9, 0.5, 1 - 1e-9, 1 - 0x1p-53, 1};
    const double scales[] = {0, 1, sqrt(largest), largest};
    for (size_t k = 0; k < sizeof times / sizeof *times; k++)
        for (uint32_t i = 0; i < 4 * sizeof scales / sizeof *scales; i++) {
            const double scale = scales[i / 4];
            double sum = 0;
            fm_network_fill(x, s->velocity.dim, scale, 10 + i);
            if (!evaluate_row(s, w, times[k], x, v))
                return false;
            for (size_t j = 0; j < s->velocity.dim; j++)
                sum += isfinite(v[j]) ? 0 : 1;
            if (sum > 0) {
                fm_check_add_note(
                    s->sink, "finite", s->problem, FM_CHECK_FAIL,
                    "v or its derivative is not finite at t = %.10g, x of size %g",
                    times[k], scale);
                return false;
            }
        }
    fm_check_add_note(s->sink, "finite", s->problem, FM_CHECK_PASS,
                      "from t = 0 to t = 1, x of sizes 0 to %g", largest);
    return true;
}

/* Whether v depends on x and t: information, not failure, for either can be intended. */
static void check_dependence(const struct fm_network_subject *s,
                             struct fm_velocity_workspace *w, double *x, double *v,
                             double *other)
{
    bool by_x = false, by_t = false;
    for (uint32_t i = 0; i < 8; i++) {
        const double t = (i + 0.5) / 8;
        fm_network_fill(x, s->velocity.dim, 1, 40 + i);
        if (!evaluate_row(s, w, t, x, v) || !evaluate_row(s, w, 1 - t / 3, x, other))
            return;
        by_t = by_t || memcmp(v, other, s->dim * sizeof *v) != 0;
        for (size_t j = 0; j < s->dim; j++)
            x[j] += 0.5;
        if (!evaluate_row(s, w, t, x, other))
            return;
        by_x = by_x || memcmp(v, other, s->dim * sizeof *v) != 0;
    }
    fm_check_add_note(s->sink, "dependence", s->problem,
                      by_x && by_t ? FM_CHECK_PASS : FM_CHECK_INFO, "%s",
                      by_x && by_t ? "v depends on x and t"
                      : by_x       ? "v does not depend on t"
                      : by_t       ? "v does not depend on x"
                                   : "v depends neither on x nor on t");
}

enum fm_status fm_check_network_values(const struct fm_network_subject *s, double largest,
                                       struct fm_error *err)
{
    struct fm_velocity_workspace w;
    double *x = FM_NEW(s->arena, s->velocity.dim, double),
           *v = FM_NEW(s->arena, s->velocity.dim, double),
           *other = FM_NEW(s->arena, s->velocity.dim, double);
    if (!x || !v || !other)
        return fm_out_of_memory(err);
    FM_TRY(fm_velocity_workspace(s->arena, &s->velocity, &w, err));
    fm_check_begin(s->sink, "values");
    if (check_finite(s, &w, largest, x, v))
        check_dependence(s, &w, x, v, other);
    return FM_OK;
}

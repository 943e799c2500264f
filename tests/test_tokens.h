/* For test_norm, test_attention and test_pool: a net of one operation on a = x + table,
 * compared with plain loops.  The table's gradient is the operation's input gradient, summed
 * over rows. */
#ifndef FM_TESTS_TEST_TOKENS_H
#define FM_TESTS_TEST_TOKENS_H

#include "base/arena.h"
#include "base/isa.h"
#include "nn/net.h"
#include "support.h"

#include <fmrun/rng.h>
#include <math.h>
#include <string.h>

#define TEST_U 0x1p-24 /* half the distance from 1 to the next float */
enum { TEST_MAX_PARAMETERS = 3 };

struct tokens {
    struct fm_arena arena;
    struct fm_net *net;
    size_t dim, n; /* entries of a row; rows */
    struct fm_net_workspace *forward, *reverse, *jvp;
    float *theta, *gradient;
    float *x, *a, *dx, *g; /* [n][dim]: input, with the table, tangent, output gradient */
    float *parameter[TEST_MAX_PARAMETERS]; /* as exported; the table is number 0 */
    float *d_parameter[TEST_MAX_PARAMETERS];
    float *y, *dy; /* [n][dim]: results of forward and of forward mode */
    double t[FM_BLOCK_ROWS];
};

static inline void tokens_fill(float *to, size_t n, double mean, double deviation,
                               uint32_t step)
{
    struct fm_rng r = fm_rng_at((struct fm_stream){21, 1, step}, 0);
    for (size_t i = 0; i < n; i++)
        to[i] = (float)(mean + deviation * fm_rng_normal(&r));
}

static inline size_t tokens_size(const struct fm_parameter *p)
{
    return p->n_taps * p->n_rows * p->n_columns;
}

/* At most n rows; x and parameters are normal, x around `mean`. */
static inline void tokens_open(struct tokens *s, size_t dim, size_t n,
                               void (*build)(const void *, struct fm_graph *),
                               const void *options, double mean, double deviation)
{
    struct fm_error err = {0};
    const struct fm_sample_shape shape = {.dim = dim};
    *s = (struct tokens){.dim = dim};
    ck_ok(fm_net_compile(&s->arena, &shape, build, options, &s->net, &err));
    s->n = n < fm_net_block_rows(s->net) ? n : fm_net_block_rows(s->net);
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_FORWARD, &s->forward, &err));
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_REVERSE, &s->reverse, &err));
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_JVP, &s->jvp, &err));
    s->theta = FM_NEW(&s->arena, fm_net_block_size(s->net), float);
    s->gradient = FM_NEW(&s->arena, fm_net_block_size(s->net), float);
    float **const rows[] = {&s->x, &s->a, &s->dx, &s->g, &s->y, &s->dy};
    for (uint32_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        *rows[k] = FM_NEW(&s->arena, s->n * dim, float);
        tokens_fill(*rows[k], s->n * dim, k == 0 ? mean : 0, k == 0 ? deviation : 1, k);
    }
    size_t n_parameters;
    const struct fm_parameter *p = fm_net_parameters(s->net, &n_parameters);
    ck_assert_uint_le(n_parameters, TEST_MAX_PARAMETERS);
    for (size_t k = 0; k < n_parameters; k++) {
        s->parameter[k] = FM_NEW(&s->arena, tokens_size(&p[k]), float);
        s->d_parameter[k] = FM_NEW(&s->arena, tokens_size(&p[k]), float);
        tokens_fill(s->parameter[k], tokens_size(&p[k]), 0, 1, (uint32_t)(10 + k));
        fm_parameter_import(&p[k], s->parameter[k], s->theta);
    }
    for (size_t i = 0; i < s->n * dim; i++)
        s->a[i] = s->x[i] + s->parameter[0][i % dim];
}

static inline void tokens_close(struct tokens *s)
{
    fm_arena_fini(&s->arena);
}

static inline void tokens_copy(const struct tokens *s, const float *from, float *to)
{
    for (size_t i = 0; i < s->n; i++)
        memcpy(to + i * s->dim, from + i * fm_padded(s->dim), s->dim * sizeof *to);
}

/* Fills y, dy and d_parameter with the instruction set in use.  A workspace for forward mode
 * alone must give the same y. */
static inline void tokens_run(struct tokens *s)
{
    const struct fm_net_input input = {.t = s->t, .x = s->x};
    size_t n_parameters;
    const struct fm_parameter *p = fm_net_parameters(s->net, &n_parameters);
    tokens_copy(s, fm_net_forward(s->net, s->theta, s->forward, s->n, &input), s->dy);
    tokens_copy(s, fm_net_forward(s->net, s->theta, s->reverse, s->n, &input), s->y);
    ck_assert_mem_eq(s->y, s->dy, s->n * s->dim * sizeof *s->y);
    tokens_copy(s, fm_net_forward(s->net, s->theta, s->jvp, s->n, &input), s->dy);
    ck_assert_mem_eq(s->y, s->dy, s->n * s->dim * sizeof *s->y);
    tokens_copy(s, fm_net_jvp(s->net, s->theta, s->jvp, s->dx), s->dy);
    float *dv = fm_net_output_gradient(s->net, s->reverse);
    memset(dv, 0, s->n * fm_padded(s->dim) * sizeof *dv);
    for (size_t i = 0; i < s->n; i++)
        memcpy(dv + i * fm_padded(s->dim), s->g + i * s->dim, s->dim * sizeof *dv);
    fm_net_reverse(s->net, s->theta, NULL, s->reverse, false, s->gradient);
    for (size_t k = 0; k < n_parameters; k++)
        fm_parameter_export(&p[k], s->gradient, s->d_parameter[k]);
}

/* |actual_i - expected_i| <= bound_i; bounds are in units of TEST_U. */
static inline void tokens_compare(const char *what, size_t n, const float *actual,
                                  const double *expected, const double *bound)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)actual[i] - expected[i]) <= bound[i] * TEST_U))
            ck_abort_msg("%s, kernel %s: entry %zu is %.9g, expected %.9g +- %.3g", what,
                         fm_isa_name(), i, (double)actual[i], expected[i],
                         bound[i] * TEST_U);
}

static const char *const tokens_isas[] = {"portable", "avx2", "avx512"};
enum { TOKENS_N_ISAS = 3 };

#endif

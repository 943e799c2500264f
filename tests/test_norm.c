/* Group and layer norm in float compared with plain loops in double. */
#include <config.h>

#include "nn/kernel.h"
#include "test_tokens.h"

struct shape {
    size_t n_tokens, width, n_groups; /* n_groups 0: layer norm */
    double mean, deviation;
    bool is_activated;
};

static void build(const void *options, struct fm_graph *g)
{
    const struct shape *o = options;
    struct fm_node h = fm_reshape(g, fm_input_x(g), 1, o->n_tokens, o->width);
    h = fm_position(g, h);
    h = o->n_groups > 0 ? fm_group_norm(g, h, o->n_groups) : fm_layer_norm(g, h);
    if (o->is_activated)
        h = fm_activation(g, h, FM_ACTIVATION_SILU);
    fm_output(g, fm_reshape(g, h, 1, 1, fm_sample_dim(g)));
}

/* ---- the reference ---- */

/* Results and bounds of their errors, [dim] of one row, or [width] summed over rows. */
struct reference {
    double *y, *dy, *da, *h, *error; /* error: of h */
    double *y_bound, *dy_bound, *da_bound;
    double *dscale, *dshift, *dscale_bound, *dshift_bound;
};

enum { N_ARRAYS = 12 };

static struct reference reference_of(struct tokens *s)
{
    double *f[N_ARRAYS];
    for (size_t k = 0; k < N_ARRAYS; k++)
        f[k] = FM_NEW(&s->arena, s->dim, double);
    return (struct reference){f[0], f[1], f[2], f[3], f[4],  f[5],
                              f[6], f[7], f[8], f[9], f[10], f[11]};
}

/* The entries of a row with common moments: lines of `columns` neighbours. */
struct part {
    size_t first, lines, columns, stride;
};

static size_t entry(const struct part *p, size_t k)
{
    return p->first + k / p->columns * p->stride + k % p->columns;
}

/* h = (a - mean) / deviation.  Computed: the mean is rounded to u |mean|, from deviations
 * summed with 16 terms to a float, up to 4 more and then in double, so with 22 u of their
 * mean size, which is at most the deviation.  The variance: 22 u relative and what that mean
 * does, together 22 u after the root; difference and products round 4 times.
 * |h' - h| <= u (|mean| / deviation + 24 + 26 |h|). */
static double moments(const struct part *p, const float *a, struct reference *r)
{
    const size_t size = p->lines * p->columns;
    double mean = 0, variance = 0;
    for (size_t k = 0; k < size; k++)
        mean += (double)a[entry(p, k)] / (double)size;
    for (size_t k = 0; k < size; k++)
        variance += pow((double)a[entry(p, k)] - mean, 2) / (double)size;
    const double deviation = sqrt(variance + 1e-5);
    for (size_t k = 0; k < size; k++) {
        size_t at = entry(p, k);
        r->h[at] = ((double)a[at] - mean) / deviation;
        r->error[at] = fabs(mean) / deviation + 24 + 26 * fabs(r->h[at]);
    }
    return deviation;
}

/* to = (u - mean u - h mean(u h)) / deviation, times `after` where given; u = from times
 * `before` where given.  The three terms have errors of at most 30 u of the size of what they
 * are made from, and that of h, twice in the last. */
static void change(const struct part *p, double deviation, const struct reference *r,
                   size_t width, const float *from, const float *before, const float *after,
                   double *to, double *bound)
{
    const size_t size = p->lines * p->columns;
    double sum = 0, product = 0, size_sum = 0, size_product = 0, error = 0;
    for (size_t k = 0; k < size; k++) {
        size_t at = entry(p, k);
        double u = (double)from[at] * (before ? (double)before[at % width] : 1);
        sum += u / (double)size;
        product += u * r->h[at] / (double)size;
        size_sum += fabs(u) / (double)size;
        size_product += fabs(u * r->h[at]) / (double)size;
        error += fabs(u) * r->error[at] / (double)size;
    }
    for (size_t k = 0; k < size; k++) {
        size_t at = entry(p, k);
        double u = (double)from[at] * (before ? (double)before[at % width] : 1);
        double factor = (after ? (double)after[at % width] : 1) / deviation;
        to[at] = factor * (u - sum - r->h[at] * product);
        bound[at] = fabs(factor)
                    * (30 * (fabs(u) + size_sum + fabs(r->h[at]) * size_product)
                       + fabs(r->h[at]) * error + size_product * r->error[at]);
    }
}

static double silu(double x)
{
    return x / (1 + exp(-x));
}

/* y = f(h scale + shift); silu is no steeper than 1.1, and its own error 3 u of its size. */
static void values(const struct tokens *s, const struct shape *o, struct reference *r)
{
    const float *scale = s->parameter[1], *shift = s->parameter[2];
    for (size_t j = 0; j < s->dim; j++) {
        size_t c = j % o->width;
        double z = r->h[j] * (double)scale[c] + (double)shift[c];
        double error = fabs((double)scale[c]) * r->error[j] + 2 * fabs(z);
        r->y[j] = o->is_activated ? silu(z) : z;
        r->y_bound[j] = o->is_activated ? 1.1 * error + 3 * fmax(1, fabs(z)) : error;
    }
}

/* Sums in float over all lines of the block: 16, then up to 64 more, and rows. */
static void parameters(const struct tokens *s, const struct shape *o, size_t row,
                       struct reference *r)
{
    for (size_t j = 0; j < s->dim; j++) {
        double g = (double)s->g[row * s->dim + j];
        size_t c = j % o->width;
        r->dscale[c] += g * r->h[j];
        r->dshift[c] += g;
        r->dscale_bound[c] += fabs(g) * (r->error[j] + 100 * fabs(r->h[j]));
        r->dshift_bound[c] += 100 * fabs(g);
    }
}

/* Computes row number `row` and adds to the sums over rows. */
static void plain_row(const struct tokens *s, const struct shape *o, size_t row,
                      struct reference *r)
{
    const size_t n_parts = o->n_groups > 0 ? o->n_groups : o->n_tokens;
    const float *scale = s->parameter[1];
    for (size_t k = 0; k < n_parts; k++) {
        size_t columns = o->n_groups > 0 ? o->width / o->n_groups : o->width;
        struct part p = {k * columns, o->n_groups > 0 ? o->n_tokens : 1, columns, o->width};
        double deviation = moments(&p, s->a + row * s->dim, r);
        change(&p, deviation, r, o->width, s->g + row * s->dim, scale, NULL, r->da,
               r->da_bound);
        change(&p, deviation, r, o->width, s->dx + row * s->dim, NULL, scale, r->dy,
               r->dy_bound);
    }
    values(s, o, r);
    parameters(s, o, row, r);
}

/* ---- tests ---- */

static const struct shape shapes[] = {
    {1, 5, 1, 0, 1, false},      {1, 34, 17, 0, 1, false},    {2, 6, 3, 0, 1, false},
    {17, 17, 17, 0, 1, false},   {49, 64, 8, 0, 1, false},    {300, 24, 3, 0, 1, false},
    {784, 16, 4, 0, 1, false},   {784, 16, 1, 1e3, 1, false}, {1000, 48, 2, 0, 30, false},
    {2000, 3, 1, -50, 1, false}, {49, 20, 2, 0, 1, true},     {1, 5, 0, 0, 1, false},
    {7, 17, 0, 0, 1, false},     {49, 64, 0, 0, 1, false},    {300, 24, 0, 0, 1, false},
    {3, 300, 0, 1e3, 1, false},  {2, 1030, 0, 0, 1, false},   {1, 256, 0, -50, 1, false},
    {33, 48, 0, 0, 30, false},   {19, 20, 0, 0, 1, true},     {784, 16, 0, 1e3, 1, false},
};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

static void compare(struct tokens *s, const struct shape *o, struct reference *r)
{
    char title[64];
    double *sum = FM_NEW(&s->arena, s->dim, double);
    double *bound = FM_NEW(&s->arena, s->dim, double);
    (void)snprintf(title, sizeof title, "%zu x %zu, %zu groups", o->n_tokens, o->width,
                   o->n_groups);
    for (size_t j = 0; j < o->width; j++)
        r->dscale[j] = r->dshift[j] = r->dscale_bound[j] = r->dshift_bound[j] = 0;
    for (size_t i = 0; i < s->n; i++) {
        plain_row(s, o, i, r);
        tokens_compare(title, s->dim, s->y + i * s->dim, r->y, r->y_bound);
        if (o->is_activated)
            continue;
        tokens_compare(title, s->dim, s->dy + i * s->dim, r->dy, r->dy_bound);
        for (size_t j = 0; j < s->dim; j++) {
            sum[j] += r->da[j];
            bound[j] += r->da_bound[j] + (double)s->n * fabs(r->da[j]);
        }
    }
    if (o->is_activated)
        return;
    tokens_compare(title, s->dim, s->d_parameter[0], sum, bound);
    tokens_compare(title, o->width, s->d_parameter[1], r->dscale, r->dscale_bound);
    tokens_compare(title, o->width, s->d_parameter[2], r->dshift, r->dshift_bound);
}

START_TEST(norms_are_the_plain_ones_in_all_modes)
{
    const struct shape *o = &shapes[_i];
    struct tokens s;
    tokens_open(&s, o->n_tokens * o->width, 3, build, o, o->mean, o->deviation);
    struct reference r = reference_of(&s);
    for (size_t k = 0; k < TOKENS_N_ISAS; k++)
        if (fm_isa_force(tokens_isas[k])) {
            tokens_run(&s);
            compare(&s, o, &r);
        }
    tokens_close(&s);
}
END_TEST

/* Equal entries equal their mean, so that only the shift remains. */
START_TEST(a_constant_becomes_the_shift)
{
    const struct shape *o = &shapes[_i];
    struct tokens s;
    tokens_open(&s, o->n_tokens * o->width, 3, build, o, 0, 0);
    size_t n_parameters;
    const struct fm_parameter *p = fm_net_parameters(s.net, &n_parameters);
    memset(s.parameter[0], 0, s.dim * sizeof *s.x);
    fm_parameter_import(&p[0], s.parameter[0], s.theta);
    for (size_t j = 0; j < s.n * s.dim; j++)
        s.x[j] = 12345.678f;
    for (size_t k = 0; k < TOKENS_N_ISAS; k++)
        if (fm_isa_force(tokens_isas[k]) && !o->is_activated) {
            tokens_run(&s);
            for (size_t j = 0; j < s.n * s.dim; j++)
                ck_assert(s.y[j] == s.parameter[2][j % o->width]);
        }
    tokens_close(&s);
}
END_TEST

START_TEST(nan_affects_its_group_only)
{
    const struct shape *o = &shapes[_i];
    struct tokens s;
    tokens_open(&s, o->n_tokens * o->width, 3, build, o, o->mean, o->deviation);
    const size_t bad = (s.n - 1) * s.dim + s.dim / 2; /* in the last row */
    s.x[bad] = NAN;
    for (size_t k = 0; k < TOKENS_N_ISAS; k++) {
        if (!fm_isa_force(tokens_isas[k]))
            continue;
        const struct fm_net_input input = {.t = s.t, .x = s.x};
        tokens_copy(&s, fm_net_forward(s.net, s.theta, s.forward, s.n, &input), s.y);
        for (size_t j = 0; j < s.n * s.dim; j++) {
            size_t columns = o->n_groups > 0 ? o->width / o->n_groups : o->width;
            bool is_same = o->n_groups > 0
                               ? j % o->width / columns == bad % o->width / columns
                               : j / o->width == bad / o->width;
            bool is_spoiled = j / s.dim == bad / s.dim && is_same;
            ck_assert_msg(is_spoiled == (isnan(s.y[j]) != 0), "shape %d, entry %zu", _i, j);
        }
    }
    tokens_close(&s);
}
END_TEST

/* The padding of a may have any values; that of gradients is zero. */
START_TEST(padding_of_the_input_does_not_affect_gradients)
{
    enum { WIDTH = 5, N = 3 };
    float x[N * FM_PANEL], y[N * FM_PANEL], from[N * FM_PANEL], to[N * FM_PANEL];
    float scale[FM_PANEL] = {1, 2, 3, 4, 5}, moments[2 * N], scratch[10 * FM_PANEL];
    float dscale[FM_PANEL] = {0}, dshift[FM_PANEL] = {0};
    for (size_t i = 0; i < N * FM_PANEL; i++) {
        bool is_true = i % FM_PANEL < WIDTH;
        x[i] = is_true ? (float)(i * i % 7) : NAN;
        from[i] = is_true ? 1 + (float)(i % 3) : 0;
    }
    const struct fm_norm s = {.n = 1,
                              .n_positions = N,
                              .width = WIDTH,
                              .n_groups = (size_t)_i,
                              .x = x,
                              .scale = scale,
                              .shift = scale,
                              .y = y,
                              .moments = moments,
                              .scratch = scratch};
    const struct fm_norm_change d = {
        .is_reverse = true, .from = from, .to = to, .dscale = dscale, .dshift = dshift};
    for (size_t k = 0; k < TOKENS_N_ISAS; k++) {
        if (!fm_isa_force(tokens_isas[k]))
            continue;
        fm_kernel()->norm(&s);
        fm_kernel()->norm_change(&s, &d);
        for (size_t i = 0; i < N * FM_PANEL; i++)
            if (i % FM_PANEL < WIDTH)
                ck_assert(isfinite(y[i]) && isfinite(to[i]));
            else
                ck_assert(to[i] == 0);
        for (size_t j = WIDTH; j < FM_PANEL; j++)
            ck_assert(dscale[j] == 0 && dshift[j] == 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("norm");
    TCase *norm = tcase_create("norm");
    tcase_add_loop_test(norm, norms_are_the_plain_ones_in_all_modes, 0, N_SHAPES);
    tcase_add_loop_test(norm, a_constant_becomes_the_shift, 0, N_SHAPES);
    tcase_add_loop_test(norm, nan_affects_its_group_only, 0, N_SHAPES);
    tcase_add_loop_test(norm, padding_of_the_input_does_not_affect_gradients, 0, 2);
    suite_add_tcase(suite, norm);
    return test_main(suite);
}

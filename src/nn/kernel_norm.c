/* Group and layer norm.
 *
 * Means are computed in two passes: the mean of the values, rounded, and the mean of the deviations
 * from it, which corrects its error.  So errors are those of rounding values and results, however
 * far the mean is from 0.  Sums of BLOCK terms are in float; sums of blocks are in double along a
 * line, and compensated down columns (Kahan 1965, doi:10.1145/363707.363723). */
#include <config.h>

#include "nn/kernel_norm.h"

#include "nn/kernel_pointwise.h"
#include "nn/kernel_vector.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 16 }; /* lines, and panels of a line */
#define EPSILON 1e-5

/* Which two sums are computed, with t = x - mean.  A constant at every call. */
enum sum {
    OF_VALUES,      /* x, and no other */
    OF_DEVIATIONS,  /* t and t^2 */
    OF_PAIRS,       /* u and u t */
    OF_SCALED_PAIRS /* u scale and u scale t */
};

INLINE void add_terms(const enum sum kind, const fm_real *x, vector mean, const fm_real *u,
                      vector scale, vector *a, vector *b)
{
    const vector t = load(x) - mean;
    if (kind == OF_VALUES) {
        *a += load(x);
    } else if (kind == OF_DEVIATIONS) {
        *a += t;
        *b += t * t;
    } else {
        const vector y = kind == OF_PAIRS ? load(u) : load(u) * scale;
        *a += y;
        *b += y * t;
    }
}

/* Zeroes the padding of n lines. */
static void clear_padding(size_t n, size_t width, fm_real *lines)
{
    const size_t stride = fm_padded(width);
    for (size_t i = 0; i < n && width < stride; i++)
        memset(lines + i * stride + width, 0, (stride - width) * sizeof *lines);
}

/* ---- group norm: numbers for each channel, in panels ---- */

struct channels {
    fm_real *mean, *first, *second, *third;
    fm_real *sum, *lost, *square, *square_lost; /* totals: sum - lost */
};

static struct channels channels_of(const struct fm_norm *s)
{
    const size_t stride = fm_padded(s->width);
    fm_real *f = s->scratch;
    memset(f, 0, 4 * stride * sizeof *f); /* the padding must be finite */
    return (struct channels){f,
                             f + stride,
                             f + 2 * stride,
                             f + 3 * stride,
                             f + 4 * stride,
                             f + 5 * stride,
                             f + 6 * stride,
                             f + 7 * stride};
}

INLINE void add_compensated(vector x, fm_real *sum, fm_real *lost)
{
    vector before = load(sum), y = x - load(lost), after = before + y;
    store(sum, after);
    store(lost, (after - before) - y);
}

/* Sums of each channel over the lines of one row. */
INLINE void channel_totals(const enum sum kind, const struct fm_norm *s, const fm_real *x,
                           const fm_real *u, const struct channels *c)
{
    const size_t stride = fm_padded(s->width);
    memset(c->sum, 0, 4 * stride * sizeof *c->sum);
    for (size_t i = 0; i < s->n_positions; i += BLOCK) {
        const size_t end = least(i + BLOCK, s->n_positions) * stride;
        for (size_t j = 0; j < stride; j += LANES) {
            vector a = {0}, b = {0}, mean = load(c->mean + j);
            for (size_t at = i * stride + j; at < end; at += stride)
                add_terms(kind, x + at, mean, u + at, a, &a, &b);
            add_compensated(a, c->sum + j, c->lost + j);
            if (kind != OF_VALUES)
                add_compensated(b, c->square + j, c->square_lost + j);
        }
    }
}

static double group_total(const fm_real *sum, const fm_real *lost, const fm_real *scale,
                          size_t first, size_t end)
{
    double total = 0;
    for (size_t j = first; j < end; j++)
        total += ((double)sum[j] - (double)lost[j]) * (scale ? (double)scale[j] : 1);
    return total;
}

static void set(fm_real *to, size_t first, size_t end, double value)
{
    for (size_t j = first; j < end; j++)
        to[j] = (fm_real)value;
}

/* The moments of one row, [n_groups][2]. */
static void group_moments(const struct fm_norm *s, const fm_real *x,
                          const struct channels *c, fm_real *moments)
{
    const size_t step = s->width / s->n_groups;
    const double size = (double)step * (double)s->n_positions;
    channel_totals(OF_VALUES, s, x, x, c);
    for (size_t j = 0; j < s->width; j += step)
        set(c->mean, j, j + step, group_total(c->sum, c->lost, NULL, j, j + step) / size);
    channel_totals(OF_DEVIATIONS, s, x, x, c);
    for (size_t j = 0; j < s->width; j += step, moments += 2) {
        double off = group_total(c->sum, c->lost, NULL, j, j + step) / size;
        double square = group_total(c->square, c->square_lost, NULL, j, j + step) / size;
        moments[0] = (fm_real)((double)c->mean[j] + off);
        moments[1] = (fm_real)(1 / sqrt(square - off * off + EPSILON));
    }
}

static void activate(const struct fm_norm *s, size_t line, size_t n)
{
    const size_t stride = fm_padded(s->width), at = line * stride;
    if (s->is_activated) /* while the block is in the nearest cache */
        FM_ISA_SYMBOL(fm_activation)
    (s->activation, n, stride / FM_PANEL, stride, s->y + at, s->y + at,
     s->derivative ? s->derivative + at : NULL);
}

static void group_norm(const struct fm_norm *s)
{
    const size_t stride = fm_padded(s->width), step = s->width / s->n_groups;
    const struct channels c = channels_of(s);
    for (size_t r = 0; r < s->n; r++) {
        const size_t row = r * s->n_positions;
        fm_real *moments =
            s->moments ? s->moments + r * 2 * s->n_groups : s->scratch + 8 * stride;
        group_moments(s, s->x + row * stride, &c, moments);
        for (size_t j = 0; j < s->width; j += step)
            for (size_t k = j; k < j + step; k++) {
                c.mean[k] = moments[j / step * 2];
                c.first[k] = moments[j / step * 2 + 1] * s->scale[k];
            }
        for (size_t i = row; i < row + s->n_positions; i += BLOCK) {
            const size_t n = least(BLOCK, row + s->n_positions - i);
            for (size_t j = 0; j < stride; j += LANES) {
                vector mean = load(c.mean + j), factor = load(c.first + j);
                vector shift = load(s->shift + j);
                for (size_t at = i * stride + j; at < (i + n) * stride; at += stride)
                    store(s->y + at, (load(s->x + at) - mean) * factor + shift);
            }
            activate(s, i, n);
        }
    }
}

/* With h = t / sqrt(variance) and N entries in a group,
 *     reverse: dx = (g - sum g / N - h sum(g h) / N) / sqrt(variance), g = scale dy;
 *     forward mode: dy = scale (dx - sum dx / N - h sum(dx h) / N) / sqrt(variance);
 * both are first u + second t + third, with three numbers for each channel. */
static void group_factors(const struct fm_norm *s, const struct fm_norm_change *d,
                          const fm_real *moments, const struct channels *c)
{
    const size_t step = s->width / s->n_groups;
    const double size = (double)step * (double)s->n_positions;
    for (size_t j = 0; j < s->width; j += step, moments += 2) {
        const fm_real *scale = d->is_reverse ? s->scale : NULL;
        const double share = (double)moments[1];
        double sum = group_total(c->sum, c->lost, scale, j, j + step) / size;
        double square =
            group_total(c->square, c->square_lost, scale, j, j + step) * share / size;
        for (size_t k = j; k < j + step; k++) {
            const double own = (double)s->scale[k], outer = d->is_reverse ? 1 : own;
            c->first[k] = (fm_real)(share * own);
            c->second[k] = (fm_real)(-share * share * square * outer);
            c->third[k] = (fm_real)(-share * sum * outer);
        }
    }
}

static void group_parameters(const struct fm_norm *s, const struct fm_norm_change *d,
                             const fm_real *moments, const struct channels *c)
{
    const size_t step = s->width / s->n_groups;
    for (size_t j = 0; j < s->width; j += step, moments += 2)
        for (size_t k = j; k < j + step; k++) {
            d->dscale[k] += (c->square[k] - c->square_lost[k]) * moments[1];
            d->dshift[k] += c->sum[k] - c->lost[k];
        }
}

static void group_change_line(const struct fm_norm *s, const struct fm_norm_change *d,
                              const struct channels *c, size_t line, size_t n)
{
    const size_t stride = fm_padded(s->width);
    for (size_t j = 0; j < stride; j += LANES) {
        vector mean = load(c->mean + j), first = load(c->first + j);
        vector second = load(c->second + j), third = load(c->third + j);
        for (size_t at = line * stride + j; at < (line + n) * stride; at += stride) {
            vector t = load(s->x + at) - mean;
            vector y = first * load(d->from + at) + (second * t + third);
            if (d->factor)
                y *= load(d->factor + at);
            store(d->to + at, d->is_added ? load(d->to + at) + y : y);
        }
    }
}

static void group_norm_change(const struct fm_norm *s, const struct fm_norm_change *d)
{
    const size_t stride = fm_padded(s->width), step = s->width / s->n_groups;
    const struct channels c = channels_of(s);
    for (size_t r = 0; r < s->n; r++) {
        const fm_real *moments = s->moments + r * 2 * s->n_groups;
        const size_t row = r * s->n_positions, end = row + s->n_positions;
        for (size_t j = 0; j < s->width; j += step)
            set(c.mean, j, j + step, (double)moments[j / step * 2]);
        channel_totals(OF_PAIRS, s, s->x + row * stride, d->from + row * stride, &c);
        if (d->is_reverse)
            group_parameters(s, d, moments, &c);
        if (!d->to)
            continue;
        group_factors(s, d, moments, &c);
        for (size_t i = row; i < end; i += BLOCK)
            group_change_line(s, d, &c, i, least(BLOCK, end - i));
    }
}

/* ---- layer norm: numbers for each line, BLOCK lines at a time ---- */

/* Vector number v of a panel whose first n entries count; 0 in the others. */
INLINE vector first_lanes(vector x, size_t n, int v)
{
    for (int j = 0; j < LANES; j++)
        x[j] = (size_t)(v * LANES + j) < n ? x[j] : 0;
    return x;
}

/* Sums of a line's entries first .. end - 1, one sum for each column of a panel. */
INLINE void line_parts(const enum sum kind, size_t first, size_t end, const fm_real *x,
                       fm_real mean, const fm_real *u, const fm_real *scale, fm_real *sums,
                       fm_real *squares)
{
    vector a[VECTORS] = {{0}}, b[VECTORS] = {{0}};
    size_t j = first;
    for (; j + FM_PANEL <= end; j += FM_PANEL)
#pragma GCC unroll 16
        for (int v = 0; v < VECTORS; v++) {
            const size_t at = j + (size_t)v * LANES;
            add_terms(kind, x + at, all(mean), u + at, load(scale + at), &a[v], &b[v]);
        }
    if (j < end)
#pragma GCC unroll 16
        for (int v = 0; v < VECTORS; v++) {
            const size_t at = j + (size_t)v * LANES;
            vector c = {0}, d = {0};
            add_terms(kind, x + at, all(mean), u + at, load(scale + at), &c, &d);
            a[v] += first_lanes(c, end - j, v);
            b[v] += first_lanes(d, end - j, v);
        }
#pragma GCC unroll 16
    for (int v = 0; v < VECTORS; v++) {
        store(sums + v * LANES, a[v]);
        if (kind != OF_VALUES)
            store(squares + v * LANES, b[v]);
    }
}

/* totals_i += sum_j parts_ij, four lines at a time. */
static void fold(const fm_real *parts, double *totals)
{
    for (size_t i = 0; i < BLOCK; i += 4) {
        quad sum[4];
        for (size_t k = 0; k < 4; k++) {
            const fm_real *p = parts + (i + k) * FM_PANEL;
            sum[k] = (*(const loose_quad *)p + *(const loose_quad *)(p + 8))
                     + (*(const loose_quad *)(p + 4) + *(const loose_quad *)(p + 12));
        }
        quad low = __builtin_shufflevector(sum[0], sum[1], 0, 4, 1, 5)
                   + __builtin_shufflevector(sum[0], sum[1], 2, 6, 3, 7);
        quad high = __builtin_shufflevector(sum[2], sum[3], 0, 4, 1, 5)
                    + __builtin_shufflevector(sum[2], sum[3], 2, 6, 3, 7);
        quad total = __builtin_shufflevector(low, high, 0, 1, 4, 5)
                     + __builtin_shufflevector(low, high, 2, 3, 6, 7);
        for (size_t k = 0; k < 4; k++)
            totals[i + k] += (double)total[k];
    }
}

struct line_totals {
    double sum[BLOCK], square[BLOCK];
};

INLINE struct line_totals line_totals(const enum sum kind, const struct fm_norm *s,
                                      size_t line, size_t n, const fm_real *mean,
                                      const fm_real *u)
{
    const size_t stride = fm_padded(s->width);
    const fm_real *x = s->x + line * stride;
    fm_real sums[BLOCK * FM_PANEL] = {0}, squares[BLOCK * FM_PANEL] = {0};
    struct line_totals totals = {{0}, {0}};
    u += line * stride;
    for (size_t first = 0; first < s->width; first += BLOCK * FM_PANEL) {
        const size_t end = least(first + BLOCK * FM_PANEL, s->width);
        for (size_t i = 0; i < n; i++)
            line_parts(kind, first, end, x + i * stride, mean[i], u + i * stride, s->scale,
                       sums + i * FM_PANEL, squares + i * FM_PANEL);
        fold(sums, totals.sum);
        if (kind != OF_VALUES)
            fold(squares, totals.square);
    }
    return totals;
}

static void line_moments(const struct fm_norm *s, size_t line, size_t n, fm_real *mean,
                         fm_real *deviation)
{
    const double share = 1 / (double)s->width;
    struct line_totals t = line_totals(OF_VALUES, s, line, n, mean, s->x);
    for (size_t i = 0; i < BLOCK; i++)
        mean[i] = (fm_real)(t.sum[i] * share);
    t = line_totals(OF_DEVIATIONS, s, line, n, mean, s->x);
    for (size_t i = 0; i < BLOCK; i++) {
        const double off = t.sum[i] * share, variance = t.square[i] * share - off * off;
        mean[i] = (fm_real)((double)mean[i] + off);
        deviation[i] = (fm_real)(1 / sqrt(variance + EPSILON));
    }
}

static void layer_norm(const struct fm_norm *s)
{
    const size_t stride = fm_padded(s->width), n_lines = s->n * s->n_positions;
    for (size_t i = 0; i < n_lines; i += BLOCK) {
        const size_t n = least(BLOCK, n_lines - i);
        fm_real mean[BLOCK] = {0}, share[BLOCK];
        line_moments(s, i, n, mean, share);
        for (size_t k = 0; k < n; k++) {
            const fm_real *x = s->x + (i + k) * stride;
            fm_real *y = s->y + (i + k) * stride;
            for (size_t j = 0; j < stride; j += LANES)
                store(y + j, (load(x + j) - mean[k]) * share[k] * load(s->scale + j)
                                 + load(s->shift + j));
        }
        for (size_t k = 0; s->moments && k < n; k++) {
            s->moments[2 * (i + k)] = mean[k];
            s->moments[2 * (i + k) + 1] = share[k];
        }
        activate(s, i, n);
    }
}

/* As group_factors, with three numbers for each line: reverse mode gives first scale u + (second t +
 * third), forward mode scale (first u + (second t + third)). */
struct line_factors {
    fm_real mean[BLOCK], first[BLOCK], second[BLOCK], third[BLOCK];
};

static void line_factors(const struct fm_norm *s, const struct fm_norm_change *d,
                         size_t line, size_t n, struct line_factors *f)
{
    struct line_totals t;
    for (size_t i = 0; i < n; i++) {
        f->mean[i] = s->moments[2 * (line + i)];
        f->first[i] = s->moments[2 * (line + i) + 1];
    }
    if (d->is_reverse)
        t = line_totals(OF_SCALED_PAIRS, s, line, n, f->mean, d->from);
    else
        t = line_totals(OF_PAIRS, s, line, n, f->mean, d->from);
    for (size_t i = 0; i < n; i++) {
        const double first = (double)f->first[i], share = first / (double)s->width;
        f->second[i] = (fm_real)(-share * t.square[i] * first * first);
        f->third[i] = (fm_real)(-share * t.sum[i]);
    }
}

static void layer_change_lines(const struct fm_norm *s, const struct fm_norm_change *d,
                               const struct line_factors *f, size_t line, size_t n)
{
    const size_t stride = fm_padded(s->width);
    for (size_t j = 0; j < stride; j += LANES) {
        const vector scale = load(s->scale + j);
        vector dscale = {0}, dshift = {0};
        for (size_t i = 0; i < n; i++) {
            const size_t at = (line + i) * stride + j;
            vector t = load(s->x + at) - f->mean[i], u = load(d->from + at);
            dshift += u;
            dscale += u * (t * f->first[i]);
            if (!d->to)
                continue;
            vector y = f->second[i] * t + f->third[i];
            y = d->is_reverse ? f->first[i] * (u * scale) + y
                              : scale * (f->first[i] * u + y);
            if (d->factor)
                y *= load(d->factor + at);
            store(d->to + at, d->is_added ? load(d->to + at) + y : y);
        }
        if (d->is_reverse) {
            store(d->dscale + j, load(d->dscale + j) + dscale);
            store(d->dshift + j, load(d->dshift + j) + dshift);
        }
    }
}

static void layer_norm_change(const struct fm_norm *s, const struct fm_norm_change *d)
{
    const size_t n_lines = s->n * s->n_positions;
    for (size_t i = 0; i < n_lines; i += BLOCK) {
        const size_t n = least(BLOCK, n_lines - i);
        struct line_factors f;
        line_factors(s, d, i, n, &f);
        layer_change_lines(s, d, &f, i, n);
    }
}

void FM_ISA_SYMBOL(fm_norm)(const struct fm_norm *s)
{
    if (s->n_groups > 0)
        group_norm(s);
    else
        layer_norm(s);
}

void FM_ISA_SYMBOL(fm_norm_change)(const struct fm_norm *s, const struct fm_norm_change *d)
{
    if (s->n_groups > 0)
        group_norm_change(s, d);
    else
        layer_norm_change(s, d);
    if (!d->is_reverse)
        return;
    clear_padding(1, s->width, d->dscale);
    clear_padding(1, s->width, d->dshift);
    if (d->to)
        clear_padding(s->n * s->n_positions, s->width, d->to);
}

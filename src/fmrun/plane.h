/* Helpers for data sets in the plane: rows drawn in blocks, labels, the checks of `open`,
 * and the entropy of a smooth density that has no closed form.  Nothing here allocates. */
#ifndef FM_FMRUN_PLANE_H
#define FM_FMRUN_PLANE_H

#include <fmrun/dataset.h>
#include <fmrun/option.h>
#include <fmrun/status.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- open ---- */

/* FM_ERROR_CONFIG unless d->dim, as the host needs it, is 2 or 0. */
static inline enum fm_status
fm_plane_check_dim(const char *name, const struct fm_dataset *d, struct fm_error *err)
{
    if (d->dim == 0 || d->dim == 2)
        return FM_OK;
    return fm_fail(err, FM_ERROR_CONFIG, "dataset %s has 2 coordinates, but %zu are needed",
                   name, d->dim);
}

/* The option noise of profile plain.  fixed_by: the profile, where it is another, else
 * NULL.  FM_ERROR_CONFIG when that profile gets a noise, or plain more than one. */
static inline enum fm_status fm_plane_check_noise(const char *name, const char *fixed_by,
                                                  const struct fm_reals *noise,
                                                  struct fm_error *err)
{
    if (fixed_by && noise->n != 0)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset %s: profile %s fixes the noise; only profile plain takes "
                       "noise",
                       name, fixed_by);
    if (noise->n > 1)
        return fm_fail(err, FM_ERROR_CONFIG, "dataset %s: noise must be one number", name);
    return FM_OK;
}

/* ---- rows ---- */

enum { FM_PLANE_ROWS = 64, FM_PLANE_UNIFORMS = 4 };

/* A block of the rows that draw is asked for:
 *
 *     struct fm_plane_block b;
 *     for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, n_uniforms);)
 *         for (size_t i = 0; i < b.n; i++)
 *             x[2 * (b.first + i)] = ...; */
struct fm_plane_block {
    const struct fm_dataset *set;
    struct fm_stream stream;
    uint64_t first_row;
    /* The block's rows are first .. first + n - 1 of n_rows; row i has number
     * first_row + first + i in the stream. */
    size_t first, n, n_rows;
    /* [n][n_uniforms] */
    double u[FM_PLANE_UNIFORMS * FM_PLANE_ROWS];
    /* [n], set by the plugin: angles / (2 pi); and their cosines and sines */
    double turns[FM_PLANE_ROWS], cosine[FM_PLANE_ROWS], sine[FM_PLANE_ROWS];
    /* [n][2] */
    double normal[2 * FM_PLANE_ROWS];
};

static inline void fm_plane_begin(struct fm_plane_block *b, const struct fm_dataset *d,
                                  struct fm_stream stream, uint64_t first_row, size_t n)
{
    b->set = d;
    b->stream = stream;
    b->first_row = first_row;
    b->first = b->n = 0;
    b->n_rows = n;
}

/* Goes to the next block, and draws the first n_uniforms <= FM_PLANE_UNIFORMS of each row's
 * sequence into b->u.  False: there is none. */
static inline bool fm_plane_next(struct fm_plane_block *b, size_t n_uniforms)
{
    const size_t n_left = b->n_rows - b->first - b->n;
    b->first += b->n;
    b->n = n_left < FM_PLANE_ROWS ? n_left : FM_PLANE_ROWS;
    if (b->n > 0)
        b->set->services->uniforms(b->stream, 0, b->first_row + b->first, b->n, n_uniforms,
                                   b->u);
    return b->n > 0;
}

/* b->cosine and b->sine of b->turns. */
static inline void fm_plane_circle(struct fm_plane_block *b)
{
    b->set->services->circle(b->n, b->turns, b->cosine, b->sine);
}

/* b->normal, from 128-bit block `block` of each row's sequence; a block holds two
 * uniforms. */
static inline void fm_plane_normals(struct fm_plane_block *b, uint32_t block)
{
    b->set->services->normals(b->stream, block, b->first_row + b->first, b->n, 2,
                              b->normal);
}

/* draw_labels of a set whose labels are floor(n_labels u), u the row's first uniform. */
static inline void fm_plane_draw_labels(const void *options, const struct fm_dataset *d,
                                        struct fm_stream stream, uint64_t first_row,
                                        size_t n, uint32_t *labels)
{
    struct fm_plane_block b;
    (void)options;
    for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, 1);)
        for (size_t i = 0; i < b.n; i++)
            labels[b.first + i] = (uint32_t)floor((double)d->n_labels * b.u[i]);
}

/* ---- entropy ---- */

enum { FM_PLANE_AT_ONCE = 64, FM_PLANE_MAX = 1 << 18 };

/* -int p log p, in nats, over the box from low to high, [2] each, by the trapezoidal rule
 * with steps of the noise.  The box must hold all but about 1e-16 of p.  noise: sd of the
 * narrowest normal noise in p.  The error of int p is of the order of exp(-2 pi^2 (noise /
 * step)^2) = 3e-9 (Trefethen and Weideman 2014, doi:10.1137/130932132); that of int p log
 * p, which is less smooth, is up to 3e-5.  NaN where it would take more than FM_PLANE_MAX
 * points. */
static inline double
fm_plane_entropy(const void *options, const struct fm_dataset *d,
                 void (*log_density)(const void *options, const struct fm_dataset *d,
                                     size_t n, const double *x, double *log_p),
                 const double *low, const double *high, double noise)
{
    double x[2 * FM_PLANE_AT_ONCE], log_p[FM_PLANE_AT_ONCE], step[2], n[2], sum = 0;
    for (size_t j = 0; j < 2; j++) {
        n[j] = ceil((high[j] - low[j]) / noise);
        step[j] = (high[j] - low[j]) / n[j];
    }
    if (!(n[0] * n[1] <= FM_PLANE_MAX))
        return (double)NAN;
    const size_t n_points = (size_t)(n[0] * n[1]), n_columns = (size_t)n[1];
    for (size_t first = 0; first < n_points; first += FM_PLANE_AT_ONCE) {
        const size_t size =
            n_points - first < FM_PLANE_AT_ONCE ? n_points - first : FM_PLANE_AT_ONCE;
        for (size_t i = 0; i < size; i++) {
            x[2 * i] = low[0] + step[0] * (double)((first + i) / n_columns);
            x[2 * i + 1] = low[1] + step[1] * (double)((first + i) % n_columns);
        }
        log_density(options, d, size, x, log_p);
        for (size_t i = 0; i < size; i++)
            sum -= log_p[i] > -700 ? exp(log_p[i]) * log_p[i] : 0;
    }
    return sum * step[0] * step[1];
}

#endif

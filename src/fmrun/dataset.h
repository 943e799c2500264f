/* Plugins of kind dataset: where rows come from, as data (p1) or as source (p0). */
#ifndef FM_FMRUN_DATASET_H
#define FM_FMRUN_DATASET_H

#include <fmrun/rng.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The mixture sum_k weight_k N(mean_k, diag(variance_k)). */
struct fm_mixture {
    size_t n_components, dim;
    const double *weights;   /* [n_components], positive, sum 1 */
    const double *means;     /* [n_components][dim] */
    const double *variances; /* [n_components][dim], positive */
    const uint32_t *labels;  /* [n_components]: of each one's rows; NULL: no labels */
};

/* An open data set.  Before open() the host sets dim and shape_only; open() fills the
 * rest. */
struct fm_dataset {
    /* The host's; they live as long as the set.  Set after open(). */
    const struct fm_services *services;
    /* How many coordinates a row has; before open() how many are needed, 0 for any. */
    size_t dim;
    /* True: no row will be read, so give the sizes and load nothing. */
    bool shape_only;
    /* Of a finite set; 0: rows are generated without end. */
    size_t n_rows;
    /* Of images, dim = height * width * channels; else 0. */
    size_t height, width, channels;
    /* The closed form of the distribution, or NULL. */
    const struct fm_mixture *mixture;
    /* The plugin's own. */
    const void *state;
    /* Standardisation: x = (raw - shift) / scale, [dim] each; NULL: none. */
    const double *shift, *scale;
    /* Each row has a label, one of 0 .. n_labels - 1; 0: rows have no labels. */
    size_t n_labels;
};

/* Exactly one of draw and read is set.  All functions but open are called from several
 * threads. */
struct fm_dataset_ops {
    size_t size; /* sizeof(struct fm_dataset_ops) */

    /* Fills *d.  Memory comes from services and lives as long as the set. */
    enum fm_status (*open)(const void *options, const struct fm_services *services,
                           struct fm_dataset *d, struct fm_error *err);

    /* Generated sets: rows first_row .. first_row + n - 1 of the stream, each a function of
     * (stream, row) alone.  x: [n][dim]. */
    void (*draw)(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x);

    /* Finite sets: row `index` below n_rows, into x: [dim].  The host shuffles. */
    void (*read)(const void *options, const struct fm_dataset *d, size_t index, double *x);

    /* log p(x_i), [n], in nats; x: [n][dim].  -inf outside the support; NaN everywhere when
     * there is no density with these options.  May be NULL. */
    void (*log_density)(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p);

    /* grad log p(x_i), [n][dim]; x: [n][dim], in the support.  May be NULL. */
    void (*score)(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *score);

    /* The differential entropy, -E log p(x), in nats, to 1e-4 or better; NaN when it is
     * unknown with these options.  No model of the data has a lower nll.  May be NULL. */
    double (*entropy)(const void *options, const struct fm_dataset *d);

    /* Labels, where n_labels > 0.  draw_labels: [n], of the rows that draw gives for the
     * same arguments; read_label: of row `index`. */
    void (*draw_labels)(const void *options, const struct fm_dataset *d,
                        struct fm_stream stream, uint64_t first_row, size_t n,
                        uint32_t *labels);
    uint32_t (*read_label)(const void *options, const struct fm_dataset *d, size_t index);
};

#endif

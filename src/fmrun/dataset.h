/* Plugins of kind dataset: where rows come from, as data (p1) or as source (p0). */
#ifndef FM_FMRUN_DATASET_H
#define FM_FMRUN_DATASET_H

#include <fmrun/rng.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* sum_k weight_k N(mean_k, diag(variance_k)). */
struct fm_mixture {
    size_t n_components, dim;
    const double *weights;   /* [n_components], positive, sum 1 */
    const double *means;     /* [n_components][dim] */
    const double *variances; /* [n_components][dim], positive */
    const uint32_t *labels;  /* [n_components]: of the rows from each; NULL: no labels */
};

/* An open data set. */
struct fm_dataset {
    const struct fm_services *services; /* the host's; they live as long as the set */
    size_t dim; /* before open(): the dimension wanted, or 0 for any */
    bool
        shape_only; /* before open(): no row will be read; give the sizes and load nothing */
    size_t n_rows;  /* of a finite set; 0: rows are generated without end */
    size_t height, width, channels;   /* of images, dim = height * width * channels; or 0 */
    const struct fm_mixture *mixture; /* its closed form, or NULL */
    const void *state;                /* the plugin's own */
    /* Of a set that standardises: what it took from each coordinate and then divided it by,
     * [dim]; or NULL. */
    const double *shift, *scale;
    size_t n_labels; /* each row has one of 0 .. n_labels - 1; 0: rows have no labels */
};

/* Exactly one of draw and read is set. */
struct fm_dataset_ops {
    size_t size; /* sizeof(struct fm_dataset_ops) */

    /* Fills *d.  Memory comes from services and lives as long as the set. */
    enum fm_status (*open)(const void *options, const struct fm_services *services,
                           struct fm_dataset *d, struct fm_error *err);

    /* Generated sets: rows first_row .. first_row + n - 1 of the stream, each a function of
     * (stream, row) alone: x: [n][dim].  Called from several threads. */
    void (*draw)(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x);

    /* Finite sets: row `index` below n_rows, into x: [dim].  The host shuffles.  Called from
     * several threads. */
    void (*read)(const void *options, const struct fm_dataset *d, size_t index, double *x);

    /* log p(x_i), [n], of x: [n][dim]; -inf outside the support, NaN everywhere when there is
     * no density with these options; may be NULL.  Called from several threads. */
    void (*log_density)(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p);

    /* grad log p(x_i), [n][dim], of x: [n][dim], in the support; may be NULL.  Called from
     * several threads. */
    void (*score)(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *score);

    /* The differential entropy, -E log p(x), in nats, to 1e-4 or better; NaN when it is not known
     * with these options; may be NULL.  No model of the data can have a lower nll. */
    double (*entropy)(const void *options, const struct fm_dataset *d);

    /* Of a set with labels, beside draw or read: the labels, [n], of the rows that draw gives
     * for the same arguments, or that of row `index`.  Called from several threads. */
    void (*draw_labels)(const void *options, const struct fm_dataset *d,
                        struct fm_stream stream, uint64_t first_row, size_t n,
                        uint32_t *labels);
    uint32_t (*read_label)(const void *options, const struct fm_dataset *d, size_t index);
};

#endif

/* Plugins of kind coupling: they pair the x0 and x1 of a batch. */
#ifndef FM_FMRUN_COUPLING_H
#define FM_FMRUN_COUPLING_H

#include <fmrun/option.h>
#include <fmrun/rng.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a coupling is, once its options are known.  `fmrun plugins check` measures it. */
struct fm_coupling_scheme {
    /* How many training batches are paired as one; 0 means 1. */
    size_t batches;
    /* Each row of x0, and each of x1, is in exactly one pair. */
    bool is_permutation;
    /* Pairs depend on batch->noise. */
    bool uses_noise;
    /* Without pair: the config of a finished run, whose flow carries x0 to x1; NULL: x1 are
     * rows of the data. */
    const char *parent;
    /* With parent: how many pairs, and the tolerance of their solves, relative and
     * absolute. */
    size_t n_pairs;
    double rtol;
};

/* The row of an option table that sets scheme.batches; place: an int64_t of the options
 * struct. */
#define FM_COUPLING_BATCHES(options, place)                                                \
    {                                                                                      \
        .name = "batches", .type = FM_INT, .offset = offsetof(options, place),             \
        .default_text = "1", .minimum = 1, .maximum = 1024,                                \
        .help = "training batches that are paired as one problem, then used one a step"    \
    }

/* How good the pairs are.  Costs are means of |x0 - x1|^2.  The host computes the first
 * two.  The plugin may set the others, of the plan from which it draws pairs; by default
 * the plan costs what the pairs cost and has no error. */
struct fm_coupling_report {
    double cost;             /* of the pairs */
    double independent_cost; /* of all x0 with all x1 */
    double plan_cost;        /* of the plan */
    double marginal_error;   /* sum of |weight - 1 / n| over rows of x0; or x1, if larger */
};

/* The rows to pair, and where their pairs go. */
struct fm_coupling_batch {
    size_t n, dim;
    /* [n][dim] each.  With scheme.batches = m these are m training batches, one after the
     * other, and so are the pairs. */
    const double *x0, *x1;
    /* For random choices: another step for each call, any row. */
    struct fm_stream noise;
    /* [n] each, written by pair: pair k is (x0[i0[k]], x1[i1[k]]), all below n. */
    uint32_t *i0, *i1;
};

struct fm_coupling_ops {
    size_t size; /* sizeof(struct fm_coupling_ops) */
    struct fm_coupling_scheme scheme;

    /* Completes the scheme where it depends on options.  NULL: it doesn't. */
    void (*prepare)(const void *options, struct fm_coupling_scheme *scheme);

    /* Writes the pairs, batch->i0 and batch->i1, and may complete *report.  Random choices
     * come from batch->noise alone.  Called from several threads, each with a batch of its
     * own, ahead of the steps that the batches are for.
     * NULL: pair k is (x0[k], x1[k]), and batches need not be held whole. */
    enum fm_status (*pair)(const void *options, const struct fm_services *services,
                           const struct fm_coupling_batch *batch,
                           struct fm_coupling_report *report, struct fm_error *err);
};

#endif

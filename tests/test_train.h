/* A training without plugins: normal source and data, a straight path, a small network. */
#ifndef FM_TESTS_TEST_TRAIN_H
#define FM_TESTS_TEST_TRAIN_H

#include "config/host_options.h"
#include "train/train.h"

/* N(mean, diag(sd^2)); dim at most 4. */
struct test_normal {
    double mean[4], sd[4];
};

static void test_normal_draw(const void *options, const struct fm_dataset *d,
                             struct fm_stream stream, uint64_t first_row, size_t n,
                             double *x)
{
    const struct test_normal *o = options;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        for (size_t j = 0; j < d->dim; j++)
            x[i * d->dim + j] = o->mean[j] + o->sd[j] * fm_rng_normal(&r);
    }
}

static void test_straight(const void *options, size_t n, const double *t,
                          struct fm_path_point *points)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        points[i] = (struct fm_path_point){t[i], 1 - t[i], 1, -1};
}

/* [x, t] -> two hidden layers of *width -> v. */
static inline void test_small_net(const void *width, struct fm_graph *g)
{
    const size_t *n = width;
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0));
    for (int i = 0; i < 2; i++)
        h = fm_activation(g, fm_linear(g, h, *n), FM_ACTIVATION_SILU);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

static const struct fm_dataset_ops test_normal_ops = {.size = sizeof test_normal_ops,
                                                      .draw = test_normal_draw};
static const struct fm_path_ops test_straight_ops = {.size = sizeof test_straight_ops,
                                                     .coefficients = test_straight};
static const struct fm_coupling_ops test_independent_ops = {
    .size = sizeof test_independent_ops, .pair = NULL};

static inline struct fm_train_options test_train_options(int64_t steps, int64_t batch)
{
    return (struct fm_train_options){
        .steps = steps,
        .batch = batch,
        .lr = 1e-3,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .epsilon = 1e-8,
        .singular_limit = 0.05,
        .schedule = FM_SCHEDULE_CONSTANT,
    };
}

/* Row k of x0 goes to row n - 1 - k of x1. */
static inline enum fm_status test_reverse_rows(const void *options,
                                               const struct fm_services *services,
                                               const struct fm_coupling_batch *b,
                                               struct fm_coupling_report *report,
                                               struct fm_error *err)
{
    (void)options, (void)services, (void)report, (void)err;
    for (size_t k = 0; k < b->n; k++) {
        b->i0[k] = (uint32_t)k;
        b->i1[k] = (uint32_t)(b->n - 1 - k);
    }
    return FM_OK;
}

/* Pairs of random rows. */
static inline enum fm_status test_draw_rows(const void *options,
                                            const struct fm_services *services,
                                            const struct fm_coupling_batch *b,
                                            struct fm_coupling_report *report,
                                            struct fm_error *err)
{
    (void)options, (void)services, (void)report, (void)err;
    for (size_t k = 0; k < b->n; k++) {
        struct fm_rng r = fm_rng_at(b->noise, k);
        b->i0[k] = fm_rng_below(&r, (uint32_t)b->n);
        b->i1[k] = fm_rng_below(&r, (uint32_t)b->n);
    }
    return FM_OK;
}

static const struct fm_coupling_ops test_reverse_ops = {.size = sizeof test_reverse_ops,
                                                        .pair = test_reverse_rows};
static const struct fm_coupling_ops test_draw_ops = {
    .size = sizeof test_draw_ops, .scheme = {.batches = 3}, .pair = test_draw_rows};

#endif

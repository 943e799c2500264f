/* Trainers of several settings, stepped and compared; for test_train and test_train_step. */
#ifndef FM_TESTS_TEST_TRAINER_H
#define FM_TESTS_TEST_TRAINER_H

#include "base/stream.h"
#include "host/prediction.h"
#include "plugin_support.h"
#include "support.h"
#include "test_train.h"

#include <string.h>

/* ---- settings ---- */

/* The exact assignment, which needs memory. */
static inline enum fm_status assign_rows(const void *options,
                                         const struct fm_services *services,
                                         const struct fm_coupling_batch *b,
                                         struct fm_coupling_report *report,
                                         struct fm_error *err)
{
    double cost;
    (void)options, (void)report;
    if (!services->allocate(services, b->n, sizeof(double)))
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(services->assign(services, b->n, b->dim, b->x0, b->x1, b->i1, &cost, err));
    for (size_t k = 0; k < b->n; k++)
        b->i0[k] = (uint32_t)k;
    return FM_OK;
}

/* A path that is not affine: a bridge with noise. */
static inline void draw_bridge(const void *options, size_t dim, double t, const double *x0,
                               const double *x1, struct fm_rng *r, double *xt, double *ut)
{
    (void)options;
    for (size_t j = 0; j < dim; j++) {
        xt[j] = t * x1[j] + (1 - t) * x0[j] + 0.1 * fm_rng_normal(r);
        ut[j] = x1[j] - x0[j];
    }
}

static const struct fm_coupling_ops assign_ops = {.size = sizeof assign_ops,
                                                  .pair = assign_rows};
static const struct fm_path_ops bridge_ops = {.size = sizeof bridge_ops,
                                              .draw = draw_bridge};
static const struct test_normal source = {{0, 0}, {1, 1}}, target = {{2, -1}, {0.5, 1.5}};
static const size_t width = 70; /* 5462 parameters: more than one piece for the optimiser */

struct setting {
    struct fm_arena arena;
    struct fm_train_options options;
    struct fm_data source, data;
    struct fm_train_spec spec;
    struct fm_net *net;
    struct fm_trainer *trainer;
};

static inline void open_data(struct setting *s)
{
    s->source = (struct fm_data){&test_normal_ops, &source, {.dim = 2}};
    s->data = (struct fm_data){&test_normal_ops, &target, {.dim = 2}};
}

static inline void dropout_net(const void *options, struct fm_graph *g)
{
    const size_t *n = options;
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0));
    h = fm_activation(g, fm_linear(g, h, *n), FM_ACTIVATION_SILU);
    fm_output(g, fm_linear(g, fm_dropout(g, h, 0.2), fm_sample_dim(g)));
}

/* variant: 0 affine path; 1 a coupling that needs whole batches; 2 a path with noise; 3 a
 * coupling that allocates; 4 one that draws the pairs of three batches at once; 5 a network with
 * dropout. */
static inline void open_trainer(struct setting *s, struct fm_train_options options,
                                int variant, size_t n_threads)
{
    struct fm_error err = {0};
    *s = (struct setting){.options = options};
    open_data(s);
    ck_ok(fm_net_compile(&s->arena, &(struct fm_sample_shape){.dim = 2},
                         variant == 5 ? dropout_net : test_small_net, &width, &s->net,
                         &err));
    s->spec = (struct fm_train_spec){
        .options = &s->options,
        .seed = 42,
        .net = s->net,
        .source = &s->source,
        .data = &s->data,
        .path = variant == 2 ? &bridge_ops : &test_straight_ops,
        .coupling = variant == 1   ? &test_reverse_ops
                    : variant == 3 ? &assign_ops
                    : variant == 4 ? &test_draw_ops
                                   : &test_independent_ops,
        .n_threads = n_threads,
    };
    ck_ok(fm_trainer_init(&s->arena, &s->spec, &s->trainer, &err));
}

static inline void close_trainer(struct setting *s)
{
    fm_trainer_fini(s->trainer);
    fm_arena_fini(&s->arena);
}

static inline void take_steps(struct setting *s, size_t n, double *losses)
{
    struct fm_error err = {0};
    struct fm_train_step_result report;
    for (size_t i = 0; i < n; i++) {
        ck_ok(fm_trainer_step(s->trainer, &report, &err));
        losses[i] = report.loss;
    }
}

static inline void compare_states(const struct setting *a, const struct setting *b,
                                  const char *what)
{
    const struct fm_optimizer_state *p = fm_trainer_state(a->trainer);
    const struct fm_optimizer_state *q = fm_trainer_state(b->trainer);
    size_t bytes = p->n * sizeof *p->parameters;
    ck_assert_uint_eq(p->n, q->n);
    ck_assert_msg(memcmp(p->parameters, q->parameters, bytes) == 0
                      && memcmp(p->moment1, q->moment1, bytes) == 0
                      && memcmp(p->moment2, q->moment2, bytes) == 0,
                  "%s: other bits", what);
    const struct fm_weights v = fm_trainer_weights(a->trainer),
                            w = fm_trainer_weights(b->trainer);
    for (size_t k = 0; k < 3 && v.blocks[FM_WEIGHTS_LAST][k]; k++)
        ck_assert_msg(
            memcmp(v.blocks[FM_WEIGHTS_LAST][k], w.blocks[FM_WEIGHTS_LAST][k], bytes) == 0,
            "%s: weights %zu", what, k);
}

/* ---- options ---- */

enum { N_STEPS = 30 };

/* batch 200 in 4 shards; 333 in 4 shards with partly filled blocks; 7 rows in 7 shards;
 * then 200 with other optimisers, times, predictions and losses */
static inline struct fm_train_options options_at(int i)
{
    static const double decays[] = {0.99, 0, 0.5};
    static const int64_t batches[] = {200, 333, 7, 200, 200};
    struct fm_train_options o = test_train_options(N_STEPS, batches[i]);
    o.shards = i == 2 ? 7 : 0;
    if (i == 1)
        o.ema = (struct fm_reals){3, decays};
    o.clip = i == 2 ? 0.5 : 0;
    o.weight_decay = 0.01;
    o.optimizer = i == 3   ? FM_OPTIMIZER_LION
                  : i == 4 ? FM_OPTIMIZER_SGD
                           : FM_OPTIMIZER_ADAMW;
    o.momentum = 0.9;
    o.nesterov = i == 4;
    o.time = i == 3 ? FM_TIME_STRATIFIED : i == 4 ? FM_TIME_LOGIT_NORMAL : FM_TIME_UNIFORM;
    o.time_sd = 1;
    o.prediction = i == 3   ? FM_PREDICTION_X1
                   : i == 4 ? FM_PREDICTION_NOISE
                            : FM_PREDICTION_VELOCITY;
    o.loss = i == 4 ? FM_LOSS_PSEUDO_HUBER : FM_LOSS_SQUARED;
    if (i == 4)
        o.lr = 1e-4;
    return o;
}

#endif

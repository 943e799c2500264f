/* Training with labels: couplings keep them with their rows, and label_dropout drops
 * some. */
#include <config.h>

#include "base/error.h"
#include "base/stream.h"
#include "host/data.h"
#include "plugin_support.h"
#include "support.h"
#include "test_train.h"
#include "train/labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_CORNERS = 3 };
static const double corners[N_CORNERS][2] = {{4, 0}, {-4, 0}, {0, 4}};

/* ---- data: near corner k with label k ---- */

static uint32_t corner_of(struct fm_rng *r)
{
    return (uint32_t)(N_CORNERS * fm_rng_uniform(r));
}

static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)options, (void)d;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        const double *corner = corners[corner_of(&r)];
        for (size_t j = 0; j < 2; j++)
            x[2 * i + j] = corner[j] + 0.05 * fm_rng_normal(&r);
    }
}

static void draw_labels(const void *options, const struct fm_dataset *d,
                        struct fm_stream stream, uint64_t first_row, size_t n,
                        uint32_t *labels)
{
    (void)options, (void)d;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        labels[i] = corner_of(&r);
    }
}

static const struct fm_dataset_ops corner_ops = {
    .size = sizeof corner_ops, .draw = draw, .draw_labels = draw_labels};

/* ---- couplings ---- */

static const struct fm_coupling_ops *const couplings[] = {
    &test_independent_ops, &test_reverse_ops, &test_draw_ops};
enum { N_COUPLINGS = 3 };

/* ---- a training ---- */

static void build(const void *unused, struct fm_graph *g)
{
    (void)unused;
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0));
    ck_assert_uint_eq(fm_n_labels(g), N_CORNERS);
    h = fm_concat(g, h, fm_label(g, 5));
    for (int i = 0; i < 2; i++)
        h = fm_activation(g, fm_linear(g, h, 32), FM_ACTIVATION_SILU);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

struct setting {
    struct fm_arena arena;
    struct fm_train_options options;
    struct fm_data source, data;
    struct fm_train_spec spec;
    struct fm_net *net;
    struct fm_trainer *trainer;
};

static const struct test_normal normal = {{0, 0}, {1, 1}};

static void open_trainer(struct setting *s, struct fm_train_options options, int coupling,
                         size_t n_threads)
{
    struct fm_error err = {0};
    *s = (struct setting){.options = options};
    s->source = (struct fm_data){&test_normal_ops, &normal, {.dim = 2}};
    s->data = (struct fm_data){&corner_ops, NULL, {.dim = 2, .n_labels = N_CORNERS}};
    ck_ok(fm_net_compile(&s->arena,
                         &(struct fm_sample_shape){.dim = 2, .n_labels = N_CORNERS}, build,
                         NULL, &s->net, &err));
    s->spec = (struct fm_train_spec){
        .options = &s->options,
        .seed = 42,
        .net = s->net,
        .source = &s->source,
        .data = &s->data,
        .path = &test_straight_ops,
        .coupling = couplings[coupling],
        .n_threads = n_threads,
    };
    ck_ok(fm_trainer_init(&s->arena, &s->spec, &s->trainer, &err));
}

static void close_trainer(struct setting *s)
{
    fm_trainer_fini(s->trainer);
    fm_arena_fini(&s->arena);
}

static void take_steps(struct setting *s, size_t n, double *losses)
{
    struct fm_error err = {0};
    struct fm_train_step_result report;
    for (size_t i = 0; i < n; i++) {
        ck_ok(fm_trainer_step(s->trainer, &report, &err));
        losses[i] = report.loss;
        if (!isnan(report.validation))
            losses[i] = report.validation;
    }
}

/* The validation loss after some steps. */
static double loss_after(int coupling, double dropout)
{
    enum { N = 300 };
    struct fm_train_options o = test_train_options(N, 128);
    struct setting s;
    double losses[N];
    o.lr = 1e-2;
    o.label_dropout = dropout;
    o.validate_every = N;
    o.validate_rows = 500;
    open_trainer(&s, o, coupling, 1);
    take_steps(&s, N, losses);
    close_trainer(&s);
    return losses[N - 1];
}

/* A row's label determines x1 to 0.05, and with x_t also x0, so the loss is small.  Without
 * the label, or with that of another row, it is not. */
START_TEST(labels_stay_with_their_rows)
{
    const double with = loss_after(_i, 0), without = loss_after(_i, 0.999);
    ck_assert_double_lt(with, 0.4);
    ck_assert_double_gt(without, 1);
}
END_TEST

/* ---- dropping them ---- */

START_TEST(the_share_of_dropped_labels_is_that_asked_for)
{
    enum { N = 100000 };
    static uint32_t label[N], pieces[N], later[N];
    static const double shares[] = {0, 0.1, 0.7};
    struct fm_train_options o = test_train_options(1, 8);
    const struct fm_stream stream = {5, FM_STREAM_TRAIN_LABEL, 7},
                           next = {5, FM_STREAM_TRAIN_LABEL, 8};
    struct setting s;
    size_t n = 0, n_same = 0;
    o.label_dropout = shares[_i];
    open_trainer(&s, o, 0, 1);
    for (size_t i = 0; i < N; i++)
        label[i] = pieces[i] = later[i] = (uint32_t)i % N_CORNERS;
    fm_train_drop_labels(&s.spec, stream, 0, N, label);
    fm_train_drop_labels(&s.spec, stream, 0, 37, pieces);
    fm_train_drop_labels(&s.spec, stream, 37, N - 37, pieces + 37);
    fm_train_drop_labels(&s.spec, next, 0, N, later);
    ck_assert_mem_eq(label, pieces, sizeof label);
    for (size_t i = 0; i < N; i++) {
        ck_assert(label[i] == i % N_CORNERS || label[i] == N_CORNERS);
        n += label[i] == N_CORNERS;
        n_same += label[i] == N_CORNERS && later[i] == N_CORNERS;
    }
    const double p = shares[_i], both = p * p; /* 5 sigma; steps are independent */
    ck_near((double)n / N, p, 5 * sqrt(p * (1 - p) / N));
    ck_near((double)n_same / N, both, 5 * sqrt(both * (1 - both) / N));
    close_trainer(&s);
}
END_TEST

/* ---- the same bits ---- */

static void compare(const struct setting *a, const struct setting *b)
{
    const struct fm_optimizer_state *p = fm_trainer_state(a->trainer);
    const struct fm_optimizer_state *q = fm_trainer_state(b->trainer);
    ck_assert_mem_eq(p->parameters, q->parameters, p->n * sizeof *p->parameters);
}

START_TEST(any_number_of_threads_and_a_break_give_the_same_bits)
{
    enum { N = 24, BEFORE = 7 };
    double losses[N], others[N];
    struct setting one, other, first;
    struct fm_train_options o = test_train_options(N, 200);
    o.label_dropout = 0.25;
    o.validate_every = 5;
    o.validate_rows = 100;
    open_trainer(&one, o, _i, 1);
    take_steps(&one, N, losses);
    for (size_t n_threads = 2; n_threads <= 3; n_threads++) {
        open_trainer(&other, o, _i, n_threads);
        take_steps(&other, N, others);
        ck_assert_mem_eq(losses, others, sizeof losses);
        compare(&one, &other);
        close_trainer(&other);
    }
    open_trainer(&first, o, _i, 2);
    take_steps(&first, BEFORE, others);
    open_trainer(&other, o, _i, 1);
    const struct fm_optimizer_state *from = fm_trainer_state(first.trainer);
    struct fm_optimizer_state *to = fm_trainer_state(other.trainer);
    memcpy(to->parameters, from->parameters, from->n * sizeof *from->parameters);
    memcpy(to->moment1, from->moment1, from->n * sizeof *from->moment1);
    memcpy(to->moment2, from->moment2, from->n * sizeof *from->moment2);
    fm_trainer_progress(other.trainer)->n_steps = BEFORE;
    fm_trainer_restored(other.trainer);
    take_steps(&other, N - BEFORE, others + BEFORE);
    ck_assert_mem_eq(losses + BEFORE, others + BEFORE, (N - BEFORE) * sizeof *losses);
    compare(&one, &other);
    close_trainer(&one);
    close_trainer(&first);
    close_trainer(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("train_labels");
    TCase *tc = tcase_create("train_labels");
    tcase_add_loop_test(tc, labels_stay_with_their_rows, 0, N_COUPLINGS);
    tcase_add_loop_test(tc, the_share_of_dropped_labels_is_that_asked_for, 0, 3);
    tcase_add_loop_test(tc, any_number_of_threads_and_a_break_give_the_same_bits, 0,
                        N_COUPLINGS);
    suite_add_tcase(suite, tc);
    return test_main(suite);
}

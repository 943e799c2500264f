#include <config.h>

#include "base/stream.h"
#include "host/prediction.h"
#include "plugin_support.h"
#include "support.h"
#include "test_train.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* ---- allocations of the program itself, counted through the linker's --wrap ---- */

static atomic_size_t n_allocations;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);

void *__wrap_malloc(size_t n)
{
    atomic_fetch_add(&n_allocations, 1);
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    atomic_fetch_add(&n_allocations, 1);
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    atomic_fetch_add(&n_allocations, 1);
    return __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
    atomic_fetch_add(&n_allocations, 1);
    return __real_aligned_alloc(alignment, n);
}

/* ---- settings ---- */

/* Row k of x0 goes to row n - 1 - k of x1. */
static enum fm_status reverse_rows(const void *options, const struct fm_services *services,
                                   size_t n, size_t dim, const double *x0, const double *x1,
                                   struct fm_stream noise, uint32_t *i0, uint32_t *i1,
                                   struct fm_coupling_report *report, struct fm_error *err)
{
    (void)options, (void)services, (void)dim, (void)x0, (void)x1, (void)noise, (void)err;
    (void)report;
    for (size_t k = 0; k < n; k++) {
        i0[k] = (uint32_t)k;
        i1[k] = (uint32_t)(n - 1 - k);
    }
    return FM_OK;
}

/* The exact assignment, and memory of its own. */
static enum fm_status assign_rows(const void *options, const struct fm_services *services,
                                  size_t n, size_t dim, const double *x0, const double *x1,
                                  struct fm_stream noise, uint32_t *i0, uint32_t *i1,
                                  struct fm_coupling_report *report, struct fm_error *err)
{
    double cost;
    (void)options, (void)noise, (void)report;
    if (!services->allocate(services, n, sizeof(double)))
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(services->assign(services, n, dim, x0, x1, i1, &cost, err));
    for (size_t k = 0; k < n; k++)
        i0[k] = (uint32_t)k;
    return FM_OK;
}

/* Random pairs. */
static enum fm_status draw_rows(const void *options, const struct fm_services *services,
                                size_t n, size_t dim, const double *x0, const double *x1,
                                struct fm_stream noise, uint32_t *i0, uint32_t *i1,
                                struct fm_coupling_report *report, struct fm_error *err)
{
    (void)options, (void)services, (void)dim, (void)x0, (void)x1, (void)err, (void)report;
    for (size_t k = 0; k < n; k++) {
        struct fm_rng r = fm_rng_at(noise, k);
        i0[k] = fm_rng_below(&r, (uint32_t)n);
        i1[k] = fm_rng_below(&r, (uint32_t)n);
    }
    return FM_OK;
}

/* A path that is not affine: a bridge with noise. */
static void draw_bridge(const void *options, size_t dim, double t, const double *x0,
                        const double *x1, struct fm_rng *r, double *xt, double *ut)
{
    (void)options;
    for (size_t j = 0; j < dim; j++) {
        xt[j] = t * x1[j] + (1 - t) * x0[j] + 0.1 * fm_rng_normal(r);
        ut[j] = x1[j] - x0[j];
    }
}

static const struct fm_coupling_ops reverse_ops = {.size = sizeof reverse_ops,
                                                   .pair = reverse_rows};
static const struct fm_coupling_ops assign_ops = {.size = sizeof assign_ops,
                                                  .pair = assign_rows};
static const struct fm_coupling_ops draw_ops = {
    .size = sizeof draw_ops, .scheme = {.batches = 3}, .pair = draw_rows};
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

static void open_data(struct setting *s)
{
    s->source = (struct fm_data){&test_normal_ops, &source, {.dim = 2}};
    s->data = (struct fm_data){&test_normal_ops, &target, {.dim = 2}};
}

/* variant: 0 affine path; 1 a coupling that holds batches whole; 2 a path with noise; 3 a
 * coupling that takes memory; 4 one that draws the pairs of three batches at once. */
static void open_trainer(struct setting *s, struct fm_train_options options, int variant,
                         size_t n_threads)
{
    struct fm_error err = {0};
    *s = (struct setting){.options = options};
    open_data(s);
    ck_ok(fm_net_compile(&s->arena, &(struct fm_sample_shape){.dim = 2}, test_small_net,
                         &width, &s->net, &err));
    s->spec = (struct fm_train_spec){
        .options = &s->options,
        .seed = 42,
        .net = s->net,
        .source = &s->source,
        .data = &s->data,
        .path = variant == 2 ? &bridge_ops : &test_straight_ops,
        .coupling = variant == 1   ? &reverse_ops
                    : variant == 3 ? &assign_ops
                    : variant == 4 ? &draw_ops
                                   : &test_independent_ops,
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
    struct fm_step_report report;
    for (size_t i = 0; i < n; i++) {
        ck_ok(fm_trainer_step(s->trainer, &report, &err));
        losses[i] = report.loss;
    }
}

static void compare_states(const struct setting *a, const struct setting *b,
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

/* ---- the same bits ---- */

enum { N_STEPS = 30 };

/* batch 200 in 4 shards; 333 in 4, whose blocks are not full; 7 rows in 7 shards; then 200 with
 * other optimisers, times, predictions and losses */
static struct fm_train_options options_at(int i)
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

/* Every kind of batch and optimiser on the affine path, and each other variant once. */
static const struct {
    int options, variant;
} cases[] = {{0, 0}, {1, 0}, {2, 0}, {1, 1}, {0, 2}, {0, 3}, {1, 4}, {3, 0}, {4, 0}};
enum { N_CASES = sizeof cases / sizeof *cases };

/* The bins of all steps hold every row, and the sum of all losses. */
static void check_bins(const struct setting *s, const double *losses)
{
    const struct fm_loss_bins *bins = &fm_trainer_progress(s->trainer)->bins;
    const double batch = (double)s->options.batch;
    double sum = 0, expected = 0;
    uint64_t n = 0;
    for (size_t k = 0; k < FM_LOSS_BINS; k++) {
        sum += bins->sum[k];
        n += bins->n_rows[k];
    }
    for (size_t i = 0; i < N_STEPS; i++)
        expected += losses[i] * batch;
    ck_assert_uint_eq(n, N_STEPS * (uint64_t)s->options.batch);
    ck_near(sum, expected, 1e-12 * expected);
}

START_TEST(weights_and_losses_are_the_same_bits_for_any_number_of_threads)
{
    static const size_t n_threads[] = {2, 3, 4, 7};
    double losses[N_STEPS], others[N_STEPS];
    struct setting one, other;
    int options = cases[_i].options, variant = cases[_i].variant;
    open_trainer(&one, options_at(options), variant, 1);
    take_steps(&one, N_STEPS, losses);
    check_bins(&one, losses);
    for (size_t k = 0; k < sizeof n_threads / sizeof *n_threads; k++) {
        open_trainer(&other, options_at(options), variant, n_threads[k]);
        take_steps(&other, N_STEPS, others);
        ck_assert_mem_eq(losses, others, sizeof losses);
        compare_states(&one, &other, "threads");
        ck_assert_mem_eq(&fm_trainer_progress(one.trainer)->bins,
                         &fm_trainer_progress(other.trainer)->bins,
                         sizeof(struct fm_loss_bins));
        close_trainer(&other);
    }
    close_trainer(&one);
}
END_TEST

static void copy_state(struct fm_trainer *from, struct fm_trainer *to)
{
    const size_t size = fm_trainer_state(from)->n;
    size_t n, m;
    const struct fm_train_block *a = fm_trainer_blocks(from, &n),
                                *b = fm_trainer_blocks(to, &m);
    ck_assert_uint_eq(n, m);
    for (size_t k = 0; k < n; k++) {
        ck_assert_str_eq(a[k].name, b[k].name);
        memcpy(b[k].values, a[k].values, size * sizeof *b[k].values);
    }
    *fm_trainer_progress(to) = *fm_trainer_progress(from);
    fm_trainer_restored(to);
}

START_TEST(a_resumed_training_is_the_uninterrupted_one)
{
    enum { BEFORE = 11 };
    double losses[N_STEPS], others[N_STEPS];
    struct setting whole, first, second;
    int options = cases[_i].options, variant = cases[_i].variant;
    open_trainer(&whole, options_at(options), variant, 2);
    take_steps(&whole, N_STEPS, losses);
    open_trainer(&first, options_at(options), variant, 1);
    take_steps(&first, BEFORE, others);
    open_trainer(&second, options_at(options), variant, 2);
    copy_state(first.trainer, second.trainer);
    ck_assert_uint_eq(fm_trainer_progress(second.trainer)->n_steps, BEFORE);
    take_steps(&second, N_STEPS - BEFORE, others + BEFORE);
    ck_assert_mem_eq(losses, others, sizeof losses);
    compare_states(&whole, &second, "resume");
    close_trainer(&whole);
    close_trainer(&first);
    close_trainer(&second);
}
END_TEST

START_TEST(steps_allocate_nothing)
{
    struct setting s;
    static const int variants[] = {0, 2, 3, 4};
    const bool takes_memory = variants[_i] == 3;
    double losses[2];
    struct fm_train_options o = options_at(0);
    o.validate_every = 7;
    o.validate_rows = 100;
    open_trainer(&s, o, variants[_i], 2);
    take_steps(&s, 2, losses); /* a coupling's memory is in one piece from the second on */
    ck_assert_uint_gt(atomic_load(&n_allocations), 0); /* the counter counts */
    size_t n_takes = fm_arena_n_takes(), n_before = atomic_load(&n_allocations);
    struct fm_error err = {0};
    struct fm_step_report report;
    for (int i = 0; i < 1000; i++) /* no macros of Check in here: they allocate */
        if (fm_trainer_step(s.trainer, &report, &err) != FM_OK)
            ck_abort_msg("%s", err.message);
    size_t n_after = atomic_load(&n_allocations);
    ck_assert((fm_arena_n_takes() == n_takes) == !takes_memory);
    ck_assert_uint_eq(n_after, n_before);
    ck_assert_uint_eq(report.step, 1002);
    close_trainer(&s);
}
END_TEST

/* ---- one step ---- */

/* The loss of the first step from the initial parameters + h direction. */
static double loss_at(struct setting *s, const float *initial, double h,
                      const float *direction)
{
    struct fm_error err = {0};
    struct fm_step_report report;
    struct fm_optimizer_state *state = fm_trainer_state(s->trainer);
    for (size_t i = 0; i < state->n; i++)
        state->parameters[i] = (float)(initial[i] + h * direction[i]);
    fm_trainer_progress(s->trainer)->n_steps = 0;
    fm_trainer_restored(s->trainer);
    ck_ok(fm_trainer_step(s->trainer, &report, &err));
    return report.loss;
}

/* Along g / |g| the loss rises by |g| a length.  h = 0.01: the third derivative and the
 * rounding of parameters to float both stay near 1e-4 of |g|. */
START_TEST(the_gradient_is_that_of_the_reported_loss)
{
    const double h = 0.01;
    struct fm_error err = {0};
    struct fm_step_report report;
    struct setting s;
    open_trainer(&s, test_train_options(1, 333), _i, 2);
    const struct fm_optimizer_state *state = fm_trainer_state(s.trainer);
    float *initial = FM_NEW(&s.arena, state->n, float);
    float *direction = FM_NEW(&s.arena, state->n, float);
    memcpy(initial, state->parameters, state->n * sizeof *initial);
    ck_ok(fm_trainer_step(s.trainer, &report, &err));
    for (size_t i = 0; i < state->n; i++) /* moment1 = (1 - beta1) g */
        direction[i] = (float)(state->moment1[i] / 0.1 / report.grad_norm);
    double rise = (loss_at(&s, initial, h, direction) - loss_at(&s, initial, -h, direction))
                  / (2 * h);
    ck_near(rise, report.grad_norm, 1e-3 * report.grad_norm);
    close_trainer(&s);
}
END_TEST

/* After the first step moment1 = (1 - beta1) g clip / |g|, of norm 0.1 clip. */
START_TEST(a_long_gradient_is_scaled_to_clip)
{
    struct fm_train_options o = test_train_options(1, 200);
    struct fm_error err = {0};
    struct fm_step_report report;
    struct setting s;
    double squares = 0;
    o.clip = 0.01;
    open_trainer(&s, o, 0, 1);
    ck_ok(fm_trainer_step(s.trainer, &report, &err));
    const struct fm_optimizer_state *state = fm_trainer_state(s.trainer);
    for (size_t i = 0; i < state->n; i++)
        squares += (double)state->moment1[i] * (double)state->moment1[i];
    ck_assert_double_gt(report.grad_norm, 0.1); /* reported before clipping */
    ck_near(sqrt(squares), 0.1 * 0.01, 1e-3 * 1e-6);
    close_trainer(&s);
}
END_TEST

/* At step n the average moves by 1 - min(ema, (1 + n) / (10 + n)): 9/11 at the first. */
START_TEST(what_is_sampled_is_the_moving_average)
{
    static const double decay = 0.999;
    struct fm_train_options o = test_train_options(1, 200);
    struct fm_error err = {0};
    struct fm_step_report report;
    struct setting s;
    open_trainer(&s, o, 0, 1);
    ck_assert_ptr_eq(fm_trainer_weights(s.trainer).blocks[FM_WEIGHTS_LAST][0],
                     fm_trainer_state(s.trainer)->parameters);
    close_trainer(&s);
    o.ema = (struct fm_reals){1, &decay};
    open_trainer(&s, o, 0, 1);
    const struct fm_optimizer_state *state = fm_trainer_state(s.trainer);
    const fm_real *average = fm_trainer_weights(s.trainer).blocks[FM_WEIGHTS_LAST][0];
    ck_assert_ptr_ne(average, state->parameters);
    float *before = FM_NEW(&s.arena, state->n, float);
    memcpy(before, state->parameters, state->n * sizeof *before);
    ck_ok(fm_trainer_step(s.trainer, &report, &err));
    for (size_t i = 0; i < state->n; i++)
        ck_near((double)average[i],
                (double)before[i]
                    + ((double)state->parameters[i] - (double)before[i]) * 9 / 11,
                1e-7);
    close_trainer(&s);
}
END_TEST

/* ---- validation ---- */

/* Validation changes nothing else, has the same bits for any number of threads, and comes when
 * asked, and at the first and last step. */
START_TEST(validation_is_of_the_same_rows_and_changes_nothing)
{
    struct fm_error err = {0};
    struct fm_step_report report, other;
    struct setting plain, one, three;
    struct fm_train_options o = options_at(_i < 4 ? 1 : 3);
    const int variant = _i < 4 ? _i : 0;
    open_trainer(&plain, o, variant, 1);
    o.validate_every = 4;
    o.validate_rows = 700;
    open_trainer(&one, o, variant, 1);
    open_trainer(&three, o, variant, 3);
    for (uint64_t step = 1; step <= N_STEPS; step++) {
        ck_ok(fm_trainer_step(plain.trainer, &report, &err));
        ck_assert(isnan(report.validation));
        ck_ok(fm_trainer_step(one.trainer, &report, &err));
        ck_ok(fm_trainer_step(three.trainer, &other, &err));
        const bool is_due = step % 4 == 0 || step == 1 || step == N_STEPS;
        ck_assert(is_due == !isnan(report.validation));
        ck_assert(!is_due || report.validation == other.validation);
    }
    compare_states(&plain, &one, "validation");
    close_trainer(&plain);
    close_trainer(&one);
    close_trainer(&three);
}
END_TEST

/* With so small a rate that the weights stay, the loss of many batches is that of many rows: a
 * row's loss has a standard deviation below 8, so 300 batches of 333 are within 0.03 of their
 * mean, and 100,000 stratified rows likewise. */
START_TEST(validation_is_the_mean_of_the_loss)
{
    struct fm_error err = {0};
    struct fm_step_report report;
    struct setting s;
    struct fm_train_options o = test_train_options(300, 333);
    double mean = 0;
    o.lr = 1e-12;
    o.validate_every = 300;
    o.validate_rows = 100000;
    open_trainer(&s, o, _i, 2);
    for (int i = 0; i < 300; i++) {
        ck_ok(fm_trainer_step(s.trainer, &report, &err));
        mean += report.loss / 300;
    }
    ck_near(report.validation, mean, 0.12);
    close_trainer(&s);
}
END_TEST

/* ---- failures ---- */

static void break_row(const void *options, const struct fm_dataset *d,
                      struct fm_stream stream, uint64_t first_row, size_t n, double *x,
                      double value)
{
    test_normal_draw(options, d, stream, first_row, n, x);
    if (stream.step == 5 && first_row == 0)
        x[1] = value;
}

static void draw_infinite(const void *options, const struct fm_dataset *d,
                          struct fm_stream stream, uint64_t first_row, size_t n, double *x)
{
    break_row(options, d, stream, first_row, n, x, (double)INFINITY);
}

/* Its square fits a double, and the product of input and error no float. */
static void draw_huge(const void *options, const struct fm_dataset *d,
                      struct fm_stream stream, uint64_t first_row, size_t n, double *x)
{
    break_row(options, d, stream, first_row, n, x, 1e30);
}

START_TEST(a_loss_or_gradient_that_is_not_finite_is_an_error_and_changes_nothing)
{
    static const struct fm_dataset_ops broken[] = {
        {.size = sizeof *broken, .draw = draw_infinite},
        {.size = sizeof *broken, .draw = draw_huge},
    };
    struct fm_error err = {0};
    struct fm_step_report report = {.step = 77};
    double losses[5];
    struct setting s, fine;
    open_trainer(&s, options_at(0), 0, 2);
    open_trainer(&fine, options_at(0), 0, 2);
    s.data.ops = &broken[_i];
    take_steps(&s, 5, losses);
    take_steps(&fine, 5, losses);
    ck_fails(fm_trainer_step(s.trainer, &report, &err), FM_ERROR_DIVERGED,
             _i == 0 ? "the loss stopped being finite at step 6"
                     : "the gradient stopped being finite at step 6");
    ck_assert_uint_eq(report.step, 77);
    ck_assert_uint_eq(fm_trainer_progress(s.trainer)->n_steps, 5);
    compare_states(&s, &fine, "after the failure");
    close_trainer(&s);
    close_trainer(&fine);
}
END_TEST

static enum fm_status refuse(const void *options, const struct fm_services *services,
                             size_t n, size_t dim, const double *x0, const double *x1,
                             struct fm_stream noise, uint32_t *i0, uint32_t *i1,
                             struct fm_coupling_report *report, struct fm_error *err)
{
    (void)options, (void)services, (void)n, (void)dim, (void)x0, (void)x1, (void)i0,
        (void)i1, (void)report;
    return fm_fail(err, FM_ERROR_RUN, "refused at step %u", noise.step);
}

static enum fm_status leave_batch(const void *options, const struct fm_services *services,
                                  size_t n, size_t dim, const double *x0, const double *x1,
                                  struct fm_stream noise, uint32_t *i0, uint32_t *i1,
                                  struct fm_coupling_report *report, struct fm_error *err)
{
    FM_TRY(reverse_rows(options, services, n, dim, x0, x1, noise, i0, i1, report, err));
    i1[3] = (uint32_t)n;
    return FM_OK;
}

START_TEST(a_coupling_s_error_arrives_and_its_rows_are_checked)
{
    static const struct fm_coupling_ops refusing = {.size = sizeof refusing,
                                                    .pair = refuse};
    static const struct fm_coupling_ops leaving = {.size = sizeof leaving,
                                                   .pair = leave_batch};
    struct fm_error err = {0};
    struct fm_step_report report;
    struct setting s;
    open_trainer(&s, options_at(0), 1, 1);
    close_trainer(&s);
    for (int i = 0; i < 2; i++) {
        struct fm_trainer *trainer = NULL;
        struct fm_arena arena = {0};
        ck_ok(fm_net_compile(&arena, &(struct fm_sample_shape){.dim = 2}, test_small_net,
                             &width, &s.net, &err));
        open_data(&s);
        s.spec.net = s.net;
        s.spec.coupling = i == 0 ? &refusing : &leaving;
        ck_ok(fm_trainer_init(&arena, &s.spec, &trainer, &err));
        ck_fails(fm_trainer_step(trainer, &report, &err),
                 i == 0 ? FM_ERROR_RUN : FM_ERROR_PLUGIN,
                 i == 0 ? "refused at step 0" : "pair 3 of a row outside the batch");
        fm_trainer_fini(trainer);
        fm_arena_fini(&arena);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("train");
    TCase *bits = tcase_create("same bits");
    tcase_set_timeout(bits, 60);
    tcase_add_loop_test(
        bits, weights_and_losses_are_the_same_bits_for_any_number_of_threads, 0, N_CASES);
    tcase_add_loop_test(bits, a_resumed_training_is_the_uninterrupted_one, 0, N_CASES);
    suite_add_tcase(suite, bits);
    TCase *memory = tcase_create("memory");
    tcase_set_timeout(memory, 60);
    tcase_add_loop_test(memory, steps_allocate_nothing, 0, 4);
    suite_add_tcase(suite, memory);
    TCase *step = tcase_create("step");
    tcase_add_test(step, a_long_gradient_is_scaled_to_clip);
    tcase_add_test(step, what_is_sampled_is_the_moving_average);
    tcase_add_loop_test(step, the_gradient_is_that_of_the_reported_loss, 0, 3);
    tcase_add_loop_test(
        step, a_loss_or_gradient_that_is_not_finite_is_an_error_and_changes_nothing, 0, 2);
    tcase_add_loop_test(step, validation_is_of_the_same_rows_and_changes_nothing, 0, 5);
    tcase_add_loop_test(step, validation_is_the_mean_of_the_loss, 0, 3);
    tcase_add_test(step, a_coupling_s_error_arrives_and_its_rows_are_checked);
    suite_add_tcase(suite, step);
    return test_main(suite);
}

/* Validation during training, the best weights, and an early end. */
#include <config.h>

#include "plugin_support.h"
#include "support.h"
#include "test_train.h"

#include <math.h>
#include <string.h>

static const struct test_normal source = {{0, 0}, {1, 1}}, target = {{2, -1}, {0.5, 1.5}};
static const size_t width = 20;
static const double decays[] = {0, 0.9};

struct setting {
    struct fm_arena arena;
    struct fm_train_options options;
    struct fm_data source, data;
    struct fm_train_spec spec;
    struct fm_trainer *trainer;
};

static void open_trainer(struct setting *s, const struct fm_train_options *o,
                         size_t n_threads)
{
    struct fm_error err = {0};
    struct fm_net *net = NULL;
    *s = (struct setting){.options = *o};
    s->source = (struct fm_data){&test_normal_ops, &source, {.dim = 2}};
    s->data = (struct fm_data){&test_normal_ops, &target, {.dim = 2}};
    ck_ok(fm_net_compile(&s->arena, &(struct fm_sample_shape){.dim = 2}, test_small_net,
                         &width, &net, &err));
    s->spec = (struct fm_train_spec){.options = &s->options,
                                     .seed = 7,
                                     .net = net,
                                     .source = &s->source,
                                     .data = &s->data,
                                     .path = &test_straight_ops,
                                     .coupling = &test_independent_ops,
                                     .n_threads = n_threads};
    ck_ok(fm_trainer_init(&s->arena, &s->spec, &s->trainer, &err));
}

static void close_trainer(struct setting *s)
{
    fm_trainer_fini(s->trainer);
    fm_arena_fini(&s->arena);
}

/* A learning rate so large that the loss falls at first and then goes up and down. */
static struct fm_train_options restless(int64_t steps)
{
    struct fm_train_options o = test_train_options(steps, 64);
    o.lr = 1;
    o.validate_every = 2;
    o.validate_rows = 300;
    o.ema = (struct fm_reals){2, decays};
    return o;
}

/* Trains to the end; losses: [steps], NAN without validation. */
static void train(struct setting *s, double *losses)
{
    struct fm_error err = {0};
    struct fm_train_step_result report;
    while (!fm_trainer_is_over(s->trainer)) {
        ck_ok(fm_trainer_step(s->trainer, &report, &err));
        losses[report.step - 1] = report.validation;
    }
}

static uint64_t step_of_least(size_t n, const double *losses)
{
    size_t least = 0; /* the first step is validated */
    for (size_t i = 1; i < n; i++)
        if (losses[i] < losses[least])
            least = i;
    return least + 1;
}

/* The best weights of a training are the last ones of a training that ends there. */
START_TEST(the_best_weights_are_those_of_the_least_loss)
{
    enum { N = 60 };
    double losses[N], others[N];
    struct fm_train_options o = restless(N);
    struct setting best, shorter;
    open_trainer(&best, &o, 2);
    train(&best, losses);
    const struct fm_weights found = fm_trainer_weights(best.trainer);
    const uint64_t step = step_of_least(N, losses);
    ck_assert_uint_lt(step, N);
    ck_assert_uint_eq(found.best_step, step);
    ck_assert_uint_eq(found.n_steps, N);
    o.steps = (int64_t)step;
    open_trainer(&shorter, &o, 1);
    train(&shorter, others);
    const struct fm_weights expected = fm_trainer_weights(shorter.trainer);
    ck_assert_uint_eq(expected.n_steps, step);
    const fm_real *const *best_blocks = found.blocks[FM_WEIGHTS_BEST];
    const size_t bytes = fm_trainer_state(best.trainer)->n * sizeof **best_blocks;
    for (size_t k = 0; k < 2; k++) {
        ck_assert_mem_eq(best_blocks[k], expected.blocks[FM_WEIGHTS_LAST][k], bytes);
        ck_assert_mem_ne(best_blocks[k], found.blocks[FM_WEIGHTS_LAST][k], bytes);
    }
    ck_assert_mem_ne(best_blocks[0], best_blocks[1], bytes);
    ck_assert_ptr_eq(best_blocks[2], NULL);
    close_trainer(&best);
    close_trainer(&shorter);
}
END_TEST

/* With patience p training ends at the p-th validation in a row without a new least loss.
 * Until then it equals the training without patience. */
START_TEST(training_ends_with_patience)
{
    enum { N = 200 };
    double losses[N], whole[N];
    struct fm_train_options o = restless(N);
    struct setting s;
    open_trainer(&s, &o, 1);
    train(&s, whole);
    close_trainer(&s);
    uint64_t end = 0, since = 0;
    double least = HUGE_VAL;
    for (uint64_t step = 1; step <= N && end == 0; step++) {
        if (isnan(whole[step - 1]))
            continue;
        since = whole[step - 1] < least ? 0 : since + 1;
        least = fmin(least, whole[step - 1]);
        end = since == (uint64_t)_i ? step : 0;
    }
    ck_assert_uint_gt(end, 0);
    o.patience = _i;
    open_trainer(&s, &o, 2);
    train(&s, losses);
    ck_assert_uint_eq(fm_trainer_progress(s.trainer)->n_steps, end);
    ck_assert(fm_trainer_progress(s.trainer)->least == least);
    for (uint64_t i = 0; i < end; i++)
        ck_assert(losses[i] == whole[i] || (isnan(losses[i]) && isnan(whole[i])));
    close_trainer(&s);
}
END_TEST

START_TEST(averages_of_every_decay_follow_the_recurrence)
{
    struct fm_error err = {0};
    struct fm_train_step_result report;
    struct setting s;
    struct fm_train_options o = test_train_options(20, 64);
    static const double three[] = {0.5, 0, 0.95};
    o.ema = (struct fm_reals){3, three};
    open_trainer(&s, &o, 2);
    const size_t n = fm_trainer_state(s.trainer)->n;
    double *expected[3];
    for (size_t k = 0; k < 3; k++) {
        expected[k] = FM_NEW(&s.arena, n, double);
        for (size_t i = 0; i < n; i++)
            expected[k][i] = (double)fm_trainer_state(s.trainer)->parameters[i];
    }
    for (uint64_t step = 1; step <= 20; step++) {
        ck_ok(fm_trainer_step(s.trainer, &report, &err));
        for (size_t k = 0; k < 3; k++) {
            double decay = fmin(three[k], (1 + (double)step) / (10 + (double)step));
            for (size_t i = 0; i < n; i++)
                expected[k][i] =
                    decay * expected[k][i]
                    + (1 - decay) * (double)fm_trainer_state(s.trainer)->parameters[i];
        }
    }
    const struct fm_weights w = fm_trainer_weights(s.trainer);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < n; i++)
            ck_near((double)w.blocks[FM_WEIGHTS_LAST][k][i], expected[k][i],
                    1e-5 * (1 + fabs(expected[k][i])));
    close_trainer(&s);
}
END_TEST

/* Sizes of the paired problems. */
static size_t sizes[16], n_sizes;

static enum fm_status note_size(const void *options, const struct fm_services *services,
                                const struct fm_coupling_batch *b,
                                struct fm_coupling_report *report, struct fm_error *error)
{
    (void)options, (void)services, (void)report, (void)error;
    ck_assert_uint_lt(n_sizes, 16);
    sizes[n_sizes++] = b->n;
    for (size_t i = 0; i < b->n; i++)
        b->i0[i] = b->i1[i] = (uint32_t)(b->n - 1 - i);
    return FM_OK;
}

/* 300 rows of batches of 64, paired three at a time: two problems of 192 rows. */
START_TEST(validation_pairs_as_many_rows_as_training)
{
    static const struct fm_coupling_ops ops = {
        .size = sizeof ops,
        .scheme = {.batches = 3, .is_permutation = true},
        .pair = note_size};
    const struct fm_train_options o = restless(2);
    struct setting s;
    struct fm_trainer *trainer;
    struct fm_error err = {0};
    open_trainer(&s, &o, 1);
    s.spec.coupling = &ops;
    n_sizes = 0;
    ck_ok(fm_trainer_init(&s.arena, &s.spec, &trainer, &err));
    ck_assert_uint_eq(n_sizes, 2);
    ck_assert_uint_eq(sizes[0], 192);
    ck_assert_uint_eq(sizes[1], 192);
    fm_trainer_fini(trainer);
    close_trainer(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validation");
    TCase *tcase = tcase_create("all");
    tcase_add_test(tcase, the_best_weights_are_those_of_the_least_loss);
    tcase_add_test(tcase, validation_pairs_as_many_rows_as_training);
    tcase_add_loop_test(tcase, training_ends_with_patience, 1, 5);
    tcase_add_test(tcase, averages_of_every_decay_follow_the_recurrence);
    suite_add_tcase(suite, tcase);
    return test_main(suite);
}

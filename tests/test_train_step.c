/* One training step: gradient, clipping, averages, validation, and failures. */
#include <config.h>

#include "test_trainer.h"

#include <math.h>

/* ---- one step ---- */

/* The loss of the first step from the initial parameters + h direction. */
static double loss_at(struct setting *s, const float *initial, double h,
                      const float *direction)
{
    struct fm_error err = {0};
    struct fm_train_step_result report;
    struct fm_optimizer_state *state = fm_trainer_state(s->trainer);
    for (size_t i = 0; i < state->n; i++)
        state->parameters[i] = (float)(initial[i] + h * direction[i]);
    fm_trainer_progress(s->trainer)->n_steps = 0;
    fm_trainer_restored(s->trainer);
    ck_ok(fm_trainer_step(s->trainer, &report, &err));
    return report.loss;
}

/* Along g / |g| the loss rises by |g| per unit length. h = 0.01: the third derivative and
 * the rounding of parameters to float both stay near 1e-4 of |g|. */
START_TEST(the_gradient_is_that_of_the_reported_loss)
{
    const double h = 0.01;
    struct fm_error err = {0};
    struct fm_train_step_result report;
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
    struct fm_train_step_result report;
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
START_TEST(the_moving_average_is_sampled)
{
    static const double decay = 0.999;
    struct fm_train_options o = test_train_options(1, 200);
    struct fm_error err = {0};
    struct fm_train_step_result report;
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

/* Validation changes nothing else, has the same bits for any number of threads, and runs at
 * the requested steps, the first and the last. */
START_TEST(validation_uses_the_same_rows_and_changes_nothing)
{
    struct fm_error err = {0};
    struct fm_train_step_result report, other;
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

/* With a learning rate so small that the weights stay, the loss of many batches is that of
 * many rows.  A row's loss has a standard deviation below 8, so 300 batches of 333 are
 * within 0.03 of their mean, and so are 100,000 stratified rows. */
START_TEST(validation_is_the_mean_of_the_loss)
{
    struct fm_error err = {0};
    struct fm_train_step_result report;
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

/* Draws numbers whose square fits a double, while the product of input and error does not
 * fit a float. */
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
    struct fm_train_step_result report = {.step = 77};
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
                             const struct fm_coupling_batch *b,
                             struct fm_coupling_report *report, struct fm_error *err)
{
    (void)options, (void)services, (void)report;
    return fm_fail(err, FM_ERROR_RUN, "refused at step %u", b->noise.step);
}

static enum fm_status leave_batch(const void *options, const struct fm_services *services,
                                  const struct fm_coupling_batch *b,
                                  struct fm_coupling_report *report, struct fm_error *err)
{
    FM_TRY(test_reverse_rows(options, services, b, report, err));
    b->i1[3] = (uint32_t)b->n;
    return FM_OK;
}

START_TEST(a_coupling_s_error_is_reported_and_its_rows_are_checked)
{
    static const struct fm_coupling_ops refusing = {.size = sizeof refusing,
                                                    .pair = refuse};
    static const struct fm_coupling_ops leaving = {.size = sizeof leaving,
                                                   .pair = leave_batch};
    struct fm_error err = {0};
    struct fm_train_step_result report;
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
    Suite *suite = suite_create("train step");
    TCase *step = tcase_create("step");
    tcase_add_test(step, a_long_gradient_is_scaled_to_clip);
    tcase_add_test(step, the_moving_average_is_sampled);
    tcase_add_loop_test(step, the_gradient_is_that_of_the_reported_loss, 0, 3);
    tcase_add_loop_test(
        step, a_loss_or_gradient_that_is_not_finite_is_an_error_and_changes_nothing, 0, 2);
    tcase_add_loop_test(step, validation_uses_the_same_rows_and_changes_nothing, 0, 5);
    tcase_add_loop_test(step, validation_is_the_mean_of_the_loss, 0, 3);
    tcase_add_test(step, a_coupling_s_error_is_reported_and_its_rows_are_checked);
    suite_add_tcase(suite, step);
    return test_main(suite);
}

/* Built twice: with the engine's float, and with double (FM_REAL_DOUBLE). */
#include <config.h>

#include "base/isa.h"
#include "nn/optimizer.h"
#include "plugin_support.h"
#include "support.h"

#include <float.h>
#include <fmrun/rng.h>
#include <math.h>
#include <string.h>

#ifdef FM_REAL_DOUBLE
#define UNIT (DBL_EPSILON / 2)
#else
#define UNIT (FLT_EPSILON / 2)
#endif

enum { N = 100 };

static fm_real theta[N], moment1[N], moment2[N], average[N], gradient[N];
static const struct fm_adamw usual = {0.9, 0.999, 1e-8, 0};

static struct fm_optimizer_state start(void)
{
    struct fm_rng r = fm_rng_at((struct fm_stream){9, 1, 0}, 0);
    memset(moment1, 0, sizeof moment1);
    memset(moment2, 0, sizeof moment2);
    for (size_t i = 0; i < N; i++)
        average[i] = theta[i] = (fm_real)fm_rng_normal(&r);
    return (struct fm_optimizer_state){N, theta, moment1, moment2};
}

static void step_on(const struct fm_adamw *adamw, struct fm_optimizer_state *state,
                    double scale, double lr, uint64_t step, double ema_decay, size_t first,
                    size_t count)
{
    const struct fm_adamw_step s = fm_adamw_prepare(adamw, scale, lr, step);
    fm_adamw_apply(&s, state, gradient, first, count);
    fm_average_apply(ema_decay, theta, average, first, count);
}

static void draw_gradient(uint32_t step)
{
    struct fm_rng r = fm_rng_at((struct fm_stream){9, 2, step}, 0);
    for (size_t i = 0; i < N; i++) /* of sizes 1e-4 to 1e3 */
        gradient[i] = (fm_real)(fm_rng_normal(&r) * pow(10, (double)(i % 8) - 4));
}

/* torch.optim.AdamW of PyTorch 1.13 in float64, lr 0.01, betas (0.8, 0.95), eps 1e-3,
 * weight_decay 0.1, from theta = (1, -2, 0.5, 0) with, at step n, the gradient
 * (0.5, -1, -0.25, 0) (2 - n / 2) + n / 8; the moving average has decay 0.75. */
START_TEST(adamw_takes_the_steps_that_pytorch_takes)
{
    static const struct fm_adamw adamw = {0.8, 0.95, 1e-3, 0.1};
    static const struct {
        uint64_t step;
        double theta[4], average[4];
    } expected[] = {
        {1,
         {0.989011415525, -1.988007267442, 0.509460159363, -0.009920634921},
         {0.997252853881, -1.997001816860, 0.502365039841, -0.002480158730}},
        {2,
         {0.978129800920, -1.976682520550, 0.515281975013, -0.019625316534},
         {0.992472090641, -1.991921992783, 0.505594273634, -0.006766448181}},
        {5,
         {0.947180406624, -1.961758718755, 0.497770513573, -0.049253646967},
         {0.970992974461, -1.975319950714, 0.504804120221, -0.026654194583}},
    };
    static const double first[] = {1, -2, 0.5, 0}, slope[] = {0.5, -1, -0.25, 0};
    struct fm_optimizer_state state = start();
    state.n = 4;
    for (size_t i = 0; i < 4; i++)
        average[i] = theta[i] = (fm_real)first[i];
    uint64_t step = 1;
    for (size_t k = 0; k < 3; k++) {
        for (; step <= expected[k].step; step++) {
            for (size_t i = 0; i < 4; i++)
                gradient[i] =
                    (fm_real)(slope[i] * (2 - (double)step / 2) + (double)step / 8);
            step_on(&adamw, &state, 1, 1e-2, step, 0.75, 0, 4);
        }
        for (size_t i = 0; i < 4; i++) { /* printed with 12 digits; 10 roundings per step */
            ck_near((double)theta[i], expected[k].theta[i], 1e-12 + 50 * UNIT);
            ck_near((double)average[i], expected[k].average[i], 1e-12 + 50 * UNIT);
        }
    }
}
END_TEST

/* Algorithm 2 of Loshchilov and Hutter 2019 line by line, for one entry. */
struct plain {
    double theta, m, v, average;
};

static void plain_step(const struct fm_adamw *o, struct plain *p, double g, double lr,
                       uint64_t step, double ema_decay)
{
    p->theta -= lr * o->weight_decay * p->theta;
    p->m = o->beta1 * p->m + (1 - o->beta1) * g;
    p->v = o->beta2 * p->v + (1 - o->beta2) * g * g;
    double m_hat = p->m / (1 - pow(o->beta1, (double)step));
    double v_hat = p->v / (1 - pow(o->beta2, (double)step));
    p->theta -= lr * m_hat / (sqrt(v_hat) + o->epsilon);
    p->average = ema_decay * p->average + (1 - ema_decay) * p->theta;
}

/* 60 steps with decay, a changing lr and a clipped gradient.  A step moves theta by at most
 * a few lr and rounds by UNIT of theta and a dozen UNIT of the move. */
START_TEST(adamw_agrees_with_a_plain_double_one)
{
    static const struct fm_adamw adamw = {0.9, 0.999, 1e-8, 0.05};
    static struct plain plain[N];
    struct fm_optimizer_state state = start();
    for (size_t i = 0; i < N; i++)
        plain[i] = (struct plain){(double)theta[i], 0, 0, (double)theta[i]};
    for (uint64_t step = 1; step <= 60; step++) {
        double lr = 1e-2 / (double)step, scale = step % 3 ? 1 : 0.125;
        double decay = fmin(0.9, (1.0 + (double)step) / (10.0 + (double)step));
        draw_gradient((uint32_t)step);
        step_on(&adamw, &state, scale, lr, step, decay, 0, N);
        for (size_t i = 0; i < N; i++)
            plain_step(&adamw, &plain[i], (double)gradient[i] * scale, lr, step, decay);
    }
    for (size_t i = 0; i < N; i++) {
        ck_near((double)theta[i], plain[i].theta, 100 * UNIT);
        ck_near((double)moment1[i], plain[i].m, 100 * UNIT * (fabs(plain[i].m) + 1));
        ck_near((double)moment2[i], plain[i].v, 100 * UNIT * plain[i].v);
        ck_near((double)average[i], plain[i].average, 100 * UNIT);
    }
}
END_TEST

/* m_hat = g and v_hat = g^2 at step 1, so theta moves by lr g / (|g| + epsilon). */
START_TEST(the_first_step_has_length_lr_whatever_the_gradient)
{
    struct fm_optimizer_state state = start();
    draw_gradient(1);
    memset(theta, 0, sizeof theta);
    step_on(&usual, &state, 1, 1e-3, 1, 0, 0, N);
    for (size_t i = 0; i < N; i++)
        ck_near((double)theta[i],
                -1e-3 * (double)gradient[i] / (fabs((double)gradient[i]) + 1e-8),
                1e-3 * 100 * UNIT);
}
END_TEST

START_TEST(without_a_gradient_only_decay_acts)
{
    static const struct fm_adamw adamw = {0.9, 0.999, 1e-8, 0.5};
    fm_real before[N];
    struct fm_optimizer_state state = start();
    memcpy(before, theta, sizeof theta);
    memset(gradient, 0, sizeof gradient);
    for (uint64_t step = 1; step <= 10; step++)
        step_on(&adamw, &state, 1, 0.1, step, 0, 0, N);
    for (size_t i = 0; i < N; i++) /* (1 - 0.1 * 0.5)^10 */
        ck_near((double)theta[i], (double)before[i] * pow(0.95, 10), 30 * UNIT);
}
END_TEST

START_TEST(a_step_in_pieces_equals_the_step)
{
    fm_real whole[4][N];
    struct fm_optimizer_state state = start();
    draw_gradient(1);
    step_on(&usual, &state, 0.5, 1e-3, 3, 0.9, 0, N);
    memcpy(whole[0], theta, sizeof theta);
    memcpy(whole[1], moment1, sizeof theta);
    memcpy(whole[2], moment2, sizeof theta);
    memcpy(whole[3], average, sizeof theta);
    (void)start();
    step_on(&usual, &state, 0.5, 1e-3, 3, 0.9, 48, N - 48);
    fm_real untouched = theta[47];
    step_on(&usual, &state, 0.5, 1e-3, 3, 0.9, 0, 47);
    ck_assert(theta[47] == untouched && moment1[47] == 0 && moment2[47] == 0);
    step_on(&usual, &state, 0.5, 1e-3, 3, 0.9, 47, 1);
    ck_assert_mem_eq(whole[0], theta, sizeof theta);
    ck_assert_mem_eq(whole[1], moment1, sizeof theta);
    ck_assert_mem_eq(whole[2], moment2, sizeof theta);
    ck_assert_mem_eq(whole[3], average, sizeof theta);
}
END_TEST

/* ---- lion and sgd, on each instruction set ---- */

static bool has_set(int i)
{
    static const char *const names[FM_N_ISAS] = {"portable", "avx2", "avx512"};
    return fm_isa_force(names[i]);
}

/* torch.optim.SGD of PyTorch 1.13 in float64, lr 0.05, momentum 0.8, weight_decay 0.1, plain
 * and with nesterov=True, from the same theta with the same gradients and average. */
START_TEST(sgd_takes_the_steps_that_pytorch_takes)
{
    static const struct {
        uint64_t step;
        double theta[4], average[4];
    } expected[2][3] = {
        {{1,
          {0.951250000000, -1.921250000000, 0.510000000000, -0.006250000000},
          {0.987812500000, -1.980312500000, 0.502500000000, -0.001562500000}},
         {2,
          {0.869993750000, -1.811143750000, 0.515450000000, -0.023718750000},
          {0.958357812500, -1.938020312500, 0.505737500000, -0.007101562500}},
         {5,
          {0.550542837907, -1.636543110513, 0.399914138819, -0.178485811566},
          {0.773899058178, -1.774672434064, 0.472183701658, -0.075624772569}}},
        {{1,
          {0.912250000000, -1.858250000000, 0.518000000000, -0.011250000000},
          {0.978062500000, -1.964562500000, 0.504500000000, -0.002812500000}},
         {2,
          {0.805339750000, -1.723625750000, 0.519738000000, -0.037648750000},
          {0.934881812500, -1.904328312500, 0.508309500000, -0.011521562500}},
         {5,
          {0.466278093441, -1.636369480339, 0.345106457668, -0.234604431152},
          {0.715749835223, -1.739576407684, 0.452910130994, -0.102692245746}}},
    };
    static const double first[] = {1, -2, 0.5, 0}, slope[] = {0.5, -1, -0.25, 0};
    const int kind = _i % 2;
    const struct fm_sgd sgd = {0.8, 0.1, kind == 1};
    if (!has_set(_i / 2))
        return;
    struct fm_optimizer_state state = start();
    state.n = 4;
    for (size_t i = 0; i < 4; i++)
        average[i] = theta[i] = (fm_real)first[i];
    uint64_t step = 1;
    for (size_t k = 0; k < 3; k++) {
        for (; step <= expected[kind][k].step; step++) {
            for (size_t i = 0; i < 4; i++) /* halved by the scale */
                gradient[i] =
                    (fm_real)(2 * slope[i] * (2 - (double)step / 2) + (double)step / 4);
            const struct fm_sgd_step s = fm_sgd_prepare(&sgd, 0.5, 0.05);
            fm_sgd_apply(&s, &state, gradient, 0, 4);
            fm_average_apply(0.75, theta, average, 0, 4);
        }
        for (size_t i = 0; i < 4; i++) {
            ck_near((double)theta[i], expected[kind][k].theta[i], 1e-12 + 50 * UNIT);
            ck_near((double)average[i], expected[kind][k].average[i], 1e-12 + 50 * UNIT);
        }
    }
}
END_TEST

/* Algorithm 2 of Chen et al. 2023 line by line, for one entry. */
static void plain_lion(const struct fm_lion *o, struct plain *p, double g, double lr,
                       double ema_decay)
{
    double update = o->beta1 * p->m + (1 - o->beta1) * g;
    double sign = update > 0 ? 1 : update < 0 ? -1 : 0;
    p->theta = p->theta - lr * (sign + o->weight_decay * p->theta);
    p->m = o->beta2 * p->m + (1 - o->beta2) * g;
    p->average = ema_decay * p->average + (1 - ema_decay) * p->theta;
}

/* As for adamw.  The signs agree: only updates of entries without a gradient come near 0,
 * and they are 0. */
START_TEST(lion_agrees_with_a_plain_double_one)
{
    static const struct fm_lion lion = {0.9, 0.99, 0.05};
    static struct plain plain[N];
    if (!has_set(_i))
        return;
    struct fm_optimizer_state state = start();
    for (size_t i = 0; i < N; i++)
        plain[i] = (struct plain){(double)theta[i], 0, 0, (double)theta[i]};
    for (uint64_t step = 1; step <= 60; step++) {
        double lr = 1e-2 / (double)step, scale = step % 3 ? 1 : 0.125;
        draw_gradient((uint32_t)step);
        for (size_t i = 0; i < N; i += 9)
            gradient[i] = 0;
        const struct fm_lion_step s = fm_lion_prepare(&lion, scale, lr);
        fm_lion_apply(&s, &state, gradient, 0, N);
        fm_average_apply(0.75, theta, average, 0, N);
        for (size_t i = 0; i < N; i++)
            plain_lion(&lion, &plain[i], (double)gradient[i] * scale, lr, 0.75);
    }
    for (size_t i = 0; i < N; i++) {
        ck_near((double)theta[i], plain[i].theta, 100 * UNIT);
        ck_near((double)moment1[i], plain[i].m, 100 * UNIT * (fabs(plain[i].m) + 1));
        ck_near((double)average[i], plain[i].average, 100 * UNIT);
        ck_assert(moment2[i] == 0);
    }
}
END_TEST

START_TEST(lion_and_sgd_in_pieces_equal_the_step)
{
    const struct fm_lion_step lion =
        fm_lion_prepare(&(struct fm_lion){0.9, 0.99, 0.1}, 0.5, 1e-3);
    const struct fm_sgd_step sgd =
        fm_sgd_prepare(&(struct fm_sgd){0.9, 0.1, true}, 0.5, 1e-3);
    static const size_t ends[] = {0, 47, 48, N};
    fm_real whole[2][3][N];
    draw_gradient(1);
    for (int k = 0; k < 2; k++)
        for (int is_cut = 0; is_cut < 2; is_cut++) {
            struct fm_optimizer_state state = start();
            for (size_t i = 0; i < (is_cut ? 3 : 1); i++) {
                size_t first = is_cut ? ends[i] : 0, end = is_cut ? ends[i + 1] : N;
                if (k == 0)
                    fm_lion_apply(&lion, &state, gradient, first, end - first);
                else
                    fm_sgd_apply(&sgd, &state, gradient, first, end - first);
                ck_assert(!is_cut || i != 0 || (theta[47] == average[47]));
            }
            const fm_real *found[] = {theta, moment1, average};
            for (size_t j = 0; j < 3; j++)
                if (is_cut)
                    ck_assert_mem_eq(whole[k][j], found[j], sizeof theta);
                else
                    memcpy(whole[k][j], found[j], sizeof theta);
        }
}
END_TEST

/* ---- the sum over shards ---- */

/* (1 + u) + (u + 0) rounds u away twice; (u + u) + 1 = 1 + 2 u.  A pair that is already
 * added gives the same. */
START_TEST(shards_are_summed_in_pairs_first_to_last)
{
    static const double units[2][4] = {{1, 0, 0, 0}, {0, 0, 1, 0}};
    for (int k = 0; k < 2; k++)
        for (int is_added = 0; is_added < 2; is_added++) {
            fm_real shards[5][N], *pointers[5];
            for (size_t s = 0; s < 5; s++)
                for (size_t i = 0; i < N; i++)
                    shards[s][i] = s == 4             ? 0
                                   : units[k][s] != 0 ? 1
                                                      : (fm_real)(UNIT * (s != 3));
            for (size_t s = 0; s < 5; s++)
                pointers[s] = shards[s];
            for (size_t s = 0; is_added && s < 4; s += 2) {
                fm_gradient_pair(N, shards[s + 1], shards[s]);
                pointers[s + 1] = NULL;
            }
            (void)fm_gradient_combine(5, pointers, 0, N, gradient);
            for (size_t i = 0; i < N; i++)
                ck_assert(gradient[i] == (k == 0 ? 1 : 1 + 2 * (fm_real)UNIT));
        }
}
END_TEST

START_TEST(a_sum_returns_its_square_and_changes_nothing_else)
{
    fm_real shards[2][N], *pointers[] = {shards[0], shards[1]};
    for (size_t first = 0; first < 12; first++)
        for (size_t count = 0; count <= N - first; count += 13) {
            double squares = 0;
            struct fm_rng r = fm_rng_at((struct fm_stream){9, 3, 0}, first);
            for (size_t i = 0; i < N; i++) {
                shards[0][i] = (fm_real)fm_rng_normal(&r);
                shards[1][i] = (fm_real)fm_rng_normal(&r);
                gradient[i] = 77;
            }
            for (size_t i = first; i < first + count; i++) {
                fm_real sum = shards[0][i] + shards[1][i];
                squares += (double)sum * (double)sum;
            }
            ck_near(fm_gradient_combine(2, pointers, first, count, gradient), squares,
                    1e-13 * squares);
            for (size_t i = 0; i < N; i++) {
                bool is_taken = i >= first && i < first + count;
                ck_assert((gradient[i] != 77) == is_taken);
            }
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create(sizeof(fm_real) == 4 ? "optimizer" : "optimizer in double");
    TCase *adamw = tcase_create("adamw");
    tcase_add_test(adamw, adamw_takes_the_steps_that_pytorch_takes);
    tcase_add_test(adamw, adamw_agrees_with_a_plain_double_one);
    tcase_add_test(adamw, the_first_step_has_length_lr_whatever_the_gradient);
    tcase_add_test(adamw, without_a_gradient_only_decay_acts);
    tcase_add_test(adamw, a_step_in_pieces_equals_the_step);
    suite_add_tcase(suite, adamw);
    TCase *others = tcase_create("lion and sgd");
    tcase_add_loop_test(others, sgd_takes_the_steps_that_pytorch_takes, 0, 2 * FM_N_ISAS);
    tcase_add_loop_test(others, lion_agrees_with_a_plain_double_one, 0, FM_N_ISAS);
    tcase_add_test(others, lion_and_sgd_in_pieces_equal_the_step);
    suite_add_tcase(suite, others);
    TCase *shards = tcase_create("sum over shards");
    tcase_add_test(shards, shards_are_summed_in_pairs_first_to_last);
    tcase_add_test(shards, a_sum_returns_its_square_and_changes_nothing_else);
    suite_add_tcase(suite, shards);
    return test_main(suite);
}

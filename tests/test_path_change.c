#include <config.h>

#include "host/solver.h"
#include "plugin_support.h"
#include "sample/integrate.h"
#include "sample/path_change.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { N = 24, DIM = 2 };

static const double one[] = {1}, zeros[] = {0, 0}, units[] = {1, 1};
static const double weights[] = {0.3, 0.7}, means[] = {-2, 1, 1.5, -0.5};
static const double variances[] = {0.25, 0.5, 1.2, 0.1};
static const struct fm_mixture normal = {1, 2, one, zeros, units},
                               pair = {2, 2, weights, means, variances};

/* ---- a model: the oracle of a path, sampled along another ---- */

struct model {
    struct test_plugin from, to, oracle, vern9;
    struct fm_problem problem;
    struct fm_velocity velocity;
    struct fm_path_change change;
    struct fm_solver solver;
};

static void path_at(const struct fm_problem *problem, double t, struct fm_path_point *point)
{
    const struct test_plugin *path = problem->path_context;
    path->plugin->path->coefficients(path->options, 1, &t, point);
}

static struct fm_affine_path affine(const struct test_plugin *t)
{
    return (struct fm_affine_path){t->plugin->path, t->options};
}

/* to NULL: the path of training. */
static void open_model(struct model *m, const char *from, const char *from_options,
                       const char *to, const char *to_options)
{
    struct fm_error err = {0};
    *m = (struct model){0};
    test_plugin_open(&m->from, FM_PATH, from, from_options);
    test_plugin_open(&m->to, FM_PATH, to ? to : from, to ? to_options : from_options);
    test_plugin_open(&m->oracle, FM_NETWORK, "oracle", NULL);
    test_plugin_open(&m->vern9, FM_SOLVER, "vern9", NULL);
    ck_ok(fm_solver_open(&m->vern9.arena, m->vern9.plugin, m->vern9.options, &m->solver,
                         &err));
    m->problem = (struct fm_problem){.dim = DIM,
                                     .source = &normal,
                                     .data = &pair,
                                     .is_independent = true,
                                     .path = path_at,
                                     .path_context = &m->from};
    m->velocity = (struct fm_velocity){.dim = DIM, .ops = m->oracle.plugin->network};
    ck_ok(m->velocity.ops->prepare(m->oracle.options, &m->oracle.services, &m->problem,
                                   &m->velocity.form, &err));
    fm_path_change_init(&m->change, affine(&m->from), affine(&m->to));
    if (to)
        m->velocity.change = &m->change;
}

static void close_model(struct model *m)
{
    test_plugin_close(&m->from);
    test_plugin_close(&m->to);
    test_plugin_close(&m->oracle);
    test_plugin_close(&m->vern9);
}

static void start(double *x0)
{
    for (size_t i = 0; i < N; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){4, 77, 0}, i);
        for (size_t j = 0; j < DIM; j++)
            x0[i * DIM + j] = fm_rng_normal(&r);
    }
}

static void solve(const struct model *m, double t_from, const double *x0, double *x1)
{
    uint64_t nfe[N];
    struct fm_error err = {0};
    struct fm_solve_result result;
    const struct fm_solve solve = {
        .velocity = &m->velocity,
        .solver = &m->solver,
        .problem = &m->problem,
        .control = {.t_from = t_from,
                    .t_to = 1,
                    .rtol = 1e-12,
                    .atol = 1e-12,
                    .max_evaluations = 100000},
        .n_threads = 1,
        .n = N,
        .x0 = x0,
        .x1 = x1,
        .nfe = nfe,
    };
    ck_ok(fm_integrate(&solve, &result, &err));
    ck_assert_uint_eq(result.n_failed, 0);
}

static double distance(const double *a, const double *b)
{
    double worst = 0;
    for (size_t i = 0; i < N * DIM; i++)
        worst = fmax(worst, fabs(a[i] - b[i]));
    return worst;
}

/* ---- end points ---- */

static const struct {
    const char *from, *from_options, *to, *to_options;
} pairs[] = {
    {"linear", NULL, "cosine", NULL},         {"linear", NULL, "linear_vp", NULL},
    {"linear", NULL, "polynomial", "{n: 2}"}, {"cosine", NULL, "linear", NULL},
    {"linear_vp", NULL, "linear", NULL},      {"linear_vp", NULL, "cosine", NULL},
    {"polynomial", "{n: 2}", "linear", NULL}, {"polynomial", "{n: 3}", "linear_vp", NULL},
    {"linear", NULL, "linear", NULL},
};
enum { N_PAIRS = sizeof pairs / sizeof *pairs };

START_TEST(end_points_are_those_of_the_path_of_training)
{
    double x0[N * DIM], plain[N * DIM], changed[N * DIM];
    struct model a, b;
    start(x0);
    open_model(&a, pairs[_i].from, pairs[_i].from_options, NULL, NULL);
    open_model(&b, pairs[_i].from, pairs[_i].from_options, pairs[_i].to,
               pairs[_i].to_options);
    solve(&a, 0, x0, plain);
    solve(&b, 0, x0, changed);
    double worst = distance(plain, changed);
    if (getenv("FM_SHOW"))
        printf("%s -> %s: %.2g\n", pairs[_i].from, pairs[_i].to, worst);
    ck_assert_msg(worst < 1e-8, "%s as %s: end points %.3g apart", pairs[_i].from,
                  pairs[_i].to, worst);
    close_model(&a);
    close_model(&b);
}
END_TEST

/* vp starts with some signal: at t0 linear is there with x0 / c. */
START_TEST(a_path_that_starts_later_continues_from_there)
{
    double x0[N * DIM], later[N * DIM], plain[N * DIM], changed[N * DIM];
    struct model a, b;
    struct fm_path_place first;
    start(x0);
    open_model(&a, "linear", NULL, NULL, NULL);
    open_model(&b, "linear", NULL, "vp", NULL);
    fm_path_change_at(&b.change, 0, &first);
    ck_near(first.t, exp(-5.025) / (exp(-5.025) + sqrt(1 - exp(-10.05))), 1e-15);
    for (size_t i = 0; i < N * DIM; i++)
        later[i] = x0[i] * first.scale;
    solve(&a, first.t, later, plain);
    solve(&b, 0, x0, changed);
    if (getenv("FM_SHOW"))
        printf("linear -> vp: %.2g\n", distance(plain, changed));
    ck_assert_double_lt(distance(plain, changed), 1e-8);
    close_model(&a);
    close_model(&b);
}
END_TEST

/* u_b is the velocity of path b itself: the oracle gives both. */
START_TEST(the_changed_velocity_is_the_oracle_of_the_new_path)
{
    static const char *const names[] = {"linear", "cosine", "linear_vp", "vp",
                                        "polynomial"};
    const char *from = names[_i / 5], *to = names[_i % 5];
    struct model a, b;
    double worst = 0;
    open_model(&a, to, NULL, NULL, NULL);
    open_model(&b, from, NULL, to, NULL);
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    struct fm_velocity_workspace wa, wb;
    const struct fm_divergence exact = {.kind = FM_DIVERGENCE_EXACT};
    a.velocity.divergence = b.velocity.divergence = &exact;
    a.velocity.dim = b.velocity.dim = DIM + 1;
    ck_ok(fm_velocity_workspace(&arena, &a.velocity, &wa, &err));
    ck_ok(fm_velocity_workspace(&arena, &b.velocity, &wb, &err));
    for (double t = 0.1; t < 0.999; t += 0.05) { /* vp starts at polynomial's t = 0.08 */
        const double x[2 * (DIM + 1)] = {0.8, -0.4, 0, -1.1, 0.6, 0}, times[] = {t, t};
        const size_t rows[] = {0, 1};
        double va[2 * (DIM + 1)], vb[2 * (DIM + 1)];
        ck_ok(fm_velocity_evaluate(&a.velocity, &wa, 2, rows, times, x, va, &err));
        ck_ok(fm_velocity_evaluate(&b.velocity, &wb, 2, rows, times, x, vb, &err));
        for (size_t j = 0; j < 2 * (DIM + 1); j++)
            worst = fmax(worst, fabs(va[j] - vb[j]) / (1 + fabs(va[j])));
    }
    if (getenv("FM_SHOW"))
        printf("%s -> %s: velocity and divergence %.2g\n", from, to, worst);
    ck_assert_msg(worst < 1e-11, "%s as %s: %.3g", from, to, worst);
    fm_arena_fini(&arena);
    close_model(&a);
    close_model(&b);
}
END_TEST

/* ---- lambda backwards ---- */

START_TEST(times_come_back_from_the_signal_to_noise_ratio)
{
    static const char *const names[] = {"linear", "cosine", "linear_vp", "vp"};
    struct test_plugin t;
    test_plugin_open(&t, FM_PATH, names[_i], NULL);
    const struct fm_affine_path path = affine(&t);
    for (double time = 1e-12; time < 1; time = time < 0.01 ? time * 10 : time + 0.01) {
        struct fm_path_point p;
        t.plugin->path->coefficients(t.options, 1, &time, &p);
        double back = fm_path_time_of(&path, log(p.alpha / p.sigma));
        /* rounding of lambda: 1e-16 |lambda| over its slope */
        ck_near(back, time, _i == 3 ? 1e-14 : 2e-14 * time);
    }
    if (_i == 0)
        for (double q = -30; q < 30; q += 0.7)
            ck_near(fm_path_time_of(&path, q), 1 / (1 + exp(-q)), 2e-14 / (1 + exp(-q)));
    test_plugin_close(&t);
}
END_TEST

/* ---- beyond the ends ---- */

START_TEST(signals_outside_training_are_noise_or_data)
{
    struct model b;
    struct fm_path_place place;
    open_model(&b, "vp", NULL, "linear", NULL);
    fm_path_change_at(&b.change, 0.003, &place);
    ck_assert_double_eq(place.v_weight, 0);
    ck_near(place.x_weight, -1 / (1 - 0.003), 1e-14);
    fm_path_change_at(&b.change, 0, &place);
    ck_assert(isfinite(place.scale) && place.v_weight == 0);
    close_model(&b);
    open_model(&b, "target_fm", "{sigma_min: 0.1}", "linear", NULL);
    fm_path_change_at(&b.change, 0.95, &place);
    ck_assert_double_eq(place.v_weight, 0);
    ck_near(place.x_weight, 1 / 0.95, 1e-14);
    fm_path_change_at(&b.change, 1, &place);
    ck_near(place.x_weight, 1, 1e-14);
    ck_near(place.scale, 1, 1e-14);
    close_model(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("path_change");
    TCase *tc = tcase_create("end points");
    tcase_add_loop_test(tc, end_points_are_those_of_the_path_of_training, 0, N_PAIRS);
    tcase_add_test(tc, a_path_that_starts_later_continues_from_there);
    suite_add_tcase(suite, tc);
    tc = tcase_create("velocity");
    tcase_add_loop_test(tc, the_changed_velocity_is_the_oracle_of_the_new_path, 0, 25);
    tcase_add_loop_test(tc, times_come_back_from_the_signal_to_noise_ratio, 0, 4);
    tcase_add_test(tc, signals_outside_training_are_noise_or_data);
    suite_add_tcase(suite, tc);
    return test_main(suite);
}

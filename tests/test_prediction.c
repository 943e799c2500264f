/* Predictions of networks on affine paths, and the velocities that follow. */
#include <config.h>

#include "plugin_support.h"
#include "sample/velocity.h"
#include "support.h"
#include "test_train.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static void cosine(const void *options, size_t n, const double *t,
                   struct fm_path_point *points)
{
    (void)options;
    for (size_t i = 0; i < n; i++) {
        double a = sin(pi * t[i] / 2), s = cos(pi * t[i] / 2);
        points[i] = (struct fm_path_point){a, s, pi / 2 * s, -pi / 2 * a};
    }
}

/* alpha = t, sigma = sqrt(1 - t^2), whose derivative is infinite at t = 1 */
static void linear_vp(const void *options, size_t n, const double *t,
                      struct fm_path_point *points)
{
    (void)options;
    for (size_t i = 0; i < n; i++) {
        double s = sqrt(1 - t[i] * t[i]);
        points[i] = (struct fm_path_point){t[i], s, 1, -t[i] / s};
    }
}

static void tenth_power(const void *options, size_t n, const double *t,
                        struct fm_path_point *points)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        points[i] = (struct fm_path_point){pow(t[i], 10), 1 - pow(t[i], 10),
                                           10 * pow(t[i], 9), -10 * pow(t[i], 9)};
}

static const struct fm_path_ops paths[] = {
    {.size = sizeof *paths, .coefficients = test_straight},
    {.size = sizeof *paths, .coefficients = cosine},
    {.size = sizeof *paths, .coefficients = linear_vp},
    {.size = sizeof *paths, .coefficients = tenth_power},
};
enum { N_PATHS = sizeof paths / sizeof *paths };

static struct fm_prediction_factors at(const struct fm_prediction *p, double t,
                                       double *asked)
{
    struct fm_path_point point;
    struct fm_prediction_factors f;
    fm_prediction_factors(p, 1, &t, asked, &point, &f);
    return f;
}

/* From x1 or x0 to u_t, and back by fm_path_x1 and fm_path_x0. */
START_TEST(the_velocity_of_a_pair_follows_from_either_end)
{
    const double x0 = 0.7, x1 = -1.9;
    for (int kind = FM_PREDICTION_X1; kind <= FM_PREDICTION_NOISE; kind++) {
        struct fm_prediction p;
        fm_prediction_init(&p, (enum fm_prediction_kind)kind, &paths[_i], NULL, 0.01);
        for (double t = _i == 3 ? 0.7 : 0.02; t < 0.99; t += 0.04) {
            struct fm_path_point q;
            double asked;
            paths[_i].coefficients(NULL, 1, &t, &q);
            const double x = q.alpha * x1 + q.sigma * x0;
            const double u = q.d_alpha * x1 + q.d_sigma * x0;
            const struct fm_prediction_factors f = at(&p, t, &asked);
            const double v = f.of_x * x + f.of_y * (kind == FM_PREDICTION_X1 ? x1 : x0);
            ck_assert(asked == t);
            ck_near(v, u, 1e-12 * (1 + fabs(f.of_y)));
            ck_near(fm_path_x1(&q, x, v), x1, 1e-11);
            ck_near(fm_path_x0(&q, x, v), x0, 1e-11);
        }
    }
}
END_TEST

/* linear: sigma = 1 - t, alpha = t; cosine: the same of angles; linear_vp: sigma = limit at
 * sqrt(1 - limit^2), alpha = t. */
START_TEST(at_the_singular_end_x1_and_x0_are_those_of_the_last_time_within_the_limit)
{
    const double limit = 0.01, angle = 2 / pi * asin(limit);
    const double last[] = {0.99, 1 - angle, sqrt(1 - limit * limit), pow(0.99, 0.1)};
    const double first[] = {0.01, angle, 0.01, pow(0.01, 0.1)};
    for (int kind = FM_PREDICTION_X1; kind <= FM_PREDICTION_NOISE; kind++) {
        const bool is_x1 = kind == FM_PREDICTION_X1;
        const double end = is_x1 ? 1 : 0, other = 1 - end;
        const double edge = is_x1 ? last[_i] : first[_i];
        struct fm_prediction p;
        double asked;
        fm_prediction_init(&p, (enum fm_prediction_kind)kind, &paths[_i], NULL, limit);
        const struct fm_prediction_factors f = at(&p, end, &asked);
        ck_near(asked, edge, 1e-12);
        const struct fm_prediction_factors g = at(&p, asked, &asked);
        ck_assert(isfinite(f.of_x) && isfinite(f.of_y));
        struct fm_path_point q, r;
        paths[_i].coefficients(NULL, 1, &edge, &q);
        paths[_i].coefficients(NULL, 1, &end, &r);
        /* x1 and x0 by y at the edge, and how they move at the end */
        const double x = 0.3, y = -1.1, x1 = is_x1 ? y : (x - q.sigma * y) / q.alpha,
                     x0 = is_x1 ? (x - q.alpha * y) / q.sigma : y;
        const double a = fabs(r.d_alpha) < fabs(q.d_alpha) ? r.d_alpha : q.d_alpha,
                     s = fabs(r.d_sigma) < fabs(q.d_sigma) ? r.d_sigma : q.d_sigma;
        ck_near(f.of_x * x + f.of_y * y, a * x1 + s * x0, 1e-9 * (1 + fabs(f.of_x)));
        if (_i == 0) /* straight lines: the velocity is that at the limit */
            ck_assert(f.of_x == g.of_x && f.of_y == g.of_y);
        ck_near(is_x1 ? q.sigma : q.alpha, limit, 1e-12);
        (void)at(&p, is_x1 ? 0 : 0.999, &asked); /* the other end is regular */
        ck_assert(asked == (is_x1 ? 0 : 0.999) && (other == 0 || other == 1));
    }
}
END_TEST

/* ---- networks ---- */

static void evaluate(struct fm_arena *arena, const struct fm_velocity *velocity, size_t n,
                     const double *t, const double *x, double *v)
{
    static const size_t rows[] = {0, 1, 2, 3, 4};
    struct fm_error err = {0};
    struct fm_velocity_workspace w;
    ck_ok(fm_velocity_workspace(arena, velocity, &w, &err));
    size_t n_takes = fm_arena_n_takes();
    ck_ok(fm_velocity_evaluate(velocity, &w, n, rows, t, x, v, &err));
    ck_assert_uint_eq(fm_arena_n_takes(), n_takes);
}

/* v = of_x x + of_y y(x), so div v = of_x dim + of_y div y, and the same holds for each
 * probe's e.J e, where e.e = dim for Rademacher probes: from the net's own output and
 * divergence at the requested times. */
START_TEST(a_net_s_velocity_and_divergence_follow_from_its_output)
{
    enum { DIM = 3, N = 5 };
    static const size_t width = 8;
    static const double t[N] = {0, 0.3, 0.6, 0.995, 1};
    const bool is_exact = _i % 2 == 0;
    const struct fm_divergence d = {
        is_exact ? FM_DIVERGENCE_EXACT : FM_DIVERGENCE_RADEMACHER, 1, {3, 4, 0}};
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    struct fm_net *net = NULL;
    struct fm_prediction p;
    double x[N][DIM + 1], y[N][DIM + 1], v[N][DIM + 1], asked[N];
    ck_ok(fm_net_compile(&arena, &(struct fm_sample_shape){.dim = DIM}, test_small_net,
                         &width, &net, &err));
    fm_real *block = FM_NEW(&arena, fm_net_block_size(net), fm_real);
    fm_net_initialise(net, 1, block);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j <= DIM; j++)
            x[i][j] = sin(3 * (double)i + (double)j);
    fm_prediction_init(&p, _i / 2 ? FM_PREDICTION_NOISE : FM_PREDICTION_X1, &paths[0], NULL,
                       0.01);
    struct fm_velocity velocity = {
        .dim = DIM + 1, .net = net, .parameters = block, .divergence = &d};
    struct fm_prediction_factors f[N];
    for (size_t i = 0; i < N; i++)
        f[i] = at(&p, t[i], &asked[i]);
    evaluate(&arena, &velocity, N, asked, x[0], y[0]);
    velocity.prediction = &p;
    evaluate(&arena, &velocity, N, t, x[0], v[0]);
    for (size_t i = 0; i < N; i++) {
        const double size = fabs(f[i].of_x) + fabs(f[i].of_y);
        for (size_t j = 0; j < DIM; j++)
            ck_near(v[i][j], f[i].of_x * x[i][j] + f[i].of_y * y[i][j], 1e-14 * size);
        ck_near(v[i][DIM], f[i].of_x * DIM + f[i].of_y * y[i][DIM], 1e-13 * size);
    }
    fm_arena_fini(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("prediction");
    TCase *paths_case = tcase_create("paths");
    tcase_add_loop_test(paths_case, the_velocity_of_a_pair_follows_from_either_end, 0,
                        N_PATHS);
    tcase_add_loop_test(
        paths_case,
        at_the_singular_end_x1_and_x0_are_those_of_the_last_time_within_the_limit, 0,
        N_PATHS);
    suite_add_tcase(suite, paths_case);
    TCase *nets = tcase_create("networks");
    tcase_add_loop_test(nets, a_net_s_velocity_and_divergence_follow_from_its_output, 0, 4);
    suite_add_tcase(suite, nets);
    return test_main(suite);
}

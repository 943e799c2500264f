#include <config.h>

#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* ---- paths, written out ---- */

static void linear(const struct fm_problem *p, double t, struct fm_path_point *point)
{
    (void)p;
    *point = (struct fm_path_point){t, 1 - t, 1, -1};
}

static void cosine(const struct fm_problem *p, double t, struct fm_path_point *point)
{
    (void)p;
    const double w = 1.57079632679489662;
    *point =
        (struct fm_path_point){sin(w * t), cos(w * t), w * cos(w * t), -w * sin(w * t)};
}

/* sigma' is infinite at t = 1 */
static void linear_vp(const struct fm_problem *p, double t, struct fm_path_point *point)
{
    (void)p;
    double sigma = sqrt(1 - t * t);
    *point = (struct fm_path_point){t, sigma, 1, -t / sigma};
}

typedef void path_function(const struct fm_problem *, double, struct fm_path_point *);
static path_function *const paths[] = {linear, cosine, linear_vp};
enum { N_PATHS = 3 };

/* ---- mixtures ---- */

static const double one[] = {1}, zeros[] = {0, 0}, units[] = {1, 1};
static const double halves[] = {0.3, 0.7}, means_2[] = {-2, 1, 1.5, -0.5};
static const double variances_2[] = {0.25, 0.5, 1.2, 0.1};
static const double means_1[] = {-1, 2}, variances_1[] = {0.2, 0.6};
static const double wide_means[] = {0.5, -0.3}, wide_variances[] = {2, 0.7};

static const struct fm_mixture normal_1 = {1, 1, one, zeros, units};
static const struct fm_mixture normal_2 = {1, 2, one, zeros, units};
static const struct fm_mixture pair_1 = {2, 1, halves, means_1, variances_1};
static const struct fm_mixture other_pair_1 = {2, 1, halves, wide_means, wide_variances};
static const struct fm_mixture pair_2 = {2, 2, halves, means_2, variances_2};
static const struct fm_mixture shifted_2 = {1, 2, one, wide_means, wide_variances};

/* ---- the oracle at work ---- */

struct oracle {
    struct test_plugin t;
    struct fm_problem problem;
    struct fm_closed_form form;
    void *scratch;
};

static void open_oracle(struct oracle *o, const struct fm_mixture *source,
                        const struct fm_mixture *data, path_function *path)
{
    struct fm_error err = {0};
    test_plugin_open(&o->t, FM_NETWORK, "oracle", NULL);
    o->problem = (struct fm_problem){.dim = data->dim,
                                     .source = source,
                                     .data = data,
                                     .is_independent = true,
                                     .path = path};
    ck_ok(o->t.plugin->network->prepare(o->t.options, &o->t.services, &o->problem, &o->form,
                                        &err));
    o->scratch = fm_arena_take(&o->t.arena, o->form.scratch_bytes, 1);
    memset(o->scratch, 0xff, o->form.scratch_bytes); /* its contents must not matter */
}

static void close_oracle(struct oracle *o)
{
    test_plugin_close(&o->t);
}

static void velocity(const struct oracle *o, double t, const double *x, double *v)
{
    struct fm_error err = {0};
    ck_ok(o->t.plugin->network->evaluate(&o->form, 1, &t, x, v, o->scratch, &err));
}

static double log_p(const struct oracle *o, double t, const double *x)
{
    struct fm_error err = {0};
    double result;
    ck_ok(o->t.plugin->network->log_density(&o->form, 1, &t, x, &result, o->scratch, &err));
    return result;
}

static double mixture_density(const struct fm_mixture *m, const double *x)
{
    double sum = 0;
    for (size_t k = 0; k < m->n_components; k++) {
        double p = m->weights[k];
        for (size_t j = 0; j < m->dim; j++) {
            double variance = m->variances[k * m->dim + j],
                   z = x[j] - m->means[k * m->dim + j];
            p *= exp(-z * z / variance / 2) / sqrt(6.28318530717958648 * variance);
        }
        sum += p;
    }
    return sum;
}

/* ---- against numerical integration ---- */

/* E[a' x1 + s' x0 | a x1 + s x0 = x] = int u p1(x1) p0(x0) dx1 / int p1(x1) p0(x0) dx1 with
 * x0 = (x - a x1) / s, by sums over a grid; returns p_t(x) = s^-dim int p1 p0 dx1. */
static double integrate(const struct fm_problem *p, double t, const double *x, double *v)
{
    struct fm_path_point at;
    const size_t n = p->dim == 1 ? 20000 : 560, n_second = p->dim == 1 ? 1 : n;
    const double half = 14, side = 2 * half / (double)n;
    double total = 0, flow[2] = {0};
    p->path(p, t, &at);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_second; k++) {
            double x1[2] = {-half + ((double)i + 0.5) * side,
                            -half + ((double)k + 0.5) * side};
            double x0[2];
            for (size_t j = 0; j < p->dim; j++)
                x0[j] = (x[j] - at.alpha * x1[j]) / at.sigma;
            double w = mixture_density(p->data, x1) * mixture_density(p->source, x0);
            total += w;
            for (size_t j = 0; j < p->dim; j++)
                flow[j] += w * (at.d_alpha * x1[j] + at.d_sigma * x0[j]);
        }
    for (size_t j = 0; j < p->dim; j++)
        v[j] = flow[j] / total;
    return total * pow(side / at.sigma, (double)p->dim);
}

static void compare_with_integral(const struct fm_mixture *source,
                                  const struct fm_mixture *data, path_function *path)
{
    const double times[] = {0.1, 0.45, 0.8};
    const double points[][2] = {{1.3, -0.7}, {0, 0}, {2.5, 2}, {-2.1, 1.2}};
    struct oracle o;
    open_oracle(&o, source, data, path);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < 4;
             i += data->dim) { /* the plane takes long: every other point */
            double v[2], expected[2];
            double p = integrate(&o.problem, times[k], points[i], expected);
            velocity(&o, times[k], points[i], v);
            ck_near(exp(log_p(&o, times[k], points[i])), p, 1e-9);
            for (size_t j = 0; j < data->dim; j++)
                ck_near(v[j], expected[j], 1e-7);
        }
    close_oracle(&o);
}

START_TEST(velocity_is_the_conditional_mean_in_one_dimension)
{
    compare_with_integral(&normal_1, &pair_1, paths[_i]);
    compare_with_integral(&other_pair_1, &pair_1, paths[_i]);
}
END_TEST

START_TEST(velocity_is_the_conditional_mean_in_the_plane)
{
    compare_with_integral(&normal_2, &pair_2, paths[_i]);
    compare_with_integral(&shifted_2, &pair_2, paths[_i]);
    compare_with_integral(&pair_2, &shifted_2, paths[_i]);
}
END_TEST

/* ---- against the continuity equation ---- */

/* p_t(x) v_axis(x, t) */
static double flux(const struct oracle *o, double t, const double *x, size_t axis)
{
    double v[2];
    velocity(o, t, x, v);
    return exp(log_p(o, t, x)) * v[axis];
}

/* d p / dt + div(p v), by central differences of step h: an error of order h^2 */
static double residual(const struct oracle *o, double t, const double *x, double h)
{
    double sum = (exp(log_p(o, t + h, x)) - exp(log_p(o, t - h, x))) / (2 * h);
    for (size_t axis = 0; axis < 2; axis++) {
        double right[2] = {x[0], x[1]}, left[2] = {x[0], x[1]};
        right[axis] += h;
        left[axis] -= h;
        sum += (flux(o, t, right, axis) - flux(o, t, left, axis)) / (2 * h);
    }
    return sum;
}

START_TEST(density_and_velocity_conserve_mass)
{
    const double points[][2] = {{0, 0}, {1.3, -0.7}, {-1.6, 0.8}, {0.4, 1.1}};
    struct oracle o;
    open_oracle(&o, &shifted_2, &pair_2, paths[_i]);
    for (double t = 0.15; t < 0.9; t += 0.1)
        for (size_t i = 0; i < 4; i++)
            ck_near(residual(&o, t, points[i], 1e-4), 0, 1e-6);
    close_oracle(&o);
}
END_TEST

/* ---- derivatives ---- */

static void derivative(const struct oracle *o, double t, const double *x, const double *dx,
                       double *dv)
{
    struct fm_error err = {0};
    ck_ok(o->t.plugin->network->jvp(&o->form, 1, &t, x, dx, dv, o->scratch, &err));
}

/* (dv/dx) dx by the five-point formula of step h: an error of order h^4 */
static void differences(const struct oracle *o, double t, const double *x, const double *dx,
                        double h, double *dv)
{
    const double weights[] = {1.0 / 12, -8.0 / 12, 8.0 / 12, -1.0 / 12};
    const double steps[] = {-2, -1, 1, 2};
    dv[0] = dv[1] = 0;
    for (size_t s = 0; s < 4; s++) {
        double moved[2], v[2];
        for (size_t j = 0; j < o->problem.dim; j++)
            moved[j] = x[j] + steps[s] * h * dx[j];
        velocity(o, t, moved, v);
        for (size_t j = 0; j < o->problem.dim; j++)
            dv[j] += weights[s] * v[j] / h;
    }
}

static void compare_with_differences(const struct fm_mixture *source,
                                     const struct fm_mixture *data, path_function *path)
{
    const double times_[] = {0, 1e-3, 0.1, 0.5, 0.9, 0.999, 1};
    const double points[][2] = {{1.3, -0.7}, {0, 0}, {-0.3, 0.4}, {-2.1, 1.2}, {30, -50}};
    const double directions[][2] = {{1, 0}, {0, 1}, {-0.6, 1.7}};
    struct oracle o;
    open_oracle(&o, source, data, path);
    for (size_t k = 0; k < 7; k++)
        for (size_t i = 0; i < 5; i++)
            for (size_t d = 0; d < 3; d++) {
                double dv[2] = {0}, expected[2];
                derivative(&o, times_[k], points[i], directions[d], dv);
                differences(&o, times_[k], points[i], directions[d], 1e-3, expected);
                for (size_t j = 0; j < data->dim; j++)
                    ck_near(dv[j], expected[j],
                            (path == linear_vp && times_[k] == 1 ? 1e-4 : 1e-7)
                                * (1 + fabs(expected[j])));
            }
    close_oracle(&o);
}

/* At t = 1 sigma' of linear_vp is near 1e6, so velocities far out have that many digits
 * fewer. */
START_TEST(derivative_is_that_of_differences)
{
    compare_with_differences(&normal_1, &pair_1, paths[_i]);
    compare_with_differences(&pair_1, &other_pair_1, paths[_i]);
    compare_with_differences(&normal_2, &pair_2, paths[_i]);
    compare_with_differences(&pair_2, &shifted_2, paths[_i]);
    compare_with_differences(&pair_2, &pair_2, paths[_i]);
}
END_TEST

/* d log p_t(x(t)) / dt = -div v along x' = v (Chen et al. 2018, eq. 8). */
START_TEST(divergence_is_the_rate_of_the_density_along_the_flow)
{
    const double points[][2] = {{0, 0}, {1.3, -0.7}, {-1.6, 0.8}, {0.4, 1.1}};
    const double h = 1e-4;
    struct oracle o;
    open_oracle(&o, &shifted_2, &pair_2, paths[_i]);
    for (double t = 0.15; t < 0.9; t += 0.1)
        for (size_t i = 0; i < 4; i++) {
            const double *x = points[i];
            double v[2], along[2], up[2], divergence = 0, rate;
            velocity(&o, t, x, v);
            rate = (log_p(&o, t + h, x) - log_p(&o, t - h, x)) / (2 * h);
            for (size_t j = 0; j < 2; j++) {
                double e[2] = {j == 0, j == 1}, right[2], left[2];
                derivative(&o, t, x, e, along);
                divergence += along[j];
                for (size_t k = 0; k < 2; k++) {
                    right[k] = x[k] + h * e[k];
                    left[k] = x[k] - h * e[k];
                }
                up[j] = (log_p(&o, t, right) - log_p(&o, t, left)) / (2 * h);
                rate += v[j] * up[j];
            }
            ck_near(divergence, -rate, 1e-5);
        }
    close_oracle(&o);
}
END_TEST

/* ---- densities ---- */

START_TEST(density_integrates_to_one_at_any_t)
{
    struct oracle o;
    open_oracle(&o, &pair_2, &shifted_2, paths[_i]);
    for (double t = 0; t <= 1; t += 0.25) {
        double sum = 0, side = 0.05;
        for (double x = -12; x < 12; x += side)
            for (double y = -12; y < 12; y += side)
                sum += exp(log_p(&o, t, (double[]){x, y})) * side * side;
        ck_near(sum, 1, 1e-7);
    }
    close_oracle(&o);
}
END_TEST

START_TEST(density_is_the_sources_at_0_and_the_datas_at_1)
{
    const double points[][2] = {{0, 0}, {1.3, -0.7}, {-2.1, 1.2}};
    struct oracle o;
    open_oracle(&o, &shifted_2, &pair_2, paths[_i]);
    for (size_t i = 0; i < 3; i++) {
        ck_near(log_p(&o, 0, points[i]), log(mixture_density(&shifted_2, points[i])), 1e-5);
        ck_near(log_p(&o, 1, points[i]), log(mixture_density(&pair_2, points[i])), 1e-5);
    }
    close_oracle(&o);
}
END_TEST

/* ---- known closed forms ---- */

START_TEST(one_gaussian_to_another_flows_along_an_affine_map)
{
    /* N(m0, c) -> N(m1, s), linear path: mu = t m1 + (1-t) m0, V = t^2 s + (1-t)^2 c, and a
     * point stays z standard deviations from mu: v = mu' + V'/(2 V) (x - mu). */
    const double m1[] = {2}, s[] = {0.3}, m0[] = {-1}, c[] = {1.7};
    const struct fm_mixture source = {1, 1, one, m0, c}, data = {1, 1, one, m1, s};
    struct oracle o;
    open_oracle(&o, &source, &data, linear);
    for (double t = 0; t <= 1; t += 0.125)
        for (double x = -3; x < 4; x += 0.7) {
            double v, mu = t * 2 - (1 - t), big_v = t * t * 0.3 + (1 - t) * (1 - t) * 1.7;
            double d_big_v = 2 * t * 0.3 - 2 * (1 - t) * 1.7;
            velocity(&o, t, &x, &v);
            ck_near(v, 3 + d_big_v / (2 * big_v) * (x - mu), 1e-13);
        }
    close_oracle(&o);
}
END_TEST

/* ---- edges ---- */

START_TEST(numbers_stay_finite_far_out_and_at_the_ends)
{
    const double tiny_variances[] = {1e-300, 1e-300, 1e-12, 1e-12};
    const struct fm_mixture sharp = {2, 2, halves, means_2, tiny_variances};
    const double all_tiny[] = {1e-300, 1e-300, 1e-300, 1e-300};
    const struct fm_mixture sharpest = {2, 2, halves, means_2, all_tiny};
    const struct fm_mixture *datas[] = {&pair_2, &sharp, &sharpest};
    const double times[] = {0, 1e-300, 1e-12, 0.5, 1 - 1e-12, 1};
    const double sizes[] = {0, 1, 1e3, 1e8, 1e150};
    for (size_t d = 0; d < 3; d++) {
        struct oracle o;
        open_oracle(&o, &normal_2, datas[d], paths[_i]);
        for (size_t k = 0; k < sizeof times / sizeof *times; k++)
            for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                const double x[2] = {-sizes[i], 0.7 * sizes[i]};
                double v[2], p = log_p(&o, times[k], x);
                velocity(&o, times[k], x, v);
                ck_assert_msg(isfinite(v[0]) && isfinite(v[1]),
                              "v = %g, %g at t = %g, |x| = %g", v[0], v[1], times[k],
                              sizes[i]);
                derivative(&o, times[k], x, (double[]){0.6, -0.8}, v);
                ck_assert_msg(isfinite(v[0]) && isfinite(v[1]),
                              "dv = %g, %g at t = %g, |x| = %g", v[0], v[1], times[k],
                              sizes[i]);
                ck_assert_msg(!isnan(p) && p < HUGE_VAL, "log p = %g at t = %g, |x| = %g",
                              p, times[k], sizes[i]);
            }
        close_oracle(&o);
    }
}
END_TEST

START_TEST(far_out_the_nearest_component_dominates)
{
    /* x so far out that only the right component counts: v = m1 + gain (x - t m1), linear
     * path */
    struct oracle o;
    open_oracle(&o, &normal_1, &pair_1, linear);
    const double t = 0.5, sizes[] = {100, 1e160};
    for (size_t i = 0; i < 2; i++) { /* the wider component, 2: variance .6 */
        double v, big_v = t * t * 0.6 + 0.25, gain = (t * 0.6 - 0.5) / big_v;
        velocity(&o, t, &sizes[i], &v);
        ck_near(v / sizes[i], (2 + gain * (sizes[i] - 1)) / sizes[i], 1e-10);
        derivative(&o, t, &sizes[i], (double[]){3}, &v);
        ck_near(v, 3 * gain, 1e-12);
    }
    close_oracle(&o);
}
END_TEST

START_TEST(rows_may_have_different_times)
{
    struct oracle o;
    struct fm_error err = {0};
    enum { N = 6 };
    const double t[N] = {0.3, 0.3, 0.9, 0, 1, 0.3};
    double x[N][2], v[N][2], dv[N][2], p[N];
    for (size_t i = 0; i < N; i++) {
        x[i][0] = sin((double)i);
        x[i][1] = cos((double)i);
    }
    open_oracle(&o, &normal_2, &pair_2, cosine);
    ck_ok(o.t.plugin->network->evaluate(&o.form, N, t, *x, *v, o.scratch, &err));
    ck_ok(o.t.plugin->network->log_density(&o.form, N, t, *x, p, o.scratch, &err));
    ck_ok(o.t.plugin->network->jvp(&o.form, N, t, *x, *v, *dv, o.scratch, &err));
    for (size_t i = 0; i < N; i++) {
        double alone[2];
        velocity(&o, t[i], x[i], alone);
        ck_assert_int_eq(memcmp(alone, v[i], sizeof alone), 0);
        ck_assert_double_eq(p[i], log_p(&o, t[i], x[i]));
        derivative(&o, t[i], x[i], v[i], alone);
        ck_assert_int_eq(memcmp(alone, dv[i], sizeof alone), 0);
    }
    close_oracle(&o);
}
END_TEST

START_TEST(what_has_no_closed_form_is_an_error)
{
    struct test_plugin t;
    struct fm_error err = {0};
    struct fm_closed_form form;
    struct fm_problem problem = {2, &normal_2, &pair_2, true, linear, NULL};
    test_plugin_open(&t, FM_NETWORK, "oracle", NULL);
    const struct fm_network_ops *ops = t.plugin->network;
    problem.is_independent = false;
    ck_fails(ops->prepare(t.options, &t.services, &problem, &form, &err), FM_ERROR_CONFIG,
             "the coupling must leave x0 and x1 independent");
    problem.is_independent = true;
    problem.data = NULL;
    ck_fails(ops->prepare(t.options, &t.services, &problem, &form, &err), FM_ERROR_CONFIG,
             "the data is not a mixture");
    problem.source = NULL;
    ck_fails(ops->prepare(t.options, &t.services, &problem, &form, &err), FM_ERROR_CONFIG,
             "the source is not a mixture");
    problem = (struct fm_problem){
        .dim = 2, .source = &normal_2, .data = &pair_2, .is_independent = true};
    ck_fails(ops->prepare(t.options, &t.services, &problem, &form, &err), FM_ERROR_CONFIG,
             "affine path");
    test_plugin_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("oracle");
    TCase *truth = tcase_create("truth"), *edges = tcase_create("edges");
    tcase_add_loop_test(truth, velocity_is_the_conditional_mean_in_one_dimension, 0,
                        N_PATHS);
    tcase_add_loop_test(truth, velocity_is_the_conditional_mean_in_the_plane, 0, N_PATHS);
    tcase_add_loop_test(truth, density_and_velocity_conserve_mass, 0, N_PATHS);
    tcase_add_loop_test(truth, derivative_is_that_of_differences, 0, N_PATHS);
    tcase_add_loop_test(truth, divergence_is_the_rate_of_the_density_along_the_flow, 0,
                        N_PATHS);
    tcase_add_loop_test(truth, density_integrates_to_one_at_any_t, 0, N_PATHS);
    tcase_add_loop_test(truth, density_is_the_sources_at_0_and_the_datas_at_1, 0, N_PATHS);
    tcase_add_test(truth, one_gaussian_to_another_flows_along_an_affine_map);
    tcase_add_loop_test(edges, numbers_stay_finite_far_out_and_at_the_ends, 0, N_PATHS);
    tcase_add_test(edges, far_out_the_nearest_component_dominates);
    tcase_add_test(edges, rows_may_have_different_times);
    tcase_add_test(edges, what_has_no_closed_form_is_an_error);
    suite_add_tcase(suite, truth);
    suite_add_tcase(suite, edges);
    return test_main(suite);
}

/* Stochastic solvers: means and variances of their samples of Gaussian data. */
#include <config.h>

#include "test_diffusion.h"

enum kind { DDPM, DDPM_LARGE, DDIM, EM_CONSTANT, EM_SIGMA, EM_SINE };

static const struct sampler {
    const char *name, *yaml;
    enum kind kind;
    double strength; /* eta, or strength of the diffusion */
} samplers[] = {
    {"ddpm", NULL, DDPM, 0},
    {"ddpm", "{variance: large}", DDPM_LARGE, 0},
    {"ddim", "{eta: 1}", DDIM, 1},
    {"ddim", "{eta: 0.5}", DDIM, 0.5},
    {"euler_maruyama", NULL, EM_SIGMA, 1},
    {"euler_maruyama", "{diffusion: constant, strength: 0.5}", EM_CONSTANT, 0.5},
    {"euler_maruyama", "{diffusion: sine, strength: 3}", EM_SINE, 3},
};
enum { N_SAMPLERS = sizeof samplers / sizeof *samplers };

/* For Gaussian data a step from a to b is x' = centre + factor (x - alpha m) + sd z.  Given
 * x, E x1 is m + S alpha / V (x - alpha m), E x0 is sigma / V (x - alpha m), and the score
 * is -1 / V (x - alpha m). */
static void gaussian_step(const struct sampler *m, double a, double b, size_t j,
                          double *centre, double *factor, double *variance)
{
    const struct fm_path_point p = point_at(a), q = point_at(b);
    const double spread = variance_at(&p, j), h = b - a;
    const double to_x1 = data_variance[j] * p.alpha / spread, to_x0 = p.sigma / spread;
    /* Ho et al., eq. 7, with alpha_t = a^2, beta_t = w, 1 - alpha-bar = sigma^2 */
    const double ratio = p.alpha / q.alpha;
    const double w = p.sigma * p.sigma - ratio * ratio * q.sigma * q.sigma;
    const double posterior = w * q.sigma * q.sigma / (p.sigma * p.sigma);
    double g2 = m->strength;
    *centre = q.alpha * data_mean[j];
    switch (m->kind) {
    case DDPM:
    case DDPM_LARGE:
        *factor = ratio * pow(q.sigma / p.sigma, 2) + q.alpha * w / pow(p.sigma, 2) * to_x1;
        *variance = posterior;
        if (m->kind == DDPM_LARGE)
            *variance = q.sigma == 0 ? 0
                                     : w * (pow(q.alpha, 2) + pow(q.sigma, 2))
                                           / (pow(p.alpha, 2) + pow(p.sigma, 2));
        return;
    case DDIM:
        *variance = m->strength * m->strength * posterior;
        *factor = q.alpha * to_x1 + sqrt(q.sigma * q.sigma - *variance) * to_x0;
        return;
    case EM_CONSTANT:
        break;
    case EM_SIGMA:
        g2 *= p.sigma;
        break;
    case EM_SINE:
        g2 *= pow(sin(pi * a), 2);
        break;
    }
    g2 = fmin(g2, q.sigma * q.sigma / h);
    if (q.sigma == 0) {
        *factor = q.alpha * to_x1;
        *variance = 0;
        return;
    }
    *centre = (p.alpha + h * p.d_alpha) * data_mean[j];
    *factor = 1
              + (p.alpha * p.d_alpha * data_variance[j] + p.sigma * p.d_sigma - g2 / 2) * h
                    / spread;
    *variance = g2 * h;
}

/* The moments at the end of the grid, starting from p_t at its first time. */
static void expected_moments(const struct sampler *m, struct fm_control c, size_t j,
                             double *mean, double *variance)
{
    struct fm_path_point p = point_at(c.times[0]);
    *mean = p.alpha * data_mean[j];
    *variance = variance_at(&p, j);
    for (size_t k = 0; k < c.n_steps; k++) {
        double centre, factor, fresh;
        gaussian_step(m, c.times[k], c.times[k + 1], j, &centre, &factor, &fresh);
        p = point_at(c.times[k]);
        *mean = centre + factor * (*mean - p.alpha * data_mean[j]);
        *variance = factor * factor * *variance + fresh;
    }
}

static void moments(size_t j, double *mean, double *variance)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < MANY; i++)
        sum += x1[i * DIM + j];
    *mean = sum / MANY;
    for (size_t i = 0; i < MANY; i++)
        squares += pow(x1[i * DIM + j] - *mean, 2);
    *variance = squares / (MANY - 1);
}

/* Checks moments within 4.5 standard errors, sqrt(V / n) and V sqrt(2 / n); there are some
 * 100 such checks. */
static void check_moments(const struct sampler *m, size_t j, double mean, double variance,
                          size_t n_steps)
{
    double got_mean, got_variance;
    moments(j, &got_mean, &got_variance);
    ck_assert_msg(fabs(got_mean - mean) < 4.5 * sqrt(variance / MANY),
                  "%s %s on %s, %zu steps: mean %g, expected %g", m->name,
                  m->yaml ? m->yaml : "", on->name, n_steps, got_mean, mean);
    ck_assert_msg(fabs(got_variance / variance - 1) < 4.5 * sqrt(2.0 / MANY),
                  "%s %s on %s, %zu steps: variance %g, expected %g", m->name,
                  m->yaml ? m->yaml : "", on->name, n_steps, got_variance, variance);
}

/* Few steps, with a large bias, compared with the recursion of their formulas. */
START_TEST(a_few_steps_have_the_moments_of_their_formulas)
{
    const struct sampler *m = &samplers[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_solver(m->name, m->yaml, &t, &solver);
    ck_assert(solver.scheme.is_stochastic && (solver.scheme.needs & FM_NEEDS_SCORE));
    for (size_t k = 0; k < N_PATHS; k++)
        for (int is_inner = 0; is_inner < 2; is_inner++) {
            const double to = is_inner ? 0.8 : 1;
            on = &paths[k];
            draw_start(0);
            struct fm_control control = grid(5, power, 0, to);
            solve(&gaussian, &solver, MANY, control);
            for (size_t j = 0; j < DIM; j++) {
                double mean, variance;
                expected_moments(m, control, j, &mean, &variance);
                check_moments(m, j, mean, variance, 5);
            }
        }
    test_plugin_close(&t);
}
END_TEST

/* Many steps have the moments of the data; few have a larger bias. */
START_TEST(many_steps_have_the_moments_of_the_data)
{
    const struct sampler *m = &samplers[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_solver(m->name, m->yaml, &t, &solver);
    for (size_t k = LINEAR; k <= COSINE; k++) {
        double bias[2] = {0};
        on = &paths[k];
        draw_start(0);
        for (size_t n = 0; n < 2; n++) {
            const size_t n_steps = n == 0 ? 4 : 400;
            solve(&gaussian, &solver, MANY, grid(n_steps, even, 0, 1));
            for (size_t j = 0; j < DIM; j++) {
                double mean, variance;
                moments(j, &mean, &variance);
                bias[n] = fmax(bias[n], fabs(variance / data_variance[j] - 1));
                if (n == 1)
                    check_moments(m, j, data_mean[j], data_variance[j], n_steps);
            }
        }
        ck_assert_msg(bias[1] < bias[0] / 4,
                      "%s %s on %s: relative bias of 4 steps %g, of 400 %g", m->name,
                      m->yaml ? m->yaml : "", on->name, bias[0], bias[1]);
    }
    test_plugin_close(&t);
}
END_TEST

/* The bias of the recursion, which the samples follow, falls as h. */
START_TEST(the_bias_of_the_variance_falls_as_the_step)
{
    const struct sampler *m = &samplers[_i];
    for (size_t k = LINEAR; k <= COSINE; k++)
        for (size_t j = 0; j < DIM; j++) {
            on = &paths[k];
            double mean, coarse, fine;
            expected_moments(m, grid(1024, even, 0, 1), j, &mean, &coarse);
            expected_moments(m, grid(4096, even, 0, 1), j, &mean, &fine);
            double fitted =
                log2(fabs((coarse - data_variance[j]) / (fine - data_variance[j]))) / 2;
            ck_assert_msg(fitted > 0.85, "%s %s on %s: %.3f", m->name,
                          m->yaml ? m->yaml : "", on->name, fitted);
        }
}
END_TEST

/* All data at one point: p_t = N(alpha m, sigma^2), whose score has the slope 1 / sigma^2.
 * With the largest g, g^2 = sigma'^2 / h, from sigma = 4 h to sigma' = 3 h, Euler's step
 * multiplies deviations by 1 - 1/4 - 9/32 < 1/2 and adds sigma'^2, which gives less than
 * 1.8 sigma'^2. */
START_TEST(a_steep_score_is_not_overshot)
{
    static const char *const yaml[] = {"{diffusion: constant}",
                                       "{diffusion: sigma, strength: 9}",
                                       "{diffusion: constant, strength: 1000}"};
    data_variance[0] = data_variance[1] = 0;
    on = &paths[LINEAR];
    draw_start(0);
    for (size_t k = 0; k < 3; k++) {
        struct test_plugin t;
        struct fm_solver solver;
        open_solver("euler_maruyama", yaml[k], &t, &solver);
        solve(&gaussian, &solver, MANY, grid(61, even, 0, 61 / 64.0));
        for (size_t j = 0; j < DIM; j++) {
            double mean, variance;
            moments(j, &mean, &variance);
            variance /= pow(3 / 64.0, 2);
            ck_assert_msg(variance > 0.7 && variance < 1.8, "%s: %g sigma^2", yaml[k],
                          variance);
        }
        solve(&gaussian, &solver, MANY, grid(64, even, 0, 1));
        for (size_t i = 0; i < MANY * DIM; i++)
            ck_near(x1[i], data_mean[i % DIM], 1e-12);
        test_plugin_close(&t);
    }
}
END_TEST

/* ---- what all must do ---- */

START_TEST(bits_do_not_depend_on_threads)
{
    check_threads(samplers[_i].name, samplers[_i].yaml);
}
END_TEST

START_TEST(a_stochastic_solve_back_in_time_is_an_error)
{
    struct test_plugin t;
    struct fm_solver solver;
    struct fm_error err = {0};
    on = &paths[LINEAR];
    open_solver(samplers[_i].name, samplers[_i].yaml, &t, &solver);
    ck_fails(try_solve(&gaussian, &solver, 1, grid(4, even, 0.9, 0.1), 1, &err),
             FM_ERROR_CONFIG, "it can't run back from t = 0.9 to 0.7");
    test_plugin_close(&t);
}
END_TEST

START_TEST(times_without_information_in_the_velocity_are_an_error)
{
    refuse_time(samplers[_i].name, samplers[_i].yaml, slow_start, 0, 1, "at t = 0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stochastic solvers");
    TCase *moments_of = tcase_create("moments");
    tcase_add_loop_test(moments_of, a_few_steps_have_the_moments_of_their_formulas, 0,
                        N_SAMPLERS);
    tcase_add_loop_test(moments_of, many_steps_have_the_moments_of_the_data, 0, N_SAMPLERS);
    tcase_add_loop_test(moments_of, the_bias_of_the_variance_falls_as_the_step, 0,
                        N_SAMPLERS);
    tcase_add_test(moments_of, a_steep_score_is_not_overshot);
    suite_add_tcase(suite, moments_of);
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, bits_do_not_depend_on_threads, 0, N_SAMPLERS);
    tcase_add_loop_test(all, a_stochastic_solve_back_in_time_is_an_error, 0, N_SAMPLERS);
    tcase_add_loop_test(all, times_without_information_in_the_velocity_are_an_error, 0,
                        N_SAMPLERS);
    suite_add_tcase(suite, all);
    return test_main(suite);
}

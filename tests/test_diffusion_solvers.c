/* Solvers that need the path: against exact flows of Gaussian data, the formulas of their
 * papers, and, where they are stochastic, means and variances. */
#include <config.h>

#include "host/solver.h"
#include "plugin_support.h"
#include "support.h"
#include "test_velocity.h"

enum { DIM = 2, N_ROWS = 6, MANY = 20000, MAX_STEPS = 4096 };

/* ---- paths ---- */

static const double pi = 3.14159265358979323846;

static void linear(const struct fm_problem *problem, double t, struct fm_path_point *p)
{
    (void)problem;
    *p = (struct fm_path_point){t, 1 - t, 1, -1};
}

static void cosine(const struct fm_problem *problem, double t, struct fm_path_point *p)
{
    double c = t == 1 ? 0 : cos(pi / 2 * t), s = sin(pi / 2 * t);
    (void)problem;
    *p = (struct fm_path_point){s, c, pi / 2 * c, -pi / 2 * s};
}

/* sigma' is infinite at t = 1. */
static void linear_vp(const struct fm_problem *problem, double t, struct fm_path_point *p)
{
    double sigma = sqrt((1 - t) * (1 + t));
    (void)problem;
    *p = (struct fm_path_point){t, sigma, 1, -t / sigma};
}

/* Noise at rate 0.1 + 19.9 (1 - t); alpha(0) = e^-5.025, and sigma' is infinite at t = 1.
 * Song et al. 2021, arXiv:2011.13456, eq. 33. */
static void vp(const struct fm_problem *problem, double t, struct fm_path_point *p)
{
    double s = 1 - t, a = exp(-s * s * 19.9 / 4 - s * 0.1 / 2);
    double d_a = a * (s * 19.9 + 0.1) / 2, sigma = sqrt(-expm1(2 * log(a)));
    (void)problem;
    *p = (struct fm_path_point){a, sigma, d_a, -a * d_a / sigma};
}

/* alpha' sigma - sigma' alpha is 0 at t = 0. */
static void slow_start(const struct fm_problem *problem, double t, struct fm_path_point *p)
{
    (void)problem;
    *p = (struct fm_path_point){t * t, 1 - t * t, 2 * t, -2 * t};
}

static const struct path {
    const char *name;
    void (*at)(const struct fm_problem *problem, double t, struct fm_path_point *p);
} paths[] = {{"linear", linear}, {"cosine", cosine}, {"linear_vp", linear_vp}, {"vp", vp}};
enum { LINEAR, COSINE, LINEAR_VP, VP, N_PATHS };

/* ---- Gaussian data ---- */

static const double data_mean[DIM] = {0.5, -1};
static double data_variance[DIM] = {0.3, 2};
static const struct path *on; /* the path that the velocities below are of */

static struct fm_path_point point_at(double t)
{
    struct fm_path_point p;
    on->at(NULL, t, &p);
    return p;
}

static double variance_at(const struct fm_path_point *p, size_t j)
{
    return p->alpha * p->alpha * data_variance[j] + p->sigma * p->sigma;
}

/* p_t = N(alpha m, V), V = alpha^2 S + sigma^2:  v = alpha' m + V' / (2 V) (x - alpha m). */
static void gaussian_f(double t, const double *x, double *v)
{
    struct fm_path_point p = point_at(t);
    for (size_t j = 0; j < DIM; j++) {
        double half = p.alpha * p.d_alpha * data_variance[j] + p.sigma * p.d_sigma;
        v[j] = p.d_alpha * data_mean[j]
               + half / variance_at(&p, j) * (x[j] - p.alpha * data_mean[j]);
    }
}

/* Where the flow takes x from time a to b: as many standard deviations from the mean. */
static double gaussian_flow(double a, double b, size_t j, double x)
{
    struct fm_path_point p = point_at(a), q = point_at(b);
    return q.alpha * data_mean[j]
           + sqrt(variance_at(&q, j) / variance_at(&p, j)) * (x - p.alpha * data_mean[j]);
}

static const struct test_field gaussian = {"Gaussian", DIM, gaussian_f, NULL};

/* ---- solves ---- */

static double x0[MANY * DIM], x1[MANY * DIM], again[MANY * DIM];
static uint64_t nfe[MANY];

static enum fm_status try_solve(const struct test_field *field,
                                const struct fm_solver *solver, size_t n,
                                struct fm_control control, size_t n_threads,
                                struct fm_error *err)
{
    const struct test_state state = {field, NULL};
    const struct fm_problem problem = {.path = on->at};
    struct fm_velocity velocity = test_velocity(&state);
    struct fm_solve_result result;
    const struct fm_solve solve = {.velocity = &velocity,
                                   .solver = solver,
                                   .problem = &problem,
                                   .control = control,
                                   .noise = {.seed = 5, .stream = 8},
                                   .n_threads = n_threads,
                                   .n = n,
                                   .x0 = x0,
                                   .x1 = x1,
                                   .nfe = nfe};
    FM_TRY(fm_integrate(&solve, &result, err));
    ck_assert_uint_eq(result.n_failed, 0);
    for (size_t i = 0; i < n; i++)
        ck_assert_uint_eq(nfe[i], control.n_steps);
    return FM_OK;
}

static void solve(const struct test_field *field, const struct fm_solver *solver, size_t n,
                  struct fm_control control)
{
    struct fm_error err = {0};
    ck_ok(try_solve(field, solver, n, control, 1, &err));
}

static void open_solver(const char *name, const char *yaml, struct test_plugin *t,
                        struct fm_solver *solver)
{
    struct fm_error err = {0};
    test_plugin_open(t, FM_SOLVER, name, yaml);
    ck_ok(fm_solver_open(&t->arena, t->plugin, t->options, solver, &err));
}

static double power(double u)
{
    return pow(u, 1.3);
}

/* Fine at both ends. */
static double arch(double u)
{
    return pow(sin(pi / 2 * u), 2);
}

static double even(double u)
{
    return u;
}

static struct fm_control grid(size_t n, double (*spacing)(double), double from, double to)
{
    static double times[MAX_STEPS + 1];
    for (size_t k = 0; k <= n; k++)
        times[k] = from + (to - from) * spacing((double)k / (double)n);
    times[n] = to;
    return (struct fm_control){.n_steps = n, .times = times};
}

/* ---- deterministic solvers ---- */

static const struct method {
    const char *name, *yaml;
    unsigned order;
} methods[] = {
    {"ddim", NULL, 1},          {"dpmpp_2m", NULL, 2},
    {"unipc", NULL, 3},         {"unipc", "{variant: bh1}", 3},
    {"unipc", "{order: 1}", 2}, {"unipc", "{order: 1, variant: bh1}", 2},
    {"unipc", "{order: 3}", 3}, {"unipc", "{order: 3, variant: bh1}", 3},
};
enum { N_METHODS = sizeof methods / sizeof *methods };

static double flow_error(const struct fm_solver *solver, size_t n,
                         double (*spacing)(double), double from, double to)
{
    double sum = 0;
    test_start(N_ROWS, DIM, x0);
    solve(&gaussian, solver, N_ROWS, grid(n, spacing, from, to));
    for (size_t i = 0; i < N_ROWS * DIM; i++)
        sum += pow(x1[i] - gaussian_flow(from, to, i % DIM, x0[i]), 2);
    return sqrt(sum / (N_ROWS * DIM));
}

/* The slope over the finest doubling with errors above 1e-11. */
static double fitted_order(const struct fm_solver *solver, double (*spacing)(double),
                           double from, double to)
{
    double errors[16];
    size_t n = 0;
    for (size_t n_steps = 8; n_steps <= MAX_STEPS; n_steps *= 2) {
        errors[n] = flow_error(solver, n_steps, spacing, from, to);
        if (errors[n] < 1e-11)
            break;
        n++;
    }
    ck_assert_uint_ge(n, 3);
    return log2(errors[n - 2] / errors[n - 1]);
}

/* UniPC-3 has order 4 but for its first step, whose error is small where that step is. */
static void check_order(const struct method *m, const struct fm_solver *solver,
                        const struct path *path, double (*spacing)(double), double from,
                        double to)
{
    on = path;
    const bool is_better = strstr(m->yaml ? m->yaml : "", "order: 3");
    double fitted = fitted_order(solver, spacing, from, to);
    ck_assert_msg(fitted > m->order - 0.1 && (is_better || fitted < m->order + 0.1),
                  "%s %s on %s from %g to %g: order %u, fitted %.3f", m->name,
                  m->yaml ? m->yaml : "", path->name, from, to, m->order, fitted);
}

START_TEST(orders_hold_between_two_times_of_every_path)
{
    const struct method *m = &methods[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_solver(m->name, m->yaml, &t, &solver);
    ck_assert_uint_eq(fm_solver_order(&solver), m->order);
    for (size_t k = 0; k < N_PATHS; k++) {
        check_order(m, &solver, &paths[k], even, 0.2, 0.9);
        check_order(m, &solver, &paths[k], power, 0.2, 0.9);
        check_order(m, &solver, &paths[k], power, 0.9, 0.2);
    }
    test_plugin_close(&t);
}
END_TEST

/* log(alpha / sigma) is infinite at 0 and 1, so that its steps there are large however many
 * there are: the orders need a grid that is finer at both ends. */
START_TEST(orders_hold_from_noise_to_data_and_back_on_grids_fine_at_both_ends)
{
    const struct method *m = &methods[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_solver(m->name, m->yaml, &t, &solver);
    for (size_t k = LINEAR; k <= COSINE; k++) {
        check_order(m, &solver, &paths[k], arch, 0, 1);
        check_order(m, &solver, &paths[k], arch, 1, 0);
    }
    test_plugin_close(&t);
}
END_TEST

/* On equal steps the orders are lower: h^2 log(1 / h) for those of order 2, h^2 for those above,
 * and h where sigma' is -inf at t = 1; but errors fall. */
START_TEST(equal_steps_from_noise_to_data_converge_on_every_path)
{
    const struct method *m = &methods[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_solver(m->name, m->yaml, &t, &solver);
    for (size_t k = 0; k < N_PATHS; k++) {
        on = &paths[k];
        (void)flow_error(&solver, 1, even, 0, 1); /* one step is finite, too */
        double coarse = flow_error(&solver, 64, even, 0, 1);
        double fine = flow_error(&solver, 1024, even, 0, 1);
        double least = k >= LINEAR_VP ? 0.5 : m->order == 1 ? 0.9 : 1.6;
        double fitted = log2(coarse / fine) / 4;
        ck_assert_msg(fitted > least, "%s %s on %s: fitted %.3f", m->name,
                      m->yaml ? m->yaml : "", on->name, fitted);
        ck_assert_msg(fine < 5e-3, "%s on %s: error %g", m->name, on->name, fine);
    }
    test_plugin_close(&t);
}
END_TEST

/* ---- formulas ---- */

static void pair_f(double t, const double *x, double *v)
{
    struct fm_path_point p = point_at(t);
    (void)x;
    v[0] = 3 * p.d_alpha - 0.7 * p.d_sigma;
    v[1] = -2 * p.d_alpha + 1.1 * p.d_sigma;
}

/* With v = alpha' x1 + sigma' x0 the predictions are exact, and so is every step. */
START_TEST(a_known_pair_is_joined_without_error)
{
    static const struct test_field pair = {"pair", DIM, pair_f, NULL};
    const struct method *m = &methods[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_solver(m->name, m->yaml, &t, &solver);
    for (size_t k = 0; k < N_PATHS; k++)
        for (int is_falling = 0; is_falling < 2; is_falling++) {
            const double from = is_falling ? (k >= LINEAR_VP ? 0.99 : 1) : 0;
            const double to = is_falling ? 0 : 1;
            on = &paths[k];
            struct fm_path_point p = point_at(from), q = point_at(to);
            x0[0] = 3 * p.alpha - 0.7 * p.sigma;
            x0[1] = -2 * p.alpha + 1.1 * p.sigma;
            for (size_t n_steps = 1; n_steps <= 40; n_steps += 13) {
                solve(&pair, &solver, 1, grid(n_steps, power, from, to));
                ck_near(x1[0], 3 * q.alpha - 0.7 * q.sigma, 2e-13);
                ck_near(x1[1], -2 * q.alpha + 1.1 * q.sigma, 2e-13);
            }
        }
    test_plugin_close(&t);
}
END_TEST

START_TEST(ddim_on_the_linear_path_is_euler)
{
    for (size_t k = 0; k < 2; k++) {
        struct test_plugin t, u;
        struct fm_solver ddim, euler;
        struct fm_control control = grid(37, power, (double)k, (double)(1 - k));
        on = &paths[LINEAR];
        open_solver("ddim", NULL, &t, &ddim);
        open_solver("euler", NULL, &u, &euler);
        test_start(N_ROWS, DIM, x0);
        solve(&gaussian, &euler, N_ROWS, control);
        memcpy(again, x1, sizeof again);
        solve(&gaussian, &ddim, N_ROWS, control);
        for (size_t i = 0; i < N_ROWS * DIM; i++)
            ck_near(x1[i], again[i], 1e-13);
        test_plugin_close(&t);
        test_plugin_close(&u);
    }
}
END_TEST

/* End points at uneven times of the cosine path, x' = cos(3 t) x - x^3 / 4 + t from 0.7: by a
 * script in Python that follows the papers' algorithms line by line (x' = sigma' / sigma x -
 * alpha' (e^-h - 1) D; R_p(h) rho = phi_p(h) / B(h)). */
static void uneven_f(double t, const double *x, double *v)
{
    for (size_t j = 0; j < DIM; j++)
        v[j] = cos(3 * t) * x[j] - x[j] * x[j] * x[j] / 4 + t;
}

START_TEST(end_points_agree_with_the_papers_algorithms)
{
    static const struct test_field uneven = {"uneven", DIM, uneven_f, NULL};
    static const double rising[] = {0.05, 0.2, 0.27, 0.45, 0.6, 0.85, 0.95};
    static const double falling[] = {0.95, 0.85, 0.6, 0.45, 0.27, 0.2, 0.05};
    static const struct {
        const char *name, *yaml;
        double up, down;
    } known[] = {
        {"dpmpp_2m", NULL, 0.9545828948074178, 0.32230322797420796},
        {"unipc", "{order: 1, variant: bh1}", 0.9445434787857856, 0.32571616220449356},
        {"unipc", "{order: 1, variant: bh2}", 0.9277252490473127, 0.35752822439381704},
        {"unipc", "{order: 2, variant: bh1}", 0.9955873465364704, 0.34229292782009224},
        {"unipc", "{order: 2, variant: bh2}", 0.963902463160547, 0.3712787787417868},
        {"unipc", "{order: 3, variant: bh1}", 0.9233185822312588, 0.3511472817152713},
        {"unipc", "{order: 3, variant: bh2}", 0.9146290700070294, 0.3693738774013384},
    };
    on = &paths[COSINE];
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        struct test_plugin t;
        struct fm_solver solver;
        open_solver(known[k].name, known[k].yaml, &t, &solver);
        x0[0] = x0[1] = 0.7;
        solve(&uneven, &solver, 1, (struct fm_control){.n_steps = 6, .times = rising});
        ck_near(x1[0], known[k].up, 1e-13);
        solve(&uneven, &solver, 1, (struct fm_control){.n_steps = 6, .times = falling});
        ck_near(x1[0], known[k].down, 1e-13);
        test_plugin_close(&t);
    }
}
END_TEST

/* The linear path from t = 0 to 0.3 to 0.7.  The first step has e^-h = 0, so that B(h) of bh2 is
 * -1 and the corrector adds alpha' / 2 (m' - m); of bh1 it is infinite, and nothing is
 * corrected.  The second step has no older point with a finite log(alpha / sigma). */
START_TEST(unipc_starts_from_noise_by_the_limits_of_its_formulas)
{
    static const double times[] = {0, 0.3, 0.7};
    on = &paths[LINEAR];
    for (size_t k = 0; k < 4; k++) {
        static const char *const yaml[] = {"{order: 1, variant: bh1}", "{order: 1}",
                                           "{order: 3, variant: bh1}", "{order: 3}"};
        struct test_plugin t;
        struct fm_solver solver;
        open_solver("unipc", yaml[k], &t, &solver);
        test_start(1, DIM, x0);
        solve(&gaussian, &solver, 1, (struct fm_control){.n_steps = 2, .times = times});
        double v[DIM], x[DIM], m[DIM];
        gaussian_f(0, x0, v);
        for (size_t j = 0; j < DIM; j++) {
            m[j] = x0[j] + v[j];
            x[j] = x0[j] + 0.3 * v[j];
        }
        gaussian_f(0.3, x, v);
        for (size_t j = 0; j < DIM; j++) {
            const double m1 = x[j] + 0.7 * v[j];
            const double corrected = x[j] + (k % 2 ? 0.3 / 2 * (m1 - m[j]) : 0);
            ck_near(x1[j], 0.3 / 0.7 * corrected + (0.7 - 0.3 * 0.3 / 0.7) * m1, 1e-14);
        }
        test_plugin_close(&t);
    }
}
END_TEST

START_TEST(ddim_with_eta_1_is_ddpm)
{
    for (size_t k = 0; k < N_PATHS; k++) {
        struct test_plugin t, u;
        struct fm_solver ddim, ddpm;
        struct fm_control control = grid(20, power, 0, 1);
        on = &paths[k];
        open_solver("ddim", "{eta: 1}", &t, &ddim);
        open_solver("ddpm", NULL, &u, &ddpm);
        test_start(N_ROWS, DIM, x0);
        solve(&gaussian, &ddim, N_ROWS, control);
        memcpy(again, x1, sizeof again);
        solve(&gaussian, &ddpm, N_ROWS, control);
        for (size_t i = 0; i < N_ROWS * DIM; i++)
            ck_near(x1[i], again[i], 1e-12);
        test_plugin_close(&t);
        test_plugin_close(&u);
    }
}
END_TEST

/* ---- stochastic solvers ---- */

enum kind { DDPM, DDPM_LARGE, DDIM, EM_CONSTANT, EM_SIGMA, EM_SINE };

static const struct sampler {
    const char *name, *yaml;
    enum kind kind;
    double strength; /* eta, or of the diffusion */
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

/* For Gaussian data a step from a to b is x' = centre + factor (x - alpha m) + sd z.  E x1 given
 * x is m + S alpha / V (x - alpha m), E x0 is sigma / V (x - alpha m), the score is
 * -1 / V (x - alpha m). */
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

/* At the end of the grid, from p_t at its begin. */
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

/* x0 from p_t. */
static void draw_start(double t)
{
    const struct fm_path_point p = point_at(t);
    for (size_t i = 0; i < MANY; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){11, 3, 0}, i);
        for (size_t j = 0; j < DIM; j++)
            x0[i * DIM + j] =
                p.alpha * data_mean[j] + sqrt(variance_at(&p, j)) * fm_rng_normal(&r);
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

/* Within 4.5 standard errors, sqrt(V / n) and V sqrt(2 / n), of which some 100 are asked for. */
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

/* Few steps, whose bias is large, against the recursion of their formulas. */
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

/* Many steps have the data's; the bias of few is larger. */
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

/* The recursion, which the samples have been seen to follow: its bias falls as h. */
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

/* All data at one point: p_t = N(alpha m, sigma^2), whose score is 1 / sigma^2 steep.  The largest
 * g, g^2 = sigma'^2 / h, from sigma = 4 h to sigma' = 3 h: Euler's step takes deviations times
 * 1 - 1/4 - 9/32 < 1/2 and adds sigma'^2, which makes less than 1.8 sigma'^2. */
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

START_TEST(bits_do_not_depend_on_threads)
{
    enum { ROWS = 150 };
    const char *name = _i < N_METHODS ? methods[_i].name : samplers[_i - N_METHODS].name;
    const char *yaml = _i < N_METHODS ? methods[_i].yaml : samplers[_i - N_METHODS].yaml;
    struct test_plugin t;
    struct fm_solver solver;
    open_solver(name, yaml, &t, &solver);
    on = &paths[LINEAR_VP];
    draw_start(0);
    for (size_t n_threads = 1; n_threads <= 3; n_threads++) {
        struct fm_error err = {0};
        ck_ok(try_solve(&gaussian, &solver, ROWS, grid(9, power, 0, 1), n_threads, &err));
        if (n_threads == 1)
            memcpy(again, x1, sizeof again);
        ck_assert_mem_eq(again, x1, ROWS * DIM * sizeof *x1);
    }
    test_plugin_close(&t);
}
END_TEST

/* ---- refusals ---- */

START_TEST(stochastic_solvers_refuse_to_go_back)
{
    struct test_plugin t;
    struct fm_solver solver;
    struct fm_error err = {0};
    on = &paths[LINEAR];
    open_solver(samplers[_i].name, samplers[_i].yaml, &t, &solver);
    ck_fails(try_solve(&gaussian, &solver, 1, grid(4, even, 0.9, 0.1), 1, &err),
             FM_ERROR_CONFIG, "it can't go back from t = 0.9 to 0.7");
    test_plugin_close(&t);
}
END_TEST

static void refuse_time(const char *name, const char *yaml,
                        void (*path)(const struct fm_problem *, double,
                                     struct fm_path_point *),
                        double from, double to, const char *fragment)
{
    const struct path refused = {"refused", path};
    struct test_plugin t;
    struct fm_solver solver;
    struct fm_error err = {0};
    on = &refused;
    open_solver(name, yaml, &t, &solver);
    ck_fails(try_solve(&gaussian, &solver, 1, grid(4, even, from, to), 1, &err),
             FM_ERROR_CONFIG, fragment);
    test_plugin_close(&t);
}

START_TEST(times_at_which_velocities_tell_nothing_are_refused)
{
    for (size_t k = 0; k < N_METHODS; k++) {
        refuse_time(methods[k].name, methods[k].yaml, slow_start, 0, 1,
                    "alpha' sigma - sigma' alpha is 0 there");
        refuse_time(methods[k].name, methods[k].yaml, linear_vp, 1, 0, "at t = 1");
    }
    for (size_t k = 0; k < N_SAMPLERS; k++)
        refuse_time(samplers[k].name, samplers[k].yaml, slow_start, 0, 1, "at t = 0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("diffusion solvers");
    TCase *flows = tcase_create("flows");
    tcase_set_timeout(flows, 60);
    tcase_add_loop_test(flows, orders_hold_between_two_times_of_every_path, 0, N_METHODS);
    tcase_add_loop_test(flows,
                        orders_hold_from_noise_to_data_and_back_on_grids_fine_at_both_ends,
                        0, N_METHODS);
    tcase_add_loop_test(flows, equal_steps_from_noise_to_data_converge_on_every_path, 0,
                        N_METHODS);
    suite_add_tcase(suite, flows);
    TCase *formulas = tcase_create("formulas");
    tcase_add_loop_test(formulas, a_known_pair_is_joined_without_error, 0, N_METHODS);
    tcase_add_test(formulas, ddim_on_the_linear_path_is_euler);
    tcase_add_test(formulas, end_points_agree_with_the_papers_algorithms);
    tcase_add_test(formulas, unipc_starts_from_noise_by_the_limits_of_its_formulas);
    tcase_add_test(formulas, ddim_with_eta_1_is_ddpm);
    suite_add_tcase(suite, formulas);
    TCase *moments_of = tcase_create("moments");
    tcase_set_timeout(moments_of, 60);
    tcase_add_loop_test(moments_of, a_few_steps_have_the_moments_of_their_formulas, 0,
                        N_SAMPLERS);
    tcase_add_loop_test(moments_of, many_steps_have_the_moments_of_the_data, 0, N_SAMPLERS);
    tcase_add_loop_test(moments_of, the_bias_of_the_variance_falls_as_the_step, 0,
                        N_SAMPLERS);
    tcase_add_test(moments_of, a_steep_score_is_not_overshot);
    suite_add_tcase(suite, moments_of);
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, bits_do_not_depend_on_threads, 0, N_METHODS + N_SAMPLERS);
    tcase_add_loop_test(all, stochastic_solvers_refuse_to_go_back, 0, N_SAMPLERS);
    tcase_add_test(all, times_at_which_velocities_tell_nothing_are_refused);
    suite_add_tcase(suite, all);
    return test_main(suite);
}

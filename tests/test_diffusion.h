/* Gaussian data along several paths, with known flows and moments, and solves of them by
 * solvers that need the path; for test_diffusion_solvers and test_stochastic_solvers. */
#ifndef FM_TESTS_TEST_DIFFUSION_H
#define FM_TESTS_TEST_DIFFUSION_H

#include "host/solver.h"
#include "plugin_support.h"
#include "support.h"
#include "test_velocity.h"

enum { DIM = 2, N_ROWS = 6, MANY = 20000, MAX_STEPS = 4096 };

/* ---- paths ---- */

static const double pi = 3.14159265358979323846;

static inline void linear(const struct fm_problem *problem, double t,
                          struct fm_path_point *p)
{
    (void)problem;
    *p = (struct fm_path_point){t, 1 - t, 1, -1};
}

static inline void cosine(const struct fm_problem *problem, double t,
                          struct fm_path_point *p)
{
    double c = t == 1 ? 0 : cos(pi / 2 * t), s = sin(pi / 2 * t);
    (void)problem;
    *p = (struct fm_path_point){s, c, pi / 2 * c, -pi / 2 * s};
}

/* sigma' is infinite at t = 1. */
static inline void linear_vp(const struct fm_problem *problem, double t,
                             struct fm_path_point *p)
{
    double sigma = sqrt((1 - t) * (1 + t));
    (void)problem;
    *p = (struct fm_path_point){t, sigma, 1, -t / sigma};
}

/* Noise at rate 0.1 + 19.9 (1 - t); alpha(0) = e^-5.025, and sigma' is infinite at t = 1.
 * Song et al. 2021, arXiv:2011.13456, eq. 33. */
static inline void vp(const struct fm_problem *problem, double t, struct fm_path_point *p)
{
    double s = 1 - t, a = exp(-s * s * 19.9 / 4 - s * 0.1 / 2);
    double d_a = a * (s * 19.9 + 0.1) / 2, sigma = sqrt(-expm1(2 * log(a)));
    (void)problem;
    *p = (struct fm_path_point){a, sigma, d_a, -a * d_a / sigma};
}

/* alpha' sigma - sigma' alpha is 0 at t = 0. */
static inline void slow_start(const struct fm_problem *problem, double t,
                              struct fm_path_point *p)
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
static const struct path *on; /* the path of the velocities below */

static inline struct fm_path_point point_at(double t)
{
    struct fm_path_point p;
    on->at(NULL, t, &p);
    return p;
}

static inline double variance_at(const struct fm_path_point *p, size_t j)
{
    return p->alpha * p->alpha * data_variance[j] + p->sigma * p->sigma;
}

/* p_t = N(alpha m, V), V = alpha^2 S + sigma^2:  v = alpha' m + V' / (2 V) (x - alpha m). */
static inline void gaussian_f(double t, const double *x, double *v)
{
    struct fm_path_point p = point_at(t);
    for (size_t j = 0; j < DIM; j++) {
        double half = p.alpha * p.d_alpha * data_variance[j] + p.sigma * p.d_sigma;
        v[j] = p.d_alpha * data_mean[j]
               + half / variance_at(&p, j) * (x[j] - p.alpha * data_mean[j]);
    }
}

/* The flow takes x from time a to b and keeps its distance from the mean in standard
 * deviations. */
static inline double gaussian_flow(double a, double b, size_t j, double x)
{
    struct fm_path_point p = point_at(a), q = point_at(b);
    return q.alpha * data_mean[j]
           + sqrt(variance_at(&q, j) / variance_at(&p, j)) * (x - p.alpha * data_mean[j]);
}

static const struct fm_field gaussian = {"Gaussian", DIM, gaussian_f, NULL};

/* ---- solves ---- */

static double x0[MANY * DIM], x1[MANY * DIM], again[MANY * DIM];
static uint64_t nfe[MANY];

static inline enum fm_status try_solve(const struct fm_field *field,
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

static inline void solve(const struct fm_field *field, const struct fm_solver *solver,
                         size_t n, struct fm_control control)
{
    struct fm_error err = {0};
    ck_ok(try_solve(field, solver, n, control, 1, &err));
}

static inline void open_solver(const char *name, const char *yaml, struct test_plugin *t,
                               struct fm_solver *solver)
{
    struct fm_error err = {0};
    test_plugin_open(t, FM_SOLVER, name, yaml);
    ck_ok(fm_solver_open(&t->arena, t->plugin, t->options, solver, &err));
}

static inline double power(double u)
{
    return pow(u, 1.3);
}

/* Fine at both ends. */
static inline double arch(double u)
{
    return pow(sin(pi / 2 * u), 2);
}

static inline double even(double u)
{
    return u;
}

static inline struct fm_control grid(size_t n, double (*spacing)(double), double from,
                                     double to)
{
    static double times[MAX_STEPS + 1];
    for (size_t k = 0; k <= n; k++)
        times[k] = from + (to - from) * spacing((double)k / (double)n);
    times[n] = to;
    return (struct fm_control){.n_steps = n, .times = times};
}

/* ---- what both must do ---- */

/* Draws x0 from p_t. */
static inline void draw_start(double t)
{
    const struct fm_path_point p = point_at(t);
    for (size_t i = 0; i < MANY; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){11, 3, 0}, i);
        for (size_t j = 0; j < DIM; j++)
            x0[i * DIM + j] =
                p.alpha * data_mean[j] + sqrt(variance_at(&p, j)) * fm_rng_normal(&r);
    }
}

/* Checks that 1, 2 and 3 threads give the same bits. */
static inline void check_threads(const char *name, const char *yaml)
{
    enum { ROWS = 150 };
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

/* Checks that a solve on the path is an error. */
static inline void refuse_time(const char *name, const char *yaml,
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

#endif

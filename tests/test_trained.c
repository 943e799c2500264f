/* Solvers on a trained network, compared with scipy.  The engine is built in double, so that
 * training gives the same weights to a dozen digits on every machine, and the velocity is
 * as smooth as the methods assume. */
#include <config.h>

#include "test_solvers.h"
#include "test_train.h"
#include "test_velocity.h"

#include <stdio.h>

_Static_assert(sizeof(fm_real) == sizeof(double), "built with FM_REAL_DOUBLE");

enum { DIM = 2, WIDTH = 16, N_TRAIN_STEPS = 400, N_ROWS = 16, N_STARTS = N_ROWS * DIM };

/* ---- the network ---- */

/* Four modes of deviation 0.3 at (+-1.5, +-1.5). */
static void draw_modes(const void *options, const struct fm_dataset *d,
                       struct fm_stream stream, uint64_t first_row, size_t n, double *x)
{
    (void)options;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        for (size_t j = 0; j < d->dim; j++)
            x[i * d->dim + j] =
                (fm_rng_uniform(&r) < 0.5 ? -1.5 : 1.5) + 0.3 * fm_rng_normal(&r);
    }
}

struct trained {
    struct fm_arena arena;
    struct fm_net *net;
    struct fm_trainer *trainer;
    struct fm_velocity velocity;
};

static void train(struct trained *t)
{
    static const size_t width = WIDTH;
    static const struct test_normal normal = {{0, 0}, {1, 1}};
    static const struct fm_dataset_ops modes_ops = {.size = sizeof modes_ops,
                                                    .draw = draw_modes};
    struct fm_train_options o = test_train_options(N_TRAIN_STEPS, 128);
    struct fm_data from = {&test_normal_ops, &normal, {.dim = DIM}};
    struct fm_data to = {&modes_ops, NULL, {.dim = DIM}};
    struct fm_train_step_result report;
    struct fm_error err = {0};
    o.lr = 1e-2;
    o.schedule = FM_SCHEDULE_COSINE;
    *t = (struct trained){0};
    ck_ok(fm_net_compile(&t->arena, &(struct fm_sample_shape){.dim = DIM}, test_small_net,
                         &width, &t->net, &err));
    const struct fm_train_spec spec = {.options = &o,
                                       .seed = 1,
                                       .net = t->net,
                                       .source = &from,
                                       .data = &to,
                                       .path = &test_straight_ops,
                                       .coupling = &test_independent_ops,
                                       .n_threads = 1};
    ck_ok(fm_trainer_init(&t->arena, &spec, &t->trainer, &err));
    for (int i = 0; i < N_TRAIN_STEPS; i++)
        ck_ok(fm_trainer_step(t->trainer, &report, &err));
    t->velocity = (struct fm_velocity){
        .dim = DIM,
        .net = t->net,
        .parameters = fm_trainer_weights(t->trainer).blocks[FM_WEIGHTS_LAST][0]};
}

static void forget(struct trained *t)
{
    fm_trainer_fini(t->trainer);
    fm_arena_fini(&t->arena);
}

/* Entry (output, input) of a weight, or (i, 0) of a bias. */
static double weight(const struct fm_parameter *p, const fm_real *block, size_t output,
                     size_t input)
{
    size_t i = p->is_vector ? 0 : input, j = output;
    if (p->is_transposed)
        i = output, j = input;
    return block[p->offset + j / FM_PANEL * p->n_rows * FM_PANEL + i * FM_PANEL
                 + j % FM_PANEL];
}

/* ---- what scipy says ---- */

/* To record again: FM_TEST_WRITE=weights.txt tests/test_trained, then
 *
 *     import numpy as np, scipy.integrate as si
 *     p = [np.array(line.split()[3:], float).reshape([int(s) for s in line.split()[1:3]])
 *          for line in open("weights.txt")]
 *     def v(t, x):
 *         h = np.append(x, t)
 *         for k in (0, 2, 4):
 *             h = p[k] @ h + p[k + 1][:, 0]
 *             if k < 4: h = h / (1 + np.exp(-h))
 *         return h
 *     print(sum(a.sum() for a in p), sum((a * a).sum() for a in p))
 *     for i in range(16):
 *         s = si.solve_ivp(v, (0, 1), [i % 4 - 1.5, i // 4 - 1.5], "DOP853",
 *                          rtol=1e-12, atol=1e-12)
 *         print("{%.15g, %.15g}," % tuple(s.y[:, -1]))
 */
static void write_weights(const struct trained *t, const char *path)
{
    size_t n;
    const struct fm_parameter *p = fm_net_parameters(t->net, &n);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    for (size_t k = 0; k < n; k++) {
        size_t shape[3], n_inputs = fm_parameter_shape(&p[k], shape) == 2 ? shape[1] : 1;
        (void)fprintf(file, "%s %zu %zu", p[k].name, shape[0], n_inputs);
        for (size_t i = 0; i < shape[0] * n_inputs; i++)
            (void)fprintf(
                file, " %.17g",
                weight(&p[k], t->velocity.parameters, i / n_inputs, i % n_inputs));
        (void)fprintf(file, "\n");
    }
    ck_assert_int_eq(fclose(file), 0);
}

/* scipy 1.10.1.  At rtol 2.3e-14, atol 1e-15 it gives the same within 7e-13. */
static const double expected[N_STARTS] = {
    -1.80047545902791, -1.75484912861991, -1.4692728948043,  -1.78012910060865,
    1.28031144504739,  -1.85671429154456, 1.90908695259065,  -1.63999377213044,
    -1.80027899313603, -1.38385024010071, -1.51092438764387, -1.44527100539778,
    1.39596586697809,  -1.4672718216389,  1.95631700802383,  -1.2028047674174,
    -1.84258330052492, 1.39899185069189,  -1.53888007527755, 1.46661820246615,
    1.44734765064009,  1.56672270815254,  1.99748182876894,  1.47345650206704,
    -1.77407743224732, 1.75804556179003,  -1.44454721480659, 1.77358263535042,
    1.36013394291941,  1.8082135965741,   1.95743340013524,  1.75027158956572};

/* Portable code, AVX2 and AVX-512 with fused multiply-adds differ by up to 2.5e-15 in a
 * weight, with and without optimisation.  If this fails, training has changed. */
START_TEST(the_weights_are_those_given_to_scipy)
{
    struct trained t;
    size_t n;
    double sum = 0, squares = 0;
    train(&t);
    const struct fm_parameter *p = fm_net_parameters(t.net, &n);
    for (size_t k = 0; k < n; k++) {
        size_t shape[3], n_inputs = fm_parameter_shape(&p[k], shape) == 2 ? shape[1] : 1;
        for (size_t i = 0; i < shape[0] * n_inputs; i++) {
            double w = weight(&p[k], t.velocity.parameters, i / n_inputs, i % n_inputs);
            sum += w;
            squares += w * w;
        }
    }
    ck_near(sum, -14.9548641037237, 1e-11);
    ck_near(squares, 79.7486158569215, 1e-11);
    if (getenv("FM_TEST_WRITE"))
        write_weights(&t, getenv("FM_TEST_WRITE"));
    forget(&t);
}
END_TEST

/* ---- solvers ---- */

static struct trained trained;
static struct test_outcome outcome;

/* The largest difference from scipy's end points. */
static double error_at(const struct fm_solver *solver, struct fm_control control)
{
    struct fm_error err = {0};
    double x0[N_STARTS], worst = 0;
    for (size_t i = 0; i < N_ROWS; i++) {
        x0[i * DIM] = (double)(i % 4) - 1.5;
        x0[i * DIM + 1] = (double)(i / 4) - 1.5;
    }
    struct fm_solve solve = test_solve(&trained.velocity, solver, N_ROWS, x0, &outcome);
    solve.control = control;
    ck_ok(fm_integrate(&solve, &outcome.result, &err));
    ck_assert_uint_eq(outcome.result.n_failed, 0);
    for (size_t i = 0; i < N_STARTS; i++)
        worst = fmax(worst, fabs(outcome.x1[i] - expected[i]));
    return worst;
}

static struct fm_control tolerance(double tol)
{
    return (struct fm_control){.rtol = tol, .atol = tol, .max_evaluations = 10000000};
}

static struct test_plugin dopri5;

static void open_dopri5(struct fm_solver *solver)
{
    struct fm_error err = {0};
    test_plugin_open(&dopri5, FM_SOLVER, "dopri5", NULL);
    ck_ok(fm_solver_open(&dopri5.arena, dopri5.plugin, dopri5.options, solver, &err));
}

/* This flow amplifies errors by at most 1.13, but the few steps of a coarse tolerance have
 * larger errors than they estimate: the error at the end is 23 tolerances at 1e-3 and 1.1
 * at 1e-11, for scipy's RK45 as for dopri5.  DOP853's own 7e-13 is less than a tenth of the
 * finest. */
START_TEST(dopri5_has_the_end_points_of_scipy_to_the_tolerance)
{
    struct fm_solver solver;
    double last = 0;
    train(&trained);
    open_dopri5(&solver);
    for (int digits = 3; digits <= 11; digits++) {
        double tol = pow(10, -digits), error = error_at(&solver, tolerance(tol));
        ck_assert_msg(error <= 30 * tol, "tolerance %g: error %g", tol, error);
        ck_assert_msg(digits == 3 || error < last / 5, "tolerance %g: error %g, before %g",
                      tol, error, last);
        last = error;
    }
    test_plugin_close(&dopri5);
    forget(&trained);
}
END_TEST

/* The same pair and control, also for the first step: end points and nfev of solve_ivp with
 * RK45 at rtol = atol = 1e-6, recorded as above. */
START_TEST(dopri5_takes_the_steps_of_scipy_s_rk45)
{
    static const double ends[N_STARTS] = {
        -1.8004755706027,  -1.75484773881651, -1.46927725174325, -1.78012768060761,
        1.28031272244983,  -1.85671364962048, 1.90908670913931,  -1.63999275054577,
        -1.8002787213372,  -1.38385096507865, -1.51093296627879, -1.44527087315659,
        1.39596611977036,  -1.46727314511835, 1.95631685393717,  -1.2028079818246,
        -1.84258444406904, 1.39898950528813,  -1.53888454847694, 1.46661635848001,
        1.44734826554232,  1.56672400514274,  1.99748148403461,  1.47345710487496,
        -1.77407770764439, 1.7580475885987,   -1.44454762994784, 1.77358447984168,
        1.36013433301949,  1.80821518842987,  1.95743368881004,  1.75027338420773};
    static const uint64_t nfe[N_ROWS] = {44, 38, 44, 38, 44, 44, 56, 50,
                                         44, 50, 56, 44, 56, 62, 62, 62};
    struct fm_solver solver;
    train(&trained);
    open_dopri5(&solver);
    (void)error_at(&solver, tolerance(1e-6));
    for (size_t i = 0; i < N_STARTS; i++)
        ck_near(outcome.x1[i], ends[i], 1e-12);
    for (size_t i = 0; i < N_ROWS; i++)
        ck_assert_uint_eq(outcome.nfe[i], nfe[i]);
    test_plugin_close(&dopri5);
    forget(&trained);
}
END_TEST

static void check_solver(const char *name, const struct fm_solver *solver)
{
    if (!fm_solver_is_adaptive(solver))
        return;
    double tol = fm_solver_order(solver) < 4 ? 1e-5 : 1e-9;
    double error = error_at(solver, tolerance(tol));
    ck_assert_msg(error <= 30 * tol, "%s, tolerance %g: error %g", name, tol, error);
}

START_TEST(every_adaptive_solver_has_the_end_points_of_scipy)
{
    train(&trained);
    test_every_solver(check_solver);
    forget(&trained);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trained network");
    TCase *scipy = tcase_create("scipy");
    tcase_add_test(scipy, the_weights_are_those_given_to_scipy);
    tcase_add_test(scipy, dopri5_has_the_end_points_of_scipy_to_the_tolerance);
    tcase_add_test(scipy, dopri5_takes_the_steps_of_scipy_s_rk45);
    tcase_add_test(scipy, every_adaptive_solver_has_the_end_points_of_scipy);
    suite_add_tcase(suite, scipy);
    return test_main(suite);
}

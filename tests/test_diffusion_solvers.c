/* Deterministic solvers that need the path, compared with exact flows of Gaussian data and
 * with the formulas of their papers. */
#include <config.h>

#include "test_diffusion.h"

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
    fm_field_start(N_ROWS, DIM, x0);
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

/* UniPC-3 has order 4 except in its first step, whose error is small if that step is. */
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

/* log(alpha / sigma) is infinite at 0 and 1, so the steps of it there stay large for any
 * number of steps: the orders need a grid that is finer at both ends. */
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

/* With equal steps the orders are lower: h^2 log(1 / h) for methods of order 2, h^2 for
 * higher ones, and h where sigma' is -inf at t = 1.  Errors still fall. */
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
START_TEST(a_known_pair_is_solved_without_error)
{
    static const struct fm_field pair = {"pair", DIM, pair_f, NULL};
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
        fm_field_start(N_ROWS, DIM, x0);
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

/* End points at uneven times of the cosine path, x' = cos(3 t) x - x^3 / 4 + t from 0.7,
 * from a Python script that follows the papers' algorithms line by line (x' = sigma' /
 * sigma x - alpha' (e^-h - 1) D; R_p(h) rho = phi_p(h) / B(h)). */
static void uneven_f(double t, const double *x, double *v)
{
    for (size_t j = 0; j < DIM; j++)
        v[j] = cos(3 * t) * x[j] - x[j] * x[j] * x[j] / 4 + t;
}

START_TEST(end_points_agree_with_the_papers_algorithms)
{
    static const struct fm_field uneven = {"uneven", DIM, uneven_f, NULL};
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

/* The linear path from t = 0 to 0.3 to 0.7.  The first step has e^-h = 0: B(h) of bh2 is -1
 * and the corrector adds alpha' / 2 (m' - m); B(h) of bh1 is infinite and there is no
 * correction.  The second step has no older point with a finite log(alpha / sigma). */
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
        fm_field_start(1, DIM, x0);
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
        fm_field_start(N_ROWS, DIM, x0);
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

/* ---- what all must do ---- */

START_TEST(bits_do_not_depend_on_threads)
{
    check_threads(methods[_i].name, methods[_i].yaml);
}
END_TEST

START_TEST(times_without_information_in_the_velocity_are_an_error)
{
    refuse_time(methods[_i].name, methods[_i].yaml, slow_start, 0, 1,
                "alpha' sigma - sigma' alpha is 0 there");
    refuse_time(methods[_i].name, methods[_i].yaml, linear_vp, 1, 0, "at t = 1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("diffusion solvers");
    TCase *flows = tcase_create("flows");
    tcase_add_loop_test(flows, orders_hold_between_two_times_of_every_path, 0, N_METHODS);
    tcase_add_loop_test(flows,
                        orders_hold_from_noise_to_data_and_back_on_grids_fine_at_both_ends,
                        0, N_METHODS);
    tcase_add_loop_test(flows, equal_steps_from_noise_to_data_converge_on_every_path, 0,
                        N_METHODS);
    suite_add_tcase(suite, flows);
    TCase *formulas = tcase_create("formulas");
    tcase_add_loop_test(formulas, a_known_pair_is_solved_without_error, 0, N_METHODS);
    tcase_add_test(formulas, ddim_on_the_linear_path_is_euler);
    tcase_add_test(formulas, end_points_agree_with_the_papers_algorithms);
    tcase_add_test(formulas, unipc_starts_from_noise_by_the_limits_of_its_formulas);
    tcase_add_test(formulas, ddim_with_eta_1_is_ddpm);
    suite_add_tcase(suite, formulas);
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, bits_do_not_depend_on_threads, 0, N_METHODS);
    tcase_add_loop_test(all, times_without_information_in_the_velocity_are_an_error, 0,
                        N_METHODS);
    suite_add_tcase(suite, all);
    return test_main(suite);
}

/* The energy of the rows' trajectories: sum over steps of |x_(k+1) - x_k|^2 / h_k. */
#include <config.h>

#include "plan/grid.h"
#include "test_solvers.h"
#include "test_velocity.h"

enum { N_ROWS = 150, N_STEPS = 12 }; /* blocks of 64, 64, and 22 */

static struct test_outcome outcome;
static double x0[N_ROWS * TEST_MAX_DIM], energy[N_ROWS];

static void drift(double t, const double *x, double *v)
{
    (void)t, (void)x;
    v[0] = 3;
    v[1] = -4;
}

static void grow(double t, const double *x, double *v)
{
    (void)t;
    v[0] = x[0];
}

static const struct fm_field drift_field = {"drift", 2, drift, NULL},
                             grow_field = {"grow", 1, grow, NULL};

/* trajectory: NULL, or [n_steps + 1][N_ROWS][dim]. */
static void solve_rows(const struct fm_field *field, const char *name,
                       const struct fm_control *control, size_t n_threads,
                       double *trajectory)
{
    struct fm_error err = {0};
    struct test_plugin t;
    struct fm_solver solver;
    const struct test_state state = {field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    test_plugin_open(&t, FM_SOLVER, name, NULL);
    ck_ok(fm_solver_open(&t.arena, t.plugin, t.options, &solver, &err));
    struct fm_solve solve = test_solve(&velocity, &solver, N_ROWS, x0, &outcome);
    solve.control = *control;
    solve.n_threads = n_threads;
    solve.path_energy = energy;
    solve.trajectory = trajectory;
    solve.n_traced = trajectory ? N_ROWS : 0;
    ck_ok(fm_integrate(&solve, &outcome.result, &err));
    ck_assert_uint_eq(outcome.result.n_failed, 0);
    test_plugin_close(&t);
}

static const double uneven[N_STEPS + 1] = {0,   0.01, 0.05, 0.1, 0.3, 0.35, 0.4,
                                           0.5, 0.6,  0.75, 0.8, 0.9, 1};

static const struct {
    const char *solver;
    struct fm_control control;
} ways[] = {
    {"euler", {.n_steps = N_STEPS, .times = uneven}},
    {"rk4", {.n_steps = N_STEPS, .times = uneven}},
    {"dopri5", {.n_steps = 5}},
    {"ab2", {.n_steps = N_STEPS}},
    {"dopri5", {.rtol = 1e-6, .atol = 1e-6, .max_evaluations = 10000}},
    {"bosh3",
     {.rtol = 1e-3, .atol = 1e-3, .max_evaluations = 10000, .has_shared_step = true}},
    {"euler", {.n_steps = 4, .t_from = 1, .t_to = 0}},
};
enum { N_WAYS = sizeof ways / sizeof *ways };

/* With a constant velocity every trajectory has |v|^2 = 25 per unit of time, forwards and
 * backwards. */
START_TEST(a_straight_trajectory_has_the_energy_of_its_velocity)
{
    fm_field_start(N_ROWS, drift_field.dim, x0);
    for (size_t n_threads = 1; n_threads <= 3; n_threads += 2) {
        solve_rows(&drift_field, ways[_i].solver, &ways[_i].control, n_threads, NULL);
        for (size_t i = 0; i < N_ROWS; i++)
            ck_assert_msg(fabs(energy[i] - 25) < 1e-9, "%s: row %zu has %.12g",
                          ways[_i].solver, i, energy[i]);
    }
}
END_TEST

/* With v = x, equal steps multiply x by R(h): the k-th adds ((R - 1) x_k)^2 / h. */
START_TEST(euler_and_rk4_have_the_energy_of_their_steps)
{
    const double h = 1.0 / N_STEPS;
    const double R = _i ? 1 + h * (1 + h / 2 * (1 + h / 3 * (1 + h / 4))) : 1 + h;
    const double sum = (R - 1) * (R - 1) / h * (pow(R, 2 * N_STEPS) - 1) / (R * R - 1);
    for (size_t i = 0; i < N_ROWS; i++)
        x0[i] = 1 + (double)i / 10;
    solve_rows(&grow_field, _i ? "rk4" : "euler", &(struct fm_control){.n_steps = N_STEPS},
               2, NULL);
    for (size_t i = 0; i < N_ROWS; i++)
        ck_assert_double_le(fabs(energy[i] / (x0[i] * x0[i]) - sum), 1e-12);
}
END_TEST

/* The integral of x_0^2 e^(2 t) is x_0^2 (e^2 - 1) / 2.  Straight steps of at most h lose
 * h^2 / 12 of it, since the mean of v^2 is its squared mean plus its variance. */
START_TEST(short_steps_have_the_integral)
{
    static const char *const solvers[] = {"dopri5", "bosh3"};
    for (size_t i = 0; i < N_ROWS; i++)
        x0[i] = 1 + (double)i / 10;
    const struct fm_control control = {.rtol = 1e-6,
                                       .atol = 1e-6,
                                       .max_step = 0.01,
                                       .max_evaluations = 10000,
                                       .has_shared_step = _i == 1};
    solve_rows(&grow_field, solvers[_i], &control, 2, NULL);
    const double integral = (exp(2) - 1) / 2;
    for (size_t i = 0; i < N_ROWS; i++) {
        const double lost = 1 - energy[i] / (x0[i] * x0[i]) / integral;
        ck_assert_msg(lost > 0 && lost < 1.1 * 1e-4 / 12, "row %zu lost %g", i, lost);
    }
}
END_TEST

/* Rejected steps are not part of the trajectory: the energy is that of the kept points. */
START_TEST(a_trajectory_has_the_same_energy)
{
    static double trajectory[(N_STEPS + 1) * N_ROWS * TEST_MAX_DIM];
    const struct fm_field *field = &fm_fields[FM_FIELD_TURN];
    const size_t dim = field->dim;
    const struct fm_control control = {.n_steps = N_STEPS, .times = uneven};
    fm_field_start(N_ROWS, dim, x0);
    solve_rows(field, "heun2", &control, 2, trajectory);
    for (size_t i = 0; i < N_ROWS; i++) {
        double sum = 0;
        for (size_t k = 0; k < N_STEPS; k++) {
            const double *a = trajectory + (k * N_ROWS + i) * dim, *b = a + N_ROWS * dim;
            for (size_t j = 0; j < dim; j++)
                sum += (b[j] - a[j]) * (b[j] - a[j]) / (uneven[k + 1] - uneven[k]);
        }
        ck_assert_double_le(fabs(energy[i] - sum), 1e-12 * (1 + sum));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("energy");
    TCase *tcase = tcase_create("ways");
    tcase_add_loop_test(tcase, a_straight_trajectory_has_the_energy_of_its_velocity, 0,
                        N_WAYS);
    tcase_add_loop_test(tcase, euler_and_rk4_have_the_energy_of_their_steps, 0, 2);
    tcase_add_loop_test(tcase, short_steps_have_the_integral, 0, 2);
    tcase_add_test(tcase, a_trajectory_has_the_same_energy);
    suite_add_tcase(suite, tcase);
    return test_main(suite);
}

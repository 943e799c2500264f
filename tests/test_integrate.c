/* Properties of every solver: the cost is counted, rows are independent, and errors are
 * reported. */
#include <config.h>

#include "test_graphs.h"
#include "test_solvers.h"
#include "test_velocity.h"

enum { N_ROWS = 150 }; /* blocks of 64, 64, and 22 */

static struct test_outcome outcome, other;
static double x0[N_ROWS * TEST_MAX_DIM];
static const struct fm_field *const turn = &fm_fields[FM_FIELD_TURN],
                                    *const spiral = &fm_fields[FM_FIELD_SPIRAL];

/* ---- cost ---- */

/* Steps times stages, without the last stages that are the first of the next step. */
static uint64_t expected_nfe(const struct fm_tableau *t, size_t n_steps)
{
    return n_steps * (t->n_stages - (t->is_fsal ? 1 : 0));
}

/* On a linear field, where one large step is finite. */
static void check_cost(const char *name, const struct fm_solver *solver)
{
    for (size_t n_steps = 0; n_steps <= 7; n_steps += n_steps ? 6 : 1) {
        struct fm_error err = {0};
        atomic_ullong n_evaluations = 0;
        const struct test_state state = {turn, &n_evaluations};
        struct fm_velocity velocity = test_velocity(&state);
        uint64_t total = 0, most = 0;
        if (n_steps == 0 && !fm_solver_is_adaptive(solver))
            continue;
        fm_field_start(N_ROWS, turn->dim, x0);
        struct fm_solve solve = test_solve(&velocity, solver, N_ROWS, x0, &outcome);
        solve.control.n_steps = n_steps;
        solve.n_threads = 2;
        ck_ok(fm_integrate(&solve, &outcome.result, &err));
        for (size_t i = 0; i < N_ROWS; i++) {
            total += outcome.nfe[i];
            most = outcome.nfe[i] > most ? outcome.nfe[i] : most;
            ck_assert_msg(!solver->scheme.tableau || n_steps == 0
                              || outcome.nfe[i]
                                     == expected_nfe(solver->scheme.tableau, n_steps),
                          "%s, %zu steps: %llu evaluations", name, n_steps,
                          (unsigned long long)outcome.nfe[i]);
        }
        ck_assert_msg(total == atomic_load(&n_evaluations),
                      "%s, %zu steps: counted %llu of %llu", name, n_steps,
                      (unsigned long long)total,
                      (unsigned long long)atomic_load(&n_evaluations));
        ck_assert_uint_eq(outcome.result.nfe_total, total);
        ck_assert_uint_eq(outcome.result.nfe_max, most);
        ck_near(outcome.result.nfe_mean, (double)total / N_ROWS, 1e-9);
        ck_assert_uint_eq(outcome.result.n_failed, 0);
    }
}

START_TEST(every_evaluation_is_counted_once)
{
    test_every_solver(check_cost);
    check_cost("heun_euler", &test_heun);
    check_cost("Adams-Bashforth 2", &test_bashforth);
    for (size_t i = 0; i < N_ROWS; i++) /* the last solve has 7 steps of one evaluation */
        ck_assert_uint_eq(outcome.nfe[i], 7);
}
END_TEST

/* Times go from exactly 0 to at most exactly 1, for any rounding of 1 / n_steps. */
static double earliest, latest;

static void watch_time(double t, const double *x, double *v)
{
    earliest = fmin(earliest, t);
    latest = fmax(latest, t);
    v[0] = -x[0];
}

static void check_times(const char *name, const struct fm_solver *solver)
{
    static const struct fm_field field = {"watch", 1, watch_time, NULL};
    const struct test_state state = {&field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    double start = 1, largest_c = 0;
    for (size_t n_steps = 0; n_steps < 200; n_steps++) {
        struct fm_error err = {0};
        const struct fm_tableau *t = solver->scheme.tableau;
        largest_c = 0; /* the last step of a grid skips the first stage of the next */
        for (size_t i = 0; t && i < t->n_stages - (t->is_fsal && n_steps > 0); i++)
            largest_c = fmax(largest_c, t->c[i]);
        if (n_steps == 0 && !fm_solver_is_adaptive(solver))
            continue;
        struct fm_solve solve = test_solve(&velocity, solver, 1, &start, &outcome);
        solve.control.n_steps = n_steps;
        earliest = 1;
        latest = 0;
        ck_ok(fm_integrate(&solve, &outcome.result, &err));
        ck_assert_msg(earliest == 0 && latest <= 1 && (largest_c != 1 || latest == 1),
                      "%s, %zu steps: evaluated from %.17g to %.17g", name, n_steps,
                      earliest, latest);
    }
}

START_TEST(evaluations_stay_between_0_and_1_and_reach_both)
{
    test_every_solver(check_times);
    check_times("heun_euler", &test_heun);
}
END_TEST

/* ---- rows ---- */

/* The velocities of a net, with initial weights, and of a closed form. */
struct velocities {
    struct fm_arena arena;
    struct test_state state;
    struct fm_velocity all[2];
};

static void open_velocities(struct velocities *v)
{
    struct fm_error err = {0};
    struct fm_net *net = NULL;
    *v = (struct velocities){.state = {spiral, NULL}};
    v->all[0] = test_velocity(&v->state);
    ck_ok(fm_net_compile(&v->arena, &(struct fm_sample_shape){.dim = 3}, build_residual,
                         NULL, &net, &err));
    float *block = FM_NEW(&v->arena, fm_net_block_size(net), float);
    fm_net_initialise(net, 1, block);
    v->all[1] = (struct fm_velocity){.dim = 3, .net = net, .parameters = block};
}

static void compare_alone(const char *name, struct fm_solve solve, size_t dim)
{
    static struct test_outcome alone;
    for (size_t i = 0; i < N_ROWS; i += 7) {
        struct fm_error err = {0};
        solve.n = 1;
        solve.n_threads = 1;
        solve.x0 = x0 + i * dim;
        solve.x1 = alone.x1;
        solve.nfe = alone.nfe;
        ck_ok(fm_integrate(&solve, &alone.result, &err));
        ck_assert_msg(memcmp(alone.x1, outcome.x1 + i * dim, dim * sizeof(double)) == 0
                          && alone.nfe[0] == outcome.nfe[i],
                      "%s, %zu steps, dim %zu: row %zu alone is not as in the batch", name,
                      solve.control.n_steps, dim, i);
    }
}

static void check_rows(const char *name, const struct fm_solver *solver)
{
    struct velocities v;
    open_velocities(&v);
    for (size_t k = 0; k < 2; k++)
        for (size_t n_steps = fm_solver_is_adaptive(solver) ? 0 : 6; n_steps <= 6;
             n_steps += 6) {
            struct fm_error err = {0};
            size_t dim = v.all[k].dim, bytes = N_ROWS * dim * sizeof(double);
            fm_field_start(N_ROWS, dim, x0);
            struct fm_solve solve = test_solve(&v.all[k], solver, N_ROWS, x0, &outcome);
            solve.control.n_steps = n_steps;
            ck_ok(fm_integrate(&solve, &outcome.result, &err));
            if (!solver->scheme
                     .is_stochastic) /* a row alone is row 0, with the noise of row 0 */
                compare_alone(name, solve, dim);
            for (size_t n_threads = 2; n_threads <= 3; n_threads++) {
                solve.n_threads = n_threads;
                solve.x1 = other.x1;
                solve.nfe = other.nfe;
                ck_ok(fm_integrate(&solve, &other.result, &err));
                ck_assert_msg(
                    memcmp(outcome.x1, other.x1, bytes) == 0
                        && memcmp(outcome.nfe, other.nfe, N_ROWS * sizeof *outcome.nfe)
                               == 0,
                    "%s, %zu steps, dim %zu: other bits at %zu threads", name, n_steps, dim,
                    n_threads);
            }
        }
    fm_arena_fini(&v.arena);
}

START_TEST(a_row_has_the_same_bits_alone_in_a_batch_and_at_any_number_of_threads)
{
    test_every_solver(check_rows);
    check_rows("heun_euler", &test_heun);
    check_rows("Adams-Bashforth 2", &test_bashforth);
}
END_TEST

/* x += first normal number of (seed, stream, step) at the row. */
static enum fm_status noisy_step(const void *options, const struct fm_step *step,
                                 struct fm_error *err)
{
    (void)options, (void)err;
    for (size_t i = 0; i < step->n; i++) {
        struct fm_rng r = fm_rng_at(step->noise, step->first_row + i);
        for (size_t j = 0; j < step->dim; j++)
            step->x[i * step->dim + j] += fm_rng_normal(&r);
    }
    return FM_OK;
}

START_TEST(noise_is_a_function_of_seed_stream_step_and_row)
{
    static const struct fm_solver_ops ops = {.size = sizeof ops, .step = noisy_step};
    static const struct fm_solver noisy = {.ops = &ops, .scheme.order = 1};
    const struct test_state state = {spiral, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    for (size_t n_threads = 1; n_threads <= 3; n_threads++) {
        struct fm_error err = {0};
        fm_field_start(N_ROWS, 2, x0);
        struct fm_solve solve = test_solve(&velocity, &noisy, N_ROWS, x0, &outcome);
        solve.control.n_steps = 4;
        solve.n_threads = n_threads;
        ck_ok(fm_integrate(&solve, &outcome.result, &err));
        for (size_t i = 0; i < N_ROWS; i++) {
            double x[2] = {x0[2 * i], x0[2 * i + 1]};
            for (uint32_t step = 0; step < 4; step++) {
                struct fm_rng r = fm_rng_at((struct fm_stream){3, 8, step}, i);
                x[0] += fm_rng_normal(&r);
                x[1] += fm_rng_normal(&r);
            }
            ck_assert(x[0] == outcome.x1[2 * i] && x[1] == outcome.x1[2 * i + 1]);
            ck_assert_uint_eq(outcome.nfe[i], 0);
        }
    }
}
END_TEST

/* ---- trajectories ---- */

/* One step of a tableau for one row, written plainly. */
static void plain_step(const struct fm_tableau *t, const struct fm_field *field,
                       double time, double h, double *x)
{
    double k[FM_MAX_STAGES][TEST_MAX_DIM];
    for (size_t s = 0; s < t->n_stages; s++) {
        double y[TEST_MAX_DIM];
        for (size_t j = 0; j < field->dim; j++) {
            y[j] = x[j];
            for (size_t r = 0; r < s; r++)
                y[j] += h * t->a[s * t->n_stages + r] * k[r][j];
        }
        field->f(time + t->c[s] * h, y, k[s]);
    }
    for (size_t s = 0; s < t->n_stages; s++)
        for (size_t j = 0; j < field->dim; j++)
            x[j] += h * t->b[s] * k[s][j];
}

/* Compared with the plain steps to 1e-12 on a linear field, with 5 steps and h |v| at most
 * 4 |x|. */
static void check_trajectory(const char *name, const struct fm_solver *solver)
{
    enum { N_STEPS = 5, N_TRACED = 100, DIM = 2 };
    static double trajectory[(N_STEPS + 1) * N_TRACED * DIM + 1];
    struct fm_error err = {0};
    const struct test_state state = {turn, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    if (!solver->scheme.tableau)
        return;
    fm_field_start(N_ROWS, DIM, x0);
    struct fm_solve solve = test_solve(&velocity, solver, N_ROWS, x0, &outcome);
    solve.control.n_steps = N_STEPS;
    solve.n_threads = 2;
    solve.trajectory = trajectory;
    solve.n_traced = N_TRACED;
    trajectory[(N_STEPS + 1) * N_TRACED * DIM] = 77;
    ck_ok(fm_integrate(&solve, &outcome.result, &err));
    ck_assert(trajectory[(N_STEPS + 1) * N_TRACED * DIM] == 77);
    ck_assert_mem_eq(trajectory, x0, N_TRACED * DIM * sizeof *x0);
    ck_assert_mem_eq(trajectory + N_STEPS * N_TRACED * DIM, outcome.x1,
                     N_TRACED * DIM * sizeof *x0);
    for (size_t i = 0; i < N_TRACED; i++) {
        double x[DIM] = {x0[i * DIM], x0[i * DIM + 1]};
        for (size_t s = 0; s <= N_STEPS; s++) {
            const double *kept = trajectory + (s * N_TRACED + i) * DIM;
            ck_assert_msg(hypot(kept[0] - x[0], kept[1] - x[1])
                              <= 1e-12 * fmax(1, hypot(x[0], x[1])),
                          "%s, row %zu, step %zu", name, i, s);
            plain_step(solver->scheme.tableau, turn, (double)s / N_STEPS, 1.0 / N_STEPS, x);
        }
    }
}

START_TEST(a_trajectory_holds_the_state_after_every_step)
{
    test_every_solver(check_trajectory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("integrate");
    TCase *cost = tcase_create("cost");
    tcase_add_test(cost, every_evaluation_is_counted_once);
    tcase_add_test(cost, evaluations_stay_between_0_and_1_and_reach_both);
    suite_add_tcase(suite, cost);
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows,
                   a_row_has_the_same_bits_alone_in_a_batch_and_at_any_number_of_threads);
    tcase_add_test(rows, noise_is_a_function_of_seed_stream_step_and_row);
    suite_add_tcase(suite, rows);
    TCase *trajectory = tcase_create("trajectory");
    tcase_add_test(trajectory, a_trajectory_holds_the_state_after_every_step);
    suite_add_tcase(suite, trajectory);
    return test_main(suite);
}

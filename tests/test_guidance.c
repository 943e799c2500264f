/* Guidance: its effect on a velocity, by the rows' labels, and its cost. */
#include <config.h>

#include "host/solver.h"
#include "plugin_support.h"
#include "sample/integrate.h"
#include "support.h"
#include "test_evaluate.h"
#include "test_train.h"

#include <math.h>
#include <string.h>

enum { N = 9, DIM = 2, N_LABELS = 3 };
static const double weights[] = {0, 0.5, 1, 1.5, 4};
enum { N_WEIGHTS = sizeof weights / sizeof *weights };
static const uint32_t labels[N] = {2, 0, 0, 1, 2, 1, 0, 2, 2};
static const double times[N] = {0, 0.2, 0.9, 1, 0.5, 0.5, 0.3, 0.7, 0.1};

static void fill_points(size_t width, double *x)
{
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < width; j++)
            x[i * width + j] = sin(5 * (double)i + (double)j);
}

/* Row numbers in another order than the points, with gaps, as in an adaptive solve. */
static const size_t rows[N] = {4, 1, 11, 3, 8, 0, 6, 15, 12};
static void spread_labels(uint32_t *of_rows)
{
    for (size_t i = 0; i < 16; i++)
        of_rows[i] = 99; /* must not be used */
    for (size_t i = 0; i < N; i++)
        of_rows[rows[i]] = labels[i];
}

/* ---- closed forms ---- */

/* v_j = (y + 1) sin(x_j + t) + y, y being the state: 0, 1, 2 for labels, 3 for none. */
static double swing(double y, double t, double x)
{
    return (y + 1) * sin(x + t) + y;
}

static enum fm_status swings(const struct fm_closed_form *form, size_t n, const double *t,
                             const double *x, double *v, void *scratch,
                             struct fm_error *err)
{
    (void)err;
    memset(scratch, 0xff, form->scratch_bytes);
    for (size_t i = 0; i < n * DIM; i++)
        v[i] = swing(*(const double *)form->state, t[i / DIM], x[i]);
    return FM_OK;
}

static enum fm_status swings_jvp(const struct fm_closed_form *form, size_t n,
                                 const double *t, const double *x, const double *dx,
                                 double *dv, void *scratch, struct fm_error *err)
{
    (void)err;
    memset(scratch, 0xff, form->scratch_bytes);
    for (size_t i = 0; i < n * DIM; i++)
        dv[i] = (*(const double *)form->state + 1) * cos(x[i] + t[i / DIM]) * dx[i];
    return FM_OK;
}

static const struct fm_network_ops swing_ops = {
    .size = sizeof swing_ops, .evaluate = swings, .jvp = swings_jvp};
static const double states[] = {0, 1, 2, 3};
static const struct fm_closed_form given[N_LABELS] = {
    {.state = &states[0], .scratch_bytes = 8},
    {.state = &states[1],
     .scratch_bytes = 80}, /* the most scratch memory, and no label is first */
    {.state = &states[2], .scratch_bytes = 16}};
static const struct fm_velocity swinging = {
    .dim = DIM,
    .ops = &swing_ops,
    .form = {.state = &states[N_LABELS], .scratch_bytes = 8},
    .given = given,
    .n_given = N_LABELS};

START_TEST(closed_forms_are_guided_row_by_row)
{
    uint32_t of_rows[16];
    double x[N * DIM], v[N * DIM];
    const double weight = weights[_i];
    const struct fm_guidance guidance = {of_rows, N_LABELS, weight};
    const struct fm_velocity guided = fm_velocity_guided(&swinging, &guidance);
    spread_labels(of_rows);
    fill_points(DIM, x);
    evaluate(&guided, N, rows, times, x, v);
    for (size_t i = 0; i < N * DIM; i++) {
        const double t = times[i / DIM], none = swing(N_LABELS, t, x[i]);
        ck_near(v[i], none + weight * (swing(labels[i / DIM], t, x[i]) - none), 1e-13);
    }
}
END_TEST

START_TEST(a_guided_velocity_has_its_divergence)
{
    enum { WIDTH = DIM + 1 };
    uint32_t of_rows[16];
    double x[N * WIDTH], v[N * WIDTH];
    const double weight = weights[_i];
    const struct fm_divergence exact = {.kind = FM_DIVERGENCE_EXACT};
    const struct fm_guidance guidance = {of_rows, N_LABELS, weight};
    struct fm_velocity guided = fm_velocity_guided(&swinging, &guidance);
    guided.divergence = &exact;
    guided.dim = WIDTH;
    spread_labels(of_rows);
    fill_points(WIDTH, x);
    evaluate(&guided, N, rows, times, x, v);
    for (size_t i = 0; i < N; i++) {
        double factor = N_LABELS + 1 + weight * ((double)labels[i] - N_LABELS), sum = 0;
        for (size_t j = 0; j < DIM; j++)
            sum += factor * cos(x[i * WIDTH + j] + times[i]);
        ck_near(v[i * WIDTH + DIM], sum, 1e-13);
    }
}
END_TEST

/* ---- nets ---- */

static void label_net(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0));
    h = fm_concat(g, h, fm_label(g, 5));
    h = fm_activation(g, fm_linear(g, h, 16), FM_ACTIVATION_SILU);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

static struct fm_arena arena; /* of the test's process */

static struct fm_velocity open_net(void)
{
    struct fm_error err = {0};
    struct fm_net *net = NULL;
    ck_ok(fm_net_compile(&arena,
                         &(struct fm_sample_shape){.dim = DIM, .n_labels = N_LABELS},
                         label_net, NULL, &net, &err));
    fm_real *parameters = FM_NEW(&arena, fm_net_block_size(net), fm_real);
    fm_net_initialise(net, 5, parameters);
    return (struct fm_velocity){.dim = DIM, .net = net, .parameters = parameters};
}

/* The net's own output. */
static void ask_net(const struct fm_velocity *velocity, double t, const double *x,
                    uint32_t label, double *v)
{
    struct fm_error err = {0};
    struct fm_net_workspace *w;
    const fm_real point[DIM] = {(fm_real)x[0], (fm_real)x[1]};
    const struct fm_net_input input = {.t = &t, .x = point, .label = &label};
    ck_ok(fm_net_workspace(&arena, velocity->net, FM_NET_FORWARD, &w, &err));
    const fm_real *out = fm_net_forward(velocity->net, velocity->parameters, w, 1, &input);
    for (size_t j = 0; j < DIM; j++)
        v[j] = (double)out[j];
}

START_TEST(nets_are_guided_row_by_row)
{
    uint32_t of_rows[16];
    double x[N * DIM], v[N * DIM];
    const double weight = weights[_i];
    const struct fm_velocity velocity = open_net();
    const struct fm_guidance guidance = {of_rows, N_LABELS, weight};
    const struct fm_velocity guided = fm_velocity_guided(&velocity, &guidance);
    spread_labels(of_rows);
    fill_points(DIM, x);
    evaluate(&guided, N, rows, times, x, v);
    for (size_t i = 0; i < N; i++) {
        double with[DIM], none[DIM];
        ask_net(&velocity, times[i], x + i * DIM, labels[i], with);
        ask_net(&velocity, times[i], x + i * DIM, N_LABELS, none);
        ck_assert_double_gt(fabs(with[0] - none[0]), 1e-3);
        for (size_t j = 0; j < DIM; j++) /* rounding depends on the number of rows */
            ck_near(v[i * DIM + j], none[j] + weight * (with[j] - none[j]),
                    1e-6 * (1 + weight));
    }
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(a_guided_nets_divergence_is_the_sum_of_its_differences)
{
    enum { WIDTH = DIM + 1 };
    uint32_t of_rows[16];
    double x[N * WIDTH], v[N * WIDTH];
    const struct fm_divergence exact = {.kind = FM_DIVERGENCE_EXACT};
    const struct fm_velocity velocity = open_net();
    const struct fm_guidance guidance = {of_rows, N_LABELS, weights[_i]};
    const struct fm_velocity plain = fm_velocity_guided(&velocity, &guidance);
    struct fm_velocity with = plain;
    with.divergence = &exact;
    with.dim = WIDTH;
    spread_labels(of_rows);
    fill_points(WIDTH, x);
    evaluate(&with, N, rows, times, x, v);
    for (size_t i = 0; i < N; i++) {
        const double h = 1.0 / 64; /* float's 6e-8 |v| / h = 4e-6 for each difference */
        double sum = 0;
        for (size_t j = 0; j < DIM; j++) {
            double right[DIM], left[DIM], high[DIM], low[DIM];
            memcpy(right, x + i * WIDTH, sizeof right);
            memcpy(left, right, sizeof left);
            right[j] += h;
            left[j] -= h;
            evaluate(&plain, 1, rows + i, times + i, right, high);
            evaluate(&plain, 1, rows + i, times + i, left, low);
            sum += (high[j] - low[j]) / (2 * h);
        }
        ck_near(v[i * WIDTH + DIM], sum, 1e-4 * (1 + weights[_i]));
    }
    fm_arena_fini(&arena);
}
END_TEST

/* ---- solves ---- */

static void solve(const struct fm_velocity *velocity, const char *name,
                  const struct fm_control *control, size_t n_threads, double *x1,
                  uint64_t *nfe)
{
    struct test_plugin plugin;
    struct fm_solver solver;
    struct fm_solve_result result;
    struct fm_error err = {0};
    double x0[N * DIM];
    fill_points(DIM, x0);
    test_plugin_open(&plugin, FM_SOLVER, name, NULL);
    ck_ok(fm_solver_open(&arena, plugin.plugin, plugin.options, &solver, &err));
    const struct fm_solve solve = {.velocity = velocity,
                                   .solver = &solver,
                                   .control = *control,
                                   .n_threads = n_threads,
                                   .n = N,
                                   .x0 = x0,
                                   .x1 = x1,
                                   .nfe = nfe};
    ck_ok(fm_integrate(&solve, &result, &err));
    ck_assert_uint_eq(result.n_failed, 0);
    test_plugin_close(&plugin);
}

START_TEST(a_guided_evaluation_counts_twice)
{
    static const double grid[] = {0, 0.25, 0.5, 0.75, 1};
    double x1[N * DIM];
    uint64_t nfe[N];
    const double weight = weights[_i];
    const struct fm_guidance guidance = {labels, N_LABELS, weight};
    const struct fm_velocity guided = fm_velocity_guided(&swinging, &guidance);
    const struct fm_control control = {.t_to = 1, .n_steps = 4, .times = grid};
    solve(&guided, "rk4", &control, 1, x1, nfe);
    for (size_t i = 0; i < N; i++)
        ck_assert_uint_eq(nfe[i], weight == 0 || weight == 1 ? 16 : 32);
}
END_TEST

/* In a solve with step control rows leave their block one by one and keep their labels. */
START_TEST(rows_keep_their_labels_through_a_solve)
{
    double together[N * DIM], alone[N * DIM];
    uint64_t nfe[N], nfe_alone[N];
    const struct fm_control control = {
        .t_to = 1, .rtol = 1e-6, .atol = 1e-6, .max_step = 1, .max_evaluations = 10000};
    const struct fm_guidance guidance = {labels, N_LABELS, 1.5};
    const struct fm_velocity guided = fm_velocity_guided(&swinging, &guidance);
    solve(&guided, "dopri5", &control, 2, together, nfe);
    ck_assert_uint_eq(nfe[0] % 2, 0);
    for (uint32_t y = 0; y < N_LABELS; y++) {
        const uint32_t same[N] = {y, y, y, y, y, y, y, y, y};
        const struct fm_guidance only = {same, N_LABELS, 1.5};
        const struct fm_velocity one = fm_velocity_guided(&swinging, &only);
        solve(&one, "dopri5", &control, 1, alone, nfe_alone);
        for (size_t i = 0; i < N; i++) {
            if (labels[i] != y)
                continue;
            ck_assert_mem_eq(together + i * DIM, alone + i * DIM, DIM * sizeof *alone);
            ck_assert_uint_eq(nfe[i], nfe_alone[i]);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guidance");
    TCase *closed = tcase_create("closed forms"), *nets = tcase_create("nets"),
          *solves = tcase_create("solves");
    tcase_add_loop_test(closed, closed_forms_are_guided_row_by_row, 0, N_WEIGHTS);
    tcase_add_loop_test(closed, a_guided_velocity_has_its_divergence, 0, N_WEIGHTS);
    tcase_add_loop_test(nets, nets_are_guided_row_by_row, 0, N_WEIGHTS);
    tcase_add_loop_test(nets, a_guided_nets_divergence_is_the_sum_of_its_differences, 0,
                        N_WEIGHTS);
    tcase_add_loop_test(solves, a_guided_evaluation_counts_twice, 0, N_WEIGHTS);
    tcase_add_test(solves, rows_keep_their_labels_through_a_solve);
    suite_add_tcase(suite, closed);
    suite_add_tcase(suite, nets);
    suite_add_tcase(suite, solves);
    return test_main(suite);
}

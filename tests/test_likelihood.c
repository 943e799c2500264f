/* Log-densities by integrating back, for closed forms and a net. */
#include <config.h>

#include "host/solver.h"
#include "plugin_support.h"
#include "sample/likelihood.h"
#include "support.h"
#include "test_train.h"

#include <math.h>
#include <string.h>

enum { N = 1000 };

/* ---- an oracle's likelihood ---- */

static struct fm_arena arena; /* of the test's process */

static struct fm_data open_data(struct test_plugin *t, const char *name, const char *yaml)
{
    struct fm_error err = {0};
    struct fm_data data = {0};
    test_plugin_open(t, FM_DATASET, name, yaml);
    ck_ok(fm_data_open(&arena, t->plugin, t->options, 0, false, &data, &err));
    return data;
}

static void straight(const struct fm_problem *p, double t, struct fm_path_point *point)
{
    (void)p;
    *point = (struct fm_path_point){t, 1 - t, 1, -1};
}

struct model {
    struct test_plugin source_plugin, data_plugin, oracle, dopri5;
    struct fm_data source, data;
    struct fm_problem problem;
    struct fm_velocity velocity;
    struct fm_solver solver;
    struct fm_likelihood likelihood;
};

/* Everything but the velocity. */
static void open_ends(struct model *m, const char *source, const char *data,
                      const char *data_yaml)
{
    struct fm_error err = {0};
    m->source = open_data(&m->source_plugin, "gaussian", source);
    m->data = open_data(&m->data_plugin, data, data_yaml);
    test_plugin_open(&m->dopri5, FM_SOLVER, "dopri5", NULL);
    ck_ok(fm_solver_open(&arena, m->dopri5.plugin, m->dopri5.options, &m->solver, &err));
    m->likelihood = (struct fm_likelihood){
        .velocity = &m->velocity,
        .source = &m->source,
        .data = &m->data,
        .solver = &m->solver,
        .max_evaluations = 100000,
        .seed = 5,
        .n_threads = 2,
    };
}

static void open_oracle(struct model *m, const char *source, const char *mixture)
{
    struct fm_error err = {0};
    open_ends(m, source, "gaussian_mixture", mixture);
    m->problem = (struct fm_problem){.dim = m->data.set.dim,
                                     .source = m->source.set.mixture,
                                     .data = m->data.set.mixture,
                                     .is_independent = true,
                                     .path = straight};
    test_plugin_open(&m->oracle, FM_NETWORK, "oracle", NULL);
    m->velocity =
        (struct fm_velocity){.dim = m->data.set.dim, .ops = m->oracle.plugin->network};
    ck_ok(m->velocity.ops->prepare(m->oracle.options, &m->oracle.services, &m->problem,
                                   &m->velocity.form, &err));
}

static void close_model(struct model *m)
{
    test_plugin_close(&m->source_plugin);
    test_plugin_close(&m->data_plugin);
    test_plugin_close(&m->dopri5);
    test_plugin_close(&m->oracle);
    *m = (struct model){0};
    fm_arena_fini(&arena);
}

static double *draw(const struct fm_data *data, size_t n)
{
    double *x = FM_NEW(&arena, n * data->set.dim, double);
    ck_assert_ptr_nonnull(x);
    fm_data_rows(data, (struct fm_stream){3, 9, 0}, n, 0, n, x);
    return x;
}

static struct fm_density_answer ask(const struct model *m,
                                    struct fm_density_request request)
{
    struct fm_density_answer answer = {0};
    struct fm_error err = {0};
    ck_ok(fm_log_density(&m->likelihood, &arena, &request, &answer, &err));
    return answer;
}

static double mean(size_t n, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] / (double)n;
    return sum;
}

static const char *const mixtures[] = {
    "{preset: 8gaussians}",
    "{weights: [1, 3], means: [[-2, 0, 1], [2, 1, 0]], sd: [[0.4, 2, 1], [0.5, 0.1, 3]]}",
};
static const char *const sources[] = {"{dim: 2}", "{mean: [1, 0, -1], sd: [1, 2, 0.5]}"};

/* dopri5 at rtol = atol = 1e-9: at most 3e-8 off at any point. */
START_TEST(an_oracles_density_is_that_of_the_data)
{
    static struct model m;
    open_oracle(&m, sources[_i], mixtures[_i]);
    const double *x = draw(&m.data, N);
    const struct fm_density_answer a =
        ask(&m, (struct fm_density_request){.n = N, .x = x, .rtol = 1e-9, .atol = 1e-9});
    ck_assert_uint_eq(a.n_failed, 0);
    ck_assert_ptr_null(a.failure);
    ck_assert_ptr_nonnull(a.data_log_p);
    for (size_t i = 0; i < N; i++) {
        ck_near(a.log_p[i], a.data_log_p[i], 1e-6);
        ck_assert(a.standard_error[i] == 0);
    }
    ck_near(mean(N, a.log_p), mean(N, a.data_log_p), 1e-7);
    ck_assert_double_eq(a.njvp, (double)m.velocity.dim * a.nfe);
    close_model(&m);
}
END_TEST

/* At the default tolerance of nll. */
START_TEST(tolerance_1e_5_is_enough_for_a_mean)
{
    static struct model m;
    open_oracle(&m, sources[_i], mixtures[_i]);
    const double *x = draw(&m.data, N);
    const struct fm_density_answer a =
        ask(&m, (struct fm_density_request){.n = N, .x = x, .rtol = 1e-5, .atol = 1e-5});
    ck_near(mean(N, a.log_p), mean(N, a.data_log_p), 1e-4);
    ck_assert_double_lt(a.nfe, 200);
    close_model(&m);
}
END_TEST

/* ---- by hand: x' = f x, f = 4 cos 2t, from N(0.5, 4); evaluations are counted ---- */

struct counts {
    atomic_ullong evaluate, jvp;
};

static enum fm_status grow(const struct fm_closed_form *form, size_t n, const double *t,
                           const double *x, double *v, void *scratch, struct fm_error *err)
{
    struct counts *counts = *(struct counts *const *)form->state;
    (void)scratch, (void)err;
    atomic_fetch_add(&counts->evaluate, n);
    for (size_t i = 0; i < n; i++)
        v[i] = 4 * cos(2 * t[i]) * x[i];
    return FM_OK;
}

static enum fm_status grow_jvp(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, const double *dx, double *dv, void *scratch,
                               struct fm_error *err)
{
    struct counts *counts = *(struct counts *const *)form->state;
    (void)x, (void)scratch, (void)err;
    atomic_fetch_add(&counts->jvp, n);
    for (size_t i = 0; i < n; i++)
        dv[i] = 4 * cos(2 * t[i]) * dx[i];
    return FM_OK;
}

static const struct fm_network_ops grow_ops = {
    .size = sizeof grow_ops, .evaluate = grow, .jvp = grow_jvp};

/* The state is counts and the field's 1. */
static void open_growth(struct model *m, struct counts **counts)
{
    open_ends(m, "{mean: 0.5, sd: 2, dim: 1}", "gaussian", "{dim: 1}");
    m->velocity = (struct fm_velocity){
        .dim = 1, .ops = &grow_ops, .form = {.state = counts, .scratch_bytes = 8}};
}

/* x(1) = x(0) exp(2 sin 2): N(0.5, 4) becomes N(0.5 g, 4 g^2), g = exp(2 sin 2). */
START_TEST(a_growing_normal_distribution_has_its_closed_form_density)
{
    static struct model m;
    struct counts counts = {0}, *at = &counts;
    const double x[] = {-30, -1, 0, 3, 50}, g = exp(2 * sin(2));
    open_growth(&m, &at);
    const struct fm_density_answer a =
        ask(&m, (struct fm_density_request){.n = 5, .x = x, .rtol = 1e-9, .atol = 1e-9});
    for (size_t i = 0; i < 5; i++) {
        double z = (x[i] - 0.5 * g) / (2 * g);
        ck_near(a.log_p[i], -z * z / 2 - log(2 * g) - log(6.28318530717958648) / 2, 1e-7);
    }
    close_model(&m);
}
END_TEST

START_TEST(every_evaluation_and_derivative_is_counted)
{
    for (int kind = FM_DIVERGENCE_EXACT; kind <= FM_DIVERGENCE_GAUSSIAN; kind++) {
        static struct model m;
        struct counts counts = {0}, *at = &counts;
        open_growth(&m, &at);
        double x[300];
        for (size_t i = 0; i < 300; i++)
            x[i] = (double)i / 20 - 4;
        const struct fm_density_answer a =
            ask(&m, (struct fm_density_request){300, x, (enum fm_divergence_kind)kind, 3,
                                                1e-5, 1e-5});
        ck_near(a.nfe * 300, (double)counts.evaluate, 1e-6);
        ck_near(a.njvp * 300, (double)counts.jvp, 1e-6);
        ck_assert_uint_eq(counts.jvp,
                          counts.evaluate * (kind == FM_DIVERGENCE_EXACT ? 1 : 3));
        close_model(&m);
    }
}
END_TEST

/* ---- estimates ---- */

START_TEST(estimates_are_right_within_their_own_standard_error)
{
    enum { POINTS = 200, PROBES = 64 };
    for (int kind = FM_DIVERGENCE_RADEMACHER; kind <= FM_DIVERGENCE_GAUSSIAN; kind++) {
        static struct model m;
        double squares = 0, variance = 0, error = 0;
        open_oracle(&m, sources[_i], mixtures[_i]);
        const double *x = draw(&m.data, POINTS);
        const struct fm_density_answer a =
            ask(&m, (struct fm_density_request){POINTS, x, (enum fm_divergence_kind)kind,
                                                PROBES, 1e-6, 1e-6});
        for (size_t i = 0; i < POINTS; i++) {
            const double e = a.log_p[i] - a.data_log_p[i], se = a.standard_error[i];
            ck_assert_double_gt(se, 0);
            /* normal probes give chi-squared values, whose spread is low when their mean is */
            ck_assert_msg(fabs(e) < (kind == FM_DIVERGENCE_GAUSSIAN ? 6 : 4) * se,
                          "error %g, standard error %g", e, se);
            squares += pow(e / se, 2) / POINTS;
            variance += se * se;
            error += e;
        }
        ck_near(error, 0, 4 * sqrt(variance));
        /* for 200 points: standard error about sqrt(2 / 200) = .1, and heavier tails */
        ck_near(squares, 1, kind == FM_DIVERGENCE_GAUSSIAN ? 0.7 : 0.4);
        close_model(&m);
    }
}
END_TEST

START_TEST(one_probe_has_no_standard_error_and_leaves_the_mean_right)
{
    static struct model m;
    double spread = 0, error = 0;
    open_oracle(&m, sources[1], mixtures[1]);
    const double *x = draw(&m.data, N);
    const struct fm_density_answer a =
        ask(&m, (struct fm_density_request){N, x, FM_DIVERGENCE_RADEMACHER, 1, 1e-6, 1e-6});
    for (size_t i = 0; i < N; i++) {
        ck_assert(isnan(a.standard_error[i]));
        error += (a.log_p[i] - a.data_log_p[i]) / N;
        spread += pow(a.log_p[i] - a.data_log_p[i], 2) / N;
    }
    ck_assert_double_gt(spread, 1e-4);
    ck_near(error, 0, 4 * sqrt(spread / N));
    close_model(&m);
}
END_TEST

/* If probes were drawn again in each step, step control would see noise and shrink its
 * steps without end. */
START_TEST(estimates_take_about_as_many_evaluations_as_exact_divergences)
{
    static struct model m;
    open_oracle(&m, sources[1], mixtures[1]);
    const double *x = draw(&m.data, N);
    struct fm_density_request request = {.n = N, .x = x, .rtol = 1e-6, .atol = 1e-6};
    const double nfe = ask(&m, request).nfe;
    for (int kind = FM_DIVERGENCE_RADEMACHER; kind <= FM_DIVERGENCE_GAUSSIAN; kind++) {
        request.divergence = (enum fm_divergence_kind)kind;
        request.n_probes = 2;
        ck_near(ask(&m, request).nfe, nfe, 0.25 * nfe);
    }
    close_model(&m);
}
END_TEST

START_TEST(bits_are_the_same_for_any_number_of_threads)
{
    static struct model m;
    open_oracle(&m, sources[1], mixtures[1]);
    const double *x = draw(&m.data, N);
    for (int kind = FM_DIVERGENCE_EXACT; kind <= FM_DIVERGENCE_GAUSSIAN; kind++) {
        struct fm_density_answer first = {0};
        struct fm_density_request request = {N, x,    (enum fm_divergence_kind)kind,
                                             3, 1e-4, 1e-4};
        for (m.likelihood.n_threads = 1; m.likelihood.n_threads <= 3;
             m.likelihood.n_threads++) {
            const struct fm_density_answer a = ask(&m, request);
            if (m.likelihood.n_threads == 1)
                first = a;
            ck_assert_mem_eq(a.log_p, first.log_p, N * sizeof *a.log_p);
            ck_assert_mem_eq(a.standard_error, first.standard_error, N * sizeof *a.log_p);
            ck_assert_mem_eq(a.data_log_p, first.data_log_p, N * sizeof *a.log_p);
            ck_assert_double_eq(a.nfe, first.nfe);
        }
        request.n = 70; /* a point's numbers don't depend on the others */
        ck_assert_mem_eq(ask(&m, request).log_p, first.log_p, 70 * sizeof *first.log_p);
    }
    close_model(&m);
}
END_TEST

/* ---- nets ---- */

/* An untrained net also has a density.  The sum over a grid of a smooth density within it
 * has an error far below that of float. */
START_TEST(a_nets_density_integrates_to_one)
{
    enum { SIDE = 181 };
    static struct model m;
    static const size_t width = 24;
    static double x[SIDE * SIDE][2];
    const double half = 18, step = 2 * half / (SIDE - 1);
    struct fm_error err = {0};
    struct fm_net *net = NULL;
    double sum = 0, entropy = 0;
    open_ends(&m, "{dim: 2}", "moons", NULL);
    ck_ok(fm_net_compile(&arena, &(struct fm_sample_shape){.dim = 2}, test_small_net,
                         &width, &net, &err));
    fm_real *weights = FM_NEW(&arena, fm_net_block_size(net), fm_real);
    fm_net_initialise(net, (uint64_t)_i, weights);
    for (size_t i = 0; i < fm_net_block_size(net); i++)
        weights[i] *= 2; /* larger weights, for a nonlinear net */
    m.velocity = (struct fm_velocity){.dim = 2, .net = net, .parameters = weights};
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        x[i][0] = (double)(i % SIDE) * step - half;
        x[i][1] = (double)(i / SIDE) * step - half;
    }
    const struct fm_density_answer a = ask(
        &m,
        (struct fm_density_request){.n = SIDE * SIDE, .x = *x, .rtol = 1e-5, .atol = 1e-5});
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        sum += exp(a.log_p[i]) * step * step;
        entropy -= a.log_p[i] * exp(a.log_p[i]) * step * step;
    }
    ck_near(sum, 1, 1e-4);
    ck_assert_double_gt(fabs(entropy - 2.8378770664), 0.1); /* far from the start */
    close_model(&m);
}
END_TEST

/* ---- edges ---- */

START_TEST(points_that_cant_be_solved_back_are_counted)
{
    static struct model m;
    struct counts counts = {0}, *at = &counts;
    const double x[] = {1, INFINITY, 2, NAN, 3};
    open_growth(&m, &at);
    struct fm_density_request request = {.n = 5, .x = x, .rtol = 1e-5, .atol = 1e-5};
    const struct fm_density_answer a = ask(&m, request);
    ck_assert_uint_eq(a.n_failed, 2);
    ck_assert_ptr_nonnull(strstr(a.failure, "finite"));
    for (size_t i = 0; i < 5; i++) {
        ck_assert(isnan(a.log_p[i]) == (i % 2 == 1));
        ck_assert(isnan(a.standard_error[i]) == (i % 2 == 1));
    }
    m.likelihood.max_evaluations = 3;
    ck_assert_ptr_nonnull(strstr(ask(&m, request).failure, "max_evaluations"));
    close_model(&m);
}
END_TEST

START_TEST(an_unknown_density_is_an_error)
{
    static struct model m;
    static struct test_plugin other;
    struct counts counts = {0}, *at = &counts;
    const double x = 1, plane[] = {0.3, 0.2};
    struct fm_density_request request = {.n = 1, .x = &x, .rtol = 1e-5, .atol = 1e-5};
    struct fm_density_answer a;
    struct fm_error err = {0};
    open_growth(&m, &at);
    m.likelihood.data = NULL;
    ck_assert_ptr_null(ask(&m, request).data_log_p);
    struct fm_network_ops ops = *m.velocity.ops;
    ops.jvp = NULL;
    m.velocity.ops = &ops;
    ck_fails(fm_log_density(&m.likelihood, &arena, &request, &a, &err), FM_ERROR_CONFIG,
             "has no jvp");
    m.velocity.ops = &grow_ops;
    struct fm_dataset_ops unknown = *m.source.ops;
    unknown.log_density = NULL;
    m.source.ops = &unknown;
    ck_fails(fm_log_density(&m.likelihood, &arena, &request, &a, &err), FM_ERROR_CONFIG,
             "this source has none");
    close_model(&m);
    /* moons without noise have the function log_density but no density */
    open_oracle(&m, sources[0], mixtures[0]);
    request.x = plane;
    m.data = open_data(&other, "moons", "{noise: 0}");
    ck_assert_ptr_null(ask(&m, request).data_log_p);
    m.source = m.data;
    ck_fails(fm_log_density(&m.likelihood, &arena, &request, &a, &err), FM_ERROR_CONFIG,
             "no density with these options");
    test_plugin_close(&other);
    close_model(&m);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("likelihood");
    TCase *exact = tcase_create("exact"), *estimates = tcase_create("estimates"),
          *nets = tcase_create("nets"), *edges = tcase_create("edges");
    tcase_add_loop_test(exact, an_oracles_density_is_that_of_the_data, 0, 2);
    tcase_add_loop_test(exact, tolerance_1e_5_is_enough_for_a_mean, 0, 2);
    tcase_add_test(exact, a_growing_normal_distribution_has_its_closed_form_density);
    tcase_add_test(exact, every_evaluation_and_derivative_is_counted);
    tcase_add_test(exact, bits_are_the_same_for_any_number_of_threads);
    tcase_add_loop_test(estimates, estimates_are_right_within_their_own_standard_error, 0,
                        2);
    tcase_add_test(estimates, one_probe_has_no_standard_error_and_leaves_the_mean_right);
    tcase_add_test(estimates,
                   estimates_take_about_as_many_evaluations_as_exact_divergences);
    tcase_add_loop_test(nets, a_nets_density_integrates_to_one, 0, 3);
    tcase_add_test(edges, points_that_cant_be_solved_back_are_counted);
    tcase_add_test(edges, an_unknown_density_is_an_error);
    suite_add_tcase(suite, exact);
    suite_add_tcase(suite, estimates);
    suite_add_tcase(suite, nets);
    suite_add_tcase(suite, edges);
    return test_main(suite);
}

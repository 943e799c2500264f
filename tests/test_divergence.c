/* Velocities with their divergence: [v, div v] at one point. */
#include <config.h>

#include "base/stream.h"
#include "plugin_support.h"
#include "sample/velocity.h"
#include "support.h"
#include "test_evaluate.h"
#include "test_train.h"

#include <math.h>
#include <string.h>

enum { MAX_DIM = 40, MAX_PROBES = 4000 };

/* ---- a field whose derivative is known: v_i = sin(t) x_i + sum_j A_ij sin(x_j + i) ---- */

static double entry(size_t i, size_t j)
{
    return cos(1 + 3 * (double)i + 7 * (double)j);
}

static enum fm_status wave(const struct fm_closed_form *form, size_t n, const double *t,
                           const double *x, double *v, void *scratch, struct fm_error *err)
{
    const size_t dim = *(const size_t *)form->state;
    (void)scratch, (void)err;
    for (size_t i = 0; i < n * dim; i++) {
        const double *row = x + i / dim * dim;
        v[i] = sin(t[i / dim]) * x[i];
        for (size_t j = 0; j < dim; j++)
            v[i] += entry(i % dim, j) * sin(row[j] + (double)(i % dim));
    }
    return FM_OK;
}

/* d v_i / d x_j */
static double wave_slope(size_t i, size_t j, double t, const double *x)
{
    return (i == j ? sin(t) : 0) + entry(i, j) * cos(x[j] + (double)i);
}

static enum fm_status wave_jvp(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, const double *dx, double *dv, void *scratch,
                               struct fm_error *err)
{
    const size_t dim = *(const size_t *)form->state;
    (void)scratch, (void)err;
    for (size_t i = 0; i < n * dim; i++) {
        const size_t first = i / dim * dim;
        dv[i] = 0;
        for (size_t j = 0; j < dim; j++)
            dv[i] += wave_slope(i % dim, j, t[i / dim], x + first) * dx[first + j];
    }
    return FM_OK;
}

static const struct fm_network_ops wave_ops = {
    .size = sizeof wave_ops, .evaluate = wave, .jvp = wave_jvp};

static struct fm_velocity wave_velocity(const size_t *dim,
                                        const struct fm_divergence *divergence)
{
    return (struct fm_velocity){.dim = *dim + fm_divergence_n_sums(divergence),
                                .ops = &wave_ops,
                                .form = {.state = dim, .scratch_bytes = 8},
                                .divergence = divergence};
}

/* States of n rows: x_ij = sin(5 i + j), with arbitrary sums. */
static void fill_states(size_t n, size_t dim, size_t width, double *states)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < width; j++)
            states[i * width + j] =
                j < dim ? sin(5 * (double)i + (double)j) : 1e9 * (double)j;
}

static const struct fm_divergence exact = {.kind = FM_DIVERGENCE_EXACT};
static const size_t rows[] = {0, 1, 2, 3, 4, 5, 6};
static const double times[] = {0, 0.2, 0.9, 1, 0.5, 0.5, 0.3};
enum { N = sizeof rows / sizeof *rows };

START_TEST(exact_divergence_is_the_trace)
{
    const size_t dims[] = {1, 2, 5, MAX_DIM};
    for (size_t d = 0; d < 4; d++) {
        const size_t dim = dims[d], width = dim + 1;
        double x[N * (MAX_DIM + 1)], v[N * (MAX_DIM + 1)], plain[MAX_DIM];
        const struct fm_velocity with = wave_velocity(&dim, &exact),
                                 without = wave_velocity(&dim, NULL);
        fill_states(N, dim, width, x);
        evaluate(&with, N, rows, times, x, v);
        for (size_t i = 0; i < N; i++) {
            double trace = 0;
            for (size_t j = 0; j < dim; j++)
                trace += wave_slope(j, j, times[i], x + i * width);
            evaluate(&without, 1, rows, times + i, x + i * width, plain);
            ck_assert_mem_eq(v + i * width, plain, dim * sizeof *plain);
            ck_near(v[i * width + dim], trace, 1e-13 * (double)dim);
        }
    }
}
END_TEST

/* ---- estimates ---- */

/* Mean and variance of the estimates at one row over many probes. */
static void over_probes(enum fm_divergence_kind kind, size_t dim, double *mean,
                        double *variance, double *trace, double *expected_variance)
{
    static double x[MAX_DIM + MAX_PROBES], v[MAX_DIM + MAX_PROBES];
    const struct fm_divergence d = {kind, MAX_PROBES, {7, FM_STREAM_PROBE, 0}};
    const struct fm_velocity velocity = wave_velocity(&dim, &d);
    const size_t row = 12;
    const double t = 0.4;
    fill_states(1, dim, dim + MAX_PROBES, x);
    evaluate(&velocity, 1, &row, &t, x, v);
    *mean = *variance = *trace = *expected_variance = 0;
    for (size_t k = 0; k < MAX_PROBES; k++)
        *mean += v[dim + k] / MAX_PROBES;
    for (size_t k = 0; k < MAX_PROBES; k++)
        *variance += pow(v[dim + k] - *mean, 2) / (MAX_PROBES - 1);
    /* with S = (J + J^T) / 2: Var e.Je = 2 |S|^2, for e = +-1 without the diagonal
     * (Hutchinson 1989; Avron and Toledo 2011, lemma 9) */
    for (size_t i = 0; i < dim; i++) {
        *trace += wave_slope(i, i, t, x);
        for (size_t j = 0; j < dim; j++)
            if (i != j || kind == FM_DIVERGENCE_GAUSSIAN)
                *expected_variance +=
                    2 * pow((wave_slope(i, j, t, x) + wave_slope(j, i, t, x)) / 2, 2);
    }
}

START_TEST(estimates_are_unbiased_with_the_known_variance)
{
    const size_t dims[] = {2, 5, MAX_DIM};
    for (size_t d = 0; d < 3; d++)
        for (int kind = FM_DIVERGENCE_RADEMACHER; kind <= FM_DIVERGENCE_GAUSSIAN; kind++) {
            double mean, variance, trace, expected;
            over_probes((enum fm_divergence_kind)kind, dims[d], &mean, &variance, &trace,
                        &expected);
            ck_near(mean, trace, 4 * sqrt(expected / MAX_PROBES));
            /* the variance's own relative error is at most sqrt(14 / 4000) = .06 (Gaussian,
             * one leading eigenvalue: kurtosis 15) */
            ck_near(variance, expected, 0.25 * expected);
        }
}
END_TEST

START_TEST(probes_depend_on_the_row_number_and_not_on_its_place)
{
    enum { DIM = 3, K = 2, WIDTH = DIM + K };
    const size_t dim = DIM, turned[N] = {6, 5, 4, 3, 2, 1, 0};
    for (int kind = FM_DIVERGENCE_RADEMACHER; kind <= FM_DIVERGENCE_GAUSSIAN; kind++) {
        const struct fm_divergence d = {
            (enum fm_divergence_kind)kind, K, {7, FM_STREAM_PROBE, 0}};
        const struct fm_velocity velocity = wave_velocity(&dim, &d);
        double x[N * WIDTH], v[N * WIDTH], other_x[N * WIDTH], other[N * WIDTH], t[N];
        fill_states(N, DIM, WIDTH, x);
        for (size_t i = 0; i < N; i++) {
            t[i] = times[N - 1 - i];
            memcpy(other_x + i * WIDTH, x + (N - 1 - i) * WIDTH, WIDTH * sizeof *x);
        }
        evaluate(&velocity, N, rows, times, x, v);
        evaluate(&velocity, N, turned, t, other_x, other);
        for (size_t i = 0; i < N; i++)
            ck_assert_mem_eq(v + i * WIDTH, other + (N - 1 - i) * WIDTH, WIDTH * sizeof *v);
        evaluate(&velocity, 1, turned, times, x, other); /* row 6, at the place of row 0 */
        ck_assert_mem_eq(v, other, DIM * sizeof *v);
        if (kind == FM_DIVERGENCE_GAUSSIAN) /* there are only eight sign vectors */
            ck_assert(v[DIM] != other[DIM] && v[DIM + 1] != other[DIM + 1]);
    }
}
END_TEST

START_TEST(probes_differ_by_row_number_and_seed_and_are_what_they_are_called)
{
    enum { DIM = 64, ROWS = 100, K = 3 };
    static double e[ROWS][K][DIM], again[DIM];
    for (int kind = FM_DIVERGENCE_RADEMACHER; kind <= FM_DIVERGENCE_GAUSSIAN; kind++) {
        const struct fm_divergence d = {
            (enum fm_divergence_kind)kind, K, {7, FM_STREAM_PROBE, 0}};
        struct fm_divergence other = d;
        double sum = 0, squares = 0;
        other.noise.seed++;
        for (size_t i = 0; i < ROWS * K; i++)
            fm_divergence_probe(&d, i % K, i / K, DIM, e[i / K][i % K]);
        for (size_t i = 0; i < ROWS * K; i++) {
            const double *probe = e[i / K][i % K];
            for (size_t j = 0; j < DIM; j++) {
                sum += probe[j];
                squares += probe[j] * probe[j];
                if (kind == FM_DIVERGENCE_RADEMACHER)
                    ck_assert(probe[j] == 1 || probe[j] == -1);
            }
            for (size_t j = 0; j < i; j++)
                ck_assert_mem_ne(probe, e[j / K][j % K], sizeof again);
            fm_divergence_probe(&other, i % K, i / K, DIM, again);
            ck_assert_mem_ne(probe, again, sizeof again);
        }
        /* standard errors 1/sqrt(19200) = .0072, and sqrt(2) of it for the squares */
        ck_near(sum / (ROWS * K * DIM), 0, 0.03);
        ck_near(squares / (ROWS * K * DIM), 1,
                kind == FM_DIVERGENCE_RADEMACHER ? 0 : 0.045);
    }
}
END_TEST

/* ---- nets ---- */

START_TEST(a_nets_divergence_is_the_sum_of_its_differences)
{
    enum { DIM = 4, WIDTH = DIM + 1 };
    static const size_t width = 24;
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    struct fm_net *net = NULL;
    ck_ok(fm_net_compile(&arena, &(struct fm_sample_shape){.dim = DIM}, test_small_net,
                         &width, &net, &err));
    fm_real *weights = FM_NEW(&arena, fm_net_block_size(net), fm_real);
    fm_net_initialise(net, 5, weights);
    for (size_t i = 0; i < fm_net_block_size(net); i++)
        weights[i] *= 3; /* larger weights, for a nonlinear net */
    const struct fm_velocity with = {
        .dim = WIDTH, .net = net, .parameters = weights, .divergence = &exact};
    const struct fm_velocity without = {.dim = DIM, .net = net, .parameters = weights};
    double x[N * WIDTH], v[N * WIDTH], plain[DIM];
    fill_states(N, DIM, WIDTH, x);
    evaluate(&with, N, rows, times, x, v);
    for (size_t i = 0; i < N; i++) {
        double sum = 0, h = 1.0 / 128; /* float's 6e-8 |v| / h = 1e-5 */
        for (size_t j = 0; j < DIM; j++) {
            double right[DIM], left[DIM], high[DIM], low[DIM];
            memcpy(right, x + i * WIDTH, sizeof right);
            memcpy(left, right, sizeof left);
            right[j] += h;
            left[j] -= h;
            evaluate(&without, 1, rows, times + i, right, high);
            evaluate(&without, 1, rows, times + i, left, low);
            sum += (high[j] - low[j]) / (2 * h);
        }
        evaluate(&without, 1, rows, times + i, x + i * WIDTH, plain);
        for (size_t j = 0; j < DIM; j++)
            ck_near(v[i * WIDTH + j], plain[j], 1e-5);
        ck_assert_double_gt(fabs(sum), 0.01);
        ck_near(v[i * WIDTH + DIM], sum, 2e-4);
    }
    fm_arena_fini(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("divergence");
    TCase *closed = tcase_create("closed form"), *nets = tcase_create("nets");
    tcase_add_test(closed, exact_divergence_is_the_trace);
    tcase_add_test(closed, estimates_are_unbiased_with_the_known_variance);
    tcase_add_test(closed, probes_depend_on_the_row_number_and_not_on_its_place);
    tcase_add_test(closed,
                   probes_differ_by_row_number_and_seed_and_are_what_they_are_called);
    tcase_add_test(nets, a_nets_divergence_is_the_sum_of_its_differences);
    suite_add_tcase(suite, closed);
    suite_add_tcase(suite, nets);
    return test_main(suite);
}

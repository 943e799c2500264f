#include <config.h>

#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

static const struct fm_stream stream = {42, 7, 3};

static void open_set(struct test_plugin *t, const char *name, const char *yaml, size_t dim,
                     struct fm_dataset *d)
{
    struct fm_error err = {0};
    test_plugin_open(t, FM_DATASET, name, yaml);
    ck_ok(test_dataset_open(t, dim, d, &err));
}

static void draw(const struct test_plugin *t, const struct fm_dataset *d, uint64_t first,
                 size_t n, double *x)
{
    t->plugin->dataset->draw(t->options, d, stream, first, n, x);
}

/* ---- what every generated set must do, with its mean and (co)variance ---- */

static const struct {
    const char *name, *yaml;
    double mean[2], variance[2], covariance;
} sets[] = {
    {"gaussian", "{mean: [1, -2], sd: [0.5, 3]}", {1, -2}, {0.25, 9}, 0},
    {"gaussian", "{dim: 2}", {0, 0}, {1, 1}, 0},
    /* two components: mean = sum w m, second moment = sum w (m^2 + sd^2) */
    {"gaussian_mixture",
     "{weights: [1, 3], means: [[-2, 0], [2, 4]], sd: [[1, 2], [0.5, 1]]}",
     {1, 3},
     {0.25 * (4 + 1) + 0.75 * (4 + 0.25) - 1, 0.25 * 4 + 0.75 * (16 + 1) - 9},
     0.75 * 8 - 3},
    /* modes on a circle: radius^2 / 2 + sd^2 per coordinate */
    {"gaussian_mixture", "{preset: 8gaussians}", {0, 0}, {13.5, 13.5}, 0},
    {"gaussian_mixture", "{preset: 8gaussians_tong2023}", {0, 0}, {13.5, 13.5}, 0},
    {"gaussian_mixture",
     "{preset: 8gaussians_torchcfm}",
     {0, 0},
     {12.5 + 0.31622776601683794, 12.5 + 0.31622776601683794},
     0},
    {"gaussian_mixture", "{preset: 8gaussians_dsb}", {0, 0}, {74.25, 74.25}, 0},
    /* x uniform in (-2, 2): 16/12; covariance: mean over squares of the centres' product,
       1/4 */
    {"checkerboard", "{}", {0, 0}, {4.0 / 3, 4.0 / 3}, 0.25},
    {"checkerboard", "{profile: ffjord}", {0, 0}, {16.0 / 3, 16.0 / 3}, 1},
    {"checkerboard",
     "{profile: fb}",
     {0, 0},
     {4.0 / 3 / 0.2025, 4.0 / 3 / 0.2025},
     0.25 / 0.2025},
    {"checkerboard", "{profile: dsb}", {0, 0}, {75, 75}, 0.25 * 56.25},
    /* moons: E x = 1/2, E y = 1/4, E x^2 = (1/2 + 3/2)/2, E y^2 = (1/2 + 3/4 - 2/pi)/2,
     * E x y = (1/2 - 2/pi)/2; without noise: variances 3/4 and .2441901, covariance
     * -.1933099 */
    {"moons", "{noise: 0}", {0.5, 0.25}, {0.75, 0.2441901}, -0.1933099},
    {"moons", "{}", {0.5, 0.25}, {0.76, 0.2541901}, -0.1933099},
    {"moons", "{noise: 0.5}", {0.5, 0.25}, {1.0, 0.4941901}, -0.1933099},
    {"moons", "{profile: tong2023}", {0, 0.5}, {4 * 0.7525, 4 * 0.2466901}, -4 * 0.1933099},
    /* uniform noise, mean .1 and variance .04/12, shared: it adds to the covariance */
    {"moons",
     "{profile: torchcfm}",
     {0.8, 0.05},
     {9 * 0.7533333, 9 * 0.2475234},
     9 * (0.0033333 - 0.1933099)},
    /* less 3/8, times 7 / sqrt((.76 + .2541901)/2 + 1/64): mean square 49 over both */
    {"moons",
     "{profile: dsb}",
     {0.125 * 9.6820047, -0.125 * 9.6820047},
     {93.741215 * 0.76, 93.741215 * 0.2541901},
     -93.741215 * 0.1933099},
    /* with t uniform in (-3 pi/2, 3 pi/2): E sin^2 t = 1/2, E (cos t - 1)^2 = 3/2 + 4/(3 pi),
     * E |sin t| ... = 1/2 E sin 2t - E sin t = -1/(3 pi) on the half t > 0 */
    {"scurve", "{noise: 0}", {0, 0}, {0.5, 1.9244131816}, -0.1061032954},
    {"scurve", "{}", {0, 0}, {0.51, 1.9344131816}, -0.1061032954},
    {"scurve",
     "{profile: tong2023}",
     {0, 0},
     {2.25 * 0.5025, 2.25 * 1.9269131816},
     -2.25 * 0.1061032954},
    /* with t uniform in (3 pi/2, 9 pi/2): E t cos t = 2, E t sin t = 2/(3 pi),
     * E t^2 cos^2 t = 39 pi^2/8 - 1/4, E t^2 sin^2 t = 39 pi^2/8 + 1/4,
     * E t^2 sin t cos t = 3 pi/2 */
    {"swissroll",
     "{noise: 0}",
     {2, 0.2122065908},
     {43.8643214552, 48.3192898182},
     4.2879757989},
    {"swissroll",
     "{profile: ffjord}",
     {0.4, 0.0424413182},
     {44.8643214552 / 25, 49.3192898182 / 25},
     4.2879757989 / 25},
    /* less the mean m = 1 + 1/(3 pi) of both, times 7 over the root of
     * 39 pi^2/8 + .01 - m^2: variance factor 1.04475703 */
    {"swissroll",
     "{profile: dsb}",
     {0.8938967046 * 1.02213357, -0.8938967046 * 1.02213357},
     {1.04475703 * 43.8743214552, 1.04475703 * 48.3292898182},
     1.04475703 * 4.2879757989},
    /* (1 + factor^2) / 4 + noise^2 per coordinate */
    {"circles", "{}", {0, 0}, {0.315, 0.315}, 0},
    {"circles", "{factor: 0.2, noise: 0.3}", {0, 0}, {0.35, 0.35}, 0},
    {"circles", "{profile: dsb}", {0, 0}, {31.25, 31.25}, 0},
    {"circles", "{profile: ffjord}", {0, 0}, {9 * 0.3189, 9 * 0.3189}, 0},
    /* with c = 3 pi and t = c sqrt(U): E t^2 cos^2 t = c^2/4 + 3/4, E -t cos t = 4/c,
     * E t^2 sin^2 t = c^2/4 - 3/4, E t sin t = 2 - 8/c^2, E -t^2 sin t cos t = c/2 - 3/(4c);
     * E (U/2)^2 = 1/12, E U/2 = 1/4 */
    {"spirals",
     "{}",
     {0, 0},
     {(22.2066099025 + 0.75 + 1.0 / 12 + 0.2122065908) / 9 + 0.01,
      (22.2066099025 - 0.75 + 1.0 / 12 + 1 - 0.0450316371) / 9 + 0.01},
     (4.7123889804 - 0.0795774715 + 0.1061032954 + 0.5 - 0.0225158186 + 0.0625) / 9},
    /* rotation keeps |x|^2: (1 + .09 + .01) / 2 per coordinate */
    {"pinwheel", "{}", {0, 0}, {56.25 * 0.55, 56.25 * 0.55}, 0},
    {"pinwheel", "{profile: ffjord}", {0, 0}, {4 * 0.55, 4 * 0.55}, 0},
    /* E e^x = e^(sd^2 / 2) */
    {"funnel", "{dim: 2, sd: 0.3}", {0, 0}, {0.09, 1.0460278599}, 0},
};
enum { N_SETS = sizeof sets / sizeof *sets };

START_TEST(moments_are_those_of_the_definition)
{
    enum { N = 200000 };
    double *x = calloc((size_t)N * 2, sizeof *x), mean[2] = {0}, second[2] = {0},
           product = 0;
    struct test_plugin t;
    struct fm_dataset d;
    ck_assert_ptr_nonnull(x);
    open_set(&t, sets[_i].name, sets[_i].yaml, 2, &d);
    ck_assert_uint_eq(d.dim, 2);
    ck_assert_uint_eq(d.n_rows, 0);
    draw(&t, &d, 0, N, x);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < 2; j++) {
            mean[j] += x[2 * i + j] / N;
            second[j] += pow(x[2 * i + j] - sets[_i].mean[j], 2) / N;
        }
        product += (x[2 * i] - sets[_i].mean[0]) * (x[2 * i + 1] - sets[_i].mean[1]) / N;
    }
    /* standard errors sqrt(var/N) and, with no tails heavier than normal, at most
     * sqrt(2/N) var; five of each */
    const double *var = sets[_i].variance;
    for (size_t j = 0; j < 2; j++) {
        ck_near(mean[j], sets[_i].mean[j], 5 * sqrt(var[j] / N));
        ck_near(second[j], var[j], 5 * sqrt(2.0 / N) * var[j]);
    }
    ck_near(product, sets[_i].covariance, 5 * sqrt(2 * var[0] * var[1] / N));
    free(x);
    test_plugin_close(&t);
}
END_TEST

START_TEST(a_row_is_the_same_in_any_chunk_and_order)
{
    enum { N = 97 };
    double whole[N][2], piece[N][2];
    struct test_plugin t;
    struct fm_dataset d;
    open_set(&t, sets[_i].name, sets[_i].yaml, 2, &d);
    draw(&t, &d, 1000, N, *whole);
    for (size_t i = N; i-- > 0;)
        draw(&t, &d, 1000 + i, 1, piece[i]);
    ck_assert_int_eq(memcmp(whole, piece, sizeof whole), 0);
    draw(&t, &d, 1000, 10, *piece);
    draw(&t, &d, 1010, N - 10, piece[10]);
    ck_assert_int_eq(memcmp(whole, piece, sizeof whole), 0);
    ck_assert_int_ne(memcmp(whole[0], whole[1], sizeof whole[0]), 0);
    test_plugin_close(&t);
}
END_TEST

START_TEST(another_dimension_is_an_error)
{
    struct fm_error err = {0};
    struct test_plugin t;
    struct fm_dataset d;
    if (strcmp(sets[_i].yaml, "{dim: 2}") == 0)
        return;
    test_plugin_open(&t, FM_DATASET, sets[_i].name, sets[_i].yaml);
    ck_fails(test_dataset_open(&t, 3, &d, &err), FM_ERROR_CONFIG, sets[_i].name);
    ck_assert_uint_eq(d.dim, 3);
    ck_ok(test_dataset_open(&t, 0, &d, &err));
    ck_assert_uint_eq(d.dim, 2);
    test_plugin_close(&t);
}
END_TEST

/* ---- densities ---- */

static double log_p(const struct test_plugin *t, const struct fm_dataset *d,
                    const double *x)
{
    double result;
    t->plugin->dataset->log_density(t->options, d, 1, x, &result);
    return result;
}

static double integral(const struct test_plugin *t, const struct fm_dataset *d, double half,
                       size_t n)
{
    double sum = 0, side = 2 * half / (double)n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double x[2] = {-half + ((double)i + 0.5) * side,
                           -half + ((double)j + 0.5) * side};
            sum += exp(log_p(t, d, x));
        }
    return sum * side * side;
}

START_TEST(densities_integrate_to_one)
{
    static const struct {
        const char *name, *yaml;
        double half;
        size_t n;
    } cases[] = {
        {"gaussian", "{mean: [1, -2], sd: [0.5, 3]}", 20, 400},
        {"gaussian_mixture", "{preset: 8gaussians}", 14, 280},
        {"gaussian_mixture", "{preset: 8gaussians_torchcfm}", 10, 300},
        {"gaussian_mixture", "{preset: 8gaussians_dsb}", 25, 300},
        {"gaussian_mixture",
         "{weights: [1, 3], means: [[-2, 0], [2, 4]], sd: [[1], [0.5]]}", 12, 300},
        /* midpoints of cells, which no edge of a square cuts */
        {"checkerboard", "{}", 3, 60},
        {"checkerboard", "{profile: ffjord}", 6, 60},
        {"checkerboard", "{profile: dsb}", 22.5, 60},
        {"moons", "{}", 3, 600},
        {"moons", "{noise: 0.5}", 6, 200},
        {"moons", "{noise: 3}", 30, 200},
        {"moons", "{profile: tong2023}", 5, 1200},
        {"moons", "{profile: dsb}", 30, 600},
        {"scurve", "{noise: 0.3}", 4, 120},
        {"scurve", "{noise: 2}", 20, 100},
        {"scurve", "{profile: tong2023}", 4, 160},
        {"swissroll", "{noise: 0.5}", 19, 120},
        {"swissroll", "{profile: ffjord}", 5, 100},
        {"circles", "{}", 2, 300},
        {"circles", "{factor: 0.2, noise: 0.3}", 4, 200},
        {"circles", "{profile: dsb, noise: 2}", 200, 400},
        {"spirals", "{noise: 0.4}", 7, 60},
        {"funnel", "{dim: 2, sd: 0.3}", 9, 300},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct test_plugin t;
        struct fm_dataset d;
        open_set(&t, cases[k].name, cases[k].yaml, 0, &d);
        ck_near(integral(&t, &d, cases[k].half, cases[k].n), 1, 1e-8);
        test_plugin_close(&t);
    }
}
END_TEST

START_TEST(samples_have_the_known_entropy_under_the_density)
{
    /* closed forms, and for 8gaussians and moons the quadratures of -p log p in nats
     * (+- .0005); sd of -log p under moons at most 1 */
    static const struct {
        const char *name, *yaml;
        double entropy, tolerance;
    } cases[] = {
        {"gaussian", "{dim: 2, sd: 2}", 2.8378770664093453 + 1.3862943611198906, 0.02},
        {"gaussian_mixture", "{preset: 8gaussians}", 4.7706, 0.02},
        {"gaussian_mixture", "{preset: 8gaussians_torchcfm}", 3.7654, 0.02},
        {"gaussian_mixture", "{preset: 8gaussians_dsb}", 5.7211, 0.02},
        {"checkerboard", "{}", 2.0794415416798357, 1e-10},
        {"checkerboard", "{profile: ffjord}", 3.4657359027997265, 1e-10},
        {"checkerboard", "{profile: fb}", 3.6764571, 1e-6},
        {"checkerboard", "{profile: dsb}", 6.1092476, 1e-6},
        {"moons", "{}", 1.004, 0.02},
        {"moons", "{profile: tong2023}", 1.680, 0.02},
        /* that of noise .1, for the scale: 1.004 + 2 log 9.6820047 */
        {"moons", "{profile: dsb}", 5.5445, 0.02},
        {"scurve", "{profile: tong2023}", 1.488, 0.02},
        /* log(2 pi e) + log sd, E x_1 being 0 */
        {"funnel", "{dim: 2, sd: 0.3}", 2.8378770664093453 - 1.2039728043259361, 0.02},
    };
    enum { N = 50000 }; /* sd of -log p is about 1: standard error .0045 */
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct test_plugin t;
        struct fm_dataset d;
        open_set(&t, cases[k].name, cases[k].yaml, 0, &d);
        double mean = 0;
        for (uint64_t i = 0; i < N; i++) {
            double x[2];
            draw(&t, &d, i, 1, x);
            mean -= log_p(&t, &d, x) / N;
        }
        ck_near(mean, cases[k].entropy, cases[k].tolerance);
        test_plugin_close(&t);
    }
}
END_TEST

START_TEST(mixtures_say_the_same_as_their_density)
{
    static const struct {
        const char *name, *yaml;
    } cases[] = {{"gaussian", "{mean: [1, -2], sd: [0.5, 3]}"},
                 {"gaussian", "{dim: 2}"},
                 {"gaussian_mixture", "{preset: 8gaussians_torchcfm}"},
                 {"gaussian_mixture", "{means: [[1, 2], [3, 4]], sd: [[0.5]]}"},
                 {"gaussian_mixture", "{means: [[1, 2], [3, 4]]}"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct test_plugin t;
        struct fm_dataset d;
        open_set(&t, cases[k].name, cases[k].yaml, 0, &d);
        const struct fm_mixture *m = d.mixture;
        const double x[2] = {0.7, 1.9};
        double p = 0, weights = 0;
        ck_assert_ptr_nonnull(m);
        ck_assert_uint_eq(m->dim, 2);
        for (size_t c = 0; c < m->n_components; c++) {
            double factor = m->weights[c] / 6.28318530717958648;
            weights += m->weights[c];
            for (size_t j = 0; j < 2; j++)
                factor *=
                    exp(-pow(x[j] - m->means[2 * c + j], 2) / m->variances[2 * c + j] / 2)
                    / sqrt(m->variances[2 * c + j]);
            p += factor;
        }
        ck_near(weights, 1, 1e-15);
        ck_near(log_p(&t, &d, x), log(p), 1e-12);
        test_plugin_close(&t);
    }
}
END_TEST

START_TEST(densities_far_out_are_numbers_or_minus_infinity)
{
    const double far[] = {1e3, 1e100, 1e200, 1e308};
    for (size_t k = 0; k < 4; k++)
        for (size_t s = 0; s < N_SETS; s++) {
            struct test_plugin t;
            struct fm_dataset d;
            const double x[2] = {far[k], -far[k]};
            open_set(&t, sets[s].name, sets[s].yaml, 2, &d);
            if (t.plugin->dataset->log_density && !isnan(log_p(&t, &d, (double[2]){0, 0})))
                ck_assert_msg(log_p(&t, &d, x) < -1000, "%s %s at %g: %g", sets[s].name,
                              sets[s].yaml, far[k], log_p(&t, &d, x));
            test_plugin_close(&t);
        }
}
END_TEST

/* ---- options ---- */

static void check_refused(const char *name, const char *yaml, size_t dim,
                          const char *fragment)
{
    struct fm_error err = {0};
    struct test_plugin t;
    struct fm_dataset d;
    test_plugin_open(&t, FM_DATASET, name, yaml);
    ck_fails(test_dataset_open(&t, dim, &d, &err), FM_ERROR_CONFIG, fragment);
    test_plugin_close(&t);
}

START_TEST(contradicting_options_are_an_error)
{
    check_refused("gaussian", NULL, 0, "set dim");
    check_refused("gaussian", "{mean: [1, 2], dim: 3}", 0,
                  "dim gives 3 coordinates, but option mean 2");
    check_refused("gaussian", "{mean: [1, 2], sd: [1, 1, 1]}", 0, "option sd 3");
    check_refused("gaussian", "{mean: []}", 2, "empty");
    check_refused("gaussian_mixture", NULL, 0, "preset");
    check_refused("gaussian_mixture", "{preset: 8gaussians, means: [[1, 2]]}", 0, "either");
    check_refused("gaussian_mixture", "{preset: 8gaussians, sd: [[1]]}", 0, "either");
    check_refused("gaussian_mixture", "{means: [[1], [2]], weights: [1]}", 0,
                  "1 weights for 2 means");
    check_refused("gaussian_mixture",
                  "{means: [[1, 2], [3, 4], [5, 6]], sd: [[1, 1], [1, 1]]}", 0,
                  "3 x 1, or 3 x 2");
    check_refused("moons", "{profile: dsb, noise: 0.2}", 0, "fixes the noise");
    check_refused("moons", "{noise: [0.1, 0.2]}", 0, "one number");
}
END_TEST

START_TEST(gaussian_takes_its_partners_dimension)
{
    struct test_plugin t;
    struct fm_dataset d;
    open_set(&t, "gaussian", "{sd: 2}", 784, &d);
    ck_assert_uint_eq(d.dim, 784);
    ck_assert_uint_eq(d.mixture->dim, 784);
    ck_assert_double_eq(d.mixture->variances[783], 4);
    test_plugin_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("datasets");
    TCase *rows = tcase_create("rows"), *densities = tcase_create("densities"),
          *options = tcase_create("options");
    tcase_add_loop_test(rows, moments_are_those_of_the_definition, 0, N_SETS);
    tcase_add_loop_test(rows, a_row_is_the_same_in_any_chunk_and_order, 0, N_SETS);
    tcase_add_loop_test(rows, another_dimension_is_an_error, 0, N_SETS);
    tcase_add_test(densities, densities_integrate_to_one);
    tcase_add_test(densities, samples_have_the_known_entropy_under_the_density);
    tcase_add_test(densities, mixtures_say_the_same_as_their_density);
    tcase_add_test(densities, densities_far_out_are_numbers_or_minus_infinity);
    tcase_add_test(options, contradicting_options_are_an_error);
    tcase_add_test(options, gaussian_takes_its_partners_dimension);
    suite_add_tcase(suite, rows);
    suite_add_tcase(suite, densities);
    suite_add_tcase(suite, options);
    return test_main(suite);
}

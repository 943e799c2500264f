#include <config.h>

#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { N = 50, DIM = 3 };

/* x_ij = 2 sin(1 + 3 i + 7 j), y_ij = cos(2 + 5 i + j) + .3: easy to compute elsewhere. */
static double fixed_x[N][DIM], fixed_y[N][DIM];

static void fill_fixed(void)
{
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < DIM; j++) {
            fixed_x[i][j] = 2 * sin(1 + 3 * (double)i + 7 * (double)j);
            fixed_y[i][j] = cos(2 + 5 * (double)i + (double)j) + 0.3;
        }
}

static struct fm_estimate measure(const char *name, const char *yaml, size_t n, size_t dim,
                                  const double *x, const double *y)
{
    struct test_plugin t;
    struct fm_error err = {0};
    struct fm_estimate estimate = {.value = -1};
    test_plugin_open(&t, FM_METRIC, name, yaml);
    struct fm_measurement m = {.n = n,
                               .dim = dim,
                               .x0 = x,
                               .samples = x,
                               .data = y,
                               .solve = y,
                               .noise = {11, 3, 0}};
    ck_ok(t.plugin->metric->measure(t.options, &t.services, &m, &estimate, &err));
    test_plugin_close(&t);
    return estimate;
}

static const char *const all[] = {"w2", "sliced_w2", "energy", "discretization_error"};
enum { N_ALL = sizeof all / sizeof *all };

START_TEST(equal_samples_are_no_distance_apart)
{
    fill_fixed();
    for (size_t k = 0; k < N_ALL; k++) {
        struct fm_estimate e = measure(all[k], NULL, N, DIM, *fixed_x, *fixed_x);
        ck_assert_msg(e.value == 0, "%s is %g", all[k], e.value);
        ck_assert_double_eq(e.standard_error, 0);
        ck_assert_uint_eq(e.n_used, N);
    }
}
END_TEST

/* The best pairs are (0, 0) with (0, 2) and (10, 0) with (10, 1): W2^2 = (4 + 1) / 2; with the
 * other rows (0 + 16) / 2.  Energies have the mean 4.5. */
START_TEST(npe_compares_the_energy_with_optimal_transport)
{
    static const double x0[] = {0, 0, 10, 0}, data[] = {10, 1, 0, 2},
                        fresh[] = {0, 0, 10, 4}, energies[] = {3, 6};
    static const struct {
        const char *name;
        double value;
    } expected[] = {{"npe", (4.5 - 2.5) / 2.5}, {"path_energy", 4.5}};
    for (size_t k = 0; k < 2; k++) {
        struct test_plugin t;
        struct fm_error err = {0};
        struct fm_estimate e = {.value = -1};
        test_plugin_open(&t, FM_METRIC, expected[k].name, NULL);
        struct fm_measurement m = {.n = 2, .dim = 2, .x0 = x0, .samples = x0, .data = data};
        m.path_energy = energies;
        m.fresh = fresh;
        ck_ok(t.plugin->metric->measure(t.options, &t.services, &m, &e, &err));
        ck_near(e.value, expected[k].value, 1e-12);
        ck_assert_uint_eq(e.n_used, 2);
        ck_assert(e.has_floor == (k == 0));
        if (k == 0)
            ck_near(e.floor, (8 - 2.5) / 2.5, 1e-12);
        m.data = x0;
        if (k == 0)
            ck_fails(t.plugin->metric->measure(t.options, &t.services, &m, &e, &err),
                     FM_ERROR_RUN, "W2 is 0");
        test_plugin_close(&t);
    }
}
END_TEST

START_TEST(distances_are_symmetric)
{
    fill_fixed();
    for (size_t k = 0; k < N_ALL; k++) {
        double xy = measure(all[k], NULL, N, DIM, *fixed_x, *fixed_y).value;
        ck_assert_double_gt(xy, 0.1);
        ck_near(measure(all[k], NULL, N, DIM, *fixed_y, *fixed_x).value, xy, 1e-13);
    }
}
END_TEST

START_TEST(order_of_rows_matters_only_for_paired_rows)
{
    static double reversed[N][DIM];
    fill_fixed();
    for (size_t i = 0; i < N; i++)
        memcpy(reversed[i], fixed_x[N - 1 - i], sizeof *reversed);
    for (size_t k = 0; k < 3; k++)
        ck_near(measure(all[k], NULL, N, DIM, *reversed, *fixed_x).value, 0, 1e-7);
    ck_assert_double_gt(
        measure("discretization_error", NULL, N, DIM, *reversed, *fixed_x).value, 1);
}
END_TEST

START_TEST(scaled_samples_scale_the_value)
{
    static double x[N][DIM], y[N][DIM];
    fill_fixed();
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < DIM; j++) {
            x[i][j] = 4 * fixed_x[i][j];
            y[i][j] = 4 * fixed_y[i][j];
        }
    for (size_t k = 0; k < N_ALL; k++)
        ck_near(measure(all[k], NULL, N, DIM, *x, *y).value,
                4 * measure(all[k], NULL, N, DIM, *fixed_x, *fixed_y).value, 1e-12);
}
END_TEST

START_TEST(a_shift_has_its_length_as_distance)
{
    static double shifted[N][DIM];
    const double c[DIM] = {3, -4, 12}; /* |c| = 13 */
    fill_fixed();
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < DIM; j++)
            shifted[i][j] = fixed_x[i][j] + c[j];
    ck_near(measure("w2", NULL, N, DIM, *fixed_x, *shifted).value, 13, 1e-12);
    ck_near(measure("discretization_error", NULL, N, DIM, *fixed_x, *shifted).value, 13,
            1e-12);
    /* SW2^2 = E <theta, c>^2 = |c|^2 / dim */
    struct fm_estimate e =
        measure("sliced_w2", "{n_projections: 4000}", N, DIM, *fixed_x, *shifted);
    ck_near(e.value, 13 / sqrt(3), 5 * e.standard_error);
    /* <theta, c>^2 / |c|^2 is Beta(1/2, 1), variance 4/45: se = 169 sqrt(4/45/4000) / (2
     * SW2) */
    ck_near(e.standard_error, 169 * sqrt(4.0 / 45 / 4000) / (2 * 13 / sqrt(3)),
            0.1 * e.standard_error);
}
END_TEST

START_TEST(fixed_samples_give_what_other_libraries_give)
{
    fill_fixed();
    /* W2: sqrt of scipy 1.10.1 linear_sum_assignment and of POT 0.8.2 emd2, squared costs
     */
    ck_near(measure("w2", NULL, N, DIM, *fixed_x, *fixed_y).value, 1.44384624848414, 1e-13);
    ck_near(measure("w2", "{points: 20}", N, DIM, *fixed_x, *fixed_y).value,
            1.35147395399416, 1e-13);
    ck_assert_uint_eq(measure("w2", "{points: 20}", N, DIM, *fixed_x, *fixed_y).n_used, 20);
    /* energy: 2 cdist(x, y).mean() - cdist(x, x).mean() - cdist(y, y).mean() of scipy */
    ck_near(measure("energy", NULL, N, DIM, *fixed_x, *fixed_y).value, 0.626094007280557,
            1e-13);
    struct fm_estimate e = measure("energy", "{points: 20}", N, DIM, *fixed_x, *fixed_y);
    ck_near(e.value, 0.534401404030026, 1e-13);
    ck_assert_uint_eq(e.n_used, 20);
    /* POT's sliced_wasserstein_distance with 10^6 projections, seed 1: .810814, its own
     * standard error about .0003 */
    e = measure("sliced_w2", "{n_projections: 20000}", N, DIM, *fixed_x, *fixed_y);
    ck_near(e.value, 0.810814, 5 * (e.standard_error + 0.0003));
    ck_assert_double_lt(e.standard_error, 0.003);
}
END_TEST

START_TEST(energy_in_one_dimension_is_the_distance_of_scipy_squared)
{
    double x[N], y[N];
    fill_fixed();
    for (size_t i = 0; i < N; i++) {
        x[i] = fixed_x[i][0];
        y[i] = fixed_y[i][0];
    }
    /* scipy.stats.energy_distance(x, y)^2 */
    ck_near(measure("energy", NULL, N, 1, x, y).value, 0.299281618885866, 1e-13);
}
END_TEST

START_TEST(two_points_have_the_distance_computed_by_hand)
{
    const double x[] = {0, 1}, y[] = {3, 5};
    /* sorted pairs (0, 3), (1, 5): sqrt((9 + 16) / 2) */
    ck_near(measure("w2", NULL, 2, 1, x, y).value, sqrt(12.5), 1e-14);
    ck_near(measure("sliced_w2", NULL, 2, 1, x, y).value, sqrt(12.5), 1e-14);
    ck_near(measure("discretization_error", NULL, 2, 1, x, y).value, sqrt(12.5), 1e-14);
    /* 2 (3 + 5 + 2 + 4)/4 - (0 + 1 + 1 + 0)/4 - (0 + 2 + 2 + 0)/4 = 5.5 */
    ck_near(measure("energy", NULL, 2, 1, x, y).value, 5.5, 1e-14);
}
END_TEST

START_TEST(negative_and_positive_projections_sort_alike)
{
    /* in one dimension sliced W2 is W2, for any signs, zeros and magnitudes */
    double x[N], y[N];
    for (size_t i = 0; i < N; i++) {
        x[i] = i % 7 == 0 ? 0 : sin(9 * (double)i) * pow(10, (double)(i % 5) - 2);
        y[i] = i % 5 == 0 ? -0.0 : cos(4 * (double)i) * pow(10, (double)(i % 4) - 1);
    }
    double w2 = measure("w2", NULL, N, 1, x, y).value;
    struct fm_estimate e = measure("sliced_w2", "{n_projections: 3}", N, 1, x, y);
    ck_near(e.value, w2, 1e-12 * w2);
    ck_near(e.standard_error, 0, 1e-12 * w2);
}
END_TEST

START_TEST(gaussians_have_their_closed_form_distance)
{
    enum { MANY = 2000 };
    static double x[MANY][2], y[MANY][2];
    for (size_t i = 0; i < MANY; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){4, 1, 0}, i),
                      s = fm_rng_at((struct fm_stream){4, 2, 0}, i);
        for (size_t j = 0; j < 2; j++) {
            x[i][j] = fm_rng_normal(&r);
            y[i][j] = 3 + 2 * fm_rng_normal(&s);
        }
    }
    /* W2^2 = |m|^2 + dim (2 - 1)^2 = 18 + 2; SW2^2 = mean of <theta, m>^2 + 1 = 9 + 1.  The
     * mean difference has standard error sqrt(5 / 2000) = .05 per coordinate. */
    ck_near(measure("w2", "{points: 2000}", MANY, 2, *x, *y).value, sqrt(20), 0.2);
    struct fm_estimate e = measure("sliced_w2", "{n_projections: 500}", MANY, 2, *x, *y);
    ck_near(e.value, sqrt(10), 0.15 + 5 * e.standard_error);
    /* E|X - X'| of N(0, s^2 I) in the plane is s sqrt(pi): of 2000 rows, E - (self terms)
     * agrees with 2 E|X - Y| - 3 sqrt(pi); E|X - Y| is Rician with sd sqrt 5, shift sqrt 18
     */
    double k = 18.0 / (4 * 5), sigma = sqrt(5); /* E = sigma sqrt(pi/2) L_1/2(-2 k) */
    double bessel0 = 0, bessel1 = 0, term = 1;
    for (int i = 0; i < 40; i++) { /* I_0(k), I_1(k) by their series */
        bessel0 += term;
        bessel1 += term * (k / 2) / (i + 1);
        term *= (k / 2) * (k / 2) / ((i + 1.0) * (i + 1.0));
    }
    double rice = sigma * sqrt(1.57079632679489662) * exp(-k)
                  * ((1 + 2 * k) * bessel0 + 2 * k * bessel1);
    ck_near(measure("energy", "{points: 2000}", MANY, 2, *x, *y).value,
            2 * rice - 3 * sqrt(3.14159265358979324), 0.2);
}
END_TEST

START_TEST(the_same_noise_gives_the_same_projections)
{
    fill_fixed();
    double first = measure("sliced_w2", NULL, N, DIM, *fixed_x, *fixed_y).value;
    ck_assert_double_eq(measure("sliced_w2", NULL, N, DIM, *fixed_x, *fixed_y).value,
                        first);
}
END_TEST

START_TEST(metrics_report_the_rows_they_used)
{
    for (size_t k = 0; k < N_ALL; k++) {
        struct test_plugin t;
        test_plugin_open(&t, FM_METRIC, all[k], NULL);
        ck_assert_int_eq(t.plugin->metric->direction, FM_LOWER_IS_BETTER);
        ck_assert_int_eq(t.plugin->metric->references,
                         k < 3 ? FM_REFERENCE_DATA : FM_REFERENCE_SOLVE);
        test_plugin_close(&t);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *identities = tcase_create("identities"), *values = tcase_create("values");
    tcase_add_test(identities, equal_samples_are_no_distance_apart);
    tcase_add_test(identities, distances_are_symmetric);
    tcase_add_test(identities, npe_compares_the_energy_with_optimal_transport);
    tcase_add_test(identities, order_of_rows_matters_only_for_paired_rows);
    tcase_add_test(identities, scaled_samples_scale_the_value);
    tcase_add_test(identities, a_shift_has_its_length_as_distance);
    tcase_add_test(identities, the_same_noise_gives_the_same_projections);
    tcase_add_test(identities, metrics_report_the_rows_they_used);
    tcase_add_test(values, fixed_samples_give_what_other_libraries_give);
    tcase_add_test(values, energy_in_one_dimension_is_the_distance_of_scipy_squared);
    tcase_add_test(values, two_points_have_the_distance_computed_by_hand);
    tcase_add_test(values, negative_and_positive_projections_sort_alike);
    tcase_add_test(values, gaussians_have_their_closed_form_distance);
    suite_add_tcase(suite, identities);
    suite_add_tcase(suite, values);
    return test_main(suite);
}

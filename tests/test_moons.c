/* The density of the moons. */
#include <config.h>

#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

static void open_moons(struct test_plugin *t, const char *yaml, struct fm_dataset *d)
{
    struct fm_error err = {0};
    test_plugin_open(t, FM_DATASET, "moons", yaml);
    ck_ok(test_dataset_open(t, 0, d, &err));
}

static double log_p(const struct test_plugin *t, const struct fm_dataset *d,
                    const double *x)
{
    double result;
    t->plugin->dataset->log_density(t->options, d, 1, x, &result);
    return result;
}

/* log of 1/2 sum of both moons of 1/pi int N(x; moon(theta), s^2) d theta, by Simpson's rule. */
static double plain_moons(double s, const double *x)
{
    const int n = 100000;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
        double theta = 3.14159265358979324 * i / n, c = cos(theta), d = sin(theta);
        double outer = pow(x[0] - c, 2) + pow(x[1] - d, 2);
        double inner = pow(x[0] - 1 + c, 2) + pow(x[1] - 0.5 + d, 2);
        double weight = i == 0 || i == n ? 1 : i % 2 ? 4 : 2;
        sum += weight * (exp(-outer / (2 * s * s)) + exp(-inner / (2 * s * s)));
    }
    return log(sum / (6 * n) / (6.28318530717958648 * s * s));
}

START_TEST(moons_density_is_the_integral_over_the_angle)
{
    const double noises[] = {0.03, 0.1, 0.5, 2}, *s = &noises[_i];
    const double points[][2] = {{0, 0},      {1, 0},       {-1, 0},    {0.5, 0.25},
                                {0, 0.5},    {1, 0.5},     {1, -0.5},  {2, 0.5},
                                {0.3, -0.1}, {1.02, -0.2}, {-1, -0.1}, {-1e-9, -1e-9},
                                {0.7, 0.7},  {0, -1},      {0.6, 1.4}, {-0.96, -1e-12}};
    char yaml[40];
    struct test_plugin t;
    struct fm_dataset d;
    (void)snprintf(yaml, sizeof yaml, "{noise: %g}", *s);
    open_moons(&t, yaml, &d);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        double expected = plain_moons(*s, points[i]);
        if (expected > -600)
            ck_near(log_p(&t, &d, points[i]), expected, 1e-10);
    }
    test_plugin_close(&t);
}
END_TEST

/* Beyond an end of the outer moon, for small s, the distance rises from there at the rate
 * |y|: p = 1/2 exp(-distance^2 / (2 s^2)) / (2 pi^2 |y|), up to a relative s^2 / y^2. */
START_TEST(moons_density_falls_off_as_laplaces_method_says)
{
    const double noises[] = {1e-4, 1e-5, 1e-12}, point[] = {1.02, -0.2};
    for (size_t i = 0; i < 3; i++) {
        char yaml[40];
        struct test_plugin t;
        struct fm_dataset d;
        (void)snprintf(yaml, sizeof yaml, "{noise: %g}", noises[i]);
        open_moons(&t, yaml, &d);
        double p = log_p(&t, &d, point), depth = 0.0404 / (2 * noises[i] * noises[i]);
        ck_assert(isfinite(p));
        ck_near(p, -depth - log(0.4 * 2 * 9.86960440108936), 1e-5 + 1e-15 * depth);
        test_plugin_close(&t);
    }
}
END_TEST

/* Compares counts in cells of an N x N grid over [low, high]^2 with the integral of the
 * density over the cell by n_inside^2 midpoints. */
static void compare_with_counts(const char *yaml, double low, double high, int n_inside,
                                double tolerance)
{
    enum { N_CELLS = 24, N_DRAWS = 400000 };
    static double x[2 * N_DRAWS];
    static int counts[N_CELLS][N_CELLS];
    const double side = (high - low) / N_CELLS;
    double total = 0, difference = 0;
    struct test_plugin t;
    struct fm_dataset d;
    open_moons(&t, yaml, &d);
    t.plugin->dataset->draw(t.options, &d, (struct fm_stream){42, 7, 3}, 0, N_DRAWS, x);
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < N_DRAWS; i++) {
        double column = floor((x[2 * i] - low) / side),
               row = floor((x[2 * i + 1] - low) / side);
        if (column >= 0 && column < N_CELLS && row >= 0 && row < N_CELLS)
            counts[(int)column][(int)row]++;
    }
    for (int i = 0; i < N_CELLS * N_CELLS; i++) {
        double p = 0;
        for (int k = 0; k < n_inside * n_inside; k++) {
            double u = (i % N_CELLS) + (k % n_inside + 0.5) / n_inside,
                   v = (int)(i / N_CELLS) + ((int)(k / n_inside) + 0.5) / n_inside;
            double point[2] = {low + side * u, low + side * v};
            p += exp(log_p(&t, &d, point)) * side * side / (n_inside * n_inside);
        }
        total += p;
        difference += fabs(p - (double)counts[i % N_CELLS][i / N_CELLS] / N_DRAWS);
    }
    ck_near(total, 1, tolerance);
    /* sampling alone: sum over cells of E|deviation| = sqrt(2 p / (pi N)) is at most
     * sqrt(2 * 576 / (pi N)) = .03 */
    ck_near(difference, 0, 0.03 + tolerance);
    test_plugin_close(&t);
}

START_TEST(moons_are_drawn_from_their_density)
{
    compare_with_counts("{}", -2, 3, 8, 0.01);
    compare_with_counts("{profile: tong2023}", -4, 5, 8, 0.01);
    compare_with_counts("{profile: dsb}", -25, 25, 8, 0.01);
    /* its density has edges and is unbounded along some of them */
    compare_with_counts("{profile: torchcfm}", -5, 6, 64, 0.04);
}
END_TEST

START_TEST(points_on_curves_have_no_density)
{
    struct test_plugin t;
    struct fm_dataset d;
    open_moons(&t, "{noise: 0}", &d);
    ck_assert(isnan(log_p(&t, &d, (double[]){0.3, 0.1})));
    test_plugin_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("moons");
    TCase *density = tcase_create("density");
    tcase_add_loop_test(density, moons_density_is_the_integral_over_the_angle, 0, 4);
    tcase_add_test(density, moons_density_falls_off_as_laplaces_method_says);
    tcase_add_test(density, moons_are_drawn_from_their_density);
    tcase_add_test(density, points_on_curves_have_no_density);
    suite_add_tcase(suite, density);
    return test_main(suite);
}

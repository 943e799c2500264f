/* Densities by quadrature, compared with simple, long sums. */
#include <config.h>

#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static void open_set(struct test_plugin *t, const char *name, const char *yaml,
                     struct fm_dataset *d)
{
    struct fm_error err = {0};
    test_plugin_open(t, FM_DATASET, name, yaml);
    ck_ok(test_dataset_open(t, 0, d, &err));
}

static double log_p(const struct test_plugin *t, const struct fm_dataset *d,
                    const double *x)
{
    double result;
    t->plugin->dataset->log_density(t->options, d, 1, x, &result);
    return result;
}

/* ---- curves with normal noise ---- */

static void scurve(double u, double *c)
{
    double t = 3 * pi * (u - 0.5);
    c[0] = sin(t);
    c[1] = (t < 0 ? -1 : 1) * (cos(t) - 1);
}

static void swissroll(double u, double *c)
{
    double t = 1.5 * pi * (1 + 2 * u);
    c[0] = t * cos(t);
    c[1] = t * sin(t);
}

/* The outer circle for u < 1/2, the inner one beyond. */
static void circles(double u, double *c)
{
    double radius = u < 0.5 ? 1 : 0.5;
    c[0] = radius * cos(4 * pi * u);
    c[1] = radius * sin(4 * pi * u);
}

static const struct {
    const char *name;
    void (*at)(double u, double *c);
} curves[] = {{"scurve", scurve}, {"swissroll", swissroll}, {"circles", circles}};

/* log of int_0^1 N(x; c(u), s^2 I) du, by Simpson's rule on both halves. */
static double long_sum(void (*at)(double u, double *c), double s, const double *x)
{
    enum { N = 200000 };
    static double values[2][N + 1];
    double largest = -HUGE_VAL, sum = 0;
    for (int half = 0; half < 2; half++)
        for (int i = 0; i <= N; i++) {
            double c[2], u = half ? fmin(1, 0.5 + 0.5 * i / N) : fmin(0.5 * i / N, 0.5);
            if (half == 0 && i == N)
                u = nextafter(0.5, 0);
            at(u, c);
            values[half][i] = -(pow(x[0] - c[0], 2) + pow(x[1] - c[1], 2)) / (2 * s * s);
            largest = fmax(largest, values[half][i]);
        }
    for (int half = 0; half < 2; half++)
        for (int i = 0; i <= N; i++)
            sum += (i == 0 || i == N ? 1 : i % 2 ? 4 : 2) * exp(values[half][i] - largest);
    return largest + log(sum / (6 * N)) - log(2 * pi * s * s);
}

START_TEST(density_is_the_integral_along_the_curve)
{
    const double noises[] = {0.03, 0.1, 0.5, 3};
    const double points[][2] = {{0, 0},      {1, 0},         {0, -1},       {0, 1},
                                {0.5, 0.25}, {-1, 1e-9},     {0.98, -1.03}, {-2, 3},
                                {8, -4},     {0, -4.712389}, {6.3, 0.01},   {-9.5, 0},
                                {30, 40},    {0.3, -0.4},    {0, 14.2},     {5, 12}};
    for (size_t k = 0; k < sizeof noises / sizeof *noises; k++) {
        char yaml[40];
        struct test_plugin t;
        struct fm_dataset d;
        (void)snprintf(yaml, sizeof yaml, "{noise: %g}", noises[k]);
        open_set(&t, curves[_i].name, yaml, &d);
        for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
            double expected = long_sum(curves[_i].at, noises[k], points[i]);
            if (expected > -300) /* below, the long sum is too short */
                ck_near(log_p(&t, &d, points[i]), expected, 1e-9);
        }
        test_plugin_close(&t);
    }
}
END_TEST

/* ---- the two spirals ---- */

static double normal_between(double from, double to)
{
    return (erfc(from / sqrt(2)) - erfc(to / sqrt(2))) / 2;
}

/* Both spirals at x, with the uniform noise integrated in closed form and t by Simpson's
 * rule. */
static double spirals(double s, const double *x)
{
    const int n = 50000;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
        double t = 3 * pi * i / n;
        double weight = (i == 0 || i == n ? 1 : i % 2 ? 4 : 2) * 2 * t / (9 * pi * pi);
        for (int sign = -1; sign <= 1; sign += 2) {
            double a = sign * x[0] + t * cos(t) / 3, b = sign * x[1] - t * sin(t) / 3;
            sum += weight * normal_between((a - 1.0 / 6) / s, a / s)
                   * normal_between((b - 1.0 / 6) / s, b / s) * 36;
        }
    }
    return log(sum * (3 * pi) / (3 * n) / 2);
}

START_TEST(spirals_density_is_the_integral_along_them)
{
    const double noises[] = {0.03, 0.1, 1}, *s = &noises[_i];
    const double points[][2] = {{0, 0},   {1, 0},   {-1, 0},  {0.5, 1.5},  {-0.5, -1.5},
                                {3, 0.1}, {2, 2.1}, {0, 3.1}, {0.08, 0.08}};
    char yaml[40];
    struct test_plugin t;
    struct fm_dataset d;
    (void)snprintf(yaml, sizeof yaml, "{noise: %g}", *s);
    open_set(&t, "spirals", yaml, &d);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        double expected = spirals(*s, points[i]);
        if (expected > -30) /* below, the differences of erfc are rounding */
            ck_near(log_p(&t, &d, points[i]), expected, 1e-9);
    }
    test_plugin_close(&t);
}
END_TEST

/* Far from both spirals the nearest point dominates: the density is finite and falls with
 * the distance. */
START_TEST(densities_far_out_keep_falling)
{
    const char *const names[] = {"scurve", "swissroll", "circles", "spirals", "pinwheel"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct test_plugin t;
        struct fm_dataset d;
        double before = 0;
        open_set(&t, names[k], NULL, &d);
        for (double r = 40; r < 1e6; r *= 3) {
            double p = log_p(&t, &d, (double[2]){0.6 * r, -0.8 * r});
            ck_assert_msg(p < before && isfinite(p), "%s at %g: %g", names[k], r, p);
            before = p;
        }
        test_plugin_close(&t);
    }
}
END_TEST

/* ---- pinwheel ---- */

/* p is the sum over arms and all (f1, f2) on the circle through x; between two circles r and
 * r + dr the density of r alone is known: that of |(f1, f2)|.  So the mean of p over the
 * angle is the mean of N(f1; 1, .3^2) N(f2; 0, .1^2) over the angle. */
START_TEST(pinwheel_is_the_rotated_normal_distribution)
{
    const int n = 20000;
    struct test_plugin t;
    struct fm_dataset d;
    open_set(&t, "pinwheel", "{profile: ffjord}", &d);
    for (double r = 0.05; r < 2; r += 0.15) {
        double turned = 0, straight = 0;
        for (int i = 0; i < n; i++) {
            double a = 2 * pi * (i + 0.5) / n, x[2] = {2 * r * cos(a), 2 * r * sin(a)};
            turned += exp(log_p(&t, &d, x)) * 4;
            straight +=
                exp(-pow((r * cos(a) - 1) / 0.3, 2) / 2 - pow(r * sin(a) / 0.1, 2) / 2)
                / (2 * pi * 0.03);
        }
        ck_near(turned / straight, 1, 1e-7);
    }
    test_plugin_close(&t);
}
END_TEST

/* A point made from f1, f2 and an arm.  Where no other arm is near, p is their density over
 * the five arms, the scale and the determinant 1 - f2' e^f1 / 4, f2' = -f2. */
START_TEST(pinwheel_density_is_that_of_the_rotated_point)
{
    const double made[][2] = {{1, 0}, {1.2, 0.1}, {1.5, -0.2}, {1.3, 0.05}};
    struct test_plugin t;
    struct fm_dataset d;
    open_set(&t, "pinwheel", NULL, &d);
    for (size_t i = 0; i < 4; i++)
        for (int arm = 0; arm < 5; arm++) {
            double f1 = made[i][0], f2 = made[i][1];
            double a = 2 * pi * arm / 5 + exp(f1) / 4;
            double x[2] = {7.5 * (f1 * cos(a) + f2 * sin(a)),
                           7.5 * (f2 * cos(a) - f1 * sin(a))};
            double expected = -pow((f1 - 1) / 0.3, 2) / 2 - pow(f2 / 0.1, 2) / 2
                              - log(2 * pi * 0.03 * 5 * 56.25)
                              - log(fabs(1 + f2 * exp(f1) / 4));
            ck_near(log_p(&t, &d, x), expected, 1e-6);
        }
    test_plugin_close(&t);
}
END_TEST

/* ---- all ---- */

/* Counts in cells of an N x N grid over [-half, half]^2, compared with the integral of the
 * density over the cell by midpoints.  The mean of (count - N p)^2 / (N p (1 - p)) is 1. */
START_TEST(rows_are_drawn_from_the_density)
{
    enum { N_CELLS = 20, N_DRAWS = 200000 };
    static const struct {
        const char *name, *yaml;
        double half;
        int n_inside;
    } cases[] = {{"scurve", "{profile: tong2023}", 4, 8},
                 {"scurve", "{noise: 0.4}", 4, 8},
                 {"swissroll", "{profile: dsb}", 15, 16},
                 {"swissroll", "{profile: ffjord}", 4, 8},
                 {"circles", "{profile: ffjord}", 4, 8},
                 {"circles", "{profile: dsb, noise: 0.3}", 20, 8},
                 {"spirals", "{noise: 0.3}", 4, 5},
                 {"pinwheel", "{}", 18, 8},
                 {"funnel", "{dim: 2, sd: 1}", 5, 8}};
    static double x[2 * N_DRAWS];
    static int counts[N_CELLS * N_CELLS];
    const double half = cases[_i].half, side = 2 * half / N_CELLS;
    const int n_inside = cases[_i].n_inside;
    double chi = 0;
    int n_used = 0;
    struct test_plugin t;
    struct fm_dataset d;
    open_set(&t, cases[_i].name, cases[_i].yaml, &d);
    t.plugin->dataset->draw(t.options, &d, (struct fm_stream){42, 7, 3}, 0, N_DRAWS, x);
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < N_DRAWS; i++) {
        int column = (int)floor((x[2 * i] + half) / side),
            row = (int)floor((x[2 * i + 1] + half) / side);
        if (column >= 0 && column < N_CELLS && row >= 0 && row < N_CELLS)
            counts[row * N_CELLS + column]++;
    }
    for (int i = 0; i < N_CELLS * N_CELLS; i++) {
        double p = 0;
        for (int k = 0; k < n_inside * n_inside; k++) {
            double u = i % N_CELLS + (k % n_inside + 0.5) / n_inside,
                   v = (int)(i / N_CELLS) + ((int)(k / n_inside) + 0.5) / n_inside;
            double point[2] = {side * u - half, side * v - half};
            p += exp(log_p(&t, &d, point)) * side * side / (n_inside * n_inside);
        }
        if (p * N_DRAWS < 10)
            continue;
        chi += pow(counts[i] - p * N_DRAWS, 2) / (p * N_DRAWS);
        n_used++;
    }
    ck_assert_int_ge(n_used, 40);
    /* sd sqrt(2 / n): five of it, and the error of the midpoints */
    ck_near(chi / n_used, 1, 5 * sqrt(2.0 / n_used) + 0.1);
    test_plugin_close(&t);
}
END_TEST

START_TEST(points_on_curves_have_no_density)
{
    const char *const sets[][2] = {{"scurve", "{noise: 0}"},
                                   {"swissroll", "{noise: 0}"},
                                   {"circles", "{profile: dsb}"}};
    for (size_t k = 0; k < 3; k++) {
        struct test_plugin t;
        struct fm_dataset d;
        open_set(&t, sets[k][0], sets[k][1], &d);
        ck_assert(isnan(log_p(&t, &d, (double[]){0.3, 0.1})));
        test_plugin_close(&t);
    }
}
END_TEST

/* log N(x_1; 0, sd^2) + sum_j log N(x_j; 0, e^x_1), written out for three coordinates. */
START_TEST(funnel_density_is_the_product_of_its_normals)
{
    struct test_plugin t;
    struct fm_dataset d;
    const double x[3] = {-1.5, 0.4, -0.2}, log_root = 0.91893853320467274178;
    open_set(&t, "funnel", "{dim: 3, sd: 3}", &d);
    ck_assert_uint_eq(d.dim, 3);
    ck_near(log_p(&t, &d, x),
            -3 * log_root - log(3) - 0.125 + 1.5 - (0.16 + 0.04) * exp(1.5) / 2, 1e-14);
    test_plugin_close(&t);
    open_set(&t, "funnel", NULL, &d);
    ck_assert_uint_eq(d.dim, 10);
    test_plugin_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("curves");
    TCase *density = tcase_create("density");
    tcase_add_loop_test(density, density_is_the_integral_along_the_curve, 0, 3);
    tcase_add_loop_test(density, spirals_density_is_the_integral_along_them, 0, 3);
    tcase_add_test(density, densities_far_out_keep_falling);
    tcase_add_test(density, pinwheel_is_the_rotated_normal_distribution);
    tcase_add_test(density, pinwheel_density_is_that_of_the_rotated_point);
    tcase_add_loop_test(density, rows_are_drawn_from_the_density, 0, 9);
    tcase_add_test(density, points_on_curves_have_no_density);
    tcase_add_test(density, funnel_density_is_the_product_of_its_normals);
    suite_add_tcase(suite, density);
    return test_main(suite);
}

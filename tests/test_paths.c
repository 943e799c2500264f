#include <config.h>

#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static struct fm_path_point at(const struct test_plugin *t, double time)
{
    struct fm_path_point p;
    t->plugin->path->coefficients(t->options, 1, &time, &p);
    return p;
}

/* ---- the formulas, written out again ---- */

struct affine {
    const char *name, *options;
    double (*alpha)(double t), (*sigma)(double t);
    double sigma_1; /* at t = 1 */
};

static double same(double t)
{
    return t;
}
static double rest(double t)
{
    return 1 - t;
}
static double square(double t)
{
    return t * t;
}
static double square_rest(double t)
{
    return 1 - t * t;
}
static double cube(double t)
{
    return t * t * t;
}
static double cube_rest(double t)
{
    return 1 - t * t * t;
}
static double sine(double t)
{
    return sin(pi * t / 2);
}
static double cosine(double t)
{
    return cos(pi * t / 2);
}
static double root(double t)
{
    return sqrt(1 - t * t);
}
static double vp_total(double t)
{
    return (1 - t) * (1 - t) * 19.9 / 2 + (1 - t) * 0.1;
}
static double vp_alpha(double t)
{
    return exp(-vp_total(t) / 2);
}
static double vp_sigma(double t)
{
    return sqrt(1 - exp(-vp_total(t)));
}
static double target_rest(double t)
{
    return 1 - 0.9 * t;
}

/* REFERENCE: the table of paths in the literature, Lipman et al. 2024, arXiv:2412.06264,
 * sec. 4.8 */
static const struct affine affine[] = {
    {"linear", NULL, same, rest, 0},
    {"polynomial", "{n: 2}", square, square_rest, 0},
    {"polynomial", "{n: 3}", cube, cube_rest, 0},
    {"cosine", NULL, sine, cosine, 0},
    {"linear_vp", NULL, same, root, 0},
    {"vp", NULL, vp_alpha, vp_sigma, 0},
    {"target_fm", "{sigma_min: 0.1}", same, target_rest, 0.1},
};
enum { N_AFFINE = sizeof affine / sizeof *affine };

START_TEST(paths_have_the_formulas_of_the_literature)
{
    const struct affine *a = &affine[_i];
    struct test_plugin t;
    test_plugin_open(&t, FM_PATH, a->name, a->options);
    for (double time = 0.05; time < 0.99; time += 0.05) {
        const double h = 1e-5;
        struct fm_path_point p = at(&t, time);
        ck_near(p.alpha, a->alpha(time), 1e-14);
        ck_near(p.sigma, a->sigma(time), 1e-14);
        ck_near(p.d_alpha, (a->alpha(time + h) - a->alpha(time - h)) / (2 * h), 1e-7);
        ck_near(p.d_sigma, (a->sigma(time + h) - a->sigma(time - h)) / (2 * h), 1e-6);
    }
    struct fm_path_point begin = at(&t, 0), end = at(&t, 1);
    ck_near(begin.alpha, a->alpha(0), 1e-14);
    ck_near(begin.sigma, a->sigma(0), 1e-14);
    ck_near(end.alpha, 1, 1e-14);
    ck_near(end.sigma, a->sigma_1, 2e-8);
    test_plugin_close(&t);
}
END_TEST

START_TEST(ends_are_finite_and_sigma_sigma_prime_has_its_limit)
{
    const struct affine *a = &affine[_i];
    struct test_plugin t;
    test_plugin_open(&t, FM_PATH, a->name, a->options);
    for (int end = 0; end < 2; end++) {
        struct fm_path_point p = at(&t, end), inside = at(&t, end ? 1 - 1e-9 : 1e-9);
        ck_assert(isfinite(p.alpha) && isfinite(p.sigma));
        ck_assert(isfinite(p.d_alpha) && isfinite(p.d_sigma));
        ck_assert(!signbit(p.alpha) && !signbit(p.sigma));
        ck_near(p.alpha * p.d_alpha, inside.alpha * inside.d_alpha, 1e-7);
        ck_near(p.sigma * p.d_sigma, inside.sigma * inside.d_sigma, 1e-7);
    }
    test_plugin_close(&t);
}
END_TEST

/* ---- conversions ---- */

/* The errors of round trips at one t, relative to the largest intermediate number. */
static double round_trip(const struct fm_path_point *p, double x0, double x1)
{
    const double x = p->alpha * x1 + p->sigma * x0, v = p->d_alpha * x1 + p->d_sigma * x0;
    const double score = -x0 / p->sigma;
    double worst = fabs(fm_path_x1(p, x, v) - x1);
    worst = fmax(worst, fabs(fm_path_x0(p, x, v) - x0));
    worst = fmax(worst, fabs(fm_path_score(p, x, v) - score) / (1 + fabs(score)));
    const double scale = 1 + fabs(p->d_sigma) + fabs(p->d_alpha);
    worst = fmax(worst, fabs(fm_path_velocity_of_x1(p, x, x1) - v) / scale);
    worst = fmax(worst, fabs(fm_path_velocity_of_x0(p, x, x0) - v) / scale);
    return fmax(worst, fabs(fm_path_velocity_of_score(p, x, score) - v) / scale);
}

START_TEST(conversions_invert_each_other)
{
    const struct affine *a = &affine[_i];
    struct test_plugin t;
    double worst = 0;
    test_plugin_open(&t, FM_PATH, a->name, a->options);
    for (double time = 0.01; time < 1; time += 0.01) {
        struct fm_path_point p = at(&t, time);
        worst = fmax(worst, round_trip(&p, 0.7, -1.3));
        worst = fmax(worst, round_trip(&p, -2, 0.4));
    }
    /* dividing by alpha or sigma loses digits: the least alpha here is 1e-6 (polynomial) */
    ck_assert_msg(worst < 1e-9, "%s: round trip off by %.3g", a->name, worst);
    test_plugin_close(&t);
}
END_TEST

START_TEST(with_noise_left_at_the_end_x1_gives_the_velocity)
{
    struct test_plugin t;
    test_plugin_open(&t, FM_PATH, "target_fm", "{sigma_min: 0.1}");
    struct fm_path_point p = at(&t, 1);
    const double x1 = 0.3, x0 = -1, x = x1 + 0.1 * x0;
    ck_near(fm_path_velocity_of_x1(&p, x, x1), x1 - 0.9 * x0, 1e-13);
    test_plugin_close(&t);
}
END_TEST

/* ---- the oracle on bridges ---- */

static const double one[] = {1}, zero[] = {0}, halves[] = {0.3, 0.7};
static const double means[] = {-1, 2}, variances[] = {0.2, 0.6};
static const struct fm_mixture normal = {1, 1, one, zero, one},
                               pair = {2, 1, halves, means, variances};

struct bridge_case {
    struct test_plugin path, oracle;
    struct fm_problem problem;
    struct fm_closed_form form;
    void *scratch;
};

static void bridge_at(const struct fm_problem *problem, double t,
                      struct fm_path_bridge *bridge)
{
    const struct test_plugin *path = problem->path_context;
    path->plugin->path->bridge(path->options, 1, &t, bridge);
}

static void open_case(struct bridge_case *c, const char *name, const char *options)
{
    struct fm_error err = {0};
    test_plugin_open(&c->path, FM_PATH, name, options);
    test_plugin_open(&c->oracle, FM_NETWORK, "oracle", NULL);
    c->problem = (struct fm_problem){.dim = 1,
                                     .source = &normal,
                                     .data = &pair,
                                     .is_independent = true,
                                     .bridge = bridge_at,
                                     .path_context = &c->path};
    ck_ok(c->oracle.plugin->network->prepare(c->oracle.options, &c->oracle.services,
                                             &c->problem, &c->form, &err));
    c->scratch = fm_arena_take(&c->oracle.arena, c->form.scratch_bytes, 1);
}

static void close_case(struct bridge_case *c)
{
    test_plugin_close(&c->path);
    test_plugin_close(&c->oracle);
}

static double density(const struct bridge_case *c, double t, double x)
{
    struct fm_error err = {0};
    double log_p;
    ck_ok(c->oracle.plugin->network->log_density(&c->form, 1, &t, &x, &log_p, c->scratch,
                                                 &err));
    return exp(log_p);
}

static double velocity(const struct bridge_case *c, double t, double x)
{
    struct fm_error err = {0};
    double v;
    ck_ok(c->oracle.plugin->network->evaluate(&c->form, 1, &t, &x, &v, c->scratch, &err));
    return v;
}

static const struct {
    const char *name, *options;
    double end_variance;
} bridges[] = {{"icfm", "{sigma: 0.5}", 0.25}, {"sb", "{sigma: 0.8}", 0}};

/* dp/dt + d(p v)/dx = 0, by differences. */
START_TEST(the_oracle_of_a_bridge_obeys_the_continuity_equation)
{
    const double h = 1e-4;
    struct bridge_case c;
    open_case(&c, bridges[_i].name, bridges[_i].options);
    for (double t = 0.1; t < 0.95; t += 0.2)
        for (double x = -2; x < 3; x += 0.7) {
            double rate = (density(&c, t + h, x) - density(&c, t - h, x)) / (2 * h);
            double flux = (density(&c, t, x + h) * velocity(&c, t, x + h)
                           - density(&c, t, x - h) * velocity(&c, t, x - h))
                          / (2 * h);
            ck_near(rate + flux, 0, 1e-6);
        }
    close_case(&c);
}
END_TEST

START_TEST(the_oracle_of_a_bridge_has_the_ends_of_the_path)
{
    struct bridge_case c;
    open_case(&c, bridges[_i].name, bridges[_i].options);
    for (double x = -2; x < 3; x += 0.5) {
        double p0 = 0, p1 = 0, v = 1 + bridges[_i].end_variance;
        p0 = exp(-x * x / 2 / v) / sqrt(2 * pi * v);
        for (int k = 0; k < 2; k++) {
            double z = x - means[k];
            v = variances[k] + bridges[_i].end_variance;
            p1 += halves[k] * exp(-z * z / 2 / v) / sqrt(2 * pi * v);
        }
        ck_near(density(&c, 0, x), p0, 1e-14);
        ck_near(density(&c, 1, x), p1, 1e-14);
        ck_assert(isfinite(velocity(&c, 0, x)) && isfinite(velocity(&c, 1, x)));
    }
    close_case(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("paths");
    TCase *tc = tcase_create("affine paths");
    tcase_add_loop_test(tc, paths_have_the_formulas_of_the_literature, 0, N_AFFINE);
    tcase_add_loop_test(tc, ends_are_finite_and_sigma_sigma_prime_has_its_limit, 0,
                        N_AFFINE);
    suite_add_tcase(suite, tc);
    tc = tcase_create("conversions");
    tcase_add_loop_test(tc, conversions_invert_each_other, 0, N_AFFINE);
    tcase_add_test(tc, with_noise_left_at_the_end_x1_gives_the_velocity);
    suite_add_tcase(suite, tc);
    tc = tcase_create("bridges");
    tcase_add_loop_test(tc, the_oracle_of_a_bridge_obeys_the_continuity_equation, 0, 2);
    tcase_add_loop_test(tc, the_oracle_of_a_bridge_has_the_ends_of_the_path, 0, 2);
    suite_add_tcase(suite, tc);
    return test_main(suite);
}

/* The fit of the order of convergence to artificial errors. */
#include <config.h>

#include "check/fit.h"
#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { N = 3 };

/* Writes the errors on a grid of step h. */
typedef void law(double h, double *errors);

static enum fm_status errors_of(void *context, size_t n_steps, double *errors,
                                struct fm_error *err)
{
    law *const *of = context;
    (void)err;
    (*of)(1 / (double)n_steps, errors);
    return FM_OK;
}

static struct fm_order_fit fit_of(law *of, unsigned order)
{
    struct fm_order_fit fit;
    struct fm_error err = {0};
    ck_ok(fm_fit_order(
        &(struct fm_convergence){
            .solve = errors_of, .context = &of, .n_errors = N, .order = order},
        &fit, &err));
    return fit;
}

static void all(double e, double *errors)
{
    for (size_t i = 0; i < N; i++)
        errors[i] = e * ((double)i + 1);
}

static void clean(double h, double *errors)
{
    all(2 * pow(h, 3), errors);
}

/* The next term is as large as the first at h = 1/40; rounding at 1e-14. */
static void with_next_term(double h, double *errors)
{
    all(3 * pow(h, 5) * (1 + 40 * h) + 1e-14 * sin(1e6 * h), errors);
}

/* Each error passes through zero on some grid of the fit. */
static void through_zero(double h, double *errors)
{
    for (size_t i = 0; i < N; i++)
        errors[i] = pow(h, 4) * (1 - h * (500 + 200 * (double)i));
}

/* rk4 with a coefficient wrong in the fourth digit. */
static void mistyped(double h, double *errors)
{
    all(10 * pow(h, 4) + 1e-4 * h, errors);
}

/* An inner iteration stops at 1e-10. */
static void with_level(double h, double *errors)
{
    all(pow(h, 4) + 1e-10, errors);
}

static void exact(double h, double *errors)
{
    all(1e-15 * h, errors);
}

static void diverging(double h, double *errors)
{
    all(h > 0.02 ? (double)NAN : 50 * pow(h, 2), errors);
}

START_TEST(an_order_is_found)
{
    ck_near(fit_of(clean, 3).order, 3, 1e-3);
    ck_near(fit_of(clean, 1).order, 3, 1e-3); /* also with another expectation */
    ck_near(fit_of(clean, 5).order, 3, 1e-3);
    ck_near(fit_of(with_next_term, 5).order, 5, 0.03);
    ck_near(fit_of(diverging, 2).order, 2, 1e-3);
}
END_TEST

START_TEST(errors_that_cross_zero_do_not_bend_it)
{
    ck_near(fit_of(through_zero, 4).order, 4, 1e-2);
}
END_TEST

START_TEST(a_wrong_coefficient_shows_on_fine_grids)
{
    ck_near(fit_of(mistyped, 4).order, 1, 0.05);
}
END_TEST

START_TEST(a_plateau_above_rounding_is_left_out)
{
    ck_near(fit_of(with_level, 4).order, 4, 0.1);
}
END_TEST

START_TEST(exact_results_have_no_order)
{
    struct fm_order_fit fit = fit_of(exact, 2);
    ck_assert(fit.is_exact && isnan(fit.order));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fit");
    TCase *order = tcase_create("order");
    tcase_add_test(order, an_order_is_found);
    tcase_add_test(order, errors_that_cross_zero_do_not_bend_it);
    tcase_add_test(order, a_wrong_coefficient_shows_on_fine_grids);
    tcase_add_test(order, a_plateau_above_rounding_is_left_out);
    tcase_add_test(order, exact_results_have_no_order);
    suite_add_tcase(suite, order);
    return test_main(suite);
}

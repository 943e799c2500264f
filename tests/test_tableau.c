/* The order conditions compared with known counts and methods, and the coefficients of
 * every Runge-Kutta plugin with the conditions. */
#include <config.h>

#include "host/tableau.h"
#include "support.h"
#include "test_solvers.h"

#include <math.h>

/* 1, 1, 2, 4, 9, 20, 48, 115, 286, 719 trees (OEIS A000081): 17 up to order 5. */
START_TEST(the_number_of_trees_is_the_known_one)
{
    static const size_t expected[] = {1, 1, 2, 4, 9, 20, 48, 115, 286, 719};
    for (size_t n = 1; n <= FM_TABLEAU_MAX_ORDER; n++) {
        struct fm_tree tree = fm_tree_first(n);
        size_t count = 1;
        while (fm_tree_next(&tree))
            count++;
        ck_assert_uint_eq(count, expected[n - 1]);
    }
}
END_TEST

/* Conditions up to order 5: Hairer, Norsett, Wanner 1993, Solving ODEs I, II.2 table 2.2,
 * with 1 / gamma, and c for the row sums of a. */
START_TEST(conditions_have_the_text_of_the_textbook)
{
    static const char *const expected[] = {
        "sum_i b_i = 1",
        "sum_i b_i c_i = 1/2",
        "sum_ij b_i a_ij c_j = 1/6",
        "sum_i b_i c_i^2 = 1/3",
        "sum_ijk b_i a_ij a_jk c_k = 1/24",
        "sum_ij b_i a_ij c_j^2 = 1/12",
        "sum_ij b_i c_i a_ij c_j = 1/8",
        "sum_i b_i c_i^3 = 1/4",
        "sum_ijkl b_i a_ij a_jk a_kl c_l = 1/120",
        "sum_ijk b_i a_ij a_jk c_k^2 = 1/60",
        "sum_ijk b_i a_ij c_j a_jk c_k = 1/40",
        "sum_ijk b_i c_i a_ij a_jk c_k = 1/30",
        "sum_ij b_i a_ij c_j^3 = 1/20",
        "sum_ij b_i c_i a_ij c_j^2 = 1/15",
        "sum_ijk b_i a_ij c_j a_ik c_k = 1/20",
        "sum_ij b_i c_i^2 a_ij c_j = 1/10",
        "sum_i b_i c_i^4 = 1/5",
    };
    size_t k = 0;
    for (size_t n = 1; n <= 5; n++) {
        struct fm_tree tree = fm_tree_first(n);
        do {
            char text[FM_TABLEAU_TEXT];
            fm_tree_condition(&tree, "b", text);
            ck_assert_str_eq(text, expected[k++]);
        } while (fm_tree_next(&tree));
    }
    ck_assert_uint_eq(k, sizeof expected / sizeof *expected);
}
END_TEST

static void check_shape(const char *name, const struct fm_solver *solver)
{
    char mistake[FM_TABLEAU_TEXT];
    if (!solver->scheme.tableau)
        return;
    ck_assert_msg(!fm_tableau_mistake(solver->scheme.tableau, mistake), "%s: %s", name,
                  mistake);
    ck_assert_msg(
        solver->scheme.tableau->is_fsal == fm_tableau_is_fsal(solver->scheme.tableau),
        "%s: is_fsal says %d, the last row and the weights say %d", name,
        solver->scheme.tableau->is_fsal, fm_tableau_is_fsal(solver->scheme.tableau));
}

START_TEST(each_node_is_the_sum_of_its_row_and_fsal_is_declared_where_it_holds)
{
    test_every_solver(check_shape);
}
END_TEST

/* Checks that the order is exactly the declared one, and that conditions hold up to a few
 * roundings. */
static void check_weights(const char *name, const struct fm_tableau *t,
                          const double *weights, unsigned order)
{
    struct fm_tableau_order found = fm_tableau_order(t, weights, name);
    ck_assert_msg(found.order == order, "%s: order %u, not the declared %u: %s", name,
                  found.order, order, found.violated);
    ck_assert_msg(found.defect < 8 * 0x1p-53, "%s is off by %g", name, found.defect);
}

static void check_order(const char *name, const struct fm_solver *solver)
{
    const struct fm_tableau *t = solver->scheme.tableau;
    char embedded[128];
    if (!t)
        return;
    check_weights(name, t, t->b, t->order);
    (void)snprintf(embedded, sizeof embedded, "%s's embedded row", name);
    if (t->b_embedded)
        check_weights(embedded, t, t->b_embedded, t->embedded_order);
}

START_TEST(each_row_of_weights_has_exactly_its_declared_order)
{
    test_every_solver(check_order);
}
END_TEST

/* Kutta's method as typed in a config, for tests to change. */
struct typed {
    double a[16], b[4], c[4];
    struct fm_tableau tableau;
};

static void make_rk4(struct typed *t)
{
    *t = (struct typed){.a = {0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1, 0},
                        .b = {0.1666666666666667, 0.3333333333333333, 0.3333333333333333,
                              0.1666666666666667},
                        .c = {0, 0.5, 0.5, 1}};
    t->tableau = (struct fm_tableau){.n_stages = 4, .a = t->a, .b = t->b, .c = t->c};
}

static void expect(const struct typed *t, unsigned order, const char *violated)
{
    struct fm_tableau_order found = fm_tableau_order(&t->tableau, t->b, "b");
    ck_assert_uint_eq(found.order, order);
    ck_assert_str_eq(found.violated, violated);
}

/* Order 5 fails: Simpson's rule gives the integral of t^4 as 2/3 1/16 + 1/6 = 5/24. */
START_TEST(rounded_decimals_have_the_order_of_the_exact_numbers)
{
    struct typed t;
    make_rk4(&t);
    expect(&t, 4, "sum_i b_i c_i^4 = 1/5 (it is 0.2083333333333)");
    ck_assert(fm_tableau_order(&t.tableau, t.b, "b").defect < 1e-15);
}
END_TEST

/* Each text was written by hand; a sum over a row is that row's c unless the text says
 * otherwise. */
START_TEST(the_message_names_the_simplest_failing_condition)
{
    struct typed t;
    make_rk4(&t);
    t.b[3] = 0.1; /* 1/6 + 1/3 + 1/3 + 1/10 = 14/15 */
    expect(&t, 0, "sum_i b_i = 1 (it is 0.9333333333333)");

    make_rk4(&t);
    t.b[0] = t.b[1] = t.b[2] = t.b[3] =
        0.25; /* (1/2 + 1/2 + 1) / 4;  (1/4 + 1/4 + 1) / 4 */
    expect(&t, 2, "sum_i b_i c_i^2 = 1/3 (it is 0.375)");

    /* The second half step starts from the beginning: 1/3 0 + 1/6 1/2. */
    make_rk4(&t);
    t.a[9] = 0, t.a[8] = 0.5;
    expect(&t, 2, "sum_ij b_i a_ij c_j = 1/6 (it is 0.08333333333333)");

    /* The nodes of a published library's rk4: 1/6 0 + 1/3 0 + 1/3 1/2 + 1/6 1/2. */
    make_rk4(&t);
    t.c[1] = 0, t.c[2] = t.c[3] = 0.5;
    expect(&t, 1, "sum_i b_i c_i = 1/2 (it is 0.25)");

    /* Kutta's third-order method with a stage that nothing uses: 2/3 1/8 + 1/6 = 1/4 holds,
     * b_3 c_3 a_32 c_2 = 1/6 2 1/2 = 1/6 not. */
    t = (struct typed){.a = {0, 0, 0, 0, 0.5, 0, 0, 0, -1, 2, 0, 0, 0, 0, 0, 0},
                       .b = {1.0 / 6, 2.0 / 3, 1.0 / 6, 0},
                       .c = {0, 0.5, 1, 0}};
    t.tableau = (struct fm_tableau){.n_stages = 4, .a = t.a, .b = t.b, .c = t.c};
    expect(&t, 3, "sum_ij b_i c_i a_ij c_j = 1/8 (it is 0.1666666666667)");
}
END_TEST

START_TEST(mistakes_of_shape_give_messages_with_their_place)
{
    struct typed t;
    char mistake[FM_TABLEAU_TEXT];
    make_rk4(&t);
    ck_assert(!fm_tableau_mistake(&t.tableau, mistake));
    ck_assert_str_eq(mistake, "");
    t.a[9] = 0.4;
    ck_assert(fm_tableau_mistake(&t.tableau, mistake));
    ck_assert_str_eq(mistake, "c[2] is 0.5 but row a[2] adds up to 0.4");
    make_rk4(&t);
    t.a[6] = 0.25;
    ck_assert(fm_tableau_mistake(&t.tableau, mistake));
    ck_assert_str_eq(
        mistake, "a[1][2] is 0.25; an explicit method has zeros on and above the diagonal");
    make_rk4(&t);
    t.tableau.is_fsal = true;
    ck_assert(fm_tableau_mistake(&t.tableau, mistake));
    ck_assert_str_eq(mistake,
                     "it is_fsal, but the last row of a is not b or the last c is not 1");
    make_rk4(&t);
    t.c[1] = (double)NAN;
    ck_assert(fm_tableau_mistake(&t.tableau, mistake));
    t.tableau.n_stages = FM_MAX_STAGES + 1;
    ck_assert(fm_tableau_mistake(&t.tableau, mistake));
    ck_assert_str_eq(mistake, "a tableau has 1 to 32 stages, not 33");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tableau");
    TCase *conditions = tcase_create("order conditions");
    tcase_add_test(conditions, the_number_of_trees_is_the_known_one);
    tcase_add_test(conditions, conditions_have_the_text_of_the_textbook);
    tcase_add_test(conditions,
                   each_node_is_the_sum_of_its_row_and_fsal_is_declared_where_it_holds);
    tcase_add_test(conditions, each_row_of_weights_has_exactly_its_declared_order);
    tcase_add_test(conditions, rounded_decimals_have_the_order_of_the_exact_numbers);
    tcase_add_test(conditions, the_message_names_the_simplest_failing_condition);
    tcase_add_test(conditions, mistakes_of_shape_give_messages_with_their_place);
    suite_add_tcase(suite, conditions);
    return test_main(suite);
}

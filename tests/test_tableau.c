/* The coefficients of every Runge-Kutta plugin against the order conditions, generated from
 * rooted trees.
 *
 * A method of s stages has order p when, for every rooted tree of at most p vertices,
 *   sum_i b_i phi_i(tree) = 1 / gamma(tree),
 *   phi_i(tree) = product over the root's subtrees of sum_j a_ij phi_j(subtree),
 *   gamma(tree) = n_vertices(tree) * product over the subtrees of gamma(subtree).
 * Source: Butcher 1963; Hairer, Norsett, Wanner 1993, Solving ODEs I, II.2 theorem 2.13. */
#include <config.h>

#include "support.h"
#include "test_solvers.h"

#include <math.h>

enum { MAX_ORDER = 9, MAX_TREES = 512 };

struct tree {
    size_t n_vertices, n_children;
    size_t children[MAX_ORDER]; /* places in trees[], never rising */
    double gamma;
};

static struct tree trees[MAX_TREES];
static size_t n_trees;

/* Completes `tree`, which lacks n_left vertices, by subtrees from `last` downwards. */
static void grow(struct tree tree, size_t n_left, size_t last)
{
    if (n_left == 0) {
        ck_assert_uint_lt(n_trees, MAX_TREES);
        tree.gamma = (double)tree.n_vertices;
        for (size_t i = 0; i < tree.n_children; i++)
            tree.gamma *= trees[tree.children[i]].gamma;
        trees[n_trees++] = tree;
        return;
    }
    for (size_t child = 0; child <= last && child < n_trees; child++) {
        if (trees[child].n_vertices > n_left)
            break;
        struct tree next = tree;
        next.children[next.n_children++] = child;
        grow(next, n_left - trees[child].n_vertices, child);
    }
}

static void make_trees(void)
{
    n_trees = 0;
    for (size_t n = 1; n <= MAX_ORDER; n++) {
        size_t n_smaller = n_trees;
        grow((struct tree){.n_vertices = n}, n - 1, n_smaller ? n_smaller - 1 : 0);
    }
}

/* sum_i b_i phi_i(tree) for all trees, or with the absolute values of all coefficients. */
static void elementary_weights(const struct fm_tableau *t, const double *b,
                               bool is_absolute, double *weights)
{
    static double phi[MAX_TREES][FM_MAX_STAGES];
    for (size_t k = 0; k < n_trees; k++) {
        weights[k] = 0;
        for (size_t i = 0; i < t->n_stages; i++) {
            phi[k][i] = 1;
            for (size_t c = 0; c < trees[k].n_children; c++) {
                double sum = 0;
                for (size_t j = 0; j < t->n_stages; j++) {
                    double a = t->a[i * t->n_stages + j];
                    sum += (is_absolute ? fabs(a) : a) * phi[trees[k].children[c]][j];
                }
                phi[k][i] *= sum;
            }
            weights[k] += (is_absolute ? fabs(b[i]) : b[i]) * phi[k][i];
        }
    }
}

/* All conditions up to `order` hold, to a hundred roundings of their largest terms, and
 * one of the next order does not: the order declared is the order. */
static void check_weights(const char *name, const struct fm_tableau *t, const double *b,
                          size_t order)
{
    double weights[MAX_TREES], sizes[MAX_TREES], next = 0;
    ck_assert_uint_lt(order, MAX_ORDER);
    elementary_weights(t, b, false, weights);
    elementary_weights(t, b, true, sizes);
    for (size_t k = 0; k < n_trees; k++) {
        double defect = fabs(weights[k] - 1 / trees[k].gamma);
        if (trees[k].n_vertices <= order)
            ck_assert_msg(defect <= 100 * 0x1p-53 * (sizes[k] + 1),
                          "%s: tree %zu of order %zu is off by %g", name, k,
                          trees[k].n_vertices, defect);
        else if (trees[k].n_vertices == order + 1)
            next = fmax(next, defect);
    }
    ck_assert_msg(next > 1e-8, "%s has a higher order than %zu", name, order);
}

/* 1, 1, 2, 4, 9, 20, 48, 115, 286 trees (OEIS A000081): 17 conditions up to order 5. */
START_TEST(there_are_as_many_trees_as_there_should_be)
{
    static const size_t expected[] = {0, 1, 1, 2, 4, 9, 20, 48, 115, 286};
    size_t counts[MAX_ORDER + 1] = {0};
    make_trees();
    for (size_t k = 0; k < n_trees; k++)
        counts[trees[k].n_vertices]++;
    for (size_t n = 1; n <= MAX_ORDER; n++)
        ck_assert_uint_eq(counts[n], expected[n]);
}
END_TEST

static void check_sums(const char *name, const struct fm_solver *solver)
{
    const struct fm_tableau *t = solver->scheme.tableau;
    for (size_t i = 0; t && i < t->n_stages; i++) {
        double sum = 0;
        for (size_t j = 0; j < t->n_stages; j++) {
            sum += t->a[i * t->n_stages + j];
            ck_assert(j < i || t->a[i * t->n_stages + j] == 0);
        }
        ck_assert_msg(fabs(sum - t->c[i]) < 2e-14,
                      "%s: c[%zu] is %.17g, its row sums to %.17g", name, i, t->c[i], sum);
    }
}

START_TEST(each_node_is_the_sum_of_its_row)
{
    test_every_solver(check_sums);
}
END_TEST

static void check_order(const char *name, const struct fm_solver *solver)
{
    const struct fm_tableau *t = solver->scheme.tableau;
    if (!t)
        return;
    check_weights(name, t, t->b, t->order);
    if (t->b_embedded) {
        char embedded[128];
        (void)snprintf(embedded, sizeof embedded, "%s's embedded row", name);
        check_weights(embedded, t, t->b_embedded, t->embedded_order);
    }
}

START_TEST(each_row_of_weights_has_exactly_its_declared_order)
{
    make_trees();
    test_every_solver(check_order);
}
END_TEST

static void check_last(const char *name, const struct fm_solver *solver)
{
    const struct fm_tableau *t = solver->scheme.tableau;
    if (!t)
        return;
    size_t s = t->n_stages;
    bool is_first_of_next = s > 1 && t->c[s - 1] == 1 && t->b[s - 1] == 0;
    for (size_t j = 0; j < s; j++)
        is_first_of_next = is_first_of_next && t->a[(s - 1) * s + j] == t->b[j];
    ck_assert_msg(t->is_fsal == is_first_of_next,
                  "%s: is_fsal says %d, the last row and the weights say %d", name,
                  t->is_fsal, is_first_of_next);
}

START_TEST(fsal_is_declared_where_the_last_row_is_the_weights)
{
    test_every_solver(check_last);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tableau");
    TCase *conditions = tcase_create("order conditions");
    tcase_set_timeout(conditions, 30);
    tcase_add_test(conditions, there_are_as_many_trees_as_there_should_be);
    tcase_add_test(conditions, each_node_is_the_sum_of_its_row);
    tcase_add_test(conditions, each_row_of_weights_has_exactly_its_declared_order);
    tcase_add_test(conditions, fsal_is_declared_where_the_last_row_is_the_weights);
    suite_add_tcase(suite, conditions);
    return test_main(suite);
}

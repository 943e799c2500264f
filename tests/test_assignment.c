#include <config.h>

#include "base/assignment.h"
#include "plugin_support.h"
#include "support.h"

#include <fmrun/rng.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static double *cloud(struct fm_arena *arena, uint64_t seed, size_t n, size_t dim)
{
    double *x = FM_NEW(arena, n * dim, double);
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){seed, 1, 0}, i);
        for (size_t j = 0; j < dim; j++)
            x[i * dim + j] = fm_rng_normal(&r);
    }
    return x;
}

static double *squared_distances(struct fm_arena *arena, size_t n, size_t dim,
                                 const double *a, const double *b)
{
    double *costs = FM_NEW(arena, n * n, double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < dim; k++) {
                double difference = a[i * dim + k] - b[j * dim + k];
                costs[i * n + j] += difference * difference;
            }
    return costs;
}

/* The least sum over all permutations of rows i .. n-1 among the free columns. */
static double brute_force(const double *costs, size_t n, size_t i, unsigned taken)
{
    double best = i == n ? 0 : HUGE_VAL;
    for (size_t j = 0; i < n && j < n; j++)
        if (!(taken >> j & 1))
            best = fmin(best,
                        costs[i * n + j] + brute_force(costs, n, i + 1, taken | 1u << j));
    return best;
}

static void check_permutation(size_t n, const uint32_t *p)
{
    bool *is_taken = calloc(n + 1, sizeof *is_taken);
    ck_assert_ptr_nonnull(is_taken);
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_lt(p[i], n);
        ck_assert_msg(!is_taken[p[i]], "column %u is taken twice", p[i]);
        is_taken[p[i]] = true;
    }
    free(is_taken);
}

/* A proof of optimality: u_i + v_j <= c_ij everywhere, and equality on the pairs. */
static void check_duals(const double *costs, size_t n, const uint32_t *p, const double *u,
                        const double *v, double tolerance)
{
    for (size_t i = 0; i < n; i++) {
        ck_near(u[i] + v[p[i]], costs[i * n + p[i]], tolerance);
        for (size_t j = 0; j < n; j++)
            ck_assert_msg(u[i] + v[j] <= costs[i * n + j] + tolerance,
                          "dual constraint (%zu, %zu) is broken by %g", i, j,
                          u[i] + v[j] - costs[i * n + j]);
    }
}

static double sum_of_pairs(const double *costs, size_t n, const uint32_t *p)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += costs[i * n + p[i]];
    return sum;
}

/* Solves costs, proves the answer optimal by its duals, and returns the sum. */
static double solve_and_prove(const double *costs, size_t n, double tolerance)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    uint32_t *p = FM_NEW(&arena, n, uint32_t);
    double *u = FM_NEW(&arena, n, double), *v = FM_NEW(&arena, n, double);
    ck_ok(fm_assign_costs(&arena, n, costs, p, u, v, &err));
    check_permutation(n, p);
    check_duals(costs, n, p, u, v, tolerance);
    double sum = sum_of_pairs(costs, n, p);
    fm_arena_fini(&arena);
    return sum;
}

START_TEST(small_problems_equal_brute_force)
{
    for (size_t n = 1; n <= 7; n++)
        for (uint64_t seed = 0; seed < 40; seed++) {
            struct fm_error err = {0};
            struct fm_arena arena = {0};
            uint32_t p[7];
            double cost = -1;
            size_t dim = 1 + seed % 3;
            double *a = cloud(&arena, seed, n, dim), *b = cloud(&arena, seed + 100, n, dim);
            double *costs = squared_distances(&arena, n, dim, a, b);
            double expected = brute_force(costs, n, 0, 0);
            ck_ok(fm_assign(&arena, n, dim, a, b, p, &cost, &err));
            check_permutation(n, p);
            ck_near(sum_of_pairs(costs, n, p), expected, 1e-12 * (1 + expected));
            ck_near(cost, expected / (double)n, 1e-12 * (1 + expected));
            ck_near(solve_and_prove(costs, n, 1e-12), expected, 1e-12 * (1 + expected));
            fm_arena_fini(&arena);
        }
}
END_TEST

START_TEST(small_integer_costs_with_ties_equal_brute_force)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        double costs[36];
        struct fm_rng r = fm_rng_at((struct fm_stream){seed, 2, 0}, 0);
        for (size_t i = 0; i < 36; i++)
            costs[i] = (double)fm_rng_below(&r, 5) - 2;
        ck_near(solve_and_prove(costs, 6, 0), brute_force(costs, 6, 0, 0), 0);
    }
}
END_TEST

START_TEST(duals_prove_the_optimum_around_block_sizes)
{
    const size_t sizes[] = {31, 32, 33, 63, 64, 65, 100, 257};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (size_t dim = 1; dim <= 12; dim += dim < 3 ? 1 : 9) {
            struct fm_error err = {0};
            struct fm_arena arena = {0};
            const size_t n = sizes[k];
            uint32_t *p = FM_NEW(&arena, n, uint32_t);
            double *a = cloud(&arena, k, n, dim), *b = cloud(&arena, k + 100, n, dim),
                   cost = -1;
            double *costs = squared_distances(&arena, n, dim, a, b);
            double sum = solve_and_prove(costs, n, 1e-11);
            ck_ok(fm_assign(&arena, n, dim, a, b, p, &cost, &err));
            check_permutation(n, p);
            ck_near(cost * (double)n, sum, 1e-11 * sum);
            ck_near(sum_of_pairs(costs, n, p), sum, 1e-11 * sum);
            fm_arena_fini(&arena);
        }
}
END_TEST

START_TEST(random_integer_costs_are_solved_exactly)
{
    enum { N = 150 };
    static double costs[N * N];
    for (uint64_t seed = 0; seed < 6; seed++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){seed, 3, 0}, 0);
        for (size_t i = 0; i < (size_t)N * N; i++)
            costs[i] = fm_rng_below(&r, seed < 3 ? 4 : 1000);
        (void)solve_and_prove(costs, N, 1e-9);
    }
}
END_TEST

START_TEST(a_thousand_points_cost_what_scipy_says)
{
    /* a_i = (sin(3 i), cos(5 i) + sin(i) / 2), b_i = (2 cos(7 i) + 1, sin(11 i) cos(2 i)),
     * i = 0 .. 999: scipy 1.10.1 linear_sum_assignment and POT 0.8.2 emd agree on all
     * digits given */
    enum { N = 1000 };
    static double a[N][2], b[N][2];
    static uint32_t p[N];
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    double cost = -1;
    for (size_t i = 0; i < N; i++) {
        double x = (double)i;
        a[i][0] = sin(3 * x);
        a[i][1] = cos(5 * x) + sin(x) / 2;
        b[i][0] = 2 * cos(7 * x) + 1;
        b[i][1] = sin(11 * x) * cos(2 * x);
    }
    ck_ok(fm_assign(&arena, N, 2, *a, *b, p, &cost, &err));
    check_permutation(N, p);
    ck_near(cost, 1.62632165518282, 1e-13);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(a_shift_of_any_length_is_undone)
{
    for (double shift = 1; shift < 1e7; shift *= 100) {
        struct fm_error err = {0};
        struct fm_arena arena = {0};
        enum { N = 200 };
        uint32_t p[N];
        double *a = cloud(&arena, 5, N, 2), *b = FM_NEW(&arena, (size_t)N * 2, double),
               cost = -1;
        for (size_t i = 0; i < (size_t)N * 2; i++)
            b[i] = a[(size_t)N * 2 - 2 - i / 2 * 2 + i % 2] + shift;
        ck_ok(fm_assign(&arena, N, 2, a, b, p, &cost, &err));
        for (size_t i = 0; i < N; i++)
            ck_assert_uint_eq(p[i], N - 1 - i);
        ck_near(cost, 2 * shift * shift, 1e-9 * shift * shift);
        fm_arena_fini(&arena);
    }
}
END_TEST

START_TEST(equal_points_are_assigned)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    enum { N = 100 };
    uint32_t p[N];
    double a[N] = {0}, b[N] = {0}, cost = -1;
    ck_ok(fm_assign(&arena, N, 1, a, b, p, &cost, &err));
    check_permutation(N, p);
    ck_assert_double_eq(cost, 0);
    for (size_t i = 0; i < N;
         i++) { /* sorted, each value of a 50 times: sum (|i/50| - i % 2)^2 */
        a[i] = (double)(i / 50);
        b[i] = (double)(i % 2);
    }
    ck_ok(fm_assign(&arena, N, 1, a, b, p, &cost, &err));
    check_permutation(N, p);
    ck_assert_double_eq(cost, 0);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(one_dimension_pairs_by_rank)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    enum { N = 300 };
    uint32_t p[N];
    double a[N], b[N], cost = -1;
    for (size_t i = 0; i < N; i++) { /* ranks: a_i has i, b_j has (7 j) mod 300 */
        a[i] = (double)i + 0.25 * sin((double)i);
        b[i] = (double)(i * 7 % N) * 1.5 + 10;
    }
    ck_ok(fm_assign(&arena, N, 1, a, b, p, &cost, &err));
    for (size_t i = 0; i < N; i++)
        ck_assert_uint_eq(p[i] * 7 % N, i);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(equal_problems_have_equal_answers)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    enum { N = 500 };
    uint32_t p[N], q[N];
    double *a = cloud(&arena, 1, N, 2), *b = cloud(&arena, 2, N, 2), first = -1,
           second = -1;
    ck_ok(fm_assign(&arena, N, 2, a, b, p, &first, &err));
    ck_ok(fm_assign(&arena, N, 2, a, b, q, &second, &err));
    ck_assert_int_eq(memcmp(p, q, sizeof p), 0);
    ck_assert_int_eq(memcmp(&first, &second, sizeof first), 0);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(nothing_is_assigned_for_free)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    double cost = -1, number = 1;
    ck_ok(fm_assign(&arena, 0, 2, &number, &number, NULL, &cost, &err));
    ck_assert_double_eq(cost, 0);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(coordinates_that_are_not_finite_are_an_error)
{
    const double bad[] = {NAN, HUGE_VAL, -HUGE_VAL, 1e200};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct fm_error err = {0};
        struct fm_arena arena = {0};
        uint32_t p[2] = {7, 7};
        double a[4] = {0, 1, 2, 3}, b[4] = {0, 1, bad[k], 3}, cost = -1;
        ck_fails(fm_assign(&arena, 2, 2, a, b, p, &cost, &err), FM_ERROR_DIVERGED,
                 "finite");
        ck_fails(fm_assign(&arena, 2, 2, b, a, p, &cost, &err), FM_ERROR_DIVERGED,
                 "finite");
        ck_fails(fm_assign_costs(&arena, 2, b, p, NULL, NULL, &err), FM_ERROR_DIVERGED,
                 "finite");
        ck_assert_uint_eq(p[0], 7);
        ck_assert_double_eq(cost, -1);
        fm_arena_fini(&arena);
    }
}
END_TEST

START_TEST(running_out_of_memory_is_an_error)
{
    for (size_t k = 1; k < 40; k++) {
        struct fm_error err = {0};
        struct fm_arena arena = {0}, inputs = {0};
        uint32_t p[40];
        double *a = cloud(&inputs, 1, 40, 9), *b = cloud(&inputs, 2, 40, 9), cost = -1;
        fm_arena_fail_after(k);
        enum fm_status status = fm_assign(&arena, 40, 9, a, b, p, &cost, &err);
        fm_arena_fail_after(0);
        if (status == FM_OK) {
            ck_assert_uint_gt(k, 10);
            fm_arena_fini(&arena);
            fm_arena_fini(&inputs);
            return;
        }
        ck_assert_int_eq(status, FM_ERROR_MEMORY);
        fm_arena_fini(&arena);
        fm_arena_fini(&inputs);
    }
    ck_abort_msg("40 allocations and no end");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("assignment");
    TCase *optimum = tcase_create("optimum"), *edges = tcase_create("edges");
    tcase_add_test(optimum, small_problems_equal_brute_force);
    tcase_add_test(optimum, small_integer_costs_with_ties_equal_brute_force);
    tcase_add_test(optimum, duals_prove_the_optimum_around_block_sizes);
    tcase_add_test(optimum, random_integer_costs_are_solved_exactly);
    tcase_add_test(optimum, a_thousand_points_cost_what_scipy_says);
    tcase_add_test(optimum, a_shift_of_any_length_is_undone);
    tcase_add_test(optimum, one_dimension_pairs_by_rank);
    tcase_add_test(edges, equal_points_are_assigned);
    tcase_add_test(edges, equal_problems_have_equal_answers);
    tcase_add_test(edges, nothing_is_assigned_for_free);
    tcase_add_test(edges, coordinates_that_are_not_finite_are_an_error);
    tcase_add_test(edges, running_out_of_memory_is_an_error);
    suite_add_tcase(suite, optimum);
    suite_add_tcase(suite, edges);
    return test_main(suite);
}

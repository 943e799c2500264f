/* Parts of a data set for training, validation and test. */
#include <config.h>

#include "base/stream.h"
#include "host/data.h"
#include "support.h"

#include <math.h>
#include <string.h>

static struct fm_error err;

static void read_index(const void *options, const struct fm_dataset *d, size_t index,
                       double *x)
{
    (void)options, (void)d;
    *x = (double)index;
}

/* Draws a number that is different for every row and stream. */
static void draw_number(const void *options, const struct fm_dataset *d,
                        struct fm_stream stream, uint64_t first_row, size_t n, double *x)
{
    (void)options, (void)d;
    for (size_t i = 0; i < n; i++)
        x[i] = 1e9 * (double)stream.seed + 1e7 * (double)stream.stream
               + 1e5 * (double)stream.step + (double)(first_row + i);
}

static const struct fm_dataset_ops finite_ops = {.size = sizeof finite_ops,
                                                 .read = read_index};
static const struct fm_dataset_ops drawn_ops = {.size = sizeof drawn_ops,
                                                .draw = draw_number};

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Writes the rows of a part in rising order, from one epoch of a stream. */
static void sorted_rows(const struct fm_data *part, uint32_t stream, uint32_t epoch,
                        double *x)
{
    const size_t n = fm_data_n_rows(part);
    fm_data_rows(part, (struct fm_stream){3, stream, epoch}, n, 0, n, x);
    qsort(x, n, sizeof *x, compare);
}

enum { N = 101, N_TEST = 20, N_VALIDATION = 11 };

static void take_parts(struct fm_arena *arena, const struct fm_data *whole, uint64_t seed,
                       struct fm_data *parts)
{
    ck_ok(fm_data_take(arena, whole, seed, N, 0, N_TEST, &parts[0], &err));
    ck_ok(fm_data_take(arena, whole, seed, N, N_TEST, N_VALIDATION, &parts[1], &err));
    ck_ok(fm_data_take(arena, whole, seed, N, N_TEST + N_VALIDATION,
                       N - N_TEST - N_VALIDATION, &parts[2], &err));
}

START_TEST(parts_of_a_finite_set_have_each_row_once)
{
    struct fm_arena arena = {0};
    struct fm_data whole = {&finite_ops, NULL, {.dim = 1, .n_rows = N}}, parts[3];
    double x[N];
    take_parts(&arena, &whole, 5, parts);
    sorted_rows(&parts[0], 1, 0, x);
    sorted_rows(&parts[1], 1, 0, x + N_TEST);
    sorted_rows(&parts[2], 1, 0, x + N_TEST + N_VALIDATION);
    qsort(x, N, sizeof *x, compare);
    for (size_t i = 0; i < N; i++)
        ck_assert(x[i] == (double)i);
    fm_arena_fini(&arena);
}
END_TEST

/* The mean of 20 of 0 .. 100 without replacement has standard deviation
 * sqrt(101 * 102 / 12 / 20 * 81 / 101) = 5.9; parts that are the first rows have 9.5. */
START_TEST(parts_are_random_and_follow_from_the_seed)
{
    struct fm_arena arena = {0};
    struct fm_data whole = {&finite_ops, NULL, {.dim = 1, .n_rows = N}}, parts[3];
    double first[N], again[N], other[N], mean = 0;
    take_parts(&arena, &whole, 5, parts);
    sorted_rows(&parts[0], 1, 0, first);
    take_parts(&arena, &whole, 5, parts);
    sorted_rows(&parts[0], 2, 9, again); /* for another stream and epoch */
    ck_assert_mem_eq(first, again, N_TEST * sizeof *first);
    take_parts(&arena, &whole, 6, parts);
    sorted_rows(&parts[0], 1, 0, other);
    ck_assert_mem_ne(first, other, N_TEST * sizeof *first);
    for (size_t i = 0; i < N_TEST; i++)
        mean += first[i] / N_TEST;
    ck_assert_double_le(fabs(mean - 50), 4 * 5.9);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(parts_of_a_generated_set_are_drawn_once_and_apart)
{
    struct fm_arena arena = {0};
    struct fm_data whole = {&drawn_ops, NULL, {.dim = 1}}, parts[3];
    double x[N], again[N], all[N];
    take_parts(&arena, &whole, 5, parts);
    ck_assert_uint_eq(fm_data_n_rows(&whole), 0);
    for (size_t k = 0; k < 3; k++) {
        static const size_t firsts[] = {0, N_TEST, N_TEST + N_VALIDATION, N};
        const size_t n = firsts[k + 1] - firsts[k];
        ck_assert_uint_eq(fm_data_n_rows(&parts[k]), n);
        sorted_rows(&parts[k], 1, 0, x);
        sorted_rows(&parts[k], 2, 4, again);
        ck_assert_mem_eq(x, again, n * sizeof *x);
        memcpy(all + firsts[k], x, n * sizeof *x);
    }
    ck_assert(all[N_TEST - 1] - all[0] > N_TEST); /* not the first rows */
    qsort(all, N, sizeof *all, compare);
    for (size_t i = 0; i < N; i++)
        ck_assert(all[i] == 5e9 + 1e7 * FM_STREAM_SPLIT + (double)i);
    fm_arena_fini(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("split");
    TCase *tcase = tcase_create("parts");
    tcase_add_test(tcase, parts_of_a_finite_set_have_each_row_once);
    tcase_add_test(tcase, parts_are_random_and_follow_from_the_seed);
    tcase_add_test(tcase, parts_of_a_generated_set_are_drawn_once_and_apart);
    suite_add_tcase(suite, tcase);
    return test_main(suite);
}

/* Finite data sets: the order in which training reads their rows. */
#include <config.h>

#include "base/stream.h"
#include "host/data.h"
#include "support.h"

#include <math.h>
#include <string.h>

static bool is_permutation(struct fm_stream name, size_t n)
{
    bool *seen = calloc(n, sizeof *seen);
    ck_assert_ptr_nonnull(seen);
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        size_t place = fm_shuffle(name, n, i);
        n_seen += place < n && !seen[place];
        if (place < n)
            seen[place] = true;
    }
    free(seen);
    return n_seen == n;
}

START_TEST(a_shuffle_is_a_permutation)
{
    static const size_t large[] = {511, 512, 513, 4095, 4097, 60000, 65536, 65537, 200003};
    for (size_t n = 1; n <= 300; n++)
        for (uint32_t epoch = 0; epoch < 3; epoch++)
            ck_assert_msg(is_permutation((struct fm_stream){7, 3, epoch}, n), "n = %zu", n);
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        ck_assert_msg(is_permutation((struct fm_stream){1ull << 40, 3, 1}, large[i]),
                      "n = %zu", large[i]);
}
END_TEST

/* Over 9000 epochs each of 6 rows is at each of 6 places 1500 times, with standard
 * deviation sqrt(9000 * 5/36) = 35.4. */
START_TEST(every_row_is_at_every_place_equally_often)
{
    enum { N = 6, N_EPOCHS = 9000 };
    int counts[N][N] = {0};
    for (uint32_t epoch = 0; epoch < N_EPOCHS; epoch++)
        for (size_t i = 0; i < N; i++)
            counts[i][fm_shuffle((struct fm_stream){5, 3, epoch}, N, i)]++;
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            ck_assert_msg(abs(counts[i][j] - 1500) < 5 * 35.4,
                          "row %zu at place %zu: %d times", j, i, counts[i][j]);
}
END_TEST

/* Two permutations of 1000 agree at a place with probability 1/1000: 1 +- 1 times. */
START_TEST(seed_stream_and_epoch_each_give_another_order)
{
    static const struct fm_stream others[] = {
        {1, 2, 4}, {1, 3, 3}, {2, 2, 3}, {1 + (1ull << 32), 2, 3}};
    for (size_t k = 0; k < 4; k++) {
        int n_equal = 0;
        for (size_t i = 0; i < 1000; i++)
            n_equal += fm_shuffle((struct fm_stream){1, 2, 3}, 1000, i)
                       == fm_shuffle(others[k], 1000, i);
        ck_assert_int_lt(n_equal, 8);
    }
}
END_TEST

/* A set whose row i is (i). */
static void read_index(const void *options, const struct fm_dataset *d, size_t index,
                       double *x)
{
    (void)options;
    ck_assert_uint_lt(index, d->n_rows);
    x[0] = (double)index;
}

static const struct fm_dataset_ops ops = {.size = sizeof ops, .read = read_index};

/* Batches of b from n rows, where b does not divide n and may exceed it: step s has places
 * s b .. s b + b - 1, and places e n .. e n + n - 1 have every row once. */
START_TEST(each_epoch_visits_every_row_exactly_once)
{
    static const size_t sizes[][2] = {{1, 1},     {10, 3}, {97, 16},
                                      {100, 100}, {7, 20}, {250, 64}};
    enum { N_EPOCHS = 4 };
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n = sizes[k][0], batch = sizes[k][1], place = 0;
        struct fm_data data = {&ops, NULL, {.dim = 1, .n_rows = n}};
        int visits[N_EPOCHS][250] = {0};
        for (uint32_t step = 0; place < N_EPOCHS * n; step++) {
            double x[100];
            fm_data_rows(&data, (struct fm_stream){3, FM_STREAM_TRAIN_DATA, step}, batch, 0,
                         batch, x);
            for (size_t i = 0; i < batch && place < N_EPOCHS * n; i++, place++)
                visits[place / n][(size_t)x[i]]++;
        }
        for (size_t e = 0; e < N_EPOCHS; e++)
            for (size_t i = 0; i < n; i++)
                ck_assert_msg(visits[e][i] == 1, "%zu rows, batch %zu: row %zu %d times", n,
                              batch, i, visits[e][i]);
    }
}
END_TEST

START_TEST(rows_do_not_depend_on_how_a_batch_is_cut)
{
    struct fm_data data = {&ops, NULL, {.dim = 1, .n_rows = 41}};
    struct fm_stream stream = {3, FM_STREAM_TRAIN_DATA, 9};
    double whole[64], pieces[64];
    fm_data_rows(&data, stream, 64, 0, 64, whole);
    fm_data_rows(&data, stream, 64, 0, 5, pieces);
    fm_data_rows(&data, stream, 64, 5, 40, pieces + 5);
    fm_data_rows(&data, stream, 64, 45, 19, pieces + 45);
    ck_assert_mem_eq(whole, pieces, sizeof whole);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shuffle");
    TCase *order = tcase_create("order");
    tcase_add_test(order, a_shuffle_is_a_permutation);
    tcase_add_test(order, every_row_is_at_every_place_equally_often);
    tcase_add_test(order, seed_stream_and_epoch_each_give_another_order);
    suite_add_tcase(suite, order);
    TCase *epochs = tcase_create("epochs");
    tcase_add_test(epochs, each_epoch_visits_every_row_exactly_once);
    tcase_add_test(epochs, rows_do_not_depend_on_how_a_batch_is_cut);
    suite_add_tcase(suite, epochs);
    return test_main(suite);
}

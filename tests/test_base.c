#include <config.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "support.h"

#include <fmrun/rng.h>
#include <string.h>

START_TEST(philox_gives_the_known_answers_of_random123)
{
    /* kat_vectors of Random123 1.14, philox4x32 10 */
    static const struct {
        uint32_t counter[4], key[2], expected[4];
    } vectors[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint32_t out[4];
        fm_philox(vectors[i].key, vectors[i].counter, out);
        for (size_t j = 0; j < 4; j++)
            ck_assert_uint_eq(out[j], vectors[i].expected[j]);
    }
}
END_TEST

START_TEST(normals_have_the_moments_of_a_normal)
{
    enum { N = 200000 };
    double sums[5] = {0};
    for (uint32_t row = 0; row < N / 4; row++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){7, 1, 3}, row);
        for (int j = 0; j < 4; j++) {
            double z = fm_rng_normal(&r), p = 1;
            for (int k = 1; k < 5; k++)
                sums[k] += p *= z;
        }
    }
    /* standard errors: 1/sqrt(N), sqrt(2/N), sqrt(15/N), sqrt(96/N); five of each */
    ck_assert_double_eq_tol(sums[1] / N, 0, 5 * 0.00224);
    ck_assert_double_eq_tol(sums[2] / N, 1, 5 * 0.00316);
    ck_assert_double_eq_tol(sums[3] / N, 0, 5 * 0.00866);
    ck_assert_double_eq_tol(sums[4] / N, 3, 5 * 0.0219);
}
END_TEST

START_TEST(bounded_integers_are_uniform)
{
    unsigned counts[7] = {0};
    struct fm_rng r = fm_rng_at((struct fm_stream){1, 1, 0}, 0);
    for (int i = 0; i < 70000; i++)
        counts[fm_rng_below(&r, 7)]++;
    for (int i = 0; i < 7; i++) /* sd = sqrt(70000 * 6/49) = 92.6 */
        ck_assert_double_eq_tol(counts[i], 10000, 5 * 92.6);
}
END_TEST

START_TEST(arena_blocks_are_zeroed_aligned_and_disjoint)
{
    struct fm_arena arena = {0};
    unsigned char *last = NULL;
    for (size_t n = 0; n < 3000; n += 211) {
        unsigned char *p = fm_arena_take(&arena, n, 11);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % 64, 0);
        for (size_t i = 0; i < n * 11; i++)
            ck_assert_uint_eq(p[i], 0);
        memset(p, 0xff, n * 11);
        if (last && n > 211)
            ck_assert_uint_eq(last[0], 0xff);
        last = p;
    }
    ck_assert_ptr_null(fm_arena_take(&arena, (size_t)-1 / 2, 3));
    fm_arena_fail_after(2);
    ck_assert_ptr_nonnull(fm_arena_take(&arena, 1, 1));
    ck_assert_ptr_null(fm_arena_take(&arena, 1, 1));
    ck_assert_ptr_null(fm_arena_take(&arena, 1, 1));
    fm_arena_fail_after(0);
    ck_assert_ptr_nonnull(fm_arena_take(&arena, 1, 1));
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(reals_are_written_short_and_read_back_the_same)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {1e-3, "0.001"},
                 {3, "3"},
                 {10, "10"},
                 {-0.0, "0"},
                 {1e-10, "1e-10"},
                 {1.0 / 3, "0.3333333333333333"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fm_text text = {0};
        fm_text_add_real(&text, cases[i].value);
        ck_assert_str_eq(fm_text_bytes(&text), cases[i].text);
        fm_text_fini(&text);
    }
}
END_TEST

START_TEST(nearest_name_is_found_or_none_is_offered)
{
    static const char *const names[] = {"rk4", "euler", "dopri5", "learning_rate", NULL};
    ck_assert_str_eq(fm_nearest("rk5", names, (size_t)-1), "rk4");
    ck_assert_str_eq(fm_nearest("eluer", names, (size_t)-1), "euler");
    ck_assert_str_eq(fm_nearest("learn_rate", names, (size_t)-1), "learning_rate");
    ck_assert_ptr_null(fm_nearest("completely", names, (size_t)-1));
}
END_TEST

START_TEST(sha256_gives_the_known_answer)
{
    char hex[FM_HASH_SIZE];
    fm_hash("abc", 3, hex); /* FIPS 180-4, example B.1 */
    ck_assert_str_eq(hex,
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(a_file_is_replaced_whole_or_not_at_all)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    char path[5000], *bytes;
    size_t n;
    (void)snprintf(path, sizeof path, "%s/a", test_scratch_folder("file"));
    ck_ok(fm_file_write(path, "one", 3, &err));
    ck_ok(fm_file_write(path, "three", 5, &err));
    ck_ok(fm_file_read(&arena, path, 100, &bytes, &n, &err));
    ck_assert_uint_eq(n, 5);
    ck_assert_str_eq(bytes, "three");
    ck_fails(fm_file_read(&arena, path, 4, &bytes, &n, &err), FM_ERROR_NO_INPUT,
             "too large");
    ck_fails(fm_file_read(&arena, "/", 100, &bytes, &n, &err), FM_ERROR_NO_INPUT,
             "not a regular file");
    ck_fails(fm_file_write("/nowhere/at/all", "x", 1, &err), FM_ERROR_IO,
             "/nowhere/at/all");
    fm_arena_fini(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *random = tcase_create("random numbers"),
          *rest = tcase_create("memory, text, files");
    tcase_add_test(random, philox_gives_the_known_answers_of_random123);
    tcase_add_test(random, normals_have_the_moments_of_a_normal);
    tcase_add_test(random, bounded_integers_are_uniform);
    tcase_add_test(rest, arena_blocks_are_zeroed_aligned_and_disjoint);
    tcase_add_test(rest, reals_are_written_short_and_read_back_the_same);
    tcase_add_test(rest, nearest_name_is_found_or_none_is_offered);
    tcase_add_test(rest, sha256_gives_the_known_answer);
    tcase_add_test(rest, a_file_is_replaced_whole_or_not_at_all);
    suite_add_tcase(suite, random);
    suite_add_tcase(suite, rest);
    return test_main(suite);
}

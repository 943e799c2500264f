/* Numbers drawn many at once equal those of fmrun/rng.h drawn one by one, on every
 * instruction set. */
#include <config.h>

#include "base/isa.h"
#include "base/random.h"
#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

static const char *const isas[] = {"portable", "avx2", "avx512"};
enum { N_ISAS = 3, MAX_ROWS = 70, MAX_PER_ROW = 9, SIZE = MAX_ROWS * MAX_PER_ROW };

static const struct fm_stream stream = {0x123456789abcdef0u, 5, 77};

/* Row counts and widths that fill vectors of 16 blocks exactly, and that don't. */
static const size_t rows[] = {1, 2, 15, 16, 17, 64, MAX_ROWS};

START_TEST(uniforms_equal_those_drawn_one_by_one)
{
    double u[SIZE];
    if (!fm_isa_force(isas[_i]))
        return;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (size_t per_row = 1; per_row <= MAX_PER_ROW; per_row++)
            for (uint32_t block = 0; block < 3; block++) {
                const uint64_t first = k % 2 ? 1000 : 0xfffffff0u;
                fm_uniforms(stream, block, first, rows[k], per_row, u);
                for (size_t i = 0; i < rows[k]; i++) {
                    struct fm_rng r = fm_rng_at(stream, first + i);
                    r.counter[0] = block;
                    for (size_t j = 0; j < per_row; j++)
                        ck_assert(u[i * per_row + j] == fm_rng_uniform(&r));
                }
            }
}
END_TEST

START_TEST(normals_equal_those_drawn_one_by_one_up_to_rounding)
{
    double z[SIZE];
    if (!fm_isa_force(isas[_i]))
        return;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (size_t per_row = 1; per_row <= MAX_PER_ROW; per_row++) {
            fm_normals(stream, 1, 3, rows[k], per_row, z);
            for (size_t i = 0; i < rows[k]; i++) {
                struct fm_rng r = fm_rng_at(stream, 3 + i);
                r.counter[0] = 1;
                for (size_t j = 0; j < per_row; j++) {
                    double expected = fm_rng_normal(&r);
                    ck_near(z[i * per_row + j], expected, 2e-15 * (1 + fabs(expected)));
                }
            }
        }
}
END_TEST

/* Data must be the same on every processor. */
START_TEST(normals_and_circle_are_the_same_bits_on_every_set)
{
    double z[SIZE], c[SIZE], s[SIZE], z0[SIZE], c0[SIZE], s0[SIZE], u[SIZE];
    ck_assert(fm_isa_force("portable"));
    fm_normals(stream, 0, 0, MAX_ROWS, MAX_PER_ROW, z0);
    fm_uniforms(stream, 0, 0, MAX_ROWS, MAX_PER_ROW, u);
    fm_circle(SIZE, u, c0, s0);
    if (!fm_isa_force(isas[_i]))
        return;
    fm_normals(stream, 0, 0, MAX_ROWS, MAX_PER_ROW, z);
    fm_circle(SIZE, u, c, s);
    ck_assert_mem_eq(z, z0, sizeof z);
    ck_assert_mem_eq(c, c0, sizeof c);
    ck_assert_mem_eq(s, s0, sizeof s);
}
END_TEST

/* libm's cos and sin of the reduced angle, |x| <= pi: 2 pi r rounds by 2^-52 of it. */
START_TEST(the_circle_is_round)
{
    enum { N = 100003 };
    static double u[N], c[N], s[N];
    const double two_pi = 6.28318530717958647692;
    if (!fm_isa_force(isas[_i]))
        return;
    for (int i = 0; i < N; i++)
        u[i] = 200.0 * (i - N / 2) / N; /* includes quarter turns, and both signs */
    u[0] = 0, u[1] = 0.25, u[2] = -0.5, u[3] = 0.75, u[4] = 1e15, u[5] = 0.125;
    fm_circle(N, u, c, s);
    for (int i = 0; i < N; i++) {
        double r = u[i] - rint(u[i]);
        ck_near(c[i], cos(two_pi * r), 1e-15);
        ck_near(s[i], sin(two_pi * r), 1e-15);
    }
    ck_assert(c[0] == 1 && s[0] == 0 && s[1] == 1 && c[2] == -1 && s[3] == -1 && c[4] == 1);
}
END_TEST

/* Moments of 10^6 normals: of order p, mean m_p with standard error sqrt((m_2p - m_p^2) / n). */
START_TEST(normals_are_normal)
{
    enum { N = 1000, PER_ROW = 1000 };
    static double z[N * PER_ROW];
    const double moments[] = {1, 0, 1, 0, 3, 0, 15, 0, 105};
    if (!fm_isa_force(isas[_i]))
        return;
    fm_normals(stream, 0, 0, N, PER_ROW, z);
    for (int p = 1; p <= 4; p++) {
        double sum = 0;
        for (int i = 0; i < N * PER_ROW; i++)
            sum += pow(z[i], p);
        double error = sqrt((moments[2 * p] - moments[p] * moments[p]) / (N * PER_ROW));
        ck_near(sum / (N * PER_ROW), moments[p], 4 * error);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *many = tcase_create("many at once");
    tcase_add_loop_test(many, uniforms_equal_those_drawn_one_by_one, 0, N_ISAS);
    tcase_add_loop_test(many, normals_equal_those_drawn_one_by_one_up_to_rounding, 0,
                        N_ISAS);
    tcase_add_loop_test(many, normals_and_circle_are_the_same_bits_on_every_set, 0, N_ISAS);
    tcase_add_loop_test(many, the_circle_is_round, 0, N_ISAS);
    tcase_add_loop_test(many, normals_are_normal, 0, N_ISAS);
    suite_add_tcase(suite, many);
    return test_main(suite);
}

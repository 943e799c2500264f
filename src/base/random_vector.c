/* Philox, logarithm and circle over LANES numbers at a time, once per instruction set,
 * without fused multiply-add.  Loops over lanes have no branches, so that the compiler
 * turns each into a few vector instructions. */
#include <config.h>

#include "base/isa.h"
#include "base/random.h"

#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

enum { LANES = 16 };

#define INLINE static inline __attribute__((always_inline))

/* Products of 32-bit words, each in the lower half of a 64-bit lane.  No compiler finds the
 * instruction for it, so intrinsics name it.  The upper halves are never read. */
#if defined __AVX512F__
typedef uint64_t wide __attribute__((vector_size(64)));
#define PRODUCT(a, b) (wide) _mm512_mul_epu32((__m512i)(a), (__m512i)(b))
#elif defined __AVX2__
typedef uint64_t wide __attribute__((vector_size(32)));
#define PRODUCT(a, b) (wide) _mm256_mul_epu32((__m256i)(a), (__m256i)(b))
#elif defined __SSE2__
typedef uint64_t wide __attribute__((vector_size(16)));
#define PRODUCT(a, b) (wide) _mm_mul_epu32((__m128i)(a), (__m128i)(b))
#else
typedef uint64_t wide __attribute__((vector_size(16)));
#define PRODUCT(a, b) (((a)&0xffffffffu) * (b))
#endif
enum { WIDE = sizeof(wide) / sizeof(uint64_t), GROUPS = LANES / WIDE };

/* 10 rounds on LANES counters, as fm_philox. */
INLINE void philox(uint32_t k0, uint32_t k1, uint64_t c[4][LANES])
{
    const wide zero = {0}, m0 = zero + 0xD2511F53u, m1 = zero + 0xCD9E8D57u;
    wide v[4][GROUPS];
    memcpy(v, c, sizeof v);
    for (int round = 0; round < 10; round++) {
#pragma GCC unroll 8
        for (int g = 0; g < GROUPS; g++) {
            wide p0 = PRODUCT(v[0][g], m0), p1 = PRODUCT(v[2][g], m1);
            v[0][g] = (p1 >> 32) ^ v[1][g] ^ k0;
            v[2][g] = (p0 >> 32) ^ v[3][g] ^ k1;
            v[1][g] = p1;
            v[3][g] = p0;
        }
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    memcpy(c, v, sizeof v);
}

INLINE double as_double(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

INLINE uint64_t as_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* As fm_rng_uniform: the upper 53 bits of high, low.  An integer below 2^32 under the
 * exponent of 2^52 is 2^52 plus that integer. */
INLINE double uniform_of(uint64_t high, uint64_t low)
{
    const uint64_t exponent = 0x4330000000000000u; /* 2^52 */
    uint64_t middle = high << 21 | (low & 0xffffffffu) >> 11;
    double upper = as_double(exponent | (high & 0xffffffffu) >> 11) - 0x1p52;
    double lower = as_double(exponent | (middle & 0xffffffffu)) - 0x1p52;
    return (upper * 0x1p32 + lower + 0.5) * 0x1p-53;
}

/* log u for normal u > 0: u = 2^k m, sqrt(1/2) <= m < sqrt(2), log m = 2 atanh(s) with
 * s = f / (2 + f), f = m - 1, by the polynomial and coefficients of fdlibm's e_log.c
 * (Sun Microsystems 1993); error below 1 ulp. */
INLINE double log_of(double u)
{
    uint64_t bits = as_bits(u) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    double k = as_double(0x4330000000000000u | bits >> 52) - (0x1p52 + 1023);
    double f = as_double((bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1;
    double s = f / (2 + f), z = s * s, w = z * z;
    double t1 = w
                * (3.999999999940941908e-01
                   + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 =
        z
        * (6.666666666666735130e-01
           + w
                 * (2.857142874366239149e-01
                    + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double half = 0.5 * f * f;
    return k * 6.93147180369123816490e-01
           - ((half - (s * (half + (t1 + t2)) + k * 1.90821492927058770002e-10)) - f);
}

/* cos and sin of 2 pi u: u = q/4 + r with |r| <= 1/8, by the polynomials of fdlibm's
 * k_cos.c and k_sin.c (Sun Microsystems 1993) for |x| <= pi/4. */
INLINE void circle_of(double u, double *cosine, double *sine)
{
    double shifted =
        4 * u + 0x1.8p52; /* round to nearest: the integer is in the low bits */
    uint64_t q = as_bits(shifted);
    double r = u - 0.25 * (shifted - 0x1.8p52);
    double x = 6.28318530717958647692 * r, z = x * x;
    double s =
        x
        + x * z
              * (-1.66666666666666324348e-01
                 + z
                       * (8.33333333332248946124e-03
                          + z
                                * (-1.98412698298579493134e-04
                                   + z
                                         * (2.75573137070700676789e-06
                                            + z
                                                  * (-2.50507602534068634195e-08
                                                     + z * 1.58969099521155010221e-10)))));
    double c =
        1
        - (0.5 * z
           - z * z
                 * (4.16666666666666019037e-02
                    + z
                          * (-1.38888888888741095749e-03
                             + z
                                   * (2.48015872894767294178e-05
                                      + z
                                            * (-2.75573143513906633035e-07
                                               + z
                                                     * (2.08757232129817482790e-09
                                                        + z * -1.13596475577881948265e-11))))));
    uint64_t is_odd = -(q & 1), c_bits = as_bits(c), s_bits = as_bits(s);
    uint64_t swap = (c_bits ^ s_bits) & is_odd;
    /* signs by quadrant: cos is negative in 1 and 2, sin in 2 and 3 */
    *cosine = as_double((c_bits ^ swap) ^ ((q ^ q << 1) & 2) << 62);
    *sine = as_double((s_bits ^ swap) ^ (q & 2) << 62);
}

/* Words of blocks first .. first + LANES - 1, counted through n rows of n_blocks blocks. */
INLINE void words_of(struct fm_stream stream, uint32_t block, uint64_t first_row,
                     size_t n_blocks, size_t first, uint64_t w[4][LANES])
{
    for (int l = 0; l < LANES; l++) {
        w[0][l] = block;
        w[1][l] = first_row + first + (uint64_t)l;
        w[2][l] = stream.step;
        w[3][l] = stream.stream;
    }
    if (n_blocks > 1) {
        size_t row = first / n_blocks, b = first % n_blocks;
        for (int l = 0; l < LANES; l++) {
            w[0][l] = block + b;
            w[1][l] = first_row + row;
            if (++b == n_blocks) {
                b = 0;
                row++;
            }
        }
    }
    philox((uint32_t)stream.seed, (uint32_t)(stream.seed >> 32), w);
}

/* Stores the pairs of blocks first, first + 1, ... at their places.  A row with an odd
 * number of entries drops the second half of its last pair. */
INLINE void put(size_t n, size_t per_row, size_t n_blocks, size_t first,
                const double pairs[2 * LANES], double *out)
{
    size_t left = n * n_blocks - first, m = left < LANES ? left : LANES;
    if (per_row == 2 * n_blocks) {
        memcpy(out + 2 * first, pairs, 2 * m * sizeof *out);
        return;
    }
    size_t row = first / n_blocks, b = first % n_blocks;
    for (size_t l = 0; l < m; l++) {
        out[row * per_row + 2 * b] = pairs[2 * l];
        if (2 * b + 1 < per_row)
            out[row * per_row + 2 * b + 1] = pairs[2 * l + 1];
        if (++b == n_blocks) {
            b = 0;
            row++;
        }
    }
}

static void uniforms(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                     size_t per_row, double *u)
{
    const size_t n_blocks = (per_row + 1) / 2;
    for (size_t first = 0; first < n * n_blocks; first += LANES) {
        uint64_t w[4][LANES];
        double pairs[2 * LANES];
        words_of(stream, block, first_row, n_blocks, first, w);
        for (int l = 0; l < LANES; l++) {
            pairs[2 * l] = uniform_of(w[0][l], w[1][l]);
            pairs[2 * l + 1] = uniform_of(w[2][l], w[3][l]);
        }
        put(n, per_row, n_blocks, first, pairs, u);
    }
}

static void normals(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                    size_t per_row, double *z)
{
    const size_t n_blocks = (per_row + 1) / 2;
    for (size_t first = 0; first < n * n_blocks; first += LANES) {
        uint64_t w[4][LANES];
        double radius[LANES], cosine[LANES], sine[LANES], pairs[2 * LANES];
        words_of(stream, block, first_row, n_blocks, first, w);
        for (int l = 0; l < LANES; l++)
            radius[l] = sqrt(-2.0 * log_of(uniform_of(w[0][l], w[1][l])));
        for (int l = 0; l < LANES; l++)
            circle_of(uniform_of(w[2][l], w[3][l]), &cosine[l], &sine[l]);
        for (int l = 0; l < LANES; l++) {
            pairs[2 * l] = radius[l] * cosine[l];
            pairs[2 * l + 1] = radius[l] * sine[l];
        }
        put(n, per_row, n_blocks, first, pairs, z);
    }
}

static void circle(size_t n, const double *u, double *cosine, double *sine)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = i; l < i + LANES; l++)
            circle_of(u[l], &cosine[l], &sine[l]);
    for (; i < n; i++)
        circle_of(u[i], &cosine[i], &sine[i]);
}

extern const struct fm_random FM_ISA_SYMBOL(fm_random);
const struct fm_random FM_ISA_SYMBOL(fm_random) = {uniforms, normals, circle};

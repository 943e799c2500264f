/* The vectors of the instruction set that a kernel is compiled for. */
#ifndef FM_NN_KERNEL_VECTOR_H
#define FM_NN_KERNEL_VECTOR_H

#include "base/isa.h"
#include "nn/kernel.h"
#include <stdint.h>
#if defined __AVX2__
#include <immintrin.h>
#endif

/* LANES: reals in a vector register.  The register tile of the matrix product has TILE_ROWS times
 * TILE_PANELS panels of sums, and leaves registers for one row of B and one entry of A. */
#if defined FM_REAL_DOUBLE
enum { LANES = 2, TILE_ROWS = 4, TILE_PANELS = 1 };
#elif defined __AVX512F__
enum { LANES = 16, TILE_ROWS = 13, TILE_PANELS = 2 };
#elif defined __AVX2__
enum { LANES = 8, TILE_ROWS = 6, TILE_PANELS = 1 };
#else
enum { LANES = 4, TILE_ROWS = 4, TILE_PANELS = 1 };
#endif
enum { VECTORS = FM_PANEL / LANES };

typedef fm_real vector __attribute__((vector_size(LANES * sizeof(fm_real))));
/* The same, unaligned and allowed to alias. */
typedef fm_real loose_vector __attribute__((vector_size(LANES * sizeof(fm_real)),
                                            aligned(sizeof(fm_real)), may_alias));

/* Integers as wide as reals, in as many lanes: masks, bits of reals, and lane numbers of shuffles. */
#ifdef FM_REAL_DOUBLE
typedef int64_t integers __attribute__((vector_size(LANES * sizeof(fm_real))));
#else
typedef int32_t integers __attribute__((vector_size(LANES * sizeof(fm_real))));
#endif

#define INLINE static inline __attribute__((always_inline))

/* Four reals, which every instruction set can shuffle. */
typedef fm_real quad __attribute__((vector_size(4 * sizeof(fm_real))));
typedef fm_real loose_quad
    __attribute__((vector_size(4 * sizeof(fm_real)), aligned(sizeof(fm_real)), may_alias));

INLINE vector load(const fm_real *p)
{
    return *(const loose_vector *)p;
}

INLINE void store(fm_real *p, vector v)
{
    *(loose_vector *)p = v;
}

INLINE vector all(fm_real x)
{
    return (vector){0} + x;
}

INLINE size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Choices between entries.  at_least and at_most keep a NaN in x; to if_positive it is not
 * positive. */
#if defined __AVX512F__ && !defined FM_REAL_DOUBLE
INLINE vector at_least(vector limit, vector x)
{
    return (vector)_mm512_max_ps((__m512)limit, (__m512)x);
}

INLINE vector at_most(vector limit, vector x)
{
    return (vector)_mm512_min_ps((__m512)limit, (__m512)x);
}

INLINE vector if_positive(vector x, vector a, vector b)
{
    __mmask16 mask = _mm512_cmp_ps_mask((__m512)x, _mm512_setzero_ps(), _CMP_GT_OQ);
    return (vector)_mm512_mask_blend_ps(mask, (__m512)b, (__m512)a);
}
#elif defined __AVX2__ && !defined FM_REAL_DOUBLE
INLINE vector at_least(vector limit, vector x)
{
    return (vector)_mm256_max_ps((__m256)limit, (__m256)x);
}

INLINE vector at_most(vector limit, vector x)
{
    return (vector)_mm256_min_ps((__m256)limit, (__m256)x);
}

INLINE vector if_positive(vector x, vector a, vector b)
{
    __m256 mask = _mm256_cmp_ps((__m256)x, _mm256_setzero_ps(), _CMP_GT_OQ);
    return (vector)_mm256_blendv_ps((__m256)b, (__m256)a, mask);
}
#else
INLINE vector chosen(integers mask, vector a, vector b)
{
    return (vector)((mask & (integers)a) | (~mask & (integers)b));
}

INLINE vector at_least(vector limit, vector x)
{
    return chosen((integers)(x < limit), limit, x);
}

INLINE vector at_most(vector limit, vector x)
{
    return chosen((integers)(x > limit), limit, x);
}

INLINE vector if_positive(vector x, vector a, vector b)
{
    return chosen((integers)(x > 0), a, b);
}
#endif

/* The sum of a vector's entries, by halves: lane 0 + lane LANES/2, and so on. */
INLINE fm_real sum_of(vector v)
{
    union {
        vector v;
        fm_real lane[LANES];
    } u = {v};
#pragma GCC unroll 16
    for (int half = LANES / 2; half > 0; half /= 2) {
#pragma GCC unroll 16
        for (int j = 0; j < half; j++)
            u.lane[j] += u.lane[j + half];
    }
    return u.lane[0];
}

#endif

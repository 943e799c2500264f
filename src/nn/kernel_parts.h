/* What the sources of the kernels share: vectors, and the functions of one instruction set. */
#ifndef FM_NN_KERNEL_PARTS_H
#define FM_NN_KERNEL_PARTS_H

#include "base/isa.h"
#include "nn/kernel.h"

/* Reals in a vector register, and the register tile of the matrix product: TILE_ROWS times
 * TILE_PANELS panels of sums that must leave room for one row of B and one entry of A. */
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

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const fm_real *p)
{
    return *(const loose_vector *)p;
}

INLINE void store(fm_real *p, vector v)
{
    *(loose_vector *)p = v;
}

void FM_ISA_SYMBOL(fm_product)(const struct fm_product *p);
void FM_ISA_SYMBOL(fm_dots)(const struct fm_dots *p);
void FM_ISA_SYMBOL(fm_activation)(enum fm_activation f, size_t m, size_t n_panels,
                                  size_t row, const fm_real *z, fm_real *h, fm_real *d);
double FM_ISA_SYMBOL(fm_combine)(size_t n_shards, fm_real *const *shards, size_t first,
                                 size_t count, fm_real *gradient);
void FM_ISA_SYMBOL(fm_adamw)(const struct fm_adamw_step *s,
                             struct fm_optimizer_state *state, const fm_real *gradient,
                             size_t first, size_t count);

#endif

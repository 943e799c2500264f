/* AVX2 and FMA: 12 sums, 2 columns, 1 broadcast in 16 registers. */
#include <config.h>

#define KERNEL fm_kernel_avx2
#define KERNEL_NAME "avx2"
#define LANES 8
#define TILE_ROWS 6
#define TILE_PANELS 1
#include "nn/kernel_body.h"

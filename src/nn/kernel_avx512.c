/* AVX-512: 24 sums, 2 columns in 32 registers. */
#include <config.h>

#define KERNEL fm_kernel_avx512
#define KERNEL_NAME "avx512"
#define LANES 16
#define TILE_ROWS 12
#define TILE_PANELS 2
#include "nn/kernel_body.h"

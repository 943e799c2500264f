/* For any processor: 128-bit vectors, which SSE2 and Arm's NEON both have. */
#include <config.h>

#define KERNEL fm_kernel_portable
#define KERNEL_NAME "portable"
#ifdef FM_REAL_DOUBLE
#define LANES 2
#define TILE_ROWS 1
#else
#define LANES 4
#define TILE_ROWS 2
#endif
#define TILE_PANELS 1
#include "nn/kernel_body.h"

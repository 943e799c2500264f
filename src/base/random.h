/* Many random numbers at once: the sequences of fmrun/rng.h for a range of rows, and points
 * on the circle for data sets and time features, by vector instructions (base/isa.h).
 * Every instruction set gives the same bits: nothing here fuses multiplication and
 * addition. */
#ifndef FM_BASE_RANDOM_H
#define FM_BASE_RANDOM_H

#include <fmrun/rng.h>

/* Row i of u, [n][per_row], has the bits that fm_rng_uniform gives in the sequence of row
 * first_row + i, starting at its 128-bit block `block`.  A block is two uniforms, or two
 * normals. */
void fm_uniforms(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                 size_t per_row, double *u);
/* The same with fm_rng_normal; equals its numbers within 2e-15 (1 + |z|), since libm rounds
 * differently. */
void fm_normals(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                size_t per_row, double *z);
/* cosine_i = cos(2 pi u_i), sine_i = sin(2 pi u_i), |u_i| < 2^50; absolute error below
 * 3e-16. */
void fm_circle(size_t n, const double *u, double *cosine, double *sine);

/* The same functions for one instruction set. */
struct fm_random {
    void (*uniforms)(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                     size_t per_row, double *u);
    void (*normals)(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                    size_t per_row, double *z);
    void (*circle)(size_t n, const double *u, double *cosine, double *sine);
};

#endif

/* Many random numbers at once: the sequences of fmrun/rng.h for a range of rows, by the
 * vector instructions of the set in use (base/isa.h), and the circle that data sets and time
 * features need.  The same bits on every set: nothing here fuses multiplication and addition. */
#ifndef FM_BASE_RANDOM_H
#define FM_BASE_RANDOM_H

#include <fmrun/rng.h>

/* Row i of u, [n][per_row], is what fm_rng_uniform gives in the sequence of row first_row + i,
 * from its 128-bit block `block` on (a block is two uniforms, or a pair of normals): the same
 * bits. */
void fm_uniforms(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                 size_t per_row, double *u);
/* Likewise as fm_rng_normal; equal to its numbers within 2e-15 (1 + |z|), for libm has other
 * roundings. */
void fm_normals(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                size_t per_row, double *z);
/* cosine_i = cos(2 pi u_i), sine_i = sin(2 pi u_i), |u_i| < 2^50; absolute error below
 * 3e-16. */
void fm_circle(size_t n, const double *u, double *cosine, double *sine);

/* Of one instruction set. */
struct fm_random {
    void (*uniforms)(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                     size_t per_row, double *u);
    void (*normals)(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                    size_t per_row, double *z);
    void (*circle)(size_t n, const double *u, double *cosine, double *sine);
};

#endif

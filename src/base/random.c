#include <config.h>

#include "base/random.h"

#include "base/isa.h"

extern const struct fm_random fm_random_portable;
#ifdef FM_ISA_KERNELS
extern const struct fm_random fm_random_avx2, fm_random_avx512;
#endif

static const struct fm_random *random_of(void)
{
#ifdef FM_ISA_KERNELS
    if (fm_isa() == FM_ISA_AVX512)
        return &fm_random_avx512;
    if (fm_isa() == FM_ISA_AVX2)
        return &fm_random_avx2;
#endif
    return &fm_random_portable;
}

void fm_uniforms(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                 size_t per_row, double *u)
{
    random_of()->uniforms(stream, block, first_row, n, per_row, u);
}

void fm_normals(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                size_t per_row, double *z)
{
    random_of()->normals(stream, block, first_row, n, per_row, z);
}

void fm_circle(size_t n, const double *u, double *cosine, double *sine)
{
    random_of()->circle(n, u, cosine, sine);
}

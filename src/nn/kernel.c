#include <config.h>

#include "nn/kernel.h"

#include "base/isa.h"

const struct fm_kernel *fm_kernel(void)
{
#if defined FM_ISA_KERNELS && !defined FM_REAL_DOUBLE
    switch (fm_isa()) {
    case FM_ISA_AVX512:
        return &fm_kernel_avx512;
    case FM_ISA_AVX2:
        return &fm_kernel_avx2;
    case FM_ISA_PORTABLE:
    case FM_N_ISAS:
        break;
    }
#endif
    return &fm_kernel_portable;
}

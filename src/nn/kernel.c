#include <config.h>

#include "nn/kernel.h"

#include <string.h>

static const struct fm_kernel *chosen;

static const struct fm_kernel *find(const char *name)
{
#if defined FM_ISA_KERNELS && !defined FM_REAL_DOUBLE
    if ((!name || strcmp(name, "avx512") == 0) && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        return &fm_kernel_avx512;
    if ((!name || strcmp(name, "avx2") == 0) && __builtin_cpu_supports("avx2")
        && __builtin_cpu_supports("fma"))
        return &fm_kernel_avx2;
#endif
    if (!name || strcmp(name, "portable") == 0)
        return &fm_kernel_portable;
    return NULL;
}

const struct fm_kernel *fm_kernel(void)
{
    return chosen ? chosen : find(NULL);
}

bool fm_kernel_force(const char *name)
{
    const struct fm_kernel *kernel = find(name);
    if (kernel)
        chosen = kernel;
    return kernel != NULL;
}

#include <config.h>

#include "base/isa.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {"portable", "avx2", "avx512"};
static enum fm_isa forced = FM_N_ISAS;

static bool has(enum fm_isa isa)
{
    switch (isa) {
    case FM_ISA_PORTABLE:
        return true;
#ifdef FM_ISA_KERNELS
    case FM_ISA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case FM_ISA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
               && __builtin_cpu_supports("avx512dq");
#else
    case FM_ISA_AVX2:
    case FM_ISA_AVX512:
#endif
    case FM_N_ISAS:
        break;
    }
    return false;
}

enum fm_isa fm_isa(void)
{
    if (forced != FM_N_ISAS)
        return forced;
    return has(FM_ISA_AVX512) ? FM_ISA_AVX512
           : has(FM_ISA_AVX2) ? FM_ISA_AVX2
                              : FM_ISA_PORTABLE;
}

const char *fm_isa_name(void)
{
    return names[fm_isa()];
}

bool fm_isa_force(const char *name)
{
    for (int i = 0; i < FM_N_ISAS; i++)
        if (strcmp(names[i], name) == 0 && has((enum fm_isa)i)) {
            forced = (enum fm_isa)i;
            return true;
        }
    return false;
}

void fm_cpu_model(char *model, size_t size)
{
    (void)snprintf(model, size, "unknown");
    FILE *file = fopen("/proc/cpuinfo", "re");
    if (!file)
        return;
    char line[256];
    while (fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        colon[strcspn(colon, "\n")] = '\0';
        (void)snprintf(model, size, "%s", colon + 1 + strspn(colon + 1, " "));
        break;
    }
    (void)fclose(file);
}

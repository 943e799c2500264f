/* Which instruction set the arithmetic uses.  The sources with the arithmetic are compiled
 * once per set, with FM_ISA defined as its name, which ends the names of their symbols.  A
 * process chooses the set once.  With one set and build, results are the same bits for any
 * number of threads. */
#ifndef FM_BASE_ISA_H
#define FM_BASE_ISA_H

#include <stdbool.h>
#include <stddef.h>

enum fm_isa { FM_ISA_PORTABLE, FM_ISA_AVX2, FM_ISA_AVX512, FM_N_ISAS };

/* The best set this processor has, or the one forced. */
enum fm_isa fm_isa(void);
/* "portable", "avx2", "avx512" */
const char *fm_isa_name(void);
/* Uses the set of that name from now on; false when it is unknown or this processor or
 * build lacks it.  Call it before any arithmetic. */
bool fm_isa_force(const char *name);

/* The "model name" of /proc/cpuinfo, cut to size bytes; "unknown" when there is none. */
void fm_cpu_model(char *model, size_t size);

#define FM_ISA_PASTE(name, isa) name##_##isa
#define FM_ISA_EXPAND(name, isa) FM_ISA_PASTE(name, isa)
/* name_portable, name_avx2, ... in a source compiled for one set */
#define FM_ISA_SYMBOL(name) FM_ISA_EXPAND(name, FM_ISA)

#endif

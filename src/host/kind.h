/* The kinds of plugins by name. */
#ifndef FM_HOST_KIND_H
#define FM_HOST_KIND_H

#include <fmrun/plugin.h>

/* "solver" */
const char *fm_kind_name(enum fm_kind kind);
/* FM_N_KINDS when the name is unknown. */
enum fm_kind fm_kind_find(const char *name);

#endif

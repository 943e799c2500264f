#include <config.h>

#include "host/kind.h"

#include <string.h>

static const char *const kind_names[] = FM_KIND_NAMES;

const char *fm_kind_name(enum fm_kind kind)
{
    return kind_names[kind];
}

enum fm_kind fm_kind_find(const char *name)
{
    for (int i = 0; i < FM_N_KINDS; i++)
        if (strcmp(kind_names[i], name) == 0)
            return (enum fm_kind)i;
    return FM_N_KINDS;
}

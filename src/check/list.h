/* Lists plugins, each opened in a process of its own: one that crashes is listed with the reason. */
#ifndef FM_CHECK_LIST_H
#define FM_CHECK_LIST_H

#include "host/registry.h"

/* A plugin's version and summary, read in a process of its own. */
struct fm_listed {
    enum fm_kind kind;
    const char *name;
    /* results */
    const char *reason; /* why it can't be used; NULL: it can */
    unsigned version;
    const char *summary, *file;
    char sha256[FM_HASH_SIZE];
};

FM_MUST_USE enum fm_status fm_check_list(struct fm_registry *registry, size_t n,
                                         struct fm_listed *listed, size_t n_at_once,
                                         double seconds, struct fm_error *err);

#endif

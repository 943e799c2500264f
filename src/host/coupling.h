/* A coupling plugin with its options: its scheme, and its pairs, checked and with their costs. */
#ifndef FM_HOST_COUPLING_H
#define FM_HOST_COUPLING_H

#include "base/arena.h"
#include <fmrun/plugin.h>

struct fm_coupling {
    const struct fm_coupling_ops *ops;
    const void *options;
    struct fm_coupling_scheme scheme; /* batches at least 1 */
};

/* Completes the scheme: calls prepare, if there is one. */
struct fm_coupling fm_coupling_make(const struct fm_coupling_ops *ops, const void *options);
/* The same for a plugin; announces the call (host/call.h). */
struct fm_coupling fm_coupling_open(const struct fm_plugin *plugin, const void *options);

/* Pairs the batch and fills *report.  Memory for the plugin from scratch.  FM_ERROR_PLUGIN
 * when an index is not below batch->n, or the plugin's own error. */
FM_MUST_USE enum fm_status fm_coupling_pair(const struct fm_coupling *coupling,
                                            struct fm_arena *scratch,
                                            const struct fm_coupling_batch *batch,
                                            struct fm_coupling_report *report,
                                            struct fm_error *err);

#endif

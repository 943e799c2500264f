/* What a plugin promises, checked before any of its functions is called. */
#ifndef FM_HOST_PLUGIN_CHECK_H
#define FM_HOST_PLUGIN_CHECK_H

#include "base/arena.h"
#include "base/file.h"
#include <fmrun/plugin.h>

/* A loaded plugin with its provenance. */
struct fm_loaded {
    const struct fm_plugin *plugin;
    const char *file;
    char sha256[FM_HASH_SIZE]; /* of the file */
    struct fm_loaded *next;
};

/* Checks everything of the contract that can be checked without calling the plugin, and sets
 * loaded->plugin: a copy in arena, whose tables have this fmrun's size, with zeros after the plugin's
 * part.  kind and name follow from where the file is; loaded->file is set, for
 * messages.  FM_ERROR_PLUGIN, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_plugin_check(struct fm_arena *arena,
                                           const struct fm_plugin *exported,
                                           enum fm_kind kind, const char *name,
                                           struct fm_loaded *loaded, struct fm_error *err);

#endif

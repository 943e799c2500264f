/* Plugins: found on a search path, opened, checked, and never closed.  This is the only user of dlfcn.
 * It knows no plugin by name: it finds built-in ones as all others. */
#ifndef FM_HOST_REGISTRY_H
#define FM_HOST_REGISTRY_H

#include "host/plugin_check.h"

/* Roots, each with a folder for each kind, in the order of the search: extra_path (colon-separated,
 * may be NULL), $FMRUN_PLUGIN_PATH, then the plugins of the build tree that the program is in, or
 * else the installed plugins. */
struct fm_registry {
    struct fm_arena *arena;
    const char **roots;
    size_t n_roots;
    struct fm_loaded *loaded;
};

FM_MUST_USE enum fm_status fm_registry_init(struct fm_registry *registry,
                                            struct fm_arena *arena, const char *extra_path,
                                            struct fm_error *err);

/* Loads the plugin of that kind and name, which is opened on first use.  FM_ERROR_PLUGIN: it isn't
 * found (the message has the nearest name, or the folders), can't be opened, or breaks the contract
 * (the message says how). */
FM_MUST_USE enum fm_status fm_registry_load(struct fm_registry *registry, enum fm_kind kind,
                                            const char *name,
                                            const struct fm_loaded **loaded,
                                            struct fm_error *err);

/* Finds the plugin's file without opening it; the path is in the registry's arena.  FM_ERROR_PLUGIN:
 * it isn't found, as above. */
FM_MUST_USE enum fm_status fm_registry_find(struct fm_registry *registry, enum fm_kind kind,
                                            const char *name, const char **file,
                                            struct fm_error *err);

/* Lists the names of all plugins of a kind, sorted, each once, ended by NULL; in the registry's arena. */
FM_MUST_USE enum fm_status fm_registry_names(struct fm_registry *registry,
                                             enum fm_kind kind, const char ***names,
                                             size_t *n_names, struct fm_error *err);

#endif

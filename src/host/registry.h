/* Plugins: found on a search path, opened, checked, and never closed.  The only user of
 * dlfcn.  Nothing here knows a plugin by name: built-ins are found as any other. */
#ifndef FM_HOST_REGISTRY_H
#define FM_HOST_REGISTRY_H

#include "host/plugin_check.h"

/* Roots, each holding a folder per kind, searched in this order: extra_path (colon-separated,
 * may be NULL), $FMRUN_PLUGIN_PATH, then the build tree the program stands in if it stands in
 * one, else the installed plugins. */
struct fm_registry {
    struct fm_arena *arena;
    const char **roots;
    size_t n_roots;
    struct fm_loaded *loaded;
};

FM_MUST_USE enum fm_status fm_registry_init(struct fm_registry *registry,
                                            struct fm_arena *arena, const char *extra_path,
                                            struct fm_error *err);

/* The plugin of that kind and name, opened on first use.  FM_ERROR_PLUGIN: not found (with
 * the nearest name and where was looked), can't be opened, or does not fit (names what
 * differs). */
FM_MUST_USE enum fm_status fm_registry_load(struct fm_registry *registry, enum fm_kind kind,
                                            const char *name,
                                            const struct fm_loaded **loaded,
                                            struct fm_error *err);

/* Where the plugin's file is, in the registry's arena, without opening it.  FM_ERROR_PLUGIN: not
 * found, as above. */
FM_MUST_USE enum fm_status fm_registry_find(struct fm_registry *registry, enum fm_kind kind,
                                            const char *name, const char **file,
                                            struct fm_error *err);

/* Names of all plugins of a kind, sorted, each once; ended by NULL.  In arena. */
FM_MUST_USE enum fm_status fm_registry_names(struct fm_registry *registry,
                                             enum fm_kind kind, const char ***names,
                                             size_t *n_names, struct fm_error *err);

#endif

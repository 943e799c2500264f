#include <config.h>

#include "host/registry.h"

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "host/call.h"
#include "host/kind.h"
#include "host/plugin_check.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the search path ---- */

static enum fm_status add_roots(struct fm_registry *r, const char *path,
                                struct fm_error *err)
{
    while (path && *path) {
        size_t n = strcspn(path, ":");
        if (n > 0) {
            char *root = fm_arena_text_n(r->arena, path, n);
            if (!root)
                return fm_out_of_memory(err);
            r->roots[r->n_roots++] = root;
        }
        path += n + (path[n] == ':');
    }
    return FM_OK;
}

static size_t n_parts(const char *path)
{
    size_t n = 1;
    for (; path && *path; path++)
        n += *path == ':';
    return path ? n : 0;
}

/* The plugins' folder of the build tree that the program is in, or NULL. */
static const char *build_tree(struct fm_arena *arena)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0)
        return NULL;
    exe[n] = '\0';
    char *folder = fm_path_folder(arena, exe);
    char *probe = folder ? fm_path_join(arena, folder, "plugins/solver/euler.so") : NULL;
    if (!probe || !fm_file_exists(probe))
        return NULL;
    return fm_path_join(arena, folder, "plugins");
}

enum fm_status fm_registry_init(struct fm_registry *r, struct fm_arena *arena,
                                const char *extra_path, struct fm_error *err)
{
    const char *variable = getenv("FMRUN_PLUGIN_PATH");
    *r = (struct fm_registry){.arena = arena};
    r->roots = FM_NEW(arena, n_parts(extra_path) + n_parts(variable) + 1, const char *);
    if (!r->roots)
        return fm_out_of_memory(err);
    FM_TRY(add_roots(r, extra_path, err));
    /* Folders on the command line must exist; those of the variable need not. */
    for (size_t i = 0; i < r->n_roots; i++)
        if (!fm_file_exists(r->roots[i]))
            return fm_fail(err, FM_ERROR_NO_INPUT, "--plugin-path: there is no folder %s",
                           r->roots[i]);
    FM_TRY(add_roots(r, variable, err));
    const char *tree = build_tree(arena);
    r->roots[r->n_roots++] = tree ? tree : FM_PKGLIBDIR;
    for (size_t i = 0; i < r->n_roots; i++)
        fm_log(FM_LOG_HOST, "plugin path: %s", r->roots[i]);
    return FM_OK;
}

/* ROOT/KIND/NAME.so; NULL when there is no such file. */
static char *find_file(struct fm_arena *arena, const char *root, const char *kind,
                       const char *name)
{
    struct fm_text path = {0};
    fm_text_add(&path, "%s/%s/%s.so", root, kind, name);
    char *copy = path.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&path));
    fm_text_fini(&path);
    return copy && access(copy, R_OK) == 0 ? copy : NULL;
}

/* ---- names ---- */

struct names {
    struct fm_arena *arena;
    const char **names;
    size_t n, capacity;
};

static bool add_name(struct names *names, const char *name, size_t length)
{
    for (size_t i = 0; i < names->n; i++)
        if (strlen(names->names[i]) == length && memcmp(names->names[i], name, length) == 0)
            return true;
    if (names->n + 1 >= names->capacity) {
        size_t capacity = names->capacity ? 2 * names->capacity : 32;
        const char **grown = FM_NEW(names->arena, capacity, const char *);
        if (!grown)
            return false;
        if (names->n)
            memcpy(grown, names->names, names->n * sizeof *grown);
        names->names = grown;
        names->capacity = capacity;
    }
    char *copy = fm_arena_text_n(names->arena, name, length);
    if (!copy)
        return false;
    names->names[names->n++] = copy;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool list_folder(struct names *names, const char *folder)
{
    DIR *dir = opendir(folder);
    bool fits = true;
    if (!dir)
        return true;
    for (struct dirent *entry; fits && (entry = readdir(dir));) {
        size_t n = strlen(entry->d_name);
        if (n > 3 && strcmp(entry->d_name + n - 3, ".so") == 0)
            fits = add_name(names, entry->d_name, n - 3);
    }
    (void)closedir(dir);
    return fits;
}

enum fm_status fm_registry_names(struct fm_registry *r, enum fm_kind kind,
                                 const char ***result, size_t *n_names,
                                 struct fm_error *err)
{
    struct names names = {.arena = r->arena};
    for (size_t i = 0; i < r->n_roots; i++) {
        struct fm_text folder = {0};
        fm_text_add(&folder, "%s/%s", r->roots[i], fm_kind_name(kind));
        bool fits = !folder.has_failed && list_folder(&names, fm_text_bytes(&folder));
        fm_text_fini(&folder);
        if (!fits)
            return fm_out_of_memory(err);
    }
    if (names.n)
        qsort(names.names, names.n, sizeof *names.names, compare_names);
    else
        names.names = FM_NEW(r->arena, 1, const char *);
    if (!names.names)
        return fm_out_of_memory(err);
    *result = names.names;
    *n_names = names.n;
    return FM_OK;
}

static enum fm_status not_found(struct fm_registry *r, enum fm_kind kind, const char *name,
                                struct fm_error *err)
{
    const char **names = NULL, *kind_name = fm_kind_name(kind);
    size_t n = 0;
    FM_TRY(fm_registry_names(r, kind, &names, &n, err));
    const char *nearest = fm_nearest(name, names, n);
    struct fm_text text = {0};
    if (nearest) {
        fm_text_add(&text, "; did you mean \"%s\"?", nearest);
    } else if (n > 0) {
        fm_text_add(&text, "; there %s", n == 1 ? "is" : "are");
        for (size_t i = 0; i < n; i++)
            fm_text_add(&text, "%s %s", i ? "," : "", names[i]);
    } else {
        fm_text_add(&text, "; there are no %s plugins in", kind_name);
        for (size_t i = 0; i < r->n_roots; i++)
            fm_text_add(&text, "%s %s", i ? "," : "", r->roots[i]);
        fm_text_add(&text, ": install fmrun, or name their folder with --plugin-path");
    }
    enum fm_status status = fm_fail(err, FM_ERROR_PLUGIN, "unknown %s \"%s\"%s", kind_name,
                                    name, fm_text_bytes(&text));
    fm_text_fini(&text);
    return status;
}

/* ---- loading ---- */

static bool is_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && n < 64 && name[n] == '\0';
}

enum fm_status fm_registry_find(struct fm_registry *r, enum fm_kind kind, const char *name,
                                const char **file, struct fm_error *err)
{
    const char *found = NULL;
    if (is_name(name))
        for (size_t i = 0; i < r->n_roots && !found; i++)
            found = find_file(r->arena, r->roots[i], fm_kind_name(kind), name);
    if (!found)
        return not_found(r, kind, name, err);
    *file = found;
    return FM_OK;
}

enum fm_status fm_registry_load(struct fm_registry *r, enum fm_kind kind, const char *name,
                                const struct fm_loaded **loaded, struct fm_error *err)
{
    for (struct fm_loaded *l = r->loaded; l; l = l->next)
        if (l->plugin->kind == kind && strcmp(l->plugin->name, name) == 0) {
            *loaded = l;
            return FM_OK;
        }
    const char *file;
    FM_TRY(fm_registry_find(r, kind, name, &file, err));
    struct fm_loaded *l = FM_NEW(r->arena, 1, struct fm_loaded);
    if (!l)
        return fm_out_of_memory(err);
    l->file = file;
    FM_TRY(fm_hash_file(file, l->sha256, err));
    fm_call_begin(kind, name, "its constructor");
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    fm_call_end();
    if (!handle)
        return fm_fail(err, FM_ERROR_PLUGIN, "can't open the plugin %s: %s", file,
                       dlerror());
    const struct fm_plugin *exported = dlsym(handle, "fmrun_plugin");
    if (!exported)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%s is not an fmrun plugin: it has no symbol fmrun_plugin", file);
    FM_TRY(fm_plugin_check(r->arena, exported, kind, name, l, err));
    fm_log(FM_LOG_HOST, "%s/%s version %u from %s", fm_kind_name(kind), name,
           l->plugin->version, file);
    l->next = r->loaded;
    r->loaded = l;
    *loaded = l;
    return FM_OK;
}

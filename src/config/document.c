#include <config.h>

#include "config/document.h"

#include "base/error.h"
#include "base/file.h"
#include "config/document_parts.h"

#include <string.h>

/* Takes bytes, which are NUL-terminated and in arena. */
static enum fm_status parse(struct fm_arena *arena, struct fm_yaml_source source,
                            size_t n_bytes, bool must_be_map, struct fm_yaml **root,
                            struct fm_error *err)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* some editors start a file so */
    struct fm_yaml_source *copy = FM_NEW(arena, 1, struct fm_yaml_source);
    if (!copy || !source.name || !source.folder || !source.text)
        return fm_out_of_memory(err);
    if (n_bytes >= 3 && memcmp(source.text, mark, 3) == 0) {
        source.text += 3;
        n_bytes -= 3;
    }
    *copy = source;
    return fm_yaml_parse_source(arena, copy, n_bytes, 0, must_be_map, root, err);
}

enum fm_status fm_yaml_read(struct fm_arena *arena, const char *path, struct fm_yaml **root,
                            struct fm_error *err)
{
    char *bytes;
    size_t n_bytes;
    FM_TRY(fm_file_read(arena, path, FM_YAML_MAX_BYTES, &bytes, &n_bytes, err));
    struct fm_yaml_source source = {fm_arena_text(arena, path), fm_path_folder(arena, path),
                                    bytes};
    return parse(arena, source, n_bytes, true, root, err);
}

enum fm_status fm_yaml_parse(struct fm_arena *arena, const char *name, const char *folder,
                             const char *bytes, size_t n_bytes, bool must_be_map,
                             struct fm_yaml **root, struct fm_error *err)
{
    if (n_bytes > FM_YAML_MAX_BYTES)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "%s: error: too large: %zu bytes, the limit is %d", name, n_bytes,
                       FM_YAML_MAX_BYTES);
    struct fm_yaml_source source = {fm_arena_text(arena, name),
                                    fm_arena_text(arena, folder),
                                    fm_arena_text_n(arena, bytes, n_bytes)};
    return parse(arena, source, n_bytes, must_be_map, root, err);
}

struct fm_yaml *fm_yaml_find(const struct fm_yaml *map, const char *key)
{
    if (!map || map->kind != FM_YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    return NULL;
}

static struct fm_yaml **clone_all(struct fm_arena *arena, struct fm_yaml *const *nodes,
                                  size_t n)
{
    struct fm_yaml **copies = FM_NEW(arena, n, struct fm_yaml *);
    for (size_t i = 0; copies && i < n; i++) {
        copies[i] = fm_yaml_clone(arena, nodes[i]);
        if (!copies[i])
            return NULL;
    }
    return copies;
}

struct fm_yaml *fm_yaml_clone(struct fm_arena *arena, const struct fm_yaml *node)
{
    struct fm_yaml *copy = node ? FM_NEW(arena, 1, struct fm_yaml) : NULL;
    if (!copy)
        return NULL;
    *copy = *node;
    if (node->kind == FM_YAML_SCALAR)
        return copy;
    copy->items = clone_all(arena, node->items, node->n);
    if (node->kind == FM_YAML_MAP)
        copy->keys = clone_all(arena, node->keys, node->n);
    return copy->items && (copy->keys || node->kind == FM_YAML_LIST) ? copy : NULL;
}

unsigned fm_yaml_depth(const struct fm_yaml *node)
{
    unsigned deepest = 0;
    if (node->kind == FM_YAML_SCALAR)
        return 0;
    for (size_t i = 0; i < node->n; i++) {
        unsigned depth = fm_yaml_depth(node->items[i]);
        if (depth > deepest)
            deepest = depth;
    }
    return deepest + 1;
}

#include <config.h>

#include "config/document.h"

#include "base/error.h"
#include "base/file.h"
#include "config/scalar.h"

#include <string.h>

bool fm_yaml_is_null(const struct fm_yaml *node)
{
    return node->kind == FM_YAML_SCALAR && node->is_plain
           && fm_scalar_type(node->text) == FM_SCALAR_NULL;
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

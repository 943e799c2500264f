#include <config.h>

#include "config/include.h"

#include "base/error.h"
#include "base/file.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/document_parse.h"
#include "config/yaml_value.h"

#include <string.h>

enum { MAX_FILES = 32 };

struct includer {
    struct fm_arena *arena;
    size_t n_files; /* read so far */
    struct fm_error *err;
};

/* The plugin that a component names; NULL: none. */
static const char *plugin_of(const struct fm_yaml *node)
{
    const struct fm_yaml *name =
        node->kind == FM_YAML_MAP ? fm_yaml_find(node, "plugin") : node;
    return name && name->kind == FM_YAML_SCALAR ? name->text : NULL;
}

/* Whether above is merged into below, key by key, instead of replacing it.  A plugin's name alone
 * counts as a map without options. */
static bool is_merged(const struct fm_yaml *below, const struct fm_yaml *above)
{
    const char *name = plugin_of(above), *old = plugin_of(below);
    if (above->kind != FM_YAML_MAP || below->kind == FM_YAML_LIST)
        return false;
    if (below->kind == FM_YAML_SCALAR && fm_yaml_is_null(below))
        return false;
    return !name || !old || strcmp(name, old) == 0;
}

/* A plugin's short form as a map. */
static enum fm_status lengthen(const struct includer *s, struct fm_yaml **node)
{
    struct fm_yaml *name = *node, *map, *key;
    if (name->kind == FM_YAML_MAP)
        return FM_OK;
    map = FM_NEW(s->arena, 1, struct fm_yaml);
    key = FM_NEW(s->arena, 1, struct fm_yaml);
    struct fm_yaml **links = FM_NEW(s->arena, 2, struct fm_yaml *);
    if (!map || !key || !links)
        return fm_out_of_memory(s->err);
    *key = *map = *name;
    key->text = "plugin";
    map->kind = FM_YAML_MAP;
    map->text = NULL;
    map->n = 1;
    map->keys = links;
    map->items = links + 1;
    map->keys[0] = key;
    map->items[0] = name;
    *node = map;
    return FM_OK;
}

static size_t place_of(const struct fm_yaml *map, const char *key)
{
    size_t i = 0;
    while (i < map->n && strcmp(map->keys[i]->text, key) != 0)
        i++;
    return i;
}

static void take_out(struct fm_yaml *map, size_t place)
{
    const size_t n_behind = map->n - place - 1;
    memmove(map->keys + place, map->keys + place + 1, n_behind * sizeof *map->keys);
    memmove(map->items + place, map->items + place + 1, n_behind * sizeof *map->items);
    map->n--;
}

/* Merges the map above into the map below, where above's values win.  below may take its nodes. */
static enum fm_status merge(const struct includer *s, struct fm_yaml *below,
                            const struct fm_yaml *above)
{
    const size_t most = below->n + above->n;
    struct fm_yaml **keys = FM_NEW(s->arena, most, struct fm_yaml *),
                   **items = FM_NEW(s->arena, most, struct fm_yaml *);
    if (!keys || !items)
        return fm_out_of_memory(s->err);
    for (size_t i = 0; i < below->n; i++) {
        keys[i] = below->keys[i];
        items[i] = below->items[i];
    }
    below->keys = keys;
    below->items = items;
    for (size_t i = 0; i < above->n; i++) {
        struct fm_yaml *item = above->items[i];
        const size_t place = place_of(below, above->keys[i]->text);
        if (place == below->n) {
            keys[below->n] = above->keys[i];
            items[below->n++] = item;
        } else if (fm_yaml_is_null(item)) {
            take_out(below, place);
        } else if (is_merged(items[place], item)) {
            FM_TRY(lengthen(s, &items[place]));
            FM_TRY(merge(s, items[place], item));
        } else {
            keys[place] = above->keys[i];
            items[place] = item;
        }
    }
    return FM_OK;
}

static enum fm_status compose(struct includer *s, struct fm_yaml *root);

static enum fm_status read_one(struct includer *s, const struct fm_yaml *name,
                               struct fm_yaml **root)
{
    const char *text;
    struct fm_error why = {0};
    FM_TRY(fm_yaml_string(name, "include", &text, s->err));
    const char *path = fm_path_join(s->arena, name->source->folder, text);
    if (!path)
        return fm_out_of_memory(s->err);
    if (s->n_files == MAX_FILES)
        return fm_yaml_fail(s->err, name,
                            "more than %d included files; does one include itself?",
                            MAX_FILES);
    s->n_files++;
    enum fm_status status = fm_yaml_read(s->arena, path, root, &why);
    if (status == FM_ERROR_NO_INPUT)
        return fm_yaml_fail(s->err, name, "%s", why.message);
    if (status != FM_OK)
        return fm_fail(s->err, status, "%s", why.message);
    return compose(s, *root);
}

static enum fm_status compose(struct includer *s, struct fm_yaml *root)
{
    const size_t place = place_of(root, "include");
    struct fm_yaml *base = NULL;
    if (place == root->n)
        return FM_OK;
    struct fm_yaml *asked = root->items[place];
    const size_t n = asked->kind == FM_YAML_LIST ? asked->n : 1;
    for (size_t i = 0; i < n; i++) {
        struct fm_yaml *one;
        FM_TRY(read_one(s, asked->kind == FM_YAML_LIST ? asked->items[i] : asked, &one));
        if (base)
            FM_TRY(merge(s, base, one));
        else
            base = one;
    }
    take_out(root, place);
    if (!base)
        return FM_OK;
    FM_TRY(merge(s, base, root));
    root->n = base->n;
    root->keys = base->keys;
    root->items = base->items;
    return FM_OK;
}

enum fm_status fm_yaml_include(struct fm_arena *arena, struct fm_yaml *root,
                               struct fm_error *err)
{
    return compose(&(struct includer){.arena = arena, .err = err}, root);
}

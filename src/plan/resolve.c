#include <config.h>

#include "plan/resolve.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_edit.h"
#include "config/document_emit.h"
#include "config/document_parse.h"
#include "config/option_default.h"
#include "plan/part.h"

#include <stdlib.h>
#include <string.h>

/* The resolved config is one file in root's folder, so a file option that an included file or the
 * command line sets becomes an absolute path. */
static enum fm_status place_files(struct fm_arena *arena, const struct fm_yaml *root,
                                  struct fm_yaml *map, const struct fm_component *c,
                                  struct fm_error *err)
{
    for (const struct fm_option *o = c->loaded->plugin->options; o && o->name; o++) {
        const struct fm_yaml *node = fm_yaml_find(map, o->name);
        if (o->type != FM_FILE || !node || !node->text || node->text[0] == '\0'
            || strcmp(node->source->folder, root->source->folder) == 0)
            continue;
        const char *path;
        memcpy(&path, (const char *)c->options + o->offset, sizeof path);
        char *whole = realpath(path, NULL);
        struct fm_text text = {0};
        if (!whole)
            continue;
        fm_yaml_emit_string(&text, whole);
        free(whole);
        enum fm_status status =
            text.has_failed
                ? fm_out_of_memory(err)
                : fm_yaml_set_text(arena, map, o->name, fm_text_bytes(&text), err);
        fm_text_fini(&text);
        FM_TRY(status);
    }
    return FM_OK;
}

/* Adds `plugin` and the plugin's own options to its map. */
static enum fm_status add_plugin(struct fm_arena *arena, const struct fm_yaml *root,
                                 struct fm_yaml *map, const struct fm_component *c,
                                 struct fm_error *err)
{
    const struct fm_plugin *plugin = c->loaded->plugin;
    if (!fm_yaml_find(map, "plugin"))
        FM_TRY(fm_yaml_set_text(arena, map, "plugin", plugin->name, err));
    FM_TRY(place_files(arena, root, map, c, err));
    return fm_options_add_defaults(arena, map, plugin->options,
                                   c->node ? c->node->source->folder : ".", NULL, err);
}

/* The map at key, made where the key is absent or has a plugin's name alone. */
static enum fm_status make_map(struct fm_arena *arena, struct fm_yaml *parent,
                               const char *key, struct fm_yaml **map, struct fm_error *err)
{
    *map = fm_yaml_find(parent, key);
    if (!*map || (*map)->kind != FM_YAML_MAP) {
        FM_TRY(fm_yaml_set_text(arena, parent, key, "{}", err));
        *map = fm_yaml_find(parent, key);
    }
    return FM_OK;
}

/* Adds to each entry of a list what it leaves out; lists inside an entry stay unexpanded. */
static enum fm_status resolve_list(struct fm_arena *arena, const struct fm_yaml *root,
                                   struct fm_yaml *list, const struct fm_experiment *e,
                                   const struct fm_part *part, struct fm_error *err)
{
    for (size_t i = 0; list && i < list->n; i++) {
        const struct fm_component *c = part->entry(e, i);
        if (list->items[i]->kind != FM_YAML_MAP) {
            FM_TRY(
                fm_yaml_parse(arena, "default", ".", "{}", 2, true, &list->items[i], err));
            FM_TRY(fm_yaml_set_text(arena, list->items[i], "plugin",
                                    c->loaded->plugin->name, err));
        }
        if (part->add_defaults)
            FM_TRY(part->add_defaults(arena, list->items[i], err));
        FM_TRY(add_plugin(arena, root, list->items[i], c, err));
    }
    return FM_OK;
}

/* parent: the copy of root, or its section that the part stands in. */
static enum fm_status resolve_part(struct fm_arena *arena, const struct fm_yaml *root,
                                   struct fm_yaml *parent, const struct fm_experiment *e,
                                   const struct fm_part *part, struct fm_error *err)
{
    const char *name = fm_part_name(part);
    struct fm_yaml *map = NULL;
    switch (part->form) {
    case FM_PART_VALUE:
        if (!part->default_text || fm_yaml_find(parent, name))
            return FM_OK;
        return fm_yaml_set_text(arena, parent, name, part->default_text, err);
    case FM_PART_OPTIONS:
        FM_TRY(make_map(arena, parent, name, &map, err));
        break;
    case FM_PART_PLUGIN:
        if (!fm_part_component(part, e)->loaded)
            return FM_OK;
        FM_TRY(make_map(arena, parent, name, &map, err));
        FM_TRY(add_plugin(arena, root, map, fm_part_component(part, e), err));
        break;
    case FM_PART_PLUGINS:
        return resolve_list(arena, root, fm_yaml_find(parent, name), e, part, err);
    }
    return fm_options_add_defaults(arena, map, part->options, root->source->folder, NULL,
                                   err);
}

/* Sorts the keys of the top level into the order of the table. */
static void sort_keys(struct fm_yaml *root)
{
    size_t n = 0;
    for (const struct fm_part *part = fm_parts; part->key; part++)
        for (size_t i = n; i < root->n; i++)
            if (strcmp(root->keys[i]->text, part->key) == 0) {
                struct fm_yaml *key = root->keys[i], *item = root->items[i];
                memmove(root->keys + n + 1, root->keys + n, (i - n) * sizeof *root->keys);
                memmove(root->items + n + 1, root->items + n,
                        (i - n) * sizeof *root->items);
                root->keys[n] = key;
                root->items[n++] = item;
                break;
            }
}

enum fm_status fm_experiment_resolve(struct fm_arena *arena, const struct fm_experiment *e,
                                     const struct fm_yaml *root, struct fm_yaml **resolved,
                                     struct fm_error *err)
{
    struct fm_yaml *copy = fm_yaml_clone(arena, root);
    if (!copy)
        return fm_out_of_memory(err);
    for (const struct fm_part *part = fm_parts; part->key; part++) {
        const struct fm_part *section = fm_part_section(part);
        if (part->is_used && !part->is_used(e))
            continue;
        FM_TRY(resolve_part(arena, root, section ? fm_yaml_find(copy, section->key) : copy,
                            e, part, err));
    }
    sort_keys(copy);
    *resolved = copy;
    return FM_OK;
}

/* A config with every default written out. */
#include <config.h>

#include "base/error.h"
#include "plan/sections.h"

#include <stdlib.h>
#include <string.h>

/* Sets map[key] to YAML text, read as if it stood in the config. */
static enum fm_status set_text(struct fm_arena *arena, struct fm_yaml *map, const char *key,
                               const char *yaml, struct fm_error *err)
{
    struct fm_yaml *value;
    FM_TRY(fm_yaml_parse(arena, "default", ".", yaml, strlen(yaml), false, &value, err));
    return fm_yaml_set(arena, map, key, value, value, err);
}

/* Adds what the table knows and map lacks.  block: the bound options, for their values. */
static enum fm_status add_defaults(struct fm_arena *arena, struct fm_yaml *map,
                                   const struct fm_option *table, const void *block,
                                   struct fm_error *err)
{
    for (const struct fm_option *o = table; o && o->name; o++) {
        if (fm_yaml_find(map, o->name))
            continue;
        struct fm_text text = {0};
        fm_option_emit(&text, o, block);
        enum fm_status status =
            text.has_failed ? fm_out_of_memory(err)
                            : set_text(arena, map, o->name, fm_text_bytes(&text), err);
        fm_text_fini(&text);
        FM_TRY(status);
    }
    return FM_OK;
}

/* Files that an included file or the command line names stand there by their whole path: the
 * resolved config is one file, in the folder of parent. */
static enum fm_status place_files(struct fm_arena *arena, const struct fm_yaml *parent,
                                  struct fm_yaml *map, const struct fm_component *c,
                                  struct fm_error *err)
{
    for (const struct fm_option *o = c->loaded->plugin->options; o && o->name; o++) {
        const struct fm_yaml *node = fm_yaml_find(map, o->name);
        if (o->type != FM_FILE || !node || !node->text || node->text[0] == '\0'
            || strcmp(node->source->folder, parent->source->folder) == 0)
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
            text.has_failed ? fm_out_of_memory(err)
                            : set_text(arena, map, o->name, fm_text_bytes(&text), err);
        fm_text_fini(&text);
        FM_TRY(status);
    }
    return FM_OK;
}

/* The component's map in parent (made from its short form, or from nothing), with `plugin`
 * and all options. */
static enum fm_status resolve_component(struct fm_arena *arena, struct fm_yaml *parent,
                                        const char *key, const struct fm_component *c,
                                        struct fm_yaml **map, struct fm_error *err)
{
    struct fm_yaml *node = fm_yaml_find(parent, key);
    if (!node || node->kind != FM_YAML_MAP) {
        FM_TRY(set_text(arena, parent, key, "{}", err));
        node = fm_yaml_find(parent, key);
    }
    if (!fm_yaml_find(node, "plugin"))
        FM_TRY(set_text(arena, node, "plugin", c->loaded->plugin->name, err));
    *map = node;
    FM_TRY(place_files(arena, parent, node, c, err));
    return add_defaults(arena, node, c->loaded->plugin->options, c->options, err);
}

/* Entry i of the list under key, as a map with `plugin`. */
static enum fm_status entry_map(struct fm_arena *arena, struct fm_yaml *list, size_t i,
                                const char *name, struct fm_yaml **map,
                                struct fm_error *err)
{
    if (list->items[i]->kind != FM_YAML_MAP) {
        FM_TRY(fm_yaml_parse(arena, "default", ".", "{}", 2, true, &list->items[i], err));
        FM_TRY(set_text(arena, list->items[i], "plugin", name, err));
    }
    *map = list->items[i];
    return FM_OK;
}

static enum fm_status resolve_sample(struct fm_arena *arena, struct fm_yaml *root,
                                     const struct fm_experiment *e, struct fm_error *err)
{
    if (!fm_yaml_find(root, "sample"))
        FM_TRY(set_text(arena, root, "sample", "{}", err));
    struct fm_yaml *sample = fm_yaml_find(root, "sample"), *reference;
    FM_TRY(add_defaults(arena, sample, fm_sample_table, &e->sample, err));
    if (!fm_yaml_find(sample, "keep"))
        FM_TRY(set_text(arena, sample, "keep", "[]", err));
    if (e->sample_path.loaded)
        FM_TRY(resolve_component(arena, sample, "path", &e->sample_path, &reference, err));
    FM_TRY(resolve_component(arena, sample, "exact", &e->exact, &reference, err));
    FM_TRY(resolve_component(arena, sample, "reference", &e->reference_solver, &reference,
                             err));
    /* 0 stays 0: what it stands for depends on the network, which a sweep may vary */
    struct fm_reference_options defaults;
    FM_TRY(fm_options_bind(arena, fm_reference_table, sizeof defaults, NULL,
                           "sample.reference", NULL, &defaults, err));
    return add_defaults(arena, reference, fm_reference_table, &defaults, err);
}

/* Of steps and times, t_end and times, the entry has the one that rules. */
static enum fm_status add_method_defaults(struct fm_arena *arena, struct fm_yaml *map,
                                          struct fm_method_options *defaults,
                                          struct fm_error *err)
{
    const struct fm_option *table = fm_method_table(map);
    const bool has_times = fm_yaml_find(map, "times") != NULL;
    struct fm_option wanted[32] = {{0}};
    size_t n = 0;
    for (const struct fm_option *o = table; o->name && n < 31; o++)
        if (strcmp(o->name, "steps") != 0 && strcmp(o->name, "times") != 0
            && !(has_times && strcmp(o->name, "t_end") == 0))
            wanted[n++] = *o;
    FM_TRY(fm_options_bind(arena, table, sizeof *defaults, NULL, "solvers", NULL, defaults,
                           err));
    return add_defaults(arena, map, wanted, defaults, err);
}

/* Solvers keep their lists: only what they leave out is added. */
static enum fm_status resolve_solvers(struct fm_arena *arena, struct fm_yaml *root,
                                      struct fm_registry *registry, struct fm_error *err)
{
    struct fm_yaml *list = fm_yaml_find(root, "solvers");
    for (size_t i = 0; list && i < list->n; i++) {
        const struct fm_loaded *loaded;
        struct fm_yaml *map;
        struct fm_method_options defaults = {0};
        FM_TRY(fm_component_load(registry, FM_SOLVER, list->items[i], NULL, &loaded, err));
        FM_TRY(entry_map(arena, list, i, loaded->plugin->name, &map, err));
        FM_TRY(add_method_defaults(arena, map, &defaults, err));
        if (!loaded->plugin->options)
            continue;
        void *block = fm_arena_take(arena, 1, loaded->plugin->options_size);
        if (!block)
            return fm_out_of_memory(err);
        /* options the entry leaves out have defaults, or reading it would have failed */
        struct fm_option optional[64] = {{0}};
        size_t n = 0;
        for (const struct fm_option *o = loaded->plugin->options; o->name && n < 63; o++)
            if (o->default_text && !fm_yaml_find(map, o->name))
                optional[n++] = *o;
        FM_TRY(fm_options_bind(arena, optional, loaded->plugin->options_size, NULL,
                               "solver", NULL, block, err));
        FM_TRY(add_defaults(arena, map, optional, block, err));
    }
    return FM_OK;
}

static enum fm_status resolve_metrics(struct fm_arena *arena, struct fm_yaml *root,
                                      const struct fm_experiment *e, struct fm_error *err)
{
    struct fm_yaml *list = fm_yaml_find(root, "metrics");
    for (size_t i = 0; i < e->n_metrics; i++) {
        const struct fm_component *c = &e->metrics[i];
        struct fm_yaml *map;
        FM_TRY(entry_map(arena, list, i, c->loaded->plugin->name, &map, err));
        FM_TRY(add_defaults(arena, map, c->loaded->plugin->options, c->options, err));
    }
    return FM_OK;
}

/* The keys in their usual order. */
static void sort_keys(struct fm_yaml *root)
{
    size_t n = 0;
    for (size_t k = 0; fm_experiment_keys[k]; k++)
        for (size_t i = n; i < root->n; i++)
            if (strcmp(root->keys[i]->text, fm_experiment_keys[k]) == 0) {
                struct fm_yaml *key = root->keys[i], *item = root->items[i];
                memmove(root->keys + n + 1, root->keys + n, (i - n) * sizeof *root->keys);
                memmove(root->items + n + 1, root->items + n,
                        (i - n) * sizeof *root->items);
                root->keys[n] = key;
                root->items[n++] = item;
                break;
            }
}

enum fm_status fm_experiment_resolve(struct fm_arena *arena, struct fm_registry *registry,
                                     const struct fm_yaml *root, struct fm_yaml **resolved,
                                     struct fm_error *err)
{
    struct fm_experiment e;
    struct fm_yaml *copy = fm_yaml_clone(arena, root), *unused;
    if (!copy)
        return fm_out_of_memory(err);
    FM_TRY(fm_experiment_read(arena, registry, root, &e, err));
    if (!fm_yaml_find(copy, "seeds"))
        FM_TRY(set_text(arena, copy, "seeds", "1", err));
    for (size_t i = 0; i < FM_N_PLUGIN_SECTIONS; i++) {
        const struct fm_plugin_section *s = &fm_plugin_sections[i];
        FM_TRY(resolve_component(
            arena, copy, s->key,
            (const struct fm_component *)(const void *)((const char *)&e + s->offset),
            &unused, err));
    }
    if (!fm_yaml_find(copy, "split"))
        FM_TRY(set_text(arena, copy, "split", "{}", err));
    FM_TRY(add_defaults(arena, fm_yaml_find(copy, "split"), fm_split_table, &e.split, err));
    if (fm_experiment_is_trained(&e)) {
        if (!fm_yaml_find(copy, "train"))
            FM_TRY(set_text(arena, copy, "train", "{}", err));
        FM_TRY(add_defaults(arena, fm_yaml_find(copy, "train"), fm_train_table, &e.train,
                            err));
    }
    FM_TRY(resolve_sample(arena, copy, &e, err));
    FM_TRY(resolve_solvers(arena, copy, registry, err));
    FM_TRY(resolve_metrics(arena, copy, &e, err));
    sort_keys(copy);
    *resolved = copy;
    return FM_OK;
}

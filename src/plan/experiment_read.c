#include <config.h>

#include "plan/experiment_read.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/options.h"
#include "plan/part.h"

#include <string.h>

/* ---- the keys at the top level ---- */

static enum fm_status fail_unknown(struct fm_arena *arena, const struct fm_yaml *key,
                                   struct fm_error *err)
{
    size_t n = 0;
    for (const struct fm_part *part = fm_parts; part->key; part++)
        n += fm_part_is_top(part);
    const char **names = FM_NEW(arena, n, const char *);
    struct fm_text list = {0};
    if (!names)
        return fm_out_of_memory(err);
    n = 0;
    for (const struct fm_part *part = fm_parts; part->key; part++)
        if (fm_part_is_top(part)) {
            fm_text_add(&list, "%s%s", n > 0 ? ", " : "", part->key);
            names[n++] = part->key;
        }
    const char *nearest = fm_nearest(key->text, names, n);
    enum fm_status status =
        nearest ? fm_yaml_fail(err, key, "unknown key \"%s\"; did you mean \"%s\"?",
                               key->text, nearest)
                : fm_yaml_fail(err, key, "unknown key \"%s\"; a config has %s", key->text,
                               fm_text_bytes(&list));
    fm_text_fini(&list);
    return status;
}

static enum fm_status check_keys(struct fm_arena *arena, const struct fm_yaml *root,
                                 struct fm_error *err)
{
    for (size_t i = 0; i < root->n; i++) {
        const struct fm_part *part = fm_parts;
        while (part->key && strcmp(part->key, root->keys[i]->text) != 0)
            part++;
        if (!part->key || !fm_part_is_top(part))
            return fail_unknown(arena, root->keys[i], err);
    }
    return FM_OK;
}

/* ---- one part ---- */

static void *part_of(const struct fm_reading *r, size_t offset)
{
    return (char *)r->experiment + offset;
}

/* The keys of the parts inside the section, which its table does not have; NULL-ended. */
static const char *const *inner_keys(struct fm_arena *arena, const struct fm_part *section)
{
    size_t n = 0;
    while (section[1 + n].key && fm_part_is_in(&section[1 + n], section))
        n++;
    const char **keys = FM_NEW(arena, n + 1, const char *);
    for (size_t i = 0; keys && i < n; i++)
        keys[i] = fm_part_name(&section[1 + i]);
    return keys;
}

static enum fm_status bind(const struct fm_reading *r, const struct fm_part *part,
                           const struct fm_yaml *map, const char *const *also,
                           struct fm_error *err)
{
    if (!also)
        return fm_out_of_memory(err);
    return fm_options_bind(r->arena, part->options, part->block_bytes, map, part->key, also,
                           part_of(r, part->block), err);
}

static enum fm_status read_plugin(const struct fm_reading *r, const struct fm_part *part,
                                  const struct fm_yaml *node, struct fm_error *err)
{
    static const char *const plugin[] = {"plugin", NULL};
    struct fm_component *c = part_of(r, part->component);
    if (!node && part->question)
        return fm_yaml_fail(err, r->root,
                            "%s add %s: {plugin: NAME} (`fmrun plugins` lists them)",
                            part->question, part->key);
    if (!node && !part->default_name)
        return FM_OK;
    const struct fm_option *const host[] = {part->options, NULL};
    const char *const *host_keys = fm_option_names(r->arena, plugin, host);
    if (!host_keys)
        return fm_out_of_memory(err);
    FM_TRY(fm_component_read(r->arena, r->registry, part->kind, node, part->default_name,
                             host_keys, c, err));
    if (!part->options)
        return FM_OK;
    const struct fm_option *const own[] = {c->loaded->plugin->options, NULL};
    return bind(r, part, node && node->kind == FM_YAML_MAP ? node : NULL,
                fm_option_names(r->arena, plugin, own), err);
}

static enum fm_status read_part(const struct fm_reading *r, const struct fm_part *part,
                                struct fm_error *err)
{
    const struct fm_yaml *node = fm_part_node(part, r->root);
    if (part->form == FM_PART_PLUGIN)
        FM_TRY(read_plugin(r, part, node, err));
    else if (part->form == FM_PART_OPTIONS)
        FM_TRY(bind(r, part, node, inner_keys(r->arena, part), err));
    return part->read ? part->read(r, part, node, err) : FM_OK;
}

enum fm_status fm_experiment_read(struct fm_arena *arena, struct fm_registry *registry,
                                  const struct fm_yaml *root, struct fm_experiment *e,
                                  struct fm_error *err)
{
    const struct fm_reading reading = {arena, registry, root, e};
    *e = (struct fm_experiment){0};
    FM_TRY(check_keys(arena, root, err));
    for (const struct fm_part *part = fm_parts; part->key; part++)
        FM_TRY(read_part(&reading, part, err));
    return FM_OK;
}

#include <config.h>

#include "plan/component.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/options.h"
#include "config/yaml_value.h"
#include "host/kind.h"

#include <string.h>

enum fm_status fm_component_load(struct fm_registry *registry, enum fm_kind kind,
                                 const struct fm_yaml *node, const char *default_name,
                                 const struct fm_loaded **loaded, struct fm_error *err)
{
    const struct fm_yaml *name_node = node;
    const char *name = default_name;
    if (node && node->kind == FM_YAML_MAP) {
        name_node = fm_yaml_find(node, "plugin");
        if (!name_node && !default_name)
            return fm_yaml_fail(err, node,
                                "which %s? add plugin: NAME (`fmrun plugins` lists "
                                "them)",
                                fm_kind_name(kind));
    }
    if (node && node->kind == FM_YAML_LIST)
        return fm_yaml_fail(err, node,
                            "expected one %s, a name or {plugin: NAME, ...}, found a "
                            "list; to try several, use the sweep block",
                            fm_kind_name(kind));
    if (name_node)
        FM_TRY(fm_yaml_string(name_node, "plugin", &name, err));
    struct fm_error why = {0};
    enum fm_status status = fm_registry_load(registry, kind, name, loaded, &why);
    if (status != FM_OK && name_node)
        return fm_yaml_fail(err, name_node, "%s", why.message);
    if (status != FM_OK)
        return fm_fail(err, status, "%s", why.message);
    return FM_OK;
}

static const struct fm_option no_options[] = {{0}};

static const struct fm_option *table_of(const struct fm_loaded *loaded)
{
    return loaded->plugin->options ? loaded->plugin->options : no_options;
}

enum fm_status fm_component_read(struct fm_arena *arena, struct fm_registry *registry,
                                 enum fm_kind kind, const struct fm_yaml *node,
                                 const char *default_name, const char *const *also,
                                 struct fm_component *c, struct fm_error *err)
{
    static const char *const only_plugin[] = {"plugin", NULL};
    FM_TRY(fm_component_load(registry, kind, node, default_name, &c->loaded, err));
    const struct fm_plugin *plugin = c->loaded->plugin;
    void *options = fm_arena_take(arena, 1, plugin->options_size);
    struct fm_text owner = {0};
    fm_text_add(&owner, "%s \"%s\"", fm_kind_name(kind), plugin->name);
    struct fm_yaml name_alone; /* the name as a map without options, at the same place */
    const struct fm_yaml *map = node;
    if (node && node->kind != FM_YAML_MAP) {
        name_alone = *node;
        name_alone.kind = FM_YAML_MAP;
        name_alone.n = 0;
        map = &name_alone;
    }
    enum fm_status status =
        options && !owner.has_failed
            ? fm_options_bind(arena, table_of(c->loaded), plugin->options_size, map,
                              fm_text_bytes(&owner), also ? also : only_plugin, options,
                              err)
            : fm_out_of_memory(err);
    fm_text_fini(&owner);
    c->options = options;
    c->node = node;
    return status;
}

enum fm_status fm_component_solver(struct fm_arena *arena, const struct fm_component *c,
                                   struct fm_solver *solver, struct fm_error *err)
{
    struct fm_error why = {0};
    enum fm_status status =
        fm_solver_open(arena, c->loaded->plugin, c->options, solver, &why);
    if (status == FM_OK)
        return FM_OK;
    if (status == FM_ERROR_MEMORY || !c->node)
        return fm_fail(err, status, "%s", why.message);
    (void)fm_yaml_fail(err, c->node, "%s", why.message);
    err->status = status;
    return status;
}

enum fm_status fm_component_key(struct fm_text *text, const struct fm_component *c,
                                struct fm_error *err)
{
    const struct fm_plugin *p = c->loaded->plugin;
    fm_text_add(text, "{plugin: %s, version: %u", p->name, p->version);
    if (p->options)
        FM_TRY(fm_options_emit(text, p->options, c->options, true, err));
    fm_text_add(text, "}");
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

enum fm_status fm_component_is_same(const struct fm_component *a,
                                    const struct fm_component *b, bool *result,
                                    struct fm_error *err)
{
    struct fm_text first = {0}, second = {0};
    enum fm_status status = fm_component_key(&first, a, err);
    if (status == FM_OK)
        status = fm_component_key(&second, b, err);
    if (status == FM_OK)
        *result = strcmp(fm_text_bytes(&first), fm_text_bytes(&second)) == 0;
    fm_text_fini(&first);
    fm_text_fini(&second);
    return status;
}

#include <config.h>

#include "run/provenance.h"

#include "base/error.h"
#include "base/log.h"
#include "config/document.h"
#include "config/document_emit.h"
#include "host/kind.h"
#include "plan/part.h"
#include "store/read_known.h"
#include "store/record_run.h"
#include "store/record_sweep.h"

#include <string.h>

/* ---- parameters ---- */

struct params {
    struct fm_arena *arena;
    size_t n, capacity;
    struct fm_param *params;
};

static enum fm_status add_param(struct params *p, const char *key,
                                const struct fm_yaml *node, struct fm_error *err)
{
    if (p->n == p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 128;
        struct fm_param *grown = FM_NEW(p->arena, capacity, struct fm_param);
        if (!grown)
            return fm_out_of_memory(err);
        if (p->n)
            memcpy(grown, p->params, p->n * sizeof *grown);
        p->params = grown;
        p->capacity = capacity;
    }
    struct fm_text value = {0};
    if (node->kind == FM_YAML_SCALAR)
        fm_text_add(&value, "%s", node->text);
    else
        fm_yaml_emit(&value, node, 0);
    while (value.length > 0 && value.bytes[value.length - 1] == '\n')
        value.bytes[--value.length] = '\0';
    p->params[p->n].key = fm_arena_text(p->arena, key);
    p->params[p->n].value =
        value.has_failed ? NULL : fm_arena_text(p->arena, fm_text_bytes(&value));
    fm_text_fini(&value);
    if (!p->params[p->n].key || !p->params[p->n].value)
        return fm_out_of_memory(err);
    p->n++;
    return FM_OK;
}

/* Adds every leaf below node with its dotted key. */
static enum fm_status collect_params(struct params *p, const char *prefix,
                                     const struct fm_yaml *node, struct fm_error *err)
{
    if (node->kind != FM_YAML_MAP)
        return add_param(p, prefix, node, err);
    for (size_t i = 0; i < node->n; i++) {
        struct fm_text key = {0};
        fm_text_add(&key, "%s%s%s", prefix, *prefix ? "." : "", node->keys[i]->text);
        enum fm_status status =
            key.has_failed ? fm_out_of_memory(err)
                           : collect_params(p, fm_text_bytes(&key), node->items[i], err);
        fm_text_fini(&key);
        FM_TRY(status);
    }
    return FM_OK;
}

enum fm_status fm_provenance_set_params(struct fm_session *s, const struct fm_plan_run *run,
                                        int64_t run_id, struct fm_error *err)
{
    struct params p = {.arena = &s->arena};
    for (const struct fm_part *part = fm_parts; part->key; part++) {
        const struct fm_yaml *node = part->decides == FM_DECIDES_RUN
                                         ? fm_part_node(part, run->point->resolved)
                                         : NULL;
        if (node)
            FM_TRY(collect_params(&p, part->key, node, err));
    }
    return fm_store_set_params(s->store, run_id, p.n, p.params, err);
}

/* ---- plugins ---- */

/* A list of the plugins that a warning was given for. */
struct fm_rebuilt {
    const struct fm_plugin *plugin;
    struct fm_rebuilt *next;
};

struct visit {
    struct fm_session *session;
    int64_t run_id;
    bool must_add;
};

static enum fm_status warn_of_rebuild(const struct visit *v, const struct fm_plugin *p,
                                      struct fm_error *err)
{
    struct fm_text text = {0};
    fm_text_add(
        &text,
        "%s/%s version %u was rebuilt since some of these results were made; if its "
        "numbers changed, raise its version, or they are mixed",
        fm_kind_name(p->kind), p->name, p->version);
    fm_warn("%s", fm_text_bytes(&text));
    enum fm_status status = fm_store_add_event(v->session->store, v->run_id,
                                               FM_EVENT_WARNING, fm_text_bytes(&text), err);
    fm_text_fini(&text);
    return status;
}

/* fmrun takes a rebuilt plugin with the same version for the same plugin.  That is right
 * for new compiler flags and wrong for new numbers, so warn, once for each plugin. */
static enum fm_status check_build(const struct visit *v, const struct fm_loaded *loaded,
                                  struct fm_error *err)
{
    struct fm_session *s = v->session;
    const struct fm_plugin *p = loaded->plugin;
    bool is_other = false;
    for (const struct fm_rebuilt *r = s->rebuilt; r; r = r->next)
        if (r->plugin == p)
            return FM_OK;
    FM_TRY(fm_store_has_other_build(s->store, v->run_id, fm_kind_name(p->kind), p->name,
                                    p->version, loaded->sha256, &is_other, err));
    if (!is_other)
        return FM_OK;
    struct fm_rebuilt *rebuilt = FM_NEW(&s->arena, 1, struct fm_rebuilt);
    if (!rebuilt)
        return fm_out_of_memory(err);
    *rebuilt = (struct fm_rebuilt){p, s->rebuilt};
    s->rebuilt = rebuilt;
    return warn_of_rebuild(v, p, err);
}

static enum fm_status visit_plugin(void *context, const struct fm_component *c,
                                   struct fm_error *err)
{
    const struct visit *v = context;
    struct fm_store *store = v->session->store;
    const struct fm_plugin *p = c->loaded->plugin;
    const struct fm_plugin_record record = {
        .kind = fm_kind_name(p->kind),
        .name = p->name,
        .version = p->version,
        .path = c->loaded->file,
        .sha256 = c->loaded->sha256,
    };
    int64_t id;
    FM_TRY(check_build(v, c->loaded, err));
    if (!v->must_add)
        return FM_OK;
    FM_TRY(fm_store_add_plugin(store, &record, &id, err));
    return fm_store_add_run_plugin(store, v->run_id, id, err);
}

enum fm_status fm_provenance_visit_plugins(struct fm_session *s, int64_t run_id,
                                           const struct fm_experiment *e, bool must_add,
                                           struct fm_error *err)
{
    struct visit v = {s, run_id, must_add};
    return fm_parts_each_plugin(e, visit_plugin, &v, err);
}

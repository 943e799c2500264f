#include <config.h>

#include "plan/plan.h"

#include "base/error.h"
#include "base/log.h"
#include "config/document_edit.h"
#include "config/document_error.h"
#include "config/document_parse.h"
#include "config/include.h"
#include "host/coupling.h"
#include "plan/experiment_read.h"
#include "plan/plan_keys.h"
#include "plan/plan_text.h"
#include "plan/resolve.h"
#include "plan/sweep.h"

#include <string.h>

static enum fm_status read_point(struct fm_arena *arena, struct fm_registry *registry,
                                 const struct fm_sweep_point *from, size_t index,
                                 struct fm_point *p, struct fm_error *err)
{
    struct fm_yaml *resolved;
    p->index = index;
    p->setting = from->setting;
    FM_TRY(fm_experiment_read(arena, registry, from->root, &p->experiment, err));
    FM_TRY(fm_experiment_resolve(arena, &p->experiment, from->root, &resolved, err));
    p->resolved = resolved;
    p->runs = FM_NEW(arena, p->experiment.n_seeds, size_t);
    if (!p->runs)
        return fm_out_of_memory(err);
    return fm_plan_key_point(arena, p, err);
}

enum { MAX_PARENTS = 16 };

static enum fm_status read_plan(struct fm_arena *arena, struct fm_registry *registry,
                                struct fm_plan *plan, const char *const *overrides,
                                size_t n_overrides, struct fm_error *err);

/* A flow carries its own source to its own data: a child with another source would start from
 * other x0, and one with other data would be compared with rows that its pairs don't lead to. */
static enum fm_status check_parent(const struct fm_experiment *e,
                                   const struct fm_experiment *parent, struct fm_error *err)
{
    const struct {
        const char *name;
        const struct fm_component *ours, *theirs;
    } parts[] = {{"source", &e->source, &parent->source},
                 {"set of data", &e->data, &parent->data}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct fm_text theirs = {0};
        bool is_same;
        FM_TRY(fm_component_is_same(parts[i].ours, parts[i].theirs, &is_same, err));
        if (is_same)
            continue;
        enum fm_status status = fm_component_key(&theirs, parts[i].theirs, err);
        if (status == FM_OK)
            status = fm_yaml_fail(err, e->coupling.node, "the parent has another %s: %s",
                                  parts[i].name, fm_text_bytes(&theirs));
        fm_text_fini(&theirs);
        return status;
    }
    return FM_OK;
}

/* Reads the parent, whose flow makes the pairs, where the coupling asks for one.  before: the
 * previous point, whose parent is reused if it is the same. */
static enum fm_status read_parent(struct fm_arena *arena, struct fm_registry *registry,
                                  const struct fm_plan *child, struct fm_point *p,
                                  const struct fm_point *before, struct fm_error *err)
{
    struct fm_experiment *e = &p->experiment;
    const struct fm_coupling_ops *ops = e->coupling.loaded->plugin->coupling;
    const struct fm_coupling_scheme scheme =
        fm_coupling_open(e->coupling.loaded->plugin, e->coupling.options).scheme;
    if (!scheme.parent)
        return FM_OK;
    if (ops->pair || scheme.n_pairs == 0 || !(scheme.rtol > 0))
        return fm_fail(
            err, FM_ERROR_PLUGIN,
            "the coupling %s asks for a parent's pairs, so it must set n_pairs and rtol "
            "and must not have pair()",
            e->coupling.loaded->plugin->name);
    if (!fm_experiment_is_trained(e))
        return fm_yaml_fail(
            err, e->coupling.node,
            "a closed form is not trained and needs no pairs; use another coupling");
    if (child->depth == MAX_PARENTS)
        return fm_yaml_fail(err, e->coupling.node,
                            "more than %d parents in a chain; is one its own parent?",
                            MAX_PARENTS);
    struct fm_plan *plan = FM_NEW(arena, 1, struct fm_plan);
    if (!plan)
        return fm_out_of_memory(err);
    *plan = (struct fm_plan){
        .file = scheme.parent, .depth = child->depth + 1, .has_keys = child->has_keys};
    if (before && before->experiment.parent
        && strcmp(before->experiment.parent_file, scheme.parent) == 0) {
        e->parent = before->experiment.parent;
    } else {
        FM_TRY(read_plan(arena, registry, plan, NULL, 0, err));
        if (plan->n_points != 1)
            return fm_yaml_fail(
                err, e->coupling.node,
                "the parent %s is a sweep of %zu points; name a config with a "
                "single point",
                scheme.parent, plan->n_points);
        e->parent = &plan->points[0].experiment;
    }
    e->parent_file = scheme.parent;
    return check_parent(e, e->parent, err);
}

static enum fm_status read_points(struct fm_arena *arena, struct fm_registry *registry,
                                  const struct fm_yaml *root, struct fm_plan *plan,
                                  struct fm_error *err)
{
    struct fm_sweep_point *points;
    FM_TRY(fm_sweep_expand(arena, root, &plan->n_points, &points, err));
    plan->points = FM_NEW(arena, plan->n_points, struct fm_point);
    if (!plan->points)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < plan->n_points; i++) {
        struct fm_point *p = &plan->points[i];
        FM_TRY(read_point(arena, registry, &points[i], i, p, err));
        FM_TRY(read_parent(arena, registry, plan, p, i > 0 ? p - 1 : NULL, err));
    }
    plan->name = plan->points[0].experiment.name;
    return plan->has_keys ? fm_plan_key_runs(arena, plan, err) : FM_OK;
}

/* file, depth and has_keys are set. */
static enum fm_status read_plan(struct fm_arena *arena, struct fm_registry *registry,
                                struct fm_plan *plan, const char *const *overrides,
                                size_t n_overrides, struct fm_error *err)
{
    struct fm_yaml *root;
    FM_TRY(fm_yaml_read(arena, plan->file, &root, err));
    plan->text = root->source->text;
    FM_TRY(fm_yaml_include(arena, root, err));
    for (size_t i = 0; i < n_overrides; i++)
        FM_TRY(fm_yaml_override(arena, root, overrides[i], err));
    FM_TRY(read_points(arena, registry, root, plan, err));
    plan->question = fm_plan_question(arena, plan->text);
    if (!plan->question)
        return fm_out_of_memory(err);
    FM_TRY(fm_plan_note_overrides(arena, plan, n_overrides, overrides, err));
    FM_TRY(fm_plan_write_resolved(arena, root, plan, err));
    fm_log(FM_LOG_PLAN, "%s: %zu points, %zu runs, key %.12s", plan->name, plan->n_points,
           plan->n_runs, plan->key);
    return FM_OK;
}

enum fm_status fm_plan_read(struct fm_arena *arena, struct fm_registry *registry,
                            const char *path, size_t n_overrides,
                            const char *const *overrides, struct fm_plan *plan,
                            struct fm_error *err)
{
    *plan = (struct fm_plan){.file = path, .has_keys = true};
    return read_plan(arena, registry, plan, overrides, n_overrides, err);
}

enum fm_status fm_plan_read_points(struct fm_arena *arena, struct fm_registry *registry,
                                   const char *path, size_t n_overrides,
                                   const char *const *overrides, struct fm_plan *plan,
                                   struct fm_error *err)
{
    *plan = (struct fm_plan){.file = path};
    return read_plan(arena, registry, plan, overrides, n_overrides, err);
}

#include <config.h>

#include "plan/plan.h"

#include "base/error.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

/* key = sha256 of what `write` writes; text, unless NULL, becomes a copy of it in arena. */
static enum fm_status seal(struct fm_arena *arena, struct fm_text *text, char *key,
                           const char **copy, struct fm_error *err)
{
    if (text->has_failed)
        return fm_out_of_memory(err);
    fm_hash(fm_text_bytes(text), text->length, key);
    if (copy && !(*copy = fm_arena_text(arena, fm_text_bytes(text))))
        return fm_out_of_memory(err);
    return FM_OK;
}

static enum fm_status key_samplings(struct fm_arena *arena, struct fm_point *p,
                                    struct fm_text *text, struct fm_error *err)
{
    const struct fm_experiment *e = &p->experiment;
    p->samplings = FM_NEW(arena, e->n_methods, struct fm_plan_sampling);
    if (!p->samplings)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < e->n_methods; i++) {
        struct fm_plan_sampling *s = &p->samplings[i];
        char unused[FM_HASH_SIZE];
        s->method = &e->methods[i];
        fm_text_clear(text);
        FM_TRY(fm_component_text(text, &s->method->solver, false, err));
        FM_TRY(seal(arena, text, unused, &s->method_text, err));
        fm_text_clear(text);
        FM_TRY(fm_experiment_sampling_text(text, e, s->method, err));
        FM_TRY(seal(arena, text, s->key, NULL, err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(p->samplings[j].key, s->key) == 0)
                return fm_yaml_fail(err, s->method->solver.node,
                                    "this solver setting stands here twice");
    }
    return FM_OK;
}

static enum fm_status text_metrics(struct fm_arena *arena, struct fm_point *p,
                                   struct fm_text *text, struct fm_error *err)
{
    const struct fm_experiment *e = &p->experiment;
    p->metrics = FM_NEW(arena, e->n_metrics, struct fm_plan_metric);
    if (!p->metrics)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < e->n_metrics; i++) {
        char unused[FM_HASH_SIZE];
        p->metrics[i].metric = &e->metrics[i];
        fm_text_clear(text);
        FM_TRY(fm_experiment_metric_text(text, e, &e->metrics[i], err));
        FM_TRY(seal(arena, text, unused, &p->metrics[i].text, err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(p->metrics[j].text, p->metrics[i].text) == 0)
                return fm_yaml_fail(err, e->metrics[i].node,
                                    "this metric stands here twice");
    }
    return FM_OK;
}

/* ---- points and runs ---- */

static enum fm_status read_point(struct fm_arena *arena, struct fm_registry *registry,
                                 const struct fm_sweep_point *from, size_t index,
                                 struct fm_point *p, struct fm_text *text,
                                 struct fm_error *err)
{
    struct fm_yaml *resolved;
    p->index = index;
    p->setting = from->setting;
    FM_TRY(fm_experiment_read(arena, registry, from->root, &p->experiment, err));
    FM_TRY(fm_experiment_resolve(arena, registry, from->root, &resolved, err));
    p->resolved = resolved;
    p->runs = FM_NEW(arena, p->experiment.n_seeds, size_t);
    if (!p->runs)
        return fm_out_of_memory(err);
    FM_TRY(key_samplings(arena, p, text, err));
    return text_metrics(arena, p, text, err);
}

/* Runs that several points need are in the plan once: keys, sorted, find them. */
struct found {
    const char *key;
    size_t run;
};

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->run > y->run) - (x->run < y->run);
}

static enum fm_status collect_runs(struct fm_arena *arena, struct fm_plan *plan,
                                   struct fm_text *text, struct fm_error *err)
{
    size_t total = 0, n = 0;
    for (size_t i = 0; i < plan->n_points; i++)
        total += plan->points[i].experiment.n_seeds;
    struct fm_plan_run *all = FM_NEW(arena, total, struct fm_plan_run);
    struct found *found = FM_NEW(arena, total, struct found);
    size_t *place = FM_NEW(arena, total, size_t);
    if (!all || !found || !place)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < plan->n_points; i++) {
        struct fm_point *p = &plan->points[i];
        for (size_t s = 0; s < p->experiment.n_seeds; s++) {
            struct fm_plan_run *run = &all[n];
            fm_text_clear(text);
            fm_text_add(text, "fmrun run, format 1\nseed: %llu\n",
                        (unsigned long long)p->experiment.seeds[s]);
            FM_TRY(fm_experiment_run_text(text, &p->experiment, err));
            FM_TRY(seal(arena, text, run->key, NULL, err));
            run->seed = p->experiment.seeds[s];
            run->point = p;
            found[n] = (struct found){run->key, n};
            p->runs[s] = n++;
        }
    }
    qsort(found, n, sizeof *found, compare_found);
    for (size_t i = 0; i < n; i++) /* the first of equal keys stands for all */
        place[found[i].run] = i > 0 && strcmp(found[i].key, found[i - 1].key) == 0
                                  ? place[found[i - 1].run]
                                  : found[i].run;
    plan->runs = FM_NEW(arena, n, struct fm_plan_run);
    if (!plan->runs)
        return fm_out_of_memory(err);
    size_t *index = FM_NEW(arena, n, size_t);
    if (!index)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++)
        if (place[i] == i) {
            index[i] = plan->n_runs;
            plan->runs[plan->n_runs++] = all[i];
        }
    for (size_t i = 0; i < plan->n_points; i++)
        for (size_t s = 0; s < plan->points[i].experiment.n_seeds; s++)
            plan->points[i].runs[s] = index[place[plan->points[i].runs[s]]];
    return FM_OK;
}

/* The sweep's own key: all its runs, samplings and metrics. */
static enum fm_status key_sweep(struct fm_arena *arena, struct fm_plan *plan,
                                struct fm_text *text, struct fm_error *err)
{
    fm_text_clear(text);
    fm_text_add(text, "fmrun sweep, format 1\n%s\n", plan->name);
    for (size_t i = 0; i < plan->n_points; i++) {
        const struct fm_point *p = &plan->points[i];
        fm_text_add(text, "point %s\n", p->setting);
        for (size_t s = 0; s < p->experiment.n_seeds; s++)
            fm_text_add(text, "run %s\n", plan->runs[p->runs[s]].key);
        for (size_t m = 0; m < p->experiment.n_methods; m++)
            fm_text_add(text, "sampling %s %s\n", p->samplings[m].key,
                        p->samplings[m].method->label);
        for (size_t m = 0; m < p->experiment.n_metrics; m++)
            fm_text_add(text, "metric %s\n", p->metrics[m].text);
    }
    return seal(arena, text, plan->key, NULL, err);
}

/* ---- the whole ---- */

/* The first comment of a config, without its marks and without the line that names the file:
 * the question it answers. */
static const char *question_of(struct fm_arena *arena, const char *text)
{
    struct fm_text question = {0};
    while (*text == '#') {
        size_t n = strcspn(text, "\n");
        const char *line = text + 1;
        size_t length = n - 1;
        while (length > 0 && *line == ' ') {
            line++;
            length--;
        }
        bool is_name = length > 5 && strncmp(line + length - 5, ".yaml", 5) == 0
                       && !memchr(line, ' ', length);
        if (!is_name && length > 0)
            fm_text_add(&question, "%s%.*s", question.length ? " " : "", (int)length, line);
        text += n + (text[n] == '\n');
    }
    const char *q = fm_text_bytes(&question);
    if (strncmp(q, "Question: ", 10) == 0)
        q += 10;
    const char *copy = question.has_failed ? NULL : fm_arena_text(arena, q);
    fm_text_fini(&question);
    return copy;
}

static enum fm_status note_overrides(struct fm_arena *arena, struct fm_plan *plan, size_t n,
                                     const char *const *overrides, struct fm_error *err)
{
    struct fm_text text = {0};
    fm_text_add(&text, "%s", plan->text);
    for (size_t i = 0; i < n; i++)
        fm_text_add(&text, "# command line: %s\n", overrides[i]);
    plan->text = text.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&text));
    fm_text_fini(&text);
    return plan->text ? FM_OK : fm_out_of_memory(err);
}

/* The resolved config: point 0's defaults for everything, and the sweep as it was written. */
static enum fm_status write_resolved(struct fm_arena *arena, struct fm_registry *registry,
                                     const struct fm_yaml *root, struct fm_plan *plan,
                                     struct fm_error *err)
{
    struct fm_yaml *resolved = NULL, *sweep = fm_yaml_find(root, "sweep");
    struct fm_error why = {0};
    struct fm_yaml *base = fm_yaml_clone(arena, root);
    if (!base)
        return fm_out_of_memory(err);
    if (sweep)
        base->n -= 1;
    for (size_t i = 0, n = 0; sweep && i < root->n; i++)
        if (strcmp(root->keys[i]->text, "sweep") != 0) {
            base->keys[n] = root->keys[i];
            base->items[n++] = fm_yaml_clone(arena, root->items[i]);
        }
    /* a sweep may bring what its base lacks: then point 0 stands in */
    if (fm_experiment_resolve(arena, registry, base, &resolved, &why) != FM_OK) {
        resolved = fm_yaml_clone(arena, plan->points[0].resolved);
        if (!resolved)
            return fm_out_of_memory(err);
    }
    if (sweep)
        FM_TRY(fm_yaml_set(arena, resolved, "sweep", sweep, sweep, err));
    struct fm_text text = {0};
    fm_yaml_emit(&text, resolved, 0);
    plan->resolved = text.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&text));
    fm_text_fini(&text);
    return plan->resolved ? FM_OK : fm_out_of_memory(err);
}

static enum fm_status read_points(struct fm_arena *arena, struct fm_registry *registry,
                                  const struct fm_yaml *root, struct fm_plan *plan,
                                  struct fm_text *text, struct fm_error *err)
{
    struct fm_sweep_point *points;
    FM_TRY(fm_sweep_expand(arena, root, &plan->n_points, &points, err));
    plan->points = FM_NEW(arena, plan->n_points, struct fm_point);
    if (!plan->points)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < plan->n_points; i++)
        FM_TRY(read_point(arena, registry, &points[i], i, &plan->points[i], text, err));
    plan->name = plan->points[0].experiment.name;
    FM_TRY(collect_runs(arena, plan, text, err));
    return key_sweep(arena, plan, text, err);
}

enum fm_status fm_plan_read(struct fm_arena *arena, struct fm_registry *registry,
                            const char *path, size_t n_overrides,
                            const char *const *overrides, struct fm_plan *plan,
                            struct fm_error *err)
{
    struct fm_yaml *root;
    *plan = (struct fm_plan){.file = path};
    FM_TRY(fm_yaml_read(arena, path, &root, err));
    plan->text = root->source->text;
    for (size_t i = 0; i < n_overrides; i++)
        FM_TRY(fm_yaml_override(arena, root, overrides[i], err));
    struct fm_text text = {0};
    enum fm_status status = read_points(arena, registry, root, plan, &text, err);
    fm_text_fini(&text);
    FM_TRY(status);
    plan->question = question_of(arena, plan->text);
    if (!plan->question)
        return fm_out_of_memory(err);
    FM_TRY(note_overrides(arena, plan, n_overrides, overrides, err));
    FM_TRY(write_resolved(arena, registry, root, plan, err));
    fm_log(FM_LOG_PLAN, "%s: %zu points, %zu runs, key %.12s", plan->name, plan->n_points,
           plan->n_runs, plan->key);
    return FM_OK;
}

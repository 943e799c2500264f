#include <config.h>

#include "plan/plan_keys.h"

#include "base/error.h"
#include "base/file.h"
#include "config/document_error.h"
#include "config/option_default.h"
#include "config/option_emit.h"
#include "plan/key_text.h"

#include <stdlib.h>
#include <string.h>

/* ---- samplings and metrics ---- */

/* key = sha256 of text; *copy, unless copy is NULL, = text, in arena. */
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

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* Appends "name: value" for each option of the table that differs from its default, except those
 * in left_out. */
static enum fm_status add_unusual(struct fm_text *text, const struct fm_option *table,
                                  const void *block, const char *const *left_out,
                                  struct fm_error *err)
{
    for (const struct fm_option *o = table; o && o->name; o++) {
        bool is_default;
        FM_TRY(fm_option_is_default(o, block, &is_default, err));
        if (is_default || is_one_of(o->name, left_out))
            continue;
        fm_text_add(text, "%s%s: ", text->length ? " " : "", o->name);
        fm_option_emit(text, o, block);
    }
    return FM_OK;
}

/* The solver's own options and the host's, except those with a column in the database. */
static enum fm_status method_text(struct fm_text *text, const struct fm_method *m,
                                  struct fm_error *err)
{
    static const char *const columns[] = {"steps", "rtol", "atol", NULL};
    static const char *const columns_of_times[] = {"steps", "t_end", NULL};
    FM_TRY(add_unusual(text, m->solver.loaded->plugin->options, m->solver.options, columns,
                       err));
    return add_unusual(text, fm_method_table(m), &m->options,
                       m->options.times.n > 0 ? columns_of_times : columns, err);
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
        FM_TRY(method_text(text, s->method, err));
        FM_TRY(seal(arena, text, unused, &s->method_text, err));
        fm_text_clear(text);
        FM_TRY(fm_key_text_sampling(text, e, s->method, err));
        FM_TRY(seal(arena, text, s->key, NULL, err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(p->samplings[j].key, s->key) == 0)
                return fm_yaml_fail(err, s->method->solver.node,
                                    "this solver setting occurs twice");
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
        FM_TRY(fm_key_text_metric(text, e, &e->metrics[i], err));
        FM_TRY(seal(arena, text, unused, &p->metrics[i].text, err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(p->metrics[j].text, p->metrics[i].text) == 0)
                return fm_yaml_fail(err, e->metrics[i].node, "this metric occurs twice");
    }
    return FM_OK;
}

/* ---- runs ---- */

/* The plan has each run once, even when several points need it; sorting by key finds equals. */
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

/* The text that a run's key is the hash of, without the seed that ends it. */
static enum fm_status run_text(struct fm_text *text, const struct fm_experiment *e,
                               struct fm_error *err)
{
    fm_text_clear(text);
    fm_text_add(text, "fmrun run, format 1\n");
    return fm_key_text_run(text, e, err);
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
        FM_TRY(run_text(text, &p->experiment, err));
        size_t length =
            text->length; /* shared by all seeds: making it may hash large files */
        for (size_t s = 0; s < p->experiment.n_seeds; s++) {
            struct fm_plan_run *run = &all[n];
            fm_text_cut(text, length);
            fm_text_add(text, "seed: %llu\n", (unsigned long long)p->experiment.seeds[s]);
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

static enum fm_status key_parents(struct fm_arena *arena, struct fm_plan *plan,
                                  struct fm_text *text, struct fm_error *err)
{
    for (size_t i = 0; i < plan->n_runs; i++) {
        struct fm_plan_run *run = &plan->runs[i];
        const struct fm_experiment *parent = run->point->experiment.parent;
        if (!parent)
            continue;
        FM_TRY(run_text(text, parent, err));
        fm_text_add(text, "seed: %llu\n", (unsigned long long)run->seed);
        FM_TRY(seal(arena, text, run->parent_key, NULL, err));
    }
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

enum fm_status fm_plan_key_point(struct fm_arena *arena, struct fm_point *point,
                                 struct fm_error *err)
{
    struct fm_text text = {0};
    enum fm_status status = key_samplings(arena, point, &text, err);
    if (status == FM_OK)
        status = text_metrics(arena, point, &text, err);
    fm_text_fini(&text);
    return status;
}

enum fm_status fm_plan_key_runs(struct fm_arena *arena, struct fm_plan *plan,
                                struct fm_error *err)
{
    struct fm_text text = {0};
    enum fm_status status = collect_runs(arena, plan, &text, err);
    if (status == FM_OK)
        status = key_parents(arena, plan, &text, err);
    if (status == FM_OK)
        status = key_sweep(arena, plan, &text, err);
    fm_text_fini(&text);
    return status;
}

#include <config.h>

#include "run/ledger.h"

#include "base/error.h"
#include "store/read_known.h"

/* Arguments of the functions below. */
struct reading {
    struct fm_arena *arena;
    struct fm_store *store; /* NULL: there is no database */
    bool must_retry;
};

static bool is_final(const struct reading *r, const struct fm_known *known)
{
    return known->id
           && (known->status == FM_RUN_DONE
               || (known->status == FM_RUN_DIVERGED && !r->must_retry));
}

static enum fm_status read_metrics(const struct reading *r, const struct fm_point *point,
                                   struct fm_ledger_sampling *s, struct fm_error *err)
{
    const size_t n = point->experiment.n_metrics;
    s->metric_is_left = FM_NEW(r->arena, n, bool);
    if (!s->metric_is_left)
        return fm_out_of_memory(err);
    if (s->is_final && s->known.status == FM_RUN_DIVERGED)
        return FM_OK; /* nothing to measure */
    for (size_t i = 0; i < n; i++) {
        const struct fm_plugin *plugin = point->metrics[i].metric->loaded->plugin;
        int64_t id = 0;
        bool has_row = false, has_value = false;
        if (s->known.id)
            FM_TRY(fm_store_find_metric_def(r->store, plugin->name, plugin->version,
                                            point->metrics[i].text, &id, err));
        if (id)
            FM_TRY(
                fm_store_has_metric(r->store, s->known.id, id, &has_row, &has_value, err));
        s->metric_is_left[i] = !has_row || (!has_value && r->must_retry);
        s->n_metrics_left += s->metric_is_left[i];
        s->has_failed = s->has_failed || (!s->metric_is_left[i] && !has_value);
    }
    return FM_OK;
}

static enum fm_status read_sampling(const struct reading *r, const struct fm_point *point,
                                    size_t index, const struct fm_ledger_run *run,
                                    struct fm_ledger_sampling *s, struct fm_error *err)
{
    if (run->known.id)
        FM_TRY(fm_store_find_sampling(r->store, run->known.id, point->samplings[index].key,
                                      &s->known, err));
    s->is_final = is_final(r, &s->known);
    s->has_failed = s->is_final && s->known.status == FM_RUN_DIVERGED;
    FM_TRY(read_metrics(r, point, s, err));
    if (run->is_final && run->known.status == FM_RUN_DIVERGED)
        s->n_metrics_left = 0; /* there are no weights to sample */
    else
        s->is_left = !s->is_final || s->n_metrics_left > 0;
    return FM_OK;
}

static enum fm_status read_point(const struct reading *r, const struct fm_point *point,
                                 struct fm_ledger *ledger, struct fm_error *err)
{
    const size_t n_methods = point->experiment.n_methods;
    const size_t n_seeds = point->experiment.n_seeds;
    struct fm_ledger_sampling *samplings =
        FM_NEW(r->arena, n_seeds * n_methods, struct fm_ledger_sampling);
    if (!samplings)
        return fm_out_of_memory(err);
    ledger->samplings[point->index] = samplings;
    for (size_t s = 0; s < n_seeds; s++) {
        struct fm_ledger_run *run = &ledger->runs[point->runs[s]];
        for (size_t m = 0; m < n_methods; m++) {
            struct fm_ledger_sampling *sampling = &samplings[s * n_methods + m];
            FM_TRY(read_sampling(r, point, m, run, sampling, err));
            run->is_left = run->is_left || sampling->is_left;
        }
    }
    return FM_OK;
}

enum fm_status fm_ledger_read(struct fm_arena *arena, const struct fm_plan *plan,
                              struct fm_store *store, bool must_retry,
                              struct fm_ledger *ledger, struct fm_error *err)
{
    const struct reading r = {arena, store, must_retry};
    ledger->runs = FM_NEW(arena, plan->n_runs, struct fm_ledger_run);
    ledger->samplings = FM_NEW(arena, plan->n_points, struct fm_ledger_sampling *);
    if (!ledger->runs || !ledger->samplings)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < plan->n_runs; i++) {
        struct fm_ledger_run *run = &ledger->runs[i];
        if (store)
            FM_TRY(fm_store_find_run(store, plan->runs[i].key, &run->known, err));
        run->is_final = is_final(&r, &run->known);
        run->is_left = !run->is_final;
    }
    for (size_t i = 0; i < plan->n_points; i++)
        FM_TRY(read_point(&r, &plan->points[i], ledger, err));
    return FM_OK;
}

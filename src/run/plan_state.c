#include <config.h>

#include "run/plan_state.h"

#include "base/error.h"
#include "run/ledger.h"
#include "run/model.h"
#include "store/read_run.h"

/* Assumed without any measured run, for each thread: a small network on an old core. */
static const double GUESSED_FLOPS = 2e10;

struct speed {
    double flops_per_second;
    size_t n;
    size_t n_threads;
};

static enum fm_status add_speed(void *context, const struct fm_speed_row *row,
                                struct fm_error *err)
{
    struct speed *s = context;
    (void)err;
    if (row->n_threads == s->n_threads && row->flops_per_second > 0) {
        s->flops_per_second += row->flops_per_second;
        s->n++;
    }
    return FM_OK;
}

static double evaluations(const struct fm_experiment *e, const struct fm_method *m)
{
    const struct fm_tableau *t = m->ready.scheme.tableau;
    double stages = t ? (double)t->n_stages : 1;
    double steps = m->options.steps > 0 ? (double)m->options.steps : 20;
    double cost = m->options.guidance == 0 || m->options.guidance == 1 ? 1 : 2;
    return (double)e->sample.count * steps * stages * cost;
}

/* What is left, in numbers. */
struct count {
    /* [plan->n_runs]: network evaluations in the samplings that are left */
    double *evaluations;
    double flops; /* floating-point operations that are left */
};

static void count_samplings(const struct fm_plan *plan, const struct fm_ledger *ledger,
                            struct count *count, struct fm_plan_state *state)
{
    for (size_t p = 0; p < plan->n_points; p++) {
        const struct fm_point *point = &plan->points[p];
        const struct fm_experiment *e = &point->experiment;
        for (size_t s = 0; s < e->n_seeds; s++)
            for (size_t m = 0; m < e->n_methods; m++) {
                bool is_left = ledger->samplings[p][s * e->n_methods + m].is_left;
                state->n_samplings++;
                state->n_samplings_done += !is_left;
                if (is_left)
                    count->evaluations[point->runs[s]] += evaluations(e, &e->methods[m]);
            }
    }
}

/* scratch: for one model at a time. */
static enum fm_status count_flops(struct fm_arena *scratch, const struct fm_plan *plan,
                                  const struct fm_ledger *ledger, struct count *count,
                                  struct fm_plan_state *state, struct fm_error *err)
{
    const struct fm_point *last = NULL;
    double forward = 0, train = 0;
    for (size_t i = 0; i < plan->n_runs; i++) {
        const struct fm_point *point = plan->runs[i].point;
        const struct fm_train_options *o = &point->experiment.train;
        state->n_runs_done += !ledger->runs[i].is_left;
        if (!ledger->runs[i].is_left)
            continue;
        if (point != last) {
            struct fm_model model;
            fm_arena_fini(scratch);
            FM_TRY(fm_model_open(scratch, &point->experiment, true, &model, err));
            forward = model.net ? fm_net_forward_flops(model.net) : 1000;
            train = model.net ? fm_net_train_flops(model.net) : 0;
            last = point;
        }
        double steps = (double)o->steps - (double)ledger->runs[i].known.step;
        count->flops += (double)o->batch * steps * train + count->evaluations[i] * forward;
    }
    return FM_OK;
}

static enum fm_status inspect(struct fm_arena *arena, const struct fm_plan *plan,
                              struct fm_store *store, bool must_retry,
                              struct fm_plan_state *state, double *flops,
                              struct fm_error *err)
{
    struct fm_arena scratch = {0};
    struct fm_ledger ledger;
    struct count count = {.evaluations = FM_NEW(arena, plan->n_runs, double)};
    if (!count.evaluations)
        return fm_out_of_memory(err);
    FM_TRY(fm_ledger_read(arena, plan, store, must_retry, &ledger, err));
    count_samplings(plan, &ledger, &count, state);
    enum fm_status status = count_flops(&scratch, plan, &ledger, &count, state, err);
    fm_arena_fini(&scratch);
    *flops = count.flops;
    return status;
}

enum fm_status fm_plan_state_read(const struct fm_plan *plan, struct fm_store *store,
                                  size_t n_threads, bool must_retry,
                                  struct fm_plan_state *state, struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct speed speed = {.n_threads = n_threads};
    double flops = 0;
    *state = (struct fm_plan_state){0};
    enum fm_status status = inspect(&arena, plan, store, must_retry, state, &flops, err);
    fm_arena_fini(&arena);
    FM_TRY(status);
    if (store)
        FM_TRY(fm_store_each_speed(store, NULL, 20, add_speed, &speed, err));
    state->is_done = state->n_runs_done == plan->n_runs;
    state->is_measured = speed.n > 0;
    double rate = speed.n > 0 ? speed.flops_per_second / (double)speed.n
                              : GUESSED_FLOPS * (double)n_threads;
    state->seconds_left = flops / rate;
    return FM_OK;
}

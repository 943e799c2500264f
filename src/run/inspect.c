/* Whether a plan can be done, how much of it is, and how long the rest will take. */
#include <config.h>

#include "base/error.h"
#include "run/model.h"
#include "run/run.h"
#include "store/read.h"

#include <errno.h>
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

/* Without any measured run: a small network on one core of some ten years of age. */
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
    const struct fm_tableau *t = m->solver.loaded->plugin->solver->tableau;
    double stages = t ? (double)t->n_stages : 1;
    double steps = m->options.steps > 0 ? (double)m->options.steps : 20;
    return (double)e->sample.count * steps * stages;
}

static enum fm_status inspect_run(const struct fm_plan *plan, size_t index,
                                  struct fm_store *store, double forward, double train,
                                  struct fm_plan_state *state, double *flops,
                                  struct fm_error *err)
{
    const struct fm_plan_run *run = &plan->runs[index];
    struct fm_known known = {0};
    double left = 0;
    if (store)
        FM_TRY(fm_store_find_run(store, run->key, &known, err));
    for (size_t p = 0; p < plan->n_points; p++) {
        const struct fm_point *point = &plan->points[p];
        bool has_run = false;
        for (size_t s = 0; s < point->experiment.n_seeds; s++)
            has_run = has_run || point->runs[s] == index;
        for (size_t m = 0; has_run && m < point->experiment.n_methods; m++) {
            struct fm_known sampling = {0};
            if (store && known.id)
                FM_TRY(fm_store_find_sampling(store, known.id, point->samplings[m].key,
                                              &sampling, err));
            bool is_done =
                sampling.id
                && (sampling.status == FM_RUN_DONE || sampling.status == FM_RUN_DIVERGED);
            state->n_samplings++;
            state->n_samplings_done += is_done;
            if (!is_done)
                left += evaluations(&point->experiment, point->samplings[m].method);
        }
    }
    bool is_done = known.id
                   && (known.status == FM_RUN_DONE || known.status == FM_RUN_DIVERGED)
                   && left == 0;
    state->n_runs_done += is_done;
    if (is_done)
        return FM_OK;
    const struct fm_train_options *o = &run->point->experiment.train;
    double steps = (double)o->steps - (known.id ? (double)known.step : 0);
    *flops += (double)o->batch * steps * train + left * forward;
    return FM_OK;
}

static enum fm_status inspect(struct fm_arena *arena, const struct fm_plan *plan,
                              struct fm_store *store, struct fm_plan_state *state,
                              double *flops, struct fm_error *err)
{
    const struct fm_point *last = NULL;
    double forward = 0, train = 0;
    for (size_t i = 0; i < plan->n_runs; i++) {
        const struct fm_point *point = plan->runs[i].point;
        if (point != last) {
            struct fm_model model;
            fm_arena_fini(arena); /* only the numbers of the last point are kept */
            FM_TRY(fm_model_open(arena, &point->experiment, true, &model, err));
            forward = model.net ? fm_net_forward_flops(model.net) : 1000;
            train = model.net ? fm_net_train_flops(model.net) : 0;
            last = point;
        }
        FM_TRY(inspect_run(plan, i, store, forward, train, state, flops, err));
    }
    return FM_OK;
}

enum fm_status fm_plan_inspect(const struct fm_plan *plan, struct fm_store *store,
                               size_t n_threads, struct fm_plan_state *state,
                               struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct speed speed = {.n_threads = n_threads};
    double flops = 0;
    *state = (struct fm_plan_state){0};
    enum fm_status status = inspect(&arena, plan, store, state, &flops, err);
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

/* ---- checking ---- */

static enum fm_status check_points(const struct fm_plan *plan, struct fm_error *err)
{
    for (size_t i = 0; i < plan->n_points; i++) {
        struct fm_arena arena = {0};
        struct fm_model model;
        enum fm_status status =
            fm_model_open(&arena, &plan->points[i].experiment, true, &model, err);
        fm_arena_fini(&arena);
        FM_TRY(status);
    }
    return FM_OK;
}

enum fm_status fm_plan_check(const struct fm_plan *plan, struct fm_error *err)
{
    int fds[2];
    struct fm_error found = {0};
    if (pipe(fds) != 0)
        return fm_fail_errno(err, "can't make", "a pipe");
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return fm_fail_errno(err, "can't start", "a process");
    if (pid == 0) {
        if (check_points(plan, &found) != FM_OK)
            (void)!write(fds[1], &found, sizeof found);
        _exit(0);
    }
    (void)close(fds[1]);
    ssize_t n;
    while ((n = read(fds[0], &found, sizeof found)) < 0 && errno == EINTR)
        ;
    (void)close(fds[0]);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (n != (ssize_t)sizeof found)
        return FM_OK;
    return fm_fail(err, found.status, "%s", found.message);
}

#include <config.h>

#include "run/worker.h"

#include "base/file.h"
#include "base/parallel.h"
#include "run/worker_report.h"
#include "run/worker_sample.h"
#include "run/worker_train.h"

static enum fm_status work(void *context, struct fm_error *err)
{
    struct fm_worker *w = context;
    FM_TRY(fm_worker_phase(w, FM_PHASE_SETUP, NULL, 0, "setting up", err));
    fm_folder_tidy(w->task->folder);
    FM_TRY(fm_model_open(&w->arena, w->experiment, false, &w->model, err));
    FM_TRY(fm_model_split(&w->arena, w->experiment, w->task->run->seed, &w->model, err));
    FM_TRY(fm_worker_train(w, err));
    for (size_t i = 0; i < w->task->n_points; i++)
        FM_TRY(fm_worker_sample(w, i, err));
    return fm_worker_phase(w, FM_PHASE_FINISH, NULL, 0, "finishing", err);
}

enum fm_status fm_worker_run(const struct fm_task *task, size_t n_threads,
                             const struct fm_sink *sink, const atomic_bool *stop)
{
    struct fm_error err = {0};
    struct fm_worker w = {
        .task = task,
        .experiment = &task->run->point->experiment,
        .n_threads = n_threads,
        .sink = sink,
        .stop = stop,
        .end = {.type = FM_RECORD_END},
    };
    enum fm_status status = fm_parallel_team(n_threads, work, &w, &err);
    w.end.u.end.status = status;
    if (status != FM_OK)
        FM_COPY_TEXT(w.end.u.end.text, err.message);
    if (fm_worker_put(&w, &w.end, &err) != FM_OK)
        status = FM_ERROR_IO; /* the scheduler is gone */
    fm_arena_fini(&w.arena);
    return status;
}

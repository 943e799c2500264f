/* The whole of `fmrun bench`: its parts in order, and the rows of its table. */
#include <config.h>

#include "run/bench.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/peak.h"

#include <math.h>
#include <stdarg.h>
#include <sys/resource.h>

/* Rows beside those of samplings and metrics: there are fewer. */
enum { OTHER_ROWS = 24 };

enum fm_status fm_bench_add(struct fm_bench_run *b, const struct fm_bench_row *row,
                            struct fm_error *err, const char *note, ...)
{
    struct fm_bench_report *r = b->report;
    const struct fm_experiment *e = b->experiment;
    char text[256];
    va_list arguments;
    va_start(arguments, note);
    (void)vsnprintf(text, sizeof text, note, arguments);
    va_end(arguments);
    FM_ASSERT(r->n_rows < OTHER_ROWS + e->n_methods + e->n_metrics);
    struct fm_bench_row *to = &r->rows[r->n_rows];
    *to = *row;
    to->phase = fm_arena_text(b->arena, row->phase);
    to->note = fm_arena_text(b->arena, text);
    if (!to->phase || !to->note)
        return fm_out_of_memory(err);
    r->n_rows++;
    if (!row->is_part)
        r->seconds += row->seconds;
    return FM_OK;
}

static enum fm_status open_model(struct fm_bench_run *b, struct fm_error *err)
{
    double start = fm_seconds();
    FM_TRY(fm_model_open(b->arena, b->experiment, false, &b->model, err));
    FM_TRY(fm_model_split(b->arena, b->experiment, b->run->seed, &b->model, err));
    const struct fm_bench_row row = {
        .phase = "opening data and network",
        .seconds = fm_seconds() - start,
        .rows_per_second = (double)NAN,
        .flops_per_second = (double)NAN,
    };
    return fm_bench_add(b, &row, err, "%s", "");
}

/* Before, between and after: another process that is busy at one of these times would make the
 * peak too low and everything else look good. */
static void measure_peak(struct fm_bench_run *b)
{
    const double seconds = fmin(0.05, b->options->seconds / 20);
    b->report->peak_flops =
        fmax(b->report->peak_flops, fm_peak_flops(b->options->n_threads, seconds));
}

static enum fm_status measure(void *context, struct fm_error *err)
{
    struct fm_bench_run *b = context;
    measure_peak(b);
    FM_TRY(open_model(b, err));
    if (b->model.net)
        FM_TRY(fm_bench_train(b, err));
    measure_peak(b);
    if (b->experiment->n_methods > 0)
        FM_TRY(fm_bench_sample(b, err));
    measure_peak(b);
    return FM_OK;
}

enum fm_status fm_bench(struct fm_arena *arena, const struct fm_plan *plan,
                        const struct fm_bench_options *options,
                        struct fm_bench_report *report, struct fm_error *err)
{
    struct fm_bench_run b = {
        .arena = arena,
        .run = &plan->runs[0],
        .experiment = &plan->runs[0].point->experiment,
        .options = options,
        .report = report,
    };
    *report = (struct fm_bench_report){0};
    report->rows =
        FM_NEW(arena, OTHER_ROWS + b.experiment->n_methods + b.experiment->n_metrics,
               struct fm_bench_row);
    if (!report->rows)
        return fm_out_of_memory(err);
    const enum fm_status status = fm_parallel_team(options->n_threads, measure, &b, err);
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    report->memory = 1024.0 * (double)usage.ru_maxrss;
    return status;
}

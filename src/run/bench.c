#include <config.h>

#include "run/bench.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/peak.h"
#include "run/bench_sample.h"
#include "run/bench_train.h"

#include <math.h>
#include <sys/resource.h>

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

/* Called three times; the best counts.  If another process is busy, the peak is too low and
 * all rates look good. */
static void measure_peak(struct fm_bench_run *b)
{
    const double seconds = fmin(0.05, b->options->seconds / 20);
    b->result->peak_flops =
        fmax(b->result->peak_flops, fm_peak_flops(b->options->n_threads, seconds));
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
                        struct fm_bench_result *result, struct fm_error *err)
{
    struct fm_bench_run b = {
        .arena = arena,
        .run = &plan->runs[0],
        .experiment = &plan->runs[0].point->experiment,
        .options = options,
        .result = result,
    };
    *result = (struct fm_bench_result){0};
    result->rows = FM_NEW(arena, fm_bench_max_rows(b.experiment), struct fm_bench_row);
    if (!result->rows)
        return fm_out_of_memory(err);
    const enum fm_status status = fm_parallel_team(options->n_threads, measure, &b, err);
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    result->memory = 1024.0 * (double)usage.ru_maxrss;
    return status;
}

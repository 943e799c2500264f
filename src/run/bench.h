/* Where the time of a run goes, measured: `fmrun bench`.
 * Nothing here touches the user's database: logging is measured on one in a temporary folder. */
#ifndef FM_RUN_BENCH_H
#define FM_RUN_BENCH_H

#include "run/bench_result.h"

/* Measures the plan's first run: opens its model, trains (at most as many steps as the config
 * says, after a short warm-up), logs as a run does, then solves each sampling and measures each metric.  Rows and
 * their texts live in arena.  The plugins' own errors; FM_ERROR_DIVERGED when training does;
 * FM_ERROR_IO when the temporary database can't be written. */
FM_MUST_USE enum fm_status fm_bench(struct fm_arena *arena, const struct fm_plan *plan,
                                    const struct fm_bench_options *options,
                                    struct fm_bench_result *result, struct fm_error *err);

#endif

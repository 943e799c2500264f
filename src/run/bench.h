/* `fmrun bench`: measures how much time each phase of a run takes.  Does not touch the
 * user's database: it measures logging with one in a temporary folder. */
#ifndef FM_RUN_BENCH_H
#define FM_RUN_BENCH_H

#include "run/bench_result.h"

/* Measures the plan's first run: opens its model, trains (after a short warm-up at most as
 * many steps as the config says), logs as a run does, then solves each sampling and
 * measures each metric.  Rows and their texts live in arena.  The plugins' own errors;
 * FM_ERROR_DIVERGED when training does; FM_ERROR_IO when the temporary database can't be
 * written. */
FM_MUST_USE enum fm_status fm_bench(struct fm_arena *arena, const struct fm_plan *plan,
                                    const struct fm_bench_options *options,
                                    struct fm_bench_result *result, struct fm_error *err);

#endif

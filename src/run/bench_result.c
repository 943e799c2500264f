#include <config.h>

#include "run/bench_result.h"

#include "base/error.h"

#include <stdarg.h>

/* Upper bound of the rows that are neither samplings nor metrics. */
enum { OTHER_ROWS = 24 };

size_t fm_bench_max_rows(const struct fm_experiment *e)
{
    return OTHER_ROWS + e->n_methods + e->n_metrics;
}

enum fm_status fm_bench_add(struct fm_bench_run *b, const struct fm_bench_row *row,
                            struct fm_error *err, const char *note, ...)
{
    struct fm_bench_result *r = b->result;
    const struct fm_experiment *e = b->experiment;
    char text[256];
    va_list arguments;
    va_start(arguments, note);
    (void)vsnprintf(text, sizeof text, note, arguments);
    va_end(arguments);
    FM_ASSERT(r->n_rows < fm_bench_max_rows(e));
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

/* fmrun bench CONFIG */
#include <config.h>

#include "base/error.h"
#include "base/isa.h"
#include "base/parallel.h"
#include "cli/cli.h"
#include "cli/read_plan.h"
#include "report/table.h"
#include "run/bench.h"

#include <math.h>

static enum fm_status json_row(const struct fm_bench_result *r,
                               const struct fm_bench_row *row, struct fm_error *err)
{
    struct fm_text text = {0};
    fm_text_add(&text, "{\"phase\": ");
    fm_add_json_string(&text, row->phase);
    fm_text_add(&text, ", \"is_part\": %s, \"seconds\": ", row->is_part ? "true" : "false");
    fm_add_json_real(&text, row->seconds);
    fm_text_add(&text, ", \"share\": ");
    fm_add_json_real(&text, row->seconds / r->seconds);
    fm_text_add(&text, ", \"rows_per_second\": ");
    fm_add_json_real(&text, row->rows_per_second);
    fm_text_add(&text, ", \"gflops\": ");
    fm_add_json_real(&text, 1e-9 * row->flops_per_second);
    fm_text_add(&text, ", \"peak_gflops\": ");
    fm_add_json_real(&text, 1e-9 * r->peak_flops);
    fm_text_add(&text, ", \"memory_bytes\": ");
    fm_add_json_real(&text, r->memory);
    fm_text_add(&text, ", \"note\": ");
    fm_add_json_string(&text, row->note);
    fm_text_add(&text, "}");
    enum fm_status status = text.has_failed ? fm_out_of_memory(err) : FM_OK;
    if (status == FM_OK)
        (void)printf("%s\n", fm_text_bytes(&text));
    fm_text_fini(&text);
    return status;
}

static enum fm_status print_json(const struct fm_bench_result *r, struct fm_error *err)
{
    for (size_t i = 0; i < r->n_rows; i++)
        FM_TRY(json_row(r, &r->rows[i], err));
    return FM_OK;
}

/* Leaves the cell empty where the number does not apply. */
static void number(struct fm_table *t, size_t column, int decimals, double value)
{
    if (isfinite(value))
        fm_table_cell(t, column, "%.*f", decimals, value);
}

static void fill_row(struct fm_table *t, const struct fm_bench_result *r,
                     const struct fm_bench_row *row)
{
    fm_table_row(t);
    fm_table_cell(t, 0, "%s%s", row->is_part ? "  " : "", row->phase);
    fm_table_cell(t, 1, row->seconds < 1000 ? "%.3g" : "%.0f", row->seconds);
    number(t, 2, 1, 100 * row->seconds / r->seconds);
    number(t, 3, 0, row->rows_per_second);
    number(t, 4, 1, 1e-9 * row->flops_per_second);
    number(t, 5, 0, 100 * row->flops_per_second / r->peak_flops);
    fm_table_cell(t, 6, "%s", row->note);
}

static enum fm_status print_table(const struct fm_cli *cli, const struct fm_plan *plan,
                                  const struct fm_bench_options *o,
                                  const struct fm_bench_result *r, struct fm_error *err)
{
    static const char *const names[] = {"phase",   "seconds", "share %", "rows/s",
                                        "GFLOP/s", "peak %",  "measured"};
    enum { N_COLUMNS = sizeof names / sizeof *names };
    const struct fm_plan_run *run = &plan->runs[0];
    struct fm_table t;
    fm_table_init(&t, cli->arena, N_COLUMNS);
    fm_table_header(&t, names, 1, N_COLUMNS - 2);
    for (size_t i = 0; i < r->n_rows; i++)
        fill_row(&t, r, &r->rows[i]);
    const struct fm_bench_row all = {.phase = "all",
                                     .seconds = r->seconds,
                                     .rows_per_second = (double)NAN,
                                     .flops_per_second = (double)NAN,
                                     .note = ""};
    fill_row(&t, r, &all);
    (void)printf("%s: one run, seed %llu%s%s\n", plan->name, (unsigned long long)run->seed,
                 run->point->setting[0] ? ", " : "", run->point->setting);
    (void)printf("%zu thread%s, %s; FMA peak %.1f GFLOP/s; memory %.1f MB\n\n",
                 o->n_threads, o->n_threads == 1 ? "" : "s", fm_isa_name(),
                 1e-9 * r->peak_flops, 1e-6 * r->memory);
    FM_TRY(fm_table_print(&t, stdout, err));
    (void)printf("\nseconds: for the whole run, scaled from the measurement\n"
                 "GFLOP/s: matrix products alone; peak: share of the FMA peak\n");
    return FM_OK;
}

enum fm_status fm_cli_bench(struct fm_cli *cli, struct fm_error *err)
{
    struct fm_registry registry;
    struct fm_plan plan;
    struct fm_bench_result result;
    FM_TRY(fm_cli_read_plan(cli, 0, FM_PLAN_MODEL_SHAPES, &registry, &plan, err));
    const struct fm_bench_options options = {
        .n_threads = cli->n_threads ? cli->n_threads : fm_n_processors(),
        .seconds = cli->seconds > 0 ? cli->seconds : 3,
    };
    FM_TRY(fm_bench(cli->arena, &plan, &options, &result, err));
    return cli->as_json ? print_json(&result, err)
                        : print_table(cli, &plan, &options, &result, err);
}

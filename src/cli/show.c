/* fmrun show NAME|RUN */
#include <config.h>

#include "cli/cli.h"
#include "cli/database.h"
#include "report/table.h"
#include "store/read_result.h"
#include "store/read_run.h"
#include "store/read_sweep.h"

#include <math.h>
#include <stdlib.h>

static enum fm_status run_row(void *context, const struct fm_run_row *r,
                              struct fm_error *err)
{
    struct fm_table *t = context;
    (void)err;
    fm_table_row(t);
    fm_table_cell(t, 0, "%lld", (long long)r->id);
    fm_table_cell(t, 1, "%llu", (unsigned long long)r->seed);
    fm_table_cell(t, 2, "%zu/%zu", r->step, r->n_steps);
    fm_table_cell(t, 3, "%zu/%zu", r->n_samplings_done, r->n_samplings);
    if (!isnan(r->train_seconds))
        fm_table_cell(t, 4, "%.3g", r->train_seconds);
    fm_table_cell(t, 5, "%s", fm_run_status_name(r->status));
    fm_table_cell(t, 6, "%s", r->setting);
    fm_table_cell(t, 7, "%s", r->reason);
    return FM_OK;
}

static enum fm_status failed_row(void *context, const struct fm_result_row *r,
                                 struct fm_error *err)
{
    struct fm_table *t = context;
    (void)err;
    bool is_bad = r->status == FM_RUN_FAILED || r->status == FM_RUN_DIVERGED;
    if (!is_bad && !r->note[0])
        return FM_OK;
    fm_table_row(t);
    fm_table_cell(t, 0, "%lld", (long long)r->run_id);
    fm_table_cell(t, 1, "%s", r->label);
    fm_table_cell(t, 2, r->steps ? "%zu" : "", r->steps);
    fm_table_cell(t, 3, "%s", r->metric);
    fm_table_cell(t, 4, "%s", fm_run_status_name(r->status));
    fm_table_cell(t, 5, "%s", is_bad ? r->reason : r->note);
    return FM_OK;
}

static enum fm_status show_sweep(struct fm_cli *cli, struct fm_store *store, int64_t id,
                                 struct fm_error *err)
{
    static const char *const names[] = {"run",     "seed",   "step",    "samplings",
                                        "seconds", "status", "setting", "reason"};
    static const char *const failed_names[] = {"run",    "solver", "steps",
                                               "metric", "status", "reason"};
    struct fm_sweep_record sweep;
    struct fm_table t;
    FM_TRY(fm_store_read_sweep(store, id, cli->arena, &sweep, err));
    fm_cli_print_sweep(&sweep);
    fm_table_init(&t, cli->arena, 8);
    fm_table_header(&t, names, 0, 4);
    FM_TRY(fm_store_each_run(store, id, run_row, &t, err));
    FM_TRY(fm_table_print(&t, stdout, err));
    fm_table_init(&t, cli->arena, 6);
    fm_table_header(&t, failed_names, 0, 0);
    FM_TRY(fm_store_each_result(store, id, failed_row, &t, err));
    if (t.n_rows == 1)
        return FM_OK;
    (void)printf("\nsamplings and metrics without a result\n");
    return fm_table_print(&t, stdout, err);
}

static enum fm_status param_row(void *context, const struct fm_param *p,
                                struct fm_error *err)
{
    (void)context;
    (void)err;
    (void)printf("  %-28s %s\n", p->key, p->value);
    return FM_OK;
}

static enum fm_status artifact_row(void *context, const struct fm_artifact_record *a,
                                   struct fm_error *err)
{
    (void)context;
    (void)err;
    (void)printf("  %-12s %s (%llu bytes)\n", a->kind, a->path,
                 (unsigned long long)a->n_bytes);
    return FM_OK;
}

static enum fm_status show_run(struct fm_cli *cli, struct fm_store *store, int64_t id,
                               struct fm_error *err)
{
    struct fm_run_row r;
    FM_TRY(fm_store_read_run(store, id, cli->arena, &r, err));
    (void)printf("run %lld, seed %llu: %s%s%s\n", (long long)r.id,
                 (unsigned long long)r.seed, fm_run_status_name(r.status),
                 r.reason[0] ? ": " : "", r.reason);
    (void)printf("key %s\n", r.key);
    (void)printf("%zu of %zu steps, %zu parameters", r.step, r.n_steps, r.n_parameters);
    if (!isnan(r.train_seconds))
        (void)printf(", trained in %.3g s, %.3g rows/s", r.train_seconds,
                     r.samples_per_second);
    (void)printf("\nkernels %s, %zu threads; host %s, fmrun %s%s%s\n", r.isa, r.n_threads,
                 r.host, r.fmrun_version, r.git_commit[0] ? ", commit " : "", r.git_commit);
    (void)printf("parameters\n");
    FM_TRY(fm_store_each_param(store, id, param_row, NULL, err));
    (void)printf("files, relative to the database's folder\n");
    return fm_store_each_artifact(store, id, artifact_row, NULL, err);
}

static enum fm_status show(struct fm_cli *cli, struct fm_store *store, struct fm_error *err)
{
    char *end;
    const char *word = cli->arguments[0];
    int64_t id = strtoll(word, &end, 10);
    if (*end == '\0' && id > 0)
        return show_run(cli, store, id, err);
    FM_TRY(fm_store_find_sweep(store, word, &id, err));
    return show_sweep(cli, store, id, err);
}

enum fm_status fm_cli_show(struct fm_cli *cli, struct fm_error *err)
{
    return fm_cli_read_database(cli, show, err);
}

/* fmrun compare, fmrun ls, fmrun show: what the database knows. */
#include <config.h>

#include "base/error.h"
#include "cli/cli.h"
#include "report/compare.h"
#include "report/table.h"
#include "store/read_result.h"
#include "store/read_run.h"
#include "store/read_sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum fm_status compare(struct fm_cli *cli, struct fm_store *store,
                              struct fm_error *err)
{
    int64_t sweep_id;
    struct fm_sweep_record sweep;
    if (cli->n_arguments)
        FM_TRY(fm_store_find_sweep(store, cli->arguments[0], &sweep_id, err));
    else
        FM_TRY(fm_store_last_sweep(store, &sweep_id, err));
    FM_TRY(fm_store_read_sweep(store, sweep_id, cli->arena, &sweep, err));
    if (!cli->as_json)
        (void)printf("%s%s%s\nfrom %s\n\n", sweep.name, sweep.question[0] ? ": " : "",
                     sweep.question, sweep.config_file);
    return fm_report_compare(store, sweep_id, cli->as_json, stdout, err);
}

/* ---- ls ---- */

struct listing {
    struct fm_table table;
    bool as_json;
};

static enum fm_status list_row(void *context, const struct fm_sweep_row *s,
                               struct fm_error *err)
{
    struct listing *l = context;
    if (l->as_json) {
        struct fm_text text = {0};
        fm_text_add(&text, "{\"id\": %lld, \"name\": ", (long long)s->id);
        fm_add_json_string(&text, s->name);
        fm_text_add(&text, ", \"question\": ");
        fm_add_json_string(&text, s->question);
        fm_text_add(
            &text,
            ", \"used\": \"%s\", \"n_points\": %zu, \"n_runs\": %zu, \"n_done\": %zu, "
            "\"n_failed\": %zu, \"n_samplings\": %zu}",
            s->used, s->n_points, s->n_runs, s->n_runs_done, s->n_runs_failed,
            s->n_samplings);
        enum fm_status status = text.has_failed ? fm_out_of_memory(err) : FM_OK;
        (void)printf("%s\n", fm_text_bytes(&text));
        fm_text_fini(&text);
        return status;
    }
    fm_table_row(&l->table);
    fm_table_cell(&l->table, 0, "%s%s", s->name, s->is_latest ? "" : " (older)");
    fm_table_cell(&l->table, 1, "%.16s", s->used);
    fm_table_cell(&l->table, 2, "%zu", s->n_points);
    fm_table_cell(&l->table, 3, "%zu", s->n_runs);
    fm_table_cell(&l->table, 4, "%zu", s->n_runs_done);
    fm_table_cell(&l->table, 5, "%zu", s->n_runs_failed);
    fm_table_cell(&l->table, 6, "%zu", s->n_samplings);
    fm_table_cell(&l->table, 7, "%.60s", s->question);
    return FM_OK;
}

static void header(struct fm_table *t, const char *const *names, size_t first_number,
                   size_t last_number)
{
    fm_table_row(t);
    for (size_t i = 0; names[i]; i++) {
        fm_table_cell(t, i, "%s", names[i]);
        t->is_right[i] = i >= first_number && i <= last_number;
    }
}

static enum fm_status list(struct fm_cli *cli, struct fm_store *store, struct fm_error *err)
{
    static const char *const names[] = {"name", "last used (UTC)", "points",    "runs",
                                        "done", "failed",          "samplings", "question",
                                        NULL};
    struct listing l = {.as_json = cli->as_json};
    fm_table_init(&l.table, cli->arena, 8);
    header(&l.table, names, 2, 6);
    FM_TRY(fm_store_each_sweep(store, list_row, &l, err));
    return cli->as_json ? FM_OK : fm_table_print(&l.table, stdout, err);
}

/* ---- show ---- */

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
    static const char *const names[] = {
        "run", "seed", "step", "samplings", "seconds", "status", "setting", "reason", NULL};
    static const char *const failed_names[] = {"run",    "solver", "steps", "metric",
                                               "status", "reason", NULL};
    struct fm_sweep_record sweep;
    struct fm_table t;
    FM_TRY(fm_store_read_sweep(store, id, cli->arena, &sweep, err));
    (void)printf("%s%s%s\nfrom %s\n\n", sweep.name, sweep.question[0] ? ": " : "",
                 sweep.question, sweep.config_file);
    fm_table_init(&t, cli->arena, 8);
    header(&t, names, 0, 4);
    FM_TRY(fm_store_each_run(store, id, run_row, &t, err));
    FM_TRY(fm_table_print(&t, stdout, err));
    fm_table_init(&t, cli->arena, 6);
    header(&t, failed_names, 0, 0);
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

/* ---- commands ---- */

static enum fm_status
with_store(struct fm_cli *cli,
           enum fm_status (*command)(struct fm_cli *, struct fm_store *, struct fm_error *),
           struct fm_error *err)
{
    struct fm_store *store = NULL;
    enum fm_status status = fm_store_open_read(&store, cli->db, err);
    if (status == FM_OK)
        status = command(cli, store, err);
    fm_store_close(store);
    return status;
}

enum fm_status fm_cli_compare(struct fm_cli *cli, struct fm_error *err)
{
    return with_store(cli, compare, err);
}

enum fm_status fm_cli_ls(struct fm_cli *cli, struct fm_error *err)
{
    return with_store(cli, list, err);
}

enum fm_status fm_cli_show(struct fm_cli *cli, struct fm_error *err)
{
    return with_store(cli, show, err);
}

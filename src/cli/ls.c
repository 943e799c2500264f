/* fmrun ls */
#include <config.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/database.h"
#include "report/table.h"
#include "store/read_sweep.h"

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

static enum fm_status list(struct fm_cli *cli, struct fm_store *store, struct fm_error *err)
{
    static const char *const names[] = {"name", "last used (UTC)", "points",    "runs",
                                        "done", "failed",          "samplings", "question"};
    struct listing l = {.as_json = cli->as_json};
    fm_table_init(&l.table, cli->arena, 8);
    fm_table_header(&l.table, names, 2, 6);
    FM_TRY(fm_store_each_sweep(store, list_row, &l, err));
    return cli->as_json ? FM_OK : fm_table_print(&l.table, stdout, err);
}

enum fm_status fm_cli_ls(struct fm_cli *cli, struct fm_error *err)
{
    return fm_cli_read_database(cli, list, err);
}

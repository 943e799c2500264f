/* fmrun sql: one read-only query, or a prompt in the sqlite3 shell. */
#include <config.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/cli.h"
#include "report/table.h"
#include "store/query.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct output {
    struct fm_arena *arena;
    struct fm_table table;
    bool as_json;
    size_t n;
    const char **names; /* JSON keys */
};

static enum fm_status columns(void *context, size_t n, const char *const *names,
                              struct fm_error *err)
{
    struct output *o = context;
    if (n > 256)
        return fm_fail(err, FM_ERROR_USAGE, "the query has more than 256 columns");
    o->n = n;
    o->names = FM_NEW(o->arena, n, const char *);
    if (!o->names)
        return fm_out_of_memory(err);
    fm_table_init(&o->table, o->arena, n);
    fm_table_row(&o->table);
    for (size_t i = 0; i < n; i++) {
        if (!(o->names[i] = fm_arena_text(o->arena, names[i])))
            return fm_out_of_memory(err);
        fm_table_cell(&o->table, i, "%s", names[i]);
        o->table.is_right[i] = true;
    }
    return FM_OK;
}

static enum fm_status json_row(const struct output *o, const struct fm_value *values,
                               struct fm_error *err)
{
    struct fm_text text = {0};
    for (size_t i = 0; i < o->n; i++) {
        fm_text_add(&text, "%s", i ? ", " : "{");
        fm_add_json_string(&text, o->names[i]);
        fm_text_add(&text, ": ");
        bool is_number =
            values[i].type == FM_VALUE_INTEGER || values[i].type == FM_VALUE_REAL;
        /* JSON has no infinity */
        if (values[i].type == FM_VALUE_NULL || (is_number && strstr(values[i].text, "nf")))
            fm_text_add(&text, "null");
        else if (is_number)
            fm_text_add(&text, "%s", values[i].text);
        else
            fm_add_json_string(&text, values[i].text);
    }
    enum fm_status status = text.has_failed ? fm_out_of_memory(err) : FM_OK;
    if (status == FM_OK)
        (void)printf("%s}\n", fm_text_bytes(&text));
    fm_text_fini(&text);
    return status;
}

static enum fm_status row(void *context, size_t n, const struct fm_value *values,
                          struct fm_error *err)
{
    struct output *o = context;
    if (o->as_json)
        return json_row(o, values, err);
    fm_table_row(&o->table);
    for (size_t i = 0; i < n; i++) {
        bool is_text = values[i].type == FM_VALUE_TEXT || values[i].type == FM_VALUE_BLOB;
        if (is_text)
            o->table.is_right[i] = false;
        if (values[i].type != FM_VALUE_NULL)
            fm_table_cell(&o->table, i, "%s", values[i].text);
    }
    return FM_OK;
}

static enum fm_status prompt(const struct fm_cli *cli, struct fm_error *err)
{
    if (!fm_file_exists(cli->db))
        return fm_fail(
            err, FM_ERROR_NO_INPUT,
            "there is no database %s yet; run an experiment, or name one with --db",
            cli->db);
    (void)fflush(NULL);
    (void)execlp("sqlite3", "sqlite3", "-readonly", "-header", "-column", cli->db,
                 (char *)NULL);
    return fm_fail(
        err, FM_ERROR_USAGE,
        "can't start the sqlite3 shell (%s); install it (apt-get install sqlite3), or "
        "give the query: fmrun sql \"select * from v_compare\"",
        strerror(errno));
}

enum fm_status fm_cli_sql(struct fm_cli *cli, struct fm_error *err)
{
    struct fm_store *store = NULL;
    struct output o = {.arena = cli->arena, .as_json = cli->as_json};
    if (cli->n_arguments == 0)
        return prompt(cli, err);
    const struct fm_query query = {.context = &o, .columns = columns, .row = row};
    enum fm_status status = fm_store_open_read(&store, cli->db, err);
    if (status == FM_OK)
        status = fm_store_query(store, cli->arguments[0], &query, err);
    if (status == FM_OK && !cli->as_json && o.n > 0)
        status = fm_table_print(&o.table, stdout, err);
    fm_store_close(store);
    return status;
}

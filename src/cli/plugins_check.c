#include <config.h>

#include "cli/plugins_check.h"

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "check/at_once.h"
#include "check/check.h"
#include "cli/plugin_name.h"
#include "host/kind.h"
#include "report/table.h"
#include "store/record_check.h"

#include <math.h>
#include <string.h>

struct checking {
    struct fm_cli *cli;
    bool is_named; /* plugins are named, so print whole tables */
    size_t n, n_printed;
    struct fm_checked *all;
    bool *is_done;
    struct fm_store *store; /* NULL: the database can't be written */
};

/* ---- which plugins ---- */

static enum fm_status read_words(struct checking *c, size_t n, const char *const *words,
                                 struct fm_error *err)
{
    size_t n_names = 0, n_options = 0;
    const char **options = FM_NEW(c->cli->arena, n, const char *);
    c->all = FM_NEW(c->cli->arena, n, struct fm_checked);
    if (!options || !c->all)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++) {
        struct fm_checked *one = &c->all[n_names];
        if (strchr(words[i], '=')) {
            options[n_options++] = words[i];
            continue;
        }
        FM_TRY(fm_cli_plugin_name(c->cli->arena, words[i], &one->kind, &one->name, err));
        bool is_known = false; /* the name occurs twice */
        for (size_t k = 0; k < n_names; k++)
            is_known =
                is_known
                || (c->all[k].kind == one->kind && strcmp(c->all[k].name, one->name) == 0);
        n_names += !is_known;
    }
    if (n_options > 0 && n_names != 1)
        return fm_fail(
            err, FM_ERROR_USAGE,
            "%s: options belong to one plugin; name it, as in fmrun plugins check "
            "solver/NAME %s",
            options[0], options[0]);
    c->n = n_names;
    c->is_named = n_names > 0;
    c->all[0].n_words = n_options;
    c->all[0].words = options;
    return FM_OK;
}

/* Without names: every plugin. */
static enum fm_status find_all(struct checking *c, struct fm_registry *registry,
                               struct fm_error *err)
{
    const char **names[FM_N_KINDS];
    size_t n_names[FM_N_KINDS], n = 0;
    for (int kind = 0; kind < FM_N_KINDS; kind++) {
        FM_TRY(fm_registry_names(registry, (enum fm_kind)kind, &names[kind], &n_names[kind],
                                 err));
        n += n_names[kind];
    }
    c->all = FM_NEW(c->cli->arena, n, struct fm_checked);
    if (!c->all)
        return fm_out_of_memory(err);
    for (int kind = 0; kind < FM_N_KINDS; kind++)
        for (size_t i = 0; i < n_names[kind]; i++)
            c->all[c->n++] =
                (struct fm_checked){.kind = (enum fm_kind)kind, .name = names[kind][i]};
    return FM_OK;
}

/* ---- results ---- */

static void add_number(struct fm_table *t, size_t column, double value)
{
    if (!isnan(value))
        fm_table_cell(t, column, "%.4g", value);
}

/* Whether an earlier row has the same result for another problem. */
static bool has_failed_before(const struct fm_checked *p, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (p->rows[i].result == FM_CHECK_FAIL
            && strcmp(p->rows[i].property, p->rows[index].property) == 0)
            return true;
    return false;
}

static enum fm_status print_rows(const struct checking *c, const struct fm_checked *p,
                                 struct fm_error *err)
{
    static const char *const header[] = {"  property", "problem", "declared",
                                         "measured",   "result",  "note"};
    struct fm_table t;
    fm_table_init(&t, c->cli->arena, 6);
    for (size_t i = 0; i < p->n_rows; i++) {
        const struct fm_check_row *row = &p->rows[i];
        if (!c->is_named && (row->result != FM_CHECK_FAIL || has_failed_before(p, i)))
            continue;
        if (t.n_rows == 0) {
            fm_table_header(&t, header, 2, 3);
        }
        fm_table_row(&t);
        fm_table_cell(&t, 0, "  %s", row->property);
        fm_table_cell(&t, 1, "%s", row->problem);
        add_number(&t, 2, row->declared);
        add_number(&t, 3, row->measured);
        fm_table_cell(&t, 4, "%s",
                      row->result == FM_CHECK_FAIL ? "FAIL"
                                                   : fm_check_result_name(row->result));
        fm_table_cell(&t, 5, "%s", row->note);
    }
    return t.n_rows ? fm_table_print(&t, stdout, err) : FM_OK;
}

static void print_summary(const struct fm_checked *p)
{
    const size_t n = p->n_passed + p->n_failed;
    (void)printf("%s/%s%s%s%s: ", fm_kind_name(p->kind), p->name, p->options[0] ? " {" : "",
                 p->options, p->options[0] ? "}" : "");
    if (p->n_failed)
        (void)printf("%zu of %zu check%s FAILED\n", p->n_failed, n, n == 1 ? "" : "s");
    else if (p->n_passed)
        (void)printf("%zu check%s passed\n", n, n == 1 ? "" : "s");
    else
        (void)printf("not checked: %s\n",
                     p->n_rows ? p->rows[p->n_rows - 1].note : "nothing");
}

static enum fm_status print_json(const struct fm_checked *p, struct fm_error *err)
{
    struct fm_text text = {0};
    for (size_t i = 0; i < p->n_rows; i++) {
        const struct fm_check_row *row = &p->rows[i];
        const struct {
            const char *key, *value;
        } texts[] = {{"name", p->name},         {"sha256", p->sha256},
                     {"options", p->options},   {"property", row->property},
                     {"problem", row->problem}, {"note", row->note}};
        fm_text_add(&text, "{\"kind\": \"%s\", \"version\": %u, \"result\": \"%s\"",
                    fm_kind_name(p->kind), p->version, fm_check_result_name(row->result));
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
            fm_text_add(&text, ", \"%s\": ", texts[k].key);
            fm_add_json_string(&text, texts[k].value);
        }
        fm_text_add(&text, ", \"declared\": ");
        fm_add_json_real(&text, row->declared);
        fm_text_add(&text, ", \"measured\": ");
        fm_add_json_real(&text, row->measured);
        fm_text_add(&text, "}\n");
    }
    enum fm_status status = text.has_failed ? fm_out_of_memory(err) : FM_OK;
    if (status == FM_OK)
        (void)fputs(fm_text_bytes(&text), stdout);
    fm_text_fini(&text);
    return status;
}

static enum fm_status keep(const struct checking *c, const struct fm_checked *p,
                           struct fm_error *err)
{
    const struct fm_checked_plugin plugin = {.kind = fm_kind_name(p->kind),
                                             .name = p->name,
                                             .version = p->version,
                                             .sha256 = p->sha256,
                                             .options = p->options};
    struct fm_plugin_check_record *records =
        FM_NEW(c->cli->arena, p->n_rows, struct fm_plugin_check_record);
    if (!records)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < p->n_rows; i++)
        records[i] = (struct fm_plugin_check_record){
            .property = p->rows[i].property,
            .problem = p->rows[i].problem,
            .declared = p->rows[i].declared,
            .measured = p->rows[i].measured,
            .result = fm_check_result_name(p->rows[i].result),
            .note = p->rows[i].note,
        };
    return fm_store_set_plugin_check(c->store, &plugin, p->n_rows, records, err);
}

/* Prints the plugins that are finished, in the order of their names. */
static enum fm_status finished(void *context, size_t index, struct fm_error *err)
{
    struct checking *c = context;
    c->is_done[index] = true;
    while (c->n_printed < c->n && c->is_done[c->n_printed]) {
        const struct fm_checked *p = &c->all[c->n_printed++];
        if (c->cli->as_json) {
            FM_TRY(print_json(p, err));
        } else {
            FM_TRY(print_rows(c, p, err));
            print_summary(p);
        }
        (void)fflush(stdout);
    }
    return FM_OK;
}

/* ---- the command ---- */

/* An unusable plugin is an error if the command line names it. */
static enum fm_status final_status(const struct checking *c, struct fm_error *err)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct fm_checked *p = &c->all[i];
        c->cli->has_failures = c->cli->has_failures || p->n_failed > 0;
        if (c->is_named && p->opening != FM_OK)
            return fm_fail(err, p->opening, "%s", p->rows[p->n_rows - 1].note);
    }
    return FM_OK;
}

/* Without a database, results are still printed. */
static void store_all(struct checking *c)
{
    struct fm_error err = {0};
    enum fm_status status = fm_store_open(&c->store, c->cli->db, &err);
    for (size_t i = 0; status == FM_OK && i < c->n; i++)
        /* not the plugin's fault: unknown options, or a missing file */
        if (c->all[i].opening != FM_ERROR_CONFIG && c->all[i].sha256[0])
            status = keep(c, &c->all[i], &err);
    if (status != FM_OK)
        fm_warn("the database does not get the results: %s", err.message);
    fm_store_close(c->store);
}

enum fm_status fm_cli_plugins_check(struct fm_cli *cli, size_t n_arguments,
                                    const char *const *arguments, struct fm_error *err)
{
    struct checking c = {.cli = cli};
    struct fm_registry registry;
    const char *file;
    if (fm_parallel_limit() < FM_CHECK_THREADS)
        return fm_fail(err, FM_ERROR_USAGE,
                       "checks need %d threads, and OMP_THREAD_LIMIT allows %zu",
                       FM_CHECK_THREADS, fm_parallel_limit());
    FM_TRY(fm_registry_init(&registry, cli->arena, cli->plugin_path, err));
    if (n_arguments > 0)
        FM_TRY(read_words(&c, n_arguments, arguments, err));
    else
        FM_TRY(find_all(&c, &registry, err));
    for (size_t i = 0; c.is_named && i < c.n; i++)
        FM_TRY(fm_registry_find(&registry, c.all[i].kind, c.all[i].name, &file, err));
    c.is_done = FM_NEW(cli->arena, c.n, bool);
    if (!c.is_done)
        return fm_out_of_memory(err);
    FM_TRY(fm_check_plugins(&registry, c.n, c.all,
                            cli->n_jobs ? cli->n_jobs : fm_n_processors(), cli->timeout,
                            finished, &c, err));
    store_all(&c);
    return final_status(&c, err);
}

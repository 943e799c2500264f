/* fmrun plugins, fmrun plugins show KIND/NAME; fmrun plugins check is in plugins_check.c */
#include <config.h>

#include "base/error.h"
#include "base/parallel.h"
#include "check/list.h"
#include "cli/cli.h"
#include "cli/plugin_name.h"
#include "cli/plugins_check.h"
#include "config/option_range.h"
#include "host/kind.h"
#include "report/table.h"

#include <string.h>

static enum fm_status json_plugin(const struct fm_listed *l, struct fm_error *err)
{
    struct fm_text text = {0};
    fm_text_add(&text,
                "{\"kind\": \"%s\", \"name\": \"%s\", \"version\": %u, \"summary\": ",
                fm_kind_name(l->kind), l->name, l->version);
    fm_add_json_string(&text, l->summary);
    fm_text_add(&text, ", \"file\": ");
    fm_add_json_string(&text, l->file);
    fm_text_add(&text, ", \"sha256\": \"%s\"", l->sha256);
    if (l->reason) {
        fm_text_add(&text, ", \"unusable\": ");
        fm_add_json_string(&text, l->reason);
    }
    enum fm_status status = text.has_failed ? fm_out_of_memory(err) : FM_OK;
    (void)printf("%s}\n", fm_text_bytes(&text));
    fm_text_fini(&text);
    return status;
}

/* All plugins of all kinds. */
static enum fm_status find_all(struct fm_registry *registry, struct fm_listed **listed,
                               size_t *n_listed, struct fm_error *err)
{
    const char **names[FM_N_KINDS];
    size_t n[FM_N_KINDS], total = 0;
    for (int kind = 0; kind < FM_N_KINDS; kind++) {
        FM_TRY(
            fm_registry_names(registry, (enum fm_kind)kind, &names[kind], &n[kind], err));
        total += n[kind];
    }
    struct fm_listed *all = FM_NEW(registry->arena, total, struct fm_listed);
    if (!all)
        return fm_out_of_memory(err);
    if (total == 0)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "there are no plugins in the folders KIND of %s",
                       registry->roots[registry->n_roots - 1]);
    *listed = all;
    *n_listed = total;
    for (int kind = 0; kind < FM_N_KINDS; kind++)
        for (size_t i = 0; i < n[kind]; i++)
            *all++ = (struct fm_listed){.kind = (enum fm_kind)kind, .name = names[kind][i]};
    return FM_OK;
}

/* Lists an unusable plugin with the reason; the others stay usable. */
static enum fm_status list(struct fm_cli *cli, struct fm_registry *registry,
                           struct fm_error *err)
{
    struct fm_table t;
    struct fm_listed *listed = NULL;
    size_t n = 0;
    FM_TRY(find_all(registry, &listed, &n, err));
    FM_TRY(fm_check_list(registry, n, listed, fm_n_processors(), 10, err));
    fm_table_init(&t, cli->arena, 3);
    for (size_t i = 0; i < n; i++) {
        const struct fm_listed *l = &listed[i];
        if (cli->as_json) {
            FM_TRY(json_plugin(l, err));
            continue;
        }
        fm_table_row(&t);
        fm_table_cell(&t, 0, "%s/%s", fm_kind_name(l->kind), l->name);
        if (!l->reason)
            fm_table_cell(&t, 1, "%u", l->version);
        fm_table_cell(&t, 2, "%s%s", l->reason ? "unusable: " : "",
                      l->reason ? l->reason : l->summary);
    }
    return cli->as_json ? FM_OK : fm_table_print(&t, stdout, err);
}

static void show_option(struct fm_table *t, const struct fm_option *o)
{
    struct fm_text text = {0};
    fm_table_row(t);
    fm_table_cell(t, 0, "  %s", o->name);
    fm_option_describe(&text, o);
    fm_table_cell(t, 1, "%s", fm_text_bytes(&text));
    if (!o->default_text)
        fm_table_cell(t, 2, "required");
    else
        fm_table_cell(t, 2, "default %s", o->default_text[0] ? o->default_text : "none");
    fm_table_cell(t, 3, "%s", o->help ? o->help : "");
    fm_text_fini(&text);
}

static void show_tableau(const struct fm_tableau *b)
{
    (void)printf("\nButcher tableau, order %u", b->order);
    if (b->b_embedded)
        (void)printf("(%u)%s", b->embedded_order, b->is_fsal ? ", first same as last" : "");
    (void)printf("\n");
    for (size_t i = 0; i < b->n_stages; i++) {
        (void)printf("  %9.6g |", b->c[i]);
        for (size_t j = 0; j < i; j++)
            (void)printf(" %10.6g", b->a[i * b->n_stages + j]);
        (void)printf("\n");
    }
    (void)printf("  %9s |", "b");
    for (size_t j = 0; j < b->n_stages; j++)
        (void)printf(" %10.6g", b->b[j]);
    (void)printf("\n");
    if (!b->b_embedded)
        return;
    (void)printf("  %9s |", "embedded");
    for (size_t j = 0; j < b->n_stages; j++)
        (void)printf(" %10.6g", b->b_embedded[j]);
    (void)printf("\n");
}

static enum fm_status show(struct fm_cli *cli, struct fm_registry *registry,
                           const char *word, struct fm_error *err)
{
    const struct fm_loaded *l;
    const char *name = NULL;
    enum fm_kind kind = FM_N_KINDS;
    FM_TRY(fm_cli_plugin_name(cli->arena, word, &kind, &name, err));
    FM_TRY(fm_registry_load(registry, kind, name, &l, err));
    if (cli->as_json) {
        struct fm_listed listed = {.kind = kind,
                                   .name = name,
                                   .version = l->plugin->version,
                                   .summary = l->plugin->summary,
                                   .file = l->file};
        memcpy(listed.sha256, l->sha256, sizeof listed.sha256);
        return json_plugin(&listed, err);
    }
    const struct fm_plugin *p = l->plugin;
    (void)printf("%s/%s, version %u: %s\n", fm_kind_name(kind), p->name, p->version,
                 p->summary);
    (void)printf("source   %s\nfile     %s\nsha256   %s\n", p->source ? p->source : "-",
                 l->file, l->sha256);
    if (p->kind == FM_METRIC)
        (void)printf("better   %s%s%s\n",
                     p->metric->direction == FM_HIGHER_IS_BETTER ? "higher" : "lower",
                     p->metric->unit ? "\nunit     " : "",
                     p->metric->unit ? p->metric->unit : "");
    if (p->kind == FM_SOLVER && p->solver->scheme.tableau)
        show_tableau(p->solver->scheme.tableau);
    (void)printf("\noptions%s\n", p->options && p->options[0].name ? "" : ": none");
    struct fm_table t;
    fm_table_init(&t, cli->arena, 4);
    for (const struct fm_option *o = p->options; o && o->name; o++)
        show_option(&t, o);
    return fm_table_print(&t, stdout, err);
}

enum fm_status fm_cli_plugins(struct fm_cli *cli, struct fm_error *err)
{
    struct fm_registry registry;
    FM_TRY(fm_registry_init(&registry, cli->arena, cli->plugin_path, err));
    if (cli->n_arguments == 0)
        return list(cli, &registry, err);
    if (strcmp(cli->arguments[0], "check") == 0)
        return fm_cli_plugins_check(cli, cli->n_arguments - 1, cli->arguments + 1, err);
    if (strcmp(cli->arguments[0], "show") != 0 || cli->n_arguments != 2)
        return fm_fail(err, FM_ERROR_USAGE,
                       "usage: fmrun plugins [show KIND/NAME | check [KIND/NAME ...] "
                       "[OPTION=VALUE ...]]");
    return show(cli, &registry, cli->arguments[1], err);
}

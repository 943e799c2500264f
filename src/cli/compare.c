/* fmrun compare [NAME] */
#include <config.h>

#include "cli/cli.h"
#include "cli/database.h"
#include "report/compare.h"
#include "store/read_sweep.h"

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
        fm_cli_print_sweep(&sweep);
    return fm_report_compare(store, sweep_id, cli->as_json, stdout, err);
}

enum fm_status fm_cli_compare(struct fm_cli *cli, struct fm_error *err)
{
    return fm_cli_read_database(cli, compare, err);
}

#include <config.h>

#include "cli/database.h"

#include "store/store.h"

#include <stdio.h>

enum fm_status fm_cli_read_database(struct fm_cli *cli,
                                    enum fm_status (*command)(struct fm_cli *,
                                                              struct fm_store *,
                                                              struct fm_error *),
                                    struct fm_error *err)
{
    struct fm_store *store = NULL;
    enum fm_status status = fm_store_open_read(&store, cli->db, err);
    if (status == FM_OK)
        status = command(cli, store, err);
    fm_store_close(store);
    return status;
}

void fm_cli_print_sweep(const struct fm_sweep_record *sweep)
{
    (void)printf("%s%s%s\nfrom %s\n\n", sweep->name, sweep->question[0] ? ": " : "",
                 sweep->question, sweep->config_file);
}

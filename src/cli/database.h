/* Helpers of the commands that read the database. */
#ifndef FM_CLI_DATABASE_H
#define FM_CLI_DATABASE_H

#include "cli/cli.h"
#include "store/read_sweep.h"

/* Calls command with the database of --db, opened for reading. */
FM_MUST_USE enum fm_status fm_cli_read_database(
    struct fm_cli *cli,
    enum fm_status (*command)(struct fm_cli *, struct fm_store *, struct fm_error *),
    struct fm_error *err);

/* Prints the experiment's name, question and config file. */
void fm_cli_print_sweep(const struct fm_sweep_record *sweep);

#endif

/* The command line: one file per command.  main() turns argv into a struct fm_cli and calls
 * the command; commands print their answer to stdout and return a status. */
#ifndef FM_CLI_CLI_H
#define FM_CLI_CLI_H

#include "base/arena.h"
#include <fmrun/status.h>
#include <stdbool.h>

struct fm_cli {
    const char *db, *plugin_path;
    size_t n_jobs, n_threads;
    double seconds; /* of bench; 0: not given */
    double timeout; /* seconds for one plugin, or for one of its functions */
    bool in_process, is_quiet, must_retry, as_json;
    const char *command_line; /* as typed, for the database */
    size_t n_arguments;       /* after the command */
    const char *const *arguments;
    struct fm_arena *arena;
    bool has_failures; /* set by run: exit 1 */
    int signal_number; /* set by run: exit 128 + it */
};

struct fm_command {
    const char *name, *usage, *summary;
    size_t min_arguments, max_arguments;
    enum fm_status (*run)(struct fm_cli *cli, struct fm_error *err);
};

enum fm_status fm_cli_run(struct fm_cli *cli, struct fm_error *err);
enum fm_status fm_cli_plan(struct fm_cli *cli, struct fm_error *err);
enum fm_status fm_cli_compare(struct fm_cli *cli, struct fm_error *err);
enum fm_status fm_cli_sql(struct fm_cli *cli, struct fm_error *err);
enum fm_status fm_cli_ls(struct fm_cli *cli, struct fm_error *err);
enum fm_status fm_cli_show(struct fm_cli *cli, struct fm_error *err);
enum fm_status fm_cli_plugins(struct fm_cli *cli, struct fm_error *err);
enum fm_status fm_cli_config(struct fm_cli *cli, struct fm_error *err);
enum fm_status fm_cli_bench(struct fm_cli *cli, struct fm_error *err);

#endif

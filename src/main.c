/* argv -> command -> exit code. */
#include <config.h>

#include "base/error.h"
#include "base/file.h"
#include "base/isa.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/text.h"
#include "cli/cli.h"
#include "commit.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct fm_command commands[] = {
    {"run", "[run] CONFIG [KEY=VALUE ...]", "do what a config asks for (the default)", 1,
     1000, fm_cli_run},
    {"plan", "plan CONFIG [KEY=VALUE ...]",
     "what would run, what is done, how long the rest takes", 1, 1000, fm_cli_plan},
    {"compare", "compare [NAME]",
     "the comparison table of an experiment, from the database", 0, 1, fm_cli_compare},
    {"sql", "sql [QUERY]", "a read-only query, or a prompt in the sqlite3 shell", 0, 1,
     fm_cli_sql},
    {"ls", "ls", "the experiments in the database", 0, 0, fm_cli_ls},
    {"show", "show NAME|RUN", "the runs of an experiment; or one run, by its number", 1, 1,
     fm_cli_show},
    {"plugins", "plugins [show KIND/NAME | check [KIND/NAME ...]]",
     "list plugins; show one with its options; check that they do what they declare", 0,
     1000, fm_cli_plugins},
    {"config", "config check|resolve CONFIG [KEY=VALUE ...]",
     "check a config; or print it with every default", 2, 1000, fm_cli_config},
    {"bench", "bench CONFIG [KEY=VALUE ...]",
     "where the time of a run goes, phase by phase", 1, 1000, fm_cli_bench},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

enum {
    OPTION_DB = 256,
    OPTION_PLUGIN_PATH,
    OPTION_IN_PROCESS,
    OPTION_RETRY,
    OPTION_ISA,
    OPTION_SECONDS,
    OPTION_TIMEOUT,
    OPTION_DEBUG,
    OPTION_JSON,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"db", required_argument, NULL, OPTION_DB},
    {"plugin-path", required_argument, NULL, OPTION_PLUGIN_PATH},
    {"jobs", required_argument, NULL, 'j'},
    {"threads", required_argument, NULL, 't'},
    {"in-process", no_argument, NULL, OPTION_IN_PROCESS},
    {"retry", no_argument, NULL, OPTION_RETRY},
    {"quiet", no_argument, NULL, 'q'},
    {"isa", required_argument, NULL, OPTION_ISA},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"debug", required_argument, NULL, OPTION_DEBUG},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0}};

static void print_help(void)
{
    (void)printf("fmrun %s: the experiment bench for flow matching\n\nusage:\n",
                 PACKAGE_VERSION);
    for (size_t i = 0; i < N_COMMANDS; i++)
        (void)printf("  fmrun %-48s %s\n", commands[i].usage, commands[i].summary);
    (void)printf(
        "\noptions:\n"
        "  --db FILE           the database (default results/fmrun.db)\n"
        "  --plugin-path DIRS  folders of plugins, before $FMRUN_PLUGIN_PATH and the "
        "built-in ones\n"
        "  -j, --jobs N        runs at a time (default 1)\n"
        "  -t, --threads N     threads of each run (default processors / jobs)\n"
        "  --retry             repeat what diverged, too (what failed is always "
        "repeated)\n"
        "  --in-process        no child processes, for debuggers\n"
        "  --isa NAME          kernels to use: portable, avx2 or avx512 (default: the "
        "best)\n"
        "  --seconds S         seconds that bench spends on training, and on sampling "
        "(default "
        "3)\n"
        "  --timeout S         limit in seconds for one plugin in `plugins check`, and for "
        "one "
        "function\n"
        "                      of a plugin while a config is planned or checked (default "
        "60)\n"
        "  --json              one JSON object per line (compare, sql, ls, plugins, "
        "bench)\n"
        "  -q, --quiet         no progress\n"
        "  --debug LIST        diagnostics by category; --debug help lists them\n"
        "  -h, --help, --version\n\n"
        "exit codes: 0 done, 1 a run failed, 64 usage, 66 no input, 69 plugin, 70 bug, 71 "
        "memory,\n"
        "74 input/output, 78 config, 130 interrupted\n");
}

static void print_version(void)
{
    (void)printf("fmrun %s%s%s\n", PACKAGE_VERSION, FM_COMMIT[0] ? ", commit " : "",
                 FM_COMMIT);
    (void)printf("kernels: %s; compiler: %s; flags: %s\n", fm_isa_name(), __VERSION__,
                 FM_BUILD_FLAGS);
}

static enum fm_status read_count(const char *option, const char *text, size_t *n,
                                 struct fm_error *err)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || *end || end == text || value < 1 || value > 4096)
        return fm_fail(err, FM_ERROR_USAGE, "%s takes a number in [1, 4096], not \"%s\"",
                       option, text);
    *n = (size_t)value;
    return FM_OK;
}

static enum fm_status read_seconds(const char *option, const char *text, double *seconds,
                                   struct fm_error *err)
{
    char *end;
    double value = strtod(text, &end);
    if (*end || end == text || !(value > 0 && value <= 86400))
        return fm_fail(err, FM_ERROR_USAGE,
                       "%s takes a number of seconds above 0, not \"%s\"", option, text);
    *seconds = value;
    return FM_OK;
}

static enum fm_status use_isa(const char *name, struct fm_error *err)
{
    if (!fm_isa_force(name))
        return fm_fail(
            err, FM_ERROR_USAGE,
            "no kernels \"%s\" for this processor in this build; x86-64 has portable, "
            "avx2 and avx512",
            name);
    return FM_OK;
}

/* *is_over: the options (--help, ...) left nothing else to do. */
static enum fm_status read_options(int argc, char **argv, struct fm_cli *cli, bool *is_over,
                                   struct fm_error *err)
{
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":j:t:qh", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_DB:
            if (!*optarg || *optarg == ':' || strncmp(optarg, "file:", 5) == 0)
                return fm_fail(err, FM_ERROR_USAGE,
                               "--db takes the name of a file, not \"%s\"", optarg);
            cli->db = optarg;
            break;
        case OPTION_PLUGIN_PATH:
            cli->plugin_path = optarg;
            break;
        case 'j':
            FM_TRY(read_count("--jobs", optarg, &cli->n_jobs, err));
            break;
        case 't':
            FM_TRY(read_count("--threads", optarg, &cli->n_threads, err));
            if (cli->n_threads > fm_parallel_limit())
                return fm_fail(err, FM_ERROR_USAGE,
                               "--threads %zu: OMP_THREAD_LIMIT allows only %zu",
                               cli->n_threads, fm_parallel_limit());
            break;
        case OPTION_IN_PROCESS:
            cli->in_process = true;
            break;
        case OPTION_RETRY:
            cli->must_retry = true;
            break;
        case OPTION_ISA:
            FM_TRY(use_isa(optarg, err));
            break;
        case OPTION_SECONDS:
            FM_TRY(read_seconds("--seconds", optarg, &cli->seconds, err));
            break;
        case OPTION_TIMEOUT:
            FM_TRY(read_seconds("--timeout", optarg, &cli->timeout, err));
            break;
        case OPTION_DEBUG:
            if (strcmp(optarg, "help") == 0) {
                fm_log_help();
                *is_over = true;
                return FM_OK;
            }
            FM_TRY(fm_log_enable(optarg, err));
            break;
        case OPTION_JSON:
            cli->as_json = true;
            break;
        case 'q':
            cli->is_quiet = true;
            break;
        case 'h':
            print_help();
            *is_over = true;
            return FM_OK;
        case OPTION_VERSION:
            print_version();
            *is_over = true;
            return FM_OK;
        case ':':
            return fm_fail(err, FM_ERROR_USAGE,
                           "%s needs a value; fmrun --help lists options",
                           argv[optind - 1]);
        default:
            return fm_fail(err, FM_ERROR_USAGE,
                           "unknown option %s; fmrun --help lists options",
                           argv[optind - 1]);
        }
    }
    return FM_OK;
}

static const struct fm_command *find_command(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* A first word that is not a command is a config file, unless it looks like a mistyped command. */
static enum fm_status choose_command(struct fm_cli *cli, const struct fm_command **command,
                                     struct fm_error *err)
{
    if (cli->n_arguments == 0)
        return fm_fail(err, FM_ERROR_USAGE,
                       "no config given; try: fmrun configs/quickstart.yaml, or fmrun "
                       "--help");
    *command = find_command(cli->arguments[0]);
    if (*command) {
        cli->arguments++;
        cli->n_arguments--;
    } else {
        const char *names[N_COMMANDS];
        for (size_t i = 0; i < N_COMMANDS; i++)
            names[i] = commands[i].name;
        const char *word = cli->arguments[0],
                   *nearest = fm_nearest(word, names, N_COMMANDS);
        if (!strpbrk(word, "./") && !fm_file_exists(word))
            return fm_fail(
                err, FM_ERROR_USAGE, "\"%s\" is neither a command nor a config file%s%s%s",
                word, nearest ? "; did you mean \"fmrun " : "; fmrun --help lists commands",
                nearest ? nearest : "", nearest ? "\"?" : "");
        *command = &commands[0];
    }
    if (cli->n_arguments < (*command)->min_arguments
        || cli->n_arguments > (*command)->max_arguments)
        return fm_fail(err, FM_ERROR_USAGE, "usage: fmrun %s", (*command)->usage);
    return FM_OK;
}

static const char *join_command_line(struct fm_arena *arena, int argc, char **argv)
{
    struct fm_text text = {0};
    for (int i = 0; i < argc; i++)
        fm_text_add(&text, "%s%s", i ? " " : "", argv[i]);
    const char *joined =
        text.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&text));
    fm_text_fini(&text);
    return joined;
}

static enum fm_status run(int argc, char **argv, struct fm_cli *cli, struct fm_error *err)
{
    const struct fm_command *command = NULL;
    bool is_over = false;
    cli->command_line = join_command_line(cli->arena, argc, argv);
    FM_TRY(read_options(argc, argv, cli, &is_over, err));
    if (is_over)
        return FM_OK;
    cli->arguments = (const char *const *)(argv + optind);
    cli->n_arguments = (size_t)(argc - optind);
    FM_TRY(choose_command(cli, &command, err));
    return command->run(cli, err);
}

int main(int argc, char **argv)
{
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    struct fm_cli cli = {.db = "results/fmrun.db", .timeout = 60, .arena = &arena};
    enum fm_status status = run(argc, argv, &cli, &err);
    if (status == FM_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = fm_fail(&err, FM_ERROR_IO, "can't write the answer to stdout: %s",
                         strerror(errno));
    if (status != FM_OK && strstr(err.message, ": error: "))
        (void)fprintf(stderr, "%s\n", err.message); /* it begins with the place in a file */
    else if (status != FM_OK)
        (void)fprintf(stderr, "fmrun: %s%s\n",
                      status == FM_INTERRUPTED ? "" : "error: ", err.message);
    fm_arena_fini(&arena);
    if (status == FM_INTERRUPTED && cli.signal_number)
        return 128 + cli.signal_number;
    if (status == FM_OK && cli.has_failures)
        return fm_status_exit_code(FM_ERROR_RUN);
    return fm_status_exit_code(status);
}

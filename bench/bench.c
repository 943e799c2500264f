/* Opens the workloads, checks the numbers, measures in rounds, then reports. */
#include <config.h>

#include "bench.h"

#include "base/error.h"
#include "base/isa.h"
#include "base/parallel.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* A run of a whole config takes as long as a round of everything else. */
enum { MAX_PROCESS_ROUNDS = 3 };

static void print_help(void)
{
    (void)printf(
        "make bench, or: bench/bench [OPTION ...] [WORKLOAD ...]\n\n"
        "  --rounds N     number of measurements of everything (default 5)\n"
        "  --seconds S    seconds per measurement (default 1)\n"
        "  --threads N    measure with N threads and with 1 (default: all processors)\n"
        "  --source DIR   the source tree (default .)\n"
        "  --fmrun FILE   the program (default ./fmrun)\n"
        "  --csv FILE     where to write the measurements (default results/bench.csv)\n"
        "  --isa NAME     kernels: portable, avx2 or avx512 (default: the best)\n"
        "  --no-peer      measure fmrun alone\n"
        "  --check        only check the numbers\n");
}

static enum fm_status read_number(const char *option, double low, double high,
                                  double *value, struct fm_error *err)
{
    char *end;
    double x = strtod(optarg, &end);
    if (*end || end == optarg || !(x >= low && x <= high))
        return fm_fail(err, FM_ERROR_USAGE, "--%s takes a number in [%g, %g], not \"%s\"",
                       option, low, high, optarg);
    *value = x;
    return FM_OK;
}

/* Sets *what to 'h' for help, 'c' to check only, else 0. */
static enum fm_status read_options(int argc, char **argv, struct bench *b, int *what,
                                   struct fm_error *err)
{
    static const struct option table[] = {{"rounds", required_argument, NULL, 'r'},
                                          {"seconds", required_argument, NULL, 's'},
                                          {"threads", required_argument, NULL, 't'},
                                          {"source", required_argument, NULL, 'S'},
                                          {"fmrun", required_argument, NULL, 'f'},
                                          {"csv", required_argument, NULL, 'o'},
                                          {"isa", required_argument, NULL, 'i'},
                                          {"no-peer", no_argument, NULL, 'p'},
                                          {"check", no_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    struct bench_options *o = &b->options;
    double rounds = 5, threads = (double)fm_n_processors();
    int option;
    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
        switch (option) {
        case 'r':
            FM_TRY(read_number("rounds", 1, BENCH_MAX_ROUNDS, &rounds, err));
            break;
        case 's':
            FM_TRY(read_number("seconds", 0.01, 3600, &o->seconds, err));
            break;
        case 't':
            FM_TRY(read_number("threads", 1, 4096, &threads, err));
            break;
        case 'S':
            o->source = optarg;
            break;
        case 'f':
            o->fmrun = optarg;
            break;
        case 'o':
            o->csv = optarg;
            break;
        case 'i':
            if (!fm_isa_force(optarg))
                return fm_fail(err, FM_ERROR_USAGE,
                               "--isa %s: unknown, or this processor doesn't support it",
                               optarg);
            break;
        case 'p':
            o->use_peer = false;
            break;
        case 'c':
        case 'h':
            *what = option;
            break;
        default:
            return fm_fail(err, FM_ERROR_USAGE, "bad options; bench --help lists them");
        }
    }
    o->n_rounds = (size_t)rounds;
    o->only = (const char *const *)(argv + optind);
    o->n_only = (size_t)(argc - optind);
    b->n_threads[0] = 1;
    b->n_threads[1] = (size_t)threads;
    b->n_counts = b->n_threads[1] > 1 ? 2 : 1;
    return FM_OK;
}

/* Measures each workload once: fmrun with 1 thread and with all, and the peer. */
static enum fm_status do_round(struct bench *b, struct bench_peer *peer, size_t round,
                               struct fm_error *err)
{
    for (size_t i = 0; i < b->n_workloads; i++) {
        struct bench_workload *w = &b->workloads[i];
        struct bench_cell *cell = &b->cells[round * b->n_workloads + i];
        if (w->kind == BENCH_PROCESS && round >= MAX_PROCESS_ROUNDS)
            continue;
        (void)fprintf(stderr, "bench: round %zu of %zu: %s\n", round + 1,
                      b->options.n_rounds, w->name);
        for (size_t c = 0; c < b->n_counts; c++)
            FM_TRY(bench_measure(b, w, c, cell, err));
        if (peer && !w->peer_reason)
            FM_TRY(bench_peer_measure(peer, b, w, round, cell, err));
    }
    return FM_OK;
}

static enum fm_status measure(struct bench *b, struct bench_peer **peer,
                              struct fm_error *err)
{
    const char *about = "none (--no-peer)";
    FM_TRY(bench_print_machine(b, err));
    if (b->options.use_peer)
        FM_TRY(bench_peer_open(b, peer, &about, err));
    (void)printf("peer: %s\n", about);
    if (*peer)
        FM_TRY(bench_peer_check(*peer, b, err));
    for (size_t round = 0; round < b->options.n_rounds; round++)
        FM_TRY(do_round(b, *peer, round, err));
    FM_TRY(bench_print(b, err));
    FM_TRY(bench_write_csv(b, err));
    (void)printf("every measurement: %s\n", b->options.csv);
    return FM_OK;
}

static enum fm_status bench(int argc, char **argv, struct bench *b, struct fm_error *err)
{
    int what = 0;
    FM_TRY(read_options(argc, argv, b, &what, err));
    if (what == 'h') {
        print_help();
        return FM_OK;
    }
    FM_TRY(fm_registry_init(&b->registry, &b->arena, NULL, err));
    FM_TRY(bench_open(b, err));
    (void)fprintf(stderr, "bench: checking the numbers\n");
    FM_TRY(bench_check(b, err));
    if (what == 'c') {
        (void)printf("the numbers are right\n");
        return FM_OK;
    }
    struct bench_peer *peer = NULL;
    enum fm_status status = measure(b, &peer, err);
    bench_peer_close(peer);
    return status;
}

int main(int argc, char **argv)
{
    struct fm_error err = {0};
    struct bench b = {.options = {.seconds = 1,
                                  .source = ".",
                                  .fmrun = "./fmrun",
                                  .csv = "results/bench.csv",
                                  .use_peer = true}};
    enum fm_status status = bench(argc, argv, &b, &err);
    bench_close(&b);
    if (status == FM_OK)
        return 0;
    (void)fprintf(stderr, "bench: error: %s\n", err.message);
    return fm_status_exit_code(status);
}

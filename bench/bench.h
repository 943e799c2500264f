/* `make bench`: the speed of training and sampling, measured in turn with the same work in
 * PyTorch, so that both sides of a ratio saw the machine in the same state.
 *
 *     bench.c      main: check, then rounds, then the table and the CSV file
 *     workloads.c  the workloads, and the timing of fmrun's side
 *     outside.c    the time that sampling spends outside the network
 *     network.c    networks timed alone, forward and backward: the convolutions
 *     check.c      checks of the numbers, against reference.c: an MLP in plain C and double
 *     peer.c       the PyTorch side: bench/peer.py in a process of its own
 *     report.c     medians, the table, results/bench.csv */
#ifndef FM_BENCH_BENCH_H
#define FM_BENCH_BENCH_H

#include "run/bench_sample.h"
#include "run/bench_train.h"

enum { BENCH_MAX_ROUNDS = 100, BENCH_N_COUNTS = 2 };

/* ---- workloads ---- */

/* A config of bench/configs, opened for timing. */
struct bench_model {
    const char *name; /* of the config, and of the peer's network */
    enum fm_activation activation;
    struct fm_plan plan;
    const struct fm_experiment *experiment;
    struct fm_model model;
    /* One training per number of threads; their networks are equal. */
    struct fm_bench_training training[BENCH_N_COUNTS];
    fm_real *weights; /* the trained weights to sample, set by bench_check */
    size_t n;         /* samples */
    double *x0, *x1;  /* [n][dim] */
    uint64_t *nfe;
};

enum bench_kind { BENCH_TRAIN, BENCH_SAMPLE, BENCH_NETWORK, BENCH_PROCESS };

struct bench_workload {
    const char *name; /* in the table, the CSV file and the peer's commands */
    enum bench_kind kind;
    struct bench_model *model;
    size_t method;           /* BENCH_SAMPLE: index of the config's sampling */
    struct bench_net *net;   /* BENCH_NETWORK */
    double flops;            /* of matrix products, per row */
    double nfe;              /* BENCH_SAMPLE: mean evaluations per row; else 1 */
    const char *peer_reason; /* why there is no peer; NULL: there may be one */
};

struct bench_options {
    size_t n_rounds;
    double seconds;     /* per measurement */
    const char *source; /* the source tree: configs, bench/peer.py */
    const char *fmrun;  /* the program, for BENCH_PROCESS */
    const char *csv;
    bool use_peer;
    size_t n_only; /* names of workloads; 0: all */
    const char *const *only;
};

struct bench {
    struct bench_options options;
    struct fm_arena arena;
    struct fm_registry registry;
    size_t n_threads[BENCH_N_COUNTS]; /* 1, and all processors */
    size_t n_counts;                  /* 1 with one processor */
    size_t n_models, n_workloads;
    struct bench_model *models;
    struct bench_workload *workloads;
    struct bench_cell *cells; /* [n_rounds][n_workloads] */
};

/* One workload in one round.  0: not measured. */
struct bench_cell {
    double peak[BENCH_N_COUNTS]; /* FMA peak just before or after, flops per second */
    double rate[BENCH_N_COUNTS]; /* rows per second */
    double peer_rate;            /* of the peer's best variant in this round */
    const char *peer_variant;
    size_t peer_threads;
    double peer_nfe; /* BENCH_SAMPLE: the peer's evaluations per row */
    double outside;  /* BENCH_SAMPLE on a grid: share of the seconds outside the network */
    double wall;     /* BENCH_PROCESS: seconds */
};

/* Opens the workloads named in the options, or all.  FM_ERROR_USAGE: a name is unknown. */
FM_MUST_USE enum fm_status bench_open(struct bench *b, struct fm_error *err);
void bench_close(struct bench *b);
/* Times fmrun's side with n_threads[count] threads. */
FM_MUST_USE enum fm_status bench_measure(struct bench *b, struct bench_workload *w,
                                         size_t count, struct bench_cell *cell,
                                         struct fm_error *err);
/* Solves w's sampling with n_threads[count] threads into its model's x1. */
FM_MUST_USE enum fm_status bench_solve(struct bench *b, const struct bench_workload *w,
                                       size_t count, struct fm_solve_result *result,
                                       struct fm_error *err);

/* ---- outside.c ---- */

/* The share of the seconds that w's sampling, on one thread and a grid, spends outside the
 * network. */
FM_MUST_USE enum fm_status bench_outside(struct bench *b, const struct bench_workload *w,
                                         double *fraction, struct fm_error *err);

/* ---- network.c ---- */

struct bench_net;

/* The network of that name. */
FM_MUST_USE enum fm_status bench_net_open(struct bench *b, const char *name,
                                          struct bench_net **net, double *flops,
                                          struct fm_error *err);
/* Rows per second, forward and backward, with n_threads[count] threads for about `seconds`. */
double bench_net_rate(struct bench_net *net, size_t count, double seconds);

/* ---- check.c ---- */

/* Trains and samples everything once.  FM_ERROR_RUN names the first wrong number. */
FM_MUST_USE enum fm_status bench_check(struct bench *b, struct fm_error *err);

/* ---- peer.c ---- */

struct bench_peer;

/* Starts the peer.  *about describes it; without one, *peer is NULL and *about says why. */
FM_MUST_USE enum fm_status bench_peer_open(struct bench *b, struct bench_peer **peer,
                                           const char **about, struct fm_error *err);
void bench_peer_close(struct bench_peer *peer);
/* Sends the peer the networks to sample and compares its end points with fmrun's.
 * FM_ERROR_RUN: they differ, so the two don't do the same work. */
FM_MUST_USE enum fm_status bench_peer_check(struct bench_peer *peer, struct bench *b,
                                            struct fm_error *err);
/* Times the peer's side: all variants in the first round, afterwards those that were close to
 * the best.  A peer that fails leaves the cell empty and sets w->peer_reason. */
FM_MUST_USE enum fm_status bench_peer_measure(struct bench_peer *peer, struct bench *b,
                                              struct bench_workload *w, size_t round,
                                              struct bench_cell *cell,
                                              struct fm_error *err);

/* ---- report.c ---- */

/* Prints processor, compiler, flags and peaks. */
FM_MUST_USE enum fm_status bench_print_machine(const struct bench *b, struct fm_error *err);
FM_MUST_USE enum fm_status bench_print(struct bench *b, struct fm_error *err);
FM_MUST_USE enum fm_status bench_write_csv(const struct bench *b, struct fm_error *err);

#endif

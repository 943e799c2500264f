/* `make bench`: how fast training and sampling are, measured in turn with the same work in
 * PyTorch, so that every ratio is of one moment of the machine.
 *
 *     bench.c      the order of things: check, then rounds, then the table and the CSV file
 *     workloads.c  what is timed, and the timing of fmrun's side
 *     outside.c    what sampling costs besides the network
 *     network.c    networks timed by themselves, forward and backward: the convolutions
 *     check.c      whether the numbers are right; reference.c: an MLP in plain C and double
 *     peer.c       the other side: bench/peer.py in a process of its own
 *     report.c     medians, the table, results/bench.csv */
#ifndef FM_BENCH_BENCH_H
#define FM_BENCH_BENCH_H

#include "run/bench.h"

enum { BENCH_MAX_ROUNDS = 100, BENCH_N_COUNTS = 2 };

/* ---- workloads ---- */

/* A config of bench/configs with all it takes to time it. */
struct bench_model {
    const char *name; /* of the config, and of the peer's network */
    enum fm_activation activation;
    struct fm_plan plan;
    const struct fm_experiment *experiment;
    struct fm_model model;
    /* One training for each number of threads; their networks are equal. */
    struct fm_bench_training training[BENCH_N_COUNTS];
    fm_real *weights; /* after the checks: what is sampled */
    size_t n;         /* samples */
    double *x0, *x1;  /* [n][dim] */
    uint64_t *nfe;
};

enum bench_kind { BENCH_TRAIN, BENCH_SAMPLE, BENCH_NETWORK, BENCH_PROCESS };

struct bench_workload {
    const char *name; /* in the table, the CSV file, and to the peer */
    enum bench_kind kind;
    struct bench_model *model;
    size_t method;           /* BENCH_SAMPLE: which of the config's samplings */
    struct bench_net *net;   /* BENCH_NETWORK */
    double flops;            /* of matrix products, for one row */
    double nfe;              /* BENCH_SAMPLE: mean evaluations of a row; else 1 */
    const char *peer_reason; /* why there is no peer; NULL: there may be one */
};

struct bench_options {
    size_t n_rounds;
    double seconds;     /* of each measurement */
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
    size_t n_counts;                  /* 1 where there is one processor */
    size_t n_models, n_workloads;
    struct bench_model *models;
    struct bench_workload *workloads;
    struct bench_cell *cells; /* [n_rounds][n_workloads] */
};

/* One workload in one round.  0 where it was not measured. */
struct bench_cell {
    double peak[BENCH_N_COUNTS]; /* FMA peak just before and after, flops a second */
    double rate[BENCH_N_COUNTS]; /* rows a second */
    double peer_rate;            /* of the peer's best variant in this round */
    const char *peer_variant;
    size_t peer_threads;
    double peer_nfe; /* BENCH_SAMPLE: its evaluations of a row */
    double outside;  /* BENCH_SAMPLE on a grid: share of its seconds outside the network */
    double wall;     /* BENCH_PROCESS: seconds */
};

/* Opens all workloads that were asked for.  Fails when a name is unknown. */
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

/* The share of the seconds of w's sampling, by one thread on a grid, that passes outside the
 * network. */
FM_MUST_USE enum fm_status bench_outside(struct bench *b, const struct bench_workload *w,
                                         double *fraction, struct fm_error *err);

/* ---- network.c ---- */

struct bench_net;

/* The network of that name. */
FM_MUST_USE enum fm_status bench_net_open(struct bench *b, const char *name,
                                          struct bench_net **net, double *flops,
                                          struct fm_error *err);
/* Rows a second, forward and backward, by n_threads[count] threads for about `seconds`. */
double bench_net_rate(struct bench_net *net, size_t count, double seconds);

/* ---- check.c ---- */

/* Trains and samples everything once.  FM_ERROR_RUN names the first number that is wrong. */
FM_MUST_USE enum fm_status bench_check(struct bench *b, struct fm_error *err);

/* ---- peer.c ---- */

struct bench_peer;

/* Starts the peer.  *peer is NULL when there is none: *about then says why, else what it is. */
FM_MUST_USE enum fm_status bench_peer_open(struct bench *b, struct bench_peer **peer,
                                           const char **about, struct fm_error *err);
void bench_peer_close(struct bench_peer *peer);
/* Hands the peer the networks to sample, and compares its end points with fmrun's: it must
 * do the same work.  FM_ERROR_RUN when it does not. */
FM_MUST_USE enum fm_status bench_peer_check(struct bench_peer *peer, struct bench *b,
                                            struct fm_error *err);
/* Times the peer's side.  All variants in the first round, afterwards those that came near
 * the best.  A peer that can't do it leaves the cell empty, and w->peer_reason. */
FM_MUST_USE enum fm_status bench_peer_measure(struct bench_peer *peer, struct bench *b,
                                              struct bench_workload *w, size_t round,
                                              struct bench_cell *cell,
                                              struct fm_error *err);

/* ---- report.c ---- */

/* What is timed where: processor, compiler, flags, peaks. */
FM_MUST_USE enum fm_status bench_print_machine(const struct bench *b, struct fm_error *err);
FM_MUST_USE enum fm_status bench_print(struct bench *b, struct fm_error *err);
FM_MUST_USE enum fm_status bench_write_csv(const struct bench *b, struct fm_error *err);

#endif

#include <config.h>

#include "train/pairing.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/stream.h"
#include "host/coupling.h"

#include <stdatomic.h>

/* How many problems are solved at once: PROBLEMS_PER_THREAD, so that the threads finish
 * together.  Fewer if their rows exceed MAX_BYTES, but one a thread if that takes at
 * most 1 / MEMORY_SHARES of the machine's memory; fewer, too, if they take longer than
 * MAX_SECONDS, which an interrupt has to wait. */
enum { PROBLEMS_PER_THREAD = 8, MAX_BYTES = 1 << 26, MEMORY_SHARES = 16 };
static const double MAX_SECONDS = 0.05;

/* The pairing of one step, or of several consecutive steps. */
struct problem {
    double *x0, *x1;   /* [batches * batch][dim] */
    uint32_t *label;   /* [batches * batch], of x1; NULL: no labels */
    uint32_t *i0, *i1; /* [batches * batch] */
    struct fm_coupling_report quality;
    double seconds;
    enum fm_status status;
    struct fm_error err;
};

/* A thread's scratch memory, in its own cache line. */
struct scratch {
    _Alignas(64) struct fm_arena arena;
};

struct fm_pairing {
    const struct fm_train_spec *spec;
    struct fm_coupling coupling;
    size_t batch, dim, n_threads;
    struct problem *problems; /* [n_slots] */
    struct scratch *scratch;  /* [n_threads] */
    size_t n_slots, n_wanted;
    uint64_t first; /* number of problems[0]: its first step, over batches */
    size_t n_ready, n_working;
    atomic_size_t next;
};

static size_t choose_slots(const struct fm_pairing *p)
{
    size_t bytes =
        2 * p->coupling.scheme.batches * p->batch * (p->dim * sizeof(double) + 4);
    size_t most = MAX_BYTES / bytes, n = PROBLEMS_PER_THREAD * p->n_threads;
    /* a plugin may need one or two matrices of rows by rows */
    const size_t rows = p->coupling.scheme.batches * p->batch;
    const size_t there =
        fm_physical_memory() / MEMORY_SHARES / (bytes + 2 * sizeof(double) * rows * rows);
    if (most < p->n_threads)
        most = there < p->n_threads ? there : p->n_threads;
    if (p->n_threads == 1 || most <= 1)
        return 1;
    return n < most ? n : most;
}

enum fm_status fm_pairing_init(struct fm_arena *arena, const struct fm_train_spec *spec,
                               struct fm_pairing **pairing, struct fm_error *err)
{
    struct fm_pairing *p = FM_NEW(arena, 1, struct fm_pairing);
    if (!p)
        return fm_out_of_memory(err);
    p->spec = spec;
    p->coupling = fm_coupling_make(spec->coupling, spec->coupling_options);
    p->batch = (size_t)spec->options->batch;
    p->dim = fm_net_dim(spec->net);
    p->n_threads = spec->n_threads ? spec->n_threads : 1;
    p->n_slots = choose_slots(p);
    p->n_wanted = p->n_threads < p->n_slots ? p->n_threads : p->n_slots;
    p->problems = FM_NEW(arena, p->n_slots, struct problem);
    p->scratch = FM_NEW(arena, p->n_threads, struct scratch);
    if (!p->problems || !p->scratch)
        return fm_out_of_memory(err);
    const size_t rows = p->coupling.scheme.batches * p->batch;
    const bool has_labels = fm_net_n_labels(spec->net) > 0;
    for (size_t i = 0; i < p->n_slots; i++) {
        struct problem *problem = &p->problems[i];
        problem->x0 = FM_NEW(arena, rows * p->dim, double);
        problem->x1 = FM_NEW(arena, rows * p->dim, double);
        problem->i0 = FM_NEW(arena, rows, uint32_t);
        problem->i1 = FM_NEW(arena, rows, uint32_t);
        problem->label = has_labels ? FM_NEW(arena, rows, uint32_t) : NULL;
        if (!problem->x0 || !problem->x1 || !problem->i0 || !problem->i1
            || (has_labels && !problem->label))
            return fm_out_of_memory(err);
    }
    *pairing = p;
    return FM_OK;
}

void fm_pairing_fini(struct fm_pairing *p)
{
    for (size_t i = 0; p && i < p->n_threads; i++)
        fm_arena_fini(&p->scratch[i].arena);
}

/* Draws the rows of the steps of problem `index`, and pairs them. */
static void solve_problem(struct fm_pairing *p, size_t index, size_t thread)
{
    const size_t batches = p->coupling.scheme.batches, size = p->batch * p->dim;
    const uint64_t first_step = (p->first + index) * batches;
    const double start = fm_seconds();
    struct problem *problem = &p->problems[index];
    struct fm_arena *arena = &p->scratch[thread].arena;
    struct fm_stream stream = {p->spec->seed, FM_STREAM_TRAIN_COUPLING,
                               (uint32_t)first_step};
    for (size_t i = 0; i < batches; i++) {
        struct fm_stream from = stream, to = stream;
        from.step = to.step = (uint32_t)(first_step + i);
        from.stream = FM_STREAM_TRAIN_SOURCE;
        to.stream = FM_STREAM_TRAIN_DATA;
        fm_data_rows(p->spec->source, from, p->batch, 0, p->batch, problem->x0 + i * size);
        fm_data_rows(p->spec->data, to, p->batch, 0, p->batch, problem->x1 + i * size);
        if (problem->label)
            fm_data_labels(p->spec->data, to, p->batch, 0, p->batch,
                           problem->label + i * p->batch);
    }
    const struct fm_coupling_batch rows = {.n = batches * p->batch,
                                           .dim = p->dim,
                                           .x0 = problem->x0,
                                           .x1 = problem->x1,
                                           .noise = stream,
                                           .i0 = problem->i0,
                                           .i1 = problem->i1};
    problem->status =
        fm_coupling_pair(&p->coupling, arena, &rows, &problem->quality, &problem->err);
    fm_arena_reset(arena); /* makes its memory one piece */
    problem->seconds = fm_seconds() - start;
}

/* A thread starts with its own problem, so that all have their scratch memory after one
 * call. */
static void solve_share(void *context, size_t thread)
{
    struct fm_pairing *p = context;
    for (size_t i = thread; i < p->n_ready; i = atomic_fetch_add(&p->next, 1))
        solve_problem(p, i, thread);
}

/* How many problems to solve from this number on: none beyond the last step. */
static size_t n_to_solve(const struct fm_pairing *p, uint64_t number)
{
    const uint64_t batches = p->coupling.scheme.batches,
                   steps = (uint64_t)p->spec->options->steps,
                   end = (steps + batches - 1) / batches;
    return number < end && end - number < p->n_wanted ? (size_t)(end - number)
                                                      : p->n_wanted;
}

static void solve_from(struct fm_pairing *p, uint64_t number)
{
    const double start = fm_seconds();
    p->first = number;
    p->n_ready = n_to_solve(p, number);
    p->n_working = p->n_threads < p->n_ready ? p->n_threads : p->n_ready;
    atomic_store(&p->next, p->n_working);
    fm_parallel_region(p->n_working, solve_share, p);
    double seconds = fm_seconds() - start;
    if (seconds > MAX_SECONDS && p->n_wanted > p->n_threads)
        p->n_wanted /= 2;
    else if (seconds < MAX_SECONDS / 4 && 2 * p->n_wanted <= p->n_slots)
        p->n_wanted *= 2;
}

enum fm_status fm_pairing_at(struct fm_pairing *p, uint64_t n_steps, struct fm_pairs *pairs,
                             struct fm_error *err)
{
    const uint64_t batches = p->coupling.scheme.batches, number = n_steps / batches;
    const size_t first_row = (size_t)(n_steps % batches) * p->batch;
    if (number < p->first || number - p->first >= p->n_ready)
        solve_from(p, number);
    const struct problem *problem = &p->problems[number - p->first];
    if (problem->status != FM_OK) {
        *err = problem->err;
        return problem->status;
    }
    *pairs = (struct fm_pairs){
        .x0 = problem->x0,
        .x1 = problem->x1,
        .label = problem->label,
        .i0 = problem->i0 + first_row,
        .i1 = problem->i1 + first_row,
        .quality = problem->quality,
        .seconds = problem->seconds,
    };
    return FM_OK;
}

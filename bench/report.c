/* Medians over rounds, the table, and the CSV file. */
#include <config.h>

#include "bench.h"

#include "base/error.h"
#include "base/isa.h"
#include "base/peak.h"
#include "commit.h"
#include "report/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- numbers over rounds ---- */

struct spread {
    double median, min, max;
    size_t n;
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Ignores values that are not positive: they were not measured. */
static struct spread spread_of(const struct bench *b, const struct bench_workload *w,
                               double (*value)(const struct bench *,
                                               const struct bench_workload *,
                                               const struct bench_cell *))
{
    double values[BENCH_MAX_ROUNDS];
    struct spread s = {(double)NAN, (double)NAN, (double)NAN, 0};
    size_t place = (size_t)(w - b->workloads);
    for (size_t round = 0; round < b->options.n_rounds; round++) {
        double x = value(b, w, &b->cells[round * b->n_workloads + place]);
        if (isfinite(x) && x > 0)
            values[s.n++] = x;
    }
    if (s.n == 0)
        return s;
    qsort(values, s.n, sizeof *values, ascending);
    s.min = values[0];
    s.max = values[s.n - 1];
    s.median = (values[(s.n - 1) / 2] + values[s.n / 2]) / 2;
    return s;
}

static double rate_one(const struct bench *b, const struct bench_workload *w,
                       const struct bench_cell *c)
{
    (void)b, (void)w;
    return c->rate[0];
}

static double rate_all(const struct bench *b, const struct bench_workload *w,
                       const struct bench_cell *c)
{
    (void)w;
    return c->rate[b->n_counts - 1];
}

static double gflops_all(const struct bench *b, const struct bench_workload *w,
                         const struct bench_cell *c)
{
    return 1e-9 * w->flops * w->nfe * c->rate[b->n_counts - 1];
}

static double percent(const struct bench_workload *w, const struct bench_cell *c,
                      size_t count)
{
    return 100 * w->flops * w->nfe * c->rate[count] / c->peak[count];
}

static double percent_one(const struct bench *b, const struct bench_workload *w,
                          const struct bench_cell *c)
{
    (void)b;
    return percent(w, c, 0);
}

static double percent_all(const struct bench *b, const struct bench_workload *w,
                          const struct bench_cell *c)
{
    return percent(w, c, b->n_counts - 1);
}

static double speedup(const struct bench *b, const struct bench_workload *w,
                      const struct bench_cell *c)
{
    (void)w;
    return b->n_counts > 1 ? c->rate[1] / c->rate[0] : (double)NAN;
}

static double peer_rate(const struct bench *b, const struct bench_workload *w,
                        const struct bench_cell *c)
{
    (void)b, (void)w;
    return c->peer_rate;
}

static double nfe_of_peer(const struct bench *b, const struct bench_workload *w,
                          const struct bench_cell *c)
{
    (void)b, (void)w;
    return c->peer_nfe;
}

static double ratio(const struct bench *b, const struct bench_workload *w,
                    const struct bench_cell *c)
{
    return c->peer_rate > 0 ? rate_all(b, w, c) / c->peer_rate : (double)NAN;
}

static double outside(const struct bench *b, const struct bench_workload *w,
                      const struct bench_cell *c)
{
    (void)b, (void)w;
    /* disturbances can make it negative */
    return c->outside != 0 ? fmax(100 * c->outside, 0.01) : (double)NAN;
}

static double wall(const struct bench *b, const struct bench_workload *w,
                   const struct bench_cell *c)
{
    (void)b, (void)w;
    return c->wall;
}

/* ---- the machine ---- */

enum fm_status bench_print_machine(const struct bench *b, struct fm_error *err)
{
    char cpu[256];
    fm_cpu_model(cpu, sizeof cpu);
    (void)printf("fmrun %s%s%s, %s; gcc %s, %s\n%s\n", PACKAGE_VERSION,
                 FM_COMMIT[0] ? ", commit " : "", FM_COMMIT, fm_isa_name(), __VERSION__,
                 FM_BUILD_FLAGS, cpu);
    for (size_t c = 0; c < b->n_counts; c++) {
        double bytes;
        FM_TRY(fm_peak_triad(b->n_threads[c], 0.2, &bytes, err));
        (void)printf("%zu thread%s: FMA peak %.1f GFLOP/s, memory triad %.1f GB/s\n",
                     b->n_threads[c], b->n_threads[c] == 1 ? "" : "s",
                     1e-9 * fm_peak_flops(b->n_threads[c], 0.1), 1e-9 * bytes);
    }
    return fflush(stdout) == 0 ? FM_OK : fm_fail_errno(err, "can't write to", "stdout");
}

/* ---- the table ---- */

static void cell(struct fm_table *t, size_t column, int decimals, double value)
{
    if (isfinite(value))
        fm_table_cell(t, column, "%.*f", decimals, value);
}

static void range(struct fm_table *t, size_t column, struct spread s)
{
    if (s.n > 0)
        fm_table_cell(t, column, "%.2f (%.2f-%.2f)", s.median, s.min, s.max);
}

/* The variant that was the best in the most rounds. */
static const struct bench_cell *usual_peer(const struct bench *b,
                                           const struct bench_workload *w)
{
    const struct bench_cell *best = NULL;
    size_t place = (size_t)(w - b->workloads), n_best = 0;
    for (size_t i = 0; i < b->options.n_rounds; i++) {
        const struct bench_cell *c = &b->cells[i * b->n_workloads + place];
        size_t n = 0;
        for (size_t j = 0; j < b->options.n_rounds && c->peer_variant; j++) {
            const struct bench_cell *d = &b->cells[j * b->n_workloads + place];
            n += d->peer_variant == c->peer_variant && d->peer_threads == c->peer_threads;
        }
        if (n > n_best) {
            best = c;
            n_best = n;
        }
    }
    return best;
}

static void fill_row(struct fm_table *t, const struct bench *b,
                     const struct bench_workload *w)
{
    fm_table_row(t);
    fm_table_cell(t, 0, "%s", w->name);
    if (b->n_counts > 1)
        cell(t, 1, 0, spread_of(b, w, rate_one).median);
    cell(t, 2, 0, spread_of(b, w, rate_all).median);
    cell(t, 3, 1, spread_of(b, w, gflops_all).median);
    if (b->n_counts > 1)
        cell(t, 4, 0, spread_of(b, w, percent_one).median);
    cell(t, 5, 0, spread_of(b, w, percent_all).median);
    range(t, 6, spread_of(b, w, speedup));
    cell(t, 7, 0, spread_of(b, w, peer_rate).median);
    range(t, 8, spread_of(b, w, ratio));
    const struct bench_cell *peer = usual_peer(b, w);
    if (peer)
        fm_table_cell(t, 9, "%s, %zu thread%s", peer->peer_variant, peer->peer_threads,
                      peer->peer_threads == 1 ? "" : "s");
}

static void print_rest(const struct bench *b, const struct bench_workload *w)
{
    struct spread s = spread_of(b, w, wall);
    if (s.n > 0)
        (void)printf("%s: all of configs/%s.yaml: %.2f s (%.2f-%.2f)\n", w->name, w->name,
                     s.median, s.min, s.max);
    else if (w->peer_reason)
        (void)printf("%s: no peer: %s\n", w->name, w->peer_reason);
    const struct spread share = spread_of(b, w, outside);
    if (share.n > 0)
        (void)printf("%s: %.1f %% of its seconds outside the network (%.1f-%.1f)\n",
                     w->name, share.median, share.min, share.max);
    const struct spread peer_nfe = spread_of(b, w, nfe_of_peer);
    if (w->kind == BENCH_SAMPLE && peer_nfe.n > 0)
        (void)printf("%s: %.4g evaluations per row, the peer %.4g\n", w->name, w->nfe,
                     peer_nfe.median);
}

/* Prints how often other processes used the processors: the peak fell with the rates. */
static void print_disturbances(const struct bench *b)
{
    const size_t n = b->options.n_rounds * b->n_workloads, last = b->n_counts - 1;
    double best = 0;
    size_t n_cells = 0, n_disturbed = 0;
    for (size_t i = 0; i < n; i++)
        best = fmax(best, b->cells[i].peak[last]);
    for (size_t i = 0; i < n; i++) {
        n_cells += b->cells[i].peak[last] > 0;
        n_disturbed += b->cells[i].peak[last] > 0 && b->cells[i].peak[last] < 0.85 * best;
    }
    if (n_disturbed > 0)
        (void)printf(
            "warning: the machine was not idle: its FMA peak was at least 15 %% lower in "
            "%zu of %zu measurements\n",
            n_disturbed, n_cells);
}

enum fm_status bench_print(struct bench *b, struct fm_error *err)
{
    char titles[][32] = {"workload",  "rows/s, 1", "rows/s, N",   "GFLOP/s, N", "peak %, 1",
                         "peak %, N", "speedup",   "peer rows/s", "ratio",      "peer"};
    enum { N_COLUMNS = sizeof titles / sizeof *titles };
    struct fm_table t;
    fm_table_init(&t, &b->arena, N_COLUMNS);
    fm_table_row(&t);
    for (size_t i = 0; i < N_COLUMNS; i++) {
        char *n = strstr(titles[i], ", N");
        if (n)
            (void)snprintf(n, 20, ", %zu", b->n_threads[b->n_counts - 1]);
        fm_table_cell(&t, i, "%s", titles[i]);
        t.is_right[i] = i > 0 && i + 1 < N_COLUMNS;
    }
    for (size_t i = 0; i < b->n_workloads; i++)
        if (b->workloads[i].kind != BENCH_PROCESS)
            fill_row(&t, b, &b->workloads[i]);
    (void)printf("\n");
    FM_TRY(fm_table_print(&t, stdout, err));
    (void)printf("\nmedians of %zu round%s of %g s (min-max); ratio: fmrun to peer in the "
                 "same round\n",
                 b->options.n_rounds, b->options.n_rounds == 1 ? "" : "s",
                 b->options.seconds);
    for (size_t i = 0; i < b->n_workloads; i++)
        print_rest(b, &b->workloads[i]);
    print_disturbances(b);
    return FM_OK;
}

/* ---- the CSV file ---- */

/* A text field: quoted, with its quotes doubled. */
static void add_text(struct fm_text *csv, const char *text)
{
    fm_text_add(csv, "\"");
    for (; *text; text++)
        fm_text_add(csv, *text == '"' ? "\"\"" : "%c", *text);
    fm_text_add(csv, "\",");
}

static void add_number(struct fm_text *csv, double value, const char *end)
{
    if (isfinite(value) && value > 0)
        fm_text_add(csv, "%.6g", value);
    fm_text_add(csv, "%s", end);
}

struct csv_row {
    const char *variant, *kind; /* "fmrun" or "peer"; for the peer its variant */
    size_t n_threads;
    double rate, flops, peak, ratio, seconds; /* flops: per second */
};

static void add_row(struct fm_text *csv, const struct bench_workload *w, size_t round,
                    const struct csv_row *r, const char *about)
{
    fm_text_add(csv, "%s,%s,%s,%zu,%zu,", w->name, r->variant, r->kind, r->n_threads,
                round + 1);
    add_number(csv, r->rate, ",");
    add_number(csv, 1e-9 * r->flops, ",");
    add_number(csv, r->peak > 0 ? 100 * r->flops / r->peak : (double)NAN, ",");
    add_number(csv, r->ratio, ",");
    add_number(csv, r->seconds, ",");
    fm_text_add(csv, "%s\n", about);
}

static void add_cell(struct fm_text *csv, const struct bench *b,
                     const struct bench_workload *w, size_t round, const char *about)
{
    const struct bench_cell *c =
        &b->cells[round * b->n_workloads + (size_t)(w - b->workloads)];
    for (size_t i = 0; i < b->n_counts; i++) {
        const struct csv_row row = {
            .variant = "fmrun",
            .kind = "",
            .n_threads = b->n_threads[i],
            .rate = c->rate[i],
            .flops = w->flops * w->nfe * c->rate[i],
            .peak = c->peak[i],
            .ratio = i + 1 == b->n_counts ? ratio(b, w, c) : (double)NAN,
        };
        if (c->rate[i] > 0)
            add_row(csv, w, round, &row, about);
    }
    const size_t peer_count = c->peer_threads == b->n_threads[0] ? 0 : b->n_counts - 1;
    const struct csv_row peer = {.variant = "peer",
                                 .kind = c->peer_variant,
                                 .n_threads = c->peer_threads,
                                 .rate = c->peer_rate,
                                 .flops = w->flops * c->peer_rate
                                          * (c->peer_nfe > 0 ? c->peer_nfe : 1),
                                 .peak = c->peak[peer_count]};
    if (c->peer_rate > 0)
        add_row(csv, w, round, &peer, about);
    const struct csv_row rest = {.variant = "fmrun",
                                 .kind = "outside the network",
                                 .n_threads = 1,
                                 .ratio = c->outside};
    if (c->outside != 0)
        add_row(csv, w, round, &rest, about);
    const struct csv_row whole = {.variant = "fmrun",
                                  .kind = "whole",
                                  .n_threads = b->n_threads[b->n_counts - 1],
                                  .seconds = c->wall};
    if (c->wall > 0)
        add_row(csv, w, round, &whole, about);
}

/* The columns that are equal in all rows: cpu, compiler, flags, set, version, commit, date. */
static void add_about(struct fm_text *about)
{
    char cpu[256], date[32];
    time_t now = time(NULL);
    struct tm utc;
    fm_cpu_model(cpu, sizeof cpu);
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    add_text(about, cpu);
    add_text(about, __VERSION__);
    add_text(about, FM_BUILD_FLAGS);
    fm_text_add(about, "%s,%s,%s,%s", fm_isa_name(), PACKAGE_VERSION, FM_COMMIT, date);
}

enum fm_status bench_write_csv(const struct bench *b, struct fm_error *err)
{
    struct fm_text csv = {0}, about = {0};
    struct fm_arena scratch = {0};
    add_about(&about);
    fm_text_add(&csv,
                "workload,variant,kind,threads,round,samples_per_s,gflops,peak_percent,"
                "ratio,seconds,cpu,compiler,flags,isa,version,commit,date\n");
    for (size_t round = 0; round < b->options.n_rounds; round++)
        for (size_t i = 0; i < b->n_workloads; i++)
            add_cell(&csv, b, &b->workloads[i], round, fm_text_bytes(&about));
    const char *folder = fm_path_folder(&scratch, b->options.csv);
    enum fm_status status =
        !folder || csv.has_failed || about.has_failed ? fm_out_of_memory(err) : FM_OK;
    if (status == FM_OK)
        status = fm_folder_make(folder, err);
    if (status == FM_OK)
        status = fm_file_write(b->options.csv, fm_text_bytes(&csv), csv.length, err);
    fm_text_fini(&csv);
    fm_text_fini(&about);
    fm_arena_fini(&scratch);
    return status;
}

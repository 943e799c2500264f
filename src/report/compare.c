#include <config.h>

#include "report/compare.h"

#include "base/error.h"
#include "report/solver_checks.h"
#include "report/table.h"
#include "store/read_result.h"

#include <math.h>
#include <string.h>

enum { MAX_METRICS = 64 };

/* One solver setting, all its metrics. */
struct line {
    const char *setting, *label, *method;
    size_t steps;
    double rtol, atol, nfe, seconds;
    size_t n_failed, n_open, n_seeds;
    double mean[MAX_METRICS], ci95[MAX_METRICS], floor[MAX_METRICS];
    bool has[MAX_METRICS];
};

struct comparison {
    struct fm_arena arena;
    size_t n_metrics;
    struct {
        const char *name, *options, *unit;
        bool is_higher_better;
    } metrics[MAX_METRICS];
    size_t n, capacity;
    struct line *lines;
    bool has_settings, has_steps, has_rtol, has_failures, has_methods;
    size_t n_seeds;
};

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static enum fm_status metric_index(struct comparison *c, const struct fm_compare_row *r,
                                   size_t *index, struct fm_error *err)
{
    for (size_t i = 0; i < c->n_metrics; i++)
        if (same(c->metrics[i].name, r->metric)
            && same(c->metrics[i].options, r->metric_options)) {
            *index = i;
            return FM_OK;
        }
    if (c->n_metrics == MAX_METRICS)
        return fm_fail(err, FM_ERROR_USAGE,
                       "more than %d metrics: query v_compare by `fmrun sql`", MAX_METRICS);
    *index = c->n_metrics++;
    c->metrics[*index].name = fm_arena_text(&c->arena, r->metric);
    c->metrics[*index].options = fm_arena_text(&c->arena, r->metric_options);
    c->metrics[*index].unit = fm_arena_text(&c->arena, r->unit);
    c->metrics[*index].is_higher_better = r->is_higher_better;
    if (!c->metrics[*index].name || !c->metrics[*index].options || !c->metrics[*index].unit)
        return fm_out_of_memory(err);
    return FM_OK;
}

static bool is_equal(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool is_line_of(const struct line *l, const struct fm_compare_row *r)
{
    return same(l->setting, r->setting) && same(l->label, r->label)
           && same(l->method, r->method) && l->steps == r->steps
           && is_equal(l->rtol, r->rtol) && is_equal(l->atol, r->atol);
}

static enum fm_status line_of(struct comparison *c, const struct fm_compare_row *r,
                              struct line **line, struct fm_error *err)
{
    for (size_t i = 0; i < c->n; i++)
        if (is_line_of(&c->lines[i], r)) {
            *line = &c->lines[i];
            return FM_OK;
        }
    if (c->n == c->capacity) {
        size_t capacity = c->capacity ? 2 * c->capacity : 64;
        struct line *grown = FM_NEW(&c->arena, capacity, struct line);
        if (!grown)
            return fm_out_of_memory(err);
        if (c->n)
            memcpy(grown, c->lines, c->n * sizeof *grown);
        c->lines = grown;
        c->capacity = capacity;
    }
    struct line *l = *line = &c->lines[c->n++];
    *l = (struct line){
        .setting = fm_arena_text(&c->arena, r->setting),
        .label = fm_arena_text(&c->arena, r->label),
        .method = fm_arena_text(&c->arena, r->method),
        .steps = r->steps,
        .rtol = r->rtol,
        .atol = r->atol,
        .nfe = r->nfe,
        .seconds = r->seconds,
        .n_seeds = r->n_seeds,
    };
    if (!l->setting || !l->label || !l->method)
        return fm_out_of_memory(err);
    return FM_OK;
}

static enum fm_status add_row(void *context, const struct fm_compare_row *r,
                              struct fm_error *err)
{
    struct comparison *c = context;
    struct line *line = NULL;
    size_t m = 0;
    FM_TRY(line_of(c, r, &line, err));
    if (r->metric[0]) {
        FM_TRY(metric_index(c, r, &m, err));
        line->has[m] = true;
        line->mean[m] = r->mean;
        line->ci95[m] = r->ci95;
        line->floor[m] = r->floor;
    }
    line->n_failed = r->n_failed > line->n_failed ? r->n_failed : line->n_failed;
    line->n_open = r->n_open > line->n_open ? r->n_open : line->n_open;
    c->has_settings = c->has_settings || r->setting[0];
    c->has_methods = c->has_methods || r->method[0];
    c->has_steps = c->has_steps || r->steps > 0;
    c->has_rtol = c->has_rtol || r->steps == 0;
    c->has_failures = c->has_failures || r->n_failed > 0 || r->n_open > 0;
    c->n_seeds = r->n_seeds > c->n_seeds ? r->n_seeds : c->n_seeds;
    return FM_OK;
}

/* ---- the table ---- */

static void estimate_cell(struct fm_table *t, size_t column, double mean, double ci95)
{
    if (isnan(mean))
        fm_table_cell(t, column, "-");
    else if (isnan(ci95))
        fm_table_cell(t, column, "%#.4g", mean);
    else
        fm_table_cell(t, column, "%#.4g ± %.2g", mean, ci95);
}

/* The number of each column; HIDDEN: it is not shown. */
#define HIDDEN SIZE_MAX
struct layout {
    size_t setting, solver, method, steps, rtol, atol, nfe, metrics, seconds, failed, n;
};

static struct layout make_layout(const struct comparison *c)
{
    struct layout l = {0};
    l.setting = c->has_settings ? l.n++ : HIDDEN;
    l.solver = l.n++;
    l.method = c->has_methods ? l.n++ : HIDDEN;
    l.steps = c->has_steps ? l.n++ : HIDDEN;
    l.rtol = c->has_rtol ? l.n++ : HIDDEN;
    l.atol = c->has_rtol ? l.n++ : HIDDEN;
    l.nfe = l.n++;
    l.metrics = l.n;
    l.n += c->n_metrics;
    l.seconds = l.n++;
    l.failed = c->has_failures ? l.n++ : HIDDEN;
    return l;
}

static void header(struct fm_table *t, const struct comparison *c, const struct layout *l)
{
    static const struct {
        size_t offset;
        const char *name;
    } columns[] = {
        {offsetof(struct layout, setting), "setting"},
        {offsetof(struct layout, solver), "solver"},
        {offsetof(struct layout, method), "options"},
        {offsetof(struct layout, steps), "steps"},
        {offsetof(struct layout, rtol), "rtol"},
        {offsetof(struct layout, atol), "atol"},
        {offsetof(struct layout, nfe), "nfe"},
        {offsetof(struct layout, seconds), "seconds"},
        {offsetof(struct layout, failed), "failed"},
    };
    fm_table_row(t);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        size_t column =
            *(const size_t *)(const void *)((const char *)l + columns[i].offset);
        if (column == HIDDEN)
            continue;
        fm_table_cell(t, column, "%s", columns[i].name);
        t->is_right[column] = i >= 3;
    }
    for (size_t m = 0; m < c->n_metrics; m++) {
        size_t n_same = 0;
        for (size_t k = 0; k < m; k++)
            n_same += same(c->metrics[k].name, c->metrics[m].name);
        if (n_same)
            fm_table_cell(t, l->metrics + m, "%s (%zu)", c->metrics[m].name, n_same + 1);
        else
            fm_table_cell(t, l->metrics + m, "%s", c->metrics[m].name);
        t->is_right[l->metrics + m] = true;
    }
}

/* Cuts long options, such as a tableau; `fmrun sql` prints all of it. */
static void method_cell(struct fm_table *t, size_t column, const char *method)
{
    enum { WIDTH = 40 };
    if (strlen(method) <= WIDTH)
        fm_table_cell(t, column, "%s", method);
    else
        fm_table_cell(t, column, "%.*s...", WIDTH - 3, method);
}

static void line_row(struct fm_table *t, const struct comparison *c, const struct layout *l,
                     const struct line *line)
{
    fm_table_row(t);
    if (c->has_settings)
        fm_table_cell(t, l->setting, "%s", line->setting);
    fm_table_cell(t, l->solver, "%s", line->label);
    if (c->has_methods)
        method_cell(t, l->method, line->method);
    if (line->steps > 0)
        fm_table_cell(t, l->steps, "%zu", line->steps);
    else
        fm_table_cell(t, l->rtol, "%g", line->rtol),
            fm_table_cell(t, l->atol, "%g", line->atol);
    if (!isnan(line->nfe))
        fm_table_cell(t, l->nfe, "%.4g", line->nfe);
    for (size_t m = 0; m < c->n_metrics; m++)
        if (line->has[m])
            estimate_cell(t, l->metrics + m, line->mean[m], line->ci95[m]);
    if (!isnan(line->seconds))
        fm_table_cell(t, l->seconds, "%.3g", line->seconds);
    if (c->has_failures && line->n_open)
        fm_table_cell(t, l->failed, "%zu of %zu, %zu open", line->n_failed, line->n_seeds,
                      line->n_open);
    else if (c->has_failures)
        fm_table_cell(t, l->failed, "%zu of %zu", line->n_failed, line->n_seeds);
}

/* Adds a row with the floors of the lines from first to last, which share a setting. */
static void floors(struct fm_table *t, const struct comparison *c, const struct layout *l,
                   size_t first, size_t last)
{
    bool has_row = false;
    for (size_t m = 0; m < c->n_metrics; m++) {
        double low = (double)INFINITY, high = -(double)INFINITY;
        for (size_t i = first; i <= last; i++)
            if (c->lines[i].has[m] && isfinite(c->lines[i].floor[m])) {
                low = fmin(low, c->lines[i].floor[m]);
                high = fmax(high, c->lines[i].floor[m]);
            }
        if (low > high)
            continue;
        if (!has_row) {
            fm_table_row(t);
            if (c->has_settings)
                fm_table_cell(t, l->setting, "%s", c->lines[first].setting);
            fm_table_cell(t, l->solver, "floor");
        }
        has_row = true;
        if (high - low <= 0.01 * fabs(high))
            fm_table_cell(t, l->metrics + m, "%#.3g", high);
        else /* each end time has a reference solve of its own */
            fm_table_cell(t, l->metrics + m, "%#.2g to %#.2g", low, high);
    }
}

static void body(struct fm_table *t, const struct comparison *c, const struct layout *l)
{
    for (size_t i = 0, first = 0; i < c->n; i++) {
        line_row(t, c, l, &c->lines[i]);
        if (i + 1 == c->n || !same(c->lines[i + 1].setting, c->lines[first].setting)) {
            floors(t, c, l, first, i);
            first = i + 1;
        }
    }
}

/* ---- orders ---- */

struct orders {
    struct fm_table table;
    bool has_methods; /* the table above has a column of options */
};

static enum fm_status order_row(void *context, const struct fm_order_row *r,
                                struct fm_error *err)
{
    static const char *const names[] = {"solver",   "options",    "order",
                                        "observed", "from steps", "setting"};
    struct orders *o = context;
    struct fm_table *t = &o->table;
    size_t column = 0;
    (void)err;
    if (isnan(r->observed))
        return FM_OK;
    if (t->n_rows == 0) {
        fm_table_row(t);
        for (size_t i = 0; i < 6; i++)
            if ((i != 1 || o->has_methods) && (i != 5 || r->setting[0])) {
                t->is_right[column] = i == 2 || i == 3;
                fm_table_cell(t, column++, "%s", names[i]);
            }
        column = 0;
    }
    fm_table_row(t);
    fm_table_cell(t, column++, "%s", r->label);
    if (o->has_methods)
        method_cell(t, column++, r->method);
    fm_table_cell(t, column++, "%u", r->declared);
    fm_table_cell(t, column++, "%.2f", r->observed);
    fm_table_cell(t, column++, "%zu to %zu", r->steps_min, r->steps_max);
    fm_table_cell(t, column, "%s", r->setting);
    return FM_OK;
}

static enum fm_status print_orders(struct fm_store *store, int64_t sweep_id,
                                   struct comparison *c, FILE *out, struct fm_error *err)
{
    struct orders o = {.has_methods = c->has_methods};
    fm_table_init(&o.table, &c->arena, 6);
    FM_TRY(fm_store_each_order(store, sweep_id, order_row, &o, err));
    if (o.table.n_rows == 0)
        return FM_OK;
    (void)fprintf(out, "\norder of convergence, from the fall of discretization_error\n");
    return fm_table_print(&o.table, out, err);
}

/* ---- all ---- */

static enum fm_status json_row(void *context, const struct fm_compare_row *r,
                               struct fm_error *err)
{
    struct fm_text text = {0};
    const struct {
        const char *key, *value;
    } texts[] = {{"setting", r->setting},   {"network", r->network}, {"path", r->path},
                 {"coupling", r->coupling}, {"data", r->data},       {"solver", r->solver},
                 {"label", r->label},       {"metric", r->metric}};
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"rtol", r->rtol}, {"nfe", r->nfe}, {"seconds", r->seconds},
                   {"mean", r->mean}, {"sd", r->sd},   {"ci95", r->ci95},
                   {"min", r->min},   {"max", r->max}, {"floor", r->floor}};
    fm_text_add(&text, "{\"steps\": %zu, \"n\": %zu, \"n_failed\": %zu, \"n_open\": %zu",
                r->steps, r->n, r->n_failed, r->n_open);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        fm_text_add(&text, ", \"%s\": ", texts[i].key);
        fm_add_json_string(&text, texts[i].value);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        fm_text_add(&text, ", \"%s\": ", numbers[i].key);
        fm_add_json_real(&text, numbers[i].value);
    }
    enum fm_status status = text.has_failed ? fm_out_of_memory(err) : FM_OK;
    if (status == FM_OK)
        (void)fprintf(context, "%s}\n", fm_text_bytes(&text));
    fm_text_fini(&text);
    return status;
}

static enum fm_status print_table(struct comparison *c, FILE *out, struct fm_error *err)
{
    struct layout l = make_layout(c);
    struct fm_table t;
    fm_table_init(&t, &c->arena, l.n);
    header(&t, c, &l);
    body(&t, c, &l);
    FM_TRY(fm_table_print(&t, out, err));
    if (c->n_seeds > 1)
        (void)fprintf(out, "\nmean ± half width of the 95 %% t-interval over %zu seeds",
                      c->n_seeds);
    else
        (void)fprintf(out, "\none seed: no interval");
    (void)fprintf(out, "; floor: what a perfect sampler scores\n");
    return FM_OK;
}

enum fm_status fm_report_compare(struct fm_store *store, int64_t sweep_id, bool as_json,
                                 FILE *out, struct fm_error *err)
{
    if (as_json)
        return fm_store_each_compare(store, sweep_id, json_row, out, err);
    struct comparison c = {0};
    enum fm_status status = fm_store_each_compare(store, sweep_id, add_row, &c, err);
    if (status == FM_OK && c.n > 0)
        status = print_table(&c, out, err);
    if (status == FM_OK)
        status = print_orders(store, sweep_id, &c, out, err);
    if (status == FM_OK)
        status = fm_report_solver_checks(store, sweep_id, out, err);
    fm_arena_fini(&c.arena);
    return status;
}

/* Functions shared by the files of the suite "views": a database built by hand. */
#ifndef FM_TESTS_TEST_VIEWS_H
#define FM_TESTS_TEST_VIEWS_H

#include "store/run_status.h"
#include "store/store.h"
#include "support.h"

/* Set by set_up: a sweep, and definitions of metrics (less is better, more is better). */
extern struct fm_store *store;
extern int64_t sweep, w2, accuracy;

void set_up(void);
void tear_down(void);

/* Adds the metric to the sweep. */
void ask(int64_t metric);
/* Adds a run with this seed, setting and status. */
int64_t add_run(unsigned seed, const char *setting, enum fm_run_status status);

/* One sampling of a run, in the sweep at point 0; it takes nfe / 10 seconds. */
struct solve {
    const char *solver;
    size_t steps;
    double nfe;
    enum fm_run_status status;
    const char *setting, *noise;
};
int64_t add_solve(int64_t run, const struct solve *s);
void add_value(int64_t sampling, int64_t metric, double value, double floor);

/* All rows of a query as "a b;c d;"; valid until the next call. */
const char *ask_sql(const char *sql);
/* The first value. */
double number(const char *sql);

/* v_compare, v_pair, v_pareto. */
TCase *test_views_compare(void);

#endif

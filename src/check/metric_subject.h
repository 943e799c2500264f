/* The metric under test, and one call.  Parts of the checks (metric_bits.h, ...) report errors by
 * rows of the check; beyond that they return FM_ERROR_MEMORY. */
#ifndef FM_CHECK_METRIC_SUBJECT_H
#define FM_CHECK_METRIC_SUBJECT_H

#include "check/metric_input.h"
#include "check/row.h"
#include <fmrun/plugin.h>

/* The shape of the usual input. */
enum { FM_METRIC_ROWS = 300, FM_METRIC_DIM = 2 };

struct fm_metric_subject {
    const struct fm_check_sink *sink;
    struct fm_arena *arena;      /* for inputs */
    struct fm_arena *call_arena; /* for the plugin's calls; empty between them */
    const struct fm_plugin *plugin;
    const void *options, *kept_options; /* a copy; NULL: it has no options */
    /* results */
    bool is_noisy;      /* other noise gives another value */
    const char *damage; /* the first write out of bounds; NULL: none */
};

struct fm_metric_answer {
    enum fm_status status;
    struct fm_error error;
    struct fm_estimate estimate;
    const char *damage;    /* a write out of bounds; NULL: none */
    uint64_t request_hash; /* of the request to log_density; 0: none */
};

bool fm_metric_asks(const struct fm_metric_subject *s, enum fm_metric_reference reference);
/* Whether the metric gets these rows. */
bool fm_metric_reads(const struct fm_metric_subject *s, enum fm_metric_rows rows);

/* Calls the metric as the host does.  Safe from several threads, each with its own arena,
 * input and answer. */
void fm_metric_call(const struct fm_metric_subject *s, struct fm_arena *arena,
                    const void *options, struct fm_metric_input *input, double mark,
                    struct fm_metric_answer *answer);
/* Calls with the subject's arena and options, and keeps the damage; false: the call fails, or its
 * value is not finite. */
bool fm_metric_measure(struct fm_metric_subject *s, struct fm_metric_input *input,
                       struct fm_metric_answer *answer);

/* Whether value, standard error, floor and n_used are the same bits. */
bool fm_metric_same(const struct fm_metric_answer *a, const struct fm_metric_answer *b);

#endif

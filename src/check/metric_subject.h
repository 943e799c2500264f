/* The metric under test, and one call: what each part of its checks stands on.  Each part
 * (metric_bits.h, ...) measures promises and adds rows; its rows and FM_ERROR_MEMORY are the
 * only errors. */
#ifndef FM_CHECK_METRIC_SUBJECT_H
#define FM_CHECK_METRIC_SUBJECT_H

#include "check/metric_input.h"
#include "check/row.h"
#include <fmrun/plugin.h>

/* The input that most is measured on. */
enum { FM_METRIC_ROWS = 300, FM_METRIC_DIM = 2 };

struct fm_metric_subject {
    const struct fm_check_sink *sink;
    struct fm_arena *arena;      /* for inputs */
    struct fm_arena *call_arena; /* for the plugin's calls, emptied after each */
    const struct fm_plugin *plugin;
    const void *options, *kept_options; /* a copy; NULL: it has no options */
    /* found */
    bool is_noisy;      /* other noise gives another value */
    const char *damage; /* the first that a call has done; NULL: none */
};

struct fm_metric_answer {
    enum fm_status status;
    struct fm_error error;
    struct fm_estimate estimate;
    const char *damage;    /* what the call wrote to without being allowed to, or NULL */
    uint64_t request_hash; /* of what it asked of log_density; 0: nothing */
};

bool fm_metric_asks(const struct fm_metric_subject *s, enum fm_metric_reference reference);
/* Whether the metric is handed these rows. */
bool fm_metric_reads(const struct fm_metric_subject *s, enum fm_metric_rows rows);

/* Calls the metric as the host does.  Safe from several threads, each with its own arena,
 * input and answer. */
void fm_metric_call(const struct fm_metric_subject *s, struct fm_arena *arena,
                    const void *options, struct fm_metric_input *input, double mark,
                    struct fm_metric_answer *answer);
/* A call with the subject's arena and options, whose damage is kept; false: it has failed, or
 * its value is not finite. */
bool fm_metric_measure(struct fm_metric_subject *s, struct fm_metric_input *input,
                       struct fm_metric_answer *answer);

/* Whether value, standard error, floor and rows used are the same bits. */
bool fm_metric_same(const struct fm_metric_answer *a, const struct fm_metric_answer *b);

#endif

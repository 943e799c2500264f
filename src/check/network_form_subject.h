/* A closed form that a network plugin prepares for a problem. */
#ifndef FM_CHECK_NETWORK_FORM_SUBJECT_H
#define FM_CHECK_NETWORK_FORM_SUBJECT_H

#include "check/network_problems.h"
#include "check/network_subject.h"

struct fm_form_subject {
    struct fm_network_subject common;
    const struct fm_problem *problem;
    const struct fm_network_ops *ops;
    struct fm_closed_form form;
    void *scratch;
};
/* Prepares a form for a copy of the problem, with services; all in arena.  Returns the plugin's
 * errors. */
FM_MUST_USE enum fm_status
fm_form_prepare(struct fm_arena *arena, const struct fm_network_ops *ops,
                const void *options, const struct fm_problem *problem,
                struct fm_closed_form *form, struct fm_error *err);

/* v of a few rows, the same each time: [FM_FORM_ROWS][dim], the rest 0. */
enum { FM_FORM_ROWS = 6 };
FM_MUST_USE enum fm_status fm_form_evaluate(struct fm_arena *arena,
                                            const struct fm_network_ops *ops,
                                            const struct fm_closed_form *form, size_t dim,
                                            double v[FM_FORM_ROWS * FM_PROBLEM_MAX_DIM],
                                            struct fm_error *err);

#endif

/* The list `solvers`: each entry with its lists expanded, its plugin opened, its grid laid out.
 * Functions of its row in plan/part.c. */
#ifndef FM_PLAN_SOLVERS_SECTION_H
#define FM_PLAN_SOLVERS_SECTION_H

#include "plan/part.h"

/* Reads the list into the methods of the experiment, whose path and coupling are read. */
FM_MUST_USE enum fm_status fm_solvers_read(const struct fm_reading *reading,
                                           const struct fm_part *part,
                                           const struct fm_yaml *node,
                                           struct fm_error *err);
/* The solver of entry i, which its methods share; NULL behind the last. */
const struct fm_component *fm_solvers_entry(const struct fm_experiment *e, size_t i);
/* Adds the defaults of the host's options that entry leaves out: those of a grid where it has steps
 * or times, else those of step control. */
FM_MUST_USE enum fm_status fm_solvers_add_defaults(struct fm_arena *arena,
                                                   struct fm_yaml *entry,
                                                   struct fm_error *err);

#endif

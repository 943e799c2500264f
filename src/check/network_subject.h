/* The velocity of the network under test.  Parts of the checks report errors by rows; beyond that
 * they return FM_ERROR_MEMORY. */
#ifndef FM_CHECK_NETWORK_SUBJECT_H
#define FM_CHECK_NETWORK_SUBJECT_H

#include "base/arena.h"
#include "check/row.h"
#include "sample/velocity.h"
#include <stdbool.h>

/* A velocity on one problem: a shape of samples, or a problem for closed forms. */
struct fm_network_subject {
    const struct fm_check_sink *sink;
    const char *problem; /* its name, for rows */
    struct fm_arena *arena;
    size_t dim;                  /* of x */
    struct fm_velocity velocity; /* with a divergence where there is a derivative */
};

void fm_network_note(const struct fm_network_subject *s, const char *property,
                     bool is_right, const char *note);
void fm_network_error(const struct fm_network_subject *s, const char *property,
                      const struct fm_error *err);

/* Draws n normal numbers times `scale`; others for each `step`. */
void fm_network_fill(double *to, size_t n, double scale, uint32_t step);

/* Adds the divergence to the velocity, by two probes. */
void fm_network_add_divergence(struct fm_network_subject *s);
/* The most rows that the checks evaluate. */
enum { FM_NETWORK_ROWS = 150 };

#endif

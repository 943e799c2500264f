/* The velocity of a network under test: what each part of its checks stands on.  Each part
 * measures promises and adds rows; its rows and FM_ERROR_MEMORY are the only errors. */
#ifndef FM_CHECK_NETWORK_SUBJECT_H
#define FM_CHECK_NETWORK_SUBJECT_H

#include "base/arena.h"
#include "check/row.h"
#include "sample/velocity.h"
#include <stdbool.h>

/* A velocity on one problem: a shape of samples, or what a closed form is asked about. */
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

/* n normal numbers times `scale`, a function of `step`. */
void fm_network_fill(double *to, size_t n, double scale, uint32_t step);

/* Adds the divergence to the velocity, by two probes. */
void fm_network_add_divergence(struct fm_network_subject *s);
enum { FM_NETWORK_ROWS = 150 }; /* that the velocity is asked for at most */

#endif

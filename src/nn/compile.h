/* From the list of nodes to what is executed: which nodes the output needs, activations
 * applied where their input is computed, inputs written straight into a concat, who stores a
 * gradient and who adds to it, and where values lie. */
#ifndef FM_NN_COMPILE_H
#define FM_NN_COMPILE_H

#include "nn/node.h"

/* Completes the net, in arena.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_compile(struct fm_arena *arena, struct fm_net *net,
                                      struct fm_error *err);

#endif

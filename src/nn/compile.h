/* From the list of nodes to what is executed: finds the nodes that the output needs, fuses
 * activations into the node before, writes leaves straight into a concat, decides which reader
 * stores a gradient and which adds to it, and gives values their places. */
#ifndef FM_NN_COMPILE_H
#define FM_NN_COMPILE_H

#include "nn/node.h"

/* Completes the net, in arena.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_compile(struct fm_arena *arena, struct fm_net *net,
                                      struct fm_error *err);

#endif

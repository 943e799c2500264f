/* Reverse and forward mode of a net, compared with differences and with each other.  The engine
 * derives both from the graph, so that a failure here is more likely the engine's fault. */
#ifndef FM_CHECK_NETWORK_GRADIENT_H
#define FM_CHECK_NETWORK_GRADIENT_H

#include "check/network_graph_subject.h"

/* "gradient", "same bits" of reverse mode */
FM_MUST_USE enum fm_status fm_check_graph_gradient(const struct fm_graph_subject *s,
                                                   struct fm_error *err);
/* "derivative", "transposed derivative" */
FM_MUST_USE enum fm_status fm_check_graph_derivative(const struct fm_graph_subject *s,
                                                     struct fm_error *err);

#endif

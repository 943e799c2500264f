/* All checks of a network. */
#include <config.h>

#include "check/network.h"

#include "check/network_form.h"
#include "check/network_graph.h"

enum fm_status fm_check_network(const struct fm_check_sink *sink, const struct fm_plugin *p,
                                const void *options, struct fm_error *err)
{
    return p->network->build ? fm_check_graph(sink, p, options, err)
                             : fm_check_forms(sink, p, options, err);
}

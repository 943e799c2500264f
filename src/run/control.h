/* From a solver setting of the experiment to what the integrators' loop is told. */
#ifndef FM_RUN_CONTROL_H
#define FM_RUN_CONTROL_H

#include "plan/experiment.h"
#include "sample/integrate.h"

/* The setting's grid or step control; points into the method. */
struct fm_control fm_method_control(const struct fm_method *method);

/* Step control of the tight solve that errors are measured against, to t_end, its tolerances
 * times factor. */
struct fm_control fm_reference_control(const struct fm_reference_options *options,
                                       double factor, double t_end);

#endif

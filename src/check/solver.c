/* All checks of a solver. */
#include <config.h>

#include "check/solver.h"

#include "check/solver_bits.h"
#include "check/solver_control.h"
#include "check/solver_cost.h"
#include "check/solver_failing.h"
#include "check/solver_flow.h"
#include "check/solver_order.h"
#include "check/solver_subject.h"
#include "check/solver_tableau.h"

void fm_check_solver(const struct fm_check_sink *sink, const struct fm_solver *solver)
{
    static const struct fm_problem smooth = {
        .dim = 2, .is_independent = true, .path = fm_smooth_path};
    const struct fm_solver_subject subject = {
        .sink = sink,
        .solver = solver,
        .problem = solver->scheme.needs ? &smooth : NULL,
    };
    fm_check_solver_tableau(&subject);
    fm_check_solver_order(&subject);
    fm_check_solver_cost(&subject);
    fm_check_solver_failing(&subject);
    fm_check_solver_bits(&subject);
    fm_check_solver_control(&subject);
    fm_check_solver_flow(&subject);
}

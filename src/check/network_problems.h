/* Problems for closed forms: mixtures along paths, all with known densities. */
#ifndef FM_CHECK_NETWORK_PROBLEMS_H
#define FM_CHECK_NETWORK_PROBLEMS_H

#include <fmrun/network.h>

enum { FM_N_PROBLEMS = 4, FM_PROBLEM_MAX_DIM = 5 };
extern const char *const fm_problem_names[FM_N_PROBLEMS];
extern const struct fm_problem fm_problems[FM_N_PROBLEMS];

/* log p_t(x) of a problem, written out. */
double fm_problem_log_density(const struct fm_problem *problem, double t, const double *x);

#endif

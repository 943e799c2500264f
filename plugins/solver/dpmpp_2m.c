/* DPM-Solver++(2M): an exponential two-step method for the expected x1, in
 * l = log(alpha / sigma).  From t to t', l to l', with m and x0 the expected x1 and x0 at (x, t),
 * and m_last the m of the step before:
 *     x' = alpha' m + sigma' x0 + (alpha' - sigma' alpha / sigma) (l' - l) / (2 (l - l_last))
 *                                 (m - m_last),
 * which is the paper's x' = sigma' / sigma x - alpha' (e^(l - l') - 1) D with x = alpha m +
 * sigma x0.  Where one of the three l is infinite the last term is left out: at the start it
 * vanishes in the limit; at the end it has no limit, and the authors' code takes a step of order
 * one there, too. */
#include <fmrun/diffusion.h>
#include <fmrun/plugin.h>

static double last_weight(const struct fm_step *s, const struct fm_path_point *begin,
                          const struct fm_path_point *end)
{
    struct fm_path_point last;
    if (s->index == 0)
        return 0;
    s->path(s, s->times[s->index - 1], &last);
    const double l = fm_path_log_snr(begin), h = fm_path_log_snr(end) - l,
                 h_last = l - fm_path_log_snr(&last);
    if (!isfinite(h) || !isfinite(h_last))
        return 0;
    return (end->alpha - end->sigma * begin->alpha / begin->sigma) * h / (2 * h_last);
}

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    const size_t size = s->n * s->dim;
    double *v = s->state, *m_last = s->state + size, *x = s->x;
    double m_x, m_v, x_weight, v_weight;
    struct fm_path_point begin, end;
    (void)options;
    FM_TRY(fm_step_begin(s, v, &begin, &end, err));
    const double weight = last_weight(s, &begin, &end);
    fm_predict_weights(&begin, 1, 0, &m_x, &m_v);
    fm_predict_weights(&begin, end.alpha, end.sigma, &x_weight, &v_weight);
    for (size_t i = 0; i < size; i++) {
        const double m = m_x * x[i] + m_v * v[i];
        x[i] = x_weight * x[i] + v_weight * v[i] + weight * (m - m_last[i]);
        m_last[i] = m;
    }
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops,
    .scheme = {.order = 2, .n_state = 2, .needs = FM_NEEDS_AFFINE_PATH},
    .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "dpmpp_2m",
    .version = 1,
    .summary = "DPM-Solver++(2M) for affine paths, order 2, 1 evaluation a step",
    .source = "Lu et al. 2022, arXiv:2211.01095, algorithm 2",
    .solver = &ops,
};

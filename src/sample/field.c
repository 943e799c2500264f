#include <config.h>

#include "sample/field.h"

#include "base/error.h"

size_t fm_field_block_rows(const struct fm_velocity *velocity)
{
    return velocity->net ? fm_net_block_rows(velocity->net) : FM_BLOCK_ROWS;
}

/* A row is evaluated with its label, without one, or both. */
enum { LABELLED, UNLABELLED };

static bool uses(const struct fm_velocity *velocity, int which)
{
    const struct fm_guidance *g = velocity->guidance;
    return which == LABELLED ? !g || g->weight != 0 : g && g->weight != 1;
}

size_t fm_field_n_evaluations(const struct fm_velocity *velocity)
{
    return uses(velocity, LABELLED) && uses(velocity, UNLABELLED) ? 2 : 1;
}

static enum fm_status net_workspace(struct fm_arena *arena,
                                    const struct fm_velocity *velocity, size_t dim,
                                    struct fm_velocity_workspace *w, struct fm_error *err)
{
    const size_t rows = fm_net_block_rows(velocity->net);
    FM_ASSERT(!velocity->guidance == (fm_net_n_labels(velocity->net) == 0));
    w->x = FM_NEW(arena, rows * dim, fm_real);
    if (!w->x)
        return fm_out_of_memory(err);
    for (int which = LABELLED; which <= UNLABELLED; which++) {
        if (!uses(velocity, which))
            continue;
        w->label[which] = FM_NEW(arena, rows, uint32_t);
        if (!w->label[which])
            return fm_out_of_memory(err);
        FM_TRY(fm_net_workspace(arena, velocity->net,
                                velocity->divergence ? FM_NET_JVP : FM_NET_FORWARD,
                                &w->net[which], err));
    }
    return FM_OK;
}

enum fm_status fm_field_workspace(struct fm_arena *arena,
                                  const struct fm_velocity *velocity, size_t dim,
                                  struct fm_velocity_workspace *w, struct fm_error *err)
{
    if (velocity->net)
        return net_workspace(arena, velocity, dim, w, err);
    size_t bytes = velocity->form.scratch_bytes;
    for (size_t i = 0; velocity->given && i < velocity->n_given; i++)
        if (velocity->given[i].scratch_bytes > bytes)
            bytes = velocity->given[i].scratch_bytes;
    w->scratch = fm_arena_take(arena, 1, bytes);
    w->without = FM_NEW(arena, fm_field_block_rows(velocity) * dim, double);
    return w->scratch && w->without ? FM_OK : fm_out_of_memory(err);
}

/* ---- nets ---- */

/* Outputs of a net for the rows with and without labels; NULL: not evaluated. */
struct outputs {
    const fm_real *given, *none;
};

/* out = the one output there is, or none + w (given - none), in double. */
static void combine(const struct fm_velocity *velocity, const struct fm_field_rows *rows,
                    const struct outputs *from, size_t width, double *out)
{
    const size_t n = rows->n, dim = rows->dim, stride = fm_padded(dim);
    const fm_real *one = from->given ? from->given : from->none;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            out[i * width + j] = (double)one[i * stride + j];
    if (!from->given || !from->none)
        return;
    const double weight = velocity->guidance->weight;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++) {
            const double none = (double)from->none[i * stride + j];
            out[i * width + j] = none + weight * (out[i * width + j] - none);
        }
}

static const fm_real *forward(const struct fm_velocity *velocity,
                              struct fm_velocity_workspace *w,
                              const struct fm_field_rows *rows, int which)
{
    const struct fm_guidance *g = velocity->guidance;
    if (!uses(velocity, which))
        return NULL;
    for (size_t i = 0; g && i < rows->n; i++)
        w->label[which][i] = which == LABELLED ? g->labels[rows->row[i]] : g->none;
    const struct fm_net_input input = {
        .t = rows->t, .x = w->x, .label = g ? w->label[which] : NULL};
    return fm_net_forward(velocity->net, velocity->parameters, w->net[which], rows->n,
                          &input);
}

static const fm_real *derivative(const struct fm_velocity *velocity,
                                 struct fm_velocity_workspace *w, int which)
{
    return uses(velocity, which)
               ? fm_net_jvp(velocity->net, velocity->parameters, w->net[which], w->dx)
               : NULL;
}

/* ---- closed forms ---- */

/* A closed form at rows from .. from + n - 1: its derivative along dx, or its value if
 * dx is NULL. */
static enum fm_status form_rows(const struct fm_velocity *velocity,
                                const struct fm_closed_form *form,
                                struct fm_velocity_workspace *w,
                                const struct fm_field_rows *rows, size_t from, size_t n,
                                const double *dx, double *out, struct fm_error *err)
{
    const size_t at = from * rows->dim;
    if (dx)
        return velocity->ops->jvp(form, n, rows->t + from, rows->x + at, dx + at, out + at,
                                  w->scratch, err);
    return velocity->ops->evaluate(form, n, rows->t + from, rows->x + at, out + at,
                                   w->scratch, err);
}

/* Rows with their labels: one call for each run of equal labels. */
static enum fm_status form_labelled_rows(const struct fm_velocity *velocity,
                                         struct fm_velocity_workspace *w,
                                         const struct fm_field_rows *rows, const double *dx,
                                         double *out, struct fm_error *err)
{
    const uint32_t *labels = velocity->guidance->labels;
    for (size_t from = 0, to; from < rows->n; from = to) {
        const uint32_t label = labels[rows->row[from]];
        for (to = from + 1; to < rows->n && labels[rows->row[to]] == label;)
            to++;
        FM_ASSERT(label < velocity->n_given);
        FM_TRY(form_rows(velocity, &velocity->given[label], w, rows, from, to - from, dx,
                         out, err));
    }
    return FM_OK;
}

static enum fm_status form_guided(const struct fm_velocity *velocity,
                                  struct fm_velocity_workspace *w,
                                  const struct fm_field_rows *rows, const double *dx,
                                  double *out, struct fm_error *err)
{
    if (!velocity->guidance || !uses(velocity, LABELLED))
        return form_rows(velocity, &velocity->form, w, rows, 0, rows->n, dx, out, err);
    FM_TRY(form_labelled_rows(velocity, w, rows, dx, out, err));
    if (!uses(velocity, UNLABELLED))
        return FM_OK;
    FM_TRY(form_rows(velocity, &velocity->form, w, rows, 0, rows->n, dx, w->without, err));
    const double weight = velocity->guidance->weight;
    for (size_t i = 0; i < rows->n * rows->dim; i++)
        out[i] = w->without[i] + weight * (out[i] - w->without[i]);
    return FM_OK;
}

/* ---- both ---- */

enum fm_status fm_field_evaluate(const struct fm_velocity *velocity,
                                 struct fm_velocity_workspace *w,
                                 const struct fm_field_rows *rows, size_t width,
                                 double *out, struct fm_error *err)
{
    if (!velocity->net)
        return form_guided(velocity, w, rows, NULL, out, err);
    for (size_t i = 0; i < rows->n * rows->dim; i++)
        w->x[i] = (fm_real)rows->x[i];
    const struct outputs from = {forward(velocity, w, rows, LABELLED),
                                 forward(velocity, w, rows, UNLABELLED)};
    combine(velocity, rows, &from, width, out);
    return FM_OK;
}

enum fm_status fm_field_jvp(const struct fm_velocity *velocity,
                            struct fm_velocity_workspace *w,
                            const struct fm_field_rows *rows, const double *dx, double *out,
                            struct fm_error *err)
{
    if (!velocity->net)
        return form_guided(velocity, w, rows, dx, out, err);
    for (size_t i = 0; i < rows->n * rows->dim; i++)
        w->dx[i] = (fm_real)dx[i];
    const struct outputs from = {derivative(velocity, w, LABELLED),
                                 derivative(velocity, w, UNLABELLED)};
    combine(velocity, rows, &from, rows->dim, out);
    return FM_OK;
}

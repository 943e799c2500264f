/* Convolution: each pixel is a sum over the taps of the filters; a term is the product of the pixel's
 * neighbour with the tap's matrix [inputs][outputs].
 * No pixel is copied and no border padded.  Pixels that have the same taps within the image (the
 * inside, the edges, the corners) are the rows of one product, whose segments are those taps. */
#include <config.h>

#include "nn/op_conv.h"

#include "nn/op_linear.h"

#include <string.h>

enum { MAX_RUNS = 6 };

static bool find_neighbour(const struct fm_conv_axis *x, size_t to, size_t tap,
                           size_t *from)
{
    size_t half = x->kernel / 2;
    if (x->is_backward ? to + half < tap : to * x->step + tap < half)
        return false;
    if (x->is_backward && (to + half - tap) % x->step != 0)
        return false;
    *from = x->is_backward ? (to + half - tap) / x->step : to * x->step + tap - half;
    return *from < x->n_from;
}

static struct fm_conv_run run_at(const struct fm_conv_axis *x, size_t to)
{
    struct fm_conv_run run = {.to = to, .n = 1};
    for (size_t k = 0; k < x->kernel; k++)
        if (find_neighbour(x, to, k, &run.from[run.n_taps]))
            run.tap[run.n_taps++] = k;
    return run;
}

static bool has_taps_of(const struct fm_conv_run *p, const struct fm_conv_run *q)
{
    return p->n_taps == q->n_taps
           && memcmp(p->tap, q->tap, p->n_taps * sizeof *p->tap) == 0;
}

/* Divides the pixels of the axis into at most MAX_RUNS runs: the first, the last and those between,
 * for each remainder by the step. */
static size_t find_runs(const struct fm_conv_axis *x, struct fm_conv_run *runs)
{
    const size_t step = x->is_backward ? x->step : 1;
    size_t n = 0;
    for (size_t first = 0; first < step; first++) {
        size_t old = n;
        for (size_t to = first; to < x->n_to; to += step) {
            struct fm_conv_run run = run_at(x, to);
            if (n > old && has_taps_of(&run, &runs[n - 1]))
                runs[n - 1].n++;
            else
                runs[n++] = run;
        }
    }
    return n;
}

/* ---- the sum over taps ---- */

struct side {
    size_t height, line, stride; /* of the image, in pixels; of a pixel, in reals */
};

static struct side side_of(const struct fm_net_node *node)
{
    return (struct side){node->image_height, node->image_width, node->stride};
}

struct convolution {
    struct side from, to;
    size_t n; /* samples */
    size_t kernel, step, tap_size;
    bool is_backward;
};

static size_t sample_size(const struct side *s)
{
    return s->height * s->line * s->stride;
}

/* The segments of the pixels in a run of lines and a run of columns: one for each tap. */
static void set_segments(const struct convolution *c, const struct fm_conv_run *lines,
                         const struct fm_conv_run *columns, ptrdiff_t *a_segment,
                         ptrdiff_t *b_segment)
{
    for (size_t i = 0; i < lines->n_taps; i++)
        for (size_t j = 0; j < columns->n_taps; j++) {
            size_t pixel = lines->from[i] * c->from.line + columns->from[j];
            *a_segment++ = (ptrdiff_t)(pixel * c->from.stride);
            *b_segment++ =
                (ptrdiff_t)((lines->tap[i] * c->kernel + columns->tap[j]) * c->tap_size);
        }
}

/* The products of these pixels; their rows go along the longest of samples, lines and columns. */
static void convolve_runs(const struct convolution *c, const struct fm_conv_run *lines,
                          const struct fm_conv_run *columns, struct fm_product p)
{
    const size_t from_step = c->is_backward ? 1 : c->step;
    const size_t to_step = c->is_backward ? c->step : 1;
    const size_t from_pixel = from_step * c->from.stride, to_pixel = to_step * c->to.stride;
    const struct {
        size_t n, a, c;
    } along[] = {{c->n, sample_size(&c->from), sample_size(&c->to)},
                 {lines->n, from_pixel * c->from.line, to_pixel * c->to.line},
                 {columns->n, from_pixel, to_pixel}};
    size_t row = 2;
    for (size_t k = 2; k-- > 0;)
        row = along[k].n > along[row].n ? k : row;
    const size_t u = row == 0 ? 1 : 0, v = row == 2 ? 1 : 2;
    const size_t first = (lines->to * c->to.line + columns->to) * c->to.stride;
    p.m = along[row].n;
    p.a_row = along[row].a;
    p.c_row = along[row].c;
    for (size_t i = 0; i < along[u].n; i++)
        for (size_t j = 0; j < along[v].n; j++) {
            struct fm_product q = p;
            size_t at = first + i * along[u].c + j * along[v].c;
            q.a += i * along[u].a + j * along[v].a;
            q.c += at;
            q.factor = p.factor ? p.factor + at : NULL;
            q.derivative = p.derivative ? p.derivative + at : NULL;
            fm_kernel()->product(&q);
        }
}

/* p: the product without rows and segments. */
static void convolve(const struct convolution *c, struct fm_product p)
{
    const struct fm_conv_axis y = {c->from.height, c->to.height, c->kernel, c->step,
                                   c->is_backward};
    const struct fm_conv_axis x = {c->from.line, c->to.line, c->kernel, c->step,
                                   c->is_backward};
    struct fm_conv_run lines[MAX_RUNS], columns[MAX_RUNS];
    ptrdiff_t a_segment[FM_MAX_TAPS] = {0}, b_segment[FM_MAX_TAPS] = {0};
    const size_t n_lines = find_runs(&y, lines), n_columns = find_runs(&x, columns);
    p.a_segment = a_segment;
    p.b_segment = b_segment;
    for (size_t i = 0; i < n_lines; i++)
        for (size_t j = 0; j < n_columns; j++) {
            struct fm_product q = p;
            set_segments(c, &lines[i], &columns[j], a_segment, b_segment);
            q.n_segments = lines[i].n_taps * columns[j].n_taps;
            if (q.n_segments == 0) /* no output depends on the pixel: store zeros */
                q.k = 0;
            convolve_runs(c, &lines[i], &columns[j], q);
        }
}

static void forward(const struct fm_op_call *c, struct fm_product p)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const struct convolution v = {.from = side_of(a),
                                  .to = side_of(node),
                                  .n = c->n,
                                  .kernel = node->kernel,
                                  .step = node->step,
                                  .tap_size = a->width * fm_padded(node->width)};
    p.k = a->width;
    p.n_panels = fm_n_panels(node->width);
    p.a_column = 1;
    p.b = c->parameters + node->weight;
    p.b_row = FM_PANEL;
    p.b_panel = a->width * FM_PANEL;
    p.c_panel = FM_PANEL;
    convolve(&v, p);
}

static void convolution_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    forward(c, (struct fm_product){.a = fm_value(c, fm_input_a(c)),
                                   .c = fm_value(c, node),
                                   .bias = c->parameters + node->bias,
                                   .is_activated = node->is_activated,
                                   .activation = node->activation,
                                   .derivative =
                                       node->is_activated ? fm_derivative(c, node) : NULL});
}

static void convolution_jvp(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    forward(c, (struct fm_product){.a = fm_tangent(c, fm_input_a(c)),
                                   .c = fm_tangent(c, node),
                                   .factor =
                                       node->is_activated ? fm_derivative(c, node) : NULL});
}

/* dx at a pixel = the sum of dy W^T over the pixels whose neighbour it is, times the derivative of
 * the activation that made x. */
void fm_conv_input_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    if (!a->has_gradient)
        return;
    const struct convolution v = {.from = side_of(node),
                                  .to = side_of(a),
                                  .n = c->n,
                                  .kernel = node->kernel,
                                  .step = node->step,
                                  .tap_size = node->width * fm_padded(a->width),
                                  .is_backward = true};
    const struct fm_product p = {
        .k = node->width,
        .n_panels = fm_n_panels(a->width),
        .a = fm_gradient(c, node),
        .a_column = 1,
        .b = c->transposed + node->transposed,
        .b_row = FM_PANEL,
        .b_panel = node->width * FM_PANEL,
        .c = fm_gradient(c, a),
        .c_panel = FM_PANEL,
        .is_added = node->adds_to_a,
        .factor = a->is_factored ? fm_derivative(c, a) : NULL,
    };
    convolve(&v, p);
}

/* ---- gradients of the parameters ---- */

struct fm_conv_run fm_conv_pixels(const struct fm_conv_axis *x, size_t tap)
{
    struct fm_conv_run run = {.n_taps = 1, .tap = {tap}};
    for (size_t to = 0, from; to < x->n_to; to++)
        if (find_neighbour(x, to, tap, &from) && run.n++ == 0) {
            run.to = to;
            run.from[0] = from;
        }
    return run;
}

/* dW of one tap = the sum of x^T dy over lines of pixels: the segments of a product. */
static void tap_reverse(const struct fm_op_call *c, const struct fm_conv_run *lines,
                        const struct fm_conv_run *columns, struct fm_product p)
{
    enum { MAX_SEGMENTS = 64 };
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    ptrdiff_t a_segment[MAX_SEGMENTS] = {0}, b_segment[MAX_SEGMENTS] = {0};
    const size_t n_lines = columns->n > 0 ? lines->n : 0;
    size_t n = 0;
    p.a_segment = a_segment;
    p.b_segment = b_segment;
    p.k = n_lines > 0 ? columns->n : 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < n_lines; k++) {
            size_t x_line = i * a->image_height + lines->from[0] + k * node->step;
            size_t y_line = i * node->image_height + lines->to + k;
            a_segment[n] =
                (ptrdiff_t)((x_line * a->image_width + columns->from[0]) * a->stride);
            b_segment[n] =
                (ptrdiff_t)((y_line * node->image_width + columns->to) * node->stride);
            if (++n == MAX_SEGMENTS) {
                p.n_segments = n;
                fm_kernel()->product(&p);
                p.is_added = true;
                n = 0;
            }
        }
    p.n_segments = n;
    if (n > 0 || p.k == 0) /* at k = 0 it stores zeros, or adds them */
        fm_kernel()->product(&p);
}

static void weight_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const struct fm_conv_axis y = {a->image_height, node->image_height, node->kernel,
                                   node->step, false};
    const struct fm_conv_axis x = {a->image_width, node->image_width, node->kernel,
                                   node->step, false};
    for (size_t tap = 0; tap < node->kernel * node->kernel; tap++) {
        const struct fm_conv_run lines = fm_conv_pixels(&y, tap / node->kernel);
        const struct fm_conv_run columns = fm_conv_pixels(&x, tap % node->kernel);
        const struct fm_product p = {
            .m = a->width,
            .n_panels = fm_n_panels(node->width),
            .a = fm_value(c, a),
            .a_row = 1,
            .a_column = node->step * a->stride,
            .b = fm_gradient(c, node),
            .b_row = node->stride,
            .b_panel = FM_PANEL,
            .c = c->gradient + node->weight + tap * a->width * fm_padded(node->width),
            .c_row = FM_PANEL,
            .c_panel = a->width * FM_PANEL,
            .is_added = c->is_added,
        };
        tap_reverse(c, &lines, &columns, p);
    }
}

static void convolution_reverse(const struct fm_op_call *c)
{
    weight_reverse(c);
    fm_bias_reverse(c);
    fm_conv_input_reverse(c);
}

/* ---- the transposed copy ---- */

size_t fm_conv_transposed_size(const struct fm_net *net, const struct fm_net_node *node)
{
    return node->kernel * node->kernel * node->width * fm_padded(net->nodes[node->a].width);
}

void fm_conv_transpose(const struct fm_net *net, const struct fm_net_node *node,
                       size_t first, size_t n, const fm_real *weight, fm_real *transposed)
{
    const size_t n_rows = net->nodes[node->a].width, n_panels = fm_n_panels(node->width);
    for (size_t p = first; p < first + n; p++)
        fm_transpose_panel(n_rows, node->width, p % n_panels,
                           weight + p * n_rows * FM_PANEL,
                           transposed + p / n_panels * node->width * fm_padded(n_rows));
}

const struct fm_op fm_op_convolution = {.name = "convolution",
                                        .can_activate = true,
                                        .can_factor = true,
                                        .forward = convolution_forward,
                                        .reverse = convolution_reverse,
                                        .jvp = convolution_jvp,
                                        .transposed_size = fm_conv_transposed_size,
                                        .transpose = fm_conv_transpose};

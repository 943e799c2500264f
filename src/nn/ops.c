/* The operations a graph is made of: each forward, in reverse mode, and in forward mode. */
#include <config.h>

#include "nn/internal.h"

#include <math.h>
#include <string.h>

static const struct fm_net_node *input(const struct fm_net *net, int32_t index)
{
    return &net->nodes[index];
}

/* ---- input and time ---- */

/* Padding columns of the rows are never written, and stay zero. */
static void copy_x(const struct fm_net *net, const struct fm_net_node *node, fm_real *rows,
                   size_t n, const fm_real *x)
{
    for (size_t i = 0; i < n; i++)
        memcpy(rows + i * node->stride, x + i * net->dim, net->dim * sizeof *x);
}

static void time_row(const struct fm_net_node *node, double t, fm_real *row)
{
    const double two_pi = 6.28318530717958647692;
    size_t n = node->n_frequencies;
    if (node->time == FM_TIME_RAW) {
        row[0] = (fm_real)t;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double angle = node->time == FM_TIME_FOURIER
                           ? two_pi * t * (double)(i + 1)
                           : 1000 * t * pow(10000, -(double)i / (double)n);
        row[i] = (fm_real)cos(angle);
        row[n + i] = (fm_real)sin(angle);
    }
}

static void time_forward(const struct fm_net_node *node, fm_real *rows, size_t n,
                         const double *t)
{
    for (size_t i = 0; i < n; i++) {
        fm_real *row = rows + i * node->stride;
        if (i > 0 && t[i] == t[i - 1])
            memcpy(row, row - node->stride, node->width * sizeof *row);
        else
            time_row(node, t[i], row);
    }
}

/* ---- linear ---- */

static void linear_forward(const struct fm_net *net, const struct fm_net_node *node,
                           const fm_real *block, fm_real *buffer, bool has_bias, size_t n)
{
    const struct fm_net_node *a = input(net, node->a);
    struct fm_product p = {
        .m = n,
        .k = a->width,
        .n_panels = fm_n_panels(node->width),
        .a = fm_node_rows(buffer, a),
        .a_row = a->stride,
        .a_column = 1,
        .b = block + node->weight,
        .b_row = FM_PANEL,
        .b_panel = a->width * FM_PANEL,
        .c = fm_node_rows(buffer, node),
        .c_row = node->stride,
        .c_panel = FM_PANEL,
        .bias = has_bias ? block + node->bias : NULL,
    };
    fm_kernel()->product(&p);
}

/* dW += x^T dy, db += sum of rows of dy, dx = dy W^T. */
static void linear_reverse(const struct fm_net *net, const struct fm_net_node *node,
                           const fm_real *transposed, struct fm_net_workspace *w, size_t n,
                           fm_real *gradient)
{
    const struct fm_net_node *a = input(net, node->a);
    const fm_real *dy = fm_node_rows(w->gradients, node);
    struct fm_product dw = {
        .m = a->width,
        .k = n,
        .n_panels = fm_n_panels(node->width),
        .a = fm_node_rows(w->values, a),
        .a_row = 1,
        .a_column = a->stride,
        .b = dy,
        .b_row = node->stride,
        .b_panel = FM_PANEL,
        .c = gradient + node->weight,
        .c_row = FM_PANEL,
        .c_panel = a->width * FM_PANEL,
        .is_added = true,
    };
    fm_kernel()->product(&dw);
    fm_real *db = gradient + node->bias;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < node->stride; j++)
            db[j] += dy[i * node->stride + j];
    if (!a->has_gradient)
        return;
    struct fm_product dx = {
        .m = n,
        .k = node->width,
        .n_panels = fm_n_panels(a->width),
        .a = dy,
        .a_row = node->stride,
        .a_column = 1,
        .b = transposed + node->transposed,
        .b_row = FM_PANEL,
        .b_panel = node->width * FM_PANEL,
        .c = fm_node_rows(w->gradients, a),
        .c_row = a->stride,
        .c_panel = FM_PANEL,
        .is_added = true,
    };
    fm_kernel()->product(&dx);
}

/* ---- concat and add ---- */

static void concat_forward(const struct fm_net *net, const struct fm_net_node *node,
                           fm_real *buffer, size_t n)
{
    const struct fm_net_node *a = input(net, node->a), *b = input(net, node->b);
    for (size_t i = 0; i < n; i++) {
        fm_real *row = fm_node_rows(buffer, node) + i * node->stride;
        memcpy(row, fm_node_rows(buffer, a) + i * a->stride, a->width * sizeof *row);
        memcpy(row + a->width, fm_node_rows(buffer, b) + i * b->stride,
               b->width * sizeof *row);
    }
}

static void add_to(fm_real *restrict to, const fm_real *restrict from, size_t n)
{
    for (size_t j = 0; j < n; j++)
        to[j] += from[j];
}

static void concat_reverse(const struct fm_net *net, const struct fm_net_node *node,
                           fm_real *gradients, size_t n)
{
    const struct fm_net_node *a = input(net, node->a), *b = input(net, node->b);
    for (size_t i = 0; i < n; i++) {
        const fm_real *row = fm_node_rows(gradients, node) + i * node->stride;
        if (a->has_gradient)
            add_to(fm_node_rows(gradients, a) + i * a->stride, row, a->width);
        if (b->has_gradient)
            add_to(fm_node_rows(gradients, b) + i * b->stride, row + a->width, b->width);
    }
}

static void add_forward(const struct fm_net *net, const struct fm_net_node *node,
                        fm_real *buffer, size_t n)
{
    fm_real *c = fm_node_rows(buffer, node);
    const fm_real *a = fm_node_rows(buffer, input(net, node->a));
    const fm_real *b = fm_node_rows(buffer, input(net, node->b));
    for (size_t j = 0; j < n * node->stride; j++)
        c[j] = a[j] + b[j];
}

static void add_reverse(const struct fm_net *net, const struct fm_net_node *node,
                        fm_real *gradients, size_t n)
{
    const struct fm_net_node *a = input(net, node->a), *b = input(net, node->b);
    if (a->has_gradient)
        add_to(fm_node_rows(gradients, a), fm_node_rows(gradients, node), n * node->stride);
    if (b->has_gradient)
        add_to(fm_node_rows(gradients, b), fm_node_rows(gradients, node), n * node->stride);
}

/* ---- activation ---- */

static void multiply(fm_real *restrict to, const fm_real *restrict a,
                     const fm_real *restrict b, size_t n, bool is_added)
{
    if (is_added)
        for (size_t j = 0; j < n; j++)
            to[j] += a[j] * b[j];
    else
        for (size_t j = 0; j < n; j++)
            to[j] = a[j] * b[j];
}

/* ---- dispatch ---- */

void fm_op_forward(const struct fm_net *net, const struct fm_net_node *node,
                   const fm_real *block, struct fm_net_workspace *w, size_t n,
                   const fm_real *x)
{
    fm_real *rows = fm_node_rows(w->values, node);
    switch (node->op) {
    case FM_OP_X:
        copy_x(net, node, rows, n, x);
        break;
    case FM_OP_TIME:
        time_forward(node, rows, n, w->t);
        break;
    case FM_OP_CONCAT:
        concat_forward(net, node, w->values, n);
        break;
    case FM_OP_ADD:
        add_forward(net, node, w->values, n);
        break;
    case FM_OP_LINEAR:
        linear_forward(net, node, block, w->values, true, n);
        break;
    case FM_OP_ACTIVATION:
        fm_kernel()->activation(node->activation, n * node->stride,
                                fm_node_rows(w->values, input(net, node->a)), rows,
                                w->derivatives ? fm_node_rows(w->derivatives, node) : NULL);
        break;
    }
}

void fm_op_reverse(const struct fm_net *net, const struct fm_net_node *node,
                   const fm_real *transposed, struct fm_net_workspace *w, size_t n,
                   fm_real *gradient)
{
    if (!node->has_gradient)
        return;
    switch (node->op) {
    case FM_OP_X:
    case FM_OP_TIME:
        break;
    case FM_OP_CONCAT:
        concat_reverse(net, node, w->gradients, n);
        break;
    case FM_OP_ADD:
        add_reverse(net, node, w->gradients, n);
        break;
    case FM_OP_LINEAR:
        linear_reverse(net, node, transposed, w, n, gradient);
        break;
    case FM_OP_ACTIVATION:
        multiply(fm_node_rows(w->gradients, input(net, node->a)),
                 fm_node_rows(w->gradients, node), fm_node_rows(w->derivatives, node),
                 n * node->stride, true);
        break;
    }
}

void fm_op_jvp(const struct fm_net *net, const struct fm_net_node *node,
               const fm_real *block, struct fm_net_workspace *w, size_t n,
               const fm_real *dx)
{
    fm_real *rows = fm_node_rows(w->gradients, node);
    switch (node->op) {
    case FM_OP_X:
        copy_x(net, node, rows, n, dx);
        break;
    case FM_OP_TIME:
        memset(rows, 0, n * node->stride * sizeof *rows);
        break;
    case FM_OP_CONCAT:
        concat_forward(net, node, w->gradients, n);
        break;
    case FM_OP_ADD:
        add_forward(net, node, w->gradients, n);
        break;
    case FM_OP_LINEAR:
        linear_forward(net, node, block, w->gradients, false, n);
        break;
    case FM_OP_ACTIVATION:
        multiply(rows, fm_node_rows(w->gradients, input(net, node->a)),
                 fm_node_rows(w->derivatives, node), n * node->stride, false);
        break;
    }
}

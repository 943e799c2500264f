#include <config.h>

#include "nn/compile.h"

#include "base/error.h"

#include <string.h>

static void find_live(struct fm_net *net)
{
    net->nodes[net->output].is_live = true;
    for (size_t k = net->n_nodes; k-- > 0;) {
        const struct fm_net_node *node = &net->nodes[k];
        if (node->is_live && node->a >= 0)
            net->nodes[node->a].is_live = true;
        if (node->is_live && node->b >= 0)
            net->nodes[node->b].is_live = true;
    }
}

/* How many live nodes read each node; the output is read once more. */
static void count_readers(const struct fm_net *net, size_t *n_readers)
{
    memset(n_readers, 0, net->n_nodes * sizeof *n_readers);
    for (size_t k = 0; k < net->n_nodes; k++) {
        const struct fm_net_node *node = &net->nodes[k];
        const int32_t inputs[] = {node->a, node->b};
        for (size_t i = 0; i < 2; i++)
            if (node->is_live && inputs[i] >= 0)
                n_readers[inputs[i]]++;
    }
    n_readers[net->output]++;
}

/* Fuses f(linear(x)) into one node: readers of the activation read the linear node. */
static void fuse_activations(struct fm_net *net, const size_t *n_readers)
{
    for (size_t k = 0; k < net->n_nodes; k++) {
        struct fm_net_node *f = &net->nodes[k];
        if (!f->is_live || f->op != &fm_op_activation)
            continue;
        struct fm_net_node *input = &net->nodes[f->a];
        if (!input->op->can_activate || input->is_activated || n_readers[f->a] != 1)
            continue;
        input->is_activated = true;
        input->activation = f->activation;
        input->n_saved += f->n_saved;
        f->is_live = false;
        for (size_t r = k + 1; r < net->n_nodes; r++) {
            if (net->nodes[r].a == (int32_t)k)
                net->nodes[r].a = f->a;
            if (net->nodes[r].b == (int32_t)k)
                net->nodes[r].b = f->a;
        }
        if (net->output == (int32_t)k)
            net->output = f->a;
    }
}

/* Lets a leaf that only a concat reads write into the concat's value. */
static void place_leaves(struct fm_net *net, const size_t *n_readers)
{
    for (size_t k = 0; k < net->n_nodes; k++) {
        const struct fm_net_node *node = &net->nodes[k];
        const int32_t inputs[] = {node->a, node->b};
        size_t column = 0;
        if (!node->is_live || node->op != &fm_op_concat)
            continue;
        for (size_t i = 0; i < 2; i++) {
            struct fm_net_node *leaf = &net->nodes[inputs[i]];
            if (leaf->op->is_leaf && n_readers[inputs[i]] == 1) {
                leaf->owner = (int32_t)k;
                leaf->column = column;
                leaf->stride = node->stride;
            }
            column += leaf->width;
        }
    }
}

/* Reverse mode goes from the last node to the first.  The first reader of an input that it meets
 * stores the gradient, the others add to it. */
static void order_gradients(struct fm_net *net, const size_t *n_readers)
{
    for (size_t k = 0; k < net->n_nodes; k++)
        net->nodes[k].is_factored = false;
    bool is_met[FM_MAX_NODES] = {false};
    is_met[net->output] = true;
    for (size_t k = net->n_nodes; k-- > 0;) {
        struct fm_net_node *node = &net->nodes[k];
        if (!node->is_live || !node->has_gradient)
            continue;
        if (node->a >= 0) {
            struct fm_net_node *a = &net->nodes[node->a];
            node->adds_to_a = is_met[node->a];
            is_met[node->a] = true;
            a->is_factored = a->is_activated && node->op->can_factor
                             && n_readers[node->a] == 1 && !node->adds_to_a;
        }
        if (node->b >= 0) {
            node->adds_to_b = is_met[node->b];
            is_met[node->b] = true;
        }
    }
}

/* ---- places ---- */

/* A buffer of `size` reals at `place`, in use while nodes begin .. end run. */
struct lifetime {
    size_t begin, end, size, place;
};

/* Gives each of n buffers, in order, the lowest place that no earlier one that lives at the
 * same time covers.  Returns the size of the whole. */
static size_t place_buffers(size_t n, struct lifetime *buffers)
{
    size_t whole = 0;
    for (size_t i = 0; i < n; i++) {
        struct lifetime *b = &buffers[i];
        bool is_moved = b->size > 0;
        b->place = 0;
        while (is_moved) {
            is_moved = false;
            for (size_t j = 0; j < i; j++) {
                const struct lifetime *o = &buffers[j];
                if (o->size > 0 && o->begin <= b->end && b->begin <= o->end
                    && o->place < b->place + b->size && b->place < o->place + o->size) {
                    b->place = o->place + o->size;
                    is_moved = true;
                }
            }
        }
        if (b->place + b->size > whole)
            whole = b->place + b->size;
    }
    return whole;
}

static size_t value_size(const struct fm_net_node *node)
{
    return fm_positions(node) * node->stride;
}

/* Forward: a value lives from its node (or the first leaf written into it) to its last
 * reader. */
static void place_values(struct fm_net *net, struct lifetime *lives)
{
    for (size_t k = 0; k < net->n_nodes; k++) {
        const struct fm_net_node *node = &net->nodes[k];
        bool has_place = node->is_live && node->owner == (int32_t)k;
        lives[k] = (struct lifetime){k, k, has_place ? value_size(node) : 0, 0};
    }
    for (size_t k = 0; k < net->n_nodes; k++) {
        const struct fm_net_node *node = &net->nodes[k];
        const int32_t inputs[] = {node->a, node->b};
        if (node->is_live && lives[node->owner].begin > k)
            lives[node->owner].begin = k;
        for (size_t i = 0; i < 2; i++)
            if (node->is_live && inputs[i] >= 0)
                lives[net->nodes[inputs[i]].owner].end = k;
    }
    lives[net->output].end = net->n_nodes;
    net->reused_size = place_buffers(net->n_nodes, lives);
    net->kept_size = net->saved_size = 0;
    for (size_t k = 0; k < net->n_nodes; k++) {
        struct fm_net_node *node = &net->nodes[k];
        node->reused = lives[k].place;
        node->kept = net->kept_size;
        node->saved = net->saved_size;
        net->kept_size += lives[k].size;
        if (node->is_live)
            net->saved_size += node->n_saved;
        if (node->is_live && node->n_scratch > net->scratch_size)
            net->scratch_size = node->n_scratch;
    }
}

/* Reverse: a gradient lives from its node's last reader down to the node. */
static void place_gradients(struct fm_net *net, struct lifetime *lives)
{
    for (size_t k = 0; k < net->n_nodes; k++) {
        const struct fm_net_node *node = &net->nodes[k];
        bool has_place = node->is_live && node->has_gradient;
        lives[k] = (struct lifetime){k, k, has_place ? value_size(node) : 0, 0};
    }
    for (size_t k = 0; k < net->n_nodes; k++) {
        const struct fm_net_node *node = &net->nodes[k];
        const int32_t inputs[] = {node->a, node->b};
        for (size_t i = 0; i < 2; i++)
            if (node->is_live && inputs[i] >= 0)
                lives[inputs[i]].end = k;
    }
    lives[net->output].end = net->n_nodes;
    net->gradient_size = place_buffers(net->n_nodes, lives);
    for (size_t k = 0; k < net->n_nodes; k++)
        net->nodes[k].gradient = lives[k].place;
}

/* Pixels of a block: enough to keep the matrix product busy, few enough that values stay in cache. */
enum { BLOCK_LINES = 1024 };

static size_t block_rows(const struct fm_net *net)
{
    size_t largest = 1;
    for (size_t k = 0; k < net->n_nodes; k++)
        if (net->nodes[k].is_live && fm_positions(&net->nodes[k]) > largest)
            largest = fm_positions(&net->nodes[k]);
    size_t rows = BLOCK_LINES / largest;
    return rows < 1 ? 1 : rows > FM_BLOCK_ROWS ? FM_BLOCK_ROWS : rows;
}

/* Layers whose input has a gradient need a transposed copy of their weights. */
static void place_transposed(struct fm_net *net)
{
    for (size_t k = 0; k < net->n_nodes; k++) {
        struct fm_net_node *node = &net->nodes[k];
        node->has_transposed =
            node->is_live && node->op->transposed_size && net->nodes[node->a].has_gradient;
        if (!node->has_transposed)
            continue;
        node->transposed = net->transposed_size;
        net->transposed_size += node->op->transposed_size(net, node);
    }
}

static int32_t node_of_weight(const struct fm_net *net, size_t offset)
{
    for (size_t k = 0; k < net->n_nodes; k++)
        if (net->nodes[k].has_transposed && net->nodes[k].weight == offset)
            return (int32_t)k;
    return -1;
}

/* Cuts tensors into pieces of about PIECE reals. */
enum { PIECE = 4096 };

static enum fm_status cut_pieces(struct fm_arena *arena, struct fm_net *net,
                                 struct fm_error *err)
{
    for (int is_counted = 0; is_counted < 2; is_counted++) {
        if (is_counted
            && !(net->pieces = FM_NEW(arena, net->n_pieces, struct fm_net_piece)))
            return fm_out_of_memory(err);
        net->n_pieces = 0;
        for (size_t k = 0; k < net->n_parameters; k++) {
            const struct fm_parameter *p = &net->parameters[k];
            size_t n_panels = p->n_taps * fm_n_panels(p->n_columns);
            size_t step = PIECE / (p->n_rows * FM_PANEL);
            if (step == 0)
                step = 1;
            int32_t node = is_counted ? node_of_weight(net, p->offset) : -1;
            for (size_t first = 0; first < n_panels; first += step) {
                size_t n = n_panels - first < step ? n_panels - first : step;
                if (is_counted)
                    net->pieces[net->n_pieces] = (struct fm_net_piece){p, first, n, node};
                net->n_pieces++;
            }
        }
    }
    return FM_OK;
}

enum fm_status fm_compile(struct fm_arena *arena, struct fm_net *net, struct fm_error *err)
{
    struct fm_arena scratch = {0};
    size_t *n_readers = FM_NEW(&scratch, net->n_nodes, size_t);
    struct lifetime *lives = FM_NEW(&scratch, net->n_nodes, struct lifetime);
    enum fm_status status = FM_OK;
    if (!n_readers || !lives) {
        status = fm_out_of_memory(err);
    } else {
        find_live(net);
        count_readers(net, n_readers);
        fuse_activations(net, n_readers);
        count_readers(net, n_readers);
        place_leaves(net, n_readers);
        order_gradients(net, n_readers);
        net->block_rows = block_rows(net);
        place_values(net, lives);
        place_gradients(net, lives);
        place_transposed(net);
        status = cut_pieces(arena, net, err);
    }
    fm_arena_fini(&scratch);
    return status;
}

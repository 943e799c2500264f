/* The conditions of order, one for each rooted tree, evaluated and written out. */
#include <config.h>

#include "base/error.h"
#include "host/tableau.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const double tolerance = 1e-12;

struct fm_tree fm_tree_first(size_t n_vertices)
{
    struct fm_tree tree = {.n_vertices = n_vertices};
    FM_ASSERT(n_vertices >= 1 && n_vertices <= FM_TABLEAU_MAX_ORDER);
    for (size_t v = 0; v < n_vertices; v++)
        tree.level[v] = (unsigned char)v;
    return tree;
}

static size_t parent_of(const struct fm_tree *tree, size_t v)
{
    size_t p = v - 1;
    while (tree->level[p] + 1 != tree->level[v])
        p--;
    return p;
}

/* Moves the last vertex that is not a child of the root to its parent's parent; the vertices after it
 * repeat the sequence from its parent on. */
bool fm_tree_next(struct fm_tree *tree)
{
    size_t v = tree->n_vertices - 1;
    while (v > 0 && tree->level[v] == 1)
        v--;
    if (v == 0)
        return false;
    size_t back = v - parent_of(tree, v);
    for (; v < tree->n_vertices; v++)
        tree->level[v] = tree->level[v - back];
    return true;
}

static bool is_leaf(const struct fm_tree *tree, size_t v)
{
    return v > 0 && (v + 1 == tree->n_vertices || tree->level[v + 1] <= tree->level[v]);
}

/* The product over all vertices of the size of the subtree at the vertex. */
static double gamma_of(const struct fm_tree *tree)
{
    unsigned size[FM_TABLEAU_MAX_ORDER];
    double gamma = 1;
    for (size_t v = tree->n_vertices; v-- > 0;) {
        size[v] = 1;
        for (size_t u = v + 1; u < tree->n_vertices && tree->level[u] > tree->level[v]; u++)
            size[v]++;
        gamma *= size[v];
    }
    return gamma;
}

/* sum_i b_i phi_i(tree), from the last vertex to the root, so that a subtree is complete when it
 * enters its parent's product. */
static double left_side(const struct fm_tableau *t, const double *b,
                        const struct fm_tree *tree)
{
    double phi[FM_TABLEAU_MAX_ORDER][FM_MAX_STAGES], total = 0;
    size_t s = t->n_stages;
    for (size_t v = 0; v < tree->n_vertices; v++)
        for (size_t i = 0; i < s; i++)
            phi[v][i] = 1;
    for (size_t v = tree->n_vertices; v-- > 1;) {
        double *product = phi[parent_of(tree, v)];
        if (is_leaf(tree, v)) {
            for (size_t i = 0; i < s; i++)
                product[i] *= t->c[i];
            continue;
        }
        for (size_t i = 0; i < s; i++) {
            double sum = 0;
            for (size_t j = 0; j < i; j++)
                sum += t->a[i * s + j] * phi[v][j];
            product[i] *= sum;
        }
    }
    for (size_t i = 0; i < s; i++)
        total += b[i] * phi[0][i];
    return total;
}

/* The absolute values of a method's coefficients, whose left sides are sums of absolute terms. */
struct sizes {
    double a[FM_MAX_STAGES * FM_MAX_STAGES], b[FM_MAX_STAGES], c[FM_MAX_STAGES];
    struct fm_tableau tableau;
};

static void take_sizes(const struct fm_tableau *t, const double *weights,
                       struct sizes *sizes)
{
    size_t s = t->n_stages;
    for (size_t i = 0; i < s * s; i++)
        sizes->a[i] = fabs(t->a[i]);
    for (size_t i = 0; i < s; i++) {
        sizes->b[i] = fabs(weights[i]);
        sizes->c[i] = fabs(t->c[i]);
    }
    sizes->tableau =
        (struct fm_tableau){.n_stages = s, .a = sizes->a, .b = sizes->b, .c = sizes->c};
}

/* Appends to text; FM_TABLEAU_TEXT has room for the longest condition. */
static FM_FORMAT(2, 3) void add(char text[FM_TABLEAU_TEXT], const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + length, FM_TABLEAU_TEXT - length, format, arguments);
    va_end(arguments);
}

static size_t n_leaves_at(const struct fm_tree *tree, size_t v)
{
    size_t n = 0;
    for (size_t u = v + 1; u < tree->n_vertices && tree->level[u] > tree->level[v]; u++)
        n += tree->level[u] == tree->level[v] + 1 && is_leaf(tree, u);
    return n;
}

static size_t n_sums(const struct fm_tree *tree)
{
    size_t n = 0;
    for (size_t v = 0; v < tree->n_vertices; v++)
        n += !is_leaf(tree, v);
    return n;
}

void fm_tree_condition(const struct fm_tree *tree, const char *name,
                       char text[FM_TABLEAU_TEXT])
{
    char letter[FM_TABLEAU_MAX_ORDER], next = 'i';
    text[0] = '\0';
    add(text, "sum_");
    for (size_t v = 0; v < tree->n_vertices; v++)
        if (!is_leaf(tree, v))
            add(text, "%c", letter[v] = next++);
    for (size_t v = 0; v < tree->n_vertices; v++) {
        if (is_leaf(tree, v))
            continue;
        if (v == 0)
            add(text, " %.16s_%c", name, letter[v]);
        else
            add(text, " a_%c%c", letter[parent_of(tree, v)], letter[v]);
        size_t n = n_leaves_at(tree, v);
        if (n > 0)
            add(text, " c_%c", letter[v]);
        if (n > 1)
            add(text, "^%zu", n);
    }
    double gamma = gamma_of(tree);
    add(text, gamma == 1 ? " = %.0f" : " = 1/%.0f", gamma);
}

/* Whether all conditions of n_vertices hold; if not, sets result->violated to one with the fewest
 * sums. */
static bool holds(const struct fm_tableau *t, const double *weights,
                  const struct sizes *sizes, const char *name, size_t n_vertices,
                  struct fm_tableau_order *result)
{
    struct fm_tree tree = fm_tree_first(n_vertices);
    double defect = result->defect;
    size_t fewest = SIZE_MAX;
    do {
        double value = left_side(t, weights, &tree);
        double size = left_side(&sizes->tableau, sizes->b, &tree);
        double off = fabs(value - 1 / gamma_of(&tree));
        if (off <= tolerance * size) {
            defect = fmax(defect, off / size);
        } else if (n_sums(&tree) < fewest) {
            fewest = n_sums(&tree);
            fm_tree_condition(&tree, name, result->violated);
            add(result->violated, " (it is %.13g)", value);
        }
    } while (fm_tree_next(&tree));
    if (fewest == SIZE_MAX)
        result->defect = defect;
    return fewest == SIZE_MAX;
}

struct fm_tableau_order fm_tableau_order(const struct fm_tableau *t, const double *weights,
                                         const char *name)
{
    struct fm_tableau_order result = {0};
    struct sizes sizes;
    FM_ASSERT(t->n_stages >= 1 && t->n_stages <= FM_MAX_STAGES);
    take_sizes(t, weights, &sizes);
    while (result.order < FM_TABLEAU_MAX_ORDER
           && holds(t, weights, &sizes, name, result.order + 1, &result))
        result.order++;
    return result;
}

bool fm_tableau_is_fsal(const struct fm_tableau *t)
{
    size_t s = t->n_stages;
    if (s < 2 || t->c[s - 1] != 1)
        return false;
    for (size_t j = 0; j < s; j++)
        if (t->a[(s - 1) * s + j] != t->b[j])
            return false;
    return true;
}

/* Whether row i of a is wrong; mistake says how. */
static bool row_mistake(const struct fm_tableau *t, size_t i, char mistake[FM_TABLEAU_TEXT])
{
    const double *row = t->a + i * t->n_stages;
    double sum = 0, size = fabs(t->c[i]);
    for (size_t j = 0; j < t->n_stages; j++) {
        if (j >= i && row[j] != 0) {
            add(mistake,
                "a[%zu][%zu] is %.13g; an explicit method has zeros on and above the "
                "diagonal",
                i, j, row[j]);
            return true;
        }
        sum += row[j];
        size += fabs(row[j]);
    }
    if (fabs(sum - t->c[i]) <= tolerance * size)
        return false;
    add(mistake, "c[%zu] is %.13g but row a[%zu] adds up to %.13g", i, t->c[i], i, sum);
    return true;
}

bool fm_tableau_mistake(const struct fm_tableau *t, char mistake[FM_TABLEAU_TEXT])
{
    mistake[0] = '\0';
    if (!t->a || !t->b || !t->c) {
        add(mistake, "a tableau has a, b and c");
        return true;
    }
    if (t->n_stages < 1 || t->n_stages > FM_MAX_STAGES) {
        add(mistake, "a tableau has 1 to %d stages, not %zu", FM_MAX_STAGES, t->n_stages);
        return true;
    }
    for (size_t i = 0; i < t->n_stages; i++)
        if (row_mistake(t, i, mistake))
            return true;
    if (t->is_fsal && !fm_tableau_is_fsal(t))
        add(mistake, "it is_fsal, but the last row of a is not b or the last c is not 1");
    return mistake[0] != '\0';
}

/* Checks of Butcher tableaus: the shape of an explicit method, nodes that are the sums of their rows,
 * and the order of the weights by the order conditions.  For tableaus of users and of plugins. */
#ifndef FM_HOST_TABLEAU_H
#define FM_HOST_TABLEAU_H

#include <fmrun/solver.h>

/* FM_TABLEAU_MAX_ORDER: 1205 conditions, a millisecond or two.
 * FM_TABLEAU_TEXT: room for any text of this module. */
enum { FM_TABLEAU_MAX_ORDER = 10, FM_TABLEAU_TEXT = 192 };

/* A rooted tree: the distance of each vertex from the root, in preorder.  The parent of a vertex is
 * the last one before it whose distance is smaller by one. */
struct fm_tree {
    size_t n_vertices; /* at most FM_TABLEAU_MAX_ORDER */
    unsigned char level[FM_TABLEAU_MAX_ORDER];
};

/* Go through all rooted trees of n_vertices, each once, from the tall tree to the bush.
 * fm_tree_next returns false when tree was the last.
 * Source: Beyer and Hedetniemi 1980, "Constant time generation of rooted trees". */
struct fm_tree fm_tree_first(size_t n_vertices);
bool fm_tree_next(struct fm_tree *tree);

/* The tree's condition, with a letter for each vertex that is no leaf:
 * "sum_ij b_i c_i a_ij c_j = 1/8".  name: of the weights ("b"), at most 16 bytes. */
void fm_tree_condition(const struct fm_tree *tree, const char *name,
                       char text[FM_TABLEAU_TEXT]);

struct fm_tableau_order {
    unsigned order; /* 0: the weights don't add up to 1 */
    /* The largest |left - right| of the conditions up to order, relative to the sum of the
     * left side's absolute terms: some 1e-16, more for typed decimals. */
    double defect;
    /* A condition of order + 1 that fails, one with the fewest sums:
     * "sum_ij b_i c_i a_ij c_j = 1/8 (it is 0.1251)".  Empty when order is FM_TABLEAU_MAX_ORDER:
     * higher conditions are not checked. */
    char violated[FM_TABLEAU_TEXT];
};

/* The order of the method with these weights, [s], on a and c of the tableau: the largest p
 * such that for every rooted tree of at most p vertices
 *   sum_i b_i phi_i(tree) = 1 / gamma(tree),
 * where phi_i is the product over the root's subtrees of c_i (for a leaf) or else
 * sum_j a_ij phi_j(subtree), and gamma the product over all vertices of the size of the subtree
 * there.  Equal means: up to 1e-12 of the sum of absolute terms.  So 14 typed digits pass, and
 * vern9 misses order 10 by 6e-5 of it.  For tableaus without
 * fm_tableau_mistake.  name: of the weights, for violated.  Allocates nothing; safe from
 * several threads.
 * Source: Butcher 1963; Hairer, Norsett, Wanner 1993, Solving ODEs I, II.2 theorem 2.13. */
struct fm_tableau_order fm_tableau_order(const struct fm_tableau *t, const double *weights,
                                         const char *name);

/* False for a valid explicit method: up to FM_MAX_STAGES stages, zeros on and above the diagonal,
 * nodes that are the sums of their rows (to the same tolerance), and fsal where is_fsal.  Else
 * mistake says the first thing that is wrong, with places counted from 0: "c[2] is 0.5 but row a[2] adds up to 0.4". */
bool fm_tableau_mistake(const struct fm_tableau *t, char mistake[FM_TABLEAU_TEXT]);

/* Whether the last stage is the first of the next step: its c is 1 and its row of a is b. */
bool fm_tableau_is_fsal(const struct fm_tableau *t);

#endif

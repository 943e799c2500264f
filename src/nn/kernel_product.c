/* The register-blocked matrix product, and the one for few columns. */
#include <config.h>

#include "nn/kernel_parts.h"

/* Where element (row r, vector v) of a tile is, in an array laid out as C. */
INLINE size_t place(const struct fm_product *q, int r, int v)
{
    return (size_t)r * q->c_row + (size_t)(v / VECTORS) * q->c_panel
           + (size_t)(v % VECTORS) * LANES;
}

/* One register tile: rows i .. i + rows - 1, panels p .. p + panels - 1.  rows and panels are
 * constants at every call, so that the sums live in registers: look at the disassembly after
 * a change, a spilled tile is 1.5 times slower. */
INLINE void tile(const struct fm_product *q, size_t i, size_t p, const int rows,
                 const int panels)
{
    const int n_vectors = panels * VECTORS;
    vector sum[TILE_ROWS][TILE_PANELS * VECTORS];
    const size_t at = i * q->c_row + p * q->c_panel;
    fm_real *c = q->c + at;
    const size_t a_row = q->a_row, a_column = q->a_column, b_row = q->b_row;
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < n_vectors; v++) {
            if (q->is_added)
                sum[r][v] = load(c + place(q, r, v));
            else if (q->bias)
                sum[r][v] = load(q->bias + p * FM_PANEL + (size_t)v * LANES);
            else
                sum[r][v] = (vector){0};
        }
    }
    size_t n_segments = q->n_segments > 0 ? q->n_segments : 1;
    for (size_t s = 0; s < n_segments; s++) {
        const fm_real *a = q->a + (q->a_segment ? q->a_segment[s] : 0) + i * a_row;
        const fm_real *b = q->b + (q->b_segment ? q->b_segment[s] : 0) + p * q->b_panel;
        for (size_t k = q->k; k > 0; k--) {
            vector bk[TILE_PANELS * VECTORS];
#pragma GCC unroll 16
            for (int v = 0; v < n_vectors; v++)
                bk[v] = load(b + (size_t)(v / VECTORS) * q->b_panel
                             + (size_t)(v % VECTORS) * LANES);
#pragma GCC unroll 16
            for (int r = 0; r < rows; r++) {
                fm_real ark = a[(size_t)r * a_row];
#pragma GCC unroll 16
                for (int v = 0; v < n_vectors; v++)
                    sum[r][v] += ark * bk[v];
            }
            a += a_column;
            b += b_row;
        }
    }
    if (q->factor) {
        const fm_real *factor = q->factor + at;
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
            for (int v = 0; v < n_vectors; v++)
                sum[r][v] *= load(factor + place(q, r, v));
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < n_vectors; v++)
            store(c + place(q, r, v), sum[r][v]);
    }
    if (q->is_activated) /* while the tile is in the nearest cache */
        FM_ISA_SYMBOL(fm_activation)
    (q->activation, (size_t)rows, (size_t)panels, q->c_row, c, c,
     q->derivative ? q->derivative + at : NULL);
}

INLINE void panel_columns(const struct fm_product *q, size_t p, const int panels)
{
    size_t i = 0;
    for (; i + TILE_ROWS <= q->m; i += TILE_ROWS)
        tile(q, i, p, TILE_ROWS, panels);
    switch (q->m - i) {
#define TAIL(n)                                                                            \
    case n:                                                                                \
        if (n < TILE_ROWS)                                                                 \
            tile(q, i, p, n < TILE_ROWS ? n : 1, panels);                                  \
        break;
        TAIL(1)
        TAIL(2)
        TAIL(3)
        TAIL(4)
        TAIL(5)
        TAIL(6)
        TAIL(7)
        TAIL(8)
        TAIL(9)
        TAIL(10)
        TAIL(11)
        TAIL(12)
#undef TAIL
    default:
        break;
    }
}

void FM_ISA_SYMBOL(fm_product)(const struct fm_product *q)
{
    size_t p = 0;
    if (TILE_PANELS == 2)
        for (; p + 2 <= q->n_panels; p += 2)
            panel_columns(q, p, TILE_PANELS);
    for (; p < q->n_panels; p++)
        panel_columns(q, p, 1);
}

/* The sum of a vector's entries, by halves: lane 0 + lane LANES/2, and so on. */
INLINE fm_real sum_of(vector v)
{
    union {
        vector v;
        fm_real lane[LANES];
    } u = {v};
#pragma GCC unroll 16
    for (int half = LANES / 2; half > 0; half /= 2) {
#pragma GCC unroll 16
        for (int j = 0; j < half; j++)
            u.lane[j] += u.lane[j + half];
    }
    return u.lane[0];
}

void FM_ISA_SYMBOL(fm_dots)(const struct fm_dots *q)
{
    for (size_t i = 0; i < q->m; i++) {
        const fm_real *a = q->a + i * q->a_row;
        for (size_t j = 0; j < q->n; j++) {
            const fm_real *w = q->w + j * FM_PANEL;
            vector sum[VECTORS];
#pragma GCC unroll 16
            for (int v = 0; v < VECTORS; v++)
                sum[v] = (vector){0};
            for (size_t p = 0; p < q->n_panels; p++)
#pragma GCC unroll 16
                for (int v = 0; v < VECTORS; v++)
                    sum[v] += load(a + p * FM_PANEL + (size_t)v * LANES)
                              * load(w + p * q->n * FM_PANEL + (size_t)v * LANES);
#pragma GCC unroll 16
            for (int half = VECTORS / 2; half > 0; half /= 2) {
#pragma GCC unroll 16
                for (int v = 0; v < half; v++)
                    sum[v] += sum[v + half];
            }
            q->c[i * q->c_row + j] = (q->bias ? q->bias[j] : 0) + sum_of(sum[0]);
        }
    }
}

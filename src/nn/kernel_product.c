/* The register-blocked matrix product, and the one for few columns. */
#include <config.h>

#include "nn/kernel_product.h"

#include "nn/kernel_pointwise.h"
#include "nn/kernel_vector.h"

/* Where element (row r, vector v) of a tile is, in an array laid out as C. */
INLINE size_t place(const struct fm_product *q, int r, int v)
{
    return (size_t)r * q->c_row + (size_t)(v / VECTORS) * q->c_panel
           + (size_t)(v % VECTORS) * LANES;
}

/* The entry of A in row r of a tile, r < 14, addressed from rows 4 and 9: every other row is 1, 2, 4
 * or 8 rows from one of them, a distance that an address can hold.  So four registers are enough;
 * the compiler would keep an offset for each row and spill them. */
INLINE fm_real entry(int r, const fm_real *a4, const fm_real *a9, ptrdiff_t next,
                     ptrdiff_t back)
{
    static const struct {
        bool is_9;
        int rows;
    } from[] = {{false, -4}, {true, -8}, {false, -2}, {false, -1}, {false, 0},
                {false, 1},  {false, 2}, {true, -2},  {false, 4},  {true, 0},
                {true, 1},   {true, 2},  {false, 8},  {true, 4}};
    const char *a = (const char *)(from[r].is_9 ? a9 : a4);
    int rows = from[r].rows;
    return *(const fm_real *)(const void *)(a + (rows < 0 ? back * -rows : next * rows));
}

/* The sums of the tile below that at c may come from far.  There may be no such tile. */
INLINE void prefetch_next_tile(const struct fm_product *q, const fm_real *c, const int rows,
                               const int panels)
{
    const uintptr_t next = (uintptr_t)(c + (size_t)(rows - 1) * q->c_row);
#pragma GCC unroll 16
    for (int r = 1; r <= rows; r++)
#pragma GCC unroll 16
        for (int v = 0; v < panels; v++)
            __builtin_prefetch(
                (const void *)(next
                               + ((size_t)r * q->c_row + (size_t)v * q->c_panel)
                                     * sizeof *c),
                1);
}

/* One register tile: rows i .. i + rows - 1, panels p .. p + panels - 1.  rows and panels are
 * constants at every call, so that the sums live in registers.  Look at the disassembly and at
 * the speed after a change: a spilled tile is 1.5 times slower. */
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
    if (q->is_added)
        prefetch_next_tile(q, c, rows, panels);
    size_t n_segments = q->n_segments > 0 ? q->n_segments : 1;
    for (size_t s = 0; s < n_segments; s++) {
        const fm_real *a = q->a + (q->a_segment ? q->a_segment[s] : 0) + i * a_row;
        const fm_real *b = q->b + (q->b_segment ? q->b_segment[s] : 0) + p * q->b_panel;
        const fm_real *a4 = a + 4 * a_row, *a9 = a + 9 * a_row;
        ptrdiff_t next = (ptrdiff_t)(a_row * sizeof *a), back = -next;
        for (size_t k = q->k; k > 0; k--) {
            __asm__("" : "+r"(next), "+r"(back), "+r"(a4), "+r"(a9));
            vector bk[TILE_PANELS * VECTORS];
#pragma GCC unroll 16
            for (int v = 0; v < n_vectors; v++)
                bk[v] = load(b + (size_t)(v / VECTORS) * q->b_panel
                             + (size_t)(v % VECTORS) * LANES);
#pragma GCC unroll 16
            for (int r = 0; r < rows; r++) {
                fm_real ark = entry(r, a4, a9, next, back);
#pragma GCC unroll 16
                for (int v = 0; v < n_vectors; v++)
                    sum[r][v] += ark * bk[v];
            }
            a4 += a_column;
            a9 += a_column;
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

/* Tiles of TILE_ROWS rows.  Rows that do not fill a last tile are shared by two, because a tile of
 * few rows is slow. */
INLINE void panel_columns(const struct fm_product *q, size_t p, const int panels)
{
    size_t i = 0, left = q->m;
    for (; left >= 2 * TILE_ROWS - 1 || left == TILE_ROWS; left -= TILE_ROWS) {
        tile(q, i, p, TILE_ROWS, panels);
        i += TILE_ROWS;
    }
    for (size_t rows; left > 0; left -= rows, i += rows) {
        rows = left > TILE_ROWS ? (left + 1) / 2 : left;
        switch (rows) {
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

/* The sums of the entries of LANES vectors, one in each lane: adds neighbours, then neighbouring
 * pairs, and so on, in the same order for each vector. */
INLINE vector sums_of(vector v[LANES])
{
#pragma GCC unroll 4
    for (int width = 1; width < LANES; width *= 2) {
        integers low, high; /* lanes of a pair of vectors that are added */
#pragma GCC unroll 16
        for (int j = 0; j < LANES; j++) {
            int at = j / (2 * width) * 2 * width + j % width;
            low[j] = at + (j / width % 2 ? LANES : 0);
            high[j] = low[j] + width;
        }
#pragma GCC unroll 16
        for (int k = 0; k < LANES; k += 2 * width)
            v[k] = __builtin_shuffle(v[k], v[k + width], low)
                   + __builtin_shuffle(v[k], v[k + width], high);
    }
    return v[0];
}

/* Column j of LANES rows from `first` on; beyond the last row it repeats the last row. */
INLINE vector dots_of(const struct fm_dots *q, size_t first, size_t j)
{
    vector sum[LANES];
    const fm_real *a[LANES];
#pragma GCC unroll 16
    for (size_t r = 0; r < LANES; r++) {
        sum[r] = (vector){0};
        a[r] = q->a + (first + r < q->m ? first + r : q->m - 1) * q->a_row;
    }
    const fm_real *w = q->w + j * FM_PANEL;
    for (size_t p = 0; p < q->n_panels; p++)
#pragma GCC unroll 16
        for (size_t v = 0; v < FM_PANEL; v += LANES) {
            vector weights = load(w + p * q->n * FM_PANEL + v);
#pragma GCC unroll 16
            for (size_t r = 0; r < LANES; r++)
                sum[r] += load(a[r] + p * FM_PANEL + v) * weights;
        }
    return sums_of(sum) + (q->bias ? q->bias[j] : 0);
}

void FM_ISA_SYMBOL(fm_dots)(const struct fm_dots *q)
{
    for (size_t first = 0; first < q->m; first += LANES) {
        size_t n_rows = q->m - first < LANES ? q->m - first : LANES;
        for (size_t j = 0; j < q->n; j++) {
            fm_real column[LANES];
            store(column, dots_of(q, first, j));
            for (size_t r = 0; r < n_rows; r++)
                q->c[(first + r) * q->c_row + j] = column[r];
        }
    }
}

/* Transposes LANES lines of LANES entries: for each bit of the line's number, pairs of lines exchange
 * halves. */
INLINE void transpose_square(const fm_real *from, size_t from_row, fm_real *to,
                             size_t to_row)
{
    vector v[LANES];
#pragma GCC unroll 16
    for (size_t i = 0; i < LANES; i++)
        v[i] = load(from + i * from_row);
#pragma GCC unroll 4
    for (int width = 1; width < LANES; width *= 2) {
        integers upper, lower;
#pragma GCC unroll 16
        for (int j = 0; j < LANES; j++) {
            upper[j] = j & width ? LANES + j - width : j;
            lower[j] = j & width ? LANES + j : j + width;
        }
#pragma GCC unroll 16
        for (int k = 0; k < LANES; k++)
            if (!(k & width)) {
                vector a = v[k], b = v[k + width];
                v[k] = __builtin_shuffle(a, b, upper);
                v[k + width] = __builtin_shuffle(a, b, lower);
            }
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < LANES; i++)
        store(to + i * to_row, v[i]);
}

void FM_ISA_SYMBOL(fm_transpose)(size_t m, size_t n, const fm_real *from, fm_real *to)
{
    if (m == FM_PANEL && n == FM_PANEL) {
        for (size_t i = 0; i < FM_PANEL; i += LANES)
            for (size_t j = 0; j < FM_PANEL; j += LANES)
                transpose_square(from + i * FM_PANEL + j, FM_PANEL, to + j * FM_PANEL + i,
                                 FM_PANEL);
        return;
    }
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < m; i++)
            to[j * FM_PANEL + i] = from[i * FM_PANEL + j];
}

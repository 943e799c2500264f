/* Attention of one head of one sample, without the matrix of scores: it goes through tiles of keys
 * times queries and keeps for each query the largest score so far and the sum of exponentials.
 * Sources: Milakov and Gimelshein 2018, arXiv:1805.02867, alg. 3 (softmax in one pass); Dao et
 * al. 2022, arXiv:2205.14135, alg. 1 and 4 (tiles; reverse mode that computes them again).
 *
 * Queries are the columns of a tile, so that maxima and sums over keys go down the lanes.  Scores
 * are exponents of 2: query key log2(e) / sqrt(width). */
#include <config.h>

#include "nn/kernel_attention.h"

#include "nn/kernel_product.h"
#include "nn/kernel_vector.h"

#include <math.h>
#include <string.h>

enum { QUERIES = FM_ATTENTION_QUERIES, KEYS = FM_ATTENTION_KEYS };
#define LOG2_E ((fm_real)1.44269504088896340736)
#define LN_2 ((fm_real)0.69314718055994530942)

/* 2^x for x <= 0, and 0 below -126.5; NaN stays NaN. */
#ifdef FM_REAL_DOUBLE
INLINE vector exp2_below_1(vector x)
{
    for (int j = 0; j < LANES; j++)
        x[j] = exp2(x[j]);
    return x;
}
#else
INLINE vector exp2_below_1(vector x)
{
    x = at_least(all(-127), x);       /* the bits of 2^-127 are those of 0 */
    vector shifted = x + 12582912.0f; /* round to nearest: 1.5 * 2^23 */
    vector r = x - (shifted - 12582912.0f);
    /* 2^r, |r| <= 1/2: minimax with 1 at 0, relative error 2.6e-9, by Remez' algorithm */
    vector y = r * 1.5594667738e-4f + 1.3406643905e-3f;
    y = y * r + 9.6176929749e-3f;
    y = y * r + 5.5503105510e-2f;
    y = y * r + 2.4022652783e-1f;
    y = y * r + 6.9314721497e-1f;
    y = y * r + 1.0f;
    return y * (vector)(((integers)shifted << 23) + 0x3f800000);
}
#endif

/* ---- rows and tiles ---- */

/* Places in scratch; stride: the padded width of a head. */
struct work {
    size_t stride;
    fm_real *key, *value;                  /* [tokens][stride] */
    fm_real *dkey, *dvalue;                /* [tokens][stride] */
    fm_real *query, *dout;                 /* [QUERIES][stride] */
    fm_real *query_columns, *dout_columns; /* [stride][QUERIES] */
    fm_real *sums;                         /* [QUERIES][stride] */
    fm_real *tile, *dtile;                 /* [KEYS][QUERIES] */
    fm_real *largest, *sum, *other;        /* [QUERIES] */
};

static fm_real *take(fm_real **scratch, size_t n)
{
    fm_real *place = *scratch;
    *scratch += n;
    return place;
}

/* Divides scratch, fm_attention_scratch reals. */
static struct work work_of(const struct fm_attention *s)
{
    const size_t stride = fm_padded(s->width), all_rows = s->n_tokens * stride;
    fm_real *next = s->scratch;
    struct work w = {.stride = stride};
    w.key = take(&next, all_rows);
    w.value = take(&next, all_rows);
    w.dkey = take(&next, all_rows);
    w.dvalue = take(&next, all_rows);
    w.query = take(&next, QUERIES * stride);
    w.dout = take(&next, QUERIES * stride);
    w.query_columns = take(&next, QUERIES * stride);
    w.dout_columns = take(&next, QUERIES * stride);
    w.sums = take(&next, QUERIES * stride);
    w.tile = take(&next, KEYS * QUERIES);
    w.dtile = take(&next, KEYS * QUERIES);
    w.largest = take(&next, QUERIES);
    w.sum = take(&next, QUERIES);
    w.other = take(&next, QUERIES);
    return w;
}

/* Divides n into equal parts of at most `most`: their size. */
static size_t part_of(size_t n, size_t most)
{
    size_t n_parts = (n + most - 1) / most;
    return (n + n_parts - 1) / n_parts;
}

/* Keys of a tile. */
static size_t keys_of(const struct fm_attention *s)
{
    return part_of(s->n_tokens, KEYS);
}

/* Queries of a tile: whole panels, since they are columns. */
static size_t queries_of(const struct fm_attention *s)
{
    return FM_PANEL * part_of(fm_n_panels(s->n_tokens), QUERIES / FM_PANEL);
}

/* to = factor from, and zero in the padding. */
INLINE void pack_row(size_t width, const fm_real *from, fm_real factor, fm_real *to)
{
    size_t j = 0;
    for (; j + FM_PANEL <= width; j += FM_PANEL)
        for (size_t v = j; v < j + FM_PANEL; v += LANES)
            store(to + v, factor * load(from + v));
    if (j == width)
        return;
    for (; j < width; j++)
        to[j] = factor * from[j];
    for (; j % FM_PANEL != 0; j++)
        to[j] = 0;
}

static void pack(size_t n, size_t width, const fm_real *from, size_t row, fm_real factor,
                 fm_real *to)
{
    for (size_t i = 0; i < n; i++)
        pack_row(width, from + i * row, factor, to + i * fm_padded(width));
}

/* to = factor from, or to += factor from; leaves the padding of `to` alone. */
static void unpack(size_t n, size_t width, const fm_real *from, fm_real factor,
                   bool is_added, fm_real *to, size_t row)
{
    for (size_t i = 0; i < n; i++, from += fm_padded(width), to += row) {
        size_t j = 0;
        for (; j + FM_PANEL <= width; j += FM_PANEL)
            for (size_t v = j; v < j + FM_PANEL; v += LANES) {
                vector x = factor * load(from + v);
                store(to + v, is_added ? load(to + v) + x : x);
            }
        for (; j < width; j++)
            to[j] = is_added ? to[j] + factor * from[j] : factor * from[j];
    }
}

/* columns = factor rows^T for n rows of `stride` entries, and zero rows up to a whole panel.  It
 * goes by squares of 4, which every instruction set can shuffle. */
static void transpose(size_t n, size_t stride, fm_real *rows, fm_real factor,
                      fm_real *columns)
{
    memset(rows + n * stride, 0, (fm_padded(n) - n) * stride * sizeof *rows);
    for (size_t i = 0; i < fm_padded(n); i += 4)
        for (size_t j = 0; j < stride; j += 4) {
            const fm_real *from = rows + i * stride + j;
            fm_real *to = columns + j * QUERIES + i;
            quad a = factor * *(const loose_quad *)from;
            quad b = factor * *(const loose_quad *)(from + stride);
            quad c = factor * *(const loose_quad *)(from + 2 * stride);
            quad d = factor * *(const loose_quad *)(from + 3 * stride);
            quad ac = __builtin_shufflevector(a, c, 0, 4, 1, 5);
            quad bd = __builtin_shufflevector(b, d, 0, 4, 1, 5);
            *(loose_quad *)to = __builtin_shufflevector(ac, bd, 0, 4, 1, 5);
            *(loose_quad *)(to + QUERIES) = __builtin_shufflevector(ac, bd, 2, 6, 3, 7);
            ac = __builtin_shufflevector(a, c, 2, 6, 3, 7);
            bd = __builtin_shufflevector(b, d, 2, 6, 3, 7);
            *(loose_quad *)(to + 2 * QUERIES) = __builtin_shufflevector(ac, bd, 0, 4, 1, 5);
            *(loose_quad *)(to + 3 * QUERIES) = __builtin_shufflevector(ac, bd, 2, 6, 3, 7);
        }
}

/* tile_ji = sum_c rows_jc columns_ci: keys j times queries i, over the width of the head. */
static void scores(size_t n_keys, size_t n_queries, size_t width, const fm_real *rows,
                   const fm_real *columns, bool is_added, fm_real *tile)
{
    const struct fm_product p = {
        .m = n_keys,
        .k = width,
        .n_panels = fm_n_panels(n_queries),
        .a = rows,
        .a_row = fm_padded(width),
        .a_column = 1,
        .b = columns,
        .b_row = QUERIES,
        .b_panel = FM_PANEL,
        .c = tile,
        .c_row = QUERIES,
        .c_panel = FM_PANEL,
        .is_added = is_added,
    };
    FM_ISA_SYMBOL(fm_product)(&p);
}

/* sums_mc = sum_k tile_mk rows_kc; element (m, k) of the tile is at m tile_row + k tile_column. */
static void weighted_sums(size_t m, size_t k, const fm_real *tile, size_t tile_row,
                          size_t tile_column, size_t stride, const fm_real *rows,
                          bool is_added, fm_real *sums)
{
    const struct fm_product p = {
        .m = m,
        .k = k,
        .n_panels = stride / FM_PANEL,
        .a = tile,
        .a_row = tile_row,
        .a_column = tile_column,
        .b = rows,
        .b_row = stride,
        .b_panel = FM_PANEL,
        .c = sums,
        .c_row = stride,
        .c_panel = FM_PANEL,
        .is_added = is_added,
    };
    FM_ISA_SYMBOL(fm_product)(&p);
}

/* sums_ic = sum_j tile_ji rows_jc: each query gathers from the keys. */
static void gather(size_t n_keys, size_t n_queries, size_t stride, const fm_real *tile,
                   const fm_real *rows, bool is_added, fm_real *sums)
{
    weighted_sums(n_queries, n_keys, tile, 1, QUERIES, stride, rows, is_added, sums);
}

/* sums_jc = sum_i tile_ji rows_ic: the queries scatter to each key. */
static void scatter(size_t n_keys, size_t n_queries, size_t stride, const fm_real *tile,
                    const fm_real *rows, bool is_added, fm_real *sums)
{
    weighted_sums(n_keys, n_queries, tile, QUERIES, 1, stride, rows, is_added, sums);
}

/* ---- forward ---- */

/* Replaces the scores of a tile by 2^(score - largest), and updates the largest score and the sum so
 * far.  shrink: the factor for the sums of earlier tiles. */
static void soften(size_t n_keys, size_t n_queries, fm_real *tile, fm_real *largest,
                   fm_real *sum, fm_real *shrink)
{
    for (size_t i = 0; i < fm_padded(n_queries); i += LANES) {
        fm_real *column = tile + i;
        vector before = load(largest + i), top = before, total = {0};
        for (size_t j = 0; j < n_keys; j++)
            top = at_least(top, load(column + j * QUERIES));
        for (size_t j = 0; j < n_keys; j++) {
            vector y = exp2_below_1(load(column + j * QUERIES) - top);
            store(column + j * QUERIES, y);
            total += y;
        }
        vector factor = exp2_below_1(before - top);
        store(largest + i, top);
        store(shrink + i, factor);
        store(sum + i, load(sum + i) * factor + total);
    }
}

static void shrink_rows(size_t n, size_t stride, const fm_real *factor, fm_real *rows)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < stride; j += LANES)
            store(rows + i * stride + j, factor[i] * load(rows + i * stride + j));
}

/* Queries first .. first + n - 1. */
static void attend(const struct fm_attention *s, const struct work *w, size_t first,
                   size_t n)
{
    const size_t stride = w->stride, step = keys_of(s);
    pack(n, s->width, s->query + first * s->row, s->row, 1, w->query);
    transpose(n, stride, w->query, LOG2_E / (fm_real)sqrt((double)s->width),
              w->query_columns);
    for (size_t i = 0; i < fm_padded(n); i++) {
        w->largest[i] = (fm_real)-INFINITY;
        w->sum[i] = 0;
    }
    for (size_t j = 0; j < s->n_tokens; j += step) {
        size_t n_keys = least(step, s->n_tokens - j);
        scores(n_keys, n, s->width, w->key + j * stride, w->query_columns, false, w->tile);
        soften(n_keys, n, w->tile, w->largest, w->sum, w->other);
        if (j > 0)
            shrink_rows(n, stride, w->other, w->sums);
        gather(n_keys, n, stride, w->tile, w->value + j * stride, j > 0, w->sums);
    }
    for (size_t i = 0; i < n; i++)
        w->sum[i] = 1 / w->sum[i];
    shrink_rows(n, stride, w->sum, w->sums);
    unpack(n, s->width, w->sums, 1, false, s->out + first * s->out_row, s->out_row);
    if (s->largest) {
        memcpy(s->largest + first, w->largest, n * sizeof *s->largest);
        memcpy(s->share + first, w->sum, n * sizeof *s->share);
    }
}

void FM_ISA_SYMBOL(fm_attention)(const struct fm_attention *s)
{
    const struct work w = work_of(s);
    const size_t step = queries_of(s);
    pack(s->n_tokens, s->width, s->key, s->row, 1, w.key);
    pack(s->n_tokens, s->width, s->value, s->row, 1, w.value);
    for (size_t i = 0; i < s->n_tokens; i += step)
        attend(s, &w, i, least(step, s->n_tokens - i));
}

/* Loads what forward found for queries first .. first + n - 1, and makes their columns. */
static void recall(const struct fm_attention *s, const struct work *w, size_t first,
                   size_t n)
{
    memset(w->largest, 0, fm_padded(n) * sizeof *w->largest);
    memcpy(w->largest, s->largest + first, n * sizeof *w->largest);
    pack(n, s->width, s->query + first * s->row, s->row, 1, w->query);
    transpose(n, w->stride, w->query, LOG2_E / (fm_real)sqrt((double)s->width),
              w->query_columns);
}

/* ---- reverse: with weights p, scores s and outputs o,
 *     dv_j = sum_i p_ij do_i,  ds_ij = p_ij (do_i v_j - do_i o_i),
 *     dq_i = sum_j ds_ij k_j / sqrt(width),  dk_j = sum_i ds_ij q_i / sqrt(width).
 * The code leaves 1 / sum out of p and multiplies do by it instead. ---- */

/* Turns scores into p in tile, and do v into ds in dtile. */
static void soften_reverse(size_t n_keys, size_t n_queries, const fm_real *largest,
                           const fm_real *share, fm_real *tile, fm_real *dtile)
{
    for (size_t i = 0; i < fm_padded(n_queries); i += LANES) {
        const vector top = load(largest + i), own = load(share + i);
        for (size_t at = i; at < i + n_keys * QUERIES; at += QUERIES) {
            vector y = exp2_below_1(load(tile + at) - top);
            store(tile + at, y);
            store(dtile + at, y * (load(dtile + at) - own));
        }
    }
}

/* Packs do times the 1 / sum of p, as rows and as columns; other = do o. */
static void pack_dout(const struct fm_attention *s, const struct fm_attention_change *d,
                      const struct work *w, size_t first, size_t n)
{
    memset(w->other, 0, fm_padded(n) * sizeof *w->other);
    pack(n, s->width, s->out + first * s->out_row, s->out_row, 1, w->sums);
    for (size_t i = 0; i < n; i++) {
        fm_real *row = w->dout + i * w->stride;
        vector sum = {0};
        pack_row(s->width, d->out + (first + i) * s->out_row, s->share[first + i], row);
        for (size_t j = 0; j < w->stride; j += LANES)
            sum += load(row + j) * load(w->sums + i * w->stride + j);
        w->other[i] = sum_of(sum);
    }
    transpose(n, w->stride, w->dout, 1, w->dout_columns);
}

static void attend_reverse(const struct fm_attention *s,
                           const struct fm_attention_change *d, const struct work *w,
                           size_t first, size_t n)
{
    const size_t stride = w->stride, step = keys_of(s);
    recall(s, w, first, n);
    pack_dout(s, d, w, first, n);
    for (size_t j = 0; j < s->n_tokens; j += step) {
        const size_t n_keys = least(step, s->n_tokens - j), at = j * stride;
        scores(n_keys, n, s->width, w->key + at, w->query_columns, false, w->tile);
        scores(n_keys, n, s->width, w->value + at, w->dout_columns, false, w->dtile);
        soften_reverse(n_keys, n, w->largest, w->other, w->tile, w->dtile);
        scatter(n_keys, n, stride, w->tile, w->dout, first > 0, w->dvalue + at);
        scatter(n_keys, n, stride, w->dtile, w->query, first > 0, w->dkey + at);
        gather(n_keys, n, stride, w->dtile, w->key + at, j > 0, w->sums);
    }
    unpack(n, s->width, w->sums, 1 / (fm_real)sqrt((double)s->width), d->is_added,
           d->query + first * s->row, s->row);
}

void FM_ISA_SYMBOL(fm_attention_reverse)(const struct fm_attention *s,
                                         const struct fm_attention_change *d)
{
    const struct work w = work_of(s);
    const size_t step = queries_of(s);
    pack(s->n_tokens, s->width, s->key, s->row, 1, w.key);
    pack(s->n_tokens, s->width, s->value, s->row, 1, w.value);
    for (size_t i = 0; i < s->n_tokens; i += step)
        attend_reverse(s, d, &w, i, least(step, s->n_tokens - i));
    unpack(s->n_tokens, s->width, w.dkey, 1 / (fm_real)sqrt((double)s->width), d->is_added,
           d->key, s->row);
    unpack(s->n_tokens, s->width, w.dvalue, 1, d->is_added, d->value, s->row);
}

/* ---- forward mode:
 *     ds_ij = (dq_i k_j + q_i dk_j) / sqrt(width),
 *     do_i = sum_j p_ij (ds_ij v_j + dv_j) - (sum_j p_ij ds_ij) o_i. ---- */

/* Turns scores into p without its 1 / sum in tile, and ds into p ds in dtile; sum += the sum of p ds
 * over keys. */
static void soften_jvp(size_t n_keys, size_t n_queries, const fm_real *largest,
                       fm_real *sum, fm_real *tile, fm_real *dtile)
{
    for (size_t i = 0; i < fm_padded(n_queries); i += LANES) {
        const vector top = load(largest + i);
        vector total = {0};
        for (size_t at = i; at < i + n_keys * QUERIES; at += QUERIES) {
            vector y = exp2_below_1(load(tile + at) - top), z = y * load(dtile + at);
            store(tile + at, y);
            store(dtile + at, z);
            total += z;
        }
        store(sum + i, load(sum + i) + total);
    }
}

static void attend_jvp(const struct fm_attention *s, const struct fm_attention_change *d,
                       const struct work *w, size_t first, size_t n)
{
    const size_t stride = w->stride, step = keys_of(s);
    recall(s, w, first, n);
    pack(n, s->width, d->query + first * s->row, s->row, 1, w->dout);
    transpose(n, stride, w->dout, 1 / (fm_real)sqrt((double)s->width), w->dout_columns);
    memset(w->sum, 0, fm_padded(n) * sizeof *w->sum);
    for (size_t j = 0; j < s->n_tokens; j += step) {
        const size_t n_keys = least(step, s->n_tokens - j), at = j * stride;
        scores(n_keys, n, s->width, w->key + at, w->query_columns, false, w->tile);
        scores(n_keys, n, s->width, w->key + at, w->dout_columns, false, w->dtile);
        scores(n_keys, n, s->width, w->dkey + at, w->query_columns, true, w->dtile);
        soften_jvp(n_keys, n, w->largest, w->sum, w->tile, w->dtile);
        gather(n_keys, n, stride, w->tile, w->dvalue + at, j > 0, w->sums);
        gather(n_keys, n, stride, w->dtile, w->value + at, true, w->sums);
    }
    for (size_t i = 0; i < n; i++) {
        const fm_real *o = s->out + (first + i) * s->out_row;
        const fm_real share = s->share[first + i];
        fm_real *to = d->out + (first + i) * s->out_row;
        for (size_t c = 0; c < s->width; c++)
            to[c] = share * (w->sums[i * stride + c] - w->sum[i] * o[c]);
    }
}

void FM_ISA_SYMBOL(fm_attention_jvp)(const struct fm_attention *s,
                                     const struct fm_attention_change *d)
{
    const struct work w = work_of(s);
    const size_t step = queries_of(s);
    pack(s->n_tokens, s->width, s->key, s->row, 1, w.key);
    pack(s->n_tokens, s->width, s->value, s->row, 1, w.value);
    pack(s->n_tokens, s->width, d->key, s->row, LN_2,
         w.dkey); /* cancels the log2(e) in q */
    pack(s->n_tokens, s->width, d->value, s->row, 1, w.dvalue);
    for (size_t i = 0; i < s->n_tokens; i += step)
        attend_jvp(s, d, &w, i, least(step, s->n_tokens - i));
}

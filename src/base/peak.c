#include <config.h>

#include "base/peak.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/isa.h"
#include "base/parallel.h"

#if defined FM_ISA_KERNELS && defined __x86_64__
#include <immintrin.h>
#define HAS_X86_SETS
#endif

/* ---- multiply-adds ---- */

/* Twelve chains hide the latency (3 to 5 cycles, two multiply-adds a cycle) and leave room
 * for the two constants in 16 registers. */
enum { CHAINS = 12 };

/* volatile, or the compiler would see that all chains are equal and keep one.  x <- x a + b
 * stays near 1. */
static volatile float factor = 0.5f, summand = 0.5f;

/* Body of a function of n: n times CHAINS multiply-adds of whole vectors; the value that it
 * returns depends on all.  Written out, because chains in an array might not stay in
 * registers. */
#define RUN_CHAINS(vector, multiply_add)                                                   \
    do {                                                                                   \
        const vector zero = {0}, a = zero + factor, b = zero + summand;                    \
        vector x0 = zero + factor, x1 = zero + factor, x2 = zero + factor;                 \
        vector x3 = zero + factor, x4 = zero + factor, x5 = zero + factor;                 \
        vector x6 = zero + factor, x7 = zero + factor, x8 = zero + factor;                 \
        vector x9 = zero + factor, x10 = zero + factor, x11 = zero + factor;               \
        for (size_t i = 0; i < n; i++) {                                                   \
            x0 = multiply_add(x0, a, b), x1 = multiply_add(x1, a, b);                      \
            x2 = multiply_add(x2, a, b), x3 = multiply_add(x3, a, b);                      \
            x4 = multiply_add(x4, a, b), x5 = multiply_add(x5, a, b);                      \
            x6 = multiply_add(x6, a, b), x7 = multiply_add(x7, a, b);                      \
            x8 = multiply_add(x8, a, b), x9 = multiply_add(x9, a, b);                      \
            x10 = multiply_add(x10, a, b), x11 = multiply_add(x11, a, b);                  \
        }                                                                                  \
        x0 += x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11;                      \
        return x0[0];                                                                      \
    } while (0)

typedef float vector128 __attribute__((vector_size(16)));
#define MULTIPLY_ADD(x, a, b) ((x) * (a) + (b))

static float chains_portable(size_t n)
{
    RUN_CHAINS(vector128, MULTIPLY_ADD);
}

#ifdef HAS_X86_SETS
__attribute__((target("avx2,fma"))) static float chains_avx2(size_t n)
{
    RUN_CHAINS(__m256, _mm256_fmadd_ps);
}

__attribute__((target("avx512f"))) static float chains_avx512(size_t n)
{
    RUN_CHAINS(__m512, _mm512_fmadd_ps);
}
#endif

struct chains {
    float (*run)(size_t n);
    size_t lanes, n;
};

static struct chains chains_of_isa(void)
{
#ifdef HAS_X86_SETS
    if (fm_isa() == FM_ISA_AVX512)
        return (struct chains){.run = chains_avx512, .lanes = 16};
    if (fm_isa() == FM_ISA_AVX2)
        return (struct chains){.run = chains_avx2, .lanes = 8};
#endif
    return (struct chains){.run = chains_portable, .lanes = 4};
}

static void run_chains(void *context, size_t thread)
{
    const struct chains *c = context;
    (void)thread;
    if (c->run(c->n) < 0) /* never happens, but the compiler can't know */
        factor = 0;
}

double fm_peak_flops(size_t n_threads, double seconds)
{
    struct chains c = chains_of_isa();
    double best = 0, start = fm_seconds(), took = 0;
    c.n = 1000;
    while (c.n < (size_t)1 << 40 && took < 0.002) {
        c.n *= 2;
        double before = fm_seconds();
        fm_parallel_region(n_threads, run_chains, &c);
        took = fm_seconds() - before;
    }
    const double flops = 2.0 * CHAINS * (double)(c.lanes * c.n * n_threads);
    do {
        double before = fm_seconds();
        fm_parallel_region(n_threads, run_chains, &c);
        double rate = flops / (fm_seconds() - before);
        best = rate > best ? rate : best;
    } while (fm_seconds() - start < seconds);
    return best;
}

/* ---- memory ---- */

enum { TRIAD_FLOATS = 1 << 24, TRIAD_CHUNK = 1 << 16 };

struct triad {
    float *a;
    const float *b, *c;
};

static void triad_chunk(void *context, size_t item, size_t thread)
{
    const struct triad *t = context;
    const float scale = factor;
    const size_t first = item * TRIAD_CHUNK;
    float *restrict a = t->a + first;
    const float *restrict b = t->b + first, *restrict c = t->c + first;
    (void)thread;
    for (size_t i = 0; i < TRIAD_CHUNK; i++)
        a[i] = b[i] + scale * c[i];
}

enum fm_status fm_peak_triad(size_t n_threads, double seconds, double *bytes_per_second,
                             struct fm_error *err)
{
    struct fm_arena arena = {0};
    float *arrays = FM_NEW(&arena, 3 * (size_t)TRIAD_FLOATS, float);
    if (!arrays)
        return fm_out_of_memory(err);
    struct triad t = {arrays, arrays + TRIAD_FLOATS, arrays + 2 * (size_t)TRIAD_FLOATS};
    const double n_bytes = 3.0 * sizeof(float) * TRIAD_FLOATS;
    double best = 0, start = 0;
    for (int i = 0; i < 2 || fm_seconds() - start < seconds; i++) {
        double before = fm_seconds();
        fm_parallel_for(n_threads, TRIAD_FLOATS / TRIAD_CHUNK, triad_chunk, &t);
        double rate = n_bytes / (fm_seconds() - before);
        if (i == 0) /* the first pass only touches the pages */
            start = fm_seconds();
        else
            best = rate > best ? rate : best;
    }
    fm_arena_fini(&arena);
    *bytes_per_second = best;
    return FM_OK;
}

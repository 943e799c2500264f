/* Counter-based random numbers: every number is a function of (seed, stream, step, row) and
 * its place in the row's sequence alone.  So results depend neither on the number of
 * threads nor on the order of work.
 *
 * The generator is Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as
 * 1, 2, 3", SC11); its integers equal those of the authors' Random123 library. */
#ifndef FM_FMRUN_RNG_H
#define FM_FMRUN_RNG_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* What a sequence is drawn for.  Another seed, stream, step or row gives independent
 * numbers.  The host numbers its streams from 1 and leaves the top bit alone: a plugin that
 * needs a second sequence for the same step and row may set it. */
struct fm_stream {
    uint64_t seed;
    uint32_t stream;
    uint32_t step;
};

/* A position in one row's sequence.  Copyable; no ownership. */
struct fm_rng {
    uint32_t key[2];
    uint32_t counter[4]; /* {block within the row, row, step, stream} */
    uint32_t words[4];
    uint32_t n_left;
    uint32_t has_spare;
    double spare;
};

/* One block: 10 rounds of Philox4x32 on `counter` under `key`, into `out`. */
static inline void fm_philox(const uint32_t key[2], const uint32_t counter[4],
                             uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* The start of the sequence of `row` (below 2^32) in stream s. */
static inline struct fm_rng fm_rng_at(struct fm_stream s, uint64_t row)
{
    struct fm_rng r = {
        .key = {(uint32_t)s.seed, (uint32_t)(s.seed >> 32)},
        .counter = {0, (uint32_t)row, s.step, s.stream},
    };
    return r;
}

/* 32 uniform bits. */
static inline uint32_t fm_rng_bits(struct fm_rng *r)
{
    if (r->n_left == 0) {
        fm_philox(r->key, r->counter, r->words);
        r->counter[0]++;
        r->n_left = 4;
    }
    return r->words[4 - r->n_left--];
}

/* Uniform in the open interval (0, 1), 53 bits. */
static inline double fm_rng_uniform(struct fm_rng *r)
{
    uint64_t high = fm_rng_bits(r), low = fm_rng_bits(r);
    return ((double)((high << 32 | low) >> 11) + 0.5) * 0x1p-53;
}

/* Uniform integer in [0, n), n > 0, without bias (Lemire 2019, arXiv:1805.10941). */
static inline uint32_t fm_rng_below(struct fm_rng *r, uint32_t n)
{
    uint64_t product = (uint64_t)fm_rng_bits(r) * n;
    if ((uint32_t)product < n) {
        uint32_t threshold = (uint32_t)(-n) % n;
        while ((uint32_t)product < threshold)
            product = (uint64_t)fm_rng_bits(r) * n;
    }
    return (uint32_t)(product >> 32);
}

/* Standard normal (Box and Muller 1958); the second of each pair is kept for the next
 * call. */
static inline double fm_rng_normal(struct fm_rng *r)
{
    if (r->has_spare) {
        r->has_spare = 0;
        return r->spare;
    }
    double radius = sqrt(-2.0 * log(fm_rng_uniform(r)));
    double angle = 6.28318530717958647692 * fm_rng_uniform(r);
    r->spare = radius * sin(angle);
    r->has_spare = 1;
    return radius * cos(angle);
}

#endif

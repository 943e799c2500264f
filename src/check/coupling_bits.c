#include <config.h>

#include "check/coupling_bits.h"

#include "check/at_once.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_same(const struct fm_batch *a, const struct fm_batch *b)
{
    return memcmp(a->i0, b->i0, a->n * sizeof *a->i0) == 0
           && memcmp(a->i1, b->i1, a->n * sizeof *a->i1) == 0
           && memcmp(&a->report, &b->report, sizeof a->report) == 0;
}

static bool pairs(struct fm_coupling_subject *s, struct fm_batch *b, uint64_t seed,
                  uint32_t step)
{
    struct fm_error err = {0};
    return fm_batch_pair(s->coupling, &s->arena, b, seed, step, &err) == FM_OK;
}

/* Concurrent calls for several batches, as in training. */
struct crowd {
    const struct fm_coupling *coupling;
    struct fm_batch *batches;
    struct fm_arena *arenas;
    bool *have_failed;
};

static void pair_one(void *context, size_t item, size_t thread)
{
    struct crowd *c = context;
    struct fm_error err = {0};
    c->have_failed[item] = fm_batch_pair(c->coupling, &c->arenas[thread], &c->batches[item],
                                         1, (uint32_t)item, &err)
                           != FM_OK;
}

/* Whether concurrent calls give the same pairs as calls one after the other. */
static bool is_same_at_once(struct fm_coupling_subject *s, size_t n_threads)
{
    enum { N = 24 };
    struct fm_arena arenas[FM_CHECK_THREADS] = {{0}};
    bool have_failed[N] = {false}, are_same = true;
    struct fm_batch *batches = calloc(N, sizeof *batches);
    if (!batches)
        return true;
    for (uint32_t i = 0; i < N; i++)
        fm_batch_fill(&batches[i], FM_BATCH_NORMAL, 100, 2, i);
    struct crowd crowd = {s->coupling, batches, arenas, have_failed};
    fm_check_at_once(n_threads, N, pair_one, &crowd);
    for (uint32_t i = 0; i < N; i++) {
        fm_batch_fill(s->other, FM_BATCH_NORMAL, 100, 2, i);
        are_same = are_same && !have_failed[i] && pairs(s, s->other, 1, i)
                   && is_same(s->other, &batches[i]);
    }
    for (size_t i = 0; i < FM_CHECK_THREADS; i++)
        fm_arena_fini(&arenas[i]);
    free(batches);
    return are_same;
}

static const char *find_difference(struct fm_coupling_subject *s)
{
    fm_batch_fill(s->batch, FM_BATCH_NORMAL, 100, 2, 1);
    if (!pairs(s, s->batch, 1, 0))
        return "the call fails";
    *s->other = *s->batch;
    if (!pairs(s, s->other, 1, 0) || !is_same(s->batch, s->other))
        return "other pairs the second time";
    if (memcmp(s->other->x0, s->batch->x0, sizeof s->batch->x0) != 0
        || memcmp(s->other->x1, s->batch->x1, sizeof s->batch->x1) != 0)
        return "the batch itself is changed";
    fm_batch_fill(s->other, FM_BATCH_GRID, 33, 3, 2);
    if (!pairs(s, s->other, 2, 5))
        return "the call fails";
    *s->other = *s->batch;
    if (!pairs(s, s->other, 1, 0) || !is_same(s->batch, s->other))
        return "other pairs after another batch";
    for (size_t n_threads = 2; n_threads <= 3; n_threads++)
        if (!is_same_at_once(s, n_threads))
            return "other pairs when several batches are paired at the same time";
    return NULL;
}

void fm_check_pair_bits(struct fm_coupling_subject *s)
{
    fm_check_begin(s->sink, "same bits");
    const char *difference = find_difference(s);
    fm_check_add_note(
        s->sink, "same bits", "", difference ? FM_CHECK_FAIL : FM_CHECK_PASS, "%s",
        difference ? difference : "again, after other batches, on 1 to 3 threads");
}

void fm_check_pair_noise(struct fm_coupling_subject *s)
{
    fm_check_begin(s->sink, "noise");
    fm_batch_fill(s->batch, FM_BATCH_NORMAL, 100, 2, 3);
    bool is_done = pairs(s, s->batch, 1, 0);
    *s->other = *s->batch;
    bool has_seed = is_done && pairs(s, s->other, 2, 0) && !is_same(s->batch, s->other);
    bool has_step = is_done && pairs(s, s->other, 1, 1) && !is_same(s->batch, s->other);
    *s->other = *s->batch;
    if (!is_done || !pairs(s, s->other, 1, 0) || !is_same(s->batch, s->other)) {
        fm_check_add_note(s->sink, "noise", "", FM_CHECK_SKIP,
                          "not decided: see same bits");
        return;
    }
    const bool is_declared = s->coupling->scheme.uses_noise;
    bool is_right = has_seed == is_declared && has_step == is_declared;
    const char *note = is_right && is_declared ? "a function of seed and step"
                       : is_right              ? "none, as declared"
                       : !is_declared ? "pairs depend on it, but uses_noise is false"
                       : has_seed     ? "uses_noise is true, but pairs are the same "
                                        "in each step"
                                      : "uses_noise is true, but pairs don't depend "
                                        "on the seed";
    fm_check_add_note(s->sink, "noise", "", is_right ? FM_CHECK_PASS : FM_CHECK_FAIL, "%s",
                      note);
}

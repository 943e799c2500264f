#include <config.h>

#include "run/checkpoint.h"

#include "base/error.h"
#include "base/isa.h"
#include "base/text.h"
#include "store/tensor_read.h"
#include "store/tensor_write.h"

#include <stdlib.h>
#include <string.h>

static const char CHECKPOINT_FORMAT[] = "fmrun checkpoint 2";
static const char WEIGHTS_FORMAT[] = "fmrun weights 1";

/* A file under construction. */
struct writer {
    struct fm_arena arena;
    struct fm_tensor *tensors;
    size_t n;
};

static enum fm_status add_block(struct writer *w, const struct fm_net *net,
                                const char *prefix, const fm_real *block,
                                struct fm_error *err)
{
    size_t n;
    const struct fm_parameter *parameters = fm_net_parameters(net, &n);
    for (size_t i = 0; i < n; i++) {
        const struct fm_parameter *p = &parameters[i];
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s", prefix, p->name);
        float *data = FM_NEW(&w->arena, p->n_taps * p->n_rows * p->n_columns, float);
        const char *copy = fm_arena_text(&w->arena, name);
        if (!data || !copy)
            return fm_out_of_memory(err);
        fm_parameter_export(p, block, data);
        struct fm_tensor t = {.name = copy, .type = FM_TENSOR_F32, .data = data};
        t.n_dims = fm_parameter_shape(p, t.shape);
        w->tensors[w->n++] = t;
    }
    return FM_OK;
}

static enum fm_status writer_init(struct writer *w, const struct fm_net *net,
                                  size_t n_blocks, struct fm_error *err)
{
    size_t n;
    (void)fm_net_parameters(net, &n);
    *w = (struct writer){0};
    w->tensors = FM_NEW(&w->arena, n * n_blocks, struct fm_tensor);
    return w->tensors ? FM_OK : fm_out_of_memory(err);
}

/* Numbers, separated by spaces, that read back as the same bits. */
static void progress_text(const struct fm_train_progress *p, struct fm_text *text)
{
    fm_text_add(text, "%llu %a %llu %llu", (unsigned long long)p->n_steps, p->least,
                (unsigned long long)p->least_step, (unsigned long long)p->n_since);
    for (size_t k = 0; k < FM_LOSS_BINS; k++)
        fm_text_add(text, " %a %llu", p->bins.sum[k],
                    (unsigned long long)p->bins.n_rows[k]);
}

static enum fm_status write_file(struct writer *w, const char *path, size_t n_notes,
                                 const struct fm_tensor_note *notes, struct fm_error *err)
{
    const struct fm_tensor_file file = {
        .n_tensors = w->n, .tensors = w->tensors, .n_notes = n_notes, .notes = notes};
    return fm_tensor_write(path, &file, err);
}

enum fm_status fm_checkpoint_write(const char *path, const char *key,
                                   const struct fm_net *net, struct fm_trainer *trainer,
                                   double train_seconds, struct fm_error *err)
{
    size_t n_blocks;
    const struct fm_train_block *blocks = fm_trainer_blocks(trainer, &n_blocks);
    struct writer w;
    struct fm_text progress = {0};
    char seconds[40];
    progress_text(fm_trainer_progress(trainer), &progress);
    (void)snprintf(seconds, sizeof seconds, "%.17g", train_seconds);
    const struct fm_tensor_note notes[] = {{"format", CHECKPOINT_FORMAT},
                                           {"key", key},
                                           {"isa", fm_isa_name()},
                                           {"progress", fm_text_bytes(&progress)},
                                           {"train_seconds", seconds}};
    enum fm_status status = writer_init(&w, net, n_blocks, err);
    if (status == FM_OK && progress.has_failed)
        status = fm_out_of_memory(err);
    for (size_t b = 0; status == FM_OK && b < n_blocks; b++) {
        char prefix[sizeof blocks->name + 1];
        (void)snprintf(prefix, sizeof prefix, "%s.", blocks[b].name);
        status = add_block(&w, net, prefix, blocks[b].values, err);
    }
    if (status == FM_OK)
        status = write_file(&w, path, sizeof notes / sizeof *notes, notes, err);
    fm_text_fini(&progress);
    fm_arena_fini(&w.arena);
    return status;
}

/* The prefix of the tensors of the k-th average, for the last or the best weights: "",
 * "ema_0.999.", "best.", "best_ema_0.999.". */
static void weights_prefix(const struct fm_train_options *o, enum fm_sample_weights which,
                           size_t k, char *prefix, size_t n)
{
    const bool is_best = which == FM_WEIGHTS_BEST;
    if (k > 0)
        (void)snprintf(prefix, n, "%sema_%.17g.", is_best ? "best_" : "", o->ema.values[k]);
    else
        (void)snprintf(prefix, n, "%s", is_best ? "best." : "");
}

/* Two with validation, the last and the best weights; else one. */
static size_t n_weights(const struct fm_train_options *o)
{
    return o->validate_every > 0 ? FM_N_WEIGHTS : 1;
}

enum fm_status fm_weights_write(const char *path, const char *key, const struct fm_net *net,
                                const struct fm_train_options *o,
                                const struct fm_weights *weights, struct fm_error *err)
{
    const size_t n = fm_n_averages(o), n_blocks = n_weights(o) * n;
    struct writer w;
    char n_steps[32], best_step[32], prefix[48];
    (void)snprintf(n_steps, sizeof n_steps, "%llu", (unsigned long long)weights->n_steps);
    (void)snprintf(best_step, sizeof best_step, "%llu",
                   (unsigned long long)weights->best_step);
    const struct fm_tensor_note notes[] = {{"format", WEIGHTS_FORMAT},
                                           {"key", key},
                                           {"trained_steps", n_steps},
                                           {"best_step", best_step}};
    enum fm_status status = writer_init(&w, net, n_blocks, err);
    for (size_t i = 0; status == FM_OK && i < n_blocks; i++) {
        const enum fm_sample_weights which = (enum fm_sample_weights)(i / n);
        weights_prefix(o, which, i % n, prefix, sizeof prefix);
        status = add_block(&w, net, prefix, weights->blocks[which][i % n], err);
    }
    if (status == FM_OK)
        status = write_file(&w, path, sizeof notes / sizeof *notes, notes, err);
    fm_arena_fini(&w.arena);
    return status;
}

/* ---- reading ---- */

static enum fm_status check_notes(const struct fm_tensor_file *file, const char *path,
                                  const char *format, const char *key, struct fm_error *err)
{
    const char *found = fm_tensor_note_value(file, "format");
    if (!found || strcmp(found, format) != 0)
        return fm_fail(err, FM_ERROR_IO, "%s does not have the format \"%s\"", path,
                       format);
    found = fm_tensor_note_value(file, "key");
    if (!found || strcmp(found, key) != 0)
        return fm_fail(err, FM_ERROR_IO, "%s belongs to another run", path);
    return FM_OK;
}

static enum fm_status read_block(const struct fm_tensor_file *file, const char *path,
                                 const struct fm_net *net, const char *prefix,
                                 fm_real *block, struct fm_error *err)
{
    size_t n;
    const struct fm_parameter *parameters = fm_net_parameters(net, &n);
    for (size_t i = 0; i < n; i++) {
        const struct fm_parameter *p = &parameters[i];
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s", prefix, p->name);
        const struct fm_tensor *t = fm_tensor_find(file, name);
        if (!t || t->type != FM_TENSOR_F32
            || fm_tensor_n_elements(t) != p->n_taps * p->n_rows * p->n_columns)
            return fm_fail(err, FM_ERROR_IO,
                           "%s: the tensor %s is missing or has another shape", path, name);
        fm_parameter_import(p, t->data, block);
    }
    return FM_OK;
}

static enum fm_status read_weights(struct fm_arena *arena, const char *path,
                                   const char *key, const struct fm_net *net,
                                   const struct fm_train_options *o,
                                   struct fm_weights *weights, struct fm_error *err)
{
    struct fm_arena scratch = {0};
    struct fm_tensor_file file;
    const size_t n = fm_n_averages(o), n_blocks = n_weights(o) * n;
    char prefix[48];
    enum fm_status status = fm_tensor_read(&scratch, path, &file, err);
    if (status == FM_OK)
        status = check_notes(&file, path, WEIGHTS_FORMAT, key, err);
    for (size_t i = 0; status == FM_OK && i < n_blocks; i++) {
        const enum fm_sample_weights which = (enum fm_sample_weights)(i / n);
        fm_real *block = FM_NEW(arena, fm_net_block_size(net), fm_real);
        weights_prefix(o, which, i % n, prefix, sizeof prefix);
        status = block ? read_block(&file, path, net, prefix, block, err)
                       : fm_out_of_memory(err);
        weights->blocks[which][i % n] = block;
    }
    if (status == FM_OK) { /* older files have no such notes */
        const char *n_steps = fm_tensor_note_value(&file, "trained_steps");
        const char *best_step = fm_tensor_note_value(&file, "best_step");
        weights->n_steps = n_steps ? strtoull(n_steps, NULL, 10) : (uint64_t)o->steps;
        weights->best_step = best_step ? strtoull(best_step, NULL, 10) : 0;
    }
    fm_arena_fini(&scratch);
    return status;
}

enum fm_status fm_weights_read(struct fm_arena *arena, const char *path, const char *key,
                               const struct fm_net *net, const struct fm_train_options *o,
                               struct fm_weights *weights, struct fm_error *err)
{
    struct fm_weights read = {0};
    FM_TRY(read_weights(arena, path, key, net, o, &read, err));
    *weights = read;
    return FM_OK;
}

static bool read_progress(const char *text, struct fm_train_progress *p)
{
    char *end;
    p->n_steps = strtoull(text, &end, 10);
    p->least = strtod(end, &end);
    p->least_step = strtoull(end, &end, 10);
    p->n_since = strtoull(end, &end, 10);
    for (size_t k = 0; k < FM_LOSS_BINS; k++) {
        p->bins.sum[k] = strtod(end, &end);
        p->bins.n_rows[k] = strtoull(end, &end, 10);
    }
    return *end == '\0' && end != text;
}

static enum fm_status restore(struct fm_arena *arena, const char *path, const char *key,
                              const struct fm_net *net, struct fm_trainer *trainer,
                              double *train_seconds, struct fm_error *err)
{
    size_t n_blocks;
    const struct fm_train_block *blocks = fm_trainer_blocks(trainer, &n_blocks);
    const size_t n = fm_net_block_size(net);
    fm_real **fresh = FM_NEW(arena, n_blocks, fm_real *);
    struct fm_tensor_file file;
    struct fm_train_progress progress;
    if (!fresh)
        return fm_out_of_memory(err);
    FM_TRY(fm_tensor_read(arena, path, &file, err));
    FM_TRY(check_notes(&file, path, CHECKPOINT_FORMAT, key, err));
    const char *text = fm_tensor_note_value(&file, "progress");
    const char *seconds = fm_tensor_note_value(&file, "train_seconds");
    const char *isa = fm_tensor_note_value(&file, "isa");
    if (!text || !seconds || !isa || !read_progress(text, &progress))
        return fm_fail(err, FM_ERROR_IO, "%s: notes are missing or damaged", path);
    if (strcmp(isa, fm_isa_name()) != 0)
        return fm_fail(err, FM_ERROR_IO,
                       "%s was made with the kernels %s, but this run uses %s", path, isa,
                       fm_isa_name());
    for (size_t b = 0; b < n_blocks; b++) {
        char prefix[sizeof blocks->name + 1];
        (void)snprintf(prefix, sizeof prefix, "%s.", blocks[b].name);
        if (!(fresh[b] = FM_NEW(arena, n, fm_real)))
            return fm_out_of_memory(err);
        FM_TRY(read_block(&file, path, net, prefix, fresh[b], err));
    }
    for (size_t b = 0; b < n_blocks; b++)
        memcpy(blocks[b].values, fresh[b], n * sizeof *fresh[b]);
    *train_seconds = strtod(seconds, NULL);
    *fm_trainer_progress(trainer) = progress;
    fm_trainer_restored(trainer);
    return FM_OK;
}

enum fm_status fm_checkpoint_read(const char *path, const char *key,
                                  const struct fm_net *net, struct fm_trainer *trainer,
                                  double *train_seconds, struct fm_error *err)
{
    struct fm_arena arena = {0};
    enum fm_status status = restore(&arena, path, key, net, trainer, train_seconds, err);
    fm_arena_fini(&arena);
    return status;
}

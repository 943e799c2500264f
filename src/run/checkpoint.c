#include <config.h>

#include "run/checkpoint.h"

#include "base/error.h"
#include "base/isa.h"
#include "store/tensor.h"

#include <stdlib.h>
#include <string.h>

static const char CHECKPOINT_FORMAT[] = "fmrun checkpoint 1";
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

enum fm_status fm_checkpoint_write(const char *path, const char *key,
                                   const struct fm_net *net, struct fm_trainer *trainer,
                                   double train_seconds, struct fm_error *err)
{
    const struct fm_optimizer_state *s = fm_trainer_state(trainer);
    const char *const prefixes[] = {"model.", "moment1.", "moment2.", "ema."};
    const fm_real *const blocks[] = {s->parameters, s->moment1, s->moment2, s->ema};
    struct writer w;
    char step[32], seconds[40];
    (void)snprintf(step, sizeof step, "%llu",
                   (unsigned long long)fm_trainer_step_count(trainer));
    (void)snprintf(seconds, sizeof seconds, "%.17g", train_seconds);
    const struct fm_tensor_note notes[] = {{"format", CHECKPOINT_FORMAT},
                                           {"key", key},
                                           {"isa", fm_isa_name()},
                                           {"step", step},
                                           {"train_seconds", seconds}};
    enum fm_status status = writer_init(&w, net, 4, err);
    for (size_t b = 0; status == FM_OK && b < 4; b++)
        if (blocks[b])
            status = add_block(&w, net, prefixes[b], blocks[b], err);
    if (status == FM_OK)
        status = fm_tensor_write(
            path,
            &(struct fm_tensor_file){
                .n_tensors = w.n, .tensors = w.tensors, .n_notes = 5, .notes = notes},
            err);
    fm_arena_fini(&w.arena);
    return status;
}

enum fm_status fm_weights_write(const char *path, const char *key, const struct fm_net *net,
                                const fm_real *block, struct fm_error *err)
{
    struct writer w;
    const struct fm_tensor_note notes[] = {{"format", WEIGHTS_FORMAT}, {"key", key}};
    enum fm_status status = writer_init(&w, net, 1, err);
    if (status == FM_OK)
        status = add_block(&w, net, "", block, err);
    if (status == FM_OK)
        status = fm_tensor_write(
            path,
            &(struct fm_tensor_file){
                .n_tensors = w.n, .tensors = w.tensors, .n_notes = 2, .notes = notes},
            err);
    fm_arena_fini(&w.arena);
    return status;
}

/* ---- reading ---- */

static enum fm_status check_notes(const struct fm_tensor_file *file, const char *path,
                                  const char *format, const char *key, struct fm_error *err)
{
    const char *found = fm_tensor_note_value(file, "format");
    if (!found || strcmp(found, format) != 0)
        return fm_fail(err, FM_ERROR_IO, "%s is not of the format \"%s\"", path, format);
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
                           "%s: the tensor %s is missing or of another shape", path, name);
        fm_parameter_import(p, t->data, block);
    }
    return FM_OK;
}

enum fm_status fm_weights_read(const char *path, const char *key, const struct fm_net *net,
                               fm_real *block, struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct fm_tensor_file file;
    enum fm_status status = fm_tensor_read(&arena, path, &file, err);
    if (status == FM_OK)
        status = check_notes(&file, path, WEIGHTS_FORMAT, key, err);
    if (status == FM_OK)
        status = read_block(&file, path, net, "", block, err);
    fm_arena_fini(&arena);
    return status;
}

static enum fm_status restore(struct fm_arena *arena, const char *path, const char *key,
                              const struct fm_net *net, struct fm_trainer *trainer,
                              double *train_seconds, struct fm_error *err)
{
    struct fm_optimizer_state *s = fm_trainer_state(trainer);
    const char *const prefixes[] = {"model.", "moment1.", "moment2.", "ema."};
    fm_real *const blocks[] = {s->parameters, s->moment1, s->moment2, s->ema};
    fm_real *fresh[4] = {0};
    struct fm_tensor_file file;
    FM_TRY(fm_tensor_read(arena, path, &file, err));
    FM_TRY(check_notes(&file, path, CHECKPOINT_FORMAT, key, err));
    const char *step = fm_tensor_note_value(&file, "step");
    const char *seconds = fm_tensor_note_value(&file, "train_seconds");
    const char *isa = fm_tensor_note_value(&file, "isa");
    if (!step || !seconds || !isa)
        return fm_fail(err, FM_ERROR_IO, "%s lacks its step", path);
    if (strcmp(isa, fm_isa_name()) != 0)
        return fm_fail(err, FM_ERROR_IO, "%s was made with the kernels %s, these are %s",
                       path, isa, fm_isa_name());
    for (size_t b = 0; b < 4; b++) {
        if (!blocks[b])
            continue;
        if (!(fresh[b] = FM_NEW(arena, s->n, fm_real)))
            return fm_out_of_memory(err);
        FM_TRY(read_block(&file, path, net, prefixes[b], fresh[b], err));
    }
    for (size_t b = 0; b < 4; b++)
        if (blocks[b])
            memcpy(blocks[b], fresh[b], s->n * sizeof *fresh[b]);
    *train_seconds = strtod(seconds, NULL);
    fm_trainer_restored(trainer, strtoull(step, NULL, 10));
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

#include <config.h>

#include "store/tensor_read.h"

#include "base/error.h"
#include "base/file.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEADER_BYTES = 16 << 20, MAX_TENSORS = 1 << 16 };
static const size_t MAX_FILE_BYTES = (size_t)1 << 40;
/* Integers up to here are exact in JSON's doubles. */
static const double MAX_INTEGER = 9007199254740992.0;

/* A tensor of the header; its data are bytes begin .. end - 1. */
struct entry {
    struct fm_tensor tensor;
    size_t begin, end;
};

struct reader {
    struct fm_arena *arena;
    const char *path;
    const char *data; /* behind the header */
    size_t n_data_bytes;
    struct entry *entries;
    size_t n_entries;
    struct fm_tensor_note *notes;
    size_t n_notes;
    struct fm_error *err;
};

static FM_FORMAT(2, 3) enum fm_status
    damaged(const struct reader *r, const char *format, ...)
{
    char what[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return fm_fail(r->err, FM_ERROR_IO, "%s is not a valid safetensors file: %s", r->path,
                   what);
}

/* ---- numbers ------------------------------------------------------------------------- */

static bool read_size(const cJSON *item, size_t *size)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0)
        || item->valuedouble > MAX_INTEGER || floor(item->valuedouble) < item->valuedouble)
        return false;
    *size = (size_t)item->valuedouble;
    return true;
}

/* *product *= factor, unless that overflows. */
static bool multiply(size_t *product, size_t factor)
{
    return !__builtin_mul_overflow(*product, factor, product);
}

/* ---- one tensor ---------------------------------------------------------------------- */

static bool read_type(const cJSON *item, enum fm_tensor_type *type, size_t *n_bytes)
{
    if (!cJSON_IsString(item))
        return false;
    int i = 0;
    while (i < FM_N_TENSOR_TYPES
           && strcmp(item->valuestring, fm_tensor_type_name((enum fm_tensor_type)i)) != 0)
        i++;
    if (i == FM_N_TENSOR_TYPES)
        return false;
    *type = (enum fm_tensor_type)i;
    *n_bytes = fm_tensor_element_bytes(*type);
    return true;
}

static enum fm_status read_shape(const struct reader *r, const cJSON *shape,
                                 const char *name, struct entry *entry, size_t *n_bytes)
{
    if (!cJSON_IsArray(shape))
        return damaged(r, "tensor \"%.100s\" has no shape", name);
    const cJSON *size;
    cJSON_ArrayForEach(size, shape)
    {
        struct fm_tensor *t = &entry->tensor;
        if (t->n_dims == FM_TENSOR_MAX_DIMS)
            return damaged(r, "tensor \"%.100s\" has more than %d dimensions", name,
                           FM_TENSOR_MAX_DIMS);
        if (!read_size(size, &t->shape[t->n_dims])
            || !multiply(n_bytes, t->shape[t->n_dims]))
            return damaged(r, "tensor \"%.100s\" has a wrong shape", name);
        t->n_dims++;
    }
    return FM_OK;
}

static enum fm_status read_place(const struct reader *r, const cJSON *offsets,
                                 const char *name, struct entry *entry, size_t n_bytes)
{
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2
        || !read_size(cJSON_GetArrayItem(offsets, 0), &entry->begin)
        || !read_size(cJSON_GetArrayItem(offsets, 1), &entry->end))
        return damaged(r, "tensor \"%.100s\" has wrong data_offsets", name);
    if (entry->begin > entry->end || entry->end > r->n_data_bytes)
        return damaged(r,
                       "tensor \"%.100s\" lies outside the file (bytes %zu to %zu of %zu)",
                       name, entry->begin, entry->end, r->n_data_bytes);
    if (entry->end - entry->begin != n_bytes)
        return damaged(r, "tensor \"%.100s\" has %zu bytes, its type and shape need %zu",
                       name, entry->end - entry->begin, n_bytes);
    return FM_OK;
}

static enum fm_status read_entry(struct reader *r, const cJSON *item)
{
    struct entry *entry = &r->entries[r->n_entries];
    const char *name = item->string;
    size_t n_bytes = 0;
    if (!cJSON_IsObject(item) || name[0] == '\0' || cJSON_GetArraySize(item) != 3)
        return damaged(r, "\"%.100s\" is not a tensor with dtype, shape and data_offsets",
                       name);
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(item, "dtype");
    if (!read_type(type, &entry->tensor.type, &n_bytes))
        return damaged(r, "tensor \"%.100s\" has type %.20s; fmrun reads F32, F64 and I64",
                       name, cJSON_IsString(type) ? type->valuestring : "none");
    FM_TRY(read_shape(r, cJSON_GetObjectItemCaseSensitive(item, "shape"), name, entry,
                      &n_bytes));
    FM_TRY(read_place(r, cJSON_GetObjectItemCaseSensitive(item, "data_offsets"), name,
                      entry, n_bytes));
    entry->tensor.name = fm_arena_text(r->arena, name);
    r->n_entries++;
    return entry->tensor.name ? FM_OK : fm_out_of_memory(r->err);
}

/* ---- the header ---------------------------------------------------------------------- */

static enum fm_status read_notes(struct reader *r, const cJSON *map)
{
    if (!cJSON_IsObject(map) || r->notes)
        return damaged(r, "__metadata__ is not one map of texts");
    r->notes = FM_NEW(r->arena, (size_t)cJSON_GetArraySize(map), struct fm_tensor_note);
    if (!r->notes)
        return fm_out_of_memory(r->err);
    const cJSON *item;
    cJSON_ArrayForEach(item, map)
    {
        if (!cJSON_IsString(item))
            return damaged(r, "__metadata__ is not a map of texts");
        struct fm_tensor_note *note = &r->notes[r->n_notes++];
        note->key = fm_arena_text(r->arena, item->string);
        note->value = fm_arena_text(r->arena, item->valuestring);
        if (!note->key || !note->value)
            return fm_out_of_memory(r->err);
    }
    return FM_OK;
}

static enum fm_status read_items(struct reader *r, const cJSON *root)
{
    if (!cJSON_IsObject(root))
        return damaged(r, "its header is not a JSON object");
    int n = cJSON_GetArraySize(root);
    if (n > MAX_TENSORS)
        return damaged(r, "it has more than %d tensors", MAX_TENSORS);
    r->entries = FM_NEW(r->arena, (size_t)n, struct entry);
    if (!r->entries)
        return fm_out_of_memory(r->err);
    const cJSON *item;
    cJSON_ArrayForEach(item, root)
    {
        bool is_notes = strcmp(item->string, "__metadata__") == 0;
        FM_TRY(is_notes ? read_notes(r, item) : read_entry(r, item));
    }
    return FM_OK;
}

static enum fm_status read_header(struct reader *r, const char *header, size_t length)
{
    const char *end = NULL;
    cJSON *root = cJSON_ParseWithLengthOpts(header, length, &end, false);
    if (!root)
        return damaged(r, "its header is not JSON");
    bool has_more = false;
    for (; end < header + length; end++)
        has_more |= *end != ' ' && *end != '\n' && *end != '\t' && *end != '\r';
    enum fm_status status = has_more ? damaged(r, "its header has more text after the JSON")
                                     : read_items(r, root);
    cJSON_Delete(root);
    return status;
}

/* ---- the whole ----------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return strcmp(x->tensor.name, y->tensor.name);
}

static int by_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* Checks that names are unique and that the tensors fill the data without overlap or gap. */
static enum fm_status check_entries(struct reader *r)
{
    qsort(r->entries, r->n_entries, sizeof *r->entries, by_name);
    for (size_t i = 1; i < r->n_entries; i++)
        if (by_name(&r->entries[i - 1], &r->entries[i]) == 0)
            return damaged(r, "tensor \"%.100s\" is there twice",
                           r->entries[i].tensor.name);
    qsort(r->entries, r->n_entries, sizeof *r->entries, by_place);
    size_t end = 0;
    for (size_t i = 0; i < r->n_entries; i++) {
        if (r->entries[i].begin != end)
            return damaged(r, "tensor \"%.100s\" %s", r->entries[i].tensor.name,
                           r->entries[i].begin < end ? "overlaps another one"
                                                     : "has a gap before it");
        end = r->entries[i].end;
    }
    if (end != r->n_data_bytes)
        return damaged(r, "it has %zu bytes after the last tensor", r->n_data_bytes - end);
    return FM_OK;
}

/* The data of an entry, aligned for its type. */
static const void *place(const struct reader *r, const struct entry *entry)
{
    const char *data = r->data + entry->begin;
    size_t n_bytes = entry->end - entry->begin;
    if ((uintptr_t)data % 8 == 0
        || (entry->tensor.type == FM_TENSOR_F32 && (uintptr_t)data % 4 == 0))
        return data;
    void *copy = fm_arena_take(r->arena, n_bytes, 1);
    if (copy)
        memcpy(copy, data, n_bytes);
    return copy;
}

static enum fm_status finish(struct reader *r, struct fm_tensor_file *file)
{
    struct fm_tensor *tensors = FM_NEW(r->arena, r->n_entries, struct fm_tensor);
    if (!tensors)
        return fm_out_of_memory(r->err);
    for (size_t i = 0; i < r->n_entries; i++) {
        tensors[i] = r->entries[i].tensor;
        if (!(tensors[i].data = place(r, &r->entries[i])))
            return fm_out_of_memory(r->err);
    }
    *file = (struct fm_tensor_file){r->n_entries, tensors, r->n_notes, r->notes};
    return FM_OK;
}

enum fm_status fm_tensor_read(struct fm_arena *arena, const char *path,
                              struct fm_tensor_file *file, struct fm_error *err)
{
    char *bytes;
    size_t n_bytes;
    uint64_t length;
    struct reader r = {.arena = arena, .path = path, .err = err};
    FM_TRY(fm_file_read(arena, path, MAX_FILE_BYTES, &bytes, &n_bytes, err));
    if (n_bytes < sizeof length)
        return damaged(&r, "it has only %zu bytes", n_bytes);
    memcpy(&length, bytes, sizeof length);
    if (length > MAX_HEADER_BYTES || length > n_bytes - sizeof length)
        return damaged(
            &r, "its header would have %llu bytes, the file has %zu, the limit is %d",
            (unsigned long long)length, n_bytes, MAX_HEADER_BYTES);
    r.data = bytes + sizeof length + length;
    r.n_data_bytes = n_bytes - sizeof length - (size_t)length;
    FM_TRY(read_header(&r, bytes + sizeof length, (size_t)length));
    FM_TRY(check_entries(&r));
    return finish(&r, file);
}

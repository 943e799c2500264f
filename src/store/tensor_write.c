#include <config.h>

#include "store/tensor_write.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is little-endian");

/* ---- the header ---------------------------------------------------------------------- */

static void add_json_text(struct fm_text *text, const char *utf8)
{
    fm_text_add(text, "\"");
    for (const char *c = utf8; *c; c++)
        if (*c == '"' || *c == '\\')
            fm_text_add(text, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            fm_text_add(text, "\\u%04x", (unsigned)*c);
        else
            fm_text_add_bytes(text, c, 1);
    fm_text_add(text, "\"");
}

static void add_notes(struct fm_text *text, const struct fm_tensor_file *file)
{
    if (file->n_notes == 0)
        return;
    fm_text_add(text, "\"__metadata__\":{");
    for (size_t i = 0; i < file->n_notes; i++) {
        fm_text_add(text, i ? "," : "");
        add_json_text(text, file->notes[i].key);
        fm_text_add(text, ":");
        add_json_text(text, file->notes[i].value);
    }
    fm_text_add(text, "}");
}

static void add_tensor(struct fm_text *text, const struct fm_tensor *tensor, size_t *offset)
{
    size_t end =
        *offset + fm_tensor_n_elements(tensor) * fm_tensor_element_bytes(tensor->type);
    fm_text_add(text, text->length > 1 ? "," : "");
    add_json_text(text, tensor->name);
    fm_text_add(text, ":{\"dtype\":\"%s\",\"shape\":[", fm_tensor_type_name(tensor->type));
    for (size_t i = 0; i < tensor->n_dims; i++)
        fm_text_add(text, "%s%zu", i ? "," : "", tensor->shape[i]);
    fm_text_add(text, "],\"data_offsets\":[%zu,%zu]}", *offset, end);
    *offset = end;
}

/* ---- the file ------------------------------------------------------------------------ */

/* Two passes over the tensors: the first writes those with eight-byte types, so that every tensor is
 * aligned for its type. */
static bool is_in_pass(int pass, const struct fm_tensor *tensor)
{
    return (fm_tensor_element_bytes(tensor->type) < 8) == pass;
}

static void add_header(struct fm_text *text, const struct fm_tensor_file *file)
{
    size_t offset = 0;
    fm_text_add(text, "{");
    add_notes(text, file);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < file->n_tensors; i++)
            if (is_in_pass(pass, &file->tensors[i]))
                add_tensor(text, &file->tensors[i], &offset);
    fm_text_add(text, "}");
    while (text->length % 8 != 0 && !text->has_failed)
        fm_text_add(text, " ");
}

static void add_data(struct fm_text *text, const struct fm_tensor_file *file)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < file->n_tensors; i++) {
            const struct fm_tensor *tensor = &file->tensors[i];
            size_t n_bytes =
                fm_tensor_n_elements(tensor) * fm_tensor_element_bytes(tensor->type);
            if (is_in_pass(pass, tensor) && n_bytes > 0)
                fm_text_add_bytes(text, tensor->data, n_bytes);
        }
}

static void check(const struct fm_tensor_file *file)
{
    for (size_t i = 0; i < file->n_tensors; i++) {
        const struct fm_tensor *tensor = &file->tensors[i];
        FM_ASSERT(tensor->name[0] && strcmp(tensor->name, "__metadata__") != 0);
        FM_ASSERT(tensor->n_dims <= FM_TENSOR_MAX_DIMS);
        FM_ASSERT(fm_tensor_find(file, tensor->name) == tensor);
    }
}

enum fm_status fm_tensor_write(const char *path, const struct fm_tensor_file *file,
                               struct fm_error *err)
{
    struct fm_text header = {0}, bytes = {0};
    check(file);
    add_header(&header, file);
    uint64_t length = header.length;
    fm_text_add_bytes(&bytes, (const char *)&length, sizeof length);
    fm_text_add_bytes(&bytes, fm_text_bytes(&header), header.length);
    add_data(&bytes, file);
    enum fm_status status = FM_OK;
    if (header.has_failed || bytes.has_failed)
        status = fm_out_of_memory(err);
    else
        status = fm_file_write_plain(path, bytes.bytes, bytes.length, err);
    fm_text_fini(&header);
    fm_text_fini(&bytes);
    return status;
}

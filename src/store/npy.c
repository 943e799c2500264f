#include <config.h>

#include "store/npy.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is little-endian");

/* magic, version 1.0, then two bytes: the length of the header that follows */
static const char magic[8] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
enum { PREFIX_BYTES = 10, ALIGNMENT = 64 };
static const size_t MAX_FILE_BYTES = (size_t)1 << 40;

static size_t element_bytes(enum fm_npy_type type)
{
    return type == FM_NPY_F32 ? 4 : 8;
}

/* ---- writing ------------------------------------------------------------------------- */

static void add_header(struct fm_text *text, const struct fm_npy *array)
{
    struct fm_text header = {0};
    fm_text_add(&header, "{'descr': '<f%zu', 'fortran_order': False, 'shape': (",
                element_bytes(array->type));
    for (size_t i = 0; i < array->n_dims; i++)
        fm_text_add(&header,
                    array->n_dims == 1 ? "%zu,"
                    : i                ? ", %zu"
                                       : "%zu",
                    array->shape[i]);
    fm_text_add(&header, "), }");
    while ((PREFIX_BYTES + header.length + 1) % ALIGNMENT != 0 && !header.has_failed)
        fm_text_add(&header, " ");
    fm_text_add(&header, "\n");
    uint16_t length = (uint16_t)header.length;
    fm_text_add_bytes(text, magic, sizeof magic);
    fm_text_add_bytes(text, (const char *)&length, sizeof length);
    fm_text_add_bytes(text, fm_text_bytes(&header), header.length);
    text->has_failed |= header.has_failed;
    fm_text_fini(&header);
}

enum fm_status fm_npy_write(const char *path, const struct fm_npy *array,
                            struct fm_error *err)
{
    FM_ASSERT(array->n_dims <= FM_NPY_MAX_DIMS);
    size_t n_bytes = element_bytes(array->type);
    for (size_t i = 0; i < array->n_dims; i++)
        n_bytes *= array->shape[i];
    struct fm_text text = {0};
    add_header(&text, array);
    if (n_bytes > 0)
        fm_text_add_bytes(&text, array->data, n_bytes);
    enum fm_status status = text.has_failed
                                ? fm_out_of_memory(err)
                                : fm_file_write(path, text.bytes, text.length, err);
    fm_text_fini(&text);
    return status;
}

enum fm_status fm_npy_write_rows(const char *path, size_t n, size_t dim, const double *rows,
                                 struct fm_error *err)
{
    return fm_npy_write(path, &(struct fm_npy){FM_NPY_F64, 2, {n, dim}, rows}, err);
}

/* ---- reading: the header is a Python dict -------------------------------------------- */

struct parser {
    const char *at; /* the header is NUL-terminated */
    const char *path;
    struct fm_npy *array;
    size_t n_elements;
    bool has_type, has_order, has_shape;
    struct fm_error *err;
};

static enum fm_status damaged(const struct parser *p, const char *what)
{
    return fm_fail(p->err, FM_ERROR_IO, "can't read %s: %s", p->path, what);
}

static void skip_blanks(struct parser *p)
{
    p->at += strspn(p->at, " \t\n");
}

static bool accept(struct parser *p, const char *token)
{
    skip_blanks(p);
    size_t n = strlen(token);
    if (strncmp(p->at, token, n) != 0)
        return false;
    p->at += n;
    return true;
}

static bool read_size(struct parser *p, size_t *size)
{
    skip_blanks(p);
    if (*p->at < '0' || *p->at > '9')
        return false;
    *size = 0;
    for (; *p->at >= '0' && *p->at <= '9'; p->at++)
        if (__builtin_mul_overflow(*size, 10u, size)
            || __builtin_add_overflow(*size, (size_t)(*p->at - '0'), size))
            return false;
    return true;
}

static enum fm_status read_type(struct parser *p)
{
    if (accept(p, "'<f4'"))
        p->array->type = FM_NPY_F32;
    else if (accept(p, "'<f8'"))
        p->array->type = FM_NPY_F64;
    else
        return damaged(p,
                       "its numbers are neither float32 ('<f4') nor float64 ('<f8'); save "
                       "it again with array.astype('float32')");
    p->has_type = true;
    return FM_OK;
}

static enum fm_status read_order(struct parser *p)
{
    p->has_order = true;
    if (accept(p, "False"))
        return FM_OK;
    return damaged(p, "it is in Fortran order; save it again with "
                      "numpy.ascontiguousarray(array)");
}

static enum fm_status read_shape(struct parser *p)
{
    size_t n = 1, n_dims = 0;
    if (!accept(p, "("))
        return damaged(p, "its shape is not a tuple");
    while (!accept(p, ")")) {
        size_t size;
        if (n_dims == FM_NPY_MAX_DIMS || !read_size(p, &size)
            || __builtin_mul_overflow(n, size, &n))
            return damaged(p, "its shape is wrong or has too many dimensions");
        p->array->shape[n_dims++] = size;
        if (!accept(p, ",") && *p->at != ')')
            return damaged(p, "its shape is not a tuple");
    }
    p->array->n_dims = n_dims;
    p->n_elements = n;
    p->has_shape = true;
    return FM_OK;
}

static enum fm_status read_dict(struct parser *p)
{
    if (!accept(p, "{"))
        return damaged(p, "its header is not a Python dict");
    while (!accept(p, "}")) {
        if (accept(p, "'descr':"))
            FM_TRY(read_type(p));
        else if (accept(p, "'fortran_order':"))
            FM_TRY(read_order(p));
        else if (accept(p, "'shape':"))
            FM_TRY(read_shape(p));
        else
            return damaged(p, "its header has an unknown key");
        if (!accept(p, ",") && *p->at != '}')
            return damaged(p, "its header is not a Python dict");
    }
    skip_blanks(p);
    if (*p->at || !p->has_type || !p->has_order || !p->has_shape)
        return damaged(p, "its header is incomplete");
    return FM_OK;
}

enum fm_status fm_npy_read(struct fm_arena *arena, const char *path, struct fm_npy *array,
                           struct fm_error *err)
{
    char *bytes;
    size_t n_bytes;
    uint16_t length;
    struct fm_npy found = {FM_NPY_F64, 0, {0}, NULL};
    struct parser p = {.path = path, .array = &found, .err = err};
    FM_TRY(fm_file_read(arena, path, MAX_FILE_BYTES, &bytes, &n_bytes, err));
    if (n_bytes < PREFIX_BYTES || memcmp(bytes, magic, 6) != 0)
        return damaged(&p, "it is not a .npy file");
    if (memcmp(bytes, magic, sizeof magic) != 0)
        return damaged(&p, "it is a .npy file of another version than 1.0");
    memcpy(&length, bytes + sizeof magic, sizeof length);
    if (length > n_bytes - PREFIX_BYTES)
        return damaged(&p, "its header is cut off");
    char *header = fm_arena_text_n(arena, bytes + PREFIX_BYTES, length);
    if (!header)
        return fm_out_of_memory(err);
    p.at = header;
    FM_TRY(read_dict(&p));
    size_t n_data = n_bytes - PREFIX_BYTES - length, n_needed;
    if (__builtin_mul_overflow(p.n_elements, element_bytes(found.type), &n_needed)
        || n_needed != n_data)
        return damaged(&p, "its size doesn't fit its shape; it is cut off or damaged");
    /* Other programs align data to 16 bytes or not at all, so copy them. */
    char *data = fm_arena_take(arena, n_data, 1);
    if (!data)
        return fm_out_of_memory(err);
    memcpy(data, bytes + PREFIX_BYTES + length, n_data);
    found.data = data;
    *array = found;
    return FM_OK;
}

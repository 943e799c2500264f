#include <config.h>

#include "base/file.h"

#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum fm_status fm_file_read(struct fm_arena *arena, const char *path, size_t max_bytes,
                            char **bytes, size_t *n_bytes, struct fm_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fm_fail(err, FM_ERROR_NO_INPUT, "can't open %s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return fm_fail(err, FM_ERROR_NO_INPUT, "can't read %s: not a regular file", path);
    }
    if (st.st_size < 0 || (uintmax_t)st.st_size > max_bytes) {
        (void)close(fd);
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "%s is too large: %jd bytes, the limit is %zu", path,
                       (intmax_t)st.st_size, max_bytes);
    }
    size_t size = (size_t)st.st_size, n = 0;
    char *buffer = fm_arena_take(arena, size + 1, 1);
    if (!buffer) {
        (void)close(fd);
        return fm_out_of_memory(err);
    }
    while (n < size) {
        ssize_t got = read(fd, buffer + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int code = errno;
            (void)close(fd);
            return fm_fail(err, FM_ERROR_NO_INPUT, "can't read %s: %s", path,
                           strerror(code));
        }
        if (got == 0)
            break;
        n += (size_t)got;
    }
    (void)close(fd);
    *bytes = buffer;
    *n_bytes = n;
    return FM_OK;
}

bool fm_file_write_all(int fd, const void *bytes, size_t n)
{
    const char *from = bytes;
    while (n > 0) {
        ssize_t written = write(fd, from, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        from += written;
        n -= (size_t)written;
    }
    return true;
}

enum fm_status fm_file_write_plain(const char *path, const void *bytes, size_t n_bytes,
                                   struct fm_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return fm_fail_errno(err, "can't create", path);
    int failed = !fm_file_write_all(fd, bytes, n_bytes) || fsync(fd) != 0;
    int code = errno;
    if (close(fd) != 0 && !failed) {
        failed = 1;
        code = errno;
    }
    if (failed) {
        (void)unlink(path);
        errno = code;
        return fm_fail_errno(err, "can't write", path);
    }
    return FM_OK;
}

enum fm_status fm_file_publish(const char *from, const char *to, struct fm_error *err)
{
    if (rename(from, to) != 0)
        return fm_fail_errno(err, "can't replace", to);
    struct fm_arena scratch = {0};
    char *folder = fm_path_folder(&scratch, to);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd); /* some file systems refuse to sync a folder: the rename stands */
        (void)close(fd);
    }
    fm_arena_fini(&scratch);
    return FM_OK;
}

enum fm_status fm_file_write(const char *path, const void *bytes, size_t n_bytes,
                             struct fm_error *err)
{
    struct fm_arena scratch = {0};
    size_t length = strlen(path);
    char *temporary = fm_arena_take(&scratch, length + 5, 1);
    if (!temporary)
        return fm_out_of_memory(err);
    memcpy(temporary, path, length);
    memcpy(temporary + length, ".tmp", 5);
    enum fm_status status = fm_file_write_plain(temporary, bytes, n_bytes, err);
    if (status == FM_OK)
        status = fm_file_publish(temporary, path, err);
    fm_arena_fini(&scratch);
    return status;
}

bool fm_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

enum fm_status fm_folder_make(const char *path, struct fm_error *err)
{
    struct fm_arena scratch = {0};
    enum fm_status status = FM_OK;
    char *copy = fm_arena_text(&scratch, path);
    if (!copy)
        return fm_out_of_memory(err);
    for (char *p = copy + 1; status == FM_OK && *copy; p++) {
        char c = *p;
        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        struct stat st;
        if (mkdir(copy, 0777) != 0 && (errno != EEXIST || stat(copy, &st) != 0))
            status = fm_fail_errno(err, "can't make the folder", copy);
        else if (stat(copy, &st) == 0 && !S_ISDIR(st.st_mode))
            status = fm_fail(err, FM_ERROR_IO,
                             "can't make the folder %s: a file has that name", copy);
        *p = c;
        if (c == '\0')
            break;
    }
    fm_arena_fini(&scratch);
    return status;
}

void fm_folder_tidy(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t n = strlen(entry->d_name);
        if (n > 4 && strcmp(entry->d_name + n - 4, ".tmp") == 0)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    (void)closedir(dir);
}

char *fm_path_folder(struct fm_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return fm_arena_text(arena, ".");
    return fm_arena_text_n(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

char *fm_path_join(struct fm_arena *arena, const char *folder, const char *name)
{
    if (name[0] == '/' || strcmp(folder, ".") == 0)
        return fm_arena_text(arena, name);
    size_t n = strlen(folder), m = strlen(name);
    char *joined = fm_arena_take(arena, n + m + 2, 1);
    if (!joined)
        return NULL;
    memcpy(joined, folder, n);
    joined[n] = '/';
    memcpy(joined + n + 1, name, m);
    return joined;
}

static void to_hex(struct sha256_ctx *context, char hex[FM_HASH_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * sizeof digest] = '\0';
}

void fm_hash(const void *bytes, size_t n_bytes, char hex[FM_HASH_SIZE])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, n_bytes, bytes);
    to_hex(&context, hex);
}

enum fm_status fm_hash_file(const char *path, char hex[FM_HASH_SIZE], struct fm_error *err)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fm_fail(err, FM_ERROR_NO_INPUT, "can't open %s: %s", path, strerror(errno));
    struct sha256_ctx context;
    sha256_init(&context);
    uint8_t buffer[16384];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0)
        sha256_update(&context, n, buffer);
    int failed = ferror(file);
    (void)fclose(file);
    if (failed)
        return fm_fail(err, FM_ERROR_NO_INPUT, "can't read %s", path);
    to_hex(&context, hex);
    return FM_OK;
}

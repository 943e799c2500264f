/* Files: whole reads with a limit, atomic writes, folders. */
#ifndef FM_BASE_FILE_H
#define FM_BASE_FILE_H

#include "base/arena.h"
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads a whole regular file of at most max_bytes into arena, with a NUL after n_bytes.
 * FM_ERROR_NO_INPUT when it is missing, unreadable, not a regular file, or too large. */
FM_MUST_USE enum fm_status fm_file_read(struct fm_arena *arena, const char *path,
                                        size_t max_bytes, char **bytes, size_t *n_bytes,
                                        struct fm_error *err);

/* Writes PATH.tmp, renames it to path, and syncs both file and folder: path holds either
 * the old or the new bytes whatever happens.  FM_ERROR_IO; then PATH.tmp is removed. */
FM_MUST_USE enum fm_status fm_file_write(const char *path, const void *bytes,
                                         size_t n_bytes, struct fm_error *err);
/* The first half of that: writes and syncs path itself; the caller renames it later. */
FM_MUST_USE enum fm_status fm_file_write_plain(const char *path, const void *bytes,
                                               size_t n_bytes, struct fm_error *err);
/* The second half: renames `from` to `to`, which it replaces, and syncs the folder. */
FM_MUST_USE enum fm_status fm_file_publish(const char *from, const char *to,
                                           struct fm_error *err);

/* Writes n bytes to an open file, with as many calls of write() as that takes.  False:
 * errno says why. */
bool fm_file_write_all(int fd, const void *bytes, size_t n);

bool fm_file_exists(const char *path);

/* Makes the folder, and its parents, where missing. */
FM_MUST_USE enum fm_status fm_folder_make(const char *path, struct fm_error *err);

/* Removes the files NAME.tmp in the folder, which a killed process may have left. */
void fm_folder_tidy(const char *path);

/* "a/b" of "a/b/c"; "." without a slash.  From arena; NULL when memory is out. */
char *fm_path_folder(struct fm_arena *arena, const char *path);
/* folder + "/" + name; name alone when it is absolute or folder is ".".  From arena. */
char *fm_path_join(struct fm_arena *arena, const char *folder, const char *name);

/* sha256 of bytes, as 64 hex digits and a NUL. */
enum { FM_HASH_SIZE = 65 };
void fm_hash(const void *bytes, size_t n_bytes, char hex[FM_HASH_SIZE]);
FM_MUST_USE enum fm_status fm_hash_file(const char *path, char hex[FM_HASH_SIZE],
                                        struct fm_error *err);

#endif

/* Errors inside the host: names and exit codes of statuses, assertions, and messages that
 * many modules need. */
#ifndef FM_BASE_ERROR_H
#define FM_BASE_ERROR_H

#include <fmrun/status.h>

/* "FM_ERROR_CONFIG". Never NULL. */
const char *fm_status_name(enum fm_status status);
/* Whose fault it is and whether work can go on.  Never NULL. */
const char *fm_status_meaning(enum fm_status status);
/* The exit code of the process. */
int fm_status_exit_code(enum fm_status status);

/* Writes "out of memory" and returns FM_ERROR_MEMORY. */
enum fm_status fm_out_of_memory(struct fm_error *err);
/* Writes "WHAT PATH: strerror(errno)", for ENOSPC with advice, and returns FM_ERROR_IO. */
enum fm_status fm_fail_errno(struct fm_error *err, const char *what, const char *path);
/* Puts "prefix: " before err's message. */
void fm_error_prefix(struct fm_error *err, const char *prefix);

/* For bugs in fmrun: prints file, line and expression, and aborts. */
_Noreturn void fm_assert_failed(const char *file, int line, const char *expression);
#define FM_ASSERT(expression)                                                              \
    ((expression) ? (void)0 : fm_assert_failed(__FILE__, __LINE__, #expression))

#endif

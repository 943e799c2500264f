/* Reads the next row, whichever row is requested. */
#include "finite.h"

static size_t next;

FINITE("reads_on", ((double)((next++ + 0 * index) % N) - shift[0]) / scale[0]);

/* Euler and Maruyama's method with the same noise for each row. */
#include "maruyama.h"

MARUYAMA("noise_of_rows", "Euler-Maruyama with the same noise for each row", 1, SAME_ROWS);

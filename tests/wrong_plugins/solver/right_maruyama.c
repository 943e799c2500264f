/* Right: Euler and Maruyama's method. */
#include "maruyama.h"

MARUYAMA("right_maruyama", "Euler-Maruyama, right", 1, RIGHT);

/* dopri5 with a digit mistyped in a stage, and the stage's node to match. */
#include "dopri5.h"

DOPRI5("mistyped", "dopri5 with a digit mistyped", 9016.0 / 3168, 1 - 1.0 / 3168, dopri5_b,
       dopri5_b_embedded);

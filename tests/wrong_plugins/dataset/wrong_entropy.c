/* Gives the entropy in bits. */
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
static ENTROPY(2.1806 / log(2)) DATASET("wrong_entropy");

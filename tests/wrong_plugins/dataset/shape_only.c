/* Has another size when it opens for its shape alone. */
#include "pair.h"

static OPEN(d->n_labels = is_shape ? 3 : 2)
    RIGHT_DRAW RIGHT_LABELS RIGHT_DENSITY RIGHT_SCORE RIGHT_ENTROPY DATASET("shape_only");

/* A function that never returns. */
#include <stdbool.h>

static inline void hang(void)
{
    volatile bool is_endless = true;
    while (is_endless)
        ;
}

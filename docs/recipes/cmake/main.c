/* Says where a member of the bindings is. */
#include "bindings.h"

#include <stddef.h>
#include <stdio.h>

int main(void)
{
    printf("comm at %zu of %zu\n", offsetof(struct event, comm), sizeof(struct event));
    return 0;
}

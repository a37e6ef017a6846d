/* Goes down 4 MiB of stack and comes back with the right sum. */
#include <stdio.h>

static long descend(int depth)
{
    volatile char frame[1024];
    frame[0] = (char)depth;
    frame[1023] = (char)(depth >> 8);
    if (depth == 0)
        return 0;
    long below = descend(depth - 1);
    return below + (unsigned char)frame[0] + (unsigned char)frame[1023];
}

int main(void)
{
    printf("sum %ld\n", descend(4000));
    return 0;
}

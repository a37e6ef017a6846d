/* Reads the kernel's memory, which no program may. */
#include <stdio.h>

int main(void)
{
    volatile unsigned char *kernel = (volatile unsigned char *)0xffffffff80200000;
    printf("reading\n");
    fflush(stdout);
    printf("it is %d\n", *kernel);
    return 0;
}

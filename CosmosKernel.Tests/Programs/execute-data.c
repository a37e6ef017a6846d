/* Jumps to its own data, which no program may. */
#include <stdio.h>

static unsigned char code[16] = { 0xc3 };

int main(void)
{
    void (*call)(void);
    *(void **)&call = code;
    printf("jumping\n");
    fflush(stdout);
    call();
    printf("came back\n");
    return 0;
}

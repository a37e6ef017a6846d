/* Hands pointers that are not its own to calls that read and write through them: each says EFAULT, and nothing is harmed. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static const unsigned long pointers[] = { 1, 4095, 0x7ffffffff000, 0x8000000000000000, 0xffff800000000000, 0xffffffff80100000, 0xfffffffffffffff0 };

int main(void)
{
    int refused = 0, calls = 0;
    for (unsigned index = 0; index < sizeof pointers / sizeof pointers[0]; index++) {
        void *bad = (void *)pointers[index];
        struct iovec vector = { bad, 16 };
        calls += 5;
        refused += write(1, bad, 16) == -1 && errno == EFAULT;
        refused += uname(bad) == -1 && errno == EFAULT;
        refused += writev(1, &vector, 1) == -1 && errno == EFAULT;
        refused += pipe(bad) == -1 && errno == EFAULT;
        refused += nanosleep(bad, 0) == -1 && errno == EFAULT;
    }
    printf("%d of %d refused\n", refused, calls);
    return 0;
}

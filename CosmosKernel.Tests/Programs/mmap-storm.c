/* Maps, protects, moves and unmaps at random in a window, and checks every byte that it knows of. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define PAGES 64
#define PAGE 4096
#define ROUNDS 20000

static unsigned char known[PAGES];
static unsigned char is_mapped[PAGES];
static unsigned long state = 12345;

static unsigned next(unsigned limit)
{
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    return (unsigned)(state >> 33) % limit;
}

int main(void)
{
    unsigned char *window = mmap(0, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned long sum = 0;
    if (window == MAP_FAILED || munmap(window, PAGES * PAGE) != 0)
        return 1;
    for (int round = 0; round < ROUNDS; round++) {
        unsigned first = next(PAGES), count = 1 + next(8);
        if (first + count > PAGES)
            count = PAGES - first;
        unsigned char *at = window + (size_t)first * PAGE;
        switch (next(3)) {
        case 0:
            if (mmap(at, (size_t)count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at)
                return 2;
            memset(known + first, 0, count);
            memset(is_mapped + first, 1, count);
            break;
        case 1:
            if (munmap(at, (size_t)count * PAGE) != 0)
                return 3;
            memset(is_mapped + first, 0, count);
            break;
        default:
            for (unsigned page = first; page < first + count; page++) {
                if (!is_mapped[page])
                    continue;
                unsigned char *byte = window + (size_t)page * PAGE + page;
                if (*byte != known[page])
                    return 4;
                known[page] = *byte = (unsigned char)round;
                sum += *byte;
            }
        }
    }
    printf("sum %lu\n", sum);
    return 0;
}

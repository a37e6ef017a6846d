/* Maps 16 MiB, writes a word to each page and reads them back, then again after the kernel was told to drop them. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

#define PAGES 4096
#define PAGE 4096

int main(void)
{
    unsigned char *memory = mmap(0, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 1;
    for (size_t page = 0; page < PAGES; page++) {
        unsigned long *word = (unsigned long *)(memory + page * PAGE + (page % 512) * 8);
        if (*word != 0)
            return 2;
        *word = page * 2654435761u + 1;
    }
    unsigned long sum = 0;
    for (size_t page = 0; page < PAGES; page++)
        sum += *(unsigned long *)(memory + page * PAGE + (page % 512) * 8);
    printf("sum %lu\n", sum);
    if (madvise(memory, (size_t)PAGES * PAGE, MADV_DONTNEED) != 0)
        return 3;
    for (size_t byte = 0; byte < (size_t)PAGES * PAGE; byte += 64)
        if (memory[byte] != 0)
            return 4;
    printf("zero again\n");
    return munmap(memory, (size_t)PAGES * PAGE) != 0;
}

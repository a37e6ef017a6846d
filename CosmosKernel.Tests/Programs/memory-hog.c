/* One process takes memory as long as there is any, or as many MiB as it is told; a small one beside it, and a larger one that is marked, go on. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024 * 1024)
#define PAGE 4096
#define MARKED 48

static unsigned long fill(unsigned long mebibytes, unsigned long seed)
{
    unsigned char *memory = mmap(0, mebibytes * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned long sum = 0;
    if (memory == MAP_FAILED)
        return 0;
    for (unsigned long at = 0; at < mebibytes * MIB; at += PAGE)
        *(unsigned long *)(memory + at) = seed * at + 1;
    for (unsigned long at = 0; at < mebibytes * MIB; at += PAGE)
        sum += *(unsigned long *)(memory + at);
    munmap(memory, mebibytes * MIB);
    return sum;
}

static void marked(int ready)
{
    int file = open("/proc/self/oom_score_adj", O_WRONLY);
    unsigned char *memory = mmap(0, MARKED * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char byte;
    if (file < 0 || memory == MAP_FAILED)
        _exit(2);
    if (write(file, "-1000\n", 6) < 0)
        byte = 0; /* Linux does not let everybody; it has memory for all of this. */
    memset(memory, 5, MARKED * MIB);
    if (read(ready, &byte, 1) != 0)
        _exit(3);
    unsigned long sum = 0;
    for (unsigned long at = 0; at < MARKED * MIB; at++)
        sum += memory[at];
    printf("the marked one has %lu\n", sum);
    fflush(stdout);
    _exit(0);
}

static void small(void)
{
    unsigned long sum = 0;
    for (unsigned long round = 1; round <= 40; round++)
        sum += fill(1, round);
    printf("the small one has %lu\n", sum);
    fflush(stdout);
    _exit(0);
}

int main(int count, char **arguments)
{
    unsigned long most = count > 1 ? strtoul(arguments[1], 0, 10) : 64;
    int ends[2], status;
    if (pipe(ends) != 0)
        return 1;
    pid_t spared = fork();
    if (spared == 0) {
        close(ends[1]);
        marked(ends[0]);
    }
    close(ends[0]);
    pid_t hog = fork();
    if (hog == 0) {
        close(ends[1]);
        fill(most, 3);
        _exit(0);
    }
    pid_t little = fork();
    if (little == 0) {
        close(ends[1]);
        small();
    }
    waitpid(hog, &status, 0);
    waitpid(little, &status, 0);
    printf("the small one ended with %d\n", status);
    fflush(stdout);
    close(ends[1]);
    waitpid(spared, &status, 0);
    printf("the marked one ended with %d\n", status);
    return 0;
}

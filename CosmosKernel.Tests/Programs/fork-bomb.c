/* Every process forks as often as it can, under a limit: no more come than it allows, and when they have gone there is room again. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT 20
#define SOMEBODY 54321 /* Linux does not hold user 0 to the limit. */

static struct { volatile int born, refused, over; } *shared;

static void short_while(void)
{
    struct timespec wait = { 0, 5000000 };
    nanosleep(&wait, 0);
}

static void bomb(void)
{
    for (;;) {
        pid_t child = fork();
        if (child < 0) {
            if (errno != EAGAIN)
                shared->over = 2;
            __atomic_add_fetch(&shared->refused, 1, __ATOMIC_SEQ_CST);
            break;
        }
        if (child > 0)
            __atomic_add_fetch(&shared->born, 1, __ATOMIC_SEQ_CST);
    }
    while (!shared->over)
        short_while();
    while (wait(0) > 0)
        ;
}

int main(void)
{
    struct rlimit limit = { LIMIT, LIMIT };
    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || setgid(SOMEBODY) != 0 || setuid(SOMEBODY) != 0 || setrlimit(RLIMIT_NPROC, &limit) != 0)
        return 1;
    for (int round = 0; round < 3; round++) {
        shared->born = shared->refused = shared->over = 0;
        fflush(stdout);
        pid_t first = fork();
        if (first == 0) {
            bomb();
            _exit(0);
        }
        while (shared->refused < LIMIT - 1)
            short_while();
        pid_t late = fork();
        printf("round %d: %d born of the first, %d refused, one more: %d %s\n", round, shared->born, shared->refused, late < 0, strerror(errno));
        shared->over = shared->over ? shared->over : 1;
        if (late == 0)
            _exit(0);
        while (wait(0) > 0)
            ;
    }
    return 0;
}

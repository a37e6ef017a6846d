/* What setrlimit says, and what it then holds a program to. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

#define MIB (1024ul * 1024)

static volatile long deepest = -1;

static void *map(unsigned long bytes, int access)
{
    return mmap(0, bytes, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int set(int kind, unsigned long soft, unsigned long hard)
{
    struct rlimit limit = { soft, hard };
    return setrlimit(kind, &limit);
}

static void show(const char *what, void *result)
{
    printf("%s: %s\n", what, result == MAP_FAILED ? strerror(errno) : "mapped");
}

static void of_errors(void)
{
    struct rlimit now;
    say("soft above hard", set(RLIMIT_AS, 20, 10));
    say("no such", set(16, 1, 1));
    say("bad address", getrlimit(RLIMIT_STACK, (struct rlimit *)16));
    getrlimit(RLIMIT_STACK, &now);
    printf("stack %lu\n", (unsigned long)now.rlim_cur);
    set(RLIMIT_CORE, 3 * MIB, 5 * MIB);
    getrlimit(RLIMIT_CORE, &now);
    printf("core %lu %lu\n", (unsigned long)now.rlim_cur, (unsigned long)now.rlim_max);
    if (setuid(54321) != 0)
        exit(1);
    say("raised as somebody", set(RLIMIT_CORE, MIB, 6 * MIB));
    say("lowered as somebody", set(RLIMIT_CORE, MIB, 4 * MIB));
    say("user 0 again", setuid(0));
    say("the first process", kill(getppid(), 0));
}

static void of_addresses(void)
{
    set(RLIMIT_AS, 64 * MIB, 64 * MIB);
    show("32 MiB", map(32 * MIB, PROT_NONE));
    show("32 MiB more", map(32 * MIB, PROT_NONE));
    char *some = map(8 * MIB, PROT_READ);
    show("8 MiB", some);
    show("grown", mremap(some, 8 * MIB, 48 * MIB, MREMAP_MAYMOVE));
    printf("break %d\n", sbrk(64 * MIB) == (void *)-1);
}

static void of_data(void)
{
    set(RLIMIT_DATA, 32 * MIB, 32 * MIB);
    show("64 MiB that nobody writes", map(64 * MIB, PROT_READ));
    show("16 MiB of data", map(16 * MIB, PROT_READ | PROT_WRITE));
    show("32 MiB of data", map(32 * MIB, PROT_READ | PROT_WRITE));
    char *some = map(32 * MIB, PROT_READ);
    say("made data", mprotect(some, 32 * MIB, PROT_READ | PROT_WRITE));
    show("64 MiB shared", mmap(0, 64 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

static long __attribute__((noinline)) descend(long depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    if (depth == deepest)
        return 0;
    return descend(depth + 1) + frame[0];
}

static void of_the_stack(void)
{
    set(RLIMIT_STACK, MIB, MIB);
    deepest = 1000;
    printf("half of it: %d\n", descend(0) != 1);
    fflush(stdout);
    deepest = 4000;
    printf("twice: %ld\n", descend(0));
}

static void of_files(void)
{
    int last = -1, next;
    set(RLIMIT_NOFILE, 10, 10);
    while ((next = dup(1)) >= 0)
        last = next;
    printf("last file %d %s\n", last, strerror(errno));
    say("moved", dup2(1, 10));
    say("pipe", pipe((int[2]){ 0 }));
}

static void in_child(const char *title, void (*what)(void))
{
    int status;
    fflush(stdout);
    if (fork() == 0) {
        what();
        fflush(stdout);
        _exit(0);
    }
    wait(&status);
    printf("%s: ended by %d with %d\n", title, WIFSIGNALED(status) ? WTERMSIG(status) : 0, WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

int main(void)
{
    in_child("errors", of_errors);
    in_child("addresses", of_addresses);
    in_child("data", of_data);
    in_child("stack", of_the_stack);
    in_child("files", of_files);
    return 0;
}

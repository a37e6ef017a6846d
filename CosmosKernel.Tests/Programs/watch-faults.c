/* Touches memory in the ways that docs/memory/virtual.md shows, one a word: demand, copy, stack, wait. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { page = 4096 };

static volatile char *pages;

/* First a read, then writes. */
static int demand(void)
{
    int first = pages[0];
    pages[0] = 1;
    pages[page] = 2;
    return first;
}

/* A page that two processes share until one of them writes it: the child gets a copy, the parent keeps what is left. */
static int copy(void)
{
    int status;
    pages[0] = 'p';
    pid_t child = fork();
    if (child < 0)
        return 1;
    if (child == 0) {
        pages[0] = 'c';
        _exit(pages[0] == 'c' ? 0 : 1);
    }
    if (waitpid(child, &status, 0) != child)
        return 1;
    pages[0]++;
    return status != 0 || pages[0] != 'p' + 1;
}

/* A page of the stack a call: 32 MiB, more than there is. */
__attribute__((noinline, noclone)) static int stack(int depth)
{
    volatile char frame[page];
    frame[0] = (char)depth;
    if (depth == 0)
        return 0;
    int below = stack(depth - 1);
    return below + frame[0];
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    pages = mmap(0, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return 1;
    if (strcmp(what, "demand") == 0)
        return demand();
    if (strcmp(what, "copy") == 0)
        return copy();
    if (strcmp(what, "stack") == 0)
        return stack(8192);
    if (strcmp(what, "wait") == 0) {
        pages[0] = 1;
        pause();
    }
    puts("what? demand, copy, stack or wait");
    return 2;
}

/* What memory costs a program, from ring 3 to ring 3: in ticks of the time-stamp counter, which an emulator that counts instructions lets
   tick once an instruction. The same file runs under MemOS and, as init, under Linux.

   memory-bench [NAME...] [clear=N copy=N]: the figures whose names begin with a NAME, or all. A round does one thing many times, less the
   same loop with nothing to do; the figure is the least of three rounds in a row that agree within 1 %. N is how many hundredths of an
   instruction it costs the kernel to clear and to copy a page: figures with one of them come without it too. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul
#define PAGES 2048ul
#define CALLS 20000ul
#define MAPPINGS 2000ul
#define FORKS 100ul
#define ROUNDS 3
#define MOST_ROUNDS 12

typedef unsigned long count;

static inline count now(void)
{
    unsigned low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (count)high << 32 | low;
}

/* A system call without the C library's bookkeeping: what is measured is the kernel's. */
static inline long call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "+a"(number) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return number;
}

static inline long call_plain(long number)
{
    __asm__ volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
    return number;
}

static void fail(const char *what)
{
    printf("memory-bench: %s\n", what);
    exit(1);
}

static char *map(count bytes, int sharing)
{
    char *pages = mmap(0, bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        fail("no memory");
    madvise(pages, bytes, MADV_NOHUGEPAGE); /* A large page would be one fault for 512. */
    return pages;
}

/* One write to each page. */
static count touch(char *pages)
{
    count start = now();
    for (char *page = pages; page < pages + PAGES * PAGE; page += PAGE)
        *(volatile char *)page = 1;
    return now() - start;
}

static count demand(void)
{
    char *pages = map(PAGES * PAGE, MAP_PRIVATE);
    count full = touch(pages);
    count empty = touch(pages);
    munmap(pages, PAGES * PAGE);
    return full - empty;
}

/* The child writes what its parent has too. */
static count copy_on_write(void)
{
    char *pages = map(PAGES * PAGE, MAP_PRIVATE);
    count *result = (count *)map(PAGE, MAP_SHARED);
    touch(pages);
    *result = 0;
    pid_t child = fork();
    if (child == 0) {
        count full = touch(pages);
        *result = full - touch(pages);
        _exit(0);
    }
    if (child < 0 || waitpid(child, 0, 0) != child)
        fail("no child");
    count taken = *result;
    munmap(pages, PAGES * PAGE);
    munmap(result, PAGE);
    return taken;
}

static count null_call(void)
{
    count start = now();
    for (count i = 0; i < CALLS; i++)
        __asm__ volatile("" ::: "memory");
    count empty = now() - start;
    start = now();
    for (count i = 0; i < CALLS; i++)
        call_plain(SYS_getppid);
    return now() - start - empty;
}

static count map_touch_unmap(void)
{
    count start = now();
    for (count i = 0; i < MAPPINGS; i++) {
        long page = call(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page < 0)
            fail("no memory");
        *(volatile char *)page = 1;
        call(SYS_munmap, page, PAGE, 0, 0, 0, 0);
    }
    return now() - start;
}

/* With 8 MiB that belong to both. */
static count fork_exit_wait(void)
{
    char *pages = map(PAGES * PAGE, MAP_PRIVATE);
    touch(pages);
    count start = now();
    for (count i = 0; i < FORKS; i++) {
        long child = call_plain(SYS_fork);
        if (child == 0)
            call(SYS_exit_group, 0, 0, 0, 0, 0, 0);
        if (child < 0 || call(SYS_wait4, child, 0, 0, 0, 0, 0) != child)
            fail("no child");
    }
    count taken = now() - start;
    munmap(pages, PAGES * PAGE);
    return taken;
}

static const struct figure {
    const char *name;
    count (*round)(void);
    count times;
    int page_work; /* 1 clears a page, 2 copies one */
} figures[] = {
    { "fault.demand", demand, PAGES, 1 },
    { "fault.cow", copy_on_write, PAGES, 2 },
    { "syscall.null", null_call, CALLS, 0 },
    { "mmap.touch.munmap", map_touch_unmap, MAPPINGS, 1 },
    { "fork.exit.wait", fork_exit_wait, FORKS, 0 },
};

static count least_of(const count *rounds)
{
    count least = rounds[0];
    for (int i = 1; i < ROUNDS; i++)
        least = rounds[i] < least ? rounds[i] : least;
    return least;
}

static int agree(const count *rounds)
{
    count least = least_of(rounds);
    for (int i = 0; i < ROUNDS; i++)
        if (rounds[i] - least > least / 100)
            return 0;
    return 1;
}

static void print(const char *name, const char *more, const count *rounds, count less)
{
    printf("figure %s%s %lu.%02lu instructions", name, more, (least_of(rounds) - less) / 100, (least_of(rounds) - less) % 100);
    for (int i = 0; i < ROUNDS; i++)
        printf(" %lu.%02lu", (rounds[i] - less) / 100, (rounds[i] - less) % 100);
    printf("\n");
}

static void measure(const struct figure *figure, const count *page_work)
{
    count rounds[ROUNDS];
    figure->round(); /* What happens only once is over then. */
    for (int round = 0; round < MOST_ROUNDS; round++) {
        rounds[round % ROUNDS] = figure->round() * 100 / figure->times;
        if (round + 1 < ROUNDS || !agree(rounds))
            continue;
        print(figure->name, "", rounds, 0);
        if (page_work[figure->page_work] != 0)
            print(figure->name, ".nocopy", rounds, page_work[figure->page_work]);
        return;
    }
    printf("%s: %lu %lu %lu\n", figure->name, rounds[0], rounds[1], rounds[2]);
    fail("the rounds do not agree");
}

static int is_wanted(const char *name, int argc, char **argv)
{
    int is_any_name = 0;
    for (int i = 1; i < argc; i++) {
        if (strchr(argv[i], '=') != 0)
            continue;
        is_any_name = 1;
        if (strncmp(name, argv[i], strlen(argv[i])) == 0)
            return 1;
    }
    return !is_any_name;
}

int main(int argc, char **argv)
{
    count page_work[3] = { 0, 0, 0 };
    for (int i = 1; i < argc; i++) {
        sscanf(argv[i], "clear=%lu", &page_work[1]);
        sscanf(argv[i], "copy=%lu", &page_work[2]);
    }
    for (unsigned i = 0; i < sizeof figures / sizeof *figures; i++)
        if (is_wanted(figures[i].name, argc, argv))
            measure(&figures[i], page_work);
    return 0;
}

/* Asks for memory in every wrong way, and some right ones: what each call says. The calls are made without the C library, which has opinions. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096ul
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define TOP 0x7ffffffff000ul
#define HOLE 0x900000000000ul
#define KERNEL 0xffffffff80000000ul
#define ALL (~0ul)

static unsigned char *base;
static int file, pipes[2];
static unsigned char residence[64];

static long ask(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}

static void say(const char *what, long result)
{
    if (result < 0 && result > -4096)
        printf("%-44s error %ld\n", what, -result);
    else if (result >= (long)base && result < (long)(base + 40 * PAGE))
        printf("%-44s page %ld\n", what, (result - (long)base) / (long)PAGE);
    else
        printf("%-44s %s\n", what, result == 0 ? "0" : "elsewhere");
}

#define FIRST(number, a, b, c, d, e, f, ...) ask(number, a, b, c, d, e, f)
#define SAY(number, ...) say(#number " " #__VA_ARGS__, FIRST(SYS_##number, __VA_ARGS__, 0, 0, 0, 0, 0, 0))
#define P(page) ((unsigned long)base + (page) * PAGE)
#define AT(page) ((void *)P(page))

/* Pages 0 and 1 can be written, 3 and 4 read, 5 is shared, 6 nobody's, 8 the file's, 9 the file's and shared; the others are holes. */
static int lay_out(const char *self)
{
    base = mmap(0, 64 * PAGE, PROT_NONE, ANONYMOUS, -1, 0);
    file = open(self, O_RDONLY);
    if (base == MAP_FAILED || file < 0 || pipe(pipes) != 0 || munmap(base, 64 * PAGE) != 0)
        return 0;
    return mmap(AT(0), 2 * PAGE, PROT_READ | PROT_WRITE, ANONYMOUS | MAP_FIXED, -1, 0) == AT(0)
        && mmap(AT(3), 2 * PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0) == AT(3)
        && mmap(AT(5), PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == AT(5)
        && mmap(AT(6), PAGE, PROT_NONE, ANONYMOUS | MAP_FIXED, -1, 0) == AT(6)
        && mmap(AT(8), PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) == AT(8)
        && mmap(AT(9), PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, PAGE) == AT(9);
}

static void map(void)
{
    SAY(mmap, P(20), 0, PROT_READ, ANONYMOUS, -1, 0);
    SAY(mmap, P(20), 1ul << 47, PROT_READ, ANONYMOUS, -1, 0);
    SAY(mmap, P(20), ALL, PROT_READ, ANONYMOUS, -1, 0);
    SAY(mmap, P(20), PAGE, PROT_READ, 0, -1, 0);
    SAY(mmap, P(20), PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0);
    SAY(mmap, P(20), PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0);
    SAY(mmap, P(20) + 1, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
    SAY(mmap, P(20) + 1, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    SAY(mmap, TOP, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
    SAY(mmap, TOP - PAGE, 2 * PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
    SAY(mmap, HOLE, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
    SAY(mmap, KERNEL, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
    SAY(mmap, KERNEL, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    SAY(mmap, P(1), PAGE, PROT_READ, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    SAY(mmap, P(1), 2 * PAGE, PROT_READ, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    SAY(mmap, P(20), PAGE, PROT_READ, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    SAY(mmap, P(21) + 1, PAGE + 1, PROT_READ, ANONYMOUS, -1, 0);
    SAY(munmap, P(20), 3 * PAGE);
    SAY(mmap, P(1), PAGE, PROT_READ, ANONYMOUS, -1, 0);
    SAY(mmap, KERNEL, PAGE, PROT_READ, ANONYMOUS, -1, 0);
    SAY(mmap, P(20), PAGE, PROT_READ, MAP_PRIVATE, 63, 0);
    SAY(mmap, P(20), PAGE, PROT_READ, MAP_PRIVATE, -1, 0);
    SAY(mmap, P(20), PAGE, PROT_READ, MAP_PRIVATE, file, 1);
    SAY(mmap, P(20), PAGE, PROT_READ, ANONYMOUS, -1, 1);
    SAY(mmap, P(20), PAGE, PROT_READ, MAP_PRIVATE, file, ALL & -PAGE);
    SAY(mmap, P(20), PAGE, PROT_READ, MAP_PRIVATE, pipes[0], 0);
    SAY(mmap, P(20), PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    SAY(mmap, P(20), PAGE, PROT_READ, MAP_SHARED_VALIDATE | 0x200000, file, 0);
    SAY(mmap, P(20), PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, PAGE << 20);
    SAY(munmap, P(20), PAGE);
}

static void unmap(void)
{
    SAY(munmap, P(20) + 1, PAGE);
    SAY(munmap, P(20), 0);
    SAY(munmap, P(20), 1);
    SAY(munmap, P(20), ALL);
    SAY(munmap, TOP, PAGE);
    SAY(munmap, TOP - PAGE, 2 * PAGE);
    SAY(munmap, HOLE, PAGE);
    SAY(munmap, KERNEL, PAGE);
    SAY(munmap, P(20), 44 * PAGE);
}

static void protect(void)
{
    SAY(mprotect, P(0) + 1, PAGE, PROT_READ);
    SAY(mprotect, P(0) + 1, 0, PROT_READ);
    SAY(mprotect, P(0), 0, PROT_READ);
    SAY(mprotect, P(20), 0, PROT_READ);
    SAY(mprotect, P(20), PAGE, PROT_READ);
    SAY(mprotect, P(2), 2 * PAGE, PROT_READ);
    SAY(mprotect, P(3), 8 * PAGE, PROT_READ);
    SAY(mprotect, P(3), ALL, PROT_READ);
    SAY(mprotect, KERNEL, PAGE, PROT_READ);
    SAY(mprotect, HOLE, PAGE, PROT_READ);
    SAY(mprotect, P(0), PAGE, 0x80);
    SAY(mprotect, P(0), PAGE, PROT_READ | PROT_WRITE | 0x10);
    SAY(mprotect, P(0), PAGE, PROT_READ | PROT_GROWSDOWN);
    SAY(mprotect, P(0), PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP);
    SAY(mprotect, P(0), PAGE, PROT_READ | PROT_WRITE | 8);
    SAY(mprotect, P(9), PAGE, PROT_READ | PROT_WRITE);
    SAY(mprotect, P(8), PAGE, PROT_READ | PROT_WRITE);
    SAY(mprotect, P(8), PAGE, PROT_READ);
}

static void move(void)
{
    SAY(mremap, P(0) + 1, PAGE, PAGE, MREMAP_MAYMOVE, 0);
    SAY(mremap, P(0), PAGE, 0, MREMAP_MAYMOVE, 0);
    SAY(mremap, P(0), PAGE, ALL, MREMAP_MAYMOVE, 0);
    SAY(mremap, P(0), 0, PAGE, MREMAP_MAYMOVE, 0);
    SAY(mremap, P(0), PAGE, PAGE, 8, 0);
    SAY(mremap, P(0), PAGE, PAGE, MREMAP_FIXED, P(30));
    SAY(mremap, P(20), PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0);
    SAY(mremap, P(0), 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE, 0);
    SAY(mremap, P(4), 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE, 0);
    SAY(mremap, KERNEL, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0);
    SAY(mremap, P(1), PAGE, 3 * PAGE, 0, 0);
    SAY(mremap, P(0), PAGE, 2 * PAGE, 0, 0);
    SAY(mremap, P(1), PAGE, 1ul << 46, 0, 0);
    SAY(mremap, P(1), PAGE, 2 * PAGE, 0, 0);
    SAY(mremap, P(1), 2 * PAGE, PAGE, 0, 0);
    SAY(mremap, P(1), PAGE, PAGE, 0, 0);
    SAY(mremap, P(0), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, P(1));
    SAY(mremap, P(0), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, P(30) + 1);
    SAY(mremap, P(0), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, KERNEL);
    SAY(mremap, P(0), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, TOP);
    SAY(mremap, P(0), 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, P(30));
    SAY(mremap, P(30), 3 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, P(0));
    SAY(mremap, P(5), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, P(31));
    SAY(mremap, P(31), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, P(5));
}

static void advise(void)
{
    SAY(madvise, P(0) + 1, PAGE, MADV_NORMAL);
    SAY(madvise, P(0), PAGE, 99);
    SAY(madvise, P(0), PAGE, 5);
    SAY(madvise, P(0), PAGE, -1);
    SAY(madvise, P(20), 0, MADV_NORMAL);
    SAY(madvise, P(20), 0, 99);
    SAY(madvise, P(0) + 1, 0, MADV_NORMAL);
    SAY(madvise, P(0), PAGE, MADV_NORMAL);
    SAY(madvise, P(0), PAGE, MADV_RANDOM);
    SAY(madvise, P(0), PAGE, MADV_SEQUENTIAL);
    SAY(madvise, P(0), PAGE, MADV_WILLNEED);
    SAY(madvise, P(0), 2 * PAGE, MADV_DONTNEED);
    SAY(madvise, P(0), 2 * PAGE, MADV_FREE);
    SAY(madvise, P(5), PAGE, MADV_FREE);
    SAY(madvise, P(8), PAGE, MADV_FREE);
    SAY(madvise, P(0), 4 * PAGE, MADV_NORMAL);
    SAY(madvise, P(0), 4 * PAGE, MADV_WILLNEED);
    SAY(madvise, P(0), 4 * PAGE, MADV_DONTNEED);
    SAY(madvise, P(0), ALL, MADV_NORMAL);
    SAY(madvise, P(0), ALL - 2 * PAGE, MADV_NORMAL);
    SAY(madvise, KERNEL, PAGE, MADV_NORMAL);
    SAY(madvise, HOLE, PAGE, MADV_DONTNEED);
}

static void look(void)
{
    SAY(mincore, P(0) + 1, PAGE, (long)residence);
    SAY(mincore, P(0), 0, (long)residence);
    SAY(mincore, P(0), 2 * PAGE, (long)residence);
    SAY(mincore, P(0), 4 * PAGE, (long)residence);
    SAY(mincore, P(20), PAGE, (long)residence);
    SAY(mincore, P(0), PAGE, 1);
    SAY(mincore, P(20), PAGE, 1);
    SAY(mincore, P(0), PAGE, KERNEL);
    SAY(mincore, P(20), PAGE, KERNEL);
    SAY(mincore, P(0), PAGE, P(3));
    SAY(mincore, KERNEL, PAGE, (long)residence);
    SAY(mincore, P(0), ALL, (long)residence);
    *base = 1;
    memset(residence, 0x55, sizeof residence);
    SAY(mincore, P(0), PAGE + 1, (long)residence);
    printf("resident: %d %d, untouched: %d\n", residence[0] & 1, residence[1] & 1, residence[2] == 0x55);
}

static long set_break(long wanted) { return ask(SYS_brk, wanted, 0, 0, 0, 0, 0); }

static void move_break(void)
{
    long start = set_break(0);
    printf("break: up %d", set_break(start + 3 * PAGE + 5) == start + 3 * (long)PAGE + 5);
    *(volatile char *)(start + 2 * PAGE) = 7;
    printf(", down %d", set_break(start + 1) == start + 1);
    printf(", up again %d", set_break(start + 3 * PAGE) == start + 3 * (long)PAGE);
    printf(", zero %d", *(volatile char *)(start + 2 * PAGE) == 0);
    printf(", below %d", set_break(4096) == start + 3 * (long)PAGE);
    printf(", beyond %d", set_break(TOP) == start + 3 * (long)PAGE);
    printf(", kernel %d\n", set_break(KERNEL) == start + 3 * (long)PAGE);
}

int main(int argc, char **argv)
{
    if (argc < 1 || !lay_out(argv[0]))
        return 1;
    map();
    unmap();
    protect();
    move();
    advise();
    look();
    move_break();
    return 0;
}

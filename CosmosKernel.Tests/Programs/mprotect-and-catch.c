/* Catches what it does wrong: makes pages writable from within the handler and goes on, leaves handlers by siglongjmp, runs one on a stack of its own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 16

static unsigned char *window;
static volatile int caught;
static volatile int last_code;
static volatile uintptr_t last_address;
static volatile long deepest = -1;
static sigjmp_buf way_out;

static void unprotect(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    uintptr_t page = (uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1);
    caught++;
    last_code = info->si_code;
    if (mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE) != 0)
        _exit(99);
}

static void leave(int number, siginfo_t *info, void *context)
{
    (void)context;
    last_code = info->si_code;
    last_address = (uintptr_t)info->si_addr;
    siglongjmp(way_out, number);
}

static void skip(int number, siginfo_t *info, void *context)
{
    ucontext_t *registers = context;
    (void)number;
    last_code = info->si_code;
    last_address = (uintptr_t)info->si_addr;
    caught++;
    registers->uc_mcontext.gregs[REG_RIP] += 2;
    registers->uc_mcontext.gregs[REG_RBX] = 4711;
}

static void set(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = { 0 };
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, 0) != 0)
        exit(98);
}

static long __attribute__((noinline)) descend(long depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    if (depth == deepest)
        return 0;
    return descend(depth + 1) + frame[0];
}

static void protected_pages(void)
{
    unsigned long sum = 0;
    set(SIGSEGV, unprotect, 0);
    memset(window, 7, PAGES * PAGE);
    mprotect(window, PAGES * PAGE, PROT_READ);
    for (int page = 0; page < PAGES; page++)
        window[page * PAGE + page]++;
    for (int byte = 0; byte < PAGES * PAGE; byte++)
        sum += window[byte];
    printf("%d pages made writable, code %d, sum %lu\n", caught, last_code, sum);
    mprotect(window, PAGE, PROT_NONE);
    printf("read back %d\n", window[5]);
}

static void left_by_jump(void)
{
    set(SIGSEGV, leave, 0);
    set(SIGBUS, leave, 0);
    set(SIGFPE, leave, 0);
    set(SIGILL, leave, 0);
    munmap(window + PAGE, PAGE);
    for (int round = 0; round < 3; round++) {
        int number = sigsetjmp(way_out, 1);
        if (number == 0) {
            window[PAGE + 17] = 1;
            printf("wrote where nothing is\n");
        } else {
            printf("signal %d, code %d, %d bytes into the hole\n", number, last_code, (int)(last_address - (uintptr_t)(window + PAGE)));
        }
    }
    int number = sigsetjmp(way_out, 1);
    if (number == 0)
        printf("the kernel says %d\n", *(volatile int *)0xffffffff80200000);
    else
        printf("signal %d, code %d for the kernel's memory\n", number, last_code);
    number = sigsetjmp(way_out, 1);
    if (number == 0)
        printf("beyond the addresses is %d\n", *(volatile int *)0x1234567890abcdef);
    else
        printf("signal %d, code %d, address %lx for what is no address\n", number, last_code, (unsigned long)last_address);
    number = sigsetjmp(way_out, 1);
    volatile int zero = 0, one = 1;
    if (number == 0)
        printf("quotient %d\n", one / zero);
    else
        printf("signal %d, code %d for a division\n", number, last_code);
    number = sigsetjmp(way_out, 1);
    if (number == 0)
        __asm__ volatile("ud2");
    else
        printf("signal %d, code %d for an instruction\n", number, last_code);
    number = sigsetjmp(way_out, 1);
    if (number == 0)
        __asm__ volatile("hlt");
    else
        printf("signal %d, code %d for a privileged one\n", number, last_code);
}

static void beyond_file(const char *name)
{
    struct stat status;
    int file = open(name, O_RDONLY);
    if (file < 0 || fstat(file, &status) != 0)
        exit(97);
    size_t pages = ((size_t)status.st_size + PAGE - 1) / PAGE;
    volatile unsigned char *bytes = mmap(0, (pages + 2) * PAGE, PROT_READ, MAP_PRIVATE, file, 0);
    int number = sigsetjmp(way_out, 1);
    if (number == 0)
        printf("behind the file is %d, begins with %d %c\n", bytes[(pages + 1) * PAGE + 3], bytes[0], bytes[1]);
    else
        printf("signal %d, code %d, %d bytes into a page behind the file that begins with %c\n", number, last_code, (int)(last_address & (PAGE - 1)), bytes[1]);
}

static void own_stack(void)
{
    stack_t stack = { 0 }, now;
    stack.ss_size = 64 * 1024;
    stack.ss_sp = malloc(stack.ss_size);
    if (sigaltstack(&stack, 0) != 0)
        exit(96);
    set(SIGSEGV, leave, SA_ONSTACK);
    int number = sigsetjmp(way_out, 1);
    if (number == 0)
        printf("came back with %ld\n", descend(0));
    else
        printf("signal %d, code %d at the end of the stack\n", number, last_code);
    sigaltstack(0, &now);
    printf("flags of the stack %d, size %lu\n", now.ss_flags, (unsigned long)now.ss_size);
}

static void changed_registers(void)
{
    long value = 1;
    set(SIGILL, skip, 0);
    caught = 0;
    __asm__ volatile("ud2" : "+b"(value));
    printf("skipped %d, value %ld\n", caught, value);
}

int main(int count, char **arguments)
{
    window = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (window == MAP_FAILED || count < 1)
        return 1;
    protected_pages();
    left_by_jump();
    beyond_file(arguments[0]);
    own_stack();
    changed_registers();
    return 0;
}

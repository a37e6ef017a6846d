/*
 * Random system calls, and programs that run wild: syscall-fuzz SEED COUNT.
 *
 * The first process makes workers, four at a time, until they have made COUNT calls together. A worker makes a few random calls on memory that its own
 * calls change, and then ends or does something that no program should. It counts a call in shared memory by the instruction before it, so that the sum is
 * right however it ends; but one that is killed between the two has counted a call that it does not make. One that waits for ever is killed. The same
 * seed makes the same workers.
 *
 * It runs on MemOS alone: on another system its calls could hit something of value.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PAGE 4096ul
#define WORKERS 4
#define WINDOW_PAGES 24
#define DATA_PAGES 4
#define MAGIC 0x6d656d6f73636e74ul
#define STARTUP_CALLS 2 /* Of the C library, before main: a program that is executed makes them too. */
#define PATIENCE 40     /* Looks, a millisecond apart, that find no new call. */
#define PROGRAM_PATIENCE 2000 /* The same where a program was executed, whose calls are not seen; it ends by itself. */
#define QUIET 12        /* The same, after which no process of a worker is between its count and its call. */
#define MOST_SIGNALS 40
#define CHILDREN 16
#define FRAME_INSTRUCTION 21 /* Among the words of a signal's frame: see fill_signal_frame. */
#define UNKNOWN_PID 1000000

typedef uint64_t word;

/* What all see; pages that nobody may touch lie on both sides. */
struct shared {
    word magic;
    word calls[WORKERS + 1]; /* Those of the first process come last. */
    word programs[WORKERS]; /* Executed: each makes the calls of its start and of its end. */
    word children[WORKERS][CHILDREN];
    word broken;            /* Calls after which a register had changed that must not. */
    word wild;
    word last_magic;
};

/* For the entry below, which finds them by name. */
word fuzz_stack, fuzz_result, fuzz_registers_kept, *fuzz_counter;

static struct shared *shared;
static unsigned char *window, *data;
static word state, my_pid;
static word kills;
static unsigned slot, depth, signals_taken;
static int is_bounded; /* A program that it executes might not come to its beginning. */

static void worker_ends(void) __attribute__((noreturn));

static word next(void)
{
    word mixed = (state += 0x9E3779B97F4A7C15ul);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ul;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBul;
    return mixed ^ (mixed >> 31);
}

static unsigned below(unsigned limit) { return (unsigned)(next() % limit); }

/* Makes the call with these registers: number, rdi, rsi, rdx, r10, r8, r9, and rsp unless it is 0. It comes back whatever that was, in whichever process. */
void fuzz_enter(const word *registers);
void fuzz_call(void);
void fuzz_resume(void);
void fuzz_restore(void);
__asm__(".globl fuzz_enter, fuzz_call, fuzz_resume, fuzz_restore\n"
        "fuzz_enter:\n"
        "  push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "  mov %rsp, fuzz_stack(%rip)\n"
        "  mov %rdi, %r11\n"
        "  mov $0x1111111122222222, %rbx; lea 1(%rbx), %rbp; lea 2(%rbx), %r12; lea 3(%rbx), %r13; lea 4(%rbx), %r14; lea 5(%rbx), %r15\n"
        "  movq %rbx, %xmm6\n"
        "  mov 0(%r11), %rax; mov 8(%r11), %rdi; mov 16(%r11), %rsi; mov 24(%r11), %rdx; mov 32(%r11), %r10; mov 40(%r11), %r8; mov 48(%r11), %r9\n"
        "  mov 56(%r11), %r11\n"
        "  test %r11, %r11\n"
        "  jz 1f\n"
        "  mov %r11, %rsp\n"
        "1:\n"
        "  mov fuzz_counter(%rip), %rcx\n"
        "  lock incq (%rcx)\n"
        "fuzz_call:\n"
        "  syscall\n"
        "fuzz_resume:\n"
        "  mov fuzz_stack(%rip), %rsp\n"
        "  movq $0, fuzz_stack(%rip)\n" /* Once for each call: who comes here by accident has no stack. */
        "  mov %rax, fuzz_result(%rip)\n"
        "  cld\n"
        "  movq %xmm6, %rax; xor %rbx, %rax\n"
        "  lea 1(%rbx), %rcx; xor %rbp, %rcx; or %rcx, %rax\n"
        "  lea 2(%rbx), %rcx; xor %r12, %rcx; or %rcx, %rax\n"
        "  lea 3(%rbx), %rcx; xor %r13, %rcx; or %rcx, %rax\n"
        "  lea 4(%rbx), %rcx; xor %r14, %rcx; or %rcx, %rax\n"
        "  lea 5(%rbx), %rcx; xor %r15, %rcx; or %rcx, %rax\n"
        "  mov %rax, fuzz_registers_kept(%rip)\n"
        "  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "  ret\n"
        "fuzz_restore:\n" /* Where a signal's handler returns to. */
        "  mov %rsp, %rdi\n"
        "  call fuzz_return\n"
        "  mov fuzz_counter(%rip), %rcx\n"
        "  lock incq (%rcx)\n"
        "  mov $15, %eax\n"
        "  syscall\n"
        "  ud2\n");

/* Without the memory that counts there are no calls. */
static void check_shared(void)
{
    if (shared->magic != MAGIC || shared->last_magic != MAGIC)
        __builtin_trap();
}

/* Before the return from a signal's handler to what `frame` has: a call that waited, and is made again then (SA_RESTART), is one more. */
void fuzz_return(const word *frame)
{
    check_shared();
    if (frame[FRAME_INSTRUCTION] == (word)fuzz_call)
        __atomic_fetch_add(fuzz_counter, 1, __ATOMIC_RELAXED);
}

static long enter(word number, word a, word b, word c, word d, word e, word f, word stack)
{
    word registers[] = { number, a, b, c, d, e, f, stack };
    check_shared();
    fuzz_enter(registers);
    return (long)fuzz_result;
}

static long call(word number, word a, word b, word c, word d)
{
    return enter(number, a, b, c, d, 0, 0, 0);
}

static void worker_ends(void)
{
    for (;;)
        call(SYS_exit_group, 0, 0, 0, 0);
}

static void on_signal(int number)
{
    (void)number;
    if (++signals_taken > MOST_SIGNALS)
        worker_ends();
}

/* ------------------------------------------------------------------------------------------------------------- values */

static word edge(void)
{
    static const word edges[] = {
        0, 1, 2, 7, 8, 4095, 4096, 4097, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7ffffffff000, 0x7fffffffe000, 0x7fffffffffff,
        0x800000000000, 0x800000001000, 0xffff7fffffffffff, 0xffff800000000000, 0xffff800000100000, 0xffffffff80000000, 0xffffffff80200000,
        0xfffffffffffff000, 0xfffffffffffffff8, 0x7fffffffffffffff, 0x8000000000000000,
    };
    word value = edges[below(sizeof edges / sizeof edges[0])];
    return below(8) == 0 ? 0 - value : value;
}

static word place(void) { return (word)window + below(WINDOW_PAGES) * PAGE; }

/* A small structure of the program's own, with some words that are nearly right. */
static word value(void);
static word structure(void)
{
    word *at = (word *)(data + below(DATA_PAGES * PAGE / 256) * 256);
    for (unsigned index = 0; index < 16; index++)
        at[index] = below(3) == 0 ? value() : below(2) == 0 ? below(100) : at[index];
    return (word)at + (below(6) == 0 ? below(64) : 0);
}

static word text(void)
{
    static const char *const texts[] = { "/hello", "hello", "", "/", ".", "/nothing", "words.txt", "/proc/self/exe" };
    return (word)texts[below(sizeof texts / sizeof texts[0])];
}

static word value(void)
{
    switch (below(14)) {
    case 0: case 1: return below(16);
    case 2: return 0 - (word)below(16);
    case 3: return edge();
    case 4: return (1ul << below(64)) + below(3) - 1;
    case 5: case 6: return place();
    case 7: return place() + below(PAGE);
    case 8: return place() + PAGE - 1 - below(16);
    case 9: return below(32) * PAGE;
    case 10: return (word)data + below(DATA_PAGES * PAGE);
    case 11: return next();
    case 12: return text();
    default: return next() & 0xffffffff;
    }
}

static word pointer(void)
{
    switch (below(8)) {
    case 0: return value();
    case 1: return edge();
    case 2: return place() + below(PAGE);
    case 3: return place() + PAGE - below(32);
    default: return structure();
    }
}

/* -------------------------------------------------------------------------------------------------------------- calls */

/* Whom a signal may reach: the worker itself, and nobody. */
static word target(void) { return below(3) == 0 ? my_pid : UNKNOWN_PID + (next() & 0x3fffffff); }

static void fill_signal_frame(word *frame)
{
    /* struct ucontext and struct sigcontext of x86-64: r8 to r15 at 5, rdi rsi rbp rbx rdx rax rcx rsp rip flags at 13, segments at 23, fpstate at 28. */
    memset(frame, 0, 38 * sizeof *frame);
    for (unsigned index = 5; index < 21; index++)
        frame[index] = 0x1111111122222222ul;
    frame[9] += 2, frame[10] += 3, frame[11] += 4, frame[12] += 5, frame[15] += 1;
    frame[20] = (word)frame;
    frame[FRAME_INSTRUCTION] = (word)fuzz_resume;
    frame[22] = 0x202;
    frame[23] = 0x2b000000000033ul;
    if (below(2) == 0) {
        word *image = (word *)(data + PAGE); /* Of the vector registers, in the layout of FXSAVE and then XSAVE. */
        __asm__ volatile("fxsave64 %0" : "=m"(*(unsigned char (*)[512])image) : : "memory");
        image[58] = 0x46505853u | (word)(512 + 64 + 256 + 4) << 32;
        image[59] = 7;
        image[60] = 512 + 64 + 256;
        memset(image + 64, 0, 64 + 256 + 8);
        image[64] = 7;
        *(uint32_t *)(image + 104) = 0x46505845u;
        for (unsigned changes = below(4); changes > 0; changes--)
            image[below(2) == 0 ? below(106) : 64 + below(8)] = value();
        if (below(8) == 0)
            *(uint32_t *)(image + 3) = (uint32_t)value();
        frame[28] = (word)image + (below(8) == 0 ? below(64) : 0);
    }
    for (unsigned changes = below(3); changes > 0; changes--)
        frame[below(38)] = below(2) == 0 ? value() : edge();
    if (below(4) == 0)
        frame[22] = next();
}

/* Almost what a program would ask for. */
static void likely(word number, word *a)
{
    switch (number) {
    case SYS_mmap:
        a[0] = below(3) == 0 ? 0 : place(), a[1] = (1 + below(8)) * PAGE, a[2] = below(8), a[3] = (below(2) ? 1 : 2) | (below(4) ? 0x20 : 0) | (below(2) ? 0x10 : 0);
        a[4] = below(8), a[5] = below(4) * PAGE;
        break;
    case SYS_munmap: case SYS_mprotect: case SYS_madvise: case SYS_mincore: case SYS_mremap: case SYS_msync: case SYS_mlock:
        a[0] = place(), a[1] = (1 + below(8)) * PAGE, a[2] = below(number == SYS_mremap ? 16 : 8) * (number == SYS_mremap ? PAGE : 1), a[3] = below(4), a[4] = place();
        if (number == SYS_mincore)
            a[2] = pointer();
        break;
    case SYS_brk:
        a[0] = (word)call(SYS_brk, 0, 0, 0, 0) + below(16) * PAGE - 8 * PAGE;
        break;
    case SYS_read: case SYS_write: case SYS_pread64: case SYS_pwrite64:
        a[0] = below(10), a[1] = pointer(), a[2] = below(3) == 0 ? value() : below(8192);
        break;
    case SYS_readv: case SYS_writev:
        a[0] = below(10), a[1] = structure(), a[2] = below(8);
        for (unsigned index = 0; index < 8; index++)
            ((word *)(a[1] & ~7ul))[index] = index % 2 == 0 ? pointer() : below(3) == 0 ? value() : below(5000);
        break;
    case SYS_open: case SYS_openat:
        a[number == SYS_openat] = text(), a[1 + (number == SYS_openat)] = below(4) == 0 ? value() : 0;
        break;
    case SYS_pipe: case SYS_pipe2:
        a[0] = structure(), a[1] = below(4) == 0 ? value() : 0;
        break;
    case SYS_rt_sigaction: {
        word *action = (word *)(structure() & ~7ul);
        action[0] = below(4) == 0 ? below(2) : below(4) == 0 ? value() : (word)on_signal;
        action[1] = 0x04000000u | (below(2) ? next() & 0xd8000007u : 0);
        action[2] = below(4) == 0 ? value() : (word)fuzz_restore;
        action[3] = below(2) ? next() : 0;
        a[0] = below(66), a[1] = (word)action, a[2] = below(2) ? 0 : pointer(), a[3] = below(8) == 0 ? value() : 8;
        break;
    }
    case SYS_clone:
        a[0] = below(3) == 0 ? value() : SIGCHLD, a[1] = below(2) ? 0 : place() + PAGE, a[2] = below(4) == 0 ? pointer() : 0, a[3] = below(4) == 0 ? pointer() : 0;
        a[4] = below(4) == 0 ? pointer() : 0;
        break;
    case SYS_nanosleep: case SYS_clock_nanosleep: {
        word *time = (word *)(structure() & ~7ul);
        time[0] = below(16) == 0 ? value() : 0, time[1] = below(8) == 0 ? value() : below(2000000);
        a[0] = number == SYS_nanosleep ? (word)time : below(4), a[1] = 0, a[2] = (word)time;
        break;
    }
    case SYS_execve: {
        word *texts = (word *)(structure() & ~7ul);
        texts[0] = below(4) == 0 ? pointer() : (word)"again";
        texts[1] = below(2) ? 0 : pointer();
        texts[2] = 0;
        a[1] = (word)texts, a[2] = below(2) ? 0 : (word)texts;
        break;
    }
    case SYS_wait4:
        a[0] = below(2) ? (word)-1 : value(), a[1] = below(2) ? 0 : pointer(), a[2] = below(2), a[3] = below(2) ? 0 : pointer();
        break;
    }
}

static word choose_number(void)
{
    static const unsigned short known[] = {
        SYS_mmap, SYS_mmap, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mprotect, SYS_mremap, SYS_mremap, SYS_madvise, SYS_mincore, SYS_brk, SYS_msync, SYS_mlock,
        SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_open, SYS_openat, SYS_close, SYS_fstat, SYS_newfstatat, SYS_stat, SYS_lseek, SYS_pipe, SYS_pipe2, SYS_dup,
        SYS_dup2, SYS_dup3, SYS_fcntl, SYS_ioctl, SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6, SYS_readlink, SYS_getcwd, SYS_getdents64, SYS_access, SYS_pread64,
        SYS_pwrite64, SYS_rt_sigaction, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigpending, SYS_rt_sigtimedwait, SYS_rt_sigsuspend,
        SYS_sigaltstack, SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_fork, SYS_vfork, SYS_clone, SYS_execve, SYS_wait4, SYS_exit, SYS_exit_group,
        SYS_getpid, SYS_gettid, SYS_getppid, SYS_sched_yield, SYS_nanosleep, SYS_clock_nanosleep, SYS_clock_gettime, SYS_gettimeofday, SYS_times, SYS_getrusage,
        SYS_arch_prctl, SYS_set_tid_address, SYS_uname, SYS_sysinfo, SYS_getrandom, SYS_prlimit64, SYS_getrlimit, SYS_setrlimit, SYS_futex, SYS_prctl,
        SYS_set_robust_list, SYS_getpgrp, SYS_setpgid, SYS_setsid, SYS_getuid, SYS_setuid, SYS_umask, SYS_chdir, SYS_alarm,
    };
    switch (below(16)) {
    case 0: case 1: return below(513);
    case 2: return value();
    default: return known[below(sizeof known / sizeof known[0])];
    }
}

/* A child of a worker makes a few calls, and no more children. */
static void begin_child(void)
{
    depth++;
    my_pid = (word)call(SYS_getpid, 0, 0, 0, 0);
    state ^= my_pid;
}

static int makes_process(word number) { return number == SYS_fork || number == SYS_vfork || number == SYS_clone || number == SYS_clone3; }

static void random_call(void)
{
    word number = choose_number(), a[6], stack = 0;
    if (makes_process(number) && (depth > 0 || below(3) != 0))
        number = SYS_getpid;
    if (number == SYS_setitimer || number == SYS_timer_settime)
        number = SYS_alarm; /* A timer could ring between the count and the call; an alarm takes a second. */
    if (number == SYS_execve && (is_bounded || depth > 0)) /* A child may be killed at any time, and with it a program that is to make its calls. */
        number = SYS_gettid;
    for (unsigned index = 0; index < 6; index++)
        a[index] = below(2) ? value() : pointer();
    if (below(4) != 0)
        likely(number, a);
    switch (number) {
    case SYS_kill: case SYS_tkill: case SYS_tgkill: case SYS_rt_sigqueueinfo: case SYS_rt_tgsigqueueinfo: case SYS_prlimit64:
        a[0] = target();
        if (number == SYS_tgkill || number == SYS_rt_tgsigqueueinfo)
            a[1] = target();
        if (number == SYS_prlimit64 && below(2))
            a[0] = 0;
        is_bounded |= number == SYS_prlimit64;
        break;
    case SYS_rt_sigreturn:
        stack = (word)data + 2 * PAGE;
        fill_signal_frame((word *)stack);
        if (below(8) == 0)
            stack = value();
        break;
    case SYS_setrlimit: case SYS_alarm: case SYS_prctl: case SYS_seccomp:
        is_bounded = 1;
        break;
    case SYS_execve: /* Of itself or of nothing: another program's calls nobody counts. */
        a[0] = below(4) != 0 ? (word)"/syscall-fuzz" : below(3) == 0 ? (word)"words.txt" : below(2) ? (word)"/proc/self/exe" : edge();
        __atomic_fetch_add(&shared->programs[slot], 1, __ATOMIC_RELAXED);
        break;
    default:
        if (below(32) == 0)
            stack = value();
    }
    long result = enter(number, a[0], a[1], a[2], a[3], a[4], a[5], stack);
    if (number == SYS_execve)
        __atomic_fetch_sub(&shared->programs[slot], 1, __ATOMIC_RELAXED);
    else if (number != SYS_rt_sigreturn && fuzz_registers_kept != 0)
        __atomic_fetch_add(&shared->broken, 1, __ATOMIC_RELAXED);
    if ((number == SYS_vfork || (number == SYS_clone && (a[0] & CLONE_VM) != 0)) && result == 0)
        worker_ends(); /* It is on its parent's stack, which its calls would spoil. */
    if (makes_process(number) && result == 0)
        begin_child();
    else if (makes_process(number) && result > 0)
        shared->children[slot][below(CHILDREN)] = (word)result;
}

/* --------------------------------------------------------------------------------------------------------------- wild */

/* Random bytes, run with random registers; they have no SYSCALL in them, which nobody would count. */
static void run_noise(void)
{
    unsigned char *code = data;
    for (unsigned at = 0; at < PAGE; at++) {
        code[at] = (unsigned char)next();
        if (at > 0 && code[at - 1] == 0x0f && (code[at] == 0x05 || code[at] == 0x34))
            code[at] = 0x0b;
    }
    if (call(SYS_mprotect, (word)code, PAGE, 5, 0) != 0)
        return;
    word registers[16];
    for (unsigned index = 0; index < 16; index++)
        registers[index] = below(2) ? next() : below(2) ? place() + below(PAGE) : edge();
    if (below(2))
        registers[4] = place() + PAGE / 2;
    __asm__ volatile("mov %0, %%r15; mov 8(%%r15), %%rcx; mov 16(%%r15), %%rdx; mov 24(%%r15), %%rbx; mov 32(%%r15), %%rsp; mov 40(%%r15), %%rbp;"
                     "mov 48(%%r15), %%rsi; mov 56(%%r15), %%rdi; mov 64(%%r15), %%r8; mov 72(%%r15), %%r9; mov 80(%%r15), %%r10; mov 88(%%r15), %%r11;"
                     "mov 96(%%r15), %%r12; mov 104(%%r15), %%r13; mov 120(%%r15), %%r14; jmp *%1"
                     : : "r"(registers), "a"(code) : "memory");
}

static void run_wild(void)
{
    __atomic_fetch_add(&shared->wild, 1, __ATOMIC_RELAXED);
    word nowhere = edge() | 0x900000000000ul, kernel = 0xffffffff80100000ul + below(0x100000), any = below(2) ? edge() : value();
    switch (below(20)) {
    case 0: __asm__ volatile("jmp *%0" : : "r"(nowhere)); break;
    case 1: __asm__ volatile("jmp *%0" : : "r"(kernel)); break;
    case 2: __asm__ volatile("mov %0, %%rsp; push %%rax; pop %%rax; ret" : : "r"(any)); break;
    case 3: __asm__ volatile("push %0; popfq; nop; nop" : : "r"(next())); break;
    case 4: __asm__ volatile("mov %0, %%rsp; ud2" : : "r"(any)); break;
    case 5: __asm__ volatile("mov %0, %%rsp; int3" : : "r"(any)); break;
    case 6:
        __asm__ volatile("mov %%ss, %%ecx; push %%rcx; push %0; push %1; mov %%cs, %%ecx; push %%rcx; push %2; iretq" : : "r"(any), "r"(next()), "r"(nowhere) : "rcx");
        break;
    case 7: __asm__ volatile("push %0; push %1; push %2; push %3; push %4; iretq" : : "r"(value()), "r"(any), "r"(next()), "r"(value()), "r"(kernel)); break;
    case 8: __asm__ volatile("mov %%eax, %%ds; mov %%ecx, %%es; mov %%edx, %%fs; mov %%esi, %%gs" : : "a"(below(64)), "c"(below(64)), "d"(below(64)), "S"(below(64))); break;
    case 9: __asm__ volatile("hlt"); break;
    case 10: __asm__ volatile("int $14"); break;
    case 11: __asm__ volatile(".byte 0xf1"); break;
    case 12: __asm__ volatile("wrmsr" : : "a"((unsigned)next()), "c"(0xC0000080u + below(4)), "d"((unsigned)next())); break;
    case 13: __asm__ volatile("xrstor64 (%1)" : : "a"((unsigned)next()), "r"(structure() & ~63ul), "d"(0)); break;
    case 14: __asm__ volatile("ldmxcsr (%0); fldcw (%0); fld1; fldz; fdivrp; fwait" : : "r"(structure())); break;
    case 15: __asm__ volatile("fxrstor64 (%0); fwait; addps %%xmm1, %%xmm2; divps %%xmm0, %%xmm3" : : "r"(structure() & ~15ul)); break;
    case 16: __asm__ volatile("std; rep movsb; cld" : : "S"(any), "D"(place()), "c"(value())); break;
    default: run_noise();
    }
}

/* ------------------------------------------------------------------------------------------------------------ workers */

static void work(word seed)
{
    state = seed;
    my_pid = (word)call(SYS_getpid, 0, 0, 0, 0);
    for (word number = 0; number < 3; number++)
        call(SYS_close, number, 0, 0, 0); /* What it writes is for nobody. */
    window = (unsigned char *)enter(SYS_mmap, 0, WINDOW_PAGES * PAGE, 3, 0x22, (word)-1, 0, 0);
    data = (unsigned char *)enter(SYS_mmap, 0, DATA_PAGES * PAGE, 3, 0x22, (word)-1, 0, 0);
    if ((word)window >= -4096ul || (word)data >= -4096ul)
        worker_ends();
    call(SYS_munmap, (word)window + 8 * PAGE, PAGE, 0, 0);
    call(SYS_mprotect, (word)window + 16 * PAGE, 2 * PAGE, 1, 0);
    for (unsigned left = 4 + below(60); left > 0; left--) {
        random_call();
        if (depth == 1 && left > 5)
            left = 5;
    }
    if (below(2) == 0)
        run_wild();
    worker_ends();
}

static word sum(const word *numbers, unsigned count)
{
    word total = 0;
    for (unsigned index = 0; index < count; index++)
        total += numbers[index];
    return total;
}

static void pause_a_moment(void)
{
    word time[2] = { 0, 1000000 };
    call(SYS_nanosleep, (word)time, 0, 0, 0);
}

static void end(word pid)
{
    if (call(SYS_kill, pid, SIGKILL, 0, 0) == 0)
        kills++;
}

static int has_children(void)
{
    word any = 0;
    for (unsigned index = 0; index < CHILDREN; index++)
        any |= shared->children[slot][index];
    return any != 0;
}

/* Whether the worker of a slot has ended, and its children make no calls any more; kills it when it makes none. */
static int has_ended(word pid, word *seen, unsigned *looks, word programs)
{
    int status, is_gone = call(SYS_wait4, pid, (word)&status, 1, 0) != 0;
    *looks = shared->calls[slot] == *seen ? *looks + 1 : 0;
    *seen = shared->calls[slot];
    if (is_gone)
        return *looks > QUIET || !has_children();
    if (*looks > (shared->programs[slot] == programs ? PATIENCE : PROGRAM_PATIENCE))
        end(pid);
    return 0;
}

/* Ends the children of a worker that has ended: nobody waits for them. */
static void end_children(void)
{
    for (unsigned index = 0; index < CHILDREN; index++) {
        if (shared->children[slot][index] != 0)
            end(shared->children[slot][index]);
        shared->children[slot][index] = 0;
    }
}

static word supervise(word seed, word count)
{
    word pids[WORKERS] = { 0 }, seen[WORKERS] = { 0 }, programs[WORKERS] = { 0 }, workers = 0, first = 0, last = 0;
    unsigned looks[WORKERS] = { 0 }, running = 0;
    while (running > 0 || sum(shared->calls, WORKERS + 1) < count) {
        for (slot = 0; slot < WORKERS; slot++) {
            if (pids[slot] != 0 && has_ended(pids[slot], &seen[slot], &looks[slot], programs[slot])) {
                pids[slot] = 0, running--;
                end_children();
            }
            if (pids[slot] != 0 || sum(shared->calls, WORKERS + 1) >= count)
                continue;
            workers++;
            programs[slot] = shared->programs[slot];
            long pid = call(SYS_fork, 0, 0, 0, 0);
            if (pid == 0) {
                fuzz_counter = &shared->calls[slot];
                work(seed ^ workers * 0xD1342543DE82EF95ul);
            }
            if (pid < 0)
                continue;
            pids[slot] = last = (word)pid, looks[slot] = 0, running++;
            first = first == 0 ? last : first;
        }
        pause_a_moment();
    }
    /* Whoever was not found yet. */
    for (word pid = first; pid != 0 && pid < last + 64; pid++)
        end(pid);
    return workers;
}

/* The kernel keeps what it has read of a file: all that workers can map is there from the beginning, so that what else is left shows. */
static void read_files(void)
{
    static const char *const files[] = { "/hello", "/words.txt", "/syscall-fuzz" };
    for (unsigned index = 0; index < sizeof files / sizeof files[0]; index++) {
        int file = open(files[index], O_RDONLY);
        long size = lseek(file, 0, SEEK_END);
        void *bytes = size <= 0 ? MAP_FAILED : mmap(0, (size_t)size, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes != MAP_FAILED && madvise(bytes, (size_t)size, MADV_WILLNEED) == 0)
            munmap(bytes, (size_t)size);
        close(file);
    }
}

static int make_shared(void)
{
    unsigned char *room = mmap(0, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return 0;
    shared = mmap(room + PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if ((void *)shared == MAP_FAILED)
        return 0;
    shared->magic = shared->last_magic = MAGIC;
    fuzz_counter = &shared->calls[WORKERS];
    return 1;
}

int main(int argc, char **argv)
{
    struct utsname name;
    if (argc != 3 || strcmp(argv[0], "syscall-fuzz") != 0)
        _Exit(0); /* A worker has executed it. */
    if (uname(&name) != 0 || strcmp(name.sysname, "MemOS") != 0) {
        fprintf(stderr, "this is for MemOS alone\n");
        return 1;
    }
    word seed = strtoul(argv[1], 0, 0), count = strtoul(argv[2], 0, 0);
    read_files();
    if (!make_shared())
        return 1;
    word workers = supervise(seed, count), programs = sum(shared->programs, WORKERS), calls = sum(shared->calls, WORKERS + 1) + programs * (STARTUP_CALLS + 1);
    printf("seed %lu: %lu calls, %lu workers, %lu of them ran wild, %lu programs, %lu killed, %lu registers changed\n", seed, calls, workers, shared->wild,
           programs, kills, shared->broken);
    return shared->broken != 0;
}

/* Signals in all their ways: masks, nesting, queues, interrupted calls, children, registers, and frames that no kernel should take back. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static char trace[256];
static volatile int depth;
static volatile int statuses;
static int how;
static volatile int *volatile nowhere = (volatile int *)8;

static void note(const char *text)
{
    strcat(trace, text);
}

static void show(const char *title)
{
    printf("%s:%s\n", title, trace);
    trace[0] = 0;
}

static void set(int number, void (*handler)(int), int flags, int blocked)
{
    struct sigaction action = { 0 };
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    if (blocked)
        sigaddset(&action.sa_mask, blocked);
    if (sigaction(number, &action, 0) != 0)
        exit(98);
}

static void plain(int number)
{
    char text[16];
    snprintf(text, sizeof text, " %d", number);
    note(text);
}

static void nested(int number)
{
    note(" (");
    if (++depth < 3)
        raise(number);
    note(")");
}

static void sends_other(int number)
{
    plain(number);
    raise(SIGUSR2);
    note(" end");
}

static void masks(void)
{
    sigset_t set_of_two, pending;
    set(SIGUSR1, sends_other, 0, SIGUSR2);
    set(SIGUSR2, plain, 0, 0);
    raise(SIGUSR1);
    show("blocked by the mask of the handler");
    set(SIGUSR1, sends_other, 0, 0);
    raise(SIGUSR1);
    show("not blocked");
    set(SIGUSR1, nested, 0, 0);
    raise(SIGUSR1);
    show("deferred");
    depth = 0;
    set(SIGUSR1, nested, SA_NODEFER, 0);
    raise(SIGUSR1);
    show("not deferred");
    set(SIGUSR1, plain, SA_RESETHAND, 0);
    raise(SIGUSR1);
    struct sigaction now;
    sigaction(SIGUSR1, 0, &now);
    printf("once:%s, default again %d\n", trace, now.sa_handler == SIG_DFL);
    trace[0] = 0;
    set(SIGUSR1, plain, 0, 0);
    sigemptyset(&set_of_two);
    sigaddset(&set_of_two, SIGUSR1);
    sigaddset(&set_of_two, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set_of_two, 0);
    for (int round = 0; round < 3; round++) {
        raise(SIGUSR2);
        raise(SIGUSR1);
    }
    sigpending(&pending);
    printf("pending %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
    sigprocmask(SIG_UNBLOCK, &set_of_two, 0);
    show("once each");
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    raise(SIGCHLD);
    raise(SIGWINCH);
    show("ignored");
}

static void value(int number, siginfo_t *info, void *context)
{
    char text[32];
    (void)context;
    snprintf(text, sizeof text, " %d:%d:%d", number - SIGRTMIN, info->si_value.sival_int, info->si_code);
    note(text);
}

static void queues(void)
{
    struct sigaction action = { 0 };
    sigset_t all;
    action.sa_sigaction = value;
    action.sa_flags = SA_SIGINFO;
    sigfillset(&action.sa_mask);
    sigaction(SIGRTMIN, &action, 0);
    sigaction(SIGRTMIN + 3, &action, 0);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    for (int round = 1; round <= 3; round++) {
        union sigval one = { .sival_int = round * 10 };
        sigqueue(getpid(), SIGRTMIN + 3, one);
        one.sival_int++;
        sigqueue(getpid(), SIGRTMIN, one);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    show("queued");
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGRTMIN + 5);
    sigprocmask(SIG_BLOCK, &one, 0);
    union sigval some = { .sival_int = 77 };
    sigqueue(getpid(), SIGRTMIN + 5, some);
    siginfo_t info;
    int number = sigwaitinfo(&one, &info);
    printf("waited for %d with %d, from itself %d\n", number - SIGRTMIN, info.si_value.sival_int, info.si_pid == getpid());
    struct timespec soon = { 0, 20000000 };
    number = sigtimedwait(&one, &info, &soon);
    printf("then %d %s\n", number, strerror(errno));
    sigprocmask(SIG_SETMASK, &none, 0);
}

static pid_t signals_after_a_while(int number, const char *message, int end)
{
    pid_t parent = getpid(), child = fork();
    if (child != 0)
        return child;
    struct timespec wait = { 0, 50000000 };
    nanosleep(&wait, 0);
    kill(parent, number);
    nanosleep(&wait, 0);
    if (message && write(end, message, strlen(message)) < 0)
        _exit(1);
    _exit(7);
}

static void interrupted(void)
{
    int ends[2], status;
    char text[8] = { 0 };
    if (pipe(ends) != 0)
        exit(97);
    set(SIGUSR1, plain, 0, 0);
    pid_t child = signals_after_a_while(SIGUSR1, "abc", ends[1]);
    ssize_t count = read(ends[0], text, 3);
    printf("read %d %s%s\n", (int)count, count < 0 ? strerror(errno) : text, trace);
    trace[0] = 0;
    waitpid(child, &status, 0);
    if (read(ends[0], text, 3) != 3)
        exit(96);
    set(SIGUSR1, plain, SA_RESTART, 0);
    child = signals_after_a_while(SIGUSR1, "xyz", ends[1]);
    count = read(ends[0], text, 3);
    printf("read again %d %s%s\n", (int)count, text, trace);
    trace[0] = 0;
    waitpid(child, &status, 0);
    child = signals_after_a_while(SIGUSR1, 0, 0);
    struct timespec wait = { 5, 0 }, rest = { 0, 0 };
    int result = nanosleep(&wait, &rest);
    printf("slept %d %s, rest %d%s\n", result, strerror(errno), rest.tv_sec >= 4, trace);
    trace[0] = 0;
    waitpid(child, &status, 0);
    child = signals_after_a_while(SIGUSR1, 0, 0);
    result = pause();
    printf("paused %d %s%s\n", result, strerror(errno), trace);
    trace[0] = 0;
    waitpid(child, &status, 0);
    sigset_t one, old, now;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    sigprocmask(SIG_BLOCK, &one, &old);
    raise(SIGUSR1);
    result = sigsuspend(&old);
    sigprocmask(SIG_SETMASK, 0, &now);
    printf("suspended %d %s%s, blocked again %d\n", result, strerror(errno), trace, sigismember(&now, SIGUSR1));
    trace[0] = 0;
    sigprocmask(SIG_SETMASK, &old, 0);
}

static void child_ended(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    statuses = info->si_code * 1000 + info->si_status;
}

static int of_child(void (*what)(void))
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        what();
        _exit(0);
    }
    while (waitpid(child, &status, 0) != child)
        ;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void exits(void)
{
    _exit(33);
}

static void kills_itself(void)
{
    raise(SIGTERM);
}

static void faults_blocked(void)
{
    sigset_t one;
    set(SIGSEGV, plain, 0, 0);
    sigemptyset(&one);
    sigaddset(&one, SIGSEGV);
    sigprocmask(SIG_BLOCK, &one, 0);
    *nowhere = 1;
}

static void faults_ignored(void)
{
    signal(SIGSEGV, SIG_IGN);
    *nowhere = 1;
}

static void has_no_stack(void)
{
    set(SIGUSR1, plain, 0, 0);
    __asm__ volatile("mov $16, %%rsp; mov $39, %%eax; syscall; mov %%eax, %%edi; mov $10, %%esi; mov $62, %%eax; syscall; ud2" ::: "memory");
}

static void breaks(int number, siginfo_t *info, void *context)
{
    ucontext_t *registers = context;
    unsigned char *image = (unsigned char *)registers->uc_mcontext.fpregs;
    (void)number;
    (void)info;
    switch (how) {
    case 0:
        registers->uc_mcontext.gregs[REG_RIP] = 0x123456789abcdef0;
        break;
    case 1:
        registers->uc_mcontext.gregs[REG_RIP] = (long long)0xffffffff80200000;
        break;
    case 2:
        registers->uc_mcontext.gregs[REG_RSP] = 0x123456789abcdef0;
        break;
    case 3:
        memset(image + 24, 0xff, 4);
        break;
    case 4:
        registers->uc_mcontext.fpregs = (void *)0x10;
        break;
    case 5:
        registers->uc_mcontext.fpregs = (void *)0xffffffff80200000;
        break;
    case 6:
        registers->uc_mcontext.gregs[REG_EFL] |= 0x3000 | 1 << 17 | 1 << 14;
        break;
    case 7:
        registers->uc_mcontext.fpregs = 0;
        break;
    }
}

static void comes_back_broken(void)
{
    struct sigaction action = { 0 };
    action.sa_sigaction = breaks;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, 0);
    raise(SIGUSR1);
    unsigned long flags;
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    _exit((flags & (0x3000 | 1 << 17 | 1 << 14)) == 0 ? 21 : 22);
}

static void children(void)
{
    struct sigaction action = { 0 };
    action.sa_sigaction = child_ended;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGCHLD, &action, 0);
    int result = of_child(exits);
    printf("exits %d, told %d\n", result, statuses);
    result = of_child(kills_itself);
    printf("kills itself %d, told %d\n", result, statuses);
    signal(SIGCHLD, SIG_DFL);
    printf("faults with the signal blocked %d\n", of_child(faults_blocked));
    printf("faults with the signal ignored %d\n", of_child(faults_ignored));
    printf("has no stack for a frame %d\n", of_child(has_no_stack));
    for (how = 0; how <= 7; how++)
        if (how == 2)
            printf("comes back without a stack: killed %d\n", of_child(comes_back_broken) < 0); /* Processors and emulators differ in the signal. */
        else
            printf("comes back broken in way %d: %d\n", how, of_child(comes_back_broken));
}

static void clobbers(int number)
{
    (void)number;
    __asm__ volatile("pcmpeqd %%xmm0, %%xmm0; pcmpeqd %%xmm7, %%xmm7; pcmpeqd %%xmm15, %%xmm15; fldpi; fstp %%st(0)" ::: "xmm0", "xmm7", "xmm15");
}

static void registers(void)
{
    set(SIGUSR1, clobbers, 0, 0);
    uint64_t in[3] = { 0x1122334455667788, 0x99aabbccddeeff00, 0x0f1e2d3c4b5a6978 }, out[3];
    long id = getpid();
    __asm__ volatile(
        "movq %3, %%xmm0; movq %4, %%xmm7; movq %5, %%xmm15; fld1\n"
        "mov %6, %%rdi; mov $10, %%esi; mov $62, %%eax; syscall\n"
        "movq %%xmm0, %0; movq %%xmm7, %1; movq %%xmm15, %2; fstp %%st(0)"
        : "=&r"(out[0]), "=&r"(out[1]), "=&r"(out[2])
        : "r"(in[0]), "r"(in[1]), "r"(in[2]), "r"(id)
        : "rax", "rcx", "r11", "rdi", "rsi", "xmm0", "xmm7", "xmm15", "memory", "st");
    printf("vector registers kept %d\n", memcmp(in, out, sizeof in) == 0);
    set(SIGTRAP, plain, 0, 0);
    __asm__ volatile("int3");
    show("breakpoint");
}

int main(void)
{
    masks();
    queues();
    interrupted();
    children();
    registers();
    return 0;
}

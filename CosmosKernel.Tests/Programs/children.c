/* What parents learn of their children, and what children inherit: wait4's ways, stops, vfork, clone, exec. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void say(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static volatile int value = 1;
static volatile int *shared;

static void short_while(void)
{
    struct timespec wait = { 0, 30000000 };
    nanosleep(&wait, 0);
}

static pid_t child_that(void (*what)(void))
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        what();
        _exit(0);
    }
    return child;
}

static void nothing(int number)
{
    (void)number;
}

static void ends_with_five(void)
{
    _exit(5);
}

static void waits_for_ever(void)
{
    for (;;)
        pause();
}

static void waits(void)
{
    int status = 0;
    struct rusage usage;
    say("no child", waitpid(-1, &status, 0));
    say("bad options", waitpid(-1, &status, 0x100));
    pid_t child = child_that(waits_for_ever);
    printf("not yet: %d\n", waitpid(child, &status, WNOHANG));
    say("another's", waitpid(child + 1000, &status, 0));
    printf("of the group: %d\n", waitpid(0, &status, WNOHANG));
    kill(child, SIGSTOP);
    pid_t found = waitpid(child, &status, WUNTRACED);
    printf("stopped: %d by %d %d\n", found == child, WIFSTOPPED(status), WSTOPSIG(status));
    printf("told once: %d\n", waitpid(child, &status, WUNTRACED | WNOHANG));
    kill(child, SIGCONT);
    found = waitpid(child, &status, WCONTINUED);
    printf("goes on: %d %d\n", found == child, WIFCONTINUED(status));
    kill(child, SIGSTOP);
    kill(child, SIGKILL);
    found = wait4(child, &status, 0, &usage);
    printf("killed while stopped: %d by %d\n", found == child, WTERMSIG(status));
    say("gone", kill(child, 0));
    child = child_that(ends_with_five);
    short_while();
    printf("ended and not asked: %d\n", kill(child, 0));
    found = waitpid(-1, &status, 0);
    printf("ended: %d with %d\n", found == child, WEXITSTATUS(status));
    signal(SIGCHLD, SIG_IGN);
    child = child_that(ends_with_five);
    say("nobody asks", waitpid(child, &status, 0));
    signal(SIGCHLD, SIG_DFL);
}

static void leaves_an_orphan(void)
{
    pid_t child = fork();
    if (child == 0) {
        short_while();
        short_while();
        shared[0] = getppid() != shared[1];
        _exit(0);
    }
    shared[1] = getpid();
}

static void orphans(void)
{
    int status;
    pid_t child = child_that(leaves_an_orphan);
    waitpid(child, &status, 0);
    say("the grandchild is not ours", waitpid(-1, &status, 0));
    for (int round = 0; round < 20 && !shared[0]; round++)
        short_while();
    printf("it has another parent: %d\n", shared[0]);
}

static void vforks(void)
{
    int status;
    value = 1;
    pid_t child = vfork();
    if (child == 0) {
        value = 2;
        struct timespec wait = { 0, 30000000 };
        nanosleep(&wait, 0);
        value++;
        _exit(9);
    }
    int seen = value;
    waitpid(child, &status, 0);
    printf("after vfork: value %d, ended with %d\n", seen, WEXITSTATUS(status));
    child = vfork();
    if (child == 0) {
        kill(getpid(), SIGKILL);
        _exit(1);
    }
    waitpid(child, &status, 0);
    printf("killed in vfork: %d\n", WTERMSIG(status));
}

static long raw_clone(unsigned long flags, int *parent, int *child)
{
    return syscall(SYS_clone, flags, 0, parent, child, 0);
}

static void clones(void)
{
    int status, parent_word = 0, child_word = 0;
    fflush(stdout);
    long child = raw_clone(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, &parent_word, &child_word);
    if (child == 0)
        _exit(child_word == getpid() && parent_word == 0 ? 11 : 12);
    waitpid((pid_t)child, &status, 0);
    printf("clone: told %d %d, ended with %d\n", parent_word == child, child_word, WEXITSTATUS(status));
    say("a thread without signals", raw_clone(CLONE_THREAD | CLONE_VM, 0, 0));
    child = raw_clone(0, 0, 0);
    if (child == 0)
        _exit(3);
    say("without a signal", waitpid((pid_t)child, &status, 0));
    printf("of all kinds: %d\n", waitpid((pid_t)child, &status, __WALL) == child);
}

static void execs(char *self)
{
    int ends[2], status;
    char one[16], other[16];
    if (pipe(ends) != 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0)
        exit(97);
    snprintf(one, sizeof one, "%d", ends[0]);
    snprintf(other, sizeof other, "%d", ends[1]);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, nothing);
    fflush(stdout);
    pid_t child = vfork();
    if (child == 0) {
        char *arguments[] = { self, one, other, 0 };
        char *environment[] = { "WHERE=here", 0 };
        execve(self, arguments, environment);
        _exit(98);
    }
    waitpid(child, &status, 0);
    printf("the program ended with %d\n", WEXITSTATUS(status));
    char *none[] = { 0 };
    say("no such program", execve("/no/such/program", none, none));
}

static int inherited(char **arguments)
{
    struct sigaction ignored, caught;
    sigaction(SIGUSR1, 0, &ignored);
    sigaction(SIGUSR2, 0, &caught);
    say("kept", fcntl(atoi(arguments[1]), F_GETFD));
    say("closed", fcntl(atoi(arguments[2]), F_GETFD));
    printf("ignored %d, default %d, %s\n", ignored.sa_handler == SIG_IGN, caught.sa_handler == SIG_DFL, getenv("WHERE"));
    return 44;
}

int main(int count, char **arguments)
{
    if (count == 3)
        return inherited(arguments);
    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    waits();
    orphans();
    vforks();
    clones();
    execs(arguments[0]);
    return 0;
}

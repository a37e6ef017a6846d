/* Waits for words in memory, for files and for time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void say(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

#define WAIT 0
#define WAKE 1
#define WAIT_BITS 9
#define WAKE_BITS 10
#define PRIVATE 128

static int *shared;

static long futex(int *word, int operation, int value, const struct timespec *limit, unsigned bits)
{
    return syscall(SYS_futex, word, operation, value, limit, 0, bits);
}

static void short_while(int milliseconds)
{
    struct timespec wait = { 0, milliseconds * 1000000L };
    nanosleep(&wait, 0);
}

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void nothing(int number)
{
    (void)number;
}

static void words(void)
{
    int own = 5, status;
    struct timespec soon = { 0, 30000000 };
    long begin = now(), result = futex(&own, WAIT | PRIVATE, 5, &soon, 0);
    printf("nobody wakes: %ld %s, waited %d\n", result, strerror(errno), now() - begin >= 30);
    say("another value", futex(&own, WAIT | PRIVATE, 6, 0, 0));
    say("crooked", futex((int *)((char *)&own + 1), WAIT | PRIVATE, 5, 0, 0));
    say("nowhere", futex((int *)16, WAIT, 5, 0, 0));
    say("no bits", futex(&own, WAIT_BITS, 5, 0, 0));
    printf("nobody waits: %ld\n", futex(shared, WAKE, 9, 0, 0));
    say("no such", futex(shared, 77, 9, 0, 0));
    fflush(stdout);
    for (int child = 0; child < 3; child++) {
        if (fork() == 0) {
            long woken = child == 2 ? futex(shared, WAIT_BITS, 0, 0, 4) : futex(shared, WAIT_BITS, 0, 0, 3);
            _exit(woken == 0 ? 1 + child : 90);
        }
        short_while(30);
    }
    long second = futex(shared, WAKE_BITS, 9, 0, 4);
    pid_t child = wait(&status);
    printf("one by its bit: %ld, it was %d\n", second, WEXITSTATUS(status));
    long first = futex(shared, WAKE, 1, 0, 0);
    child = wait(&status);
    printf("then the first: %ld, it was %d %d\n", first, WEXITSTATUS(status), child > 0);
    *shared = 1;
    long rest = futex(shared, WAKE, 1000, 0, 0);
    wait(&status);
    printf("then the rest: %ld, it was %d\n", rest, WEXITSTATUS(status));
    *shared = 0;
    pid_t parent = getpid();
    signal(SIGUSR1, nothing);
    struct sigaction action = { .sa_handler = nothing };
    sigaction(SIGUSR1, &action, 0);
    fflush(stdout);
    if (fork() == 0) {
        short_while(40);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    result = futex(shared, WAIT, 0, 0, 0);
    say("interrupted", result);
    wait(&status);
    say("nobody waits any more", futex(shared, WAKE, 9, 0, 0));
}

static void ping_pong(void)
{
    fflush(stdout);
    pid_t child = fork();
    for (int round = 0; round < 2000; round++) {
        int mine = child == 0 ? 2 * round + 1 : 2 * round;
        while (__atomic_load_n(&shared[1], __ATOMIC_SEQ_CST) != mine)
            futex(&shared[1], WAIT, mine - 1, 0, 0);
        __atomic_store_n(&shared[1], mine + 1, __ATOMIC_SEQ_CST);
        futex(&shared[1], WAKE, 1, 0, 0);
    }
    if (child == 0)
        _exit(0);
    wait(0);
    printf("to and fro %d\n", shared[1]);
}

static void files(void)
{
    int ends[2], others[2];
    char bytes[8];
    if (pipe(ends) != 0 || pipe2(others, O_NONBLOCK) != 0)
        exit(97);
    struct pollfd asked[4] = { { ends[0], POLLIN, 0 }, { ends[1], POLLOUT, 0 }, { 55, POLLIN, 0 }, { -1, POLLIN, 0 } };
    int found = poll(asked, 4, 0);
    printf("poll %d: %x %x %x %x\n", found, asked[0].revents, asked[1].revents, asked[2].revents, asked[3].revents);
    long begin = now();
    found = poll(asked, 1, 40);
    printf("nothing comes %d, waited %d\n", found, now() - begin >= 40);
    fflush(stdout);
    if (fork() == 0) {
        short_while(30);
        _exit(write(ends[1], "x", 1) != 1);
    }
    found = poll(asked, 1, -1);
    printf("something comes %d: %x\n", found, asked[0].revents);
    wait(0);
    fd_set reading, writing;
    FD_ZERO(&reading);
    FD_ZERO(&writing);
    FD_SET(ends[0], &reading);
    FD_SET(others[0], &reading);
    FD_SET(others[1], &writing);
    struct timeval soon = { 0, 20000 };
    found = select(20, &reading, &writing, 0, &soon);
    printf("select %d: %d %d %d\n", found, FD_ISSET(ends[0], &reading), FD_ISSET(others[0], &reading), FD_ISSET(others[1], &writing));
    FD_ZERO(&reading);
    FD_SET(others[0], &reading);
    begin = now();
    found = select(20, &reading, 0, 0, &soon);
    printf("nothing to select %d: %d, waited %d\n", found, FD_ISSET(others[0], &reading), now() - begin >= 10);
    FD_ZERO(&reading);
    FD_SET(33, &reading);
    say("a bad one", select(40, &reading, 0, 0, &soon));
    say("would wait", (int)read(others[0], bytes, 1));
    printf("flags %x %x\n", fcntl(others[0], F_GETFL) & ~0x8000, fcntl(ends[1], F_GETFL) & ~0x8000);
    close(ends[0]);
    asked[0] = asked[1];
    found = poll(asked, 1, 0);
    printf("nobody reads %d: %x\n", found, asked[0].revents);
    struct sigaction action = { .sa_handler = SIG_IGN };
    sigaction(SIGPIPE, &action, 0);
    say("written", (int)write(ends[1], "y", 1));
    close(others[1]);
    asked[0].fd = others[0];
    asked[0].events = POLLIN;
    found = poll(asked, 1, -1);
    printf("nobody writes %d: %x\n", found, asked[0].revents);
    say("read", read(others[0], bytes, 1));
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &mask, &old);
    raise(SIGUSR1);
    found = ppoll(0, 0, 0, &old);
    sigprocmask(SIG_SETMASK, 0, &mask);
    printf("ppoll %d %s, blocked again %d\n", found, strerror(errno), sigismember(&mask, SIGUSR1));
}

static void breaks_a_pipe(void)
{
    int ends[2], status;
    fflush(stdout);
    if (fork() == 0) {
        signal(SIGPIPE, SIG_DFL);
        if (pipe(ends) != 0)
            _exit(1);
        close(ends[0]);
        _exit(write(ends[1], "z", 1) < 0);
    }
    wait(&status);
    printf("a broken pipe kills: %d\n", WTERMSIG(status));
}

static void times(void)
{
    struct timespec at, wrong = { 0, 1000000000 };
    clock_gettime(CLOCK_MONOTONIC, &at);
    long begin = now();
    at.tv_nsec += 30000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    int result = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, 0);
    long waited = now() - begin;
    printf("until then %d, waited %d\n", result, waited >= 29 && waited < 3000);
    say("wrong", nanosleep(&wrong, 0));
    say("no such clock", clock_gettime(77, &at));
    struct sigaction action = { .sa_handler = nothing };
    sigaction(SIGALRM, &action, 0);
    struct itimerval often = { { 0, 20000 }, { 0, 20000 } }, old, never = { 0 };
    setitimer(ITIMER_REAL, &often, 0);
    begin = now();
    for (int round = 0; round < 5; round++)
        pause();
    waited = now() - begin;
    setitimer(ITIMER_REAL, &never, &old);
    printf("five alarms, waited %d, period %ld\n", waited >= 95, (long)old.it_interval.tv_usec);
    alarm(100);
    int left = (int)alarm(0), then = (int)alarm(0);
    printf("of a hundred seconds are left %d, then %d\n", left >= 99, then);
    say("no such timer", setitimer(7, &often, 0));
}

int main(void)
{
    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    words();
    ping_pong();
    files();
    breaks_a_pipe();
    times();
    return 0;
}

/* Processes that add to the same counters: with atomic instructions nothing is lost; turns that are taken by turns need none. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 4
#define ROUNDS 20000
#define TURNS 500

struct counters {
    long atomic;
    long compared;
    volatile long plain;
    volatile int turn;
    long each[CHILDREN];
};

static void count(struct counters *counters, int self)
{
    for (int round = 0; round < ROUNDS; round++) {
        __atomic_fetch_add(&counters->atomic, self + 1, __ATOMIC_RELAXED);
        long seen = __atomic_load_n(&counters->compared, __ATOMIC_RELAXED);
        while (!__atomic_compare_exchange_n(&counters->compared, &seen, seen + 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            ;
        counters->each[self]++;
    }
    for (int turn = 0; turn < TURNS; turn++) {
        while (counters->turn != self)
            sched_yield();
        counters->plain = counters->plain * 3 % 1000003 + self;
        counters->turn = (self + 1) % CHILDREN;
    }
}

int main(void)
{
    /* Across a page's end, so that both pages have to be the same for all. */
    char *room = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return 1;
    struct counters *counters = (struct counters *)(room + 4096 - 16);
    counters->plain = 1;
    for (int child = 0; child < CHILDREN; child++) {
        pid_t pid = fork();
        if (pid < 0)
            return 2;
        if (pid == 0) {
            count(counters, child);
            _exit(child);
        }
    }
    int sum = 0;
    for (int child = 0; child < CHILDREN; child++) {
        int status;
        if (wait(&status) < 0 || !WIFEXITED(status))
            return 3;
        sum += WEXITSTATUS(status);
    }
    printf("atomic %ld, compared %ld, by turns %ld, ended with %d\n", counters->atomic, counters->compared, counters->plain, sum);
    for (int child = 0; child < CHILDREN; child++)
        printf("child %d: %ld\n", child, counters->each[child]);
    return 0;
}

/* Processes open pipes until there is no more memory for them, or as many as they may; then they close them, and there is memory again. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 32
#define MOST 1000

static int fill(int go, int ready)
{
    int ends[2], count = 0;
    char byte;
    if (read(go, &byte, 1) < 0) /* When all are there. */
        return 3;
    while (count < MOST / 2 && pipe(ends) == 0)
        count++;
    int error = count == MOST / 2 ? 0 : errno;
    if (read(ready, &byte, 1) < 0)
        return 2;
    return error == 0 || error == ENOMEM || error == EMFILE || error == ENFILE ? 0 : 1;
}

int main(void)
{
    struct rlimit limit = { MOST + 20, MOST + 20 };
    int go[2], ends[2], status, strange = 0, killed = 0, children = 0;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || pipe(go) != 0 || pipe(ends) != 0)
        return 1;
    for (; children < PROCESSES; children++) {
        pid_t child = fork();
        if (child == 0) {
            close(go[1]);
            close(ends[1]);
            _exit(fill(go[0], ends[0]));
        }
        if (child < 0)
            break;
    }
    close(go[1]);
    sleep(1);
    close(ends[1]);
    while (wait(&status) > 0) {
        killed += WIFSIGNALED(status);
        strange += WIFEXITED(status) && WEXITSTATUS(status) != 0;
    }
    printf("all have ended, %d strangely\n", strange);
    return killed > PROCESSES;
}

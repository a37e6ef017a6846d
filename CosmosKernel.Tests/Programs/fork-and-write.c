/* A parent and three children write to the same variables: each sees its own; what is shared all see. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int value = 100;
static char buffer[64 * 1024];

int main(void)
{
    int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    memset(buffer, 'p', sizeof buffer);
    for (int child = 1; child <= 3; child++) {
        pid_t pid = fork();
        if (pid < 0)
            return 2;
        if (pid == 0) {
            value += child;
            memset(buffer, '0' + child, sizeof buffer);
            shared[child] = value;
            _exit(buffer[sizeof buffer - 1] == '0' + child ? 10 + child : 99);
        }
        int status;
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
            return 3;
        printf("child %d ended with %d\n", child, WEXITSTATUS(status));
    }
    printf("value %d, buffer %c, shared %d %d %d\n", value, buffer[777], shared[1], shared[2], shared[3]);
    return 0;
}

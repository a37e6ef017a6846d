/* Makes children that write to a page and end, one after the other: fork-exit [COUNT]. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 100;
    volatile int mine = 0;
    for (int child = 0; child < count; child++) {
        int status;
        pid_t pid = fork();
        if (pid < 0)
            return 1;
        if (pid == 0) {
            mine = child + 1;
            _exit(mine & 0x7F);
        }
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != ((child + 1) & 0x7F) || mine != 0)
            return 2;
    }
    printf("%d children came and went\n", count);
    return 0;
}

/* Loads the program, and says whose child was executed last. */
#include "exec.skel.h"

#include <stdio.h>
#include <unistd.h>

int main(void)
{
    struct exec_bpf *skeleton = exec_bpf__open_and_load();
    if (skeleton == NULL || exec_bpf__attach(skeleton) != 0) {
        fprintf(stderr, "cannot load (are you root?)\n");
        return 1;
    }
    if (fork() == 0)
        execlp("true", "true", NULL);
    sleep(1);
    printf("%s\n", skeleton->bss->parent == getpid() ? "child of this process" : "another one");
    exec_bpf__destroy(skeleton);
    return 0;
}

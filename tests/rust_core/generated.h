/* The local types of generated.rs: those of matrix.h, and what kernels have not, or had once. */
#include "matrix.h"
struct task_struct___old {
    long state;
};
struct task_struct___odd {
    int no_such_member;
};
struct no_such_struct {
    int x;
};
enum pid_type___odd { PIDTYPE_NOPE };

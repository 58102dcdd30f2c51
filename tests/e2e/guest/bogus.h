/* What no kernel has, to ask for it. */
#ifndef BOGUS_H
#define BOGUS_H

enum pid_type___bogus { PIDTYPE_NO_SUCH_THING = 5 };
struct task_struct___bogus {
    int no_such_member;
};
struct no_such_struct {
    int a;
};

#endif

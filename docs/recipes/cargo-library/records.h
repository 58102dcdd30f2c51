/* What the BPF program and the user's side share. */
struct event {
    unsigned long long time;
    unsigned int pid;
    unsigned int kind : 4, flags : 28;
    char comm[16];
};

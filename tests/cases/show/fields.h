// hdrgen: task --fields task=pid,low --target x86_64-linux-gnu
struct task { int state; union { int pid; struct { short low, high; }; }; char comm[16]; };

// hdrgen: task --accessors probe-read --probe-read-fn aya --target x86_64-linux-gnu
/* The same with that of aya. */
struct task { int state; };

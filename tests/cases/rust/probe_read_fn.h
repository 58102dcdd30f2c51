// hdrgen: task --accessors probe-read --probe-read-fn crate::copy --target x86_64-linux-gnu
/* The same with a function of the user's. */
struct task { int state; };

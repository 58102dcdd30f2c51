// hdrgen: '*' --target x86_64-linux-gnu
// BTF tags reach the BPF program.
#define __user __attribute__((btf_type_tag("user")))
#define __counted __attribute__((btf_decl_tag("counted")))
struct target {
	int x __counted;
};
struct message {
	char __user *text;
	struct target __user *__user *targets;
};

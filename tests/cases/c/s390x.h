// hdrgen: '*' --target s390x-linux-gnu
// What BPF compilers align otherwise than the target.
struct wide {
	char a;
	unsigned __int128 b;
	long double c;
};

// flags:
struct ca_names {
	char a[1];
	char name[16];
	unsigned char mac[6];
	signed char s[3];
	const char version[5];
	char lines[2][8];
	char *text;
	const char *const *list;
};
typedef char ca_comm[16];
struct ca_task {
	int pid;
	ca_comm comm;
	ca_comm others[2];
};

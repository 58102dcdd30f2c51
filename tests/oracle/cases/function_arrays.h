// flags:
typedef int (*fna_handler)(void *, unsigned long);
typedef void fna_plain(int);

struct fna_table {
	char a;
	int (*ops[3])(int);
	fna_handler handlers[4];
	fna_handler grid[2][2];
	fna_plain *plain;
	fna_plain *plains[2];
	void (*(*vector)[5])(void);
	long tail;
};

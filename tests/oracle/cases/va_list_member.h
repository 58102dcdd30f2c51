// flags:
struct val_format {
	const char *fmt;
	__builtin_va_list *va;
};
struct val_holder {
	char a;
	__builtin_va_list va;
	char b;
};
typedef __builtin_va_list val_list;
struct val_typed {
	int a;
	val_list list;
	int (*print)(const char *, val_list);
};

// flags:
struct tf_base {
	char a;
	short b[3];
};
extern struct tf_base tf_object;
extern unsigned long long tf_number;

struct tf_user {
	char a;
	__typeof__(tf_number) b;
	__typeof__(tf_object) c;
	__typeof__(tf_object.b) d;
	__typeof__(&tf_object) e;
	__typeof__(int[3]) f;
	__typeof__(sizeof(int)) g;
	__typeof__(((struct tf_base *)0)->b[0]) h;
};
typedef __typeof__(tf_number) tf_alias;
typedef __typeof__(*(struct tf_base *)0) tf_record_alias;

// flags:
// C names that mean something else in Rust: primitive types, prelude items, and names a generator may use.
struct Option {
	int Some;
	int None;
};
struct Box {
	struct Option *Option;
	struct Vec *Vec;
};
struct Copy {
	int Clone;
	int Debug;
};
struct Default {
	int new;
	int clone;
	int default_;
};
struct Sync {
	int i32;
	int usize;
	int str;
	int core;
	int std;
	int bool_;
};
typedef unsigned char u8;
typedef unsigned int u32;
typedef signed long long i64;
typedef unsigned long usize;
typedef float f32;
struct rp_user {
	u8 u8;
	u32 u32;
	i64 i64;
	usize usize;
	f32 f32;
	struct Option String;
	struct Box *Box;
	unsigned new : 3;
	unsigned clone : 4;
	unsigned default_ : 5;
	unsigned drop : 6;
};

// flags:
// Bit-fields of 128-bit base type, where the target has it.
struct i128b_fallback {
	unsigned long long a : 60;
	unsigned long long b : 60;
};

#ifdef __SIZEOF_INT128__
struct i128b_wide {
	unsigned __int128 a : 70;
	unsigned __int128 b : 58;
	__int128 c : 100;
};
#endif

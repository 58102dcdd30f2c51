// flags: -Wno-incompatible-ms-struct
// ms_struct: bit-fields of different base types do not share storage.
struct ml_ms {
	char a : 3;
	int b : 4;
	short c : 5;
	short d : 5;
	char e;
} __attribute__((ms_struct));
struct ml_gcc {
	char a : 3;
	int b : 4;
	short c : 5;
	short d : 5;
	char e;
};

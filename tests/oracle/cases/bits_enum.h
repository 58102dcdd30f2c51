// flags:
enum be_color { BE_RED, BE_GREEN, BE_BLUE };
enum be_sign { BE_MINUS = -1, BE_ZERO, BE_PLUS };
enum be_small { BE_S0, BE_S1 = 200 } __attribute__((packed));

typedef enum { BE_T0, BE_T1, BE_T2 } be_typed;

struct be_bits {
	enum be_color a : 2;
	enum be_sign b : 2;
	enum be_small c : 8;
	be_typed d : 3;
	unsigned e : 4;
};

struct be_alone {
	enum be_color c : 5;
};

struct be_signs {
	enum be_sign low : 8;
	enum be_color high : 8;
	enum be_sign full : 32;
	enum be_color whole : 32;
};

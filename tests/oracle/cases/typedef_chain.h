// flags:
typedef int tc_1;
typedef tc_1 tc_2;
typedef tc_2 tc_3;
typedef const tc_3 tc_4;
typedef tc_4 *tc_5;
typedef tc_5 tc_6[3];
typedef volatile tc_2 tc_7;

struct tc_rec {
	char c;
	tc_3 v;
};
typedef struct tc_rec tc_rec_1;
typedef tc_rec_1 tc_rec_2;
typedef tc_rec_2 tc_rec_3[2];

struct tc_user {
	char a;
	tc_3 b;
	tc_4 c;
	tc_5 d;
	tc_6 e;
	tc_7 f;
	tc_rec_2 g;
	tc_rec_3 h;
	tc_rec_3 *i;
};

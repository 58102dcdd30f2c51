// flags:
enum ep_zero { EP_ZERO };
enum ep_list { EP_A, EP_B, EP_C = 10, EP_D, EP_E = EP_C + 5, EP_F = 0x7fffffff };
enum ep_same { EP_S1 = 1, EP_S2 = 1, EP_S3 = EP_S1 };
enum ep_big_unsigned { EP_BU0, EP_BU1 = 0xffffffffu };
typedef enum { EP_T0, EP_T1 = 'x' } ep_typed;
typedef enum ep_tagged { EP_G0 = 3, EP_G1 } ep_tagged;

struct ep_user {
	char a;
	enum ep_zero b;
	enum ep_list c;
	ep_typed d;
	ep_tagged e;
	enum ep_big_unsigned f;
	enum { EP_IN0, EP_IN1 } g;
	enum ep_list h[3];
	enum ep_inside { EP_INSIDE = 7 } i;
};

// flags:
// Enums without a name: constants only, as a member, behind a typedef.
enum { EA_LIMIT = 64, EA_MASK = 0xff };

struct ea_user {
	char a;
	enum { EA_ON = 1, EA_OFF } state;
	enum { EA_X = -3 } *p;
	enum { EA_B0, EA_B1 } bits : 2;
	char data[EA_LIMIT];
};
typedef enum { EA_T = 9 } ea_typed;

// flags:
// An enum used behind a pointer before (or without) its definition.
enum ef_later;
enum ef_never;

struct ef_user {
	char a;
	enum ef_later *b;
	enum ef_never *c;
	enum ef_later (*d)(int);
};

enum ef_later { EF_A = 4, EF_B };

struct ef_after {
	char a;
	enum ef_later b;
};

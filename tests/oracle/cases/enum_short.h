// flags: -fshort-enums
enum es_byte { ES_A, ES_B };
enum es_word { ES_C = 300 };
enum es_signed { ES_D = -1, ES_E = 100 };

struct es_user {
	enum es_byte a;
	enum es_word b;
	enum es_signed c;
	enum es_byte d;
	int e;
};

// flags:
struct ma_ints {
	int m[2][3];
	char n[3][5][7];
	short o[1][1][1][1];
};

typedef int ma_row[4];
struct ma_rows {
	char a;
	ma_row r;
	ma_row rr[2];
	const ma_row *pr;
};

struct ma_cell {
	char a;
	short b;
};
struct ma_cells {
	char x;
	struct ma_cell grid[2][2];
	struct ma_cell *ptrs[2][3];
	char y;
};

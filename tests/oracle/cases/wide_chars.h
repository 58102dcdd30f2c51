// flags:
typedef __WCHAR_TYPE__ wc_wchar;
typedef __CHAR16_TYPE__ wc_char16;
typedef __CHAR32_TYPE__ wc_char32;
typedef __SIZE_TYPE__ wc_size;
typedef __PTRDIFF_TYPE__ wc_ptrdiff;
typedef __UINTPTR_TYPE__ wc_uintptr;
typedef __INTMAX_TYPE__ wc_intmax;

struct wc_text {
	char a;
	wc_wchar b[3];
	char c;
	wc_char16 d[3];
	wc_char32 e;
	wc_size f;
	wc_ptrdiff g;
	wc_uintptr h;
	char i;
	wc_intmax j;
};

// flags:
struct dn_1 { char a; struct { char b; struct { short c; struct { char d; struct { int e; struct { char f; struct {
	long g; struct { char h; struct { long long i; struct { char j; struct { short k; struct { char l; } m; } n; } o;
	} p; } q; } r; } s; } t; } u; } v; } w; };

struct dn_l0 { char v; };
struct dn_l1 { struct dn_l0 a[2]; short v; };
struct dn_l2 { struct dn_l1 a[2]; int v; };
struct dn_l3 { struct dn_l2 a[2]; long v; };
struct dn_l4 { struct dn_l3 a[2]; long long v; };
struct dn_l5 { struct dn_l4 a[2]; char v; };
struct dn_l6 { struct dn_l5 a[2][2]; union { struct dn_l5 x; struct dn_l4 y[3]; } z; };

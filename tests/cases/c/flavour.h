// hdrgen: --flavour ___old --target x86_64-linux-gnu
/* A suffix for each name but members', so that the types of two kernels go together. */
typedef unsigned int u32;
enum color { RED, GREEN };
struct point { int x; enum color color; u32 count; struct point *next; struct other *other; };
typedef struct { int counter; } atomic_t;
union u { struct point point; atomic_t atomic; };

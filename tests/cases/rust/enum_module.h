// hdrgen: --enum-style module --target x86_64-linux-gnu
/* A module of constants; its Type is the type. */
enum color { RED, GREEN = 5, VERDE = 5, NONE = -1 };
enum { ALONE = 3 };
typedef enum { LOW, HIGH } level;
struct pixel { enum color color; enum color bits : 4; level level; };

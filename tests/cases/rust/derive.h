// hdrgen: --derive Default,PartialEq,Eq,Hash --module derived --target x86_64-linux-gnu
/* What a record cannot have is left out, and why is said. */
struct plain { int a; char name[40]; };
struct real { float f; };
struct call { void (*call)(int); };
union either { int i; float f; };
struct holds { union either either; };
struct __attribute__((packed, aligned(8))) mixed { char c; long l; int i; };

// flags:
// Members of a bit-field run next to zero arrays, packed members and nested records.
struct ms_small {
	unsigned char a : 2;
	unsigned char b : 6;
};
struct ms_user {
	struct ms_small a;
	unsigned b : 24;
	unsigned char mark[0];
	unsigned c : 8;
	struct ms_small d[2];
	unsigned short e : 16;
	struct {
		unsigned f : 1;
	} g;
	unsigned h : 1;
};
struct ms_skb_like {
	unsigned char cloned_offset[0];
	unsigned char cloned : 1, nohdr : 1, fclone : 2, peeked : 1, head_frag : 1, pfmemalloc : 1, recycle : 1;
	unsigned char active;
	unsigned char type_offset[0];
	unsigned char pkt_type : 3;
	unsigned char ignore : 1;
	unsigned char nf_trace : 1;
	unsigned char summed : 2;
	unsigned char ooo : 1;
	unsigned short queue;
};

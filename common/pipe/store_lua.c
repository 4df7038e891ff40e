/*
 * store_lua.c - store.lua, compiled in, behind a head that is made from states.def: the legal moves
 * and the version. The version is a hash of the text, so that a changed move is a changed library.
 */
#include "pipe/store_redis.h"

__asm__(".pushsection .rodata\n"
	".hidden claimline_lua\n.global claimline_lua\nclaimline_lua:\n.incbin \"common/pipe/store.lua\"\n"
	".hidden claimline_lua_end\n.global claimline_lua_end\nclaimline_lua_end:\n.byte 0\n.popsection\n");
extern const char claimline_lua[] __attribute__((visibility("hidden")));
extern const char claimline_lua_end[] __attribute__((visibility("hidden")));

static void
put_moves(struct buf *b)
{
	buf_cstr(b, "local LEGAL = {");
	for (int f = 0; f < ST_COUNT; f++)
		for (int t = 0; t < ST_COUNT; t++)
			if (state_event((enum state)f, (enum state)t))
				buf_fmt(b, "['%s>%s']=1,", state_name((enum state)f), state_name((enum state)t));
	buf_cstr(b, "}\nlocal IC_LEGAL = {");
	for (int f = IC_RESERVED; f <= IC_VOID; f++)
		for (int t = IC_RESERVED; t <= IC_VOID; t++)
			if (store_ic_legal((enum ic_state)f, (enum ic_state)t))
				buf_fmt(b, "['%s>%s']=1,", ic_state_name((enum ic_state)f),
				    ic_state_name((enum ic_state)t));
	buf_cstr(b, "}\n");
}

int
store_lua_source(struct arena *a, struct str *lua, struct str *version)
{
	struct str text = { claimline_lua, (size_t)(claimline_lua_end - claimline_lua) };
	struct str moves, hashed[2];
	struct buf b;

	buf_init(&b, a);
	put_moves(&b);
	moves = buf_view(&b);
	hashed[0] = moves;
	hashed[1] = text;
	*version = rec_hash16(a, hashed, 2);
	version->n = version->n > 12 ? 12 : version->n;
	buf_init(&b, a);
	buf_fmt(&b, "#!lua name=claimline\nlocal VERSION = '" STR_FMT "'\n", STR_ARG(*version));
	buf_str(&b, moves);
	buf_str(&b, text);
	*lua = buf_view(&b);
	return a->spent ? E_NOMEM : 0;
}

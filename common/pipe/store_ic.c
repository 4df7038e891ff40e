/*
 * store_ic.c - interchanges as both stores keep them: states, legal moves, members as bytes. No I/O.
 * Bytes read back are checked as if a stranger had written them.
 */
#include "pipe/store_impl.h"
#include "base/mp.h"

#include <msgpack.h>
#include <string.h>

static const char *const names[] = {
	[IC_RESERVED] = "reserved", [IC_SEALED] = "sealed", [IC_SENT] = "sent",
	[IC_ACCEPTED] = "accepted", [IC_REJECTED] = "rejected", [IC_VOID] = "void",
};
#define IC_STATES	(sizeof names / sizeof *names)

const char *const store_ic_fields[IC_F_COUNT] = {
	[IC_F_ST] = "st", [IC_F_M] = "m", [IC_F_TM] = "tm", [IC_F_N] = "n", [IC_F_SHA] = "sha", [IC_F_NAME] = "name",
};

const char *
ic_state_name(enum ic_state s)
{
	return (size_t)s < IC_STATES ? names[s] : "?";
}

enum ic_state
store_ic_state(struct str name, bool *ok)
{
	for (size_t i = 0; i < IC_STATES; i++)
		if (str_is(name, names[i])) {
			*ok = true;
			return (enum ic_state)i;
		}
	*ok = false;
	return IC_VOID;
}

/* The same state again is what a caller sends after a lost reply. */
bool
store_ic_legal(enum ic_state from, enum ic_state to)
{
	static const struct { enum ic_state from, to; } legal[] = {
		{ IC_RESERVED, IC_SEALED }, { IC_RESERVED, IC_VOID }, { IC_SEALED, IC_SENT },
		{ IC_SENT, IC_ACCEPTED }, { IC_SENT, IC_REJECTED }, { IC_ACCEPTED, IC_REJECTED },
	};

	for (size_t i = 0; i < sizeof legal / sizeof *legal; i++)
		if (legal[i].from == from && legal[i].to == to)
			return true;
	return from == to;
}

bool
store_partner_ok(struct str p)
{
	for (size_t i = 0; i < p.n; i++) {
		char c = p.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_.-",
		    c)) || !c)
			return false;
	}
	return p.n > 0 && p.n <= 64;
}

struct str
store_members_pack(struct arena *a, const struct member *v, size_t n)
{
	struct buf b;
	msgpack_packer pk;

	buf_init(&b, a);
	msgpack_packer_init(&pk, &b, mp_to_buf);
	(void)msgpack_pack_array(&pk, n);
	for (size_t i = 0; i < n; i++) {
		(void)msgpack_pack_array(&pk, 3);
		(void)msgpack_pack_bin(&pk, sizeof v[i].id.b);
		(void)msgpack_pack_bin_body(&pk, v[i].id.b, sizeof v[i].id.b);
		(void)msgpack_pack_unsigned_int(&pk, v[i].lane);
		(void)msgpack_pack_str(&pk, v[i].pcn.n);
		(void)msgpack_pack_str_body(&pk, v[i].pcn.p ? v[i].pcn.p : "", v[i].pcn.n);
	}
	return buf_view(&b);
}

static bool
member_unpack(struct arena *a, struct mp *mp, struct member *m)
{
	struct str id;
	int64_t lane;
	size_t three;
	struct str pcn;

	if (!mp_array(mp, &three) || three != 3 || !mp_bytes(mp, &id) || id.n != sizeof m->id.b ||
	    !mp_int(mp, &lane) || lane < 0 || lane > 255 || !mp_bytes(mp, &pcn))
		return false;
	memcpy(m->id.b, id.p, sizeof m->id.b);
	m->lane = (unsigned)lane;
	m->pcn = arena_str(a, pcn);
	return true;
}

int
store_members_unpack(struct arena *a, struct str bytes, struct member **out, size_t *n)
{
	struct mp mp = mp_of(bytes);
	size_t count;

	*out = NULL;
	*n = 0;
	if (!mp_array(&mp, &count) || count > LIMIT_RECORDS)
		return E_STORE_REPLY;
	*out = arena_array(a, count ? count : 1, sizeof **out);
	if (!*out)
		return E_NOMEM;
	for (size_t i = 0; i < count; i++)
		if (!member_unpack(a, &mp, *out + i))
			return E_STORE_REPLY;
	*n = count;
	return !mp_done(&mp) ? E_STORE_REPLY : a->spent ? E_NOMEM : 0;
}

int
store_interchange(struct arena *a, const struct str v[IC_F_COUNT], struct interchange *out)
{
	bool ok;

	out->state = store_ic_state(v[IC_F_ST], &ok);
	if (!ok || !str_to_int(v[IC_F_TM], &out->made))
		return E_STORE_REPLY;
	out->sha = v[IC_F_SHA];
	out->name = v[IC_F_NAME];
	return store_members_unpack(a, v[IC_F_M], &out->members, &out->n);
}

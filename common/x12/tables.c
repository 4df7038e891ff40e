/* tables.c - schemas/x12_*.def as tables, and the look-ups in them. Nothing here looks at a claim. */
#include "x12/key.h"
#include "x12/wire.h"

static const struct { const char *name, *rest; enum x12_owner owner; } loops[L_COUNT] = {
	{ "", "+", O_PARTY },
#define LOOP(id, owner) { #id, #id "+", O_##owner },
#include "schemas/x12_837_order.def"
#define LOOP(id, owner) { #id, #id "+", O_##owner },
#include "schemas/x12_remit_order.def"
};

const struct x12_enter x12_enters[] = {
#define ENTER(type, context, segment, qual, loop) { T_##type, L_##context, segment, qual, L_##loop },
#include "schemas/x12_837_order.def"
};
const size_t x12_n_enters = sizeof x12_enters / sizeof *x12_enters;

#define KIND_DIAG	'D'
#define KIND_PROC	'P'
#define KIND_INFO	'I'
const struct x12_hi x12_his[] = {
#define HI(type, qual, kind, word, per) { T_##type, qual, KIND_##kind, word, per },
#include "schemas/x12_hi.def"
};
const size_t x12_n_his = sizeof x12_his / sizeof *x12_his;
static const uint32_t hi_keys[] = {		/* x12_key of each */
#define HI(type, qual, kind, word, per) (uint32_t)(qual[0] | qual[1] << 8 | qual[2] << 16),
#include "schemas/x12_hi.def"
};

static const struct { int type; const char *start, *class; } visits[] = {
#define VISIT(type, start, class) { T_##type, start, class },
#include "schemas/x12_visit.def"
};

static const struct { const char *set, *guide; int type; } guides[] = {
#define TAKE(set, guide, type) { set, guide, T_##type },
#include "schemas/x12_versions.def"
};
static const struct { int type; const char *guide; } outs[] = {
#define OUT(type, guide) { T_##type, guide },
#include "schemas/x12_versions.def"
};
static const struct { const char *set, *what, *where; } named[] = {
#define NAMED(set, what, where) { set, what, where },
#include "schemas/x12_versions.def"
};

#define COUNT(t)	(sizeof(t) / sizeof *(t))

const char *
x12_loop_name(enum x12_loop l)
{
	return loops[l].name;
}

const char *
x12_loop_rest(enum x12_loop l)
{
	return loops[l].rest;
}

enum x12_loop
x12_loop_named(struct str s)
{
	for (int i = 1; i < L_COUNT; i++)
		if (str_is(s, loops[i].name))
			return (enum x12_loop)i;
	return L_NONE;
}

enum x12_owner
x12_loop_owner(enum x12_loop l)
{
	return loops[l].owner;
}

int
x12_hi_rank(int type, struct str qual)
{
	uint32_t key = x12_key(qual);

	for (size_t i = 0; i < x12_n_his; i++)
		if (hi_keys[i] == key && (x12_his[i].types & type))
			return (int)i;
	return -1;
}

const char *
x12_visit(int type, struct str place)
{
	for (size_t i = 0; i < COUNT(visits); i++)
		if ((visits[i].type & type) && str_starts(place, str_of(visits[i].start)))
			return visits[i].class;
	return "";
}

int
x12_guide_type(struct str set, struct str guide)
{
	for (size_t i = 0; i < COUNT(guides); i++)
		if (str_is(set, guides[i].set) && str_is(guide, guides[i].guide))
			return guides[i].type;
	return 0;
}

const char *
x12_guide_out(int type)
{
	for (size_t i = 0; i < COUNT(outs); i++)
		if (outs[i].type == type)
			return outs[i].guide;
	return "";
}

void
x12_named(struct str set, const char **what, const char **where)
{
	*what = "a kind of transaction this program does not know";
	*where = "only claims are taken here";
	for (size_t i = 0; i < COUNT(named); i++)
		if (str_is(set, named[i].set)) {
			*what = named[i].what;
			*where = named[i].where;
		}
}

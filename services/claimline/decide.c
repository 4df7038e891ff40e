/* decide.c - rules for people's decisions as tables. Never talks to the store. */
#include "claimline/decide.h"

#include <ctype.h>
#include <string.h>

static const struct { enum state held, to; } releases[] = {
	{ ST_HELD_CODING, ST_CODED },		/* codes changed: the edits run again */
	{ ST_HELD_QUERY, ST_CODED },
	{ ST_HELD_BILLING, ST_CODED },
	{ ST_HELD_AUTHORIZATION, ST_CODED },
	{ ST_HELD_COMPLIANCE, ST_CLEARED },	/* compliance has looked: nothing left to judge */
	{ ST_HELD_DENIALS, ST_CODED },
};

enum state
decide_release_to(enum state held)
{
	for (size_t i = 0; i < sizeof releases / sizeof *releases; i++)
		if (releases[i].held == held)
			return releases[i].to;
	return ST_NONE;
}

enum state
decide_queue(struct str name)
{
	for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
		struct str full = str_of(state_name(releases[i].held)), tail = full;

		(void)str_cut(&tail, ':');
		if (str_eq(name, full) || str_eq(name, tail))
			return releases[i].held;
	}
	return ST_NONE;
}

struct str
decide_code(struct arena *a, struct str typed)
{
	struct buf b;
	struct str s;

	buf_init(&b, a);
	for (size_t i = 0; i < typed.n; i++) {
		unsigned char c = (unsigned char)typed.p[i];

		if (c == '.' && i == 3)
			continue;
		if (c > 0x7f || !isalnum(c))
			return STR_NONE;
		buf_ch(&b, (char)toupper(c));
	}
	s = buf_view(&b);
	return s.n >= 3 && s.n <= 7 ? arena_str(a, s) : STR_NONE;
}

struct str
decide_code_dotted(struct arena *a, struct str code)
{
	if (code.n <= 3)
		return code;
	return arena_fmt(a, "%.3s." STR_FMT, code.p, (int)code.n - 3, code.p + 3);
}

static bool
is_on_claim(const struct claim_view *v, struct str code)
{
	for (size_t i = 0; i < v->n_diagnoses; i++)
		if (str_eq(v->diagnoses[i].code, code))
			return true;
	return false;
}

static int64_t
decisions_max(void)
{
	for (size_t i = 0; i < rec_encounter.n; i++)
		if (rec_encounter.fields[i].of == &rec_decision)
			return rec_encounter.fields[i].max;
	return 0;
}

int
decide_add(struct arena *a, struct encounter *e, const struct decision *d, const char **why)
{
	static const struct { const char *action; bool wants_there; const char *why; int rc; } rules[] = {
		{ "accept", false, "the code is on the claim already", E_DUPLICATE },
		{ "replace", true, "the code to replace is not on the claim", E_VALUE },
		{ "reject", true, "the code to reject is not on the claim", E_VALUE },
	};
	struct claim_view v;
	struct decision *mine;
	int rc = claim_view(a, e, &v);

	*why = "";
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (str_is(d->action, rules[i].action) && is_on_claim(&v, d->code) != rules[i].wants_there) {
			*why = rules[i].why;
			return rules[i].rc;
		}
	if ((int64_t)e->n_decisions >= decisions_max()) {
		*why = "an encounter keeps no more decisions than it has";
		return E_LIMIT;
	}
	mine = REC_PUSH(a, e, decisions, decision);
	if (!mine)
		return E_NOMEM;
	*mine = *d;
	return 0;
}

int
decide_order(const void *pa, const void *pb)
{
	const struct work_item *a = pa, *b = pb;
	int64_t due_a = a->due > 0 ? a->due : INT64_MAX, due_b = b->due > 0 ? b->due : INT64_MAX;

	if (due_a != due_b)
		return due_a < due_b ? -1 : 1;
	if (a->charge != b->charge)
		return a->charge > b->charge ? -1 : 1;
	return memcmp(&a->id, &b->id, sizeof a->id);
}

/*
 * read_x12.c - 837 files to encounters and their TA1 and 999. An interchange of the other usage is
 * refused by TA1 as a whole. Everything about X12 itself is common/x12's affair.
 */
#include "ingest/parts.h"
#include "x12/x12.h"

/*
 * Our control number follows from the one answered (two answers each): the same file again gets the
 * same answer, and no counter has to be kept.
 */
static int64_t
control_of(const struct x12_interchange *x, bool is_999)
{
	int64_t v;

	if (!str_to_int(x->isa13, &v) || v < 0)
		v = 0;
	return (v % 1000000000 * 2 + is_999) % 999999999 + 1;
}

static struct x12_ends
ends_of(const struct reading *r, const struct x12_interchange *x, bool is_999)
{
	struct x12_ends ends = {
		.isa05 = x->isa07, .isa06 = x->isa08, .isa07 = x->isa05, .isa08 = x->isa06,
		.gs02 = x->isa08, .gs03 = x->isa06, .usage = r->rules->usage, .at = r->rules->at,
		.control = control_of(x, is_999),
	};

	if (x->n_groups) {
		ends.gs02 = x->groups[0].gs03;
		ends.gs03 = x->groups[0].gs02;
	}
	return ends;
}

/* An envelope that cannot be answered in kind (its ids fit no ISA of ours) is told to people only. */
static int
add_reply(struct reading *r, const struct x12_interchange *x, bool is_999, int verdict)
{
	struct x12_ends ends = ends_of(r, x, is_999);
	struct intake_reply *reply;
	struct str bytes = STR_NONE;
	int rc = is_999 ? x12_write_999(r->a, &ends, x, &bytes) : x12_write_ta1(r->a, &ends, x, &bytes);

	if (rc == E_NOMEM)
		return rc;
	if (rc < 0 || bytes.n == 0) {
		(void)fault_add(&r->out->notes, rc < 0 ? rc : E_VALUE, is_999 ? S("999") : S("TA1"),
		    S("no acknowledgement could be written to this envelope"), S("check its sender and receiver ids"));
		return 0;
	}
	reply = arena_push(r->a, r->out->replies, r->out->n_replies);
	if (!reply)
		return E_NOMEM;
	*reply = (struct intake_reply){ .bytes = bytes, .rc = verdict, .item = INTAKE_NO_ITEM };
	return 0;
}

/* TA1 where it is asked for or the interchange is refused; 999 where groups were looked at. */
static int
answer(struct reading *r, const struct x12_interchange *x)
{
	bool refused = x->ta104 == 'R';
	int rc = 0, verdict = 0;

	if (refused || x->wants_ta1)
		rc = add_reply(r, x, false, refused ? E_MALFORMED : 0);
	if (rc < 0 || refused || x->n_groups == 0)
		return rc;
	for (size_t i = 0; i < x->n_groups; i++)
		if (x->groups[i].ak901 == 'R')
			verdict = E_MALFORMED;
	return add_reply(r, x, true, verdict);
}

static void
check_usage(struct reading *r, struct x12_interchange *x, size_t place)
{
	if (x->usage == r->rules->usage || x->ta104 == 'R')
		return;
	x->ta104 = 'R';
	x->ta105 = "020";	/* invalid test indicator value */
	(void)fault_add(&r->out->faults, E_VALUE, arena_fmt(r->a, "interchange %zu ISA15", place),
	    r->rules->usage == 'P' ? S("a test interchange on a production system") :
	    S("a production interchange on a test system"), S("send it to the system of its kind, or set ingest.usage"));
}

static void
copy_faults(struct faults *to, const struct faults *from)
{
	for (size_t i = 0; i < from->n; i++)
		(void)fault_add(to, from->v[i].rc, from->v[i].place, from->v[i].words, from->v[i].fix);
	to->more = to->more || from->more;
}

int
read_x12(struct reading *r, struct str bytes)
{
	struct x12_intake got = { .faults = { .a = r->a }, .notes = { .a = r->a } };
	int rc = x12_read_837(r->a, &r->rules->x12, bytes, &got);

	copy_faults(&r->out->faults, &got.faults);
	copy_faults(&r->out->notes, &got.notes);
	if (rc == E_NOMEM)
		return rc;
	for (size_t i = 0; i < got.n_interchanges; i++)
		check_usage(r, &got.interchanges[i], i + 1);
	for (size_t i = 0; i < got.n_claims; i++) {
		struct x12_claim *c = &got.claims[i];

		if (got.interchanges[c->interchange].ta104 == 'R')
			continue;
		c->e->usage = arena_str(r->a, (struct str){ &r->rules->usage, 1 });
		rc = reading_add(r, c->e, arena_fmt(r->a, "claim %zu", i + 1));
		if (rc == E_NOMEM)
			return rc;
	}
	for (size_t i = 0; i < got.n_interchanges; i++) {
		rc = answer(r, &got.interchanges[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

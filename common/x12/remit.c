/*
 * remit.c - one 835 set: its loops. Leaves are read by the tables; here is only which loop a segment belongs to. What
 * stands where no 835 has it is kept and noted, never a reason to leave money unread; an amount that is none is.
 */
#include "x12/claims.h"
#include "x12/plan.h"
#include "x12/remit.h"
#include "x12/remit_wire.h"

#include <string.h>

struct x12_remit {
	struct x12_cx		 cx;
	struct x12_place	 at;
	struct faults		*faults, *notes;
	uint32_t		 seen[L_COUNT];		/* segments with fields, met in this turn of the loop */
	bool			 broken;
};

static struct str
place(const struct x12_remit *r, const struct x12_seg *s, unsigned el)
{
	struct str id = s->id.n && s->id.n <= 3 && !str_has_ctl(s->id) ? s->id : S("?");
	const char *loop = x12_loop_name(r->at.loop);

	return el ? arena_fmt(r->cx.a, "segment %zu, loop %s, " STR_FMT "%02u", s->ordinal, loop, STR_ARG(id), el) :
	    arena_fmt(r->cx.a, "segment %zu, loop %s, " STR_FMT, s->ordinal, loop, STR_ARG(id));
}

static void
refuse(struct x12_remit *r, const struct x12_seg *s, unsigned el, const char *words)
{
	r->broken = true;
	(void)fault_add(r->faults, E_VALUE, place(r, s, el), str_of(words), S("ask the payer to send this payment again"));
}

static void
note(struct x12_remit *r, const struct x12_seg *s, unsigned el, const char *words)
{
	(void)fault_add(r->notes, E_NONE, place(r, s, el), str_of(words), S("look at it in the extras of the payment"));
}

static void
keep(struct x12_remit *r, const struct x12_seg *s, struct str text, bool rest)
{
	const char *loop = x12_loop_name(r->at.loop);
	struct x12_list l;
	struct extra *x;

	must(x12_list_of(&r->at, HOW_RAW, &l));
	x = x12_list_push(r->cx.a, &l);
	if (!x || text.n > (size_t)rec_extra.fields[IX_extra_segment].max) {
		refuse(r, s, 0, "there is more here than a payment has room for");
		return;
	}
	x->loop = rest ? arena_fmt(r->cx.a, "%s+", loop) : str_of(loop);
	x->segment = text;
}

static void
mapped(struct x12_remit *r, const struct x12_seg *s, const struct x12_step *row)
{
	struct x12_misfit bad;
	struct str rest;

	x12_map_read(&r->cx, s, row, &r->at, &rest, &bad);
	if (bad.number && row->how == HOW_MUST)
		refuse(r, s, bad.number, "is not an amount or a number");
	else if (bad.ik403)
		note(r, s, bad.element, "is too long, or not a date or number; kept as it came");
	if (rest.n && !r->broken)
		keep(r, s, rest, true);
}

/* A party of the claim, mapped by the loop that names have of their own here. */
static void
name(struct x12_remit *r, const struct x12_seg *s)
{
	enum x12_loop was = r->at.loop;
	struct x12_list l;

	must(x12_list_of(&r->at, HOW_NAMES, &l));
	r->at.p = x12_list_push(r->cx.a, &l);
	if (!r->at.p) {
		refuse(r, s, 0, "there are more names than a claim has room for");
		return;
	}
	r->at.loop = L_2100N;
	mapped(r, s, x12_step_of(r->at.plan, L_2100N, s->id));
	r->at.loop = was;
}

static void
apply(struct x12_remit *r, const struct x12_seg *s, const struct x12_step *row)
{
	bool fields = row->how == HOW_MAPPED || row->how == HOW_MUST;
	int rc = 0;

	if (fields && !(r->seen[row->loop] & row->bit)) {
		r->seen[row->loop] |= row->bit;
		mapped(r, s, row);
		return;
	}
	if (row->how == HOW_NAMES) {
		name(r, s);
		return;
	}
	if (!fields && row->how != HOW_RAW)
		rc = x12_list_read(&r->cx, s, row->how, &r->at);
	if (rc < 0)
		refuse(r, s, 0, "there are more of these than a payment has room for");
	else if (rc == 0)
		keep(r, s, x12_normal(&r->cx, s), false);
	if (rc == 0 && (row->how == HOW_CAS || row->how == HOW_PLB))
		note(r, s, 0, "an adjustment of a shape that cannot be read; kept as it came");
	if (row->how == HOW_MUST)
		note(r, s, 0, "a segment that may be here once; kept as it came");
}

/* ---- loops ---- */

static void
enter(struct x12_remit *r, const struct x12_seg *s, enum x12_loop loop)
{
	const struct x12_step *row = x12_step_of(r->at.plan, loop, s->id);

	r->at.loop = loop;
	r->seen[loop] = 0;
	must(row != NULL);
	apply(r, s, row);
}

#define PUSH(r, owner, object, list) \
	x12_list_push((r)->cx.a, &X12_LIST(owner, object, list))

static void
section(struct x12_remit *r, const struct x12_seg *s)
{
	r->at.sec = PUSH(r, r->at.pay, payment, sections);
	if (r->at.sec)
		enter(r, s, L_2000);
	else
		refuse(r, s, 0, "more sections than a payment has room for");
}

static void
claim(struct x12_remit *r, const struct x12_seg *s)
{
	r->at.pc = PUSH(r, r->at.pay, payment, claims);
	r->at.pl = NULL;
	if (!r->at.pc) {
		refuse(r, s, 0, "more claims than a payment has room for");
		return;
	}
	r->at.pc->section = (int64_t)r->at.pay->n_sections;
	enter(r, s, L_2100);
}

/* Some payers write composites with another separator than ISA16 says; SVC01 shows which. */
static void
sniff(struct x12_remit *r, const struct x12_seg *s)
{
	struct str v = x12_elem(s, 1);

	if (v.n < 4 || memchr(v.p, r->cx.s.comp, v.n) || !memchr(":>|<&\\!+", v.p[2], 8))
		return;
	r->cx.s.comp = v.p[2];
	if (r->cx.s.rep == v.p[2])
		r->cx.s.rep = 0;
	note(r, s, 1, "the components are not parted by the separator that ISA16 announces; read by the one used here");
}

static void
line(struct x12_remit *r, const struct x12_seg *s)
{
	sniff(r, s);
	r->at.pl = PUSH(r, r->at.pc, paid_claim, lines);
	if (r->at.pl)
		enter(r, s, L_2110);
	else
		refuse(r, s, 0, "more lines than a claim has room for");
}

/* N1 begins 1000A or 1000B, once each and in this order, before the first section or claim. */
static bool
payer_or_payee(struct x12_remit *r, const struct x12_seg *s)
{
	struct str role = x12_elem(s, 1);
	enum x12_loop loop = str_is(role, "PR") ? L_1000A : str_is(role, "PE") ? L_1000B : L_NONE;

	if (r->at.loop >= loop)
		return false;
	r->at.p = loop == L_1000A ? &r->at.pay->payer : &r->at.pay->payee;
	enter(r, s, loop);
	return true;
}

static void
leaf(struct x12_remit *r, const struct x12_seg *s)
{
	const struct x12_step *row = x12_step_of(r->at.plan, r->at.loop, s->id);
	enum x12_loop was = r->at.loop;

	if (row) {
		apply(r, s, row);
		return;
	}
	row = was == L_2110 ? x12_step_of(r->at.plan, L_2100, s->id) : NULL;
	note(r, s, 0, row ? "a segment of the claim behind its lines; taken as the claim's" :
	    "an 835 has no such segment here; kept as it came");
	r->at.loop = row ? L_2100 : was;
	if (row)
		apply(r, s, row);
	else
		keep(r, s, x12_normal(&r->cx, s), false);
	r->at.loop = was;
}

struct x12_remit *
x12_remit_begin(struct arena *a, struct x12_seps seps, struct payment *into, struct faults *faults, struct faults *notes)
{
	struct x12_remit *r = arena_alloc(a, sizeof *r);
	const struct x12_plan *plan = x12_plan_open(a, T_R);

	if (!r || !plan)
		return NULL;
	r->cx = (struct x12_cx){ .a = a, .s = seps };
	r->at = (struct x12_place){ .type = T_R, .plan = plan, .loop = L_HEADER, .pay = into };
	r->faults = faults;
	r->notes = notes;
	return r;
}

static void
seg(struct x12_remit *r, const struct x12_seg *s)
{
	bool lx = str_is(s->id, "LX"), clp = str_is(s->id, "CLP");

	if ((lx || clp) && r->at.loop == L_SUMMARY)
		note(r, s, 0, "claims behind the adjustments of the provider; taken all the same");
	if (s->ctl)
		refuse(r, s, 0, "the segment holds control characters");
	else if (lx)
		section(r, s);
	else if (clp)
		claim(r, s);
	else if (str_is(s->id, "SVC") && (r->at.loop == L_2100 || r->at.loop == L_2110))
		line(r, s);
	else if (str_is(s->id, "PLB"))
		enter(r, s, L_SUMMARY);
	else if (!str_is(s->id, "N1") || !payer_or_payee(r, s))
		leaf(r, s);
}

void
x12_remit_seg(struct x12_remit *r, const struct x12_seg *s)
{
	struct x12_seg copy;		/* the reader's bytes may go, the payment's stay */

	if (!r->broken && s->n <= LIMIT_ELEMENTS && x12_seg_copy(r->cx.a, s, &copy))
		seg(r, &copy);
}

int
x12_remit_end(struct x12_remit *r)
{
	if (r->cx.a->spent)
		return E_NOMEM;
	if (r->cx.cleaned)
		(void)fault_add(r->notes, E_NONE, arena_fmt(r->cx.a, "ST02 " STR_FMT, STR_ARG(r->at.pay->st02)),
		    S("one of * : ^ ~ was part of the data and became a blank in the segments kept as they came"),
		    S("nothing, when these segments are not needed"));
	return r->broken ? E_VALUE : 0;
}

/* ---- what follows ---- */

day_t
paid_line_from(const struct paid_line *l)
{
	return l->day != DAY_NONE ? l->day : l->from;
}

day_t
paid_line_to(const struct paid_line *l)
{
	return l->day != DAY_NONE ? l->day : l->to != DAY_NONE ? l->to : l->from;
}

milli_t
paid_line_units(const struct paid_line *l)
{
	return l->no_units ? 1000 : l->units;
}

milli_t
paid_line_billed(const struct paid_line *l)
{
	return l->billed ? l->billed : paid_line_units(l);
}

const struct party *
paid_claim_party(const struct paid_claim *c, const char *role)
{
	for (size_t i = 0; i < c->n_parties; i++)
		if (str_is(c->parties[i].role, role))
			return &c->parties[i];
	return NULL;
}

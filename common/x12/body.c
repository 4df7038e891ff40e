/*
 * body.c - one 837 set: the HL tree and its loops. Leaves are read by the tables; here is only which loop a
 * segment belongs to. A set that breaks a rule is marked rejected and read on, so that it can be counted.
 */
#include "x12/body.h"
#include "x12/plan.h"

#include <string.h>

#define NEED_ROOM	"there are more of these than one claim may have"

static struct str
loop_words(const struct x12_body *b)
{
	return b->at.loop ? str_of(x12_loop_name(b->at.loop)) : S("header");
}

static bool
is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return true;
}

/* Nothing is read after the first that is hard: the last room is its. */
void
x12_body_error(struct x12_body *b, const struct x12_seg *s, bool hard, struct x12_error e, const char *words)
{
	struct arena *a = b->cx.a;
	bool has_room = b->n_pending < (hard ? LIMIT_FAULTS : LIMIT_FAULTS - 1);
	struct x12_pending *p = has_room ? arena_push(a, b->pending, b->n_pending) : NULL;

	b->broken = b->broken || hard;
	if (!p)
		return;
	e.segment = s->id.n && s->id.n <= 3 && is_printable(s->id) ? s->id : S("?");
	e.loop = loop_words(b);
	e.at = b->at_seg;
	*p = (struct x12_pending){ .error = e, .hard = hard, .ordinal = s->ordinal, .words = words,
	    .fix = hard ? "correct it and send this transaction set again" : "correct it at its source" };
	p->place = e.element ? arena_fmt(a, "segment %zu, loop " STR_FMT ", " STR_FMT "%02u", s->ordinal, STR_ARG(e.loop),
	    STR_ARG(e.segment), e.element) : arena_fmt(a, "segment %zu, loop " STR_FMT ", " STR_FMT, s->ordinal, STR_ARG(e.loop),
	    STR_ARG(e.segment));
}

static void
reject(struct x12_body *b, const struct x12_seg *s, const char *ik304, const char *words)
{
	x12_body_error(b, s, true, (struct x12_error){ .ik304 = ik304 }, words);
}

static void
reject_element(struct x12_body *b, const struct x12_seg *s, unsigned el, const char *ik403, const char *words)
{
	x12_body_error(b, s, true, (struct x12_error){ .ik304 = "8", .ik403 = ik403, .element = el }, words);
}

/* ---- copies, so that no two encounters share a list that may grow ---- */

static void *
copy_list(struct arena *a, const void *v, size_t n, size_t each)
{
	size_t room = 1;

	if (n == 0)
		return NULL;
	while (room < n)
		room *= 2;
	return arena_grow(a, (void *)(uintptr_t)v, n, room, each);
}

static struct party
copy_party(struct arena *a, const struct party *p)
{
	struct party q = *p;

	q.refs = copy_list(a, p->refs, p->n_refs, sizeof *p->refs);
	q.extras = copy_list(a, p->extras, p->n_extras, sizeof *p->extras);
	return q;
}

static struct coverage
copy_coverage(struct arena *a, const struct coverage *c)
{
	struct coverage d = *c;

	d.payer = copy_party(a, &c->payer);
	d.subscriber = copy_party(a, &c->subscriber);
	d.extras = copy_list(a, c->extras, c->n_extras, sizeof *c->extras);
	return d;
}

/* ---- one segment into its loop ---- */

static void
keep(struct x12_body *b, const struct x12_seg *s, struct str text, bool rest)
{
	struct x12_list l;
	struct extra *x;

	must(x12_list_of(&b->at, HOW_RAW, &l));
	x = x12_list_push(b->cx.a, &l);
	if (!x || text.n > (size_t)rec_extra.fields[IX_extra_segment].max) {
		reject(b, s, "5", NEED_ROOM);
		return;
	}
	x->loop = str_of(rest ? x12_loop_rest(b->at.loop) : x12_loop_name(b->at.loop));
	x->segment = text;
}

static void
mapped(struct x12_body *b, const struct x12_seg *s, const struct x12_step *r)
{
	struct x12_misfit bad;
	struct str rest;

	x12_map_read(&b->cx, s, r, &b->at, &rest, &bad);
	if (rest.n)
		keep(b, s, rest, true);
	if (bad.ik403)			/* longer than the field: it stays in the rest */
		x12_body_error(b, s, r->how == HOW_MUST && *bad.ik403 != '5', (struct x12_error){ .ik304 = "8", .ik403 = bad.ik403,
		    .element = bad.element, .component = bad.component },
		    "the element is too long, or not a date, amount, number or code of its list");
}

static void
apply(struct x12_body *b, const struct x12_seg *s, const struct x12_step *r)
{
	int rc = 0;

	if (r->how == HOW_CODE)
		return;
	if ((r->how == HOW_MAPPED || r->how == HOW_MUST) && !(b->seen[r->loop] & r->bit)) {
		b->seen[r->loop] |= r->bit;
		mapped(b, s, r);
		return;
	}
	if (r->how == HOW_HI)
		rc = x12_hi_read(&b->cx, s, &b->at, ++b->hi_set);
	else if (r->how != HOW_RAW && r->how != HOW_OLD && r->how != HOW_MAPPED && r->how != HOW_MUST)
		rc = x12_list_read(&b->cx, s, r->how, &b->at);
	if (r->how == HOW_OLD)
		x12_body_error(b, s, false, (struct x12_error){ .ik304 = "2" },
		    "the segment belongs to an older guide; kept in the record, not written on");
	if (rc < 0)
		reject(b, s, "5", NEED_ROOM);
	else if (rc == 0)
		keep(b, s, x12_normal(&b->cx, s), false);
}

static void
enter(struct x12_body *b, const struct x12_seg *s, enum x12_loop loop)
{
	const struct x12_step *r = x12_step_of(b->at.plan, loop, s->id);

	b->at.loop = loop;
	b->seen[loop] = 0;
	must(r != NULL);
	apply(b, s, r);
}

static void
open_context(struct x12_body *b, enum x12_loop loop)
{
	b->context = b->at.loop = loop;
	b->seen[loop] = 0;
	b->entered = 0;
}

/* ---- HL ---- */

static void
hl_billing(struct x12_body *b)
{
	rec_init(&rec_party, &b->billing);
	rec_init(&rec_party, &b->pay_to);
	rec_init(&rec_party, &b->plan);
	b->has_plan = false;
	b->hl22 = STR_NONE;
	open_context(b, L_2000A);
	b->at.p = &b->billing;
}

static void
hl_subscriber(struct x12_body *b)
{
	rec_init(&rec_coverage, &b->cover);
	b->dependent = false;
	open_context(b, L_2000B);
	b->at.c = &b->cover;
	b->at.p = &b->cover.subscriber;
}

static void
hl_patient(struct x12_body *b)
{
	rec_init(&rec_party, &b->patient);
	b->dependent = true;
	b->cover.relation = STR_NONE;
	open_context(b, L_2000C);
	b->at.c = &b->cover;
	b->at.p = &b->patient;
}

/* pcn/ISA13/ST02/n: the name of the claim wherever it goes. */
static struct str
control_of(struct x12_body *b)
{
	const struct str part[] = { b->at.e->pcn, b->claim.isa13, b->claim.st02,
	    digits_text(b->cx.a, (int64_t)b->n_in_interchange, 1) };
	size_t n = 3, at = 0;
	char *p;

	for (size_t i = 0; i < 4; i++)
		n += part[i].n;
	p = arena_alloc(b->cx.a, n + 1);
	for (size_t i = 0; p && i < 4; i++) {
		if (i)
			p[at++] = '/';
		memcpy(p + at, part[i].p ? part[i].p : "", part[i].n);
		at += part[i].n;
	}
	return p ? (struct str){ p, n } : STR_NONE;
}

void
x12_body_claim_end(struct x12_body *b)
{
	if (!b->at.e)
		return;
	b->at.e->control = control_of(b);
	(void)x12_claim_finish(b->cx.a, b->at.plan, b->at.e);
	b->at.e = NULL;
}

static void
hl(struct x12_body *b, const struct x12_seg *s)
{
	struct str level = x12_elem(s, 3), parent = x12_elem(s, 2);
	int64_t id;

	x12_body_claim_end(b);
	b->n_hl++;
	if (!str_to_int(x12_elem(s, 1), &id) || id != b->n_hl) {
		reject_element(b, s, 1, "7", "HL01 does not count 1, 2, 3 ...");
	} else if (str_is(level, "20")) {
		b->hl20 = s->el[1];
		hl_billing(b);
	} else if (str_is(level, "22") && b->hl20.n && str_eq(parent, b->hl20)) {
		b->hl22 = s->el[1];
		hl_subscriber(b);
	} else if (str_is(level, "23") && b->hl22.n && str_eq(parent, b->hl22)) {
		hl_patient(b);
	} else {
		reject_element(b, s, 2, "7", "HL02 and HL03 do not name a level (20, 22, 23) below its parent");
	}
}

/* ---- claims, coverages, lines ---- */

static void
first_coverage(struct x12_body *b, const struct x12_seg *s)
{
	struct encounter *e = b->at.e;
	struct coverage *c = REC_PUSH(b->cx.a, e, coverages, coverage);

	if (!c)
		return;
	*c = copy_coverage(b->cx.a, &b->cover);
	e->patient = copy_party(b->cx.a, b->dependent ? &b->patient : &b->cover.subscriber);
	e->patient.role = S("QC");
	if (b->dependent)
		return;
	if (c->relation.n && !str_is(c->relation, "18"))
		(void)fault_add(&b->out->notes, E_NONE, arena_fmt(b->cx.a, "segment %zu, loop 2000B, SBR02", s->ordinal),
		    S("the claim stands at the subscriber's level, but SBR02 is not 18; taken as self"),
		    S("send the patient in an HL of level 23"));
	c->relation = S("18");
}

static void
claim(struct x12_body *b, const struct x12_seg *s)
{
	struct encounter *e = rec_new(b->cx.a);
	struct x12_claim *one;

	if (b->context < L_2000B || !b->cover.subscriber.role.n) {
		reject(b, s, "2", "a claim before its subscriber");
		return;
	}
	x12_body_claim_end(b);
	b->n_in_interchange++;
	if (!e || b->out->n_claims >= LIMIT_RECORDS) {
		reject(b, s, "4", "more claims than one input may have: split the file");
		return;
	}
	one = arena_push(b->cx.a, b->out->claims, b->out->n_claims);
	if (!one)
		return;
	*one = b->claim;
	one->e = b->at.e = e;
	e->sender = b->claim.sender;
	e->usage = b->ic->usage == 'P' ? S("P") : S("T");
	e->bht_type = b->bht06;
	e->billing = copy_party(b->cx.a, &b->billing);
	e->pay_to = copy_party(b->cx.a, &b->pay_to);
	first_coverage(b, s);
	if (b->has_plan && (b->at.p = REC_PUSH(b->cx.a, e, parties, party)))
		*b->at.p = copy_party(b->cx.a, &b->plan);
	b->hi_set = 0;
	open_context(b, L_2300);
	enter(b, s, L_2300);
	if (e->pcn.n == 0 && !b->broken)
		reject_element(b, s, 1, "1", "a claim without a patient control number");
}

static void
coverage(struct x12_body *b, const struct x12_seg *s)
{
	struct x12_list l = { (void **)&b->at.e->coverages, &b->at.e->n_coverages, &rec_coverage,
	    (size_t)rec_encounter.fields[IX_encounter_coverages].max };

	b->at.c = x12_list_push(b->cx.a, &l);
	if (!b->at.c) {
		reject(b, s, "4", NEED_ROOM);
		return;
	}
	open_context(b, L_2320);
	enter(b, s, L_2320);
}

static void
line(struct x12_body *b, const struct x12_seg *s)
{
	struct x12_list l = { (void **)&b->at.e->lines, &b->at.e->n_lines, &rec_line,
	    (size_t)rec_encounter.fields[IX_encounter_lines].max };

	b->at.l = x12_list_push(b->cx.a, &l);
	if (!b->at.l) {
		reject(b, s, "4", NEED_ROOM);
		return;
	}
	open_context(b, L_2400);
	b->at.l->number = (int64_t)b->at.e->n_lines;	/* whatever LX01 says: it is written so, and a rule asks about it */
}

/* ---- loops named by their first segment ---- */

#define PUSH(b, owner, object, list, type) \
	((struct type *)x12_list_push((b)->cx.a, &(struct x12_list){ (void **)&(owner)->list, &(owner)->n_##list, \
	    &rec_##type, (size_t)rec_##object.fields[IX_##object##_##list].max }))

/* Points b->at to where the loop's fields live; false when there is no room. */
static bool
target(struct x12_body *b, enum x12_loop loop)
{
	struct x12_place *at = &b->at;

	switch (loop) {
	case L_2010AA:	return (at->p = &b->billing) != NULL;
	case L_2010AB:	return (at->p = &b->pay_to) != NULL;
	case L_2010AC:	return (at->p = &b->plan) != NULL && (b->has_plan = true);
	case L_2010CA:	return (at->p = &b->patient) != NULL;
	case L_2010BA: case L_2330A:
			return (at->p = &at->c->subscriber) != NULL;
	case L_2010BB: case L_2330B:
			return (at->p = &at->c->payer) != NULL;
	case L_2310:	return (at->p = PUSH(b, at->e, encounter, parties, party)) != NULL;
	case L_2330:	return (at->p = PUSH(b, at->c, coverage, parties, party)) != NULL;
	case L_2420:	return (at->p = PUSH(b, at->l, line, parties, party)) != NULL;
	case L_2430:	return (at->j = PUSH(b, at->l, line, adjudications, adjudication)) != NULL;
	default:	return true;
	}
}

static bool
is_single(enum x12_loop l)
{
	return l != L_2310 && l != L_2330 && l != L_2420 && l != L_2430 && l != L_2440;
}

static void
named(struct x12_body *b, const struct x12_seg *s, enum x12_loop loop)
{
	uint32_t bit = UINT32_C(1) << loop;

	if ((is_single(loop) && (b->entered & bit)) || !target(b, loop)) {
		b->at.loop = loop;
		reject(b, s, "4", "the loop occurs more often than it may");
		return;
	}
	b->entered |= bit;
	enter(b, s, loop);
}

static void
leaf(struct x12_body *b, const struct x12_seg *s)
{
	const struct x12_step *r = x12_step_of(b->at.plan, b->at.loop, s->id);

	if (!r && b->at.loop != b->context) {
		r = x12_step_of(b->at.plan, b->context, s->id);
		if (r)
			b->at.loop = b->context;
	}
	if (r && !str_is(s->id, "NM1"))
		apply(b, s, r);
	else if (x12_is_segment(b->at.plan, s->id))
		reject(b, s, "2", "the segment has no place here");
	else
		reject(b, s, "1", "no such segment in this guide");
}

/* ---- before the first HL ---- */

static void
header(struct x12_body *b, const struct x12_seg *s)
{
	static const char *const known[] = { "BHT", "REF", "NM1", "N2", "N3", "N4", "PER" };

	if (str_is(s->id, "BHT"))
		b->bht06 = x12_elem(s, 6).n <= 2 ? x12_elem(s, 6) : STR_NONE;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(s->id, known[i]))
			return;
	reject(b, s, "2", "the segment has no place before the first HL");
}

void
x12_body_open(struct x12_body *b, int type, struct x12_seps s)
{
	if (!b->at.plan || b->at.plan->type != type)
		b->at.plan = x12_plan_open(b->cx.a, type);
	b->at.type = type;
	b->cx.s = s;
	b->cx.cleaned = false;
	b->context = b->at.loop = L_NONE;
	b->at.e = NULL;
	b->broken = !b->at.plan;
	b->dependent = b->has_plan = false;
	b->bht06 = b->hl20 = b->hl22 = STR_NONE;
	b->n_hl = 0;
	b->pending = NULL;
	b->n_pending = 0;
	rec_init(&rec_coverage, &b->cover);
}

void
x12_body_seg(struct x12_body *b, const struct x12_seg *s)
{
	const struct x12_enter *n;

	if (b->broken)
		return;
	if (s->ctl) {
		reject_element(b, s, 1, "6", "the segment holds control characters");
	} else if (x12_id_is(s->id, "HL")) {
		hl(b, s);
	} else if (!b->context) {
		header(b, s);
	} else if (x12_id_is(s->id, "CLM")) {
		claim(b, s);
	} else if (x12_id_is(s->id, "SBR") && (b->context == L_2300 || b->context == L_2320)) {
		coverage(b, s);
	} else if (x12_id_is(s->id, "LX") && b->context >= L_2300) {
		line(b, s);
	} else {
		n = x12_enter_of(b->at.plan, b->context, s->id, x12_elem(s, 1));
		if (n)
			named(b, s, n->loop);
		else
			leaf(b, s);
	}
}

void
x12_body_close(struct x12_body *b)
{
	x12_body_claim_end(b);
	if (b->cx.cleaned)
		(void)fault_add(&b->out->notes, E_NONE, arena_fmt(b->cx.a, "ST02 " STR_FMT, STR_ARG(b->set->st02)),
		    S("one of * : ^ ~ was part of the data and became a blank in the segments kept as they came"),
		    S("avoid these characters in data"));
}

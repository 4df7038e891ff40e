/*
 * write_837.c - encounters to one interchange of 837P, 837I or 837D. Consecutive claims whose billing provider,
 * subscriber or patient would be written with the same bytes share their HL. Adds no data of its own.
 */
#include "x12/plan.h"

#include <string.h>

#define PER_ST_DEFAULT	5000
#define PER_HL		100		/* claims below one HL */

struct level { size_t at, n; };		/* its bytes in what is written, without its HL */

struct claims {
	struct x12_put		*w;
	int			 type;
	const struct x12_plan	*plan;
	struct level		 hl20, hl22, hl23;	/* last written */
	const struct encounter	*billed;		/* hl20 is of its billing provider alone; NULL: write to know */
	int64_t			 n_hl, id20, id22;
	size_t			 in_hl;
	size_t			 n_set;			/* claims in this ST */
	struct str		 bht06;
};

/* ---- what is written, from an encounter ---- */

struct view {
	struct encounter	*e;		/* never written to: itself, or completed */
	struct encounter	 own;
	struct coverage		 cover;
	bool			 self;
};

static void
fill(struct str *to, struct str from)
{
	if (to->n == 0)
		*to = from;
}

/* The subscriber is the patient: what only the patient knows goes out with the subscriber. */
static void
complete_subscriber(struct party *s, const struct party *p)
{
	if (s->last.n == 0) {
		s->last = p->last;
		s->first = p->first;
		s->middle = p->middle;
		s->suffix = p->suffix;
		s->person = true;
	}
	if (s->line1.n == 0 && s->city.n == 0) {
		s->line1 = p->line1;
		s->line2 = p->line2;
		s->city = p->city;
		s->state = p->state;
		s->zip = p->zip;
		s->country = p->country;
	}
	fill(&s->sex, p->sex);
	if (s->dob == DAY_NONE)
		s->dob = p->dob;
	if (s->died == DAY_NONE)
		s->died = p->died;
}

static bool
is_self(const struct encounter *e, const struct coverage *c)
{
	if (c->relation.n)
		return str_is(c->relation, "18");
	return e->patient.last.n == 0 || c->subscriber.last.n == 0 ||
	    (str_ieq(e->patient.last, c->subscriber.last) && str_ieq(e->patient.first, c->subscriber.first) &&
	    e->patient.dob == c->subscriber.dob);
}

/* X12 wants a qualifier with every id; the common one where the source gave none. */
static void
qualify(struct party *p, const char *qual)
{
	if (p->id.n)
		fill(&p->id_qual, str_of(qual));
}

static void
view_of(struct view *v, const struct encounter *e)
{
	v->e = (struct encounter *)(uintptr_t)e;
	if (e->frequency.n == 0) {
		v->own = *e;
		v->own.frequency = S("1");
		v->e = &v->own;
	}
	v->cover = e->coverages[0];
	v->self = is_self(e, &v->cover);
	v->cover.relation = v->self ? S("18") : v->cover.relation;
	v->cover.subscriber.role = S("IL");
	v->cover.payer.role = S("PR");
	qualify(&v->cover.subscriber, "MI");
	qualify(&v->cover.payer, "PI");
	fill(&v->cover.order, S("P"));
	if (v->self)
		complete_subscriber(&v->cover.subscriber, &e->patient);
}

static bool
is_text(struct str a, struct str b)
{
	return a.n == b.n && (a.p == b.p || str_eq(a, b));
}

/* The same text, days and lists. */
static bool
same(const struct rec_object *of, const void *a, const void *b)
{
	if (memcmp(a, b, of->size) == 0)		/* read from the same bytes */
		return true;
	for (size_t i = 0; i < of->n; i++) {
		const struct rec_field *f = &of->fields[i];
		const char *p = (const char *)a + f->at, *q = (const char *)b + f->at;
		size_t n = f->at_n ? *(const size_t *)(const void *)((const char *)a + f->at_n) : 0;

		if (f->kind == K_TEXT ? !is_text(*(const struct str *)(const void *)p, *(const struct str *)(const void *)q) :
		    f->kind == K_DAY ? *(const day_t *)(const void *)p != *(const day_t *)(const void *)q :
		    f->kind == K_BOOL ? *(const bool *)p != *(const bool *)q :
		    f->kind != K_MANY || n != *(const size_t *)(const void *)((const char *)b + f->at_n))
			return false;
		for (size_t at = 0; f->kind == K_MANY && at < n * f->of->size; at += f->of->size)
			if (!same(f->of, *(char *const *)(const void *)p + at, *(char *const *)(const void *)q + at))
				return false;
	}
	return true;
}

/* ---- what must be there ---- */

static struct str
bht06_of(const struct encounter *e)
{
	return e->bht_type.n ? e->bht_type : S("CH");
}

static int
type_of(const struct encounter *e)
{
	return str_is(e->type, "P") ? T_P : str_is(e->type, "I") ? T_I : str_is(e->type, "D") ? T_D : 0;
}

static bool
check(struct x12_put *w, int type, const struct encounter *e)
{
	size_t before = w->f->n;

	w->rc = 0;
	w->loop = "header";		/* of the set, but the claim brings it: so its fault is the claim's */
	x12_put_seg(w, "BHT");
	x12_put_id(w, 6, 0, bht06_of(e));
	w->b.n = w->at;			/* nothing of it is written yet */
	x12_put_need(w, type_of(e) == type, "ST", "ST", 3);
	x12_put_need(w, e->pcn.n > 0, "2300", "CLM", 1);
	x12_put_need(w, (type == T_I ? e->tob.n : e->pos.n) > 0, "2300", "CLM", 5);
	x12_put_need(w, e->billing.last.n > 0, "2010AA", "NM1", 3);
	x12_put_need(w, e->n_coverages > 0, "2000B", "SBR", 1);
	x12_put_need(w, e->n_coverages == 0 || e->coverages[0].payer.last.n || e->coverages[0].payer.id.n, "2010BB", "NM1", 3);
	x12_put_need(w, e->n_coverages == 0 || e->coverages[0].subscriber.last.n || e->patient.last.n, "2010BA", "NM1", 3);
	x12_put_need(w, e->n_coverages == 0 || is_self(e, &e->coverages[0]) || e->coverages[0].relation.n, "2000C", "PAT", 1);
	x12_put_need(w, e->n_lines > 0, "2400", "LX", 1);
	return w->f->n == before && w->rc == 0;
}

/* ---- loops ---- */

static void
loop_put(struct x12_put *w, struct x12_place *at, enum x12_loop loop, const struct claim_view *view)
{
	at->loop = loop;
	x12_loop_write(w, at, view);
}

static void
party_put(struct x12_put *w, struct x12_place *at, enum x12_loop loop, struct party *p)
{
	if (p->last.n == 0 && p->id.n == 0 && p->line1.n == 0 && p->city.n == 0 && p->n_refs == 0)
		return;
	at->p = p;
	loop_put(w, at, loop, NULL);
}

/* Parties of a context, in the order of its loops; roles the guide does not have there are refused. */
static void
parties_put(struct x12_put *w, struct x12_place *at, enum x12_loop context, struct party *v, size_t n)
{
	const struct x12_span *own = &at->plan->contexts[context];

	for (size_t r = own->first; r < own->end && n; r++) {
		const struct x12_enter *x = &x12_enters[r];

		if (!(x->types & at->type) || !x12_id_is(S("NM1"), x->id) || x->loop == L_2330A || x->loop == L_2330B)
			continue;
		for (size_t i = 0; i < n; i++)
			if (str_is(v[i].role, x->qual)) {
				struct party p;

				at->p = &v[i];
				if (v[i].id_qual.n == 0) {
					p = v[i];
					qualify(&p, "XX");
					at->p = &p;
				}
				loop_put(w, at, x->loop, NULL);
			}
	}
	for (size_t i = 0; i < n; i++)
		if (!x12_enter_of(at->plan, context, S("NM1"), v[i].role) && !str_is(v[i].role, "PE")) {
			w->loop = x12_loop_name(context);
			w->id = "NM1";
			x12_put_refuse(w, E_VALUE, 1, "a party whose role this guide does not have here",
			    "correct its role or remove it");
		}
}

static void
line_put(struct x12_put *w, struct x12_place *at, size_t number)
{
	struct line *l = at->l;

	x12_put_seg(w, "LX");
	x12_put_n(w, 1, (int64_t)number);
	x12_put_end(w, false);
	loop_put(w, at, L_2400, NULL);
	loop_put(w, at, L_2410, NULL);
	parties_put(w, at, L_2400, l->parties, l->n_parties);
	for (size_t i = 0; i < l->n_adjudications; i++) {
		at->j = &l->adjudications[i];
		loop_put(w, at, L_2430, NULL);
	}
	if (at->type == T_P)
		loop_put(w, at, L_2440, NULL);
}

static void
coverage_put(struct x12_put *w, struct x12_place *at, const struct coverage *from)
{
	struct coverage c = *from;

	at->c = &c;
	c.subscriber.role = S("IL");
	c.payer.role = S("PR");
	qualify(&c.subscriber, "MI");
	qualify(&c.payer, "PI");
	fill(&c.order, S("S"));
	loop_put(w, at, L_2320, NULL);
	party_put(w, at, L_2330A, &c.subscriber);
	party_put(w, at, L_2330B, &c.payer);
	parties_put(w, at, L_2320, c.parties, c.n_parties);
}

/* Lines of a chart that was coded here point to the first codes. */
static void
point(struct arena *a, struct line *l, const struct claim_view *view)
{
	static const char *const first[] = { "1", "2", "3", "4" };

	if (l->n_pointers || !view->coded_here)
		return;
	for (size_t i = 0; i < view->n_diagnoses && i < 4; i++) {
		struct str *p = arena_push(a, l->pointers, l->n_pointers);

		if (p)
			*p = str_of(first[i]);
	}
}

/* The line as it is written: itself, or a copy that was completed. */
static struct line *
line_of(struct arena *a, int type, struct line *from, const struct claim_view *view, struct line *own)
{
	if (from->unit.n && (from->code_qual.n || !from->code.n) && !view->coded_here)
		return from;
	*own = *from;
	if (type != T_I)
		point(a, own, view);
	if (own->code.n)
		fill(&own->code_qual, type == T_D ? S("AD") : S("HC"));
	fill(&own->unit, S("UN"));
	return own;
}

static void
claim_put(struct x12_put *w, const struct x12_plan *plan, struct view *v, const struct claim_view *view)
{
	struct x12_place at = { .type = plan->type, .plan = plan, .e = v->e, .c = &v->cover };

	loop_put(w, &at, L_2300, view);
	parties_put(w, &at, L_2300, v->e->parties, v->e->n_parties);
	for (size_t i = 1; i < v->e->n_coverages; i++)
		coverage_put(w, &at, &v->e->coverages[i]);
	at.c = &v->cover;
	for (size_t i = 0; i < v->e->n_lines; i++) {
		struct line own;

		at.l = line_of(w->a, plan->type, &v->e->lines[i], view, &own);
		line_put(w, &at, i + 1);
	}
}

/* ---- HL levels ---- */

static void
hl20_put(struct x12_put *w, const struct x12_plan *plan, struct view *v)
{
	struct party billing = v->e->billing, pay_to = v->e->pay_to;
	struct x12_place at = { .type = plan->type, .plan = plan, .e = v->e, .p = &billing };

	billing.role = S("85");
	pay_to.role = S("87");
	qualify(&billing, "XX");
	if (billing.taxonomy.n)
		fill(&billing.taxonomy_role, S("BI"));
	loop_put(w, &at, L_2000A, NULL);
	loop_put(w, &at, L_2010AA, NULL);
	party_put(w, &at, L_2010AB, &pay_to);
	for (size_t i = 0; i < v->e->n_parties; i++)
		if (str_is(v->e->parties[i].role, "PE"))
			party_put(w, &at, L_2010AC, &v->e->parties[i]);
}

static void
hl22_put(struct x12_put *w, const struct x12_plan *plan, struct view *v)
{
	struct coverage *c = &v->cover;
	struct x12_place at = { .type = plan->type, .plan = plan, .e = v->e, .c = c, .p = &c->subscriber };
	struct str relation = c->relation;

	if (!v->self)
		c->relation = STR_NONE;
	loop_put(w, &at, L_2000B, NULL);
	c->relation = relation;
	loop_put(w, &at, L_2010BA, NULL);
	at.p = &c->payer;
	loop_put(w, &at, L_2010BB, NULL);
}

static void
hl23_put(struct x12_put *w, const struct x12_plan *plan, struct view *v)
{
	struct party patient = v->e->patient;
	struct x12_place at = { .type = plan->type, .plan = plan, .e = v->e, .c = &v->cover, .p = &patient };

	patient.role = S("QC");
	patient.person = true;
	loop_put(w, &at, L_2000C, NULL);
	loop_put(w, &at, L_2010CA, NULL);
}

struct hl { int64_t parent; const char *level, *child; void (*put)(struct x12_put *, const struct x12_plan *, struct view *); };

static void
hl_put(struct claims *k, int64_t parent, const char *level, const char *child)
{
	x12_put_seg(k->w, "HL");
	x12_put_n(k->w, 1, ++k->n_hl);
	if (parent)
		x12_put_n(k->w, 2, parent);
	x12_put_c(k->w, 3, level);
	x12_put_c(k->w, 4, child);
	x12_put_end(k->w, false);
}

/*
 * Behind what is written; taken back when it says the same as the level that is open, which then needs no new HL.
 */
static bool
level_put(struct claims *k, struct view *v, const struct hl *h, struct level *open, bool fresh)
{
	struct x12_put *w = k->w;
	size_t from = w->b.n, n_segs = w->n_segs, at;

	hl_put(k, h->parent, h->level, h->child);
	at = w->b.n;
	h->put(w, k->plan, v);
	if (!fresh && str_eq((struct str){ w->b.p + open->at, open->n }, (struct str){ w->b.p + at, w->b.n - at })) {
		w->b.n = from;
		w->n_segs = n_segs;
		k->n_hl--;
		return false;
	}
	*open = (struct level){ at, w->b.n - at };
	k->in_hl = 0;
	return true;
}

static bool
has_plan(const struct encounter *e)
{
	for (size_t i = 0; i < e->n_parties; i++)
		if (str_is(e->parties[i].role, "PE"))
			return true;
	return false;
}

/* Whether the billing level would say the same again, told without writing it: most claims have their neighbour's. */
static bool
is_billed_alike(const struct encounter *a, const struct encounter *b)
{
	return a && same(&rec_party, &a->billing, &b->billing) && same(&rec_party, &a->pay_to, &b->pay_to) && !has_plan(b);
}

static void
levels_put(struct claims *k, struct view *v, const struct encounter *e)
{
	bool fresh = k->n_set == 0;
	size_t faults = k->w->f->n;

	if (fresh || !is_billed_alike(k->billed, e)) {
		fresh = level_put(k, v, &(struct hl){ 0, "20", "1", hl20_put }, &k->hl20, fresh);
		k->id20 = fresh ? k->n_hl : k->id20;
		k->billed = k->w->f->n == faults && !k->w->f->more && !has_plan(e) ? e : NULL;
	}
	fresh = level_put(k, v, &(struct hl){ k->id20, "22", v->self ? "0" : "1", hl22_put }, &k->hl22,
	    fresh || (v->self && k->in_hl >= PER_HL));
	k->id22 = fresh ? k->n_hl : k->id22;
	if (!v->self)
		(void)level_put(k, v, &(struct hl){ k->id22, "23", "0", hl23_put }, &k->hl23, fresh || k->in_hl >= PER_HL);
	k->in_hl++;
}

/* ---- transaction sets ---- */

static void
names_put(struct x12_put *w, const struct x12_837_spec *s)
{
	bool phone = s->phone.n > 0;

	w->loop = "1000A";
	x12_put_seg(w, "NM1");
	x12_put_c(w, 1, "41");
	x12_put_c(w, 2, "2");
	x12_put_words(w, 3, 0, s->submitter);
	x12_put_c(w, 8, "46");
	x12_put_id(w, 9, 0, s->submitter_id);
	x12_put_end(w, false);
	x12_put_seg(w, "PER");
	x12_put_c(w, 1, "IC");
	x12_put_words(w, 2, 0, s->contact);
	x12_put_c(w, 3, phone ? "TE" : "EM");
	x12_put_id(w, 4, 0, phone ? s->phone : s->email);
	if (phone && s->email.n) {
		x12_put_c(w, 5, "EM");
		x12_put_id(w, 6, 0, s->email);
	}
	x12_put_end(w, false);
	w->loop = "1000B";
	x12_put_seg(w, "NM1");
	x12_put_c(w, 1, "40");
	x12_put_c(w, 2, "2");
	x12_put_words(w, 3, 0, s->receiver);
	x12_put_c(w, 8, "46");
	x12_put_id(w, 9, 0, s->receiver_id);
	x12_put_end(w, false);
}

static void
set_open(struct claims *k, const struct x12_837_spec *s, struct str st02)
{
	struct x12_when t = x12_when_of(k->w->a, s->ends.at);

	x12_st_open(k->w, "837", st02, x12_guide_out(k->type));
	k->w->loop = "header";
	x12_put_seg(k->w, "BHT");
	x12_put_c(k->w, 1, "0019");
	x12_put_c(k->w, 2, "00");
	x12_put_id(k->w, 3, 0, arena_fmt(k->w->a, "%09lld", (long long)s->ends.control));
	x12_put_id(k->w, 4, 0, t.ccyymmdd);
	x12_put_id(k->w, 5, 0, t.hhmm);
	x12_put_id(k->w, 6, 0, k->bht06);
	x12_put_end(k->w, false);
	names_put(k->w, s);
	k->n_hl = k->id20 = k->id22 = 0;
	k->hl20 = k->hl22 = k->hl23 = (struct level){ 0 };
	k->billed = NULL;
	k->n_set = k->in_hl = 0;
}

static bool
one_put(struct claims *k, const struct x12_out *c)
{
	struct view v;

	if (!check(k->w, k->type, c->e))
		return false;
	view_of(&v, c->e);
	levels_put(k, &v, c->e);
	claim_put(k->w, k->plan, &v, c->view);
	k->n_set++;
	return k->w->rc == 0;
}

/* Inlined, or gcc takes it for a function that does nothing and drops the call. */
static inline __attribute__((always_inline)) void
fetch(const void *p, size_t n)
{
	for (size_t i = 0; i < n && i < 4096; i += 64)	/* a line of the cache; more would only drive out what is in it */
		__builtin_prefetch((const char *)p + i);
}

/* The records of claims to come, asked for while this one is written: first what leads on, then where it leads. */
static inline void
fetch_ahead(const struct x12_out *v, size_t n)
{
	if (n > 3) {
		fetch(v[3].e, sizeof *v[3].e);
		fetch(v[3].view, sizeof *v[3].view);
	}
	if (n > 1) {
		const struct encounter *e = v[1].e;

		fetch(e->coverages, e->n_coverages * sizeof *e->coverages);
		fetch(e->lines, e->n_lines * sizeof *e->lines);
		fetch(e->parties, e->n_parties * sizeof *e->parties);
		fetch(e->infos, e->n_infos * sizeof *e->infos);
		fetch(v[1].view->diagnoses, v[1].view->n_diagnoses * sizeof *v[1].view->diagnoses);
	}
}

static void
sets_put(struct claims *k, const struct x12_837_spec *s, const struct x12_out *v, size_t n, struct x12_written *out)
{
	size_t most = s->max_per_st ? s->max_per_st : PER_ST_DEFAULT;
	struct str st02 = STR_NONE;

	for (size_t i = 0; i < n && !k->w->a->spent; i++) {
		if (i == 0 || k->n_set >= most || !str_eq(k->bht06, bht06_of(v[i].e))) {
			if (i)
				x12_st_close(k->w, st02);
			st02 = digits_text(k->w->a, (int64_t)++out->n_sets, 4);
			k->bht06 = bht06_of(v[i].e);
			k->w->claim = 0;
			set_open(k, s, st02);
		}
		k->w->claim = i + 1;
		fetch_ahead(v + i, n - i);
		if (!one_put(k, &v[i]) && k->n_set == 0)
			k->n_set = 1;		/* refused: goes on only to find the faults of the others */
		out->st02[i] = st02;
	}
	x12_st_close(k->w, st02);
}

static void
check_spec(const struct x12_837_spec *s, struct faults *f)
{
	static const char fix[] = "complete the settings of this partner";

	if (!s->submitter.n || !s->submitter_id.n)
		(void)fault_add(f, E_INCOMPLETE, S("1000A NM1"), S("the submitter has no name or id"), S(fix));
	if (!s->phone.n && !s->email.n)
		(void)fault_add(f, E_INCOMPLETE, S("1000A PER"), S("the submitter has neither phone nor email"), S(fix));
	if (!s->receiver.n || !s->receiver_id.n)
		(void)fault_add(f, E_INCOMPLETE, S("1000B NM1"), S("the receiver has no name or id"), S(fix));
}

int
x12_write_837(struct arena *a, const struct x12_837_spec *s, const struct x12_out *v, size_t n, struct x12_written *out)
{
	struct x12_put put, *w = &put;
	struct claims k = { .w = w };
	int rc;

	*out = (struct x12_written){ .faults.a = a, .st02 = arena_array(a, n + 1, sizeof *out->st02) };
	if (!out->st02)
		return E_NOMEM;
	rc = x12_ends_check(a, &s->ends, &out->faults);
	check_spec(s, &out->faults);
	k.type = n ? type_of(v[0].e) : 0;
	if (k.type == 0)
		return fault_add(&out->faults, E_VALUE, S("claim 1"),
		    S("is neither professional (P), institutional (I) nor dental (D)"),
		    S("give claims of one of these types"));
	k.plan = x12_plan_open(a, k.type);
	if (!k.plan)
		return E_NOMEM;
	x12_put_open(w, a, &out->faults);
	if (rc == 0)
		rc = x12_frame_open(w, &s->ends, "HC", x12_guide_out(k.type));
	if (rc < 0)
		return rc;
	sets_put(&k, s, v, n, out);
	x12_frame_close(w, &s->ends, out->n_sets);
	if (a->spent)
		return E_NOMEM;
	if (out->faults.n)
		return out->faults.v[0].rc;
	out->bytes = buf_view(&w->b);
	out->n_blanked = w->n_blanked;
	return 0;
}

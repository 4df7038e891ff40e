/*
 * acks.c - answers we send: TA1 and 999 from what x12_read_837 found, 277CA from verdicts on claims. Sender's
 * own values are echoed with our separators blanked. Decides no verdict.
 */
#include "x12/wire.h"

#include <string.h>

#define GUIDE_999	"005010X231A1"
#define GUIDE_277CA	"005010X214"
#define MAX_IK3		50

static struct x12_put *
open_put(struct arena *a, const struct x12_ends *x, int *rc)
{
	struct x12_put *w = arena_alloc(a, sizeof *w);
	struct faults *f = arena_alloc(a, sizeof *f);

	*rc = E_NOMEM;
	if (!w || !f)
		return NULL;
	f->a = a;
	x12_put_open(w, a, f);
	*rc = x12_ends_check(a, x, f);
	return *rc < 0 ? NULL : w;
}

static int
close_put(struct x12_put *w, const struct x12_ends *x, size_t n_sets, struct str *out)
{
	x12_frame_close(w, x, n_sets);
	if (w->a->spent)
		return E_NOMEM;
	if (w->rc < 0)
		return w->rc;
	*out = buf_view(&w->b);
	return 0;
}

int
x12_write_ta1(struct arena *a, const struct x12_ends *x, const struct x12_interchange *ic, struct str *out)
{
	char verdict[2] = { ic->ta104, 0 };
	int rc;
	struct x12_put *w = open_put(a, x, &rc);

	if (!w)
		return rc;
	rc = x12_frame_open(w, x, NULL, NULL);
	if (rc < 0)
		return rc;
	x12_put_seg(w, "TA1");
	x12_put_words(w, 1, 0, ic->isa13);
	x12_put_words(w, 2, 0, ic->isa09);
	x12_put_words(w, 3, 0, ic->isa10);
	x12_put_c(w, 4, verdict);
	x12_put_c(w, 5, ic->ta105);
	x12_put_end(w, false);
	return close_put(w, x, 0, out);
}

/* ---- 999 ---- */

static void
error_put(struct x12_put *w, const struct x12_error *e)
{
	x12_put_seg(w, "IK3");
	x12_put_words(w, 1, 0, e->segment);
	x12_put_n(w, 2, (int64_t)e->at);
	if (!str_is(e->loop, "header"))
		x12_put_id(w, 3, 0, e->loop);
	x12_put_c(w, 4, e->ik304);
	x12_put_end(w, false);
	if (!e->element)
		return;
	x12_put_seg(w, "IK4");
	x12_put_id(w, 1, 1, arena_fmt(w->a, "%u", e->element));
	if (e->component)
		x12_put_id(w, 1, 2, arena_fmt(w->a, "%u", e->component));
	x12_put_c(w, 3, e->ik403);
	x12_put_end(w, false);
}

static void
codes_put(struct x12_put *w, unsigned el, const char *const codes[5])
{
	for (unsigned i = 0; i < 5 && codes[i]; i++)
		x12_put_c(w, el + i, codes[i]);
}

static void
set_put(struct x12_put *w, const struct x12_set *t)
{
	char verdict[2] = { t->ik501, 0 };

	x12_put_seg(w, "AK2");
	x12_put_words(w, 1, 0, t->type.n ? t->type : S("837"));
	x12_put_words(w, 2, 0, t->st02.n ? t->st02 : S("0"));
	x12_put_words(w, 3, 0, t->version);
	x12_put_end(w, false);
	for (size_t i = 0; i < t->n_errors && i < MAX_IK3; i++)
		error_put(w, &t->errors[i]);
	x12_put_seg(w, "IK5");
	x12_put_c(w, 1, verdict);
	codes_put(w, 2, t->ik502);
	x12_put_end(w, false);
}

static void
group_put(struct x12_put *w, const struct x12_group *g, struct str st02)
{
	char verdict[2] = { g->ak901, 0 };

	x12_st_open(w, "999", st02, GUIDE_999);
	x12_put_seg(w, "AK1");
	x12_put_words(w, 1, 0, g->gs01.n ? g->gs01 : S("HC"));
	x12_put_words(w, 2, 0, g->gs06.n ? g->gs06 : S("0"));
	x12_put_words(w, 3, 0, g->gs08);
	x12_put_end(w, false);
	for (size_t i = 0; i < g->n_sets; i++)
		set_put(w, &g->sets[i]);
	x12_put_seg(w, "AK9");
	x12_put_c(w, 1, verdict);
	x12_put_n(w, 2, g->declared > 0 ? g->declared : (int64_t)g->n_sets);
	x12_put_n(w, 3, (int64_t)g->n_sets);
	x12_put_n(w, 4, (int64_t)g->n_accepted);
	codes_put(w, 5, g->ak905);
	x12_put_end(w, false);
	x12_st_close(w, st02);
}

int
x12_write_999(struct arena *a, const struct x12_ends *x, const struct x12_interchange *ic, struct str *out)
{
	int rc;
	struct x12_put *w = open_put(a, x, &rc);

	if (!w)
		return rc;
	if (ic->n_groups == 0)
		return E_INCOMPLETE;
	rc = x12_frame_open(w, x, "FA", GUIDE_999);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ic->n_groups; i++)
		group_put(w, &ic->groups[i], arena_fmt(a, "%04zu", i + 1));
	return close_put(w, x, ic->n_groups, out);
}

/* ---- 277CA ---- */

struct ca { struct x12_put *w; const struct x12_277ca_spec *s; struct x12_when t; int64_t n_hl, provider; };

static void
hl(struct ca *c, int64_t parent, const char *level, const char *child)
{
	x12_put_seg(c->w, "HL");
	x12_put_n(c->w, 1, ++c->n_hl);
	if (parent)
		x12_put_n(c->w, 2, parent);
	x12_put_c(c->w, 3, level);
	x12_put_c(c->w, 4, child);
	x12_put_end(c->w, false);
}

static void
nm1(struct x12_put *w, const char *role, const struct party *p, const char *qual)
{
	x12_put_seg(w, "NM1");
	x12_put_c(w, 1, role);
	x12_put_c(w, 2, p->person ? "1" : "2");
	x12_put_words(w, 3, 0, p->last);
	if (p->person) {
		x12_put_words(w, 4, 0, p->first);
		x12_put_words(w, 5, 0, p->middle);
		x12_put_words(w, 7, 0, p->suffix);
	}
	if (p->id.n) {
		x12_put_c(w, 8, qual);
		x12_put_words(w, 9, 0, p->id);
	}
	x12_put_end(w, false);
}

static void
trn(struct x12_put *w, const char *type, struct str trace)
{
	x12_put_seg(w, "TRN");
	x12_put_c(w, 1, type);
	x12_put_words(w, 2, 0, trace.n ? trace : S("0"));
	x12_put_end(w, false);
}

static void
dtp(struct x12_put *w, const char *qual, const char *format, struct str v)
{
	x12_put_seg(w, "DTP");
	x12_put_c(w, 1, qual);
	x12_put_c(w, 2, format);
	x12_put_id(w, 3, 0, v);
	x12_put_end(w, false);
}

static void
pair(struct x12_put *w, const char *id, const char *qual, struct str v)
{
	x12_put_seg(w, id);
	x12_put_c(w, 1, qual);
	x12_put_words(w, 2, 0, v);
	x12_put_end(w, false);
}

static void
stc(struct ca *c, const struct str status[3], bool accepted, cents_t charge)
{
	x12_put_seg(c->w, "STC");
	for (unsigned i = 0; i < 3; i++)
		x12_put_id(c->w, 1, i + 1, status[i]);
	x12_put_id(c->w, 2, 0, c->t.ccyymmdd);
	x12_put_c(c->w, 3, accepted ? "WQ" : "U");
	x12_put_id(c->w, 4, 0, cents_x12(c->w->a, charge));
	x12_put_end(c->w, false);
}

static void
totals(struct ca *c, const struct x12_verdict *v, size_t n)
{
	const struct str received[3] = { S("A1"), S("19"), S("PR") };
	int64_t count[2] = { 0, 0 };
	cents_t sum[2] = { 0, 0 };
	struct arena *a = c->w->a;

	for (size_t i = 0; i < n; i++) {
		count[v[i].accepted]++;
		sum[v[i].accepted] += v[i].e->charge;
	}
	stc(c, received, true, sum[0] + sum[1]);
	if (count[1])
		pair(c->w, "QTY", "90", arena_fmt(a, "%lld", (long long)count[1]));
	if (count[0])
		pair(c->w, "QTY", "AA", arena_fmt(a, "%lld", (long long)count[0]));
	if (count[1])
		pair(c->w, "AMT", "YU", cents_x12(a, sum[1]));
	if (count[0])
		pair(c->w, "AMT", "YY", cents_x12(a, sum[0]));
}

static void
head(struct ca *c, const struct x12_verdict *v, size_t n)
{
	struct party payer = { .last = c->s->payer, .id = c->s->payer_id };
	struct party receiver = { .last = c->s->receiver, .id = c->s->receiver_id };
	struct str own = arena_fmt(c->w->a, "%09lld", (long long)c->s->ends.control);
	struct x12_put *w = c->w;

	x12_put_seg(w, "BHT");
	x12_put_c(w, 1, "0085");
	x12_put_c(w, 2, "08");
	x12_put_id(w, 3, 0, own);
	x12_put_id(w, 4, 0, c->t.ccyymmdd);
	x12_put_id(w, 5, 0, c->t.hhmm);
	x12_put_c(w, 6, "TH");
	x12_put_end(w, false);
	hl(c, 0, "20", "1");
	nm1(w, "PR", &payer, "PI");
	trn(w, "1", own);
	dtp(w, "050", "D8", c->t.ccyymmdd);
	dtp(w, "009", "D8", c->t.ccyymmdd);
	hl(c, 1, "21", "1");
	nm1(w, "41", &receiver, "46");
	trn(w, "2", c->s->batch);
	totals(c, v, n);
}

static bool
same_provider(const struct party *a, const struct party *b)
{
	return str_eq(a->id, b->id) && str_eq(a->last, b->last) && str_eq(a->first, b->first);
}

static void
patient_put(struct ca *c, const struct x12_verdict *v)
{
	const struct encounter *e = v->e;
	const struct str status[3] = { v->category, v->status, v->entity };
	struct x12_put *w = c->w;
	struct party p = e->patient;
	day_t to = e->to == DAY_NONE ? e->from : e->to;

	p.person = true;
	if (e->n_coverages && !p.id.n)
		p.id = e->coverages[0].subscriber.id;
	hl(c, c->provider, "PT", "");
	nm1(w, "QC", &p, "MI");
	trn(w, "2", e->pcn);
	stc(c, status, v->accepted, e->charge);
	if (v->payer_control.n)
		pair(w, "REF", "1K", v->payer_control);
	if (str_is(e->type, "I") && e->tob.n)
		pair(w, "REF", "BLT", arena_fmt(w->a, STR_FMT STR_FMT, STR_ARG(e->tob), STR_ARG(e->frequency)));
	if (e->from != DAY_NONE)
		dtp(w, "472", "RD8", arena_fmt(w->a, STR_FMT "-" STR_FMT, STR_ARG(day_ccyymmdd(w->a, e->from)),
		    STR_ARG(day_ccyymmdd(w->a, to))));
}

int
x12_write_277ca(struct arena *a, const struct x12_277ca_spec *s, const struct x12_verdict *v, size_t n, struct str *out)
{
	struct ca c = { .s = s };
	int rc;

	c.w = open_put(a, &s->ends, &rc);
	if (!c.w)
		return rc;
	if (n == 0)
		return E_INCOMPLETE;
	c.t = x12_when_of(a, s->ends.at);
	rc = x12_frame_open(c.w, &s->ends, "HN", GUIDE_277CA);
	if (rc < 0)
		return rc;
	x12_st_open(c.w, "277", S("0001"), GUIDE_277CA);
	head(&c, v, n);
	for (size_t i = 0; i < n && !a->spent; i++) {
		if (i == 0 || !same_provider(&v[i].e->billing, &v[i - 1].e->billing)) {
			hl(&c, 2, "19", "1");
			c.provider = c.n_hl;
			nm1(c.w, "85", &v[i].e->billing, "XX");
		}
		patient_put(&c, &v[i]);
	}
	x12_st_close(c.w, S("0001"));
	return close_put(c.w, &s->ends, 1, out);
}

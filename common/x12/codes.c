/*
 * codes.c - HI segments: diagnoses, procedures, and condition, occurrence, span, value and DRG codes.
 * x12_hi.def says which list a composite goes to and in what order they are written.
 */
#include "x12/wire.h"

#include <string.h>

#define MAX_OF(object, field)	((size_t)rec_##object.fields[IX_##object##_##field].max)

/* ---- reading ---- */

struct composite { struct str c[10]; };	/* c[1] is the first component */

/* False when there are more components than any composite of HI has. */
static bool
split(struct x12_cx *cx, struct str el, struct composite *out)
{
	memset(out, 0, sizeof *out);
	for (unsigned i = 1; i < 10; i++) {
		const char *hit = el.n ? memchr(el.p, cx->s.comp, el.n) : NULL;

		out->c[i] = str_trim((struct str){ el.p, hit ? (size_t)(hit - el.p) : el.n });
		if (!hit)
			return true;
		el = (struct str){ hit + 1, el.n - (size_t)(hit + 1 - el.p) };
	}
	return el.n == 0;
}

static bool
only(const struct composite *k, unsigned mask)
{
	for (unsigned i = 1; i < 10; i++)
		if (k->c[i].n && !(mask >> i & 1))
			return false;
	return true;
}

static struct str
undotted(struct arena *a, struct str code)
{
	const char *dot = code.n ? memchr(code.p, '.', code.n) : NULL;

	if (!dot)
		return code;
	return arena_fmt(a, "%.*s%.*s", (int)(dot - code.p), code.p, (int)(code.n - 1 - (size_t)(dot - code.p)), dot + 1);
}

static void *
push(struct arena *a, void **arr, size_t *n, const struct rec_object *of, size_t max)
{
	return *n < max ? rec_push_(a, arr, n, of) : NULL;
}

static int
diag_read(struct x12_cx *cx, const struct composite *k, const struct x12_hi *h, struct encounter *e)
{
	struct str code = undotted(cx->a, k->c[2]);
	struct diagnosis *d;

	if (!only(k, 1u << 1 | 1u << 2 | 1u << 9) || code.n == 0 || code.n > 8 || k->c[9].n > 1)
		return 0;
	d = push(cx->a, (void **)&e->diagnoses, &e->n_diagnoses, &rec_diagnosis, MAX_OF(encounter, diagnoses));
	if (!d)
		return E_LIMIT;
	*d = (struct diagnosis){ .code = code, .role = str_of(h->word), .qual = k->c[1], .poa = k->c[9] };
	return 1;
}

static int
proc_read(struct x12_cx *cx, const struct composite *k, struct encounter *e)
{
	day_t day = k->c[4].n == 8 && str_is(k->c[3], "D8") ? day_parse(k->c[4]) : DAY_NONE;
	struct procedure *p;

	if (!only(k, 0x1e) || k->c[2].n == 0 || k->c[2].n > 8 || (day == DAY_NONE && (k->c[3].n || k->c[4].n)))
		return 0;
	p = push(cx->a, (void **)&e->procedures, &e->n_procedures, &rec_procedure, MAX_OF(encounter, procedures));
	if (!p)
		return E_LIMIT;
	*p = (struct procedure){ .code = k->c[2], .qual = k->c[1], .day = day };
	return 1;
}

static int
info_read(struct x12_cx *cx, const struct composite *k, struct encounter *e, int64_t set)
{
	struct info *v;
	cents_t cents = 0;

	if (!only(k, 0x3e) || k->c[2].n > 30 || k->c[3].n > 3 || k->c[4].n > 35 ||
	    (k->c[5].n && !cents_parse(k->c[5], &cents)))
		return 0;
	v = push(cx->a, (void **)&e->infos, &e->n_infos, &rec_info, MAX_OF(encounter, infos));
	if (!v)
		return E_LIMIT;
	*v = (struct info){ k->c[1], k->c[2], k->c[3], k->c[4], cents, set < 99 ? set : 99 };
	return 1;
}

static int
one_read(struct x12_cx *cx, struct str el, const struct x12_place *at, int64_t set)
{
	struct composite k;
	int rank;

	if (!split(cx, el, &k) || (cx->s.rep && memchr(el.p, cx->s.rep, el.n)))
		return 0;
	rank = x12_hi_rank(at->type, k.c[1]);
	if (rank < 0)
		return 0;
	switch (x12_his[rank].kind) {
	case 'D':	return diag_read(cx, &k, &x12_his[rank], at->e);
	case 'P':	return proc_read(cx, &k, at->e);
	default:	return info_read(cx, &k, at->e, set);
	}
}

int
x12_hi_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_place *at, int64_t set)
{
	for (unsigned i = 1; i <= s->n; i++) {
		struct extra *x;
		struct str text;
		int rc = s->el[i].n ? one_read(cx, s->el[i], at, set) : 1;

		if (rc < 0)
			return rc;
		if (rc > 0)
			continue;
		text = x12_normal_el(cx, s->el[i]);
		x = push(cx->a, (void **)&at->e->extras, &at->e->n_extras, &rec_extra, MAX_OF(encounter, extras));
		if (!x || text.n + 3 > MAX_OF(extra, segment))
			return E_LIMIT;
		*x = (struct extra){ str_of(x12_loop_name(L_2300)), arena_fmt(cx->a, "HI*" STR_FMT, STR_ARG(text)) };
	}
	return 1;
}

/* ---- writing ---- */

struct hi {
	struct x12_put	*w;
	int		 type, rank;
	unsigned	 n, per;
	int64_t		 set;
	struct { struct str qual; int rank; } last;	/* neighbours mostly are of a kind */
};

static int
rank_of(struct hi *h, struct str qual)
{
	if (!str_eq(h->last.qual, qual) || !qual.n) {
		h->last.qual = qual;
		h->last.rank = x12_hi_rank(h->type, qual);
	}
	return h->last.rank;
}

static void
hi_end(struct hi *h)
{
	if (h->n)
		x12_put_end(h->w, false);
	h->n = 0;
}

/* The element the next composite of this rank and set goes to. */
static unsigned
hi_next(struct hi *h, int rank, int64_t set)
{
	if (h->n == 0 || h->rank != rank || h->set != set || h->n == h->per) {
		hi_end(h);
		x12_put_seg(h->w, "HI");
		h->rank = rank;
		h->set = set;
		h->per = rank < 0 ? 12 : x12_his[rank].per;
	}
	return ++h->n;
}

/* The row of a diagnosis; of one that came without a qualifier the ICD-10-CM one of its role. */
static int
diag_rank(struct hi *h, const struct diagnosis *d)
{
	int rank = d->qual.n ? rank_of(h, d->qual) : -1;

	for (size_t i = 0; i < x12_n_his && rank < 0; i++)
		if ((x12_his[i].types & h->type) && x12_his[i].kind == 'D' && str_is(d->role, x12_his[i].word))
			rank = (int)i;
	return rank < 0 ? x12_hi_rank(h->type, S("ABF")) : rank;
}

/* All diagnoses of a professional or dental claim share one HI (rank -1); an institutional one parts them by role. */
static void
diags_write(struct hi *h, const struct claim_view *v, int rank)
{
	for (size_t i = 0; i < v->n_diagnoses; i++) {
		const struct diagnosis *d = &v->diagnoses[i];
		int own = diag_rank(h, d);
		unsigned el;

		if (rank >= 0 && own != rank)
			continue;
		el = hi_next(h, rank, 0);
		x12_put_id(h->w, el, 1, str_of(x12_his[own].qual));
		x12_put_id(h->w, el, 2, undotted(h->w->a, d->code));
		if (h->type == T_I)
			x12_put_id(h->w, el, 9, d->poa);
	}
}

static struct str
proc_qual(const struct encounter *e, size_t i)
{
	return e->procedures[i].qual.n ? e->procedures[i].qual : i == 0 ? S("BBR") : S("BBQ");
}

static void
procs_write(struct hi *h, const struct encounter *e, int rank)
{
	for (size_t i = 0; i < e->n_procedures; i++) {
		const struct procedure *p = &e->procedures[i];
		struct str qual = proc_qual(e, i);
		unsigned el;

		if (rank_of(h, qual) != rank)
			continue;
		el = hi_next(h, rank, 0);
		x12_put_id(h->w, el, 1, qual);
		x12_put_id(h->w, el, 2, p->code);
		if (p->day == DAY_NONE)
			continue;
		x12_put_id(h->w, el, 3, S("D8"));
		x12_put_days(h->w, el, 4, p->day, DAY_NONE);
	}
}

static void
infos_write(struct hi *h, const struct encounter *e, int rank)
{
	for (size_t i = 0; i < e->n_infos; i++) {
		const struct info *v = &e->infos[i];
		unsigned el;

		if (rank_of(h, v->qual) != rank)
			continue;
		el = hi_next(h, rank, v->set);
		x12_put_id(h->w, el, 1, v->qual);
		x12_put_id(h->w, el, 2, v->code);
		x12_put_id(h->w, el, 3, v->format);
		x12_put_id(h->w, el, 4, v->dates);
		if (v->cents || str_is(v->qual, "BE"))
			x12_put_scaled(h->w, el, 5, v->cents, 2);
	}
}

/* The rows there is anything of, as bits: a claim has a few of many. */
static uint64_t
ranks_of(struct hi *h, const struct encounter *e, const struct claim_view *v)
{
	uint64_t bits = 0;
	int rank;

	for (size_t i = 0; i < v->n_diagnoses && h->type == T_I; i++)
		bits |= UINT64_C(1) << diag_rank(h, &v->diagnoses[i]);
	for (size_t i = 0; i < e->n_procedures; i++)
		if ((rank = rank_of(h, proc_qual(e, i))) >= 0)
			bits |= UINT64_C(1) << rank;
	for (size_t i = 0; i < e->n_infos; i++)
		if ((rank = rank_of(h, e->infos[i].qual)) >= 0)
			bits |= UINT64_C(1) << rank;
	return bits;
}

void
x12_hi_write(struct x12_put *w, const struct x12_place *at, const struct claim_view *v)
{
	struct hi h = { .w = w, .type = at->type };
	uint64_t bits = ranks_of(&h, at->e, v);

	must(x12_n_his <= 64);
	if (at->type == T_P && v->n_diagnoses > 12)
		x12_put_refuse(w, E_LIMIT, 0, "more than 12 diagnoses on a professional claim", "keep the 12 the lines point to");
	if (at->type == T_D && v->n_diagnoses > 4)
		x12_put_refuse(w, E_LIMIT, 0, "more than 4 diagnoses on a dental claim", "keep the 4 the lines point to");
	if (at->type != T_I)
		diags_write(&h, v, -1);
	for (int rank = 0; bits >> rank; rank++) {
		if (!(bits >> rank & 1))
			continue;
		if (x12_his[rank].kind == 'D')
			diags_write(&h, v, rank);
		else if (x12_his[rank].kind == 'P')
			procs_write(&h, at->e, rank);
		else
			infos_write(&h, at->e, rank);
	}
	hi_end(&h);
}

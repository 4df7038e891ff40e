/*
 * mentions.c - reads every note of an encounter and collects, for each code, its best mention.
 * A span is what the tokens covered when they were read; it always lies inside one sentence.
 */
#include "suggest/mentions.h"

#include <string.h>

#define CANDIDATES_MAX	400	/* of encounter.def */

struct reading {
	const struct suggest	*s;
	struct cands		*out;
	struct matcher		 m;
	struct sentence		 sn;
	size_t			 document;
	day_t			 day;
	bool			 shouts;
};

/* Inpatient stays are coded with the set of the day of discharge, all else with that of the service. */
day_t
suggest_day(const struct encounter *e)
{
	const day_t days[] = { e->discharged, e->from, e->to, e->admitted };

	for (size_t i = 0; i < sizeof days / sizeof *days; i++)
		if (days[i] != DAY_NONE)
			return days[i];
	for (size_t i = 0; i < e->n_documents; i++)
		if (e->documents[i].day != DAY_NONE)
			return e->documents[i].day;
	return DAY_NONE;
}

/* What is past counts when it lasts; what the family has counts when the code says "family". */
static bool
is_active(enum context context, struct str code)
{
	switch (context) {
	case AFFIRMED:
		return true;
	case HISTORY:
		return code_in_range(RANGE_CHRONIC, code);
	case FAMILY:
		return code.n >= 3 && memcmp(code.p, "Z80", 3) >= 0 && memcmp(code.p, "Z84", 3) <= 0;
	default:
		return false;
	}
}

/* The weight of the words, then what their place and the open questions take away. Per mille. */
static int
confidence_of(const struct key *key, const struct hit *h, const struct cand *c)
{
	int conf = key->weight * 9 / 10 + section_weight(c->section);

	conf -= key->rivals ? 120 : 0;
	conf -= 60 * h->cost;
	conf -= key->n == 1 ? 40 : 0;
	conf -= c->detail == NOT_STATED ? 80 : 0;
	conf -= c->context == HISTORY ? 40 : 0;
	if (c->detail == OPEN)
		conf = conf < 400 ? conf : 400;
	if (!c->active)
		conf = conf < 300 ? conf : 300;
	return conf < 0 ? 0 : conf > 990 ? 990 : conf;
}

static bool
is_better(const struct cand *a, const struct cand *b)
{
	if (a->active != b->active)
		return a->active;
	return a->confidence > b->confidence;
}

static int
cand_put(struct cands *out, const struct cand *c)
{
	struct cand *one;

	for (size_t i = 0; i < out->n; i++) {
		one = &out->v[i];
		if (one->row.row != c->row.row)
			continue;
		if (is_better(c, one)) {
			uint32_t sections = one->active == c->active ? one->sections : 0;

			*one = *c;
			one->sections |= sections;
		} else if (one->active == c->active) {
			one->sections |= c->sections;
		}
		return 0;
	}
	if (out->n == CANDIDATES_MAX)
		return 0;
	one = arena_push(out->a, out->v, out->n);
	if (!one)
		return E_NOMEM;
	*one = *c;
	return 0;
}

static int
hit_read(struct reading *r, const struct hit *h)
{
	const struct key *key = &r->s->keys[h->key];
	struct cand c = { .document = r->document, .section = r->sn.section, .source = key->source };
	struct resolved res;
	int rc = 0;

	if (key->quiet || key->code == NO_CODE ||
	    !resolve_code(r->s, codebook_str(r->s->book, CC_ICD10CM_CODE, (row_t)key->code), r->day, &r->sn, h, &res))
		return 0;
	c.begin = r->sn.toks[h->first].begin;
	c.end = r->sn.toks[h->last].end;
	c.detail = res.detail;
	c.sections = 1u << r->sn.section;
	c.context = context_of(r->s, &r->sn, h);
	for (size_t i = 0; i < res.n && rc >= 0; i++) {
		c.row = res.row[i];
		c.active = is_active(c.context, c.row.code);
		c.confidence = confidence_of(key, h, &c);
		rc = cand_put(r->out, &c);
	}
	return rc;
}

static int
sentence_read(struct reading *r)
{
	int rc = 0;

	sentence_items(r->s, &r->sn, r->shouts);
	match_sentence(&r->m, &r->sn);
	if (r->m.n)
		sentence_cues(r->s, &r->sn);
	for (size_t i = 0; i < r->m.n && rc >= 0; i++)
		if (!r->m.hits[i].dropped)
			rc = hit_read(r, &r->m.hits[i]);
	return rc;
}

int
mentions_read(const struct suggest *s, struct arena *a, const struct encounter *e, struct cands *out)
{
	struct reading r;		/* not cleared: its sentence is 10 KB, and filled before it is read */
	int rc = 0;

	*out = (struct cands){ .a = a };
	r.s = s;
	r.out = out;
	r.m = (struct matcher){ .s = s, .a = a };
	r.day = suggest_day(e);
	for (size_t i = 0; i < e->n_documents && rc >= 0; i++) {
		struct scan sc;

		scan_open(&sc, s, e->documents[i].text);
		r.document = i;
		r.shouts = sc.shouts;
		while (rc >= 0 && scan_sentence(&sc, &r.sn))
			rc = sentence_read(&r);
	}
	return rc < 0 ? rc : a->spent ? E_NOMEM : 0;
}

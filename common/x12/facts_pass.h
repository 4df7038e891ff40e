/* facts_pass.h - one segment of a claim while facts are collected from it; of facts*.c only. */
#ifndef CLAIMLINE_X12_FACTS_PASS_H
#define CLAIMLINE_X12_FACTS_PASS_H

#include "x12/facts.h"

struct pass { struct x12_facts *f; struct x12_check *c; uint32_t seg; const struct str *el; unsigned n; };

static inline struct str
el(const struct pass *p, unsigned k)
{
	return k <= p->n ? p->el[k] : STR_NONE;
}

static inline struct x12_fact
fact(const struct pass *p, unsigned k)
{
	return (struct x12_fact){ el(p, k), p->seg, (uint8_t)k, 0 };
}

static inline cents_t
money(const struct pass *p, unsigned k)
{
	struct str v = el(p, k);
	cents_t n = 0;

	if (v.n && !cents_parse(v, &n)) {
		p->f->unsound = true;
		return 0;
	}
	return n;
}

/* Sums of a line are added up again, 2,048 of them: what comes near is no sum. */
static inline void
sum_up(const struct pass *p, cents_t *sum, cents_t n)
{
	if (*sum > INT64_MAX / 4096 || *sum < INT64_MIN / 4096)
		p->f->unsound = true;
	else
		*sum += n;
}

/* The parts of element k; those that it lacks are left as they are. */
static inline void
parts(const struct pass *p, unsigned k, struct str *to, unsigned n)
{
	if (p->f->segs[p->seg].marks & X12_COMPS)
		(void)x12_parts(el(p, k), p->c->s.comp, to, n);
	else
		to[0] = el(p, k);
}

/* A claim has few days, and says them often. */
static inline day_t
day_at(struct x12_facts *f, const char *p)
{
	uint64_t text;
	unsigned i = (p[6] & 3u) << 4 | (p[7] & 15u);

	memcpy(&text, p, sizeof text);
	if (f->days[i].text != text) {
		f->days[i].text = text;
		f->days[i].day = day_parse((struct str){ p, 8 });
	}
	return f->days[i].day;
}

static inline void
days(struct x12_facts *f, struct str format, struct str v, day_t *from, day_t *to)
{
	*from = *to = DAY_NONE;
	if (v.n < 8 || (format.n && *format.p == 'T'))
		return;
	*from = *to = day_at(f, v.p);
	if (v.n >= 17 && str_is(format, "RD8"))
		*to = day_at(f, v.p + 9);
}

/* Room for one more; false: too many, or the arena is spent. MORE: one more of an array of the facts, or NULL. */
bool	x12_pass_room(const struct pass *, void *v, uint32_t n, uint32_t *cap, size_t each);
#define MORE(p, arr, n, cap) \
	((p)->f->n < (p)->f->cap || x12_pass_room((p), (void *)&(p)->f->arr, (p)->f->n, &(p)->f->cap, sizeof *(p)->f->arr) ? \
	    &(p)->f->arr[(p)->f->n++] : NULL)

static inline struct x12_line *
line(const struct pass *p)
{
	return p->f->n_line ? &p->f->line[p->f->n_line - 1] : NULL;
}

static inline struct x12_other *
other(const struct pass *p)
{
	return p->f->n_other ? &p->f->other[p->f->n_other - 1] : NULL;
}

static inline void
count(struct x12_range *r, uint32_t n_all)
{
	r->first = r->n ? r->first : n_all - 1;
	r->n++;
}

void	x12_pass_date(const struct pass *, struct x12_range *, bool dtm);
void	x12_pass_ref(const struct pass *, struct x12_range *);
void	x12_pass_crc(const struct pass *);
cents_t	x12_pass_adjustments(const struct pass *, uint32_t *n);	/* their sum; n grows by how many */
void	x12_pass_line(const struct pass *, uint16_t tag);	/* 2400 and below */
void	x12_pass_paid(const struct pass *, uint16_t tag);	/* 835 */

#endif

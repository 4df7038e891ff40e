/* stats.c - counts what passes by. Judges nothing, keeps no claim and no name of a person. */
#include "x12/stats.h"
#include "x12/walk.h"

#include <stdlib.h>

#define KEY_ROOM	62
#define SLOTS		(2 * X12_STATS_NAMES)

struct entry { char key[KEY_ROOM]; uint8_t n, kind; int64_t count; cents_t cents; };
struct x12_stats {
	struct entry		*v;		/* by hash, linear probing; kind + 1, 0 is free */
	size_t			 n;
	struct x12_stats_sum	 sum;
	bool			 raw;		/* --show-values */
	char			 payer[KEY_ROOM];
	size_t			 n_payer;
};

struct x12_stats *
x12_stats_open(struct arena *a)
{
	struct x12_stats *s = arena_alloc(a, sizeof *s);

	if (!s)
		return NULL;
	s->v = arena_array(a, SLOTS, sizeof *s->v);
	s->sum.first = s->sum.last = DAY_NONE;
	return s->v ? s : NULL;
}

const struct x12_stats_sum *
x12_stats_sum(const struct x12_stats *s)
{
	return &s->sum;
}

void
x12_stats_raw(struct x12_stats *s)
{
	s->raw = true;
}

/* ---- what may be told: codes look like codes, and the rest is told by its shape ---- */

struct look { size_t digits, others; };		/* others: neither digits nor capitals */

static struct look
look(struct str v)
{
	struct look out = { 0, 0 };

	for (size_t i = 0; i < v.n; i++) {
		bool digit = v.p[i] >= '0' && v.p[i] <= '9';

		out.digits += digit;
		out.others += !digit && !(v.p[i] >= 'A' && v.p[i] <= 'Z') && v.p[i] != '.';
	}
	return out;
}

/* HCPCS, CDT and HIPPS have five characters, revenue codes four digits, an NDC eleven. */
static bool
is_procedure(struct str v)
{
	struct look l = look(v);

	return !l.others && ((v.n == 5 && l.digits) || (l.digits == v.n && (v.n == 3 || v.n == 4 || v.n == 11)));
}

/* Three to seven characters, the second of them a digit; ICD-9 has at most five digits alone. */
static bool
is_diagnosis(struct str v)
{
	struct look l = look(v);

	return !l.others && v.n >= 3 && v.n <= 8 && v.p[1] >= '0' && v.p[1] <= '9' && (l.digits < v.n || v.n <= 5);
}

static bool
is_set(struct str v)
{
	struct str rest = v, st01 = str_cut(&rest, ' ');
	struct look l = look(st01), m = look(rest);

	return st01.n == 3 && l.digits == 3 && !m.others && rest.n <= 12 && m.digits * 2 >= rest.n;
}

static struct str
shaped(char room[KEY_ROOM], struct str v)
{
	size_t n = v.n < KEY_ROOM ? v.n : KEY_ROOM;

	for (size_t i = 0; i < n; i++) {
		char ch = v.p[i];

		room[i] = ch >= '0' && ch <= '9' ? '9' : (ch | 0x20) >= 'a' && (ch | 0x20) <= 'z' ? 'A' : ch < 0 ? '?' : ch;
	}
	return (struct str){ room, n };
}

static void
count(struct x12_stats *s, enum x12_stat kind, struct str key, cents_t cents)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)kind;
	struct entry *e;

	key.n = key.n < KEY_ROOM ? key.n : KEY_ROOM;
	if (!key.n)
		return;
	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * UINT64_C(1099511628211);
	for (h ^= h >> 32;; h++) {
		e = &s->v[h % SLOTS];
		if (!e->kind || (e->kind == kind + 1 && e->n == key.n && memcmp(e->key, key.p, key.n) == 0))
			break;
	}
	if (!e->kind && s->n == X12_STATS_NAMES) {
		s->sum.unnamed++;
		return;
	}
	if (!e->kind) {
		s->n++;
		e->kind = (uint8_t)(kind + 1);
		e->n = (uint8_t)key.n;
		memcpy(e->key, key.p, key.n);
	}
	e->count++;
	e->cents += cents;
}

/* ---- segments ---- */

static void
code(struct x12_stats *s, enum x12_stat kind, struct str v, cents_t cents, bool is_code)
{
	char room[KEY_ROOM];

	count(s, kind, s->raw || is_code ? v : shaped(room, v), cents);
}

static void
payer(struct x12_stats *s, bool person, struct str name, struct str id)
{
	char room[2][KEY_ROOM];
	size_t n;

	if (person && !s->raw) {
		name = shaped(room[0], name);
		id = shaped(room[1], id);
	}
	n = name.n < KEY_ROOM ? name.n : KEY_ROOM;
	if (n)
		memcpy(s->payer, name.p, n);
	if (id.n && n + id.n + 3 <= KEY_ROOM) {
		memcpy(s->payer + n, " (", 2);
		memcpy(s->payer + n + 2, id.p, id.n);
		s->payer[n + 2 + id.n] = ')';
		n += id.n + 3;
	}
	s->n_payer = n;
}

static cents_t
money(struct str v)
{
	cents_t c;

	return cents_parse(v, &c) ? c : 0;
}

static void
claim(struct x12_stats *s, cents_t charge, cents_t paid)
{
	s->sum.claims++;
	s->sum.charges += charge;
	s->sum.paid += paid;
	count(s, X12_STAT_PAYER, (struct str){ s->payer, s->n_payer }, charge);
}

static void
line(struct x12_stats *s, const struct x12_check *c, struct str procedure, struct str revenue, cents_t charge)
{
	struct str v = x12_comp(procedure, c->s.comp, 2);

	s->sum.lines++;
	code(s, X12_STAT_PROCEDURE, v, charge, is_procedure(v));
	code(s, X12_STAT_REVENUE, revenue, charge, (revenue.n == 3 || revenue.n == 4) && look(revenue).digits == revenue.n);
}

static void
diagnoses(struct x12_stats *s, const struct x12_check *c, const struct x12_seg *seg)
{
	for (unsigned i = 1; i <= seg->n; i++) {
		struct str qual = x12_comp(seg->el[i], c->s.comp, 1), v = x12_comp(seg->el[i], c->s.comp, 2);

		if (str_is(qual, "ABK") || str_is(qual, "ABF") || str_is(qual, "BK") || str_is(qual, "BF"))
			code(s, X12_STAT_DIAGNOSIS, v, 0, is_diagnosis(v));
	}
}

static void
service_day(struct x12_stats *s, struct str v)
{
	struct str from = { v.p, v.n < 8 ? v.n : 8 }, to = v.n == 17 ? (struct str){ v.p + 9, 8 } : from;
	day_t first = day_parse(from), last = day_parse(to);

	if (first != DAY_NONE && (s->sum.first == DAY_NONE || first < s->sum.first))
		s->sum.first = first;
	if (last != DAY_NONE && (s->sum.last == DAY_NONE || last > s->sum.last))
		s->sum.last = last;
}

static void
of_837(struct x12_stats *s, const struct x12_check *c, const struct x12_seg *seg)
{
	struct str id = seg->id;

	if (str_is(id, "CLM"))
		claim(s, money(x12_elem(seg, 2)), 0);
	else if (str_is(id, "HI"))
		diagnoses(s, c, seg);
	else if (str_is(id, "SV1"))
		line(s, c, x12_elem(seg, 1), STR_NONE, money(x12_elem(seg, 2)));
	else if (str_is(id, "SV2"))
		line(s, c, x12_elem(seg, 2), x12_elem(seg, 1), money(x12_elem(seg, 3)));
	else if (str_is(id, "SV3"))
		line(s, c, x12_elem(seg, 1), STR_NONE, money(x12_elem(seg, 2)));
	else if (str_is(id, "DTP") && (str_is(x12_elem(seg, 1), "472") || str_is(x12_elem(seg, 1), "434")))
		service_day(s, x12_elem(seg, 3));
	else if (str_is(id, "NM1") && str_is(x12_elem(seg, 1), "PR") && c->pos != NO_POS &&
	    strcmp(c->w.g->loops[x12_pos_of(c, c->pos)->loop].id, "2330B") != 0)
		payer(s, !str_is(x12_elem(seg, 2), "2"), x12_elem(seg, 3), x12_elem(seg, 9));
}

static void
of_835(struct x12_stats *s, const struct x12_check *c, const struct x12_seg *seg)
{
	struct str id = seg->id, what = x12_elem(seg, 1);

	if (str_is(id, "CLP"))
		claim(s, money(x12_elem(seg, 3)), money(x12_elem(seg, 4)));
	else if (str_is(id, "SVC"))
		line(s, c, what, x12_elem(seg, 4), money(x12_elem(seg, 2)));
	else if (str_is(id, "N1") && str_is(what, "PR"))
		payer(s, false, x12_elem(seg, 2), x12_elem(seg, 4));
	else if (str_is(id, "DTM") && (str_is(what, "472") || str_is(what, "232") || str_is(what, "233") || str_is(what, "150") ||
	    str_is(what, "151")))
		service_day(s, x12_elem(seg, 2));
}

static int
segment(void *self, const struct x12_check *c, const struct x12_seg *seg)
{
	struct x12_stats *s = self;

	if (str_is(c->set.type, "837"))
		of_837(s, c, seg);
	else if (str_is(c->set.type, "835"))
		of_835(s, c, seg);
	return 0;
}

static int
found(void *self, const struct x12_finding *f)
{
	count(self, X12_STAT_FINDING, str_of(f->id), 0);
	return 0;
}

static int
set(void *self, const struct x12_set *t)
{
	struct x12_stats *s = self;
	char key[KEY_ROOM];
	struct str what;
	size_t n = t->type.n < 8 ? t->type.n : 8, more = t->version.n < 24 ? t->version.n : 24;

	if (n)
		memcpy(key, t->type.p, n);
	key[n++] = ' ';
	if (more)
		memcpy(key + n, t->version.p, more);
	what = str_trim((struct str){ key, n + more });
	code(s, X12_STAT_SET, what, 0, is_set(what));
	s->n_payer = 0;
	return 0;
}

struct x12_watch
x12_stats_watch(struct x12_stats *s)
{
	return (struct x12_watch){ .self = s, .found = found, .set = set, .segment = segment };
}

/* ---- the most frequent ---- */

static int
by_count(const void *x, const void *y)
{
	const struct x12_stat_row *a = x, *b = y;

	return a->n != b->n ? (a->n < b->n) - (a->n > b->n) : str_cmp(a->name, b->name);
}

int
x12_stats_top(struct arena *a, const struct x12_stats *s, enum x12_stat kind, size_t most, struct x12_stat_row **out)
{
	struct x12_stat_row *v = NULL, *one;
	size_t n = 0;

	for (size_t i = 0; i < SLOTS; i++)
		if (s->v[i].kind == kind + 1 && (one = arena_push(a, v, n)))
			*one = (struct x12_stat_row){ { s->v[i].key, s->v[i].n }, s->v[i].count, s->v[i].cents };
	if (a->spent)
		return E_NOMEM;
	if (n)
		qsort(v, n, sizeof *v, by_count);
	*out = v;
	return (int)(n < most ? n : most);
}

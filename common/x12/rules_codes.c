/*
 * rules_codes.c - whether codes are of their code set on the day of service. Which code set, and which day, are rows
 * of schemas/x12_codes.def. Never judges by a table the book does not have as a whole, nor for days it does not cover.
 */
#include "x12/rules_codes.h"

#include "x12/facts.h"

#define CACHE_BITS	10			/* of the number of answers remembered */
#define RELEASES	24
#define PARTS		12			/* components that are looked at */
#define KEPT_CODE	10			/* longer codes are judged anew each time */

enum by { BY_NONE, BY_COMP1, BY_EL1, BY_BEFORE, BY_COUNTRY };
enum when { WHEN_NEVER, WHEN_ANY, WHEN_CLAIM, WHEN_LINE };
enum wrong { WRONG_NOT, WRONG_FORM, WRONG_UNKNOWN, WRONG_DAY, WRONG_HEADER, WRONG_SYSTEM, WRONG_COUNT };
enum { CS_NONE = CS_COUNT };

struct row {
	const char	*id[WRONG_COUNT];
	enum x12_shape	 shape;
	const char	*quals, *forms, *probe;
	int		 set;			/* enum code_set, or CS_NONE */
	int		 since, until;		/* CCYYMMDD, 0 open */
	enum x12_severity severity;
	const char	*stc, *subject, *fix;
};

static const struct row rows[] = {
#define CODE(id, shape, quals, forms, table, probe, since, until, severity, stc, subject, fix) \
	{ { NULL, #id "_FORM", #id "_UNKNOWN", #id "_DAY", #id "_HEADER", #id "_SYSTEM" }, SHAPE_##shape, quals, forms, probe, \
	    CS_##table, since, until, X12_##severity, stc, subject, fix },
#include "schemas/x12_codes.def"
};
#define N_ROWS		(sizeof rows / sizeof *rows)

static const char *const wrongs[WRONG_COUNT] = {
	NULL, "a code that is not of the form its code set has", "a code that its code set does not have",
	"a code that is not in force on the day of service", "a heading, not a code: more characters are needed",
	"a code set that is not in use on the day of service",
};

static const struct { const char *name; uint8_t shape, by, when; } judged[] = {
#define JUDGED(shape, by, when) { #shape, SHAPE_##shape, BY_##by, WHEN_##when },
#include "schemas/x12_codes.def"
};

static const struct { const char *guide, *segment; uint8_t el, comp, shape; } also[] = {
#define ALSO(guide, segment, el, comp, shape) { guide, segment, el, comp, SHAPE_##shape },
#include "schemas/x12_codes.def"
};

static const struct { const char *set; uint8_t shape; } elsewhere[] = {
#define ELSEWHERE(set, shape) { set, SHAPE_##shape },
#include "schemas/x12_codes.def"
};

static const struct { enum code_set set; const char *kind; } books[] = {
#define BOOK(set, kind) { CS_##set, kind },
#include "schemas/x12_codes.def"
};
#define N_BOOKS		(sizeof books / sizeof *books)

struct item { uint16_t number, list; uint8_t el, comp, shape, qual_el, qual_comp; bool of_line; };	/* of_line: its day */
struct plan {
	uint16_t	*at;			/* of position p: at once at[2p].., when the claim is complete at[2p+1].. */
	struct item	*v;
	size_t		 n;
};
/*
 * rest: shape, length, qualifier, last bytes of the code. It holds for last days from lo to hi, and, unless it is
 * DAY_NONE, for this first day only.
 */
struct answer { uint64_t code, rest; day_t lo, hi, from; uint8_t row, wrong; bool any_from; };
struct days { day_t from, to; };		/* of service; DAY_NONE: any */
struct live { day_t since, until; bool knows, whole; uint8_t book; };	/* of a row, with this book */
struct releases { day_t v[RELEASES]; size_t n; };

struct x12_codes_judge {
	const struct codebook *cb;
	struct live	 live[N_ROWS];
	struct releases	 rel[N_BOOKS + 1];	/* the last: none */
	struct { uint8_t first, n, by, when; } shape[SHAPE_COUNT];
	struct plan	**plans;		/* by guide; made when it is first met */
	const struct plan *plan;		/* of the set at hand */
	struct answer	 cache[1 << CACHE_BITS];
};

/* ---- what the book can answer ---- */

static day_t
day_in(int ccyymmdd)
{
	return ccyymmdd ? day_of(ccyymmdd / 10000, ccyymmdd / 100 % 100, ccyymmdd % 100) : DAY_NONE;
}

static void
release_add(struct releases *r, day_t day)
{
	size_t i = r->n;

	if (day == DAY_NONE || r->n == RELEASES)
		return;
	for (; i && r->v[i - 1] > day; i--)
		r->v[i] = r->v[i - 1];
	r->v[i] = day;
	r->n++;
}

static void
releases(struct x12_codes_judge *j)
{
	for (row_t row = 0; j->cb && row < codebook_count(j->cb, CS_SOURCE); row++) {
		if (codebook_int(j->cb, CC_SOURCE_SELECTION, row) == 1)
			continue;
		for (size_t b = 0; b < N_BOOKS; b++)
			if (str_is(codebook_str(j->cb, CC_SOURCE_KIND, row), books[b].kind))
				release_add(&j->rel[b], codebook_from(j->cb, CS_SOURCE, row));
	}
}

/* Does the table speak of these codes? The probe of HCPCS must be of the user's licensed list. */
static bool
is_asked(const struct codebook *cb, const struct row *r)
{
	enum code_set set = (enum code_set)r->set;
	row_t row;

	if (!*r->probe)
		return true;
	row = codebook_find(cb, set, str_of(r->probe), DAY_NONE);
	return row != ROW_NONE && (set != CS_HCPCS || codebook_int(cb, CC_HCPCS_LICENSED, row) == 1);
}

static void
rows_open(struct x12_codes_judge *j)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		struct live *l = &j->live[i];
		const struct row *r = &rows[i];

		*l = (struct live){ .since = day_in(r->since), .until = day_in(r->until), .book = N_BOOKS };
		for (uint8_t b = 0; b < N_BOOKS; b++)
			if ((int)books[b].set == r->set)
				l->book = b;
		if (!j->shape[r->shape].n++)
			j->shape[r->shape].first = (uint8_t)i;
		must(j->shape[r->shape].first + j->shape[r->shape].n == i + 1);
		if (j->cb && r->set != CS_NONE && codebook_knows(j->cb, (enum code_set)r->set) && is_asked(j->cb, r)) {
			l->knows = true;
			l->whole = codebook_is_whole(j->cb, (enum code_set)r->set);
		}
	}
}

int
x12_codes_begin(struct x12_check *c, const struct codebook *cb, struct x12_codes_judge **out)
{
	struct x12_codes_judge *j = arena_alloc(c->a, sizeof *j);

	*out = j;
	if (!j)
		return E_NOMEM;
	j->cb = cb;
	j->plans = arena_array(c->a, c->spec->guides->n, sizeof *j->plans);
	for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
		j->shape[judged[i].shape].by = judged[i].by;
		j->shape[judged[i].shape].when = judged[i].when;
	}
	rows_open(j);
	releases(j);
	return c->a->spent ? E_NOMEM : 0;
}

size_t
x12_codes_gaps(const struct codebook *cb, struct x12_codes_gap *v, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < N_ROWS; i++) {
		bool again = rows[i].set == CS_NONE;

		for (size_t k = 0; k < i && !again; k++)
			again = rows[k].set == rows[i].set && strcmp(rows[k].probe, rows[i].probe) == 0;
		if (again || (cb && codebook_is_whole(cb, (enum code_set)rows[i].set) && is_asked(cb, &rows[i])))
			continue;
		if (n < max)
			v[n] = (struct x12_codes_gap){ *rows[i].probe ? rows[i].subject : code_sets[rows[i].set].title,
			    !cb || !codebook_knows(cb, (enum code_set)rows[i].set) || !is_asked(cb, &rows[i]) };
		n++;
	}
	return n;
}

/* ---- where codes stand ---- */

static struct item
item_of(const struct x12_codes_judge *j, const struct x12_item *it, unsigned el, unsigned comp, unsigned shape)
{
	struct item one = { it->number, it->list, (uint8_t)el, (uint8_t)comp, (uint8_t)shape, 0, 0,
	    j->shape[shape].when == WHEN_LINE };

	switch (j->shape[shape].by) {
	case BY_COMP1:				/* without components the qualifier is the element before */
		one.qual_el = (uint8_t)(comp ? el : el - 1);
		one.qual_comp = comp != 0;
		break;
	case BY_EL1:
		one.qual_el = 1;
		break;
	case BY_BEFORE:
		one.qual_el = (uint8_t)(el - 1);
		break;
	case BY_COUNTRY:
		one.qual_el = (uint8_t)(comp ? el : el + 2);
		one.qual_comp = (uint8_t)(comp ? comp + 1 : 0);
		break;
	default:
		break;
	}
	return one;
}

struct making {
	const struct x12_codes_judge *j;
	struct arena	*a;
	const struct x12_guide *g;
	const struct x12_pos *p;
	struct plan	*plan;
};

/* A list of codes may have the name of a shape: it is judged as both. */
static unsigned
shape_of(const struct x12_codes *list)
{
	if (list->shape || !list->name)
		return list->shape;
	for (size_t i = 0; i < sizeof judged / sizeof *judged; i++)
		if (strcmp(list->name, judged[i].name) == 0)
			return judged[i].shape;
	return SHAPE_NONE;
}

static unsigned
shape_at(const struct making *m, const struct x12_item *it, unsigned el, unsigned comp)
{
	if (it->list) {
		unsigned shape = shape_of(&m->g->all->codes[it->list]);

		for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
			if (elsewhere[i].shape == shape && strcmp(elsewhere[i].set, m->g->set) == 0)
				return SHAPE_NONE;
		return shape;
	}
	for (size_t i = 0; i < sizeof also / sizeof *also; i++)
		if (comp == also[i].comp && (!also[i].el || el == also[i].el) && it->use != USE_N &&
		    strcmp(also[i].segment, m->p->id) == 0 && strncmp(also[i].guide, m->g->ids, strlen(also[i].guide)) == 0)
			return also[i].shape;
	return SHAPE_NONE;
}

static bool
in_claim(const struct x12_guide *g, const struct x12_pos *p)
{
	if (strcmp(g->set, "837") != 0)
		return false;
	for (uint16_t l = p->loop; l; l = g->loops[l].parent)
		if (g->loops[l].unit)
			return true;
	return false;
}

static void
plan_item(const struct making *m, const struct x12_item *it, unsigned el, unsigned comp, bool later)
{
	unsigned shape = shape_at(m, it, el, comp), when = m->j->shape[shape].when;
	struct item *one;

	if (when == WHEN_NEVER || later != (when != WHEN_ANY && in_claim(m->g, m->p)))
		return;
	one = arena_push(m->a, m->plan->v, m->plan->n);
	if (one)
		*one = item_of(m->j, it, el, comp, shape);
}

static void
plan_position(const struct making *m, bool later)
{
	const struct x12_item *items = m->g->items;

	for (unsigned el = 1; el <= m->p->n_items; el++) {
		const struct x12_item *it = &items[m->p->items + el - 1];

		if (it->kind != KIND_COMPOSITE)
			plan_item(m, it, el, 0, later);
		for (unsigned comp = 1; it->kind == KIND_COMPOSITE && comp <= it->n_comps; comp++)
			plan_item(m, &items[it->comps + comp - 1], el, comp, later);
	}
}

void
x12_codes_set(struct x12_codes_judge *j, struct x12_check *c)
{
	const struct x12_guide *g = c->w.g;
	size_t at = (size_t)(g - c->spec->guides->v);
	struct plan *plan = j->plans[at];
	struct making m = { j, c->a, g, NULL, NULL };

	j->plan = plan;
	if (plan)
		return;
	plan = arena_alloc(c->a, sizeof *plan);
	if (plan)
		plan->at = arena_array(c->a, 2 * g->n_pos + 1, sizeof *plan->at);
	if (!plan || !plan->at)
		return;
	m.plan = plan;
	for (size_t p = 0; p < g->n_pos; p++)
		for (unsigned later = 0; later < 2; later++) {
			m.p = &g->pos[p];
			plan_position(&m, later);
			plan->at[2 * p + later + 1] = (uint16_t)plan->n;
		}
	must(plan->n < UINT16_MAX);
	if (!c->a->spent)
		j->plan = j->plans[at] = plan;
}

/* ---- one code ---- */

static bool
fits(struct str form, struct str v)
{
	if (form.n != v.n)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char f = form.p[i], ch = v.p[i];
		bool digit = ch >= '0' && ch <= '9', letter = ch >= 'A' && ch <= 'Z';

		if (f == '#' ? !digit : f == '@' ? !letter : f == '&' ? !digit && !letter : f == '~' ?
		    !ch || !strchr("DEGHIJNPRSX", ch) : f != ch)
			return false;
	}
	return true;
}

static bool
fits_one(const char *forms, struct str v)
{
	struct str rest = str_of(forms);

	while (rest.n)
		if (fits(str_cut(&rest, ' '), v))
			return true;
	return false;
}

static bool
qual_fits(const char *quals, struct str qual)
{
	struct str rest = str_of(quals);

	if (!rest.n)
		return true;
	while (rest.n)
		if (str_eq(str_cut(&rest, ' '), qual.n ? qual : S("-")))
			return true;
	return false;
}

/*
 * Whether a code that the table lacks was missing on that day: a release speaks for a year, the newest for ever;
 * a list that keeps what ended speaks for all days since its first.
 */
static bool
covers(const struct x12_codes_judge *j, const struct live *l, enum code_set set, day_t day)
{
	const struct releases *r = &j->rel[l->book];

	if (day == DAY_NONE || l->book == N_BOOKS)
		return true;
	for (size_t i = r->n; i-- > 0;)
		if (r->v[i] <= day)
			return code_sets[set].how == HOW_LIST || i + 1 == r->n || day - r->v[i] <= 366;
	return false;
}

static row_t
find(const struct codebook *cb, enum code_set set, struct str code, day_t day)
{
	row_t end, row, newest = ROW_NONE;

	if (code_cols[code_sets[set].first].kind == COL_CODE)
		return codebook_find(cb, set, code, day);
	for (row = codebook_of(cb, set, code, &end); row != ROW_NONE && row < end; row++) {
		if (day != DAY_NONE && codebook_in_force(cb, set, row, day))
			return row;
		newest = row;
	}
	return day == DAY_NONE ? newest : ROW_NONE;
}

/* The days on which the row, and its code set, are in force: while they last the answer is the same. */
static void
lasts(const struct x12_codes_judge *j, size_t i, row_t row, struct answer *to)
{
	const struct live *l = &j->live[i];
	day_t from = row == ROW_NONE ? DAY_NONE : codebook_from(j->cb, (enum code_set)rows[i].set, row);
	day_t last = row == ROW_NONE ? DAY_NONE : codebook_to(j->cb, (enum code_set)rows[i].set, row);

	to->lo = from == DAY_NONE ? DAY_MIN : from;
	to->hi = last == DAY_NONE ? DAY_MAX : last;
	if (l->since != DAY_NONE && l->since > to->lo)
		to->lo = l->since;
	if (l->until != DAY_NONE && l->until <= to->hi)
		to->hi = l->until - 1;
	to->any_from = true;
}

static enum wrong
look(const struct x12_codes_judge *j, size_t i, struct str code, const struct days *d, struct answer *to)
{
	const struct live *l = &j->live[i];
	enum code_set set = (enum code_set)rows[i].set;
	row_t row = find(j->cb, set, code, d->to), any;

	any = row != ROW_NONE ? row : d->from != d->to ? find(j->cb, set, code, d->from) : ROW_NONE;
	if (any == ROW_NONE)
		any = find(j->cb, set, code, DAY_NONE);
	else if (row == ROW_NONE)
		row = any;
	else if (d->to != DAY_NONE)
		lasts(j, i, row, to);
	if (any == ROW_NONE && !l->whole && d->to != DAY_NONE)
		lasts(j, i, ROW_NONE, to);
	if (any == ROW_NONE)
		return l->whole && covers(j, l, set, d->to) ? WRONG_UNKNOWN : WRONG_NOT;
	if ((set == CS_ICD10CM || set == CS_ICD10PCS) && !codebook_row(j->cb, set, any).billable)
		return WRONG_HEADER;
	if (row != ROW_NONE || !l->whole)
		return WRONG_NOT;
	if (codebook_from(j->cb, set, any) > d->to && code_sets[set].how != HOW_LIST && !covers(j, l, set, d->to))
		return WRONG_NOT;
	return WRONG_DAY;
}

static void
judge(const struct x12_codes_judge *j, unsigned shape, struct str qual, struct str code, const struct days *d, struct answer *to)
{
	size_t i = j->shape[shape].first, end = i + j->shape[shape].n, first = end;
	const struct live *l;
	bool form;

	for (; i < end; i++) {
		if (!qual_fits(rows[i].quals, qual))
			continue;
		if (fits_one(rows[i].forms, code))
			break;
		first = first == end ? i : first;
	}
	form = i < end;
	i = form ? i : first;
	to->wrong = WRONG_NOT;
	to->lo = to->hi = d->to;
	to->from = d->from;
	to->any_from = false;
	to->row = (uint8_t)i;
	if (i == end)				/* a code set that is not judged */
		return;
	l = &j->live[i];
	if (d->from != DAY_NONE &&
	    ((l->until != DAY_NONE && d->from >= l->until) || (l->since != DAY_NONE && d->to < l->since)))
		to->wrong = WRONG_SYSTEM;
	else if (!form)
		to->wrong = WRONG_FORM;
	else if (l->knows)
		to->wrong = (uint8_t)look(j, i, code, d, to);
	else if (d->to != DAY_NONE)
		lasts(j, i, ROW_NONE, to);
}

/* The answer, from those remembered where it is one. */
static const struct answer *
ask(struct x12_codes_judge *j, unsigned shape, struct str qual, struct str code, const struct days *d, struct answer *own)
{
	struct str head = { code.p, code.n < 8 ? code.n : 8 };
	struct answer *kept;
	uint64_t hash;

	if (code.n > KEPT_CODE || qual.n > 3) {
		judge(j, shape, qual, code, d, own);
		return own;
	}
	own->code = x12_code(head);
	own->rest = (uint64_t)shape << 56 | (uint64_t)code.n << 48 | x12_code(qual) << 16;
	for (size_t i = 8; i < code.n; i++)
		own->rest |= (uint64_t)(unsigned char)code.p[i] << 8 * (i - 8);
	hash = (own->code ^ own->rest * 31) * UINT64_C(0x9e3779b97f4a7c15);
	kept = &j->cache[hash >> (64 - CACHE_BITS)];
	if (kept->code == own->code && kept->rest == own->rest && kept->lo <= d->to && d->to <= kept->hi &&
	    (kept->any_from || kept->from == d->from))
		return kept;
	judge(j, shape, qual, code, d, own);
	*kept = *own;
	return kept;
}

/* ---- the codes of a segment ---- */

struct seg { const struct str *el; unsigned n; uint16_t pos; size_t at; };

static void
tell(struct x12_check *c, const struct seg *s, const struct item *it, const struct answer *is, struct str value)
{
	const struct x12_pos *p = x12_pos_of(c, s->pos);
	const struct row *r = &rows[is->row];
	struct x12_finding f = { .id = r->id[is->wrong], .snip = X12_CODES, .severity = r->severity, .ik304 = "8", .ik403 = "7",
	    .stc = x12_stc_at(c, p, r->stc), .segment = s->el[0], .loop = str_of(c->w.g->loops[p->loop].id), .at = s->at,
	    .ordinal = c->seg.ordinal - (c->at - s->at), .element = it->el, .component = it->comp, .number = it->number,
	    .value = value, .subject = r->subject, .words = wrongs[is->wrong], .fix = r->fix };

	x12_found(c, &f);
}

/* The components of one element, cut once for all codes in it. */
struct parts { unsigned el, n; struct str v[PARTS]; };

static inline struct str
value_of(const struct x12_check *c, const struct seg *s, unsigned el, unsigned comp, struct parts *parts)
{
	if (!comp)
		return el && el <= s->n ? s->el[el] : STR_NONE;
	if (parts->el != el) {
		parts->el = el;
		parts->n = el <= s->n ? x12_parts(s->el[el], c->s.comp, parts->v, PARTS) : 0;
	}
	return comp <= parts->n ? parts->v[comp - 1] : STR_NONE;
}

/* Items come in the order of their elements. */
static void
segment(struct x12_codes_judge *j, struct x12_check *c, const struct seg *s, const struct days days[2])
{
	static const struct days any = { DAY_NONE, DAY_NONE };
	const struct x12_codes *codes = c->w.g->all->codes;
	const uint16_t *at = &j->plan->at[2 * s->pos + (days != NULL)];
	struct parts parts;

	parts.el = 0;
	for (const struct item *it = &j->plan->v[at[0]], *end = &j->plan->v[at[1]]; it < end && it->el <= s->n; it++) {
		struct str v = value_of(c, s, it->el, it->comp, &parts);
		const struct answer *is;
		struct answer own;

		if (!v.n || (codes[it->list].n && !x12_code_in(&codes[it->list], v)))
			continue;			/* the guide's own list has told of it */
		is = ask(j, it->shape, value_of(c, s, it->qual_el, it->qual_comp, &parts), v, days ? &days[it->of_line] : &any, &own);
		if (is->wrong)
			tell(c, s, it, is, v);
	}
}

bool
x12_codes_at(const struct x12_codes_judge *j, uint16_t pos, bool later)
{
	return j->plan && j->plan->at[2 * pos + later] != j->plan->at[2 * pos + later + 1];
}

void
x12_codes_segment(struct x12_codes_judge *j, struct x12_check *c)
{
	const struct x12_seg *s = &c->seg;

	segment(j, c, &(struct seg){ s->el, s->n, c->pos, c->at }, NULL);
}

/* An inpatient stay is coded as of its end, everything else as of the day it was done. */
void
x12_codes_unit(struct x12_codes_judge *j, struct x12_check *c, const struct x12_facts *f)
{
	struct days claim = { f->inpatient ? f->to : f->from, f->to }, now[2] = { claim, claim };
	const struct str *els = x12_kept(c->r, 0);
	size_t line = 0;

	if (!j->plan || f->form == FORM_835)
		return;
	for (size_t i = 0; i < c->n_segs; i++) {
		const struct x12_unit_seg *u = &c->segs[i];

		if (u->pos == NO_POS || !x12_codes_at(j, u->pos, true))
			continue;
		for (; line < f->n_line && f->line[line].seg <= i; line++)
			now[1] = f->line[line].from == DAY_NONE ? claim : (struct days){ f->line[line].from, f->line[line].to };
		segment(j, c, &(struct seg){ els + u->el, u->n, u->pos, u->at }, now);
	}
}

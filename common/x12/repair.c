/*
 * repair.c - one segment after another: which rows of x12_repairs.def apply to which of its values, and the counts
 * and control numbers of the envelope. Knows the walk, so that a row may name a loop. Never checks, never reorders.
 */
#include "x12/quiet.h"
#include "x12/repair.h"
#include "x12/repair_how.h"
#include "x12/trailers.h"

#define MOST_ROWS	24			/* that one segment id has */
#define TEXT_ROOM	16
#define MOST_TURNS	4
#define CACHED		128

struct row {
	const char	*id, *set, *loop, *segments;
	unsigned	 element, component;
	const char	*when;
	repair_how	*how;
	const char	*arg, *words;
};

#define repair_none		NULL		/* what repair.c does itself */
#define repair_walk		NULL
#define repair_separator	NULL

static const struct row rows[] = {
#define REPAIR(id, set, loop, segments, element, component, when, how, arg, words) \
	{ #id, set, loop, segments, element, component, when, repair_##how, arg, words },
#include "schemas/x12_repairs.def"
};

#define N_ROWS		(sizeof rows / sizeof *rows)

/* The rows a segment id has in a set: asked for each segment, found once. */
struct rows_of { uint32_t key; const struct x12_guide *g; const struct row *v[MOST_ROWS]; size_t n; };

struct x12_repair {
	struct x12_quiet	 q;
	struct x12_repair_spec	 spec;
	struct arena		 a;		/* of the segment at hand */
	struct x12_seg		 s;		/* as it will be written */
	struct str		 el[LIMIT_ELEMENTS + 2];
	struct str		 loop;
	struct rows_of		 cache[CACHED], *now;
	size_t			 n_told;
	char			 alt;		/* separates components where ISA16 should; 0: none was seen */
	char			 isa13[TEXT_ROOM], gs06[TEXT_ROOM], gs08[TEXT_ROOM], st02[TEXT_ROOM];
	struct str		 isa13_is, gs06_is, gs08_is, st02_is;
	int64_t			 n_segs, n_sets, n_groups;
	size_t			 first_walked;	/* row after WALK */
	struct x12_trailers	 ends;
	size_t			 ordinal;	/* of the last segment */
	int			 rc;
};

size_t
x12_repair_count(const struct x12_repair *r)
{
	return r->n_told;
}

static void
tell(struct x12_repair *r, const struct row *row, unsigned el, unsigned comp, const struct str v[2])
{
	struct x12_repaired one = { .id = row->id, .words = row->words, .ordinal = r->s.ordinal, .segment = r->s.id,
	    .loop = r->loop, .element = el, .component = comp, .before = v[0], .after = v[1] };
	int rc;

	r->n_told++;
	rc = r->spec.told ? r->spec.told(r->spec.self, &one) : 0;
	if (rc < 0 && r->rc == 0)
		r->rc = rc;
}

static const struct row *
row_named(const char *id)
{
	size_t i = 0;

	while (i < N_ROWS && strcmp(rows[i].id, id) != 0)
		i++;
	must(i < N_ROWS);
	return &rows[i];
}

static void
replace(struct x12_repair *r, const char *id, unsigned el, struct str v)
{
	struct str was[2] = { r->s.n >= el ? r->el[el] : STR_NONE, v };

	tell(r, row_named(id), el, 0, was);
	for (; r->s.n < el; r->s.n++)
		r->el[r->s.n + 1] = STR_NONE;
	r->el[el] = v;
}

/* ---- which rows ---- */

static bool
lists(const char *codes, char sep, struct str v)
{
	struct str rest = str_of(codes);

	while (rest.n)
		if (str_eq(str_cut(&rest, sep), v))
			return true;
	return false;
}

static bool
fits_set(const struct x12_repair *r, const struct row *row)
{
	return !*row->set || (r->q.has_guide && strcmp(r->q.c.w.g->set, row->set) == 0);
}

static void
rows_for(struct x12_repair *r)
{
	const struct x12_guide *g = r->q.has_guide ? r->q.c.w.g : NULL;
	uint32_t key = x12_key(r->s.id);
	struct rows_of *c = r->now = &r->cache[x12_slot(key) % CACHED];

	if (key && c->key == key && c->g == g)
		return;
	*c = (struct rows_of){ .key = key, .g = g };
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].how && (!*rows[i].segments || lists(rows[i].segments, ' ', r->s.id)) && fits_set(r, &rows[i])) {
			must(c->n < MOST_ROWS);
			c->v[c->n++] = &rows[i];
		}
}

struct place { unsigned el, comp; const struct x12_item *item; struct str element; };

/* "8=24,34": of the segment; "c1=ABK": of this element's components. */
static bool
holds_when(const struct x12_repair *r, const struct row *row, struct str element)
{
	struct str rest = str_of(row->when), left = str_cut(&rest, '='), v;
	bool comp = left.n && *left.p == 'c';
	int64_t n;

	if (!*row->when)
		return true;
	must(str_to_int((struct str){ left.p + comp, left.n - comp }, &n) && n > 0);
	v = comp ? x12_comp(element, r->q.c.s.comp, (unsigned)n) : x12_elem(&r->s, (unsigned)n);
	return lists(rest.p, ',', v);
}

/* ---- one value ---- */

static struct str
value(struct x12_repair *r, const struct place *at, struct str v, bool walked)
{
	struct repair_part p = { .a = &r->a, .guides = r->spec.guides, .item = at->item, .s = &r->s, .zip_pad = r->spec.zip_pad };

	for (size_t i = 0; i < r->now->n; i++) {
		const struct row *row = r->now->v[i];
		struct str was[2] = { v, v };

		if ((size_t)(row - rows) >= r->first_walked ? !walked : walked)
			continue;
		if ((row->element && row->element != at->el) || (row->component && row->component != at->comp) ||
		    (*row->loop && !lists(row->loop, ' ', r->loop)) || !holds_when(r, row, at->element))
			continue;
		p.arg = row->arg;
		if (row->how(&p, v, &was[1]) && !str_eq(v, was[1])) {
			tell(r, row, at->el, at->comp, was);
			v = was[1];
		}
	}
	return v;
}

/* An element by its repeats and components; put together again only when one of them is another. */
static bool
parts(struct x12_repair *r, struct place *at, bool walked)
{
	const struct x12_item *item = at->item, *first = NULL;
	struct str rest = r->el[at->el];
	bool changed = false, more = true;
	struct buf b;

	if (item && item->kind == KIND_COMPOSITE)
		first = r->q.c.w.g->items + item->comps;
	buf_init(&b, &r->a);
	while (more) {
		bool again = true;
		struct str whole = rest;

		more = r->q.c.s.rep && memchr(rest.p, r->q.c.s.rep, rest.n);
		if (r->q.c.s.rep)
			whole = str_cut(&rest, r->q.c.s.rep);
		at->element = whole;
		for (at->comp = 1; again; at->comp++) {
			struct str one = whole, is;

			again = whole.n && memchr(whole.p, r->q.c.s.comp, whole.n);
			one = str_cut(&whole, r->q.c.s.comp);
			if (first)
				at->item = at->comp <= item->n_comps ? first + at->comp - 1 : NULL;
			is = one.n ? value(r, at, one, walked) : one;
			changed = changed || !str_eq(is, one);
			buf_str(&b, is);
			if (again)
				buf_ch(&b, r->q.c.s.comp);
		}
		if (more)
			buf_ch(&b, r->q.c.s.rep);
	}
	if (changed)
		r->el[at->el] = buf_view(&b);
	return changed;
}

static void
elements(struct x12_repair *r, const struct x12_pos *p, bool walked)
{
	for (unsigned el = 1; el <= r->s.n; el++) {
		struct str v = r->el[el];
		struct place at = { .el = el, .comp = 1, .element = v };

		if (p && el <= p->n_items)
			at.item = &r->q.c.w.g->items[p->items + el - 1];
		if (!v.n || (at.item && at.item->kind == KIND_B))
			continue;
		if (r->s.marks & X12_COMPS && (memchr(v.p, r->q.c.s.comp, v.n) ||
		    (r->q.c.s.rep && memchr(v.p, r->q.c.s.rep, v.n))))
			(void)parts(r, &at, walked);
		else {
			if (at.item && at.item->kind == KIND_COMPOSITE)
				at.item = r->q.c.w.g->items + at.item->comps;
			r->el[el] = value(r, &at, v, walked);
		}
	}
}

/* A row may look at an element that another row has just set right. */
static void
elements_settle(struct x12_repair *r, const struct x12_pos *p, bool walked)
{
	size_t told;
	int turns = 0;

	do {
		told = r->n_told;
		elements(r, p, walked);
	} while (r->n_told != told && ++turns < MOST_TURNS);
}

/* ---- components parted by another character ---- */

static void
part_by_ours(struct x12_repair *r, unsigned el)
{
	struct str v = r->el[el], was[2] = { v, v };
	char *to = v.n && memchr(v.p, r->alt, v.n) ? arena_alloc(&r->a, v.n) : NULL;

	if (!to)
		return;
	for (size_t i = 0; i < v.n; i++)
		to[i] = v.p[i] == r->alt ? r->q.c.s.comp : v.p[i];
	r->el[el] = was[1] = (struct str){ to, v.n };
	r->s.marks |= X12_COMPS;
	tell(r, row_named("COMPONENT_SEPARATOR"), el, 0, was);
}

/* As the check finds it out: a first component of its list, then a character that often separates. */
static void
sniff(struct x12_repair *r, const struct x12_item *it, struct str v)
{
	const struct x12_codes *list = &r->spec.guides->codes[r->q.c.w.g->items[it->comps].list];
	size_t n = 0;

	while (n < v.n && ((v.p[n] >= '0' && v.p[n] <= '9') || ((v.p[n] | 0x20) >= 'a' && (v.p[n] | 0x20) <= 'z')))
		n++;
	if (n == 0 || n == v.n || !strchr(":>^|<&\\!+", v.p[n]) || memchr(v.p, r->q.c.s.comp, v.n))
		return;
	if (!list->n || x12_code_in(list, (struct str){ v.p, n }))
		r->alt = v.p[n];
}

static void
separators(struct x12_repair *r, const struct x12_pos *p)
{
	for (unsigned el = 1; p && el <= r->s.n && el <= p->n_items; el++) {
		const struct x12_item *it = &r->q.c.w.g->items[p->items + el - 1];

		if (it->kind != KIND_COMPOSITE || it->n_comps < 2 || !r->el[el].n)
			continue;
		if (!r->alt && (!r->q.c.s.rep || it->rep <= 1 || !memchr(r->el[el].p, r->q.c.s.rep, r->el[el].n)))
			sniff(r, it, r->el[el]);
		if (r->alt)
			part_by_ours(r, el);
	}
}

/* ---- what trails ---- */

static const struct str nothing[2] = { { NULL, 0 }, { NULL, 0 } };

/* The reader leaves trailing empty elements out; the byte after the last one tells that they were there. */
static void
trailing_read(struct x12_repair *r, const struct x12_seg *s)
{
	const struct str *last = &s->el[s->n];

	if (!(s->marks & X12_CUT) && !s->body && last->p && last->p[last->n] == r->q.c.s.elem)
		tell(r, row_named("TRAILING_SEPARATORS"), 0, 0, nothing);
}

static void
trailing(struct x12_repair *r)
{
	unsigned n;

	for (unsigned el = 1; el <= r->s.n && r->s.marks & X12_COMPS; el++) {
		struct str v = r->el[el], was[2] = { v, v };

		while (v.n && (v.p[v.n - 1] == r->q.c.s.comp || v.p[v.n - 1] == r->q.c.s.rep))
			v.n--;
		was[1] = r->el[el] = v;
		if (v.n < was[0].n)
			tell(r, row_named("TRAILING_SEPARATORS"), el, 0, was);
	}
	for (n = r->s.n; r->s.n && r->el[r->s.n].n == 0; r->s.n--)
		;
	if (r->s.n < n)
		tell(r, row_named("TRAILING_SEPARATORS"), 0, 0, nothing);
}

/* ---- the envelope ---- */

static void
trailer(struct x12_repair *r, const char *count_id, const char *control_id, int64_t n, struct str control)
{
	int64_t said;

	if (!str_to_int(x12_elem(&r->s, 1), &said) || said != n)
		replace(r, count_id, 1, digits_text(&r->a, n, 1));
	if (!str_eq(x12_elem(&r->s, 2), control) && control.n)
		replace(r, control_id, 2, arena_str(&r->a, control));
}

static void
set_open(struct x12_repair *r)
{
	r->n_segs = 0;
	r->n_sets++;
	r->st02_is = x12_held(r->st02, TEXT_ROOM, x12_elem(&r->s, 2));
	x12_quiet_set(&r->q, &r->s, r->gs08_is);
}

static void
envelope(struct x12_repair *r)
{
	struct str id = r->s.id;

	if (str_is(id, "ST")) {
		set_open(r);
	} else if (str_is(id, "GS")) {
		r->gs06_is = x12_held(r->gs06, TEXT_ROOM, x12_elem(&r->s, 6));
		r->gs08_is = x12_held(r->gs08, TEXT_ROOM, x12_elem(&r->s, 8));
		r->n_sets = 0;
		r->n_groups++;
	}
	r->n_segs++;
	if (str_is(id, "SE")) {
		trailer(r, "SEGMENT_COUNT", "SET_CONTROL", r->n_segs, r->st02_is);
		x12_quiet_set_end(&r->q);
	} else if (str_is(id, "GE")) {
		trailer(r, "SET_COUNT", "GROUP_CONTROL", r->n_sets, r->gs06_is);
	} else if (str_is(id, "IEA")) {
		trailer(r, "GROUP_COUNT", "INTERCHANGE_CONTROL", r->n_groups, r->isa13_is);
	}
}

static bool
is_envelope(struct str id)
{
	return str_is(id, "ST") || str_is(id, "SE") || str_is(id, "GS") || str_is(id, "GE") || str_is(id, "IEA") ||
	    str_is(id, "TA1");
}

/* ---- one segment ---- */

static void
id_mend(struct x12_repair *r)
{
	static const struct { const char *id; repair_how *how; } does[] = {
		{ "CONTROL_CHARACTER", repair_printable }, { "BLANKS", repair_trim }, { "SEGMENT_CASE", repair_upper } };
	struct repair_part p = { .a = &r->a, .s = &r->s };

	for (size_t i = 0; i < sizeof does / sizeof *does; i++) {
		struct str was[2] = { r->s.id, r->s.id };

		if (!does[i].how(&p, r->s.id, &was[1]))
			continue;
		tell(r, row_named(does[i].id), 0, 0, was);
		r->s.id = r->el[0] = was[1];
	}
}

static void
plain(struct x12_repair *r)
{
	const struct x12_pos *p = x12_quiet_step(&r->q, &r->s);

	r->loop = p ? str_of(r->q.c.w.g->loops[p->loop].id) : x12_quiet_loop(&r->q);
	separators(r, p);
	elements_settle(r, p, true);
	trailing(r);			/* of components parted by ours just now */
}

/* Nine digits; of an ISA13 that is none, IEA02 may be the one that is right. */
static bool
control_number(struct str v)
{
	bool good = v.n == 9;

	for (size_t i = 0; i < v.n; i++)
		good = good && v.p[i] >= '0' && v.p[i] <= '9';
	return good;
}

static void
isa(struct x12_repair *r)
{
	x12_quiet_isa(&r->q);
	r->alt = 0;
	r->isa13_is = control_number(x12_elem(&r->s, 13)) ? x12_held(r->isa13, TEXT_ROOM, x12_elem(&r->s, 13)) : STR_NONE;
	r->n_groups = r->n_sets = 0;
}

static void
mend(struct x12_repair *r, const struct x12_seg *s)
{
	r->loop = x12_quiet_loop(&r->q);
	if (str_is(r->s.id, "ISA")) {
		isa(r);
		return;
	}
	id_mend(r);
	trailing_read(r, s);
	rows_for(r);
	if (r->alt && str_is(r->s.id, "HI"))
		for (unsigned el = 1; el <= r->s.n; el++)
			part_by_ours(r, el);
	elements_settle(r, NULL, false);
	trailing(r);
	if (!r->s.id.n && !r->s.n)
		return;			/* nothing is left of it */
	if (is_envelope(r->s.id)) {
		envelope(r);
		return;
	}
	r->n_segs++;
	plain(r);
}

static void
write(struct x12_repair *r, struct buf *out)
{
	for (unsigned i = 0; i <= r->s.n; i++) {
		if (i)
			buf_ch(out, r->q.c.s.elem);
		buf_str(out, r->el[i]);
	}
	buf_ch(out, r->q.c.s.term);
	buf_str(out, r->spec.line_end);
}

int
x12_repair_next(struct x12_repair *r, struct buf *out)
{
	struct x12_seg s;
	int rc = x12_next(r->q.c.r, &s);

	if (rc == 0 && r->ends.f)
		x12_trailers_end(&r->ends, r->ordinal);
	if (rc <= 0)
		return rc;
	if (s.marks & X12_SKIPPED)
		return E_LIMIT;
	arena_reset(&r->a);
	memcpy(r->el, s.el, (s.n + 1) * sizeof *r->el);
	r->s = s;
	r->s.el = r->el;
	r->ordinal = s.ordinal;
	mend(r, &s);
	if (r->ends.f)
		x12_trailers_seg(&r->ends, &r->s);
	if (r->s.id.n || r->s.n)
		write(r, out);
	return r->rc < 0 ? r->rc : r->a.spent || out->a->spent ? E_NOMEM : 1;
}

int
x12_repair_open(struct arena *a, struct x12_reader *reader, const struct x12_repair_spec *spec, struct x12_repair **out)
{
	struct x12_repair *r = arena_alloc(a, sizeof *r);
	int rc;

	if (!r)
		return E_NOMEM;
	r->spec = *spec;
	r->ends = (struct x12_trailers){ .f = spec->lacks, .mends = true };
	rc = x12_quiet_open(a, reader, spec->guides, &r->q);
	r->first_walked = (size_t)(row_named("WALK") - rows);
	arena_init(&r->a, 0);
	*out = r;
	return rc;
}

void
x12_repair_close(struct x12_repair *r)
{
	arena_free(&r->a);
}

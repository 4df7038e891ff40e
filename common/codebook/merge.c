/*
 * merge.c - releases become days. A row holds on the days of its release, cut to its own days if it has any;
 * rows that go on unchanged are one; a key that means two things on one day is a fault. Afterwards the rows
 * of each table are in order. The same files give the same rows in whatever order they came.
 */
#include "codebook/cb.h"

#include <stdlib.h>
#include <string.h>

struct item {
	struct cb_row		*row;
	const struct cb_build	*b;
	enum code_set		 set;
	bool			 by_all;	/* every cell is a key */
	bool			 later;		/* a part of a row that began before */
};

static int
cell_cmp(const struct cb_build *b, enum code_col col, int64_t x, int64_t y)
{
	if (x == y)
		return 0;
	if (code_cols[col].kind == COL_TEXT)
		return str_cmp(cb_text_of(b, x), cb_text_of(b, y));
	return x < y ? -1 : 1;
}

static int
cells_cmp(const struct item *x, const struct item *y, size_t from, size_t to)
{
	enum code_col first = code_sets[x->set].first;
	int rc = 0;

	for (size_t i = from; i < to && rc == 0; i++)
		rc = cell_cmp(x->b, (enum code_col)(first + i), x->row->c[i], y->row->c[i]);
	return rc;
}

static bool
is_selected(const struct item *x)
{
	return x->b->n_sources > x->row->source && x->b->sources[x->row->source].selection[x->set];
}

static int
by_order(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	const struct cb_table *t = &x->b->tables[x->set];
	int rc = cells_cmp(x, y, 0, x->by_all ? t->n_cols : t->n_keys);

	if (rc)
		return rc;
	if (x->row->from != y->row->from)
		return x->row->from < y->row->from ? -1 : 1;	/* DAY_NONE is the smallest number */
	if (!x->by_all && is_selected(x) != is_selected(y))
		return is_selected(y) ? -1 : 1;			/* so that files which may complete each other lie together */
	rc = x->by_all ? 0 : cells_cmp(x, y, t->n_keys, t->n_cols);
	if (rc == 0 && x->row->source != y->row->source)
		rc = str_cmp(x->b->sources[x->row->source].path, x->b->sources[y->row->source].path);
	return rc ? rc : (x->row->line > y->row->line) - (x->row->line < y->row->line);
}

/* ---- releases ---- */

static bool
same_stream(const struct cb_source *a, const struct cb_source *b, enum code_set set)
{
	return a->fills[set] && b->fills[set] && str_eq(a->stream, b->stream);
}

/* A selection says nothing where the whole of its stream is loaded, of the same release or a later one. */
static bool
is_superseded(const struct cb_build *b, enum code_set set, const struct cb_source *s)
{
	for (size_t i = 0; s->selection[set] && i < b->n_sources; i++)
		if (!b->sources[i].selection[set] && same_stream(s, &b->sources[i], set) && b->sources[i].release >= s->release)
			return true;
	return false;
}

/* 1 + the source of the next release of the stream; 0: there is none. */
static size_t
stream_next(const struct cb_build *b, enum code_set set, const struct cb_source *s)
{
	size_t next = 0;

	for (size_t i = 0; i < b->n_sources; i++) {
		const struct cb_source *o = &b->sources[i];

		if (o->selection[set] == s->selection[set] && same_stream(s, o, set) && o->release > s->release &&
		    (!next || o->release < b->sources[next - 1].release))
			next = i + 1;
	}
	return next;
}

/* Nothing of the stream speaks for the days before; for those before a selection the whole does. */
static bool
is_first(const struct cb_build *b, enum code_set set, const struct cb_source *s)
{
	for (size_t i = 0; i < b->n_sources; i++)
		if ((b->sources[i].selection[set] == s->selection[set] || s->selection[set]) &&
		    same_stream(s, &b->sources[i], set) && b->sources[i].release < s->release)
			return false;
	return true;
}

struct slice { day_t from, to; bool out; };

static struct slice
slice_of(const struct cb_build *b, enum code_set set, const struct cb_source *s)
{
	size_t next = stream_next(b, set, s);
	struct slice sl = { s->release, next ? b->sources[next - 1].release - 1 : DAY_NONE, is_superseded(b, set, s) };

	if (is_first(b, set, s)) {
		if (code_sets[set].how != HOW_SNAPSHOT)
			sl.from = DAY_NONE;
		else if (s->reaches_back && sl.from > day_of(2015, 10, 1))
			sl.from = day_of(2015, 10, 1);
	}
	return sl;
}

static bool
row_slice(struct cb_row *row, const struct slice *s)
{
	if (s->from != DAY_NONE && (row->from == DAY_NONE || row->from < s->from))
		row->from = s->from;
	if (s->to != DAY_NONE && (row->to == DAY_NONE || row->to > s->to))
		row->to = s->to;
	return !s->out && (row->from == DAY_NONE || row->to == DAY_NONE || row->from <= row->to);
}

/* ---- one row of two ---- */

static bool
overlap(const struct cb_row *a, const struct cb_row *b)
{
	return (a->from == DAY_NONE || b->to == DAY_NONE || a->from <= b->to) &&
	    (b->from == DAY_NONE || a->to == DAY_NONE || b->from <= a->to);
}

/* No cell says two things. */
static bool
agree(const struct cb_build *b, enum code_set set, const struct cb_row *x, const struct cb_row *y)
{
	for (size_t i = b->tables[set].n_keys; i < b->tables[set].n_cols; i++)
		if (x->c[i] != y->c[i] && !cb_is_absent(set, x, i) && !cb_is_absent(set, y, i))
			return false;
	return true;
}

/* b follows a without a gap and says the same. */
static bool
goes_on(const struct cb_table *t, const struct cb_row *a, const struct cb_row *b)
{
	return memcmp(a->c, b->c, t->n_cols * sizeof *a->c) == 0 &&
	    (a->to == DAY_NONE || b->from == DAY_NONE || b->from <= a->to + 1);
}

static void
join(struct cb_row *a, const struct cb_row *b)
{
	if (a->to != DAY_NONE && (b->to == DAY_NONE || b->to > a->to))
		a->to = b->to;
}

static int
clash(struct cb_build *b, const struct cb_row *x, const struct cb_row *y, struct faults *f)
{
	const struct cb_source *s = &b->sources[y->source], *o = &b->sources[x->source];
	struct cb_in in = { .b = b, .path = s->path, .faults = f };

	if (s == o)
		return cb_fault_str(&in, E_DUPLICATE, y->line, 1, arena_fmt(f->a, "the key of line %u again, on the same days",
		    (unsigned)x->line));
	return cb_fault_str(&in, E_CONFLICT, y->line, 1, arena_fmt(f->a, "says otherwise than %.*s line %u on the same days",
	    STR_ARG(o->path), (unsigned)x->line));
}

/* 1: v is taken up in u; 0: both stay. */
static int
meet(struct cb_build *b, const struct item *u, const struct item *v, struct faults *f)
{
	enum code_set set = u->set;
	struct cb_row *x = u->row, *y = v->row;
	const struct cb_table *t = &b->tables[set];
	const struct cb_source *s = &b->sources[x->source], *o = &b->sources[y->source];

	if (goes_on(t, x, y) && !(s == o && overlap(x, y) && code_sets[set].how != HOW_VERSION)) {
		join(x, y);
		return 1;
	}
	if (!overlap(x, y))
		return 0;
	if (s->selection[set] != o->selection[set]) {
		if (s->selection[set])
			memcpy(x, y, t->stride);
		return 1;
	}
	if (!u->later || !v->later)		/* else they met where the second of them began */
		(void)clash(b, x, y, f);
	return 1;
}

/* ---- versions of the grouper ---- */

static enum code_col
column_of(enum code_set set, const char *name)
{
	enum code_col col = code_sets[set].first;

	while (strcmp(code_cols[col].name, name) != 0)
		col++;
	must(code_cols[col].set == set);
	return col;
}

/*
 * The first or last version a row holds in. It may hold before the oldest and after the newest that are loaded, as
 * in a selection of a few versions: there its days are those of the versions there are.
 */
static const struct cb_row *
version_row(const struct cb_build *b, int64_t version, bool first)
{
	const struct cb_table *t = &b->tables[CS_DRG_VERSION];
	const struct cb_row *end = NULL;
	int64_t at = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct cb_row *row = cb_row_at(t, i);
		int64_t v = row->c[CB_CELL(CC_DRG_VERSION_VER)];

		if (v == version)
			return row;
		if (!end || (first ? v < at : v > at)) {
			end = row;
			at = v;
		}
	}
	return end && (first ? version < at : version > at) ? end : NULL;
}

static int
version_days(struct cb_build *b, enum code_set set, struct faults *f)
{
	size_t from = CB_CELL(column_of(set, "from_ver")), to = CB_CELL(column_of(set, "to_ver"));
	struct cb_table *t = &b->tables[set];

	for (size_t i = 0; i < t->n; i++) {
		struct cb_row *row = cb_row_at(t, i);
		const struct cb_row *first = version_row(b, row->c[from], true), *last = version_row(b, row->c[to], false);
		struct cb_in in = { .b = b, .path = b->sources[row->source].path, .faults = f };

		if (!first || !last || first->from > last->from)
			return cb_fault(&in, E_VALUE, row->line, 1,
			    "the versions are not those of version.tsv, which must be among the files");
		row->from = first->from;
		row->to = last->to;
	}
	return 0;
}

/* ---- a table ---- */

static size_t
items_take(struct cb_build *b, enum code_set set, struct item *v)
{
	struct cb_table *t = &b->tables[set];
	struct slice *slices = arena_array(&b->a, b->n_sources + 1, sizeof *slices);
	size_t n = 0;

	if (!slices)
		return 0;
	for (size_t i = 0; i < b->n_sources; i++)
		slices[i] = slice_of(b, set, &b->sources[i]);
	for (size_t i = 0; i < t->n; i++) {
		struct cb_row *row = cb_row_at(t, i);

		if (set == CS_SOURCE || set == CS_EXCEPTION || row_slice(row, &slices[row->source]))
			v[n++] = (struct item){ row, b, set, code_sets[set].repeats, false };
	}
	return n;
}

/*
 * Files of one day that each know a part of a row make it whole before anything is compared with other days: a part
 * that says what the release before said would be joined to it, and then overlap the others.
 */
static size_t
items_complete(struct cb_build *b, enum code_set set, struct item *v, size_t n)
{
	const struct cb_table *t = &b->tables[set];
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct cb_row *x = kept ? v[kept - 1].row : NULL, *y = v[i].row;

		if (!x || x->source == y->source || x->from != y->from || x->to != y->to ||
		    cells_cmp(&v[kept - 1], &v[i], 0, t->n_keys) != 0 || !agree(b, set, x, y)) {
			v[kept++] = v[i];
			continue;
		}
		for (size_t k = t->n_keys; k < t->n_cols; k++)
			if (cb_is_absent(set, x, k))
				x->c[k] = y->c[k];
		v[kept - 1].later &= v[i].later;
	}
	return kept;
}

/* ---- rows of one key that overlap: parted where one begins or ends, so that those of one day have the same days ---- */

struct parts { struct item *v; size_t n, cap; bool spent; };

static bool
part_put(struct parts *p, const struct item *one)
{
	if (p->n == p->cap) {
		size_t cap = p->cap * 2 + 64;
		struct item *v = realloc(p->v, cap * sizeof *v);

		p->spent |= !v;
		if (!v)
			return false;
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n++] = *one;
	return true;
}

static int
by_source(const void *a, const void *b)
{
	const struct cb_row *x = ((const struct item *)a)->row, *y = ((const struct item *)b)->row;

	return x->source != y->source ? (x->source < y->source ? -1 : 1) : (x->from > y->from) - (x->from < y->from);
}

/*
 * Files of a group say different things on some of the same days and might complete each other. Where one file has
 * its key twice on a day nothing is parted: that is a fault.
 */
static bool
must_part(const struct item *v, size_t n, struct item *room)
{
	const struct cb_table *t = &v->b->tables[v->set];
	const struct cb_row *reach = NULL;
	bool uneven = false, differ = false;

	for (size_t i = 0; i < n; i++) {
		const struct cb_row *row = v[i].row;

		if (is_selected(&v[i]))
			continue;
		uneven |= reach && overlap(reach, row) && (reach->from != row->from || reach->to != row->to);
		differ |= reach && overlap(reach, row) && memcmp(reach->c, row->c, t->n_cols * sizeof *row->c) != 0;
		if (!reach || (reach->to != DAY_NONE && (row->to == DAY_NONE || row->to > reach->to)))
			reach = row;
	}
	if (!uneven || !differ)
		return false;
	memcpy(room, v, n * sizeof *v);
	qsort(room, n, sizeof *room, by_source);
	for (size_t i = 1; i < n; i++)
		if (room[i].row->source == room[i - 1].row->source && overlap(room[i].row, room[i - 1].row))
			return false;
	return true;
}

static int
by_day(const void *a, const void *b)
{
	const day_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
row_part(struct parts *p, struct arena *a, const struct item *one, const day_t *cuts, size_t n)
{
	size_t stride = one->b->tables[one->set].stride, lo = 0, hi = n;
	struct item rest = *one;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cuts[mid] <= one->row->from)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < n && (rest.row->to == DAY_NONE || cuts[lo] <= rest.row->to); lo++) {
		struct cb_row *next = cuts[lo] == rest.row->from ? NULL : arena_alloc(a, stride);

		if (cuts[lo] == rest.row->from)
			continue;
		if (!next || !part_put(p, &rest))
			return false;
		memcpy(next, rest.row, stride);
		rest.row->to = cuts[lo] - 1;
		next->from = cuts[lo];
		rest.row = next;
		rest.later = true;
	}
	return part_put(p, &rest);
}

static bool
group_part(struct parts *p, struct arena *a, const struct item *v, size_t n)
{
	day_t *cuts = malloc(2 * n * sizeof *cuts);
	size_t n_cuts = 0;
	bool good = cuts;

	for (size_t i = 0; good && i < n; i++) {
		if (is_selected(&v[i]))
			continue;
		if (v[i].row->from != DAY_NONE)
			cuts[n_cuts++] = v[i].row->from;
		if (v[i].row->to != DAY_NONE)
			cuts[n_cuts++] = v[i].row->to + 1;
	}
	if (good)
		qsort(cuts, n_cuts, sizeof *cuts, by_day);
	for (size_t i = 0; good && i < n; i++)
		good = is_selected(&v[i]) ? part_put(p, &v[i]) : row_part(p, a, &v[i], cuts, n_cuts);
	free(cuts);
	return good;
}

/* *v is in order, and is again afterwards. */
static int
items_part(struct cb_build *b, struct item **v, size_t *n)
{
	struct item *room = malloc((*n + 1) * sizeof *room);
	struct parts p = { .spent = !room };
	bool any = false;

	for (size_t i = 0, end; !p.spent && i < *n; i = end) {
		bool part;

		for (end = i + 1; end < *n && cells_cmp(&(*v)[i], &(*v)[end], 0, b->tables[(*v)->set].n_keys) == 0;)
			end++;
		part = end > i + 1 && must_part(*v + i, end - i, room);
		any |= part;
		if (part)
			p.spent |= !group_part(&p, &b->a, *v + i, end - i);
		for (size_t k = i; !part && k < end; k++)
			(void)part_put(&p, &(*v)[k]);
	}
	free(room);
	if (p.spent) {
		free(p.v);
		return E_NOMEM;
	}
	if (any)
		qsort(p.v, p.n, sizeof *p.v, by_order);
	free(*v);
	*v = p.v;
	*n = p.n;
	return 0;
}

static size_t
items_join(struct cb_build *b, enum code_set set, struct item *v, size_t n, struct faults *f)
{
	const struct cb_table *t = &b->tables[set];
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct item *last = kept ? &v[kept - 1] : NULL;
		bool same = last && cells_cmp(last, &v[i], 0, last->by_all ? t->n_cols : t->n_keys) == 0;

		if (same && last->by_all && goes_on(t, last->row, v[i].row))
			join(last->row, v[i].row);
		else if (!same || last->by_all || !meet(b, last, &v[i], f))
			v[kept++] = v[i];
	}
	return kept;
}

static int
table_merge(struct cb_build *b, enum code_set set, struct faults *f)
{
	struct cb_table *t = &b->tables[set];
	struct item *v;
	char *rows;
	size_t n;
	int rc = cb_addenda(b, set, f);

	if (rc >= 0 && code_sets[set].how == HOW_VERSION)
		rc = version_days(b, set, f);
	if (rc < 0 || t->n == 0)
		return rc;
	v = malloc(t->n * sizeof *v);
	if (!v)
		return E_NOMEM;
	n = items_take(b, set, v);
	qsort(v, n, sizeof *v, by_order);
	if (!code_sets[set].repeats && n)
		rc = items_part(b, &v, &n);
	rows = rc >= 0 ? malloc((n + 1) * t->stride) : NULL;
	if (!rows) {
		free(v);
		return E_NOMEM;
	}
	if (!code_sets[set].repeats)
		n = items_complete(b, set, v, n);
	n = items_join(b, set, v, n, f);
	if (code_sets[set].repeats) {
		for (size_t i = 0; i < n; i++)
			v[i].by_all = false;
		qsort(v, n, sizeof *v, by_order);
	}
	for (size_t i = 0; i < n; i++)
		memcpy(rows + i * t->stride, v[i].row, t->stride);
	free(v);
	free(t->rows);
	t->rows = rows;
	t->n = t->cap = n;
	return b->a.spent ? E_NOMEM : 0;
}

int
cb_merge(struct cb_build *b, struct faults *f)
{
	int rc = 0;

	for (int i = 0; i < CS_COUNT && rc >= 0; i++) {
		if (i == CS_INDEX)
			rc = cb_see_resolve(b, f);	/* needs the codes, gives rows */
		if (rc >= 0 && i == CS_INDEX)
			rc = cb_refs_resolve(b);
		if (rc >= 0 && i != CS_EXCEPTION)
			rc = table_merge(b, (enum code_set)i, f);
	}
	if (rc >= 0)
		rc = cb_listed(b);
	return rc < 0 ? rc : table_merge(b, CS_EXCEPTION, f);	/* the other tables add to it */
}

size_t
cb_row_from(const struct cb_table *t, int64_t key)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cb_row_at(t, mid)->c[0] < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

row_t
cb_first_row(const struct cb_table *t, int64_t key)
{
	size_t i = cb_row_from(t, key);

	return i < t->n && cb_row_at(t, i)->c[0] == key ? (row_t)i : ROW_NONE;
}

/*
 * addenda.c - files of changes become the release they make: the release before it, with what they name added,
 * revised or deleted. Files of one stream and day change it together. Where the whole file of that day is loaded,
 * the changes say nothing new and are left out.
 */
#include "codebook/cb.h"

#include <stdlib.h>
#include <string.h>

/* A key that is named by a group of changes: rows [first, first + n) of job.named. */
struct change {
	int64_t	key;
	size_t	first, n;
	size_t	keep;			/* 1 + row of the table that stands after the change; 0: it is deleted */
	uint8_t	has;			/* bits of the actions */
	bool	met;			/* the release before has it */
};

struct named { int64_t key; size_t row; };

struct job {
	struct cb_build	*b;
	struct cb_table	*t;
	enum code_set	 set;
	struct faults	*f;
	bool		*of_group, *of_base;	/* by source */
	uint16_t	 source;		/* the copies go by this one */
	day_t		 before;
	struct named	*named;
	size_t		 n_named;
	struct change	*changes;
	size_t		 n;
};

#define HAS(action)	(1u << (action))

/* ---- which files ---- */

static bool
same_side(const struct cb_source *a, const struct cb_source *b, enum code_set set)
{
	return a->fills[set] && b->fills[set] && a->selection[set] == b->selection[set] && str_eq(a->stream, b->stream);
}

/* Of the same stream and day there is one that holds all this one does. */
static bool
is_covered(const struct cb_build *b, enum code_set set, const struct cb_source *s)
{
	for (size_t i = 0; i < b->n_sources; i++) {
		const struct cb_source *o = &b->sources[i];

		if (o != s && o->release == s->release && same_side(o, s, set) && (!o->brief || s->brief) &&
		    (!o->addenda || o->brief != s->brief))
			return true;
	}
	return false;
}

static day_t
release_before(const struct cb_build *b, enum code_set set, const struct cb_source *s)
{
	day_t before = DAY_NONE;

	for (size_t i = 0; i < b->n_sources; i++) {
		const struct cb_source *o = &b->sources[i];

		if (same_side(o, s, set) && o->release != DAY_NONE && o->release < s->release &&
		    (before == DAY_NONE || o->release > before))
			before = o->release;
	}
	return before;
}

/* The sources of the release before; a brief one only where there is nothing better, or keys would come twice. */
static void
base_mark(struct job *j)
{
	const struct cb_build *b = j->b;
	const struct cb_source *s = &b->sources[j->source];
	bool whole = false;

	for (size_t i = 0; i < b->n_sources; i++) {
		j->of_base[i] = b->sources[i].release == j->before && same_side(&b->sources[i], s, j->set);
		whole |= j->of_base[i] && !b->sources[i].brief;
	}
	for (size_t i = 0; i < b->n_sources; i++)
		j->of_base[i] &= !whole || !b->sources[i].brief;
}

/* ---- what they name ---- */

static int
by_key(const void *x, const void *y)
{
	const struct named *a = x, *b = y;

	return a->key != b->key ? (a->key < b->key ? -1 : 1) : (a->row > b->row) - (a->row < b->row);
}

static int
key_cmp(const void *key, const void *change)
{
	int64_t a = *(const int64_t *)key, b = ((const struct change *)change)->key;

	return (a > b) - (a < b);
}

static int
row_fault(const struct job *j, const struct cb_row *row, int rc, const char *words)
{
	struct cb_in in = { .b = j->b, .path = j->b->sources[row->source].path, .faults = j->f };

	return cb_fault(&in, rc, row->line, 1, words);
}

/* One key: a row may replace it once, be it added or revised. */
static void
change_take(struct job *j, struct change *c)
{
	for (size_t i = c->first; i < c->first + c->n; i++) {
		struct cb_row *row = cb_row_at(j->t, j->named[i].row);
		unsigned bit = HAS(row->action);
		bool stands = row->action == CB_ADD || row->action == CB_REVISE;

		if ((c->has & bit && row->action != CB_REPLACE) || (stands && c->keep))
			(void)row_fault(j, row, E_DUPLICATE, "the same key is changed a second time");
		c->has |= (uint8_t)bit;
		if (stands)
			c->keep = j->named[i].row + 1;
	}
}

static int
changes_collect(struct job *j)
{
	for (size_t i = 0; i < j->t->n; i++) {
		const struct cb_row *row = cb_row_at(j->t, i);
		struct named *one;

		if (!j->of_group[row->source] || row->action == CB_FULL)
			continue;
		one = arena_push(&j->b->a, j->named, j->n_named);
		if (!one)
			return E_NOMEM;
		*one = (struct named){ row->c[0], i };
	}
	if (j->n_named)
		qsort(j->named, j->n_named, sizeof *j->named, by_key);
	for (size_t i = 0; i < j->n_named; i++) {
		struct change *c = j->n ? &j->changes[j->n - 1] : NULL;

		if (!c || c->key != j->named[i].key) {
			c = arena_push(&j->b->a, j->changes, j->n);
			if (!c)
				return E_NOMEM;
			*c = (struct change){ .key = j->named[i].key, .first = i };
		}
		c->n++;
	}
	for (size_t i = 0; i < j->n; i++)
		change_take(j, &j->changes[i]);
	return 0;
}

/* ---- the release they make ---- */

/* A brief file tells some columns only: the rest is what the row before said. */
static void
inherit(struct job *j, const struct change *c, const struct cb_row *old)
{
	struct cb_row *row = c->keep ? cb_row_at(j->t, c->keep - 1) : NULL;

	if (!row || !j->b->sources[row->source].brief)
		return;
	for (size_t i = j->t->n_keys; i < j->t->n_cols; i++)
		if (cb_is_absent(j->set, row, i))
			row->c[i] = old->c[i];
}

static size_t
billable_column(enum code_set set)
{
	for (size_t i = 0; i < code_set_cols(set); i++)
		if (strcmp(code_cols[code_sets[set].first + i].name, "billable") == 0)
			return i;
	return SIZE_MAX;
}

/* A row of the release before, by its whole key. */
struct base { const struct cb_table *t; size_t row; };

static int
by_whole_key(const void *x, const void *y)
{
	const struct base *a = x, *b = y;
	int rc = memcmp(cb_row_at(a->t, a->row)->c, cb_row_at(b->t, b->row)->c, a->t->n_keys * sizeof(int64_t));

	return rc ? rc : (a->row > b->row) - (a->row < b->row);
}

static int
base_collect(struct job *j, struct base **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < j->t->n; i++) {
		const struct cb_row *row = cb_row_at(j->t, i);
		struct base *one;

		if (row->action != CB_FULL || !j->of_base[row->source])
			continue;
		one = arena_push(&j->b->a, *out, *n);
		if (!one)
			return E_NOMEM;
		*one = (struct base){ j->t, i };
	}
	if (*n)
		qsort(*out, *n, sizeof **out, by_whole_key);
	return 0;
}

/* Files of one day may say the same, and each a part of it: one row. Where they contradict, merge.c says so. */
static size_t
base_join(struct job *j, const struct base *v, size_t n, struct cb_row *one)
{
	size_t k = 1;

	memcpy(one, cb_row_at(j->t, v->row), j->t->stride);
	for (; !code_sets[j->set].repeats && k < n; k++) {
		const struct cb_row *row = cb_row_at(j->t, v[k].row);

		if (memcmp(row->c, one->c, j->t->n_keys * sizeof *row->c) != 0)
			break;
		for (size_t i = j->t->n_keys; i < j->t->n_cols; i++)
			if (cb_is_absent(j->set, one, i))
				one->c[i] = row->c[i];
	}
	return k;
}

static int
release_copy(struct job *j, size_t count[2])
{
	struct cb_in in = { .b = j->b, .faults = j->f, .source = j->source };
	size_t n, billable = billable_column(j->set);
	struct cb_row *row = arena_alloc(&j->b->a, j->t->stride), *copy;
	struct base *v;
	int rc = row ? base_collect(j, &v, &n) : E_NOMEM;

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n;) {
		struct change *c;

		i += base_join(j, v + i, n - i, row);
		if (billable != SIZE_MAX)
			count[row->c[billable] == 1]++;
		c = j->n ? bsearch(&row->c[0], j->changes, j->n, sizeof *c, key_cmp) : NULL;
		if (c) {
			c->met = true;
			inherit(j, c, row);
			continue;
		}
		copy = cb_put(&in, j->set, row->line);
		if (!copy)
			return E_NOMEM;
		memcpy(copy->c, row->c, j->t->n_cols * sizeof *copy->c);
	}
	return 0;
}

/* Changes fit one release only; applied to another they would give codes that never were. */
static void
base_check(const struct job *j, const size_t count[2])
{
	const unsigned gone = HAS(CB_DELETE) | HAS(CB_REVISE_FROM) | HAS(CB_REVISE);

	if (j->b->sources[j->source].selection[j->set])
		return;
	for (size_t i = 0; i < j->n; i++) {
		const struct change *c = &j->changes[i];
		const struct cb_row *row = cb_row_at(j->t, j->named[c->first].row);

		if (c->has & gone && !c->met)
			(void)row_fault(j, row, E_CONFLICT, "changes what the release before it does not have; "
			    "is a release between them missing?");
		else if (c->met && c->has == HAS(CB_ADD))
			(void)row_fault(j, row, E_CONFLICT, "adds what the release before it has already");
	}
	for (size_t i = 0; i < j->b->n_sources; i++) {
		const struct cb_source *s = &j->b->sources[i];
		struct cb_in in = { .b = j->b, .path = s->path, .faults = j->f };

		for (int k = 0; k < 2 && j->of_group[i]; k++)
			if (s->base[k] && s->base[k] != count[k] && (k || count[0]))
				(void)cb_fault_str(&in, E_CONFLICT, 0, 0, arena_fmt(j->f->a,
				    "these are changes to a release of %zu %s, but the one before it has %zu; "
				    "is a release between "
				    "them missing?", s->base[k], k ? "codes" : "headers", count[k]));
	}
}

static int
group_apply(struct job *j)
{
	size_t count[2] = { 0, 0 };
	struct cb_in in = { .b = j->b, .path = j->b->sources[j->source].path, .faults = j->f };
	int rc;

	j->before = release_before(j->b, j->set, &j->b->sources[j->source]);
	if (j->before == DAY_NONE)
		return cb_fault(&in, E_INCOMPLETE, 0, 0, "these are changes to a release that is not among the files; add it");
	base_mark(j);
	rc = changes_collect(j);
	if (rc >= 0)
		rc = release_copy(j, count);
	if (rc < 0)
		return rc;
	base_check(j, count);
	for (size_t i = 0; i < j->n_named; i++) {
		struct cb_row *row = cb_row_at(j->t, j->named[i].row);

		if (row->action == CB_ADD || row->action == CB_REVISE || row->action == CB_REPLACE)
			row->action = CB_FULL;
	}
	return 0;
}

/* ---- brief files beside whole ones ---- */

/* The billable keys of a source, in order; those of every row where the table has no such column. */
static size_t
keys_of(struct cb_build *b, enum code_set set, size_t source, struct named **out)
{
	const struct cb_table *t = &b->tables[set];
	size_t n = 0, billable = billable_column(set);

	*out = NULL;
	for (size_t i = 0; i < t->n; i++) {
		const struct cb_row *row = cb_row_at(t, i);
		struct named *one;

		if (row->source != source || (billable != SIZE_MAX && row->c[billable] != 1))
			continue;
		one = arena_push(&b->a, *out, n);
		if (!one)
			return 0;
		*one = (struct named){ row->c[0], i };
	}
	if (n)
		qsort(*out, n, sizeof **out, by_key);
	return n;
}

/* What both have is compared when rows meet (merge.c); here, that neither has more codes than the other. */
static void
pair_check(struct cb_build *b, enum code_set set, size_t brief, size_t whole, struct faults *f)
{
	struct cb_in in = { .b = b, .faults = f };
	struct named *x, *y;
	size_t n = keys_of(b, set, brief, &x), m = keys_of(b, set, whole, &y);
	char room[CODE_MAX];

	for (size_t i = 0, k = 0; i < n || k < m;) {
		bool in_x = i < n && (k == m || x[i].key <= y[k].key), in_y = k < m && (i == n || y[k].key <= x[i].key);

		in.path = b->sources[in_x ? brief : whole].path;
		if (!in_x || !in_y)
			(void)cb_fault_str(&in, E_CONFLICT, cb_row_at(&b->tables[set], in_x ? x[i].row : y[k].row)->line, 1,
			    arena_fmt(f->a, "%.*s is not in %.*s of the same day",
			    STR_ARG(cb_code_text(in_x ? x[i].key : y[k].key,
			    room)), STR_ARG(b->sources[in_x ? whole : brief].path)));
		i += in_x;
		k += in_y;
		if (f->more)
			return;
	}
}

static void
brief_check(struct cb_build *b, enum code_set set, struct faults *f)
{
	for (size_t i = 0; i < b->n_sources; i++)
		for (size_t k = 0; b->sources[i].brief && !b->sources[i].addenda && k < b->n_sources; k++)
			if (!b->sources[k].brief && same_side(&b->sources[i], &b->sources[k], set) &&
			    b->sources[i].release == b->sources[k].release && !is_covered(b, set, &b->sources[k]))
				pair_check(b, set, i, k, f);
}

/* ---- a table ---- */

static int
by_release(const void *x, const void *y)
{
	const struct cb_source *a = *(struct cb_source *const *)x, *b = *(struct cb_source *const *)y;
	int rc = str_cmp(a->stream, b->stream);

	return a->release != b->release ? (a->release < b->release ? -1 : 1) : rc ? rc : str_cmp(a->path, b->path);
}

/* The files of one day that change one stream, wherever they lie between those of selections and other streams. */
static int
groups_apply(struct cb_build *b, enum code_set set, struct cb_source *const *v, struct faults *f)
{
	bool *done = arena_array(&b->a, b->n_sources + 1, sizeof *done);
	int rc = done ? 0 : E_NOMEM;

	for (size_t i = 0; done && v[i]; i++) {
		struct job j = { .b = b, .t = &b->tables[set], .set = set, .f = f, .source = (uint16_t)(v[i] - b->sources) };
		int one;

		if (done[j.source])
			continue;
		j.of_group = arena_array(&b->a, b->n_sources, sizeof *j.of_group);
		j.of_base = arena_array(&b->a, b->n_sources, sizeof *j.of_base);
		if (!j.of_group || !j.of_base)
			return E_NOMEM;
		for (size_t k = i; v[k] && v[k]->release == v[i]->release; k++)
			if (same_side(v[k], v[i], set))
				done[v[k] - b->sources] = j.of_group[v[k] - b->sources] = true;
		one = group_apply(&j);
		rc = rc < 0 ? rc : one;
	}
	return rc;
}

int
cb_addenda(struct cb_build *b, enum code_set set, struct faults *f)
{
	struct cb_source **v = arena_array(&b->a, b->n_sources + 1, sizeof *v);
	struct cb_table *t = &b->tables[set];
	size_t n = 0, kept = 0;
	int rc;

	if (!v)
		return E_NOMEM;
	if (code_sets[set].how != HOW_SNAPSHOT)
		return 0;			/* only whole releases can be changed */
	for (size_t i = 0; i < b->n_sources; i++)
		if (b->sources[i].addenda && b->sources[i].fills[set] && !is_covered(b, set, &b->sources[i]))
			v[n++] = &b->sources[i];
	if (n)
		qsort(v, n, sizeof *v, by_release);
	rc = groups_apply(b, set, v, f);
	for (size_t i = 0; i < t->n; i++)
		if (cb_row_at(t, i)->action == CB_FULL)
			memmove(cb_row_at(t, kept++), cb_row_at(t, i), t->stride);
	t->n = kept;
	if (rc >= 0)
		brief_check(b, set, f);
	return b->a.spent ? E_NOMEM : rc;
}

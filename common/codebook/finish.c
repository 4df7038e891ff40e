/*
 * finish.c - closes a book: rows sorted and dated, hashed, marked; index resolved; id computed.
 * The same files give the same book in whatever order they were added.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "codebook/cb.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

static int
by_code(const void *a, const void *b)
{
	const struct code_row *x = a, *y = b;
	int rc = str_cmp(x->code, y->code);

	if (rc)
		return rc;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->title.n != y->title.n)
		return x->title.n > y->title.n ? -1 : 1;	/* of two equal rows the one with words stays */
	return str_cmp(x->title, y->title);
}

static int
by_day(const void *a, const void *b)
{
	day_t x = *(const day_t *)a, y = *(const day_t *)b;

	return x < y ? -1 : x > y;
}

static day_t
release_end(const struct cb_set *s, day_t from)
{
	for (size_t i = 0; i < s->n_releases; i++)
		if (s->releases[i] > from)
			return s->releases[i] - 1;
	return DAY_NONE;
}

/* A row that goes on unchanged in the next release is one row. */
static bool
goes_on(const struct code_row *a, const struct code_row *b)
{
	return str_eq(a->code, b->code) && a->to != DAY_NONE && a->to + 1 == b->from && a->billable == b->billable &&
	    str_eq(a->title, b->title);
}

static void
set_sort(struct cb_set *s)
{
	size_t n = 0;

	if (s->n)
		qsort(s->rows, s->n, sizeof *s->rows, by_code);
	if (s->n_releases)
		qsort(s->releases, s->n_releases, sizeof *s->releases, by_day);
	for (size_t i = 0; i < s->n; i++) {
		struct code_row *row = &s->rows[i], *last = n ? &s->rows[n - 1] : NULL;

		if (s->n_releases)
			row->to = release_end(s, row->from);
		if (last && str_eq(last->code, row->code) && last->from == row->from)
			continue;
		if (last && goes_on(last, row))
			last->to = row->to;
		else
			s->rows[n++] = *row;
	}
	s->n = n;
	for (size_t i = 0; i < n; i++)
		s->rows[i].order = (uint32_t)i;
}

static int
set_hash(struct codebook *cb, struct cb_set *s)
{
	size_t size = 16;

	while (size < s->n * 2)
		size *= 2;
	s->slots = arena_array(&cb->a, size, sizeof *s->slots);
	if (!s->slots)
		return E_NOMEM;
	s->mask = size - 1;
	for (size_t i = 0; i < s->n; i++) {
		uint64_t key = cb_key(s->rows[i].code);
		size_t at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & s->mask;

		if (i && str_eq(s->rows[i].code, s->rows[i - 1].code))
			continue;
		while (s->slots[at])
			at = (at + 1) & s->mask;
		s->slots[at] = (uint32_t)i + 1;
	}
	return 0;
}

static void
mark_apply(struct cb_set *s, const struct cb_mark *m)
{
	const struct code_row *first = cb_first(s, cb_key(m->code));

	if (!first)
		return;
	for (size_t i = first->order; i < s->n && str_eq(s->rows[i].code, m->code); i++) {
		struct code_row *row = &s->rows[i];

		if (m->kind == CB_SEX)
			row->sex = (char)m->a;
		else if (m->kind == CB_AGE)
			row->age_min = m->a, row->age_max = m->b;
		else
			row->poa_exempt = true;
	}
}

static int
by_words(const void *a, const void *b)
{
	const struct index_row *x = a, *y = b;
	int rc = str_cmp(x->words, y->words);

	rc = rc ? rc : str_cmp(x->code, y->code);
	rc = rc ? rc : x->see - y->see;
	return rc ? rc : x->inclusion - y->inclusion;
}

static void
index_sort(struct codebook *cb)
{
	size_t n = 0;

	if (!cb->n_index)
		return;
	qsort(cb->index, cb->n_index, sizeof *cb->index, by_words);
	for (size_t i = 0; i < cb->n_index; i++)
		if (!n || !str_eq(cb->index[n - 1].words, cb->index[i].words) ||
		    !str_eq(cb->index[n - 1].code, cb->index[i].code))
			cb->index[n++] = cb->index[i];
	cb->n_index = n;
}

/* Inclusion terms of a code that the order files do not have lead nowhere. */
static void
inclusions_check(struct codebook *cb)
{
	size_t n = 0;

	if (!codebook_knows(cb, CS_ICD10CM))
		return;
	for (size_t i = 0; i < cb->n_index; i++)
		if (cb_first(&cb->sets[CS_ICD10CM], cb_key(cb->index[i].code)))
			cb->index[n++] = cb->index[i];
	cb->n_index = n;
}

static int
by_name(const void *a, const void *b)
{
	const struct cb_source *x = a, *y = b;
	int rc = str_cmp(x->name, y->name);

	return rc ? rc : memcmp(x->sha, y->sha, sizeof x->sha);
}

/* "icd10cm-2026+11/1f2e3d4c5b6a": newest order file, number of other files, and what all of them hold. */
static int
id_make(struct codebook *cb)
{
	const struct cb_set *s = &cb->sets[CS_ICD10CM];
	unsigned char sha[SHA256_DIGEST_LENGTH];
	SHA256_CTX c;
	int y = 0, m = 0, d = 0;

	if (cb->n_sources)
		qsort(cb->sources, cb->n_sources, sizeof *cb->sources, by_name);
	(void)SHA256_Init(&c);
	for (size_t i = 0; i < cb->n_sources; i++) {
		(void)SHA256_Update(&c, cb->sources[i].name.p, cb->sources[i].name.n);
		(void)SHA256_Update(&c, "", 1);
		(void)SHA256_Update(&c, cb->sources[i].sha, sizeof cb->sources[i].sha);
	}
	(void)SHA256_Final(sha, &c);
	if (s->n_releases)
		day_parts(s->releases[s->n_releases - 1], &y, &m, &d);
	cb->id = arena_fmt(&cb->a, "%s%.0d+%zu/%02x%02x%02x%02x%02x%02x", y ? "icd10cm-" : "book", y + (m >= 10),
	    cb->n_sources - s->n_releases, sha[0], sha[1], sha[2], sha[3], sha[4], sha[5]);
	return 0;
}

int
codebook_finish(struct codebook *cb)
{
	int rc = 0;

	must(!cb->finished);
	for (int i = 0; i < CS_COUNT && rc >= 0; i++) {
		set_sort(&cb->sets[i]);
		rc = set_hash(cb, &cb->sets[i]);
	}
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < cb->n_marks; i++)
		mark_apply(&cb->sets[CS_ICD10CM], &cb->marks[i]);
	inclusions_check(cb);
	rc = cb_see_resolve(cb);
	if (rc < 0)
		return rc;
	index_sort(cb);
	rc = id_make(cb);
	cb->finished = true;
	return rc < 0 || cb->a.spent ? E_NOMEM : 0;
}

/*
 * listed.c - codes that tables list but no file describes. CPT is licensed, so most books have no words of it; yet
 * tables CMS publishes for everyone name its codes, and a code in force must be told from one that is not. Which
 * tables those are is said in codebook_ncci.def.
 */
#include "codebook/cb.h"

#include <stdlib.h>
#include <string.h>

#define MARK	"HCPCS code"

struct listed { int64_t key; day_t from, to; };

static bool
lists_codes(enum code_set set)
{
	return set != CS_HCPCS && strncmp(code_cols[code_sets[set].first].words, MARK, sizeof MARK - 1) == 0;
}

static int
by_key(const void *x, const void *y)
{
	const struct listed *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);	/* DAY_NONE, open, is the smallest */
}

/* Runs of days that touch are one. */
static size_t
join(struct listed *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct listed *last = kept ? &v[kept - 1] : NULL;

		if (!last || last->key != v[i].key || (last->to != DAY_NONE && v[i].from != DAY_NONE && v[i].from > last->to + 1))
			v[kept++] = v[i];
		else if (last->to != DAY_NONE && (v[i].to == DAY_NONE || v[i].to > last->to))
			last->to = v[i].to;
	}
	return kept;
}

static size_t
gather(const struct cb_build *b, struct listed *v)
{
	const struct cb_table *codes = &b->tables[CS_HCPCS];
	size_t n = 0;

	for (int set = 0; set < CS_COUNT; set++) {
		const struct cb_table *t = &b->tables[set];

		for (size_t i = 0; lists_codes((enum code_set)set) && i < t->n; i++) {
			const struct cb_row *row = cb_row_at(t, i);

			if (cb_first_row(codes, row->c[0]) == ROW_NONE)
				v[n++] = (struct listed){ row->c[0], row->from, row->to };
		}
	}
	return n;
}

/* Both are in order and no key is in both. */
static void
weave(const struct cb_table *t, const struct listed *v, size_t n, char *rows)
{
	size_t at = 0, k = 0;

	for (size_t i = 0; i < t->n + n; i++) {
		struct cb_row *row = (struct cb_row *)(void *)(rows + i * t->stride);

		if (at < t->n && (k == n || cb_row_at(t, at)->c[0] < v[k].key)) {
			memcpy(row, cb_row_at(t, at++), t->stride);
			continue;
		}
		*row = (struct cb_row){ .from = v[k].from, .to = v[k].to };
		for (size_t c = 0; c < t->n_cols; c++)
			row->c[c] = code_cols[code_sets[CS_HCPCS].first + c].kind == COL_INT ? CELL_NONE : 0;
		row->c[0] = v[k++].key;
	}
}

int
cb_listed(struct cb_build *b)
{
	struct cb_table *t = &b->tables[CS_HCPCS];
	struct listed *v;
	char *rows = NULL;
	size_t n = 0;

	for (int set = 0; set < CS_COUNT; set++)
		n += lists_codes((enum code_set)set) ? b->tables[set].n : 0;
	if (n == 0)
		return 0;
	v = malloc(n * sizeof *v);
	if (v) {
		n = gather(b, v);
		qsort(v, n, sizeof *v, by_key);
		n = join(v, n);
		rows = malloc((t->n + n + 1) * t->stride);
	}
	if (rows) {
		weave(t, v, n, rows);
		free(t->rows);
		t->rows = rows;
		t->n = t->cap = t->n + n;
	}
	free(v);
	return rows ? 0 : E_NOMEM;
}

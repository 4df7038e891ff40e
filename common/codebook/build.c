/*
 * build.c - the builder: rows, texts and sources. Which file is which stands in kinds.c, what releases
 * mean in merge.c. Nothing a file holds can make it stop the program.
 */
#include "codebook/cb.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

int
cb_build_new(struct cb_build **out)
{
	struct cb_build *b = *out = calloc(1, sizeof *b);

	if (!b)
		return E_NOMEM;
	arena_init(&b->a, CB_MEMORY);
	arena_init(&b->texts, CB_MEMORY);
	for (int i = 0; i < CS_COUNT; i++) {
		struct cb_table *t = &b->tables[i];

		t->n_cols = code_set_cols((enum code_set)i);
		t->n_keys = code_set_keys((enum code_set)i);
		t->stride = sizeof(struct cb_row) + t->n_cols * sizeof(int64_t);
		must(t->n_cols <= CB_COLS_MAX && t->n_keys > 0);
	}
	return 0;
}

void
cb_build_free(struct cb_build *b)
{
	if (!b)
		return;
	for (int i = 0; i < CS_COUNT; i++)
		free(b->tables[i].rows);
	for (int i = 0; i < PTP_COUNT; i++)
		free(b->ptp[i].v);
	free(b->text_slots);
	free(b->ptp_slots);
	arena_free(&b->a);
	arena_free(&b->texts);
	free(b);
}

/* ---- faults ---- */

int
cb_fault_str(const struct cb_in *in, int rc, size_t line, size_t column, struct str words)
{
	struct arena *a = in->faults->a;

	if (in->faults->n >= LIMIT_FAULTS) {
		in->faults->more = true;
		return rc;
	}
	return fault_add(in->faults, rc,
	    line ? arena_fmt(a, "%.*s line %zu column %zu", STR_ARG(in->path), line, column) : arena_str(a, in->path),
	    arena_str(a, words), S("take the file from its publisher again, or see schemas/codebook.md"));
}

int
cb_fault(const struct cb_in *in, int rc, size_t line, size_t column, const char *words)
{
	return cb_fault_str(in, rc, line, column, str_of(words));
}

int
cb_exception(struct cb_build *b, struct str file, struct str place, struct str words)
{
	struct faults none = { .a = &b->a };
	struct cb_in in = { .b = b, .faults = &none, .source = UINT16_MAX };	/* what we say, no file says */
	struct cb_row *row = cb_put(&in, CS_EXCEPTION, 0);

	if (!row)
		return E_NOMEM;
	CB_SET(row, EXCEPTION_FILE, cb_text(b, file));
	CB_SET(row, EXCEPTION_PLACE, cb_text(b, place));
	CB_SET(row, EXCEPTION_WORDS, cb_text(b, words));
	return 0;
}

/* ---- rows ---- */

struct cb_row *
cb_row_at(const struct cb_table *t, size_t i)
{
	return (struct cb_row *)(void *)(t->rows + i * t->stride);
}

struct cb_row *
cb_put(struct cb_in *in, enum code_set set, size_t line)
{
	struct cb_table *t = &in->b->tables[set];
	struct cb_row *row;

	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		char *rows = cap < INT32_MAX && !in->b->a.spent ? realloc(t->rows, cap * t->stride) : NULL;

		if (!rows) {
			in->b->a.spent = true;
			return NULL;
		}
		t->rows = rows;
		t->cap = cap;
	}
	row = cb_row_at(t, t->n++);
	*row = (struct cb_row){ .from = DAY_NONE, .to = DAY_NONE, .line = (uint32_t)line, .source = in->source };
	for (size_t i = 0; i < t->n_cols; i++)
		row->c[i] = code_cols[code_sets[set].first + i].kind == COL_INT ? CELL_NONE : 0;
	if (in->b->n_sources > in->source)
		in->b->sources[in->source].fills[set] = true;
	return row;
}

bool
cb_is_absent(enum code_set set, const struct cb_row *row, size_t i)
{
	return row->c[i] == (code_cols[code_sets[set].first + i].kind == COL_INT ? CELL_NONE : 0);
}

/* ---- texts: each once ---- */

static bool
slots_grow(struct cb_build *b)
{
	size_t size = b->text_mask ? (b->text_mask + 1) * 2 : 1024;
	uint32_t *slots = calloc(size, sizeof *slots);

	if (!slots)
		return false;
	for (size_t i = 0; i < b->n_text; i++) {
		size_t at = XXH3_64bits(b->text[i].p, b->text[i].n) & (size - 1);

		while (slots[at])
			at = (at + 1) & (size - 1);
		slots[at] = (uint32_t)i + 1;
	}
	free(b->text_slots);
	b->text_slots = slots;
	b->text_mask = size - 1;
	return true;
}

int64_t
cb_text(struct cb_build *b, struct str s)
{
	struct str *one;
	size_t at;

	if (s.n == 0)
		return 0;
	if ((!b->text_mask || b->n_text * 2 > b->text_mask) && !slots_grow(b)) {
		b->a.spent = true;
		return 0;
	}
	at = XXH3_64bits(s.p, s.n) & b->text_mask;
	for (; b->text_slots[at]; at = (at + 1) & b->text_mask)
		if (str_eq(b->text[b->text_slots[at] - 1], s))
			return b->text_slots[at];
	one = arena_push(&b->a, b->text, b->n_text);
	if (!one)
		return 0;
	*one = arena_str(&b->texts, s);
	b->a.spent |= b->texts.spent;
	b->text_slots[at] = (uint32_t)b->n_text;
	return (int64_t)b->n_text;
}

struct str
cb_text_of(const struct cb_build *b, int64_t id)
{
	must(id >= 0 && (size_t)id <= b->n_text);
	return id ? b->text[id - 1] : STR_NONE;
}

/* ---- codes: eight bytes, the first one highest, so that numbers are ordered as texts are ---- */

int64_t
cb_code_key(struct str code)
{
	uint64_t key = 0;

	if (code.n == 0 || code.n > CODE_MAX)
		return 0;
	for (size_t i = 0; i < CODE_MAX; i++) {
		unsigned char c = i < code.n ? (unsigned char)code.p[i] : 0;

		if (i < code.n && (c <= ' ' || c > '~'))
			return 0;
		key = key << 8 | c;
	}
	return (int64_t)key;
}

struct str
cb_code_text(int64_t key, char room[CODE_MAX])
{
	size_t n = 0;

	for (; n < CODE_MAX && (key >> (56 - 8 * n) & 0xff); n++)
		room[n] = (char)(key >> (56 - 8 * n) & 0xff);
	return (struct str){ room, n };
}

bool
cb_code_plain(struct str code)
{
	for (size_t i = 0; i < code.n; i++)
		if (!((code.p[i] >= 'A' && code.p[i] <= 'Z') || (code.p[i] >= '0' && code.p[i] <= '9')))
			return false;
	return code.n > 0 && code.n <= CODE_MAX;
}

struct str
cb_code_bare(struct arena *a, struct str code)
{
	char *p = arena_alloc(a, code.n + 1);
	size_t n = 0;

	if (!p)
		return STR_NONE;
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];

		if (c != '.' && c != '-' && c != ' ')
			p[n++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	}
	return (struct str){ p, n };
}

/*
 * A file of several models is followed by another file of one of them: each model has a stream of its own, and so
 * a source, of which the id and the list of sources know nothing.
 */
bool
cb_part(struct cb_in *in, struct str stream)
{
	struct cb_build *b = in->b;
	struct cb_source part = b->sources[in->source], *one;

	for (size_t i = b->n_sources; i-- > 0 && b->sources[i].path.p == part.path.p;)
		if (str_eq(b->sources[i].stream, stream)) {
			in->source = (uint16_t)i;
			return true;
		}
	part.part = true;
	part.stream = arena_str(&b->a, stream);
	part.release = in->release;
	memset(part.fills, 0, sizeof part.fills);
	one = b->n_sources < UINT16_MAX ? arena_push(&b->a, b->sources, b->n_sources) : NULL;
	b->a.spent |= !one;
	if (!one)
		return false;
	*one = part;
	in->source = (uint16_t)(b->n_sources - 1);
	return true;
}

/* ---- the id: newest order file, number of other files, and what all of them hold ---- */

static int
by_path(const void *x, const void *y)
{
	const struct cb_source *a = *(struct cb_source *const *)x, *b = *(struct cb_source *const *)y;
	int rc = str_cmp(a->path, b->path);

	return rc ? rc : str_cmp(a->sha, b->sha);
}

static struct str
id_of(struct cb_build *b)
{
	struct cb_source **v = arena_array(&b->a, b->n_sources + 1, sizeof *v);
	unsigned char sha[SHA256_DIGEST_LENGTH];
	day_t newest = DAY_NONE;
	struct buf all;
	int y = 0, m = 0, d = 0;
	size_t n = 0, orders = 0;

	buf_init(&all, &b->a);
	for (size_t i = 0; v && i < b->n_sources; i++)
		if (!b->sources[i].part)
			v[n++] = &b->sources[i];
	if (n)
		qsort(v, n, sizeof *v, by_path);
	for (size_t i = 0; i < n; i++) {
		bool is_order = str_is(v[i]->kind, "icd10cm_order");

		buf_str(&all, v[i]->path);
		buf_ch(&all, '\0');
		buf_str(&all, v[i]->sha);
		orders += is_order;
		if (is_order && (newest == DAY_NONE || v[i]->release > newest))
			newest = v[i]->release;
	}
	(void)SHA256((const unsigned char *)(all.p ? all.p : ""), all.n, sha);
	if (newest != DAY_NONE)
		day_parts(newest, &y, &m, &d);
	return arena_fmt(&b->a, "%s%.0d+%zu/%02x%02x%02x%02x%02x%02x", y ? "icd10cm-" : "book", y + (m >= 10),
	    n - orders, sha[0], sha[1], sha[2], sha[3], sha[4], sha[5]);
}

struct str
cb_folder(struct str path)
{
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return path;
}

int
cb_partial_add(struct cb_in *in, enum code_set set)
{
	struct cb_partial *one = arena_push(&in->b->a, in->b->partial, in->b->n_partial);

	if (!one)
		return E_NOMEM;
	*one = (struct cb_partial){ arena_str(&in->b->a, cb_folder(in->path)), set };
	return 0;
}

/* A file that is a selection of one of its tables is one of all of them: half a Tabular List has half of its notes. */
static void
selections_mark(struct cb_build *b)
{
	for (size_t i = 0; i < b->n_sources; i++) {
		struct cb_source *s = &b->sources[i];
		bool any = false;

		for (size_t k = 0; k < b->n_partial; k++)
			any |= str_eq(cb_folder(s->path), b->partial[k].folder) && s->fills[b->partial[k].set];
		if (any)
			memcpy(s->selection, s->fills, sizeof s->selection);
	}
}

static int
sources_put(struct cb_build *b, struct faults *f)
{
	struct cb_in in = { .b = b, .faults = f, .source = UINT16_MAX };

	for (size_t i = 0; i < b->n_sources; i++) {
		const struct cb_source *s = &b->sources[i];
		struct cb_row *row;

		if (s->part)
			continue;
		row = cb_put(&in, CS_SOURCE, 0);
		if (!row)
			return E_NOMEM;
		row->from = s->release;
		CB_SET(row, SOURCE_FILE, cb_text(b, s->path));
		CB_SET(row, SOURCE_KIND, cb_text(b, s->kind));
		CB_SET(row, SOURCE_SHA256, cb_text(b, s->sha));
		CB_SET(row, SOURCE_ROWS, (int64_t)s->rows);
		CB_SET(row, SOURCE_SELECTION, 0);
		for (int set = 0; set < CS_COUNT; set++)
			if (s->fills[set] && s->selection[set])
				CB_SET(row, SOURCE_SELECTION, 1);
	}
	return 0;
}

int
cb_build_finish(struct cb_build *b, struct faults *f, struct str *out)
{
	struct buf bytes;
	size_t before = f->n;
	int rc;

	must(!b->finished);
	b->finished = true;
	b->id = id_of(b);
	selections_mark(b);
	rc = cb_releases_settle(b, f);
	if (rc >= 0)
		rc = sources_put(b, f);
	if (rc >= 0)
		rc = cb_merge(b, f);
	if (rc >= 0)
		rc = cb_ptp_sort(b, f);
	if (rc >= 0 && f->n > before)
		rc = f->v[before].rc;
	buf_init(&bytes, &b->a);
	if (rc >= 0)
		rc = cb_write(b, &bytes);
	*out = buf_view(&bytes);
	return rc < 0 ? rc : b->a.spent ? E_NOMEM : 0;
}

/*
 * book.c - look-ups in the bytes of a code book. Every number that comes from the bytes is held against a bound
 * before it is used, so that a damaged book gives wrong answers at worst, and codebook_verify finds it.
 */
#include "codebook/clb.h"

#include "codebook/ptp.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct col { const unsigned char *p; uint8_t width; };
struct table {
	const unsigned char	*dates, *slots;
	size_t			 n_slots;
	row_t			 n;
	bool			 selection;
};

struct codebook {
	const unsigned char	*p;
	size_t			 n;
	struct table		 t[CS_COUNT];
	struct col		 c[CC_COUNT];
	const unsigned char	*text;
	size_t			 text_n;
	struct ptp_book		 ptp[PTP_COUNT];
};

/* ---- opening ---- */

static bool
lies_in(const struct codebook *cb, uint64_t at, uint64_t count, uint64_t each)
{
	return at >= HEAD_SIZE && at <= cb->n && (count == 0 || each == 0 || count <= (cb->n - at) / each);
}

static int
head_check(const struct codebook *cb, const char **why)
{
	const unsigned char *p = cb->p;

	*why = "this is not a code book (.clb): build one with claimline codes build";
	if (cb->n < HEAD_SIZE || memcmp(p, CLB_MAGIC, 8) != 0)
		return E_MALFORMED;
	*why = "this code book is of another version of the program: build it again";
	if (clb_32(p + H_VERSION) != CLB_VERSION || clb_32(p + H_ORDER) != CLB_ORDER)
		return E_VERSION;
	*why = "the header of the code book is damaged: build or copy it again";
	if (clb_64(p + H_SUM_HEAD) != XXH3_64bits(p, H_SUM_HEAD))
		return E_DAMAGED;
	*why = "the code book is cut or has grown: build or copy it again";
	if (clb_64(p + H_SIZE) != cb->n)
		return E_DAMAGED;
	*why = "the directory of the code book is damaged: build or copy it again";
	if (clb_32(p + H_TABLES) > 4096 || clb_32(p + H_COLS) > 65536 || !lies_in(cb, clb_64(p + H_DIR), 1, 0) ||
	    cb->n - clb_64(p + H_DIR) != (uint64_t)clb_32(p + H_TABLES) * T_SIZE + (uint64_t)clb_32(p + H_COLS) * C_SIZE ||
	    clb_64(p + H_SUM_DIR) != XXH3_64bits(p + clb_64(p + H_DIR), cb->n - clb_64(p + H_DIR)) ||
	    !lies_in(cb, clb_64(p + H_TEXT), clb_64(p + H_TEXT_SIZE), 1) || clb_64(p + H_TEXT_SIZE) < 1)
		return E_DAMAGED;
	*why = NULL;
	return 0;
}

static bool
name_is(const unsigned char *p, const char *name)
{
	return strlen(name) < CLB_NAME && memcmp(p, name, strlen(name) + 1) == 0;
}

static int
column_open(struct codebook *cb, enum code_set set, const unsigned char *entry, row_t rows)
{
	enum code_col first = code_sets[set].first;

	for (size_t i = 0; i < code_set_cols(set); i++) {
		const struct code_col_def *def = &code_cols[first + i];
		uint8_t width = entry[C_WIDTH];

		if (!name_is(entry + C_NAME, def->name))
			continue;
		if (entry[C_KIND] != def->kind || !lies_in(cb, clb_64(entry + C_OFF), (uint64_t)rows, width) ||
		    (def->kind == COL_CODE ? width != 8 : def->kind == COL_TEXT ? width != 4 :
		    width != 1 && width != 2 && width != 4 && width != 8))
			return E_DAMAGED;
		cb->c[first + i] = (struct col){ cb->p + clb_64(entry + C_OFF), width };
	}
	return 0;
}

/* A table that comes twice is refused: its columns were held against the rows of the first entry. */
static int
table_open(struct codebook *cb, const unsigned char *entry, const unsigned char *cols, size_t n_cols)
{
	for (int set = 0; set < CS_COUNT; set++) {
		struct table *t = &cb->t[set];
		uint32_t rows = clb_32(entry + T_ROWS), slots = clb_32(entry + T_SLOTS_N);

		if (!name_is(entry + T_NAME, code_sets[set].name))
			continue;
		if (t->dates || rows > INT32_MAX - 1 || (slots & (slots - 1)) || (slots && slots <= rows) ||
		    !lies_in(cb, clb_64(entry + T_DATES), rows, 8) || (slots && !lies_in(cb, clb_64(entry + T_SLOTS), slots, 4)))
			return E_DAMAGED;
		*t = (struct table){ cb->p + clb_64(entry + T_DATES), slots ? cb->p + clb_64(entry + T_SLOTS) : NULL, slots,
		    (row_t)rows, clb_32(entry + T_FLAGS) & T_SELECTION };
		for (size_t i = 0; i < n_cols; i++)
			if (column_open(cb, (enum code_set)set, cols + i * C_SIZE, t->n) < 0)
				return E_DAMAGED;
	}
	return 0;
}

static int
directory_open(struct codebook *cb)
{
	const unsigned char *entry = cb->p + clb_64(cb->p + H_DIR);
	size_t n = clb_32(cb->p + H_TABLES), left = clb_32(cb->p + H_COLS);
	const unsigned char *cols = entry + n * T_SIZE;

	cb->text = cb->p + clb_64(cb->p + H_TEXT);
	cb->text_n = clb_64(cb->p + H_TEXT_SIZE);
	for (size_t i = 0; i < n; i++, entry += T_SIZE) {
		size_t n_cols = clb_32(entry + T_COLS);

		if (n_cols > left || table_open(cb, entry, cols, n_cols) < 0)
			return E_DAMAGED;
		cols += n_cols * C_SIZE;
		left -= n_cols;
	}
	for (size_t i = 0; i < PTP_COUNT; i++) {
		uint64_t at = clb_64(cb->p + H_PTP + 8 * i);

		if (at && (!lies_in(cb, at, P_HEAD, 1) || ptp_open(&cb->ptp[i], cb->p + at, cb->n - at) < 0))
			return E_DAMAGED;
	}
	return 0;
}

int
codebook_open(struct str bytes, struct codebook **out, const char **why)
{
	struct codebook *cb = calloc(1, sizeof *cb);
	int rc;

	*out = NULL;
	*why = err_text(E_NOMEM);
	if (!cb)
		return E_NOMEM;
	cb->p = (const unsigned char *)bytes.p;
	cb->n = bytes.n;
	rc = head_check(cb, why);
	if (rc >= 0 && directory_open(cb) < 0) {
		*why = "a section of the code book lies outside it: build or copy it again";
		rc = E_DAMAGED;
	}
	if (rc < 0)
		free(cb);
	else
		*out = cb;
	return rc;
}

int
codebook_verify(const struct codebook *cb, const char **why)
{
	*why = NULL;
	if (XXH3_64bits(cb->p + HEAD_SIZE, cb->n - HEAD_SIZE) == clb_64(cb->p + H_SUM_REST))
		return 0;
	*why = "the checksum of the code book does not match its bytes: build or copy it again";
	return E_DAMAGED;
}

void
codebook_close(struct codebook *cb)
{
	free(cb);
}

struct str
codebook_id(const struct codebook *cb)
{
	const char *id = (const char *)cb->p + H_ID;

	return (struct str){ id, strnlen(id, CLB_ID) };
}

size_t
codebook_size(const struct codebook *cb)
{
	return cb->n;
}

/* ---- tables ---- */

row_t
codebook_count(const struct codebook *cb, enum code_set set)
{
	return cb->t[set].n;
}

bool
codebook_knows(const struct codebook *cb, enum code_set set)
{
	return cb->t[set].n > 0;
}

bool
codebook_is_whole(const struct codebook *cb, enum code_set set)
{
	return cb->t[set].n > 0 && !cb->t[set].selection;
}

static bool
holds(const struct table *t, row_t row, day_t day)
{
	const unsigned char *d = t->dates + 8 * (size_t)row;

	return (day_t)clb_32(d) <= day && (day_t)clb_32(d + 4) >= day;
}

static row_t
first_of(const struct table *t, const struct col *key, uint64_t code)
{
	if (!code || !t->n_slots || !key->p)
		return ROW_NONE;
	for (size_t s = clb_slot(code, t->n_slots), k = 0; k < t->n_slots; s = (s + 1) & (t->n_slots - 1), k++) {
		uint32_t row = clb_32(t->slots + 4 * s);

		if (row == 0 || row > (uint32_t)t->n)
			return ROW_NONE;
		if (clb_64(key->p + 8 * (size_t)(row - 1)) == code)
			return (row_t)row - 1;
	}
	return ROW_NONE;
}

row_t
codebook_find(const struct codebook *cb, enum code_set set, struct str code, day_t day)
{
	const struct table *t = &cb->t[set];
	const struct col *key = &cb->c[code_sets[set].first];
	uint64_t want = clb_code(code);
	row_t row = first_of(t, key, want), newest = row;

	if (row == ROW_NONE)
		return ROW_NONE;
	for (; row < t->n && clb_64(key->p + 8 * (size_t)row) == want; row++) {
		if (day != DAY_NONE && holds(t, row, day))
			return row;
		newest = row;
	}
	return day == DAY_NONE ? newest : ROW_NONE;
}

/* The first row whose first key is not below: cmp says how the key of a row stands to the wanted one. */
struct wanted { const struct codebook *cb; enum code_col col; struct str text; int64_t number; };

static int
stands(const struct wanted *w, row_t row)
{
	if (code_cols[w->col].kind == COL_INT) {
		int64_t v = codebook_int(w->cb, w->col, row);

		return v < w->number ? -1 : v > w->number;
	}
	return str_cmp(codebook_str(w->cb, w->col, row), w->text);
}

static row_t
bound(const struct wanted *w, enum code_set set, int above)
{
	row_t lo = 0, hi = w->cb->t[set].n;

	while (lo < hi) {
		row_t mid = lo + (hi - lo) / 2;

		if (stands(w, mid) < above)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static row_t
range(const struct wanted *w, enum code_set set, row_t *end)
{
	row_t from = bound(w, set, 0);

	*end = bound(w, set, 1);
	return from < *end ? from : ROW_NONE;
}

row_t
codebook_of(const struct codebook *cb, enum code_set set, struct str key, row_t *end)
{
	const struct col *col = &cb->c[code_sets[set].first];
	struct wanted w = { cb, code_sets[set].first, key, 0 };
	row_t row;

	if (code_cols[w.col].kind != COL_CODE)
		return code_cols[w.col].kind == COL_TEXT ? range(&w, set, end) : (*end = 0, ROW_NONE);
	row = first_of(&cb->t[set], col, clb_code(key));
	*end = row == ROW_NONE ? 0 : row;
	while (row != ROW_NONE && *end < cb->t[set].n && clb_64(col->p + 8 * (size_t)*end) == clb_code(key))
		++*end;
	return row;
}

row_t
codebook_of_int(const struct codebook *cb, enum code_set set, int64_t key, row_t *end)
{
	struct wanted w = { cb, code_sets[set].first, STR_NONE, key };

	*end = 0;
	return code_cols[w.col].kind == COL_INT ? range(&w, set, end) : ROW_NONE;
}

bool
codebook_in_force(const struct codebook *cb, enum code_set set, row_t row, day_t day)
{
	return row >= 0 && row < cb->t[set].n && holds(&cb->t[set], row, day);
}

day_t
codebook_from(const struct codebook *cb, enum code_set set, row_t row)
{
	return row < 0 || row >= cb->t[set].n ? DAY_NONE : clb_day(cb->t[set].dates + 8 * (size_t)row);
}

day_t
codebook_to(const struct codebook *cb, enum code_set set, row_t row)
{
	return row < 0 || row >= cb->t[set].n ? DAY_NONE : clb_day(cb->t[set].dates + 8 * (size_t)row + 4);
}

/* ---- cells ---- */

static struct str
text_at(const struct codebook *cb, uint32_t ref)
{
	size_t n = 0, at = ref;

	for (int shift = 0; at < cb->text_n && shift < 28; shift += 7) {
		unsigned char c = cb->text[at++];

		n |= (size_t)(c & 0x7f) << shift;
		if (c & 0x80)
			continue;
		return n && n <= cb->text_n - at ? (struct str){ (const char *)cb->text + at, n } : STR_NONE;
	}
	return STR_NONE;
}

struct str
codebook_str(const struct codebook *cb, enum code_col col, row_t row)
{
	const struct col *c = &cb->c[col];
	const char *code;

	if (!c->p || row < 0 || row >= cb->t[code_cols[col].set].n)
		return STR_NONE;
	if (code_cols[col].kind == COL_TEXT)
		return text_at(cb, clb_32(c->p + 4 * (size_t)row));
	code = (const char *)c->p + 8 * (size_t)row;
	return code_cols[col].kind == COL_CODE && *code ? (struct str){ code, strnlen(code, CODE_MAX) } : STR_NONE;
}

int64_t
codebook_int(const struct codebook *cb, enum code_col col, row_t row)
{
	const struct col *c = &cb->c[col];
	const unsigned char *p;

	if (!c->p || code_cols[col].kind != COL_INT || row < 0 || row >= cb->t[code_cols[col].set].n)
		return CELL_NONE;
	p = c->p + c->width * (size_t)row;
	switch (c->width) {
	case 1:
		return (int8_t)*p == INT8_MIN ? CELL_NONE : (int8_t)*p;
	case 2:
		return (int16_t)clb_16(p) == INT16_MIN ? CELL_NONE : (int16_t)clb_16(p);
	case 4:
		return (int32_t)clb_32(p) == INT32_MIN ? CELL_NONE : (int32_t)clb_32(p);
	default:
		return (int64_t)clb_64(p);
	}
}

/* ---- codes with words ---- */

struct code_row
codebook_row(const struct codebook *cb, enum code_set set, row_t row)
{
	enum code_col first = code_sets[set].first;
	bool headers = set == CS_ICD10CM || set == CS_ICD10PCS;

	if (row < 0 || row >= cb->t[set].n)
		return (struct code_row){ .from = DAY_NONE, .to = DAY_NONE, .row = ROW_NONE };
	return (struct code_row){ codebook_str(cb, first, row), codebook_str(cb, first + 1, row), codebook_from(cb, set, row),
	    codebook_to(cb, set, row), !headers || codebook_int(cb, first + (CC_ICD10CM_BILLABLE - CC_ICD10CM_CODE), row) == 1,
	    row };
}

struct code_row
codebook_look(const struct codebook *cb, enum code_set set, struct str code, day_t day)
{
	return codebook_row(cb, set, codebook_find(cb, set, code, day));
}

bool
codebook_poa_exempt(const struct codebook *cb, struct str code, day_t day)
{
	return codebook_find(cb, CS_POA_EXEMPT, code, day) != ROW_NONE;
}

/* ---- PTP edits ---- */

bool
codebook_ptp(const struct codebook *cb, enum ptp_setting s, struct str c1, struct str c2, day_t day, struct ptp *out)
{
	return ptp_find(&cb->ptp[s], clb_code(c1), clb_code(c2), day, out);
}

size_t
codebook_ptp_all(const struct codebook *cb, enum ptp_setting s, const struct ptp_query *q, size_t n, struct ptp *out, bool *found)
{
	size_t hits = 0;

	for (size_t i = 0; i < n; i += PTP_TOGETHER)
		hits += ptp_find_all(&cb->ptp[s], q + i, n - i < PTP_TOGETHER ? n - i : PTP_TOGETHER, out + i, found + i);
	return hits;
}

size_t
codebook_ptp_count(const struct codebook *cb, enum ptp_setting s)
{
	return cb->ptp[s].rows;
}

size_t
codebook_ptp_windows(const struct codebook *cb, enum ptp_setting s, struct str c1, struct str c2, struct ptp *v, size_t max)
{
	return ptp_windows(&cb->ptp[s], clb_code(c1), clb_code(c2), v, max);
}

size_t
codebook_ptp_pairs(const struct codebook *cb, enum ptp_setting s)
{
	return cb->ptp[s].n_pairs;
}

struct str
codebook_ptp_code(const struct codebook *cb, enum ptp_setting s, size_t i)
{
	return ptp_code(&cb->ptp[s], i);
}

bool
codebook_ptp_next(const struct codebook *cb, enum ptp_setting s, size_t *at, struct str *c1, struct str *c2)
{
	return ptp_next(&cb->ptp[s], at, c1, c2);
}

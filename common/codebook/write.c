/*
 * write.c - merged tables into the bytes of a code book (schemas/codebook.md). Columns lie one after another,
 * numbers in the fewest bytes that hold them; each text is kept once. The same rows give the same bytes.
 */
#include "codebook/cb.h"
#include "codebook/clb.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct out {
	struct cb_build	*b;
	struct buf	*buf;
	uint32_t	*ref;			/* of a text, by id */
	struct buf	 dir_tables, dir_cols;
	uint64_t	 text_at, text_size;
};

static void
put_name(struct buf *b, const char *name)
{
	char room[CLB_NAME] = "";

	must(strlen(name) < sizeof room);
	memcpy(room, name, strlen(name));
	buf_put(b, room, sizeof room);
}

static uint64_t
align(struct buf *b)
{
	while (b->n % 8)
		buf_ch(b, '\0');
	return b->n;
}

static void
set_n(struct buf *b, size_t at, uint64_t v, size_t width)
{
	for (size_t i = 0; i < width && at + i < b->n; i++)
		b->p[at + i] = (char)(v >> (8 * i) & 0xff);
}

/* ---- texts: in the order in which rows name them; a length, seven bits a byte, then the bytes ---- */

static void
text_put(struct out *o, int64_t id)
{
	struct str s = cb_text_of(o->b, id);
	size_t n = s.n;

	if (o->ref[id])
		return;
	o->ref[id] = (uint32_t)(o->buf->n - o->text_at);
	for (; n >= 0x80; n >>= 7)
		buf_ch(o->buf, (char)(0x80 | (n & 0x7f)));
	buf_ch(o->buf, (char)n);
	buf_str(o->buf, s);
}

static int
texts_put(struct out *o)
{
	o->text_at = align(o->buf);
	buf_ch(o->buf, '\0');			/* 0: the absent text */
	for (int set = 0; set < CS_COUNT; set++) {
		const struct cb_table *t = &o->b->tables[set];

		for (size_t c = 0; c < t->n_cols; c++)
			for (size_t i = 0; code_cols[code_sets[set].first + c].kind == COL_TEXT && i < t->n; i++)
				if (cb_row_at(t, i)->c[c])
					text_put(o, cb_row_at(t, i)->c[c]);
	}
	o->text_size = o->buf->n - o->text_at;
	return o->text_size > UINT32_MAX ? E_LIMIT : 0;
}

/* ---- columns ---- */

static size_t
width_of(const struct cb_table *t, size_t c)
{
	int64_t lo = 0, hi = 0;

	for (size_t i = 0; i < t->n; i++) {
		int64_t v = cb_row_at(t, i)->c[c];

		if (v == CELL_NONE)
			continue;
		lo = v < lo ? v : lo;
		hi = v > hi ? v : hi;
	}
	return lo > INT8_MIN && hi <= INT8_MAX ? 1 : lo > INT16_MIN && hi <= INT16_MAX ? 2 : lo > INT32_MIN &&
	    hi <= INT32_MAX ? 4 : 8;
}

static void
column_put(struct out *o, enum code_set set, size_t c)
{
	const struct cb_table *t = &o->b->tables[set];
	const struct code_col_def *def = &code_cols[code_sets[set].first + c];
	size_t width = def->kind == COL_CODE ? 8 : def->kind == COL_TEXT ? 4 : width_of(t, c);
	uint64_t at = align(o->buf);

	for (size_t i = 0; i < t->n; i++) {
		int64_t v = cb_row_at(t, i)->c[c];
		char room[CODE_MAX];

		if (def->kind == COL_CODE)
			clb_put(o->buf, clb_code(cb_code_text(v, room)), 8);
		else if (def->kind == COL_TEXT)
			clb_put(o->buf, o->ref[v], 4);
		else
			clb_put(o->buf, v == CELL_NONE ? UINT64_C(1) << (8 * width - 1) : (uint64_t)v, width);
	}
	put_name(&o->dir_cols, def->name);
	clb_put(&o->dir_cols, def->kind, 1);
	clb_put(&o->dir_cols, width, 1);
	clb_put(&o->dir_cols, 0, 6);
	clb_put(&o->dir_cols, at, 8);
}

/* Open addressing over the first key, where it is a code: 1 + its first row. */
static uint64_t
slots_put(struct out *o, enum code_set set, size_t *n_slots)
{
	const struct cb_table *t = &o->b->tables[set];
	uint32_t *slots;
	size_t size = 16;
	uint64_t at;

	*n_slots = 0;
	if (code_cols[code_sets[set].first].kind != COL_CODE || t->n == 0)
		return 0;
	while (size < t->n * 2)
		size *= 2;
	slots = calloc(size, sizeof *slots);
	if (!slots) {
		o->b->a.spent = true;
		return 0;
	}
	for (size_t i = 0; i < t->n; i++) {
		char room[CODE_MAX];
		size_t s;

		if (i && cb_row_at(t, i)->c[0] == cb_row_at(t, i - 1)->c[0])
			continue;
		s = clb_slot(clb_code(cb_code_text(cb_row_at(t, i)->c[0], room)), size);
		while (slots[s])
			s = (s + 1) & (size - 1);
		slots[s] = (uint32_t)i + 1;
	}
	at = align(o->buf);
	for (size_t i = 0; i < size; i++)
		clb_put(o->buf, slots[i], 4);
	free(slots);
	*n_slots = size;
	return at;
}

/* No file gives the whole of it. So it is with HCPCS where no file gives it at all, and it has what others list (listed.c). */
static bool
is_selection(const struct cb_build *b, enum code_set set)
{
	if (set == CS_SOURCE || set == CS_EXCEPTION)
		return false;			/* what the book says of itself is all there is */
	for (size_t i = 0; i < b->n_sources; i++)
		if (b->sources[i].fills[set] && !b->sources[i].selection[set])
			return false;
	return true;
}

static void
table_put(struct out *o, enum code_set set)
{
	const struct cb_table *t = &o->b->tables[set];
	uint64_t dates = align(o->buf), slots_at;
	size_t n_slots;

	for (size_t i = 0; i < t->n; i++) {
		const struct cb_row *row = cb_row_at(t, i);

		clb_put(o->buf, (uint32_t)row->from, 4);
		clb_put(o->buf, (uint32_t)(row->to == DAY_NONE ? DAY_OPEN_END : row->to), 4);
	}
	slots_at = slots_put(o, set, &n_slots);
	put_name(&o->dir_tables, code_sets[set].name);
	clb_put(&o->dir_tables, t->n, 4);
	clb_put(&o->dir_tables, t->n_cols, 4);
	clb_put(&o->dir_tables, is_selection(o->b, set) ? T_SELECTION : 0, 4);
	clb_put(&o->dir_tables, n_slots, 4);
	clb_put(&o->dir_tables, dates, 8);
	clb_put(&o->dir_tables, slots_at, 8);
	for (size_t c = 0; c < t->n_cols; c++)
		column_put(o, set, c);
}

static void
head_put(struct out *o, const uint64_t ptp[PTP_COUNT])
{
	struct buf *b = o->buf;
	uint64_t dir = align(b);
	size_t id = o->b->id.n < CLB_ID - 1 ? o->b->id.n : CLB_ID - 1;

	buf_str(b, buf_view(&o->dir_tables));
	buf_str(b, buf_view(&o->dir_cols));
	if (o->b->a.spent)
		return;
	memcpy(b->p + H_MAGIC, CLB_MAGIC, 8);
	set_n(b, H_VERSION, CLB_VERSION, 4);
	set_n(b, H_ORDER, CLB_ORDER, 4);
	set_n(b, H_SIZE, b->n, 8);
	set_n(b, H_TABLES, CS_COUNT, 4);
	set_n(b, H_COLS, CC_COUNT, 4);
	set_n(b, H_DIR, dir, 8);
	set_n(b, H_TEXT, o->text_at, 8);
	set_n(b, H_TEXT_SIZE, o->text_size, 8);
	for (size_t i = 0; i < PTP_COUNT; i++)
		set_n(b, H_PTP + 8 * i, ptp[i], 8);
	memcpy(b->p + H_ID, o->b->id.p, id);
	set_n(b, H_SUM_DIR, XXH3_64bits(b->p + dir, b->n - dir), 8);
	set_n(b, H_SUM_REST, XXH3_64bits(b->p + HEAD_SIZE, b->n - HEAD_SIZE), 8);
	set_n(b, H_SUM_HEAD, XXH3_64bits(b->p, H_SUM_HEAD), 8);
}

int
cb_write(struct cb_build *b, struct buf *out)
{
	struct out o = { .b = b, .buf = out };
	uint64_t ptp[PTP_COUNT];
	char head[HEAD_SIZE] = "";
	int rc;

	o.ref = arena_array(&b->a, b->n_text + 1, sizeof *o.ref);
	if (!o.ref)
		return E_NOMEM;
	buf_init(&o.dir_tables, &b->a);
	buf_init(&o.dir_cols, &b->a);
	buf_put(out, head, sizeof head);
	rc = texts_put(&o);
	for (int i = 0; i < CS_COUNT && rc >= 0; i++)
		table_put(&o, (enum code_set)i);
	for (int i = 0; i < PTP_COUNT && rc >= 0; i++) {
		ptp[i] = align(out);
		cb_ptp_write(b, out, (enum ptp_setting)i);
		ptp[i] = out->n == ptp[i] ? 0 : ptp[i];
	}
	if (rc >= 0)
		head_put(&o, ptp);
	return rc < 0 ? rc : b->a.spent ? E_NOMEM : 0;
}

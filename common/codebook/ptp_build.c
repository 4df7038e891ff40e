/*
 * ptp_build.c - PTP pairs from the importer into the bytes ptp.c reads. A pair may have several windows; of two
 * files that date one window of a pair differently the newer holds.
 */
#include "codebook/cb.h"
#include "codebook/ptp.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define SETS_SLOTS_MIN	4096

/* ---- codes, numbered as they come ---- */

static bool
codes_grow(struct cb_build *b)
{
	size_t size = b->ptp_mask ? (b->ptp_mask + 1) * 2 : 4096;
	uint32_t *slots = calloc(size, sizeof *slots);

	if (!slots)
		return false;
	for (size_t i = 0; i < b->n_ptp_codes; i++) {
		size_t s = clb_slot(b->ptp_codes[i], size);

		while (slots[s])
			s = (s + 1) & (size - 1);
		slots[s] = (uint32_t)i + 1;
	}
	free(b->ptp_slots);
	b->ptp_slots = slots;
	b->ptp_mask = size - 1;
	return true;
}

static int
code_id(struct cb_build *b, struct str code, uint32_t *out)
{
	uint64_t key = clb_code(code), *one;
	size_t s;

	if ((!b->ptp_mask || b->n_ptp_codes * 2 > b->ptp_mask) && !codes_grow(b))
		return E_NOMEM;
	s = clb_slot(key, b->ptp_mask + 1);
	for (; b->ptp_slots[s]; s = (s + 1) & b->ptp_mask)
		if (b->ptp_codes[b->ptp_slots[s] - 1] == key) {
			*out = b->ptp_slots[s] - 1;
			return 0;
		}
	if (b->n_ptp_codes >= UINT16_MAX)
		return E_LIMIT;
	one = arena_push(&b->a, b->ptp_codes, b->n_ptp_codes);
	if (!one)
		return E_NOMEM;
	*one = key;
	b->ptp_slots[s] = (uint32_t)b->n_ptp_codes;
	*out = (uint32_t)b->n_ptp_codes - 1;
	return 0;
}

static int
words_id(struct cb_build *b, struct str words, uint8_t *out)
{
	size_t i = 0;

	while (i < b->n_ptp_words && !str_eq(b->ptp_words[i], words))
		i++;
	if (i == sizeof b->ptp_words / sizeof *b->ptp_words)
		return E_LIMIT;
	if (i == b->n_ptp_words)
		b->ptp_words[b->n_ptp_words++] = arena_str(&b->texts, words);
	*out = (uint8_t)i;
	return 0;
}

int
cb_ptp_add(struct cb_in *in, enum ptp_setting s, struct str c1, struct str c2, const struct ptp *edit)
{
	struct cb_build *b = in->b;
	struct cb_pair one = { .from = edit->from, .to = edit->to, .source = in->source, .modifier = edit->modifier,
	    .before_1996 = edit->before_1996 };
	int rc = code_id(b, c1, &one.c1);

	if (rc >= 0)
		rc = code_id(b, c2, &one.c2);
	if (rc >= 0)
		rc = words_id(b, edit->rationale, &one.rationale);
	if (rc < 0)
		return rc;
	if ((b->ptp[s].n & (b->ptp[s].n - 1)) == 0) {
		size_t cap = b->ptp[s].n ? b->ptp[s].n * 2 : 1;
		struct cb_pair *v = cap < INT32_MAX ? realloc(b->ptp[s].v, cap * sizeof *v) : NULL;

		if (!v)
			return E_NOMEM;
		b->ptp[s].v = v;
	}
	b->ptp[s].v[b->ptp[s].n++] = one;
	return 0;
}

/* ---- order ---- */

static int
by_code(const void *x, const void *y)
{
	struct str a = { x, CODE_MAX }, b = { y, CODE_MAX };

	return memcmp(a.p, b.p, CODE_MAX);
}

static int
by_pair(const void *x, const void *y)
{
	const struct cb_pair *a = x, *b = y;

	if (a->c1 != b->c1)
		return a->c1 < b->c1 ? -1 : 1;
	if (a->c2 != b->c2)
		return a->c2 < b->c2 ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)				/* an open end is the last */
		return a->to == DAY_NONE ? 1 : b->to == DAY_NONE ? -1 : a->to < b->to ? -1 : 1;
	if (a->modifier != b->modifier)
		return a->modifier < b->modifier ? -1 : 1;
	if (a->before_1996 != b->before_1996)
		return a->before_1996 < b->before_1996 ? -1 : 1;
	return (a->rationale > b->rationale) - (a->rationale < b->rationale);
}

/* Rationales by their bytes too: their numbers are in the book, and the files may come in any order. */
static void
words_renumber(struct cb_build *b)
{
	struct str sorted[sizeof b->ptp_words / sizeof *b->ptp_words];
	uint8_t now[sizeof b->ptp_words / sizeof *b->ptp_words];

	for (size_t i = 0; i < b->n_ptp_words; i++) {
		size_t at = 0;

		for (size_t k = 0; k < b->n_ptp_words; k++)
			at += str_cmp(b->ptp_words[k], b->ptp_words[i]) < 0;
		sorted[at] = b->ptp_words[i];
		now[i] = (uint8_t)at;
	}
	memcpy(b->ptp_words, sorted, b->n_ptp_words * sizeof *sorted);
	for (size_t s = 0; s < PTP_COUNT; s++)
		for (size_t i = 0; i < b->ptp[s].n; i++)
			b->ptp[s].v[i].rationale = now[b->ptp[s].v[i].rationale];
}

/* Codes by their bytes, pairs by the new numbers. */
static int
renumber(struct cb_build *b)
{
	struct named { unsigned char code[CODE_MAX]; uint32_t was; } *v = calloc(b->n_ptp_codes + 1, sizeof *v);
	uint32_t *now = calloc(b->n_ptp_codes + 1, sizeof *now);

	if (!v || !now) {
		free(v);
		free(now);
		return E_NOMEM;
	}
	for (size_t i = 0; i < b->n_ptp_codes; i++) {
		for (size_t k = 0; k < CODE_MAX; k++)
			v[i].code[k] = (unsigned char)(b->ptp_codes[i] >> (8 * k) & 0xff);
		v[i].was = (uint32_t)i;
	}
	qsort(v, b->n_ptp_codes, sizeof *v, by_code);
	for (size_t i = 0; i < b->n_ptp_codes; i++) {
		now[v[i].was] = (uint32_t)i;
		b->ptp_codes[i] = clb_64(v[i].code);
	}
	for (size_t s = 0; s < PTP_COUNT; s++)
		for (size_t i = 0; i < b->ptp[s].n; i++) {
			b->ptp[s].v[i].c1 = now[b->ptp[s].v[i].c1];
			b->ptp[s].v[i].c2 = now[b->ptp[s].v[i].c2];
		}
	free(v);
	free(now);
	words_renumber(b);
	return 0;
}

static bool
is_sorted(const struct cb_pair *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (by_pair(&v[i - 1], &v[i]) > 0)
			return false;
	return true;
}

static bool
same_pair(const struct cb_pair *a, const struct cb_pair *b)
{
	return a->c1 == b->c1 && a->c2 == b->c2;
}

static size_t
pair_end(const struct cb_pair *v, size_t n, size_t i)
{
	size_t end = i + 1;

	while (end < n && same_pair(&v[i], &v[end]))
		end++;
	return end;
}

/* By the number of one column, keeping the order of those that have the same one. */
static void
sort_by(struct cb_pair *to, const struct cb_pair *from, size_t n, size_t *at, bool first)
{
	for (size_t i = 0; i < n; i++)
		at[(first ? from[i].c1 : from[i].c2) + 1]++;
	for (size_t i = 1; i <= UINT16_MAX; i++)
		at[i] += at[i - 1];
	for (size_t i = 0; i < n; i++)
		to[at[first ? from[i].c1 : from[i].c2]++] = from[i];
}

/* Millions of rows with few windows each: by their codes in two passes, then pair by pair. */
static int
sort(struct cb_pair *v, size_t n)
{
	struct cb_pair *room;
	size_t *at;

	if (is_sorted(v, n))
		return 0;
	room = malloc(n * sizeof *room);
	at = calloc(2 * (UINT16_MAX + 2), sizeof *at);
	if (room && at) {
		sort_by(room, v, n, at, false);
		sort_by(v, room, n, at + UINT16_MAX + 2, true);
		for (size_t i = 0, end; i < n; i = end) {
			end = pair_end(v, n, i);
			if (!is_sorted(v + i, end - i))
				qsort(v + i, end - i, sizeof *v, by_pair);
		}
	}
	n = room && at;
	free(room);
	free(at);
	return n ? 0 : E_NOMEM;
}

static void
contradiction(struct cb_build *b, const struct cb_pair *p, const struct cb_pair *q, struct faults *f)
{
	struct str words = p->rationale == q->rationale ? S("is marked as existing before 1996 and as not") :
	    arena_fmt(f->a, "has rationale \"%.*s\" and \"%.*s\"", STR_ARG(b->ptp_words[p->rationale]),
	    STR_ARG(b->ptp_words[q->rationale]));
	struct cb_in in = { .b = b, .path = b->sources[q->source].path, .faults = f };
	char c[2][CODE_MAX];

	for (size_t i = 0; i < CODE_MAX; i++) {
		c[0][i] = (char)(b->ptp_codes[p->c1] >> (8 * i) & 0xff);
		c[1][i] = (char)(b->ptp_codes[p->c2] >> (8 * i) & 0xff);
	}
	if (p->modifier != q->modifier)
		words = arena_fmt(f->a, "has modifier %d and %d", p->modifier, q->modifier);
	(void)cb_fault_str(&in, p->source == q->source ? E_DUPLICATE : E_CONFLICT, 0, 0, arena_fmt(f->a,
	    "pair %.5s %.5s %.*s on the same days", c[0], c[1], STR_ARG(words)));
}

/* Of the same days. Indicator 9 is of edits that were never in force: CMS has one twice, with two rationales. */
static bool
contradict(const struct cb_pair *p, const struct cb_pair *q)
{
	return p->modifier != q->modifier ||
	    (p->modifier != 9 && (p->rationale != q->rationale || p->before_1996 != q->before_1996));
}

/*
 * Each release tells the whole history of its pairs, deleted edits too, so of a pair the newest release that names
 * it is believed alone: it may have moved an end or taken an edit back. What is said twice is said once. An edit
 * that is deleted on the day it begins, or before, was never in force.
 */
static size_t
join(struct cb_build *b, struct cb_pair *v, size_t n, struct faults *f)
{
	size_t kept = 0;

	for (size_t i = 0, end; i < n; i = end) {
		day_t newest = b->sources[v[i].source].release;
		size_t first = kept;

		end = pair_end(v, n, i);
		for (size_t k = i; k < end; k++)
			newest = b->sources[v[k].source].release > newest ? b->sources[v[k].source].release : newest;
		for (; i < end; i++) {
			const struct cb_pair *last = kept > first ? &v[kept - 1] : NULL;
			bool same = last && last->from == v[i].from && last->to == v[i].to;

			if (b->sources[v[i].source].release != newest ||
			    (v[i].from != DAY_NONE && v[i].to != DAY_NONE && v[i].to <= v[i].from))
				continue;
			if (same && contradict(last, &v[i]))
				contradiction(b, last, &v[i], f);
			if (!same)
				v[kept++] = v[i];
		}
	}
	return kept;
}

int
cb_ptp_sort(struct cb_build *b, struct faults *f)
{
	int rc = b->n_ptp_codes ? renumber(b) : 0;

	for (size_t s = 0; s < PTP_COUNT && rc >= 0; s++) {
		rc = sort(b->ptp[s].v, b->ptp[s].n);
		if (rc >= 0)
			b->ptp[s].n = join(b, b->ptp[s].v, b->ptp[s].n, f);
	}
	return rc;
}

/* ---- sets of windows: a pair's windows as bytes, each distinct run once ---- */

struct sets {
	struct buf	 windows;	/* W_SIZE each */
	uint32_t	*starts;	/* of a set, in windows; one more than sets */
	size_t		 n, cap;
	uint32_t	*slots;
	size_t		 mask;
};

static void
window_put(unsigned char *w, const struct cb_pair *p)
{
	uint32_t to = (uint32_t)(p->to == DAY_NONE ? DAY_OPEN_END : p->to);

	for (size_t i = 0; i < 4; i++) {
		w[W_FROM + i] = (unsigned char)((uint32_t)p->from >> (8 * i));
		w[W_TO + i] = (unsigned char)(to >> (8 * i));
	}
	w[W_MODIFIER] = p->modifier;
	w[W_BEFORE] = p->before_1996;
	w[W_WORDS] = p->rationale;
	w[W_WORDS + 1] = 0;
}

static bool
sets_room(struct sets *s)
{
	if (s->n + 2 > s->cap) {
		size_t cap = s->cap ? s->cap * 2 : SETS_SLOTS_MIN;
		uint32_t *starts = realloc(s->starts, cap * sizeof *starts);

		if (!starts)
			return false;
		if (!s->cap)
			starts[0] = 0;
		s->starts = starts;
		s->cap = cap;
	}
	if (s->mask && s->n * 2 < s->mask)
		return true;
	s->mask = s->mask ? s->mask * 2 + 1 : SETS_SLOTS_MIN - 1;
	free(s->slots);
	s->slots = calloc(s->mask + 1, sizeof *s->slots);
	for (size_t i = 0; s->slots && i < s->n; i++) {
		const unsigned char *p = (const unsigned char *)s->windows.p + (size_t)W_SIZE * s->starts[i];
		size_t at = XXH3_64bits(p, (size_t)W_SIZE * (s->starts[i + 1] - s->starts[i])) & s->mask;

		while (s->slots[at])
			at = (at + 1) & s->mask;
		s->slots[at] = (uint32_t)i + 1;
	}
	return s->slots != NULL;
}

/* The number of the set that has these bytes; UINT32_MAX when out of memory. */
static uint32_t
set_id(struct sets *s, const unsigned char *p, size_t n)
{
	size_t at;

	if (!sets_room(s))
		return UINT32_MAX;
	for (at = XXH3_64bits(p, n) & s->mask; s->slots[at]; at = (at + 1) & s->mask) {
		uint32_t id = s->slots[at] - 1;
		size_t size = (size_t)W_SIZE * (s->starts[id + 1] - s->starts[id]);

		if (size == n && memcmp(s->windows.p + (size_t)W_SIZE * s->starts[id], p, n) == 0)
			return id;
	}
	buf_put(&s->windows, p, n);
	s->starts[s->n + 1] = (uint32_t)(s->windows.n / W_SIZE);
	s->slots[at] = (uint32_t)++s->n;
	return (uint32_t)s->n - 1;
}

/* ---- the hash of pairs ---- */

#define LINE_LOAD	6		/* pairs of ten to a line on average: of eight, a fifth would be full */

struct lines { unsigned char *p; size_t n, pairs, probe; };

static void
line_set(unsigned char *line, size_t place, uint32_t pair, uint32_t set)
{
	uint32_t high = clb_32(line + L_HIGH) | (set >> 16) << (3 * place);

	for (size_t i = 0; i < 4; i++) {
		line[L_PAIRS + 4 * place + i] = (unsigned char)(pair >> (8 * i));
		line[L_HIGH + i] = (unsigned char)(high >> (8 * i));
	}
	line[L_LOW + 2 * place] = (unsigned char)set;
	line[L_LOW + 2 * place + 1] = (unsigned char)(set >> 8);
}

static bool
pair_put(struct lines *l, uint32_t pair, uint32_t set)
{
	size_t at = clb_line(pair, l->n);

	for (size_t k = 0; k <= PTP_PROBE_MAX; k++, at = at + 1 < l->n ? at + 1 : 0) {
		unsigned char *line = l->p + L_SIZE * at;

		for (size_t place = 0; place < L_EACH; place++) {
			if (clb_32(line + 4 * place) != L_EMPTY)
				continue;
			line_set(line, place, pair, set);
			l->probe = k > l->probe ? k : l->probe;
			l->pairs++;
			return true;
		}
	}
	return false;
}

static bool
lines_make(const struct cb_build *b, enum ptp_setting setting, struct lines *l, struct sets *sets, struct arena *a)
{
	const struct cb_pair *v = b->ptp[setting].v;
	size_t n = b->ptp[setting].n;
	struct buf w;

	buf_init(&w, a);
	l->n = n / LINE_LOAD + 1;
	l->p = calloc(l->n, L_SIZE);
	for (size_t i = 0; l->p && i < l->n; i++)
		memset(l->p + L_SIZE * i, 0xff, L_LOW);
	if (set_id(sets, (const unsigned char *)"", 0) != 0)	/* set 0 is that of pairs that are not there */
		return false;
	for (size_t i = 0, end; l->p && i < n; i = end) {
		unsigned char one[W_SIZE];
		uint32_t set;

		end = pair_end(v, n, i);
		w.n = 0;
		for (size_t k = i; k < end; k++) {
			window_put(one, &v[k]);
			buf_put(&w, one, sizeof one);
		}
		set = set_id(sets, (const unsigned char *)w.p, w.n);
		if (set > PTP_SETS_MAX || a->spent || !pair_put(l, v[i].c1 << 16 | v[i].c2, set))
			return false;
	}
	return l->p != NULL;
}

/* ---- bytes ---- */

static void
begin(struct buf *b, size_t base, int field)
{
	uint64_t at;

	while (b->n % 8)
		buf_ch(b, '\0');
	at = b->n - base;
	for (size_t i = 0; i < 8 && b->n >= base + P_HEAD; i++)
		b->p[base + (size_t)field + i] = (char)(at >> (8 * i) & 0xff);
}

static void
codes_put(const struct cb_build *b, struct buf *out, size_t base, size_t n_slots)
{
	uint32_t *slots = calloc(n_slots, sizeof *slots);

	begin(out, base, P_CODES);
	for (size_t i = 0; i < b->n_ptp_codes; i++)
		clb_put(out, b->ptp_codes[i], 8);
	for (size_t i = 0; slots && i < b->n_ptp_codes; i++) {
		size_t s = clb_slot(b->ptp_codes[i], n_slots);

		while (slots[s])
			s = (s + 1) & (n_slots - 1);
		slots[s] = (uint32_t)i + 1;
	}
	begin(out, base, P_SLOTS);
	for (size_t i = 0; slots && i < n_slots; i++)
		clb_put(out, slots[i], 4);
	free(slots);
}

static void
words_put(const struct cb_build *b, struct buf *out)
{
	uint32_t at = 0;

	clb_put(out, 0, 4);
	for (size_t i = 0; i < b->n_ptp_words; i++)
		clb_put(out, at += (uint32_t)b->ptp_words[i].n, 4);
	for (size_t i = 0; i < b->n_ptp_words; i++)
		buf_str(out, b->ptp_words[i]);
}

static void
all_put(const struct cb_build *b, struct buf *out, const struct lines *l, const struct sets *s, size_t rows)
{
	size_t base = out->n, n_slots = 16, words = 0;

	while (n_slots <= b->n_ptp_codes * 2)
		n_slots *= 2;
	for (size_t i = 0; i < b->n_ptp_words; i++)
		words += b->ptp_words[i].n;
	clb_put(out, b->n_ptp_codes, 4);
	clb_put(out, l->pairs, 4);
	clb_put(out, s->n, 4);
	clb_put(out, s->windows.n / W_SIZE, 4);
	clb_put(out, b->n_ptp_words, 4);
	clb_put(out, n_slots, 4);
	clb_put(out, l->n, 4);
	clb_put(out, l->probe, 4);
	clb_put(out, rows, 8);
	clb_put(out, words, 8);
	while (out->n < base + P_HEAD)
		clb_put(out, 0, 8);
	codes_put(b, out, base, n_slots);
	while (out->n % L_SIZE)
		buf_ch(out, '\0');
	begin(out, base, P_LINES);
	buf_put(out, l->p, l->n * L_SIZE);
	begin(out, base, P_SETS);
	for (size_t i = 0; i <= s->n; i++)
		clb_put(out, s->starts[i], 4);
	begin(out, base, P_WINDOWS);
	buf_str(out, buf_view(&s->windows));
	begin(out, base, P_WORDS);
	words_put(b, out);
}

void
cb_ptp_write(const struct cb_build *b, struct buf *out, enum ptp_setting setting)
{
	struct lines l = { 0 };
	struct sets s = { 0 };
	struct arena a;

	if (!b->ptp[setting].n)
		return;
	arena_init(&a, CB_MEMORY);
	buf_init(&s.windows, out->a);
	if (lines_make(b, setting, &l, &s, &a))
		all_put(b, out, &l, &s, b->ptp[setting].n);
	else
		out->a->spent = true;
	arena_free(&a);
	free(l.p);
	free(s.starts);
	free(s.slots);
}

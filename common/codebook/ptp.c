/* ptp.c - NCCI pair look-ups. Numbers from the bytes are held against their bounds before they are used. */
#include "codebook/ptp.h"

#include <string.h>

static bool
part(const unsigned char *p, size_t n, int field, uint64_t size, const unsigned char **out)
{
	uint64_t at = clb_64(p + field);

	if (at > n || size > n - at)
		return false;
	*out = p + at;
	return true;
}

int
ptp_open(struct ptp_book *b, const unsigned char *p, size_t n)
{
	*b = (struct ptp_book){ .n_codes = clb_32(p + P_CODES_N), .n_slots = clb_32(p + P_SLOTS_N),
	    .n_pairs = clb_32(p + P_PAIRS_N), .n_sets = clb_32(p + P_SETS_N), .n_windows = clb_32(p + P_WINDOWS_N),
	    .n_words = clb_32(p + P_WORDS_N), .n_lines = clb_32(p + P_LINES_N), .probe = clb_32(p + P_PROBE),
	    .rows = clb_64(p + P_ROWS), .words_size = clb_64(p + P_SIZE) };
	if (b->n_codes >= UINT16_MAX || (b->n_slots & (b->n_slots - 1)) || b->n_slots <= b->n_codes || b->n_words > 256 ||
	    b->n_lines == 0 || b->probe > PTP_PROBE_MAX || b->words_size > n || !part(p, n, P_CODES, 8 * b->n_codes, &b->codes) ||
	    !part(p, n, P_SLOTS, 4 * b->n_slots, &b->slots) || !part(p, n, P_LINES, (uint64_t)L_SIZE * b->n_lines, &b->lines) ||
	    !part(p, n, P_SETS, 4 * (b->n_sets + 1), &b->sets) ||
	    !part(p, n, P_WINDOWS, (uint64_t)W_SIZE * b->n_windows, &b->windows) ||
	    !part(p, n, P_WORDS, 4 * (b->n_words + 1) + b->words_size, &b->words)) {
		*b = (struct ptp_book){ 0 };
		return E_DAMAGED;
	}
	return 0;
}

/* The number of a code, or n_codes. */
static size_t
code_id(const struct ptp_book *b, uint64_t code)
{
	size_t s = clb_slot(code, b->n_slots);

	for (size_t k = 0; code && k < b->n_slots; k++, s = (s + 1) & (b->n_slots - 1)) {
		uint32_t id = clb_32(b->slots + 4 * s);

		if (id == 0 || id > b->n_codes)
			break;
		if (clb_64(b->codes + 8 * (size_t)(id - 1)) == code)
			return id - 1;
	}
	return b->n_codes;
}

static struct str
words_of(const struct ptp_book *b, size_t i)
{
	uint32_t from, to;

	if (i >= b->n_words)
		return STR_NONE;
	from = clb_32(b->words + 4 * i);
	to = clb_32(b->words + 4 * (i + 1));
	return from <= to && to <= b->words_size ?
	    (struct str){ (const char *)b->words + 4 * (b->n_words + 1) + from, to - from } : STR_NONE;
}

static void
window_read(const struct ptp_book *b, size_t i, struct ptp *out)
{
	const unsigned char *w = b->windows + W_SIZE * i;

	*out = (struct ptp){ clb_day(w + W_FROM), clb_day(w + W_TO), w[W_MODIFIER], w[W_BEFORE] != 0, words_of(b, w[W_WORDS]) };
}

static bool
window_holds(const struct ptp_book *b, size_t i, day_t day)
{
	const unsigned char *w = b->windows + W_SIZE * i;

	int begun = (day_t)clb_32(w + W_FROM) <= day, lasts = (day_t)clb_32(w + W_TO) >= day;

	return begun & lasts;			/* no branch */
}

struct run { size_t from, n; };

/* Set 0 has no windows. */
static struct run
run_of(const struct ptp_book *b, size_t set)
{
	size_t from, to;

	if (set >= b->n_sets)
		return (struct run){ 0, 0 };
	from = clb_32(b->sets + 4 * set);
	to = clb_32(b->sets + 4 * (set + 1));
	return from <= to && to <= b->n_windows ? (struct run){ from, to - from } : (struct run){ 0, 0 };
}

typedef uint32_t lanes __attribute__((vector_size(16)));

/*
 * 1 + the place of a pair in a line, 0: not there. All ten are compared at once and without a branch, so that the
 * processor goes on to the next look-up while this one waits for memory. Equality does not mind the byte order.
 */
static inline size_t
place_in(const unsigned char *line, uint32_t pair)
{
	static const lanes at[3] = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, { 9, 10, 0, 0 } };
	const unsigned char bytes[4] = { (unsigned char)pair, (unsigned char)(pair >> 8), (unsigned char)(pair >> 16),
	    (unsigned char)(pair >> 24) };
	uint32_t want;
	lanes v[3], wanted, found;

	memcpy(&want, bytes, sizeof want);
	memcpy(v, line, sizeof v);
	wanted = (lanes){ want, want, want, want };
	found = ((lanes)(v[0] == wanted) & at[0]) | ((lanes)(v[1] == wanted) & at[1]) | ((lanes)(v[2] == wanted) & at[2]);
	return found[0] | found[1] | found[2] | found[3];
}

static size_t
set_in(const unsigned char *line, size_t place)		/* place: of place_in; 0 gives set 0 */
{
	size_t there = place != 0, at = place - there;

	return (clb_16(line + L_LOW + 2 * at) | (clb_32(line + L_HIGH) >> (3 * at) & 7) << 16) & -there;
}

static bool
is_full(const unsigned char *line)
{
	return clb_32(line + L_PAIRS + 4 * (L_EACH - 1)) != L_EMPTY;
}

/* The lines after a full one. */
static size_t
set_further(const struct ptp_book *b, uint32_t pair, size_t line)
{
	for (size_t k = 0; k < b->probe; k++) {
		const unsigned char *p;
		size_t place;

		line = line + 1 < b->n_lines ? line + 1 : 0;
		p = b->lines + L_SIZE * line;
		place = place_in(p, pair);
		if (place || !is_full(p))
			return set_in(p, place);
	}
	return 0;
}

struct at { uint32_t pair; size_t line; };

/* Where a pair would lie; false: one of its codes is in no pair. */
static bool
pair_at(const struct ptp_book *b, uint64_t c1, uint64_t c2, struct at *out)
{
	size_t one = b->n_pairs ? code_id(b, c1) : b->n_codes, two = b->n_pairs ? code_id(b, c2) : b->n_codes;

	if (one == b->n_codes || two == b->n_codes)
		return false;
	out->pair = (uint32_t)(one << 16 | two);
	out->line = clb_line(out->pair, b->n_lines);
	return true;
}

/*
 * The windows of a pair; none when it is not there. Whether it is decides no branch: it would be guessed wrong half of
 * the time, and only be found out when the line has come from memory.
 */
static struct run
pair_find(const struct ptp_book *b, const struct at *at)
{
	const unsigned char *p = b->lines + L_SIZE * at->line;
	size_t place = place_in(p, at->pair), set = set_in(p, place);

	if (__builtin_expect((place == 0) & is_full(p), 0))
		set = set_further(b, at->pair, at->line);
	return run_of(b, set);
}

/* Windows lie in the order of their first days; where two hold, the one that began last does. */
static bool
window_of(const struct ptp_book *b, struct run r, day_t day, struct ptp *out)
{
	size_t at = r.from;
	bool found;

	if (b->n_windows == 0)
		return false;
	at = at < b->n_windows ? at : 0;		/* of an empty run: read, but not believed */
	found = (r.n != 0) & window_holds(b, at, day);
	for (size_t i = r.from + 1; i < r.from + r.n; i++) {
		const unsigned char *w = b->windows + W_SIZE * i;

		if (!window_holds(b, i, day) || (found && clb_32(w + W_FROM) == clb_32(b->windows + W_SIZE * at + W_FROM)))
			continue;
		at = i;
		found = true;
	}
	window_read(b, at, out);
	return found;
}

bool
ptp_find(const struct ptp_book *b, uint64_t c1, uint64_t c2, day_t day, struct ptp *out)
{
	struct at at;

	return pair_at(b, c1, c2, &at) && window_of(b, pair_find(b, &at), day, out);
}

/* The lines of all are asked for before the first is looked at, so that they come from memory together. */
size_t
ptp_find_all(const struct ptp_book *b, const struct ptp_query *q, size_t n, struct ptp *out, bool *found)
{
	struct at at[PTP_TOGETHER];
	size_t hits = 0;

	for (size_t i = 0; i < n; i++) {
		found[i] = pair_at(b, clb_code(q[i].c1), clb_code(q[i].c2), &at[i]);
		if (found[i])
			__builtin_prefetch(b->lines + L_SIZE * at[i].line);
	}
	for (size_t i = 0; i < n; i++) {
		if (found[i])
			found[i] = window_of(b, pair_find(b, &at[i]), q[i].day, &out[i]);
		hits += found[i];
	}
	return hits;
}

size_t
ptp_windows(const struct ptp_book *b, uint64_t c1, uint64_t c2, struct ptp *v, size_t max)
{
	struct at at;
	struct run r = { 0, 0 };

	if (pair_at(b, c1, c2, &at))
		r = pair_find(b, &at);
	for (size_t i = 0; i < r.n && i < max; i++)
		window_read(b, r.from + i, &v[i]);
	return r.n;
}

struct str
ptp_code(const struct ptp_book *b, size_t i)
{
	const char *p = i < b->n_codes ? (const char *)b->codes + 8 * i : NULL;

	return p ? (struct str){ p, strnlen(p, CODE_MAX) } : STR_NONE;
}

bool
ptp_next(const struct ptp_book *b, size_t *at, struct str *c1, struct str *c2)
{
	for (; *at / L_EACH < b->n_lines; ++*at) {
		uint32_t pair = clb_32(b->lines + L_SIZE * (*at / L_EACH) + 4 * (*at % L_EACH));

		if (pair == L_EMPTY)
			continue;
		*c1 = ptp_code(b, pair >> 16);
		*c2 = ptp_code(b, pair & UINT16_MAX);
		++*at;
		return c1->n && c2->n;
	}
	return false;
}

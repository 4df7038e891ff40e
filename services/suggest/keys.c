/*
 * keys.c - the rows of the code book as keys: sets of tokens that lead to a code. Titles, index paths,
 * inclusion terms; two rows with the same words become one key, the better claim wins.
 */
#include "suggest/lexicon.h"

#include <stdlib.h>
#include <string.h>

#define WAYS_MAX	9	/* combinations of alternatives of one index path */
#define PARTS_MAX	10
#define TEXT_MAX	512	/* longer words lead to no key */
#define RIVAL		40	/* per mille: claims this close are rivals */

static const char *const shields[] = {
#define SHIELD(phrase) phrase,
#include "suggest/words.def"
};

/* Status that one word states. Other single words of a Z code are too common to mean it. */
static const char *const lone_status[] = { "homeless", "homelessness", "postmenopausal", "pacemaker" };

struct keymap {			/* 1 + key, by hash of its tokens */
	uint32_t	*slots;
	size_t		 mask;
};

struct builder {
	struct suggest	*s;
	struct arena	 a;
	struct keymap	 map;
	uint32_t	 lone_ok[8];
	size_t		 n_lone_ok;
	uint32_t	 history;
};

/* One claim of words on a code. */
struct claim {
	struct str	code;			/* absent: a shield */
	row_t		row;
	enum source	source;
	uint16_t	weight;
	bool		lead;			/* may stand as a single word */
};

static int
by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static size_t
make_set(uint32_t *v, size_t n)
{
	size_t kept = 0;

	qsort(v, n, sizeof *v, by_id);
	for (size_t i = 0; i < n; i++)
		if (!kept || v[kept - 1] != v[i])
			v[kept++] = v[i];
	return kept;
}

static size_t
set_hash(const uint32_t *v, size_t n)
{
	uint64_t h = n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ v[i]) * UINT64_C(0x9e3779b97f4a7c15), h ^= h >> 31;
	return (size_t)h;
}

static bool
map_grow(struct builder *b)
{
	const struct suggest *s = b->s;
	size_t size = b->map.slots ? (b->map.mask + 1) * 2 : 8192;
	struct keymap wider = { arena_array(&b->a, size, sizeof *wider.slots), size - 1 };

	if (!wider.slots)
		return false;
	for (size_t k = 0; k < s->n_keys; k++) {
		size_t i = set_hash(s->pool + s->keys[k].toks, s->keys[k].n) & wider.mask;

		while (wider.slots[i])
			i = (i + 1) & wider.mask;
		wider.slots[i] = (uint32_t)k + 1;
	}
	b->map = wider;
	return true;
}

/* The key of this set, new or old; NULL when memory is spent. */
static struct key *
key_of(struct builder *b, const uint32_t *v, size_t n)
{
	struct suggest *s = b->s;
	struct key *key;
	size_t i;

	if ((!b->map.slots || s->n_keys * 2 >= b->map.mask) && !map_grow(b))
		return NULL;
	for (i = set_hash(v, n) & b->map.mask; b->map.slots[i]; i = (i + 1) & b->map.mask) {
		key = &s->keys[b->map.slots[i] - 1];
		if (key->n == n && memcmp(s->pool + key->toks, v, n * sizeof *v) == 0)
			return key;
	}
	key = arena_push(&s->a, s->keys, s->n_keys);
	if (!key)
		return NULL;
	*key = (struct key){ .toks = (uint32_t)s->n_pool, .n = (uint8_t)n, .code = NO_CODE };
	for (size_t k = 0; k < n; k++) {
		uint32_t *tok = arena_push(&s->a, s->pool, s->n_pool);

		if (!tok)
			return NULL;
		*tok = v[k];
	}
	b->map.slots[i] = (uint32_t)s->n_keys;
	return key;
}

static bool
same_category(struct str a, struct str b)
{
	return a.n >= 3 && b.n >= 3 && memcmp(a.p, b.p, 3) == 0;
}

static struct str
code_of(const struct suggest *s, const struct key *key)
{
	return codebook_str(s->book, CC_ICD10CM_CODE, (row_t)key->code);
}

/* The stronger claim; of equals the shorter code, then the first. */
static bool
beats(const struct suggest *s, const struct claim *c, const struct key *key)
{
	struct str old = code_of(s, key);

	if (c->weight != key->weight)
		return c->weight > key->weight;
	if (c->code.n != old.n)
		return c->code.n < old.n;
	return str_cmp(c->code, old) < 0;
}

static void
key_claim(struct suggest *s, struct key *key, const struct claim *c)
{
	uint16_t loser;

	if (!c->code.n) {
		key->quiet = true;
		return;
	}
	if (key->code == NO_CODE) {
		key->code = (uint32_t)c->row;
		key->weight = c->weight;
		key->source = (uint8_t)c->source;
		return;
	}
	loser = c->weight < key->weight ? c->weight : key->weight;
	if (!same_category(code_of(s, key), c->code))
		key->rivals = loser + RIVAL >= (c->weight > key->weight ? c->weight : key->weight);
	if (beats(s, c, key)) {
		key->code = (uint32_t)c->row;
		key->weight = c->weight;
		key->source = (uint8_t)c->source;
	}
}

/* A single word must be a lead term, and no word of administration, no site, no number. */
static bool
lone_counts(const struct builder *b, uint32_t id, const struct claim *c)
{
	if (!c->lead || b->s->tokens[id].flags & (WORD_WEAK | WORD_NUMBER | WORD_SITE))
		return false;
	if (c->code.p[0] != 'Z')
		return true;
	for (size_t i = 0; i < b->n_lone_ok; i++)
		if (b->lone_ok[i] == id)
			return true;
	return false;
}

/* Several words: not only numbers, and for a Z code not only words of administration. */
static bool
words_count(const struct builder *b, const uint32_t *v, size_t n, const struct claim *c)
{
	if (!c->code.n)
		return true;
	if (n == 1)
		return lone_counts(b, v[0], c);
	for (size_t i = 0; i < n; i++)
		if (v[i] == b->history || !(b->s->tokens[v[i]].flags & (c->code.p[0] == 'Z' ? WORD_NUMBER | WORD_WEAK :
		    WORD_NUMBER)))
			return true;
	return false;
}

static int
text_claim(struct builder *b, struct str text, const struct claim *c)
{
	uint32_t v[KEY_TOKENS];
	size_t n = lexicon_tokens(b->s, text, v, KEY_TOKENS);
	struct key *key;

	if (n == 0 || n > KEY_TOKENS)
		return b->s->a.spent ? E_NOMEM : 0;
	n = make_set(v, n);
	if (!words_count(b, v, n, c))
		return 0;
	key = key_of(b, v, n);
	if (!key)
		return E_NOMEM;
	key_claim(b->s, key, c);
	return 0;
}

/* "Pain, not elsewhere classified": the tail is for the classifier, and "not" in it negates nothing. */
static struct str
without_tail(struct str s)
{
	static const char *const tails[] = { "not elsewhere classified", "not otherwise specified" };

	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		size_t n = strlen(tails[i]);

		if (s.n >= n && str_ieq((struct str){ s.p + s.n - n, n }, str_of(tails[i])))
			s.n -= n;
	}
	return s;
}

/* Without what stands in round or square brackets: it may be said, it need not. */
static struct str
essential(struct str text, char out[TEXT_MAX])
{
	size_t n = 0;
	int open = 0;

	if (text.n > TEXT_MAX)
		return STR_NONE;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '(' || c == '[')
			open++;
		else if ((c == ')' || c == ']') && open)
			open--;
		else if (!open)
			out[n++] = c;
	}
	return without_tail(str_trim((struct str){ out, n }));
}

static uint16_t
weight_of(uint16_t weight, struct str text)
{
	if (text_has_word(text, "other") || text_has_word(text, "nec"))
		weight = (uint16_t)(weight * 6 / 10);
	return weight;
}

/* External causes need an injury on the page, and a 7th character is attached when a header is resolved. */
static bool
is_for_scanning(struct str code)
{
	return code.n > 0 && code.n < 7 && (code.p[0] < 'V' || code.p[0] > 'Y');
}

static int
titles_add(struct builder *b)
{
	const struct codebook *book = b->s->book;
	int rc = 0;

	for (row_t i = 0; i < codebook_count(book, CS_ICD10CM) && rc >= 0; i++) {
		char room[TEXT_MAX];
		struct str text = essential(codebook_str(book, CC_ICD10CM_TITLE, i), room);
		struct claim c = { codebook_str(book, CC_ICD10CM_CODE, i), i, SRC_TITLE, weight_of(970, text), true };

		if (is_for_scanning(c.code))
			rc = text_claim(b, text, &c);
	}
	return rc;
}

/* ---- the index ---- */

struct part {
	struct str	alt[WAYS_MAX];
	size_t		n;
};

/* "Abdomen, abdominal": pieces of one or two words stand for each other. "spine, upper part of the" does not. */
static void
part_split(struct str text, struct part *out)
{
	struct str rest = text;

	out->n = 0;
	while (rest.n && out->n < WAYS_MAX) {
		struct str piece = str_trim(str_cut(&rest, ',')), words = piece;

		(void)str_cut(&words, ' ');
		(void)str_cut(&words, ' ');
		if (words.n) {
			out->n = 0;
			break;
		}
		if (piece.n)
			out->alt[out->n++] = piece;
	}
	if (out->n == 0)
		out->alt[out->n++] = text;
}

static size_t
path_split(struct str path, struct part *out)
{
	size_t n = 0;

	while (path.n && n < PARTS_MAX) {
		size_t i = 0;

		while (i + 1 < path.n && !(path.p[i] == ';' && path.p[i + 1] == ' '))
			i++;
		if (i + 1 >= path.n)
			i = path.n;
		part_split(str_trim((struct str){ path.p, i }), &out[n++]);
		i += i < path.n ? 2 : 0;
		path.p += i;
		path.n -= i;
	}
	return path.n ? 0 : n;
}

/* The way'th combination of alternatives as one text; absent when there are no more. */
static struct str
way_text(const struct part *parts, size_t n, size_t way, char out[TEXT_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		struct str s = parts[i].alt[way % parts[i].n];

		way /= parts[i].n;
		if (len + s.n + 1 > TEXT_MAX)
			return STR_NONE;
		memcpy(out + len, s.p, s.n);
		len += s.n;
		out[len++] = ' ';
	}
	return way ? STR_NONE : (struct str){ out, len };
}

static bool
is_inclusion(const struct codebook *book, row_t row)
{
	return codebook_int(book, CC_INDEX_ORIGIN, row) == ORIGIN_INCLUSION;
}

static int
index_row_add(struct builder *b, row_t row)
{
	const struct codebook *book = b->s->book;
	bool inclusion = is_inclusion(book, row), see = codebook_int(book, CC_INDEX_SEE, row) == 1;
	int64_t depth = codebook_int(book, CC_INDEX_DEPTH, row);
	char room[TEXT_MAX], text[TEXT_MAX];
	struct str path = essential(codebook_str(book, CC_INDEX_WORDS, row), room), one;
	struct part parts[PARTS_MAX];
	size_t n = inclusion ? 0 : path_split(path, parts);
	struct claim c = { codebook_str(book, CC_INDEX_CODE, row), ROW_NONE, inclusion ? SRC_INCLUSION : SRC_INDEX,
	    inclusion ? 950 : see ? 850 : 1000, inclusion || (depth == 0 && !see) };
	int rc = 0;

	c.row = codebook_find(book, CS_ICD10CM, c.code, DAY_NONE);
	if (c.row == ROW_NONE || !is_for_scanning(c.code) || path.n == 0 || (see && depth > 1))
		return 0;
	c.weight = weight_of(c.weight, path);
	if (inclusion)
		return text_claim(b, path, &c);
	for (size_t way = 0; way < WAYS_MAX && rc >= 0; way++) {
		one = n ? way_text(parts, n, way, text) : STR_NONE;
		if (!one.n)
			break;
		rc = text_claim(b, one, &c);
	}
	return rc;
}

/* "see condition": the index says that the word is a site or an adjective. */
static int
sites_mark(struct builder *b)
{
	const struct codebook *book = b->s->book;

	for (row_t i = 0; i < codebook_count(book, CS_INDEX); i++) {
		char room[TEXT_MAX];
		struct part part;

		if (codebook_str(book, CC_INDEX_CODE, i).n || is_inclusion(book, i))
			continue;
		part_split(essential(codebook_str(book, CC_INDEX_WORDS, i), room), &part);
		for (size_t k = 0; k < part.n; k++) {
			uint32_t id;

			if (lexicon_tokens(b->s, part.alt[k], &id, 1) == 1)
				b->s->tokens[id].flags |= WORD_SITE;
		}
	}
	return b->s->a.spent ? E_NOMEM : 0;
}

static bool
same_entry(const struct codebook *book, row_t x, row_t y)
{
	return str_eq(codebook_str(book, CC_INDEX_CODE, x), codebook_str(book, CC_INDEX_CODE, y)) &&
	    str_eq(codebook_str(book, CC_INDEX_WORDS, x), codebook_str(book, CC_INDEX_WORDS, y));
}

/* The tables of neoplasms and of drugs are no wording of notes: NO_WAY. */
enum { NO_WAY = 4 };
static int
indirectness(const struct codebook *book, row_t row)
{
	if (codebook_int(book, CC_INDEX_ORIGIN, row) > ORIGIN_EXTERNAL)
		return NO_WAY;
	return 2 * (codebook_int(book, CC_INDEX_SEE, row) == 1) + is_inclusion(book, row);
}

/* Where the same words lead to the same code by several ways, only the most direct one claims them. */
static int
index_add(struct builder *b)
{
	const struct codebook *book = b->s->book;
	row_t n = codebook_count(book, CS_INDEX), next;
	int rc = 0;

	for (row_t i = 0; i < n && rc >= 0; i = next) {
		row_t best = i;

		for (next = i + 1; next < n && same_entry(book, i, next); next++)
			if (indirectness(book, next) < indirectness(book, best))
				best = next;
		if (codebook_str(book, CC_INDEX_CODE, i).n && indirectness(book, best) < NO_WAY)
			rc = index_row_add(b, best);
	}
	return rc;
}

static int
shields_add(struct builder *b)
{
	struct claim c = { STR_NONE, ROW_NONE, SRC_TITLE, 0, false };
	int rc = 0;

	for (size_t i = 0; i < sizeof shields / sizeof *shields && rc >= 0; i++)
		rc = text_claim(b, str_of(shields[i]), &c);
	return rc;
}

/* ---- weights and anchors ---- */

/* 16 times the binary logarithm, by its integer part and a straight line between. */
static uint16_t
log2_16(size_t x)
{
	unsigned k = 0;

	while (x >> (k + 1))
		k++;
	return (uint16_t)(k * 16 + (((x - ((size_t)1 << k)) * 16) >> k));
}

static uint32_t
rarest(const struct suggest *s, const struct key *key)
{
	uint32_t best = s->pool[key->toks];

	for (size_t i = 1; i < key->n; i++)
		if (s->tokens[s->pool[key->toks + i]].n_keys < s->tokens[best].n_keys)
			best = s->pool[key->toks + i];
	return best;
}

static void
weigh(struct suggest *s)
{
	for (size_t k = 0; k < s->n_keys; k++)
		for (size_t i = 0; i < s->keys[k].n; i++)
			s->tokens[s->pool[s->keys[k].toks + i]].n_keys++;
	for (size_t k = 0; k < s->n_keys; k++) {
		struct key *key = &s->keys[k];
		unsigned sum = 0;

		for (size_t i = 0; i < key->n; i++) {
			const struct token *t = &s->tokens[s->pool[key->toks + i]];

			sum += log2_16(s->n_keys * 2 / (t->n_keys ? t->n_keys : 1));
			key->number |= (t->flags & WORD_NUMBER) != 0;
		}
		key->idf = (uint16_t)sum;
	}
}

static int
anchor(struct suggest *s)
{
	s->anchor_at = arena_array(&s->a, s->n_tokens + 2, sizeof *s->anchor_at);
	s->anchors = arena_array(&s->a, s->n_keys + 1, sizeof *s->anchors);
	if (!s->anchor_at || !s->anchors)
		return E_NOMEM;
	for (size_t k = 0; k < s->n_keys; k++)
		s->anchor_at[rarest(s, &s->keys[k]) + 2]++;
	for (size_t t = 2; t < s->n_tokens + 2; t++)
		s->anchor_at[t] += s->anchor_at[t - 1];
	for (size_t k = 0; k < s->n_keys; k++)
		s->anchors[s->anchor_at[rarest(s, &s->keys[k]) + 1]++] = (uint32_t)k;
	return 0;
}

int
lexicon_keys(struct suggest *s)
{
	struct builder b = { .s = s };
	int rc;

	arena_init(&b.a, (size_t)1 << 30);
	for (size_t i = 0; i < sizeof lone_status / sizeof *lone_status; i++)
		b.lone_ok[b.n_lone_ok++] = lexicon_intern(s, lone_status[i], strlen(lone_status[i]));
	b.history = lexicon_intern(s, "history", 7);
	rc = sites_mark(&b);
	rc = rc < 0 ? rc : titles_add(&b);
	rc = rc < 0 ? rc : index_add(&b);
	rc = rc < 0 ? rc : shields_add(&b);
	arena_free(&b.a);
	if (rc < 0)
		return rc;
	weigh(s);
	return anchor(s);
}

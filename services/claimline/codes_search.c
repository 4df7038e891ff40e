/*
 * codes_search.c - codes search: codes whose title, or an entry of the index that leads to them, has every word.
 * A word fits where one begins with it, accents or not. Shorter texts come first: they say less beside what was asked.
 * One word that is itself a code finds that first.
 */
#include "claimline/codes.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX	16

struct hit {
	enum code_set	set;
	struct str	code, title, via;	/* via: the entry of the index, or none */
	row_t		row;
	bool		billable, is_code;	/* is_code: it is what was asked for */
};

struct search {
	struct cli		*c;
	const struct codebook	*cb;
	struct str		 word[WORDS_MAX];
	size_t			 n_words;
	struct str		 code;		/* the one word, as a code; or none */
	struct buf		 folded;	/* room for one text */
	day_t			 day;
	const char		*table;
	struct hit		*hits;
	size_t			 n_hits;
};

static char
lower(char ch)
{
	return ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
}

/* Latin-1 letters, U+00C0 to U+00FF, as plain ones; 0 = no letter. The publishers use no others. */
static const char latin[] =
    "aaaaaaaceeeeiiii" "dnooooo\0ouuuuyts" "aaaaaaaceeeeiiii" "dnooooo\0ouuuuyty";

/* Lower case without accents, letter for letter: the words asked for, and the texts that have any. */
static struct str
fold(struct buf *room, struct str s)
{
	room->n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i], next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;

		if (c == 0xc3 && next >= 0x80 && next < 0xc0 && latin[next - 0x80]) {
			buf_ch(room, latin[next - 0x80]);
			i++;
		} else if ((c == 0xcc && next >= 0x80) || (c == 0xcd && next >= 0x80 && next < 0xb0)) {
			i++;				/* an accent that stands by itself */
		} else {
			buf_ch(room, lower((char)c));
		}
	}
	return buf_view(room);
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static bool
is_inside(char ch)
{
	return (lower(ch) >= 'a' && lower(ch) <= 'z') || (ch >= '0' && ch <= '9');
}

static bool
has_word(struct str text, struct str word)
{
	for (size_t i = 0; i + word.n <= text.n; i++) {
		size_t k = 0;

		if (i && is_inside(text.p[i - 1]))
			continue;
		while (k < word.n && lower(text.p[i + k]) == word.p[k])
			k++;
		if (k == word.n)
			return true;
	}
	return false;
}

static bool
has_all(struct search *s, struct str text)
{
	if (!is_plain(text))
		text = fold(&s->folded, text);
	for (size_t i = 0; i < s->n_words; i++)
		if (!has_word(text, s->word[i]))
			return false;
	return text.n > 0;
}

static void
hit_add(struct search *s, enum code_set set, row_t row, struct str via, bool is_code)
{
	struct code_row r = codebook_row(s->cb, set, row);
	struct hit *h = r.code.n ? arena_push(&s->c->a, s->hits, s->n_hits) : NULL;

	if (h)
		*h = (struct hit){ set, r.code, r.title, via, row, r.billable, is_code };
}

static void
titles(struct search *s, enum code_set set)
{
	row_t end, row;

	if (!code_set_is_titled(set) || (s->table && strcmp(s->table, code_sets[set].name) != 0))
		return;
	for (row = 0; row < codebook_count(s->cb, set); row++)
		if (codebook_in_force(s->cb, set, row, s->day) && has_all(s, codebook_str(s->cb, code_sets[set].first + 1, row)))
			hit_add(s, set, row, STR_NONE, false);
	row = s->code.n ? codebook_of(s->cb, set, s->code, &end) : ROW_NONE;
	for (; row != ROW_NONE && row < end; row++)
		if (codebook_in_force(s->cb, set, row, s->day))
			hit_add(s, set, row, STR_NONE, true);
}

static void
index_words(struct search *s)
{
	if (s->table && strcmp(s->table, "index") != 0 && strcmp(s->table, "icd10cm") != 0)
		return;
	for (row_t row = 0; row < codebook_count(s->cb, CS_INDEX); row++) {
		struct str words = codebook_str(s->cb, CC_INDEX_WORDS, row), code = codebook_str(s->cb, CC_INDEX_CODE, row);

		if (code.n && codebook_in_force(s->cb, CS_INDEX, row, s->day) && has_all(s, words))
			hit_add(s, CS_ICD10CM, codebook_find(s->cb, CS_ICD10CM, code, s->day), words, false);
	}
}

/* One line a code: the title if it fits, else the shortest entry. */
static int
by_code(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;

	if (a->set != b->set)
		return a->set < b->set ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	if (a->is_code != b->is_code)
		return a->is_code ? -1 : 1;
	return (a->via.n > b->via.n) - (a->via.n < b->via.n);
}

static size_t
length(const struct hit *h)
{
	return h->is_code ? 0 : h->via.n ? h->via.n + 1 : h->title.n;
}

static int
by_length(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;

	if (length(a) != length(b))
		return length(a) < length(b) ? -1 : 1;
	return by_code(x, y);
}

static void
rank(struct search *s)
{
	size_t n = 0;

	if (!s->n_hits)
		return;
	qsort(s->hits, s->n_hits, sizeof *s->hits, by_code);
	for (size_t i = 0; i < s->n_hits; i++)
		if (!n || s->hits[i].set != s->hits[n - 1].set || s->hits[i].row != s->hits[n - 1].row)
			s->hits[n++] = s->hits[i];
	s->n_hits = n;
	qsort(s->hits, n, sizeof *s->hits, by_length);
}

static int
put_json(struct search *s, size_t limit)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_hits && i < limit; i++)
		(void)json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:b, s:o}", "table", code_sets[s->hits[i].set].name,
		    "code", cli_json_str(s->hits[i].code), "title", cli_json_str(s->hits[i].title),
		    "billable", s->hits[i].billable,
		    "by", s->hits[i].via.n ? cli_json_str(s->hits[i].via) : json_null()));
	return cli_put_json(json_pack("{s:o, s:o, s:I, s:o}", "book", cli_json_str(codebook_id(s->cb)),
	    "date", codes_day_json(s->day),
	    "found", (json_int_t)s->n_hits, "codes", list));
}

static void
put(struct search *s, size_t limit)
{
	static const struct ui_col cols[] = { { "table", false, false }, { "code", false, false }, { "title", false, true } };
	struct ui_table t;
	struct buf b;

	ui_table_init(&t, &s->c->a, cols, sizeof cols / sizeof *cols);
	for (size_t i = 0; i < s->n_hits && i < limit; i++) {
		const struct hit *h = &s->hits[i];

		ui_cell(&t, str_of(code_sets[h->set].name));
		ui_cell(&t, h->code);
		ui_cell(&t, arena_fmt(&s->c->a, "%s" STR_FMT "%s" STR_FMT "%s", h->billable ? "" : "(header) ", STR_ARG(h->title),
		    h->via.n ? "  [" : "", STR_ARG(h->via), h->via.n ? "]" : ""));
	}
	buf_init(&b, &s->c->a);
	ui_table_put(&t, &s->c->ui, &b);
	if (s->n_hits > limit)
		buf_fmt(&b, "%zu more; --limit shows them\n", s->n_hits - limit);
	cli_put(&b);
}

static int
words_read(struct search *s)
{
	for (int i = 0; i < s->c->argc; i++) {
		struct str rest = arena_str(&s->c->a, fold(&s->folded, str_of(s->c->argv[i])));

		while (rest.n) {
			struct str word = str_trim(str_cut(&rest, ' '));

			if (word.n && s->n_words == WORDS_MAX)
				return cli_usage(s->c, "more than 16 words");
			if (word.n)
				s->word[s->n_words++] = word;
		}
	}
	if (s->n_words == 1)
		s->code = codes_bare(&s->c->a, arena_str(&s->c->a, s->word[0]).p);
	return s->n_words ? CLI_OK : cli_usage(s->c, "search wants words");
}

static bool
is_searched(const char *table)
{
	bool is = !table || strcmp(table, "index") == 0;

	for (int i = 0; i < CS_COUNT && !is; i++)
		is = code_set_is_titled((enum code_set)i) && strcmp(table, code_sets[i].name) == 0;
	return is;
}

static int
options_read(struct search *s, int64_t *limit)
{
	int rc = codes_table(s->c, &s->table);

	if (rc != CLI_OK)
		return rc;
	if (!is_searched(s->table))
		return cli_usage(s->c, "that table has no titles to search; show CODE tells what it has");
	if (opt_int(&s->c->opts, "limit", 20, (int64_t[]){ 1, 1000000 }, limit) < 0)
		return cli_usage(s->c, "--limit wants a number from 1");
	return codes_day(s->c, &s->day);
}

int
codes_search(struct cli *c)
{
	struct search s = { .c = c };
	struct book b;
	int64_t limit;
	int rc;

	buf_init(&s.folded, &c->a);
	rc = words_read(&s);
	if (rc == CLI_OK)
		rc = options_read(&s, &limit);
	if (rc == CLI_OK)
		rc = codes_open(c, &b);
	if (rc != CLI_OK)
		return rc;
	s.cb = b.cb;
	for (int i = 0; i < CS_COUNT; i++)
		titles(&s, (enum code_set)i);
	index_words(&s);
	rank(&s);
	if (cli_wants_json(c))
		rc = put_json(&s, (size_t)limit);
	else if (s.n_hits)
		put(&s, (size_t)limit);
	if (!s.n_hits)
		rc = cli_wants_json(c) ? (rc == CLI_OK ? CLI_NO : rc) :
		    cli_fail(c, CLI_NO, "no title and no index entry has all of these words");
	book_close(&b);
	return rc;
}

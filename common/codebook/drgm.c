/*
 * drgm.c - what the readers of the manuals share: versions and their days, ranges of DRGs, lines of codes.
 *
 * The day of a version is worked out, not looked up among the files: the same files must give the same book in
 * whatever order they come. Version N.0 is of October of the year N + 1982, N.1 of the April after.
 */
#include "codebook/drg.h"

#define ALIVE_MAX	1000	/* there are eight: each is looked for among all */

static bool
is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool
is_digit(struct str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

/* The first "v43.1", "v_43_1", "Version 43.1" in it: 431; 0: none. */
static int
version_of(struct str s)
{
	for (size_t i = 0; i + 3 <= s.n; i++) {
		size_t at = i + 1;
		int v;

		if ((s.p[i] | 32) != 'v' || (i && is_letter(s.p[i - 1])))
			continue;
		if (at + 6 < s.n && str_ieq((struct str){ s.p + at, 6 }, S("ersion")))
			at += 6;
		at += at < s.n && (s.p[at] == ' ' || s.p[at] == '_' || s.p[at] == '.');
		if (!is_digit(s, at) || !is_digit(s, at + 1) || (is_digit(s, at + 2) && is_digit(s, at + 3)))
			continue;
		v = ((s.p[at] - '0') * 10 + (s.p[at + 1] - '0')) * 10;
		at += 2;
		at += at < s.n && (s.p[at] == '.' || s.p[at] == '_');
		if (is_digit(s, at) && !is_digit(s, at + 1))
			v += s.p[at] - '0';
		return v;
	}
	return 0;
}

day_t
cb_drg_version_day(int version)
{
	int n = version / 10;

	if (n < 33)
		return DAY_NONE;
	return version % 10 == 0 ? day_of(n + 1982, 10, 1) : version % 10 == 1 ? day_of(n + 1983, 4, 1) : DAY_NONE;
}

int
cb_drg_release(struct cb_in *in, struct str head)
{
	struct str path = in->path;
	int version = version_of(head);

	while (!version && path.n) {
		size_t cut = path.n;

		while (cut && path.p[cut - 1] != '/')
			cut--;
		version = version_of((struct str){ path.p + cut, path.n - cut });
		path.n = cut ? cut - 1 : 0;
	}
	in->release = cb_drg_version_day(version);
	if (!version)
		return cb_fault(in, E_INCOMPLETE, 0, 0, "neither title nor name nor folder has a version, such as v43.1");
	if (in->release == DAY_NONE)
		return cb_fault(in, E_UNSUPPORTED, 0, 0,
		    "only versions of October (v43.0) and April (v43.1) have a known first day");
	return 0;
}

struct str
cb_drg_head(struct str bytes)
{
	struct str rest = bytes;

	for (int i = 0; i < 3 && rest.n; i++)
		(void)str_cut(&rest, '\n');
	return (struct str){ bytes.p, bytes.n - rest.n };
}

bool
cb_drg_range(struct str s, int64_t *first, int64_t *last)
{
	struct str rest = str_trim(s), one = str_cut(&rest, '-');

	if (one.n != 3 || !is_digit(one, 0) || !str_to_int(one, first))
		return false;
	*last = *first;
	return s.n && (rest.n == 0 ? one.n == str_trim(s).n : rest.n == 3 && is_digit(rest, 0) && str_to_int(rest, last) &&
	    *last >= *first);
}

bool
cb_drg_mdc(struct str s, int64_t *mdc)
{
	*mdc = str_ieq(s, S("Pre")) ? 0 : CELL_NONE;
	return s.n == 0 || *mdc == 0 || (s.n == 2 && is_digit(s, 0) && str_to_int(s, mdc));
}

size_t
cb_drg_column(struct str line, const char *word)
{
	struct str w = str_of(word);

	for (size_t i = 0; i + w.n <= line.n; i++)
		if (memcmp(line.p + i, w.p, w.n) == 0)
			return i + 1;
	return 0;
}

struct str
cb_drg_word(struct str *rest)
{
	size_t from = 0, to;

	while (from < rest->n && rest->p[from] == ' ')
		from++;
	to = from;
	while (to < rest->n && rest->p[to] != ' ')
		to++;

	struct str word = { rest->p + from, to - from };

	*rest = (struct str){ rest->p + to, rest->n - to };
	return word;
}

int
cb_drg_level(struct str word)
{
	return str_is(word, "MCC") ? 2 : str_is(word, "CC") ? 1 : 0;
}

int
cb_drg_alive(struct cb_in *in, size_t from, int64_t code, size_t line)
{
	const struct cb_table *t = &in->b->tables[CS_DRGM_CC];
	size_t marked = 0;

	for (size_t i = from; i < t->n; i++) {
		struct cb_row *row = cb_row_at(t, i);
		int64_t *alive = &row->c[CB_CELL(CC_DRGM_CC_ALIVE)];

		marked += *alive == 1;
		if (row->c[CB_CELL(CC_DRGM_CC_CODE)] == code && *alive != 1) {
			*alive = 1;
			return marked < ALIVE_MAX ? 1 : cb_fault(in, E_LIMIT, line, 1, "more codes than part 2 can have");
		}
	}
	return cb_fault(in, E_CONFLICT, line, 3, "the code is not in part 1, or here twice");
}

/* Lists are indented; the lists of non-O.R. procedures of some chapters are not, but have the asterisk. */
bool
cb_drg_code_line(struct str line, struct cb_drg_line *out)
{
	struct str rest = line, word = cb_drg_word(&rest);
	bool indented = line.n > 2 && line.p[0] == ' ' && line.p[1] == ' ';

	*out = (struct cb_drg_line){ 0 };
	if (indented && str_is(word, "and")) {
		out->goes_on = true;
		word = cb_drg_word(&rest);
	}
	if (word.n && word.p[word.n - 1] == '*') {
		out->nonor = true;
		word.n--;
	}
	out->code = word;
	out->title = str_trim(rest);
	return word.n >= 3 && word.n <= 7 && cb_code_plain(word) && (indented || (out->nonor && word.n == 7));
}

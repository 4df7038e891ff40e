/* kinds.c - which file is which, by content and name, and of which release, by name and folder. */
#include "codebook/cb.h"

#include <openssl/sha.h>
#include <string.h>

static const struct cb_kind *const families[] = { cb_kinds_pcs, cb_kinds_icd, cb_kinds_drg, cb_kinds_ncci, cb_kinds_payment,
    cb_kinds_list };

/* All words of the pattern, parted by blanks, are in the name; after ! it must not be. */
static bool
name_has(struct str name, const char *pattern)
{
	while (*pattern) {
		char word[64];
		size_t n = strcspn(pattern, " "), skip = *pattern == '!';

		must(n < sizeof word);
		memcpy(word, pattern + skip, n - skip);
		word[n - skip] = 0;
		if (cb_has(name, word) == (skip != 0))
			return false;
		pattern += n + (pattern[n] == ' ');
	}
	return true;
}

static const struct cb_kind *
kind_of(struct str name, struct str bytes)
{
	for (size_t f = 0; f < sizeof families / sizeof *families; f++)
		for (const struct cb_kind *k = families[f]; k->read; k++)
			if (name_has(name, k->name) && (!k->looks || k->looks(bytes)))
				return k;
	return NULL;
}

/* A name we know with content we do not. */
static const struct cb_kind *
kind_by_name(struct str name)
{
	for (size_t f = 0; f < sizeof families / sizeof *families; f++)
		for (const struct cb_kind *k = families[f]; k->read; k++)
			if (name_has(name, k->name) && strlen(k->name) >= 8 && !cb_has(name, ".pdf") && !cb_has(name, ".doc") &&
			    !cb_has(name, ".xls") && !cb_has(name, ".xsd"))
				return k;
	return NULL;
}

/* ---- releases ---- */

static bool
is_digit(struct str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static int
number(struct str s, size_t at, size_t n)
{
	int v = 0;

	for (size_t i = at; i < at + n; i++) {
		if (!is_digit(s, i))
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

static bool
is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* The month a run of letters names, by three of them or more ("oct", "Sept"): "marked" and "Novitas" are none. */
static int
month_of(struct str word)
{
	static const char *const months[] = { "january", "february", "march", "april", "may", "june", "july",
	    "august", "september",
	    "october", "november", "december" };

	for (int i = 0; i < 12 && word.n >= 3; i++)
		if (word.n <= strlen(months[i]) && str_ieq(word, (struct str){ months[i], word.n }))
			return i + 1;
	return 0;
}

static struct str
letters_at(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && is_letter(s.p[at + n]))
		n++;
	return (struct str){ s.p + at, n };
}

static int
month_word(struct str s)
{
	int month = 0;

	for (size_t at = 0; at < s.n && !month; at++) {
		struct str word = letters_at(s, at);

		month = month_of(word);
		at += word.n;
	}
	return month;
}

#define DAY_WRONG	(DAY_NONE + 1)	/* written as a day, and in no calendar: 02-30-2026 */

static day_t
day_or_wrong(int year, int month, int day)
{
	day_t d = month >= 1 && month <= 12 && day > 0 ? day_of(year, month, day) : DAY_NONE;

	return d == DAY_NONE ? DAY_WRONG : d;
}

/* Month-D-CCYY here; DAY_NONE: it is none. */
static day_t
worded_day_at(struct str s, size_t at)
{
	struct str word = letters_at(s, at);
	int month = at && is_letter(s.p[at - 1]) ? 0 : month_of(word);
	size_t day = at + word.n + 1, n = 0;

	while (n < 2 && is_digit(s, day + n))
		n++;
	if (!month || !n || s.p[day - 1] != '-' || day + n >= s.n || s.p[day + n] != '-' || number(s, day + n + 1, 4) < 1900 ||
	    is_digit(s, day + n + 5))
		return DAY_NONE;
	return number(s, day + n + 1, 4) >= 2200 ? DAY_NONE : day_or_wrong(number(s, day + n + 1, 4), month, number(s, day, n));
}

/* MM-DD-CCYY, CCYY-MM, or Month-D-CCYY anywhere in it. */
static day_t
day_in(struct str s)
{
	for (size_t i = 0; i + 7 <= s.n; i++) {
		int m = number(s, i, 2), y = number(s, i + 6, 4);
		bool edge = i == 0 || !is_digit(s, i - 1);
		day_t worded = worded_day_at(s, i);

		if (worded != DAY_NONE)
			return worded;
		if (edge && i + 10 <= s.n && s.p[i + 2] == '-' && s.p[i + 5] == '-' && m >= 0 && y > 1900 && y < 2200 &&
		    number(s, i + 3, 2) >= 0 && !is_digit(s, i + 10))
			return day_or_wrong(y, m, number(s, i + 3, 2));
		y = number(s, i, 4);
		m = number(s, i + 5, 2);
		if (edge && y > 1900 && y < 2200 && s.p[i + 4] == '-' && m >= 1 && m <= 12 && !is_digit(s, i + 7))
			return day_of(y, m, 1);
	}
	return DAY_NONE;
}

/* A year of four digits, or of two behind a letter ("RVU25", "FY26"); 0 = none. The 10 of "icd10cm" is none, nor "v43". */
static int
year_in(struct str s)
{
	for (size_t i = 0; i + 4 <= s.n; i++) {
		int y = number(s, i, 4);

		if (y >= 2010 && y < 2200 && (i == 0 || !is_digit(s, i - 1)) && !is_digit(s, i + 4))
			return y;
	}
	for (size_t i = 0; i + 2 <= s.n; i++) {
		int y = number(s, i, 2);

		if (y > 10 && y < 80 && (i == 0 || (!is_digit(s, i - 1) && (i == 1 || !is_digit(s, i - 2)))) &&
		    !is_digit(s, i + 2) && (i == 0 || ((s.p[i - 1] | 32) >= 'a' && (s.p[i - 1] | 32) != 'v')))
			return 2000 + y;
	}
	return 0;
}

/* A year of ICD-10 begins in October before. */
static bool
is_of_year(enum cb_release how, day_t day, int year)
{
	return how == REL_FISCAL ? day >= day_of(year - 1, 10, 1) && day < day_of(year, 10, 1) :
	    day >= day_of(year, 1, 1) && day <= day_of(year, 12, 31);
}

/* The last part of a path, which is left without it. */
static struct str
part_take(struct str *path)
{
	size_t folder = cb_folder(*path).n;
	struct str part = { path->p + folder, path->n - folder };

	path->n = folder ? folder - 1 : 0;
	return part;
}

static struct str
base_name(struct str path)
{
	return part_take(&path);
}

/*
 * The name and the folders above it, nearest first: the first that tells a thing counts. The day of a folder says more
 * than the year of the name, as of the April files, whose names are those of October, but only when it lies in that year.
 */
day_t
cb_release(enum cb_release how, struct str path)
{
	int year = 0, month = 0;

	for (int up = 0; up < 4 && path.n; up++) {
		struct str part = part_take(&path);
		day_t day = day_in(part);

		if (day != DAY_NONE && day != DAY_WRONG && (!year || (!month && is_of_year(how, day, year))))
			return day;
		if (!month)
			month = month_word(part);
		if (!year)
			year = year_in(part);
		if (year && month)
			break;
	}
	if (!year)
		return DAY_NONE;
	if (how == REL_FISCAL)
		return month && month < 10 ? day_of(year, month, 1) : day_of(year - 1, 10, 1);
	return day_of(year, month ? month : 1, 1);
}

/* Name or folder has a day in no calendar: whoever wrote it meant another one, and a guess would date the file wrongly. */
static bool
has_wrong_day(struct str path)
{
	bool wrong = false;

	for (int up = 0; up < 4 && path.n; up++)
		wrong |= day_in(part_take(&path)) == DAY_WRONG;
	return wrong;
}

/* The other file of the folder that has the month of this name. 0: none. < 0: two, of different years. */
static int
folder_year(const struct cb_build *b, const struct cb_source *s, int month)
{
	int year = 0;

	for (size_t i = 0; i < b->n_sources; i++) {
		const struct cb_source *o = &b->sources[i];
		int y, m, d;

		if (o->by_folder || o->release == DAY_NONE || !str_eq(cb_folder(o->path), cb_folder(s->path)))
			continue;
		day_parts(o->release, &y, &m, &d);
		if (m == month && year && year != y)
			return -1;
		if (m == month)
			year = y;
	}
	return year;
}

int
cb_releases_settle(struct cb_build *b, struct faults *f)
{
	for (size_t i = 0; i < b->n_sources; i++) {
		struct cb_source *s = &b->sources[i];
		struct cb_in in = { .b = b, .path = s->path, .faults = f };
		int month = s->by_folder ? month_word(base_name(s->path)) : 0;
		int year = month ? folder_year(b, s, month) : 0;

		if (s->by_folder && year <= 0)
			return cb_fault(&in, E_INCOMPLETE, 0, 0, year < 0 ?
			    "the name has a month and no year, and files of that month in its folder are of different years" :
			    "neither name nor folder has a year, and no other file of the folder tells it; put it into the name");
		if (s->by_folder)
			s->release = day_of(year, month, 1);
	}
	return 0;
}

/* ---- adding a file ---- */

static struct str
sha_of(struct arena *a, struct str bytes)
{
	unsigned char sha[SHA256_DIGEST_LENGTH];
	struct buf b;

	(void)SHA256((const unsigned char *)bytes.p, bytes.n, sha);
	buf_init(&b, a);
	buf_hex(&b, sha, sizeof sha);
	return buf_view(&b);
}

/* What a file must not be, whoever reads it. */
static int
bytes_check(const struct cb_in *in)
{
	const struct str *b = &in->bytes;

	if (b->n > INT32_MAX)
		return cb_fault(in, E_LIMIT, 0, 0, "the file is larger than 2 GB");
	if (str_starts(*b, S("PK\3\4")))
		return cb_fault(in, E_UNSUPPORTED, 1, 1,
		    "this is a zip archive or a spreadsheet (.xlsx) under the name of a text file; give it its own ending");
	if (str_starts(*b, S("\xff\xfe")) || str_starts(*b, S("\xfe\xff")))
		return cb_fault(in, E_UNSUPPORTED, 1, 1, "this is UTF-16; save the file as UTF-8 or as it was published");
	return 0;
}

/*
 * What is published ends with a line end, so a file without one was cut, maybe within its last number. XML tells by
 * itself; lists are written by anyone; one file of the old editor's simple edits came without.
 */
static int
end_check(const struct cb_in *in, const struct cb_kind *kind)
{
	struct str all = in->bytes, last;
	const char *nl = all.n ? memrchr(all.p, '\n', all.n) : NULL;
	size_t line = 1;

	if (strcmp(kind->id, "list") == 0 || strcmp(kind->id, "partial") == 0 || strcmp(kind->id, "mcem_simple") == 0 ||
	    str_starts(str_trim(all), S("<")))
		return 0;
	last = nl ? (struct str){ nl + 1, all.n - (size_t)(nl + 1 - all.p) } : all;
	if (str_trim(last).n == 0 || last.p[0] == 0x1a)
		return 0;
	for (size_t i = 0; i < all.n - last.n; i++)
		line += all.p[i] == '\n';
	return cb_fault(in, E_MALFORMED, line, last.n + 1, "the last line has no end, so the file was cut");
}

/* 1: the very file is in already, as when a folder is given twice. */
static int
source_add(struct cb_in *in, const struct cb_kind *kind, struct str published)
{
	struct str sha = sha_of(&in->b->a, published);
	struct cb_source *s;

	for (size_t i = 0; i < in->b->n_sources; i++) {
		if (!str_eq(in->b->sources[i].path, in->path))
			continue;
		in->source = (uint16_t)i;
		return str_eq(in->b->sources[i].sha, sha) ? 1 : cb_fault(in, E_DUPLICATE, 0, 0,
		    "another file of such a folder and name is in the book already; rename one of the folders");
	}
	if (in->b->n_sources >= UINT16_MAX - 1)
		return cb_fault(in, E_LIMIT, 0, 0, "more files than a book may be made of");
	s = arena_push(&in->b->a, in->b->sources, in->b->n_sources);
	if (!s)
		return E_NOMEM;
	*s = (struct cb_source){ .path = arena_str(&in->b->a, in->path), .kind = str_of(kind->id), .release = in->release,
	    .stream = str_of(kind->stream ? kind->stream : kind->id), .sha = sha,
	    .addenda = kind->addenda, .reaches_back = kind->release == REL_FISCAL };
	if (kind->set < CS_COUNT)
		s->fills[kind->set] = true;
	in->source = (uint16_t)(in->b->n_sources - 1);
	return 0;
}

int
cb_build_add(struct cb_build *b, struct str path, struct str bytes, struct faults *faults)
{
	struct cb_in in = { .b = b, .path = path, .name = base_name(path), .bytes = bytes, .faults = faults,
	    .release = DAY_NONE };
	const struct cb_kind *kind;
	size_t before = faults->n, whole;
	int rc;

	must(!b->finished);
	if (str_starts(bytes, S("\xef\xbb\xbf")))
		in.bytes = (struct str){ bytes.p + 3, bytes.n - 3 };
	kind = kind_of(in.name, in.bytes);
	if (!kind) {
		kind = kind_by_name(in.name);
		rc = kind ? bytes_check(&in) : E_UNSUPPORTED;
		return rc < 0 ? rc : cb_fault_str(&in, E_MALFORMED, 1, 1, arena_fmt(faults->a,
		    "the name says %s, but the first lines are not of that format", kind->id));
	}
	rc = bytes_check(&in);
	if (rc == 0 && (kind->release == REL_FISCAL || kind->release == REL_CALENDAR || kind->release == REL_FOLDER)) {
		in.release = cb_release(kind->release, path);
		if (in.release == DAY_NONE && kind->release != REL_FOLDER && !has_wrong_day(path))
			rc = cb_fault(&in, E_INCOMPLETE, 0, 0,
			    "neither name nor folder has a year, so the release is unknown; put it into the name");
	}
	if (rc == 0 && kind->release != REL_NONE && has_wrong_day(path))
		rc = cb_fault(&in, E_VALUE, 0, 0,
		    "name or folder has a day that is in no calendar, such as 02-30-2026; rename it");
	if (rc == 0)
		rc = source_add(&in, kind, bytes);
	if (rc != 0)
		return rc < 0 ? rc : (int)b->sources[in.source].rows;
	whole = in.source;
	rc = kind->read(&in);
	b->sources[whole].release = in.release;
	b->sources[whole].by_folder = kind->release == REL_FOLDER && in.release == DAY_NONE;
	b->sources[whole].rows = rc > 0 ? (size_t)rc : 0;
	if (rc >= 0 && faults->n == before)
		(void)end_check(&in, kind);
	if (rc >= 0 && faults->n > before)
		rc = faults->v[before].rc;
	if (rc == 0 && !kind->addenda && kind->set != CS_COUNT)
		rc = cb_fault(&in, E_MALFORMED, 0, 0, "no record of the file could be read");
	return b->a.spent ? E_NOMEM : rc;
}

/* cmd_codes.c - codes: the code book made, listed, asked and compared. Each word has a file codes_*.c. */
#include "claimline/cell.h"
#include "claimline/codes.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int
codes_map(struct cli *c, const char *path, struct book *b)
{
	const char *why;
	int rc = book_map(path, true, b, &why);

	return rc < 0 ? cli_fail(c, rc == E_NOT_FOUND ? CLI_NO_INPUT : CLI_DATA, "%s: %s", path, why) : CLI_OK;
}

int
codes_open(struct cli *c, struct book *b)
{
	const char *path = opt_text(&c->opts, "book"), *dir;
	struct faults f = { .a = &c->a };
	int rc;

	if (path || c->conf.site.code_book.n)
		return codes_map(c, path ? path : c->conf.site.code_book.p, b);
	dir = path_join(&c->a, c->conf.site.config_dir, S("codesets")).p;
	rc = book_build(&dir, 1, &f, NULL, NULL, b);
	if (rc >= 0)
		return CLI_OK;
	cli_faults(c, dir, &f);
	return cli_fail(c, CLI_CONFIG, "no code book: %s cannot be compiled; name a book with --book or site.code_book", dir);
}

int
codes_day(struct cli *c, day_t *out)
{
	const char *text = opt_text(&c->opts, "date");

	*out = text ? day_parse(str_of(text)) : c->conf.site.today.n ? day_parse(c->conf.site.today) :
	    (day_t)(time(NULL) / 86400);
	return *out == DAY_NONE ? cli_usage(c, "--date wants a day as CCYY-MM-DD") : CLI_OK;
}

const char *const codes_ptp_names[PTP_COUNT] = { "ptp_practitioner", "ptp_hospital" };

int
codes_table(struct cli *c, const char **name)
{
	bool known = false;

	*name = opt_text(&c->opts, "table");
	for (int i = 0; i < CS_COUNT && *name; i++)
		known |= strcmp(*name, code_sets[i].name) == 0;
	for (int i = 0; i < PTP_COUNT && *name; i++)
		known |= strcmp(*name, codes_ptp_names[i]) == 0;
	return known || !*name ? CLI_OK : cli_usage(c, "--table wants the name of a table, as `claimline codes list` prints it");
}

struct str
codes_days(struct arena *a, day_t from, day_t to)
{
	if (from == DAY_NONE && to == DAY_NONE)
		return S("always");
	return arena_fmt(a, "%.*s .. %.*s", STR_ARG(from == DAY_NONE ? STR_NONE : day_iso(a, from)),
	    STR_ARG(to == DAY_NONE ? STR_NONE : day_iso(a, to)));
}

struct str
codes_cell(struct arena *a, const struct codebook *cb, enum code_col col, row_t row)
{
	int64_t v;

	if (code_cols[col].kind != COL_INT)
		return codebook_str(cb, col, row);
	v = codebook_int(cb, col, row);
	return v == CELL_NONE ? STR_NONE : cell_text(a, code_cols[col].words, v);
}

json_t *
codes_day_json(day_t day)
{
	struct arena a;
	json_t *j;

	if (day == DAY_NONE)
		return json_null();
	arena_init(&a, 0);
	j = cli_json_str(day_iso(&a, day));
	arena_free(&a);
	return j;
}

json_t *
codes_row_json(const struct codebook *cb, enum code_set set, row_t row)
{
	json_t *j = json_object();

	for (size_t i = 0; i < code_set_cols(set); i++) {
		enum code_col col = (enum code_col)(code_sets[set].first + i);
		int64_t v = codebook_int(cb, col, row);
		struct str s = codebook_str(cb, col, row);

		if (code_cols[col].kind == COL_INT && v != CELL_NONE)
			(void)json_object_set_new(j, code_cols[col].name, json_integer(v));
		else if (s.n)
			(void)json_object_set_new(j, code_cols[col].name, cli_json_str(s));
	}
	(void)json_object_set_new(j, "from", codes_day_json(codebook_from(cb, set, row)));
	(void)json_object_set_new(j, "to", codes_day_json(codebook_to(cb, set, row)));
	return j;
}

struct str
codes_bare(struct arena *a, const char *word)
{
	size_t n = strlen(word), k = 0;
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; p && i < n; i++)
		if (word[i] != '.')
			p[k++] = word[i] >= 'a' && word[i] <= 'z' ? (char)(word[i] - 32) : word[i];
	return (struct str){ p, p ? k : 0 };
}

static const struct opt opts[] = {
	{ "from", 'f', "DIR", "build: folder with published files, .zst and .zip as they are; may be repeated. fetch: "
	    "URL of a mirror" },
	{ "release", 'r', "NAME", "fetch: what to get, as sources.yaml names it" },
	{ "to", 't', "DIR", "fetch: where the files go; default codes/ of the state folder" },
	{ "out", 'o', "FILE", "build, fetch: the book to write; conventionally .clb" },
	{ "book", 'b', "FILE", "the book to ask; default: site.code_book, else codesets of the settings" },
	{ "date", 'd', "DAY", "show, search: as on that date of service; default today" },
	{ "table", 0, "TABLE", "show, search, diff: only this table, as list names it" },
	{ "limit", 'n', "N", "search, show, diff: at most so many lines of a kind; default 20" },
	{ "impact", 0, NULL, "diff: which encounters now in the pipeline use a code that changed on a date where it matters" },
	{ NULL, 0, NULL, NULL },
};

/* takes: the options of the verb that the word has, each followed by a blank */
static const struct word { const char *name, *takes; int (*run)(struct cli *); } words[] = {
	{ "build", "from out ", codes_build }, { "fetch", "release from to out ", codes_fetch }, { "list", "book ", codes_list },
	{ "show", "book date table limit ", codes_show }, { "search", "book date table limit ", codes_search },
	{ "diff", "table limit impact ", codes_diff },
};

static int
codes_run(struct cli *c)
{
	size_t i = 0, n = sizeof words / sizeof *words;
	int rc;

	while (c->argc && i < n && strcmp(c->argv[0], words[i].name) != 0)
		i++;
	if (c->argc == 0 || i == n)
		return cli_usage(c, "what? build, fetch, list, show CODE, search WORDS or diff OLD NEW");
	c->argc--;
	c->argv++;
	rc = cli_word_opts(c, words[i].name, words[i].takes, i == 0 ? "from " : "");
	return rc == CLI_OK ? words[i].run(c) : rc;
}

const struct verb verb_codes = {
	.name = "codes", .args = "build | fetch | list | show CODE | search WORDS | diff OLD NEW",
	.words = "make the code book, and ask it",
	.text = "build compiles the files CMS and CDC publish into one book; "
	    "with a fault in any of them there is no book and the old\n"
	    "one stays. list tells tables, releases and sources; show all that the book says of a code on a day; search finds\n"
	    "codes by words, or one by itself; diff compares two books. Daemons take a new book on SIGHUP.\n\n"
	    "  claimline codes build --from downloads --out codes.clb\n  claimline codes show E11.65 --date 2026-02-01\n"
	    "  claimline codes search lobar pneumonia\n  claimline codes diff old.clb new.clb --impact\n",
	.opts = opts, .run = codes_run,
};

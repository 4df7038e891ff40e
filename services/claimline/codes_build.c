/* codes_build.c - codes build: published files into a book; codes list: what is in one. */
#include "claimline/codes.h"

#include "base/file.h"

#include <string.h>
#include <sys/stat.h>

#define SEEN_MAX	20		/* names of files passed over that are printed */

void
codes_seen(void *arg, struct str path, int rows)
{
	struct codes_seen *s = arg;

	if (rows != E_UNSUPPORTED) {
		s->read += rows >= 0;
		return;
	}
	if (s->unknown++ < SEEN_MAX && !s->quiet)
		(void)cli_fail(s->c, 0, "passed over, no table we know: " STR_FMT, STR_ARG(ui_clean(&s->c->a, path)));
}

int
codes_write(struct cli *c, const char *path, const struct book *b)
{
	int rc = file_write_atomic(path, b->bytes, true);

	if (rc < 0 || chmod(path, 0644) != 0)
		return cli_fail(c, CLI_CANNOT_CREATE, "%s: cannot be written: %s. Fix: another --out", path,
		    err_text(rc < 0 ? rc : E_IO));
	return CLI_OK;
}

static json_t *
book_json(const struct book *b)
{
	json_t *tables = json_array(), *sources = json_array(), *exceptions = json_array();

	for (int i = 0; i < CS_COUNT; i++) {
		enum code_set set = (enum code_set)i;

		if (codebook_knows(b->cb, set) && set != CS_SOURCE)
			(void)json_array_append_new(tables, json_pack("{s:s, s:s, s:I, s:b}", "table", code_sets[i].name, "title",
			    code_sets[i].title, "rows", (json_int_t)codebook_count(b->cb, set),
			    "whole", codebook_is_whole(b->cb, set)));
	}
	for (int i = 0; i < PTP_COUNT; i++)
		if (codebook_ptp_count(b->cb, (enum ptp_setting)i))
			(void)json_array_append_new(tables,
			    json_pack("{s:s, s:s, s:I, s:b}", "table", codes_ptp_names[i], "title",
			    "NCCI PTP edits", "rows", (json_int_t)codebook_ptp_count(b->cb, (enum ptp_setting)i), "whole", 1));
	for (row_t i = 0; i < codebook_count(b->cb, CS_SOURCE); i++)
		(void)json_array_append_new(sources, codes_row_json(b->cb, CS_SOURCE, i));
	for (row_t i = 0; i < codebook_count(b->cb, CS_EXCEPTION); i++)
		(void)json_array_append_new(exceptions, codes_row_json(b->cb, CS_EXCEPTION, i));
	return json_pack("{s:o, s:I, s:o, s:o, s:o}", "book", cli_json_str(codebook_id(b->cb)),
	    "bytes", (json_int_t)codebook_size(b->cb),
	    "tables", tables, "sources", sources, "exceptions", exceptions);
}

/* The days a table speaks of. */
static struct str
days_of(struct arena *a, const struct codebook *cb, enum code_set set)
{
	day_t from = DAY_NONE, to = DAY_NONE;
	bool open_from = false, open_to = false;

	for (row_t i = 0; i < codebook_count(cb, set); i++) {
		day_t f = codebook_from(cb, set, i), t = codebook_to(cb, set, i);

		open_from |= f == DAY_NONE;
		open_to |= t == DAY_NONE;
		from = from == DAY_NONE || (f != DAY_NONE && f < from) ? f : from;
		to = t > to ? t : to;
	}
	return codes_days(a, open_from ? DAY_NONE : from, open_to ? DAY_NONE : to);
}

static void
tables_put(struct cli *c, const struct book *b, struct buf *out)
{
	static const struct ui_col cols[] = { { "table", false, false }, { "rows", true, false }, { "days", false, false },
	    { "", false, false }, { "what", false, true } };
	struct ui_table t;

	ui_table_init(&t, &c->a, cols, sizeof cols / sizeof *cols);
	for (int i = 0; i < CS_COUNT; i++) {
		enum code_set set = (enum code_set)i;

		if (!codebook_knows(b->cb, set) || set == CS_SOURCE)
			continue;
		ui_cell(&t, str_of(code_sets[i].name));
		ui_cell_num(&t, codebook_count(b->cb, set));
		ui_cell(&t, days_of(&c->a, b->cb, set));
		ui_cell_tone(&t, UI_DIM, codebook_is_whole(b->cb, set) ? STR_NONE : S("selection"));
		ui_cell(&t, str_of(code_sets[i].title));
	}
	for (int i = 0; i < PTP_COUNT; i++) {
		if (!codebook_ptp_count(b->cb, (enum ptp_setting)i))
			continue;
		ui_cell(&t, str_of(codes_ptp_names[i]));
		ui_cell_num(&t, (int64_t)codebook_ptp_count(b->cb, (enum ptp_setting)i));
		ui_cell(&t, S("by pair"));
		ui_cell(&t, STR_NONE);
		ui_cell(&t, S("NCCI PTP edits"));
	}
	ui_table_put(&t, &c->ui, out);
}

static void
sources_put(struct cli *c, const struct book *b, struct buf *out)
{
	static const struct ui_col cols[] = { { "release", false, false }, { "format", false, false }, { "records", true, false },
	    { "sha256", false, false }, { "file", false, true } };
	struct ui_table t;

	ui_table_init(&t, &c->a, cols, sizeof cols / sizeof *cols);
	for (row_t i = 0; i < codebook_count(b->cb, CS_SOURCE); i++) {
		day_t from = codebook_from(b->cb, CS_SOURCE, i);
		struct str sha = codebook_str(b->cb, CC_SOURCE_SHA256, i);

		ui_cell(&t, from == DAY_NONE ? S("-") : day_iso(&c->a, from));
		ui_cell(&t, codebook_str(b->cb, CC_SOURCE_KIND, i));
		ui_cell_num(&t, codebook_int(b->cb, CC_SOURCE_ROWS, i));
		ui_cell_tone(&t, UI_DIM, (struct str){ sha.p, sha.n < 16 ? sha.n : 16 });
		ui_cell(&t, codebook_str(b->cb, CC_SOURCE_FILE, i));
	}
	ui_table_put(&t, &c->ui, out);
}

/* What the official files say that does not hold: a person should know before an audit does. */
static void
exceptions_put(struct cli *c, const struct book *b, struct buf *out)
{
	static const struct ui_col cols[] = { { "exception in", false, false }, { "at", false, false },
	    { "what does not hold", false, true } };
	static const enum code_col cells[] = { CC_EXCEPTION_FILE, CC_EXCEPTION_PLACE, CC_EXCEPTION_WORDS };
	struct ui_table t;

	if (!codebook_knows(b->cb, CS_EXCEPTION))
		return;
	ui_table_init(&t, &c->a, cols, sizeof cols / sizeof *cols);
	for (row_t i = 0; i < codebook_count(b->cb, CS_EXCEPTION); i++)
		for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
			ui_cell(&t, codebook_str(b->cb, cells[k], i));
	buf_ch(out, '\n');
	ui_table_put(&t, &c->ui, out);
}

static int
book_put(struct cli *c, const struct book *b)
{
	struct buf out;

	if (cli_wants_json(c))
		return cli_put_json(book_json(b));
	buf_init(&out, &c->a);
	buf_fmt(&out, "book " STR_FMT ", %zu MB\n\n", STR_ARG(codebook_id(b->cb)), (codebook_size(b->cb) + 500000) / 1000000);
	tables_put(c, b, &out);
	buf_ch(&out, '\n');
	sources_put(c, b, &out);
	exceptions_put(c, b, &out);
	cli_put(&out);
	return CLI_OK;
}

int
codes_list(struct cli *c)
{
	struct book b;
	int rc;

	if (c->argc + opt_is_set(&c->opts, "book") > 1)
		return cli_usage(c, "list wants at most one book");
	rc = c->argc ? codes_map(c, c->argv[0], &b) : codes_open(c, &b);
	if (rc != CLI_OK)
		return rc;
	rc = book_put(c, &b);
	book_close(&b);
	return rc;
}

static size_t
folders_of(struct cli *c, const char **v, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < c->opts.n && n < max; i++)
		if (strcmp(c->opts.v[i].name, "from") == 0)
			v[n++] = c->opts.v[i].text;
	for (int i = 0; i < c->argc && n < max; i++)
		v[n++] = c->argv[i];
	return n;
}

int
codes_build(struct cli *c)
{
	const char *folders[OPT_MAX], *path = opt_text(&c->opts, "out");
	struct codes_seen s = { .c = c };
	struct faults f = { .a = &c->a };
	size_t n = folders_of(c, folders, OPT_MAX);
	struct book b;
	struct stat st;
	int rc;

	if (n == 0 || !path)
		return cli_usage(c, "build wants --from DIR, once or more, and --out FILE");
	for (size_t i = 0; i < n; i++)
		if (!file_exists(folders[i]))
			return cli_fail(c, CLI_NO_INPUT, "%s: no such folder or file", folders[i]);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return cli_fail(c, CLI_CANNOT_CREATE, "%s: is a folder; --out wants the name of a file", path);
	rc = book_build(folders, n, &f, codes_seen, &s, &b);
	if (s.unknown > SEEN_MAX)
		(void)cli_fail(c, 0, "passed over: %zu more", s.unknown - SEEN_MAX);
	if (rc < 0) {
		cli_faults(c, path, &f);
		return cli_fail(c, rc == E_NOMEM ? CLI_OS : CLI_DATA, "no book was made, %s is as it was", path);
	}
	rc = s.read ? codes_write(c, path, &b) : cli_fail(c, CLI_DATA, "none of the files is a table we know; no book was made");
	if (rc == CLI_OK)
		rc = book_put(c, &b);
	book_close(&b);
	return rc;
}

/*
 * codes_fetch.c - codes fetch: the published files of a release, from their publishers, and a book of them.
 * The only verb that speaks to the network outside; it sends nothing but the name of a file.
 */
#include "claimline/codes.h"
#include "claimline/fetch.h"
#include "claimline/paths.h"

#include "base/file.h"
#include "base/log.h"
#include "codebook/io_book.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_COLUMNS	30
#define BAR_MS		100

struct job {
	struct cli		*c;
	struct str		 release, folder, book, sources;
	struct fetch_list	 list;
	struct fetched		*done;		/* one per row */
	struct codes_seen	 seen;
	bool			 bar;
	int64_t			 drawn_ms;
};

static const char *const how_words[FETCH_HOWS] = { "fetched", "resumed", "here" };

/* ---- what a person sees meanwhile: on stderr, a bar on a terminal, else one line for each file ---- */

static void
tick(void *arg, const struct fetch_row *row, int64_t have, int64_t all)
{
	struct job *j = arg;
	int64_t now = mono_ms();
	struct arena a;

	if (!j->bar || now - j->drawn_ms < BAR_MS)
		return;
	j->drawn_ms = now;
	arena_init(&a, 0);
	(void)fprintf(stderr, "\r" STR_FMT " %6lld KB  " STR_FMT "\033[K",
	    STR_ARG(ui_bar(&a, (uint64_t)have, all > 0 ? (uint64_t)all : (uint64_t)INT64_MAX, BAR_COLUMNS)),
	    (long long)(have / 1024), STR_ARG(row->name));
	arena_free(&a);
}

static void
tell(const struct job *j, const struct fetch_row *row, const struct fetched *d)
{
	(void)fprintf(stderr, "%s" STR_FMT ": %s, %lld bytes", j->bar ? "\r\033[K" : "", STR_ARG(row->name), how_words[d->how],
	    (long long)d->bytes);
	if (d->how == FETCH_RESUMED)
		(void)fprintf(stderr, " (%lld were there)", (long long)d->kept);
	(void)fputc('\n', stderr);
	if (row->notice.n)
		(void)fprintf(stderr, "  " STR_FMT "\n", STR_ARG(row->notice));
}

/* ---- what to fetch, and where to ---- */

static int
list_read(struct job *j)
{
	struct cli *c = j->c;
	struct faults f = { .a = &c->a };
	const char *from = opt_text(&c->opts, "from");
	struct str text;
	int rc;

	j->sources = path_join(&c->a, c->conf.site.config_dir, S("codesets/sources.yaml"));
	rc = file_read(&c->a, j->sources.p, LIMIT_CONF, &text);
	if (rc < 0)
		return cli_fail(c, CLI_NO_INPUT,
		    STR_FMT ": %s. Fix: site.config_dir is the folder that has codesets/sources.yaml",
		    STR_ARG(j->sources), err_text(rc));
	rc = fetch_read(&c->a, text, j->release, &j->list, &f);
	if (rc == E_CONF)
		cli_faults(c, j->sources.p, &f);
	if (rc == E_CONF)
		return CLI_CONFIG;
	if (rc == E_NOT_FOUND)
		return cli_fail(c, CLI_USAGE, STR_FMT " has no release %s. Fix: --release is one of " STR_FMT ", or add it there",
		    STR_ARG(j->sources), j->release.p, STR_ARG(fetch_releases(&c->a, text)));
	if (rc >= 0 && from && (rc = fetch_mirror(&c->a, str_of(from), &j->list)) == E_VALUE)
		return cli_usage(c, "--from wants the http:// or https:// address of a folder, without user or ?");
	return rc < 0 ? cli_fail(c, CLI_OS, "%s", err_text(rc)) : CLI_OK;
}

static int
places_set(struct job *j)
{
	struct cli *c = j->c;
	const char *to = opt_text(&c->opts, "to"), *out = opt_text(&c->opts, "out");
	struct str root = to ? str_of(to) : path_join(&c->a, c->conf.site.state_dir, S("codes"));
	int rc;

	if ((to && !*to) || (out && !*out))
		return cli_usage(c, to && !*to ? "--to wants a folder" : "--out wants a file");
	j->folder = path_join(&c->a, root, j->release);
	j->book = out ? str_of(out) : arena_fmt(&c->a, STR_FMT ".clb", STR_ARG(j->folder));
	j->done = arena_array(&c->a, j->list.n + 1, sizeof *j->done);
	if (!j->done)
		return cli_fail(c, CLI_OS, "%s", err_text(E_NOMEM));
	rc = mkdir_p(j->folder.p);
	return rc < 0 ? cli_fail(c, CLI_CANNOT_CREATE, "cannot make the folder " STR_FMT ": %s. Fix: another --to",
	    STR_ARG(j->folder), err_text(rc)) : CLI_OK;
}

/* All files are tried, so that one run tells of every row that has to be corrected. */
static int
fetch_all(struct job *j)
{
	struct fetch f = { .a = &j->c->a, .folder = j->folder, .max = LIMIT_CODE_FILE, .tick = tick, .arg = j };
	int code = CLI_OK;

	for (size_t i = 0; i < j->list.n; i++) {
		const struct fetch_row *row = &j->list.v[i];
		struct fetched *d = &j->done[i];
		int one = fetch_file(&f, row, d);

		if (one == CLI_OK) {
			tell(j, row, d);
			continue;
		}
		if (j->bar)
			(void)fputs("\r\033[K", stderr);
		(void)cli_fail(j->c, one, STR_FMT "%s" STR_FMT, STR_ARG(d->words), d->fix.n ? ". Fix: " : "", STR_ARG(d->fix));
		code = code == CLI_OK || one == CLI_DATA ? one : code;
	}
	return code;
}

/* ---- the book ---- */

static int
say_done(const struct job *j, const struct book *b)
{
	json_t *files = json_array();
	struct str id = codebook_id(b->cb);

	if (!cli_wants_json(j->c)) {
		json_decref(files);
		(void)printf(STR_FMT ": " STR_FMT ", %zu tables read, %zu other files, %zu bytes\n",
		    STR_ARG(j->book), STR_ARG(id), j->seen.read, j->seen.unknown, b->bytes.n);
		return CLI_OK;
	}
	for (size_t i = 0; i < j->list.n; i++)
		(void)json_array_append_new(files,
		    json_pack("{s:o, s:o, s:s, s:I, s:s}", "name", cli_json_str(j->list.v[i].name), "url",
		    cli_json_str(j->list.v[i].url), "how", how_words[j->done[i].how], "bytes", (json_int_t)j->done[i].bytes,
		    "sha256", j->done[i].sha256));
	return cli_put_json(json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}", "release", cli_json_str(j->release), "folder",
	    cli_json_str(j->folder), "files", files, "book", cli_json_str(j->book), "id", cli_json_str(id), "bytes",
	    (json_int_t)b->bytes.n));
}

static int
book_make(struct job *j)
{
	struct cli *c = j->c;
	struct faults f = { .a = &c->a };
	const char *slash = strrchr(j->book.p, '/');
	struct book b;
	int rc = book_build(&j->folder.p, 1, &f, codes_seen, &j->seen, &b), code;

	if (rc < 0) {
		cli_faults(c, j->folder.p, &f);
		return cli_fail(c, rc == E_NOMEM || rc == E_IO ? CLI_OS : CLI_DATA, "no book was made of " STR_FMT ": %s",
		    STR_ARG(j->folder), err_text(rc));
	}
	if (slash && slash != j->book.p)
		(void)mkdir_p(arena_str(&c->a, (struct str){ j->book.p, (size_t)(slash - j->book.p) }).p);
	code = codes_write(c, j->book.p, &b);
	if (code == CLI_OK)
		code = say_done(j, &b);
	book_close(&b);
	return code;
}

int
codes_fetch(struct cli *c)
{
	const char *release = opt_text(&c->opts, "release");
	struct job j = { .c = c, .release = str_of(release), .seen = { .c = c, .quiet = true },
	    .bar = isatty(STDERR_FILENO) && !opt_is_set(&c->opts, "plain") };
	int code;

	if (c->argc > 0)
		return cli_usage(c, "fetch takes options only");
	if (!release || !path_is_name(j.release))
		return cli_usage(c, "which? --release NAME, such as FY2026");
	code = list_read(&j);
	if (code == CLI_OK)
		code = places_set(&j);
	if (code == CLI_OK)
		code = fetch_all(&j);
	return code == CLI_OK ? book_make(&j) : code;
}

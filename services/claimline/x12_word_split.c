/* x12_word_split.c - x12 split: the parts of an 837 as files, each whole or not there. */
#include "claimline/x12_words.h"
#include "base/file.h"
#include "x12/split.h"

#define PARTS_MOST	((size_t)1 << 20)

struct splitting { struct x12_words *w; const char *dir; struct x12_dest to; struct str path; bool open, stale, unnamed;
	size_t made;
	struct x12_names *old, *own; };

/* Names STEM.NNNN.837 that the folder has before the first part is written. */
static int
old_parts(struct splitting *k)
{
	struct arena *a = &k->w->c->a;
	struct file_list l;
	int rc = dir_list(a, k->dir, PARTS_MOST, &l);

	k->old = x12_names_new(a, k->w->seed);
	k->own = x12_names_new(a, k->w->seed);
	if (!k->old || !k->own)
		return E_NOMEM;
	for (size_t i = 0; rc >= 0 && i < l.n; i++) {
		struct str name = l.v[i].name, stem = { name.p, 0 };

		if (name.n < 9 || memcmp(name.p + name.n - 4, ".837", 4) != 0)
			continue;
		for (size_t n = 1; n + 4 < name.n; n++)
			stem.n = name.p[n] == '.' ? n : stem.n;
		if (stem.n)
			(void)x12_names_met(k->old, stem);
	}
	return rc < 0 ? rc : 0;
}

static int
split_open(void *self, struct str isa13, size_t part)
{
	struct splitting *k = self;
	int rc;

	k->unnamed = k->unnamed || !x12_is_name(isa13);
	isa13 = x12_is_name(isa13) ? isa13 : S(X12_NO_NAME);
	k->path = path_join(&k->w->c->a, str_of(k->dir), arena_fmt(&k->w->line, STR_FMT ".%04zu.837", STR_ARG(isa13), part));
	if (!k->path.p)
		return E_NOMEM;
	if (!x12_names_met(k->own, isa13) && x12_names_met(k->old, isa13)) {
		k->stale = true;
		return E_CONFLICT;
	}
	rc = x12_dest_open(&k->to, k->path.p);
	k->open = rc >= 0;
	return rc;
}

static int
split_put(void *self, struct str s)
{
	return x12_dest_put(&((struct splitting *)self)->to, s);
}

static int
split_patch(void *self, uint64_t at, char c)
{
	return x12_dest_patch(&((struct splitting *)self)->to, at, c);
}

static int
split_close(void *self, size_t claims)
{
	struct splitting *k = self;
	int rc = x12_dest_close(&k->to, true);
	struct buf b;

	k->open = false;
	if (rc < 0)
		return rc;
	k->made++;
	buf_init(&b, &k->w->line);
	if (k->w->json) {
		buf_cstr(&b, "{\"part\":");
		x12_json_str(&b, k->path);
		buf_fmt(&b, ",\"claims\":%zu}", claims);
	} else {
		buf_fmt(&b, STR_FMT ": %zu claims", STR_ARG(ui_clean(&k->w->line, k->path)), claims);
	}
	return x12_line(k->w, &b);
}

static int
stopped(const struct splitting *k, const struct x12_file *f, int rc)
{
	struct cli *c = k->w->c;

	if (k->stale)
		rc = cli_fail(c, CLI_CANNOT_CREATE, "%s: the folder has parts of that name already. "
		    "Fix: give an empty folder, or take them away", k->path.p);
	else if (f->f.n)
		rc = x12_file_fail(c, f, rc);
	else
		rc = cli_fail(c, CLI_CANNOT_CREATE, "%s: %s", k->path.n ? k->path.p : k->dir, err_text(rc));
	(void)cli_fail(c, 0, "%zu parts were written before that", k->made);
	return rc;
}

/* What somebody should know of the names and numbers of parts that were written. */
static void
noted(const struct splitting *k, const struct x12_split_done *done)
{
	if (k->unnamed)
		(void)cli_fail(k->w->c, 0, "ISA13 is not of digits and letters only: its parts are named " X12_NO_NAME ". "
		    "Fix: put a control number of nine digits into ISA13");
	if (done->anew)
		(void)cli_fail(k->w->c, 0, "ISA13 went past 999999999 and on from 000000001. "
		    "Fix: give --control, if these numbers were used before");
}

int
x12_word_split(struct x12_words *w)
{
	struct cli *c = w->c;
	struct splitting k = { .w = w, .dir = opt_text(&c->opts, "out") };
	struct x12_split_spec spec = { .self = &k, .open = split_open, .put = split_put, .patch = split_patch,
	    .close = split_close };
	struct x12_split_done done;
	struct x12_file f;
	int64_t claims, range[2] = { 1, INT32_MAX }, controls[2] = { 1, 999999999 };
	int rc;

	if (c->argc != 1 || !k.dir || !*k.dir || !opt_text(&c->opts, "claims"))
		return cli_usage(c, "split wants one file, --claims N and --out DIR");
	if (opt_int(&c->opts, "claims", 0, range, &claims) < 0)
		return cli_usage(c, "--claims wants how many claims a part may have: a number from 1 to 2147483647");
	if (opt_int(&c->opts, "control", 0, controls, &spec.control) < 0)
		return cli_usage(c, "--control wants 1 to 999999999");
	rc = x12_file_open(c, c->argv[0], &f);
	if (rc == CLI_OK && mkdir_p(k.dir) < 0)
		rc = cli_fail(c, CLI_CANNOT_CREATE, "%s: cannot be made a folder", k.dir);
	if (rc == CLI_OK && (rc = old_parts(&k)) < 0)
		rc = cli_fail(c, CLI_CANNOT_CREATE, "%s: %s", k.dir, err_text(rc));
	if (rc == CLI_OK) {
		spec.claims = (size_t)claims;
		spec.line_end = str_of(f.line_end);
		rc = x12_split_run(&f.a, f.r, &f.f, &spec, &done);
		if (k.open)
			(void)x12_dest_close(&k.to, false);
		(void)x12_dest_flush(&w->out);
		noted(&k, &done);
		if (rc >= 0 && f.f.n) {
			(void)x12_file_fail(c, &f, E_INCOMPLETE);
			rc = CLI_NO;
		} else if (rc < 0 && w->out.rc == 0) {
			rc = stopped(&k, &f, rc);
		}
	}
	x12_file_close(&f);
	return rc;
}

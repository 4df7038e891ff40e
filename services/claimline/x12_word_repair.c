/* x12_word_repair.c - x12 repair: the repaired file, and the list of what was done to it. Decides no repair. */
#include "claimline/x12_words.h"
#include "x12/repair.h"

#include <stdio.h>

#define FLUSH	((size_t)64 << 10)
#define SHAPE_MAX 60

struct repairing { struct x12_words *w; struct x12_file file; struct x12_dest to; bool told;
    struct faults lacks; };		/* of a file that was cut short */

static struct str
shown(struct repairing *k, struct str v, bool counts)
{
	struct x12_finding f = { .value = { v.p, v.n < SHAPE_MAX ? v.n : SHAPE_MAX } };

	for (size_t i = 0; i < v.n; i++)
		counts = counts && v.n <= 9 && v.p[i] >= '0' && v.p[i] <= '9';
	return k->w->show || counts ? f.value : x12_finding_shape(&k->w->line, &f);
}

static struct str
place(struct x12_words *w, const struct x12_repaired *r)
{
	struct x12_finding f = { .ordinal = r->ordinal, .loop = r->loop, .segment = x12_segment_shown(w, r->segment),
	    .element = r->element, .component = r->component > 1 ? r->component : 0 };

	return x12_finding_place(&w->line, &f);
}

/* Of a trailer: counts and control numbers are nobody's data, as long as they are numbers. */
static bool
is_trailer(struct str id)
{
	return str_is(id, "SE") || str_is(id, "GE") || str_is(id, "IEA");
}

static int
told(void *self, const struct x12_repaired *r)
{
	struct repairing *k = self;
	struct arena *a = &k->w->line;
	struct buf b;

	if (!k->told)
		return 0;
	buf_init(&b, a);
	if (k->w->json) {
		buf_cstr(&b, "{\"file\":");
		x12_json_str(&b, str_of(k->file.name));
		x12_json_put(&b, "repair", str_of(r->id));
		x12_json_put(&b, "place", place(k->w, r));
		buf_fmt(&b, ",\"ordinal\":%zu", r->ordinal);
		x12_json_put(&b, "words", str_of(r->words));
		x12_json_put(&b, "before", shown(k, r->before, is_trailer(r->segment)));
		x12_json_put(&b, "after", shown(k, r->after, is_trailer(r->segment)));
		buf_ch(&b, '}');
		return x12_line(k->w, &b);
	}
	buf_fmt(&b, STR_FMT ": " STR_FMT ": %s: %s", STR_ARG(ui_clean(a, str_of(k->file.name))),
	    STR_ARG(ui_clean(a, place(k->w, r))), r->id, r->words);
	if (r->before.n || r->after.n)
		buf_fmt(&b, " [" STR_FMT " -> " STR_FMT "]", STR_ARG(ui_clean(a, shown(k, r->before, is_trailer(r->segment)))),
		    STR_ARG(ui_clean(a, shown(k, r->after, is_trailer(r->segment)))));
	return x12_line(k->w, &b);
}

/* All of it into *to, NULL: only listed. */
static int
stream(struct repairing *k, struct x12_repair *r, struct x12_dest *to)
{
	struct buf b;
	int rc, wrote = 0;

	buf_init(&b, &k->file.a);
	while ((rc = x12_repair_next(r, &b)) > 0 && wrote >= 0) {
		if (b.n < FLUSH)
			continue;
		wrote = to ? x12_dest_put(to, buf_view(&b)) : 0;
		b.n = 0;
	}
	if (to && wrote >= 0)
		wrote = x12_dest_put(to, buf_view(&b));
	return rc < 0 ? rc : wrote;
}

/* What the list says when the repaired bytes have standard output for themselves. */
static void
summary(struct repairing *k, size_t n, bool written)
{
	struct arena a;

	arena_init(&a, 0);
	(void)x12_dest_flush(&k->w->out);
	(void)fprintf(stderr, "claimline x12: " STR_FMT ": %zu repairs%s\n", STR_ARG(ui_clean(&a, str_of(k->file.name))), n,
	    !written ? "; nothing was written" : k->told ? "" : "; --list tells them");
	arena_free(&a);
}

static int
finish(struct repairing *k, struct x12_dest *to, const char *path, int rc)
{
	int closed = to == &k->to ? x12_dest_close(to, rc >= 0) : 0;

	if (rc >= 0 && closed < 0)
		return cli_fail(k->w->c, CLI_CANNOT_CREATE, "%s: %s", path, err_text(closed));
	if (rc < 0)
		return k->w->out.rc ? CLI_OS : x12_file_fail(k->w->c, &k->file, rc);
	return k->file.f.n ? x12_file_fail(k->w->c, &k->file, E_MALFORMED) : CLI_OK;
}

int
x12_word_repair(struct x12_words *w)
{
	struct cli *c = w->c;
	const char *path = x12_out_path(c);
	bool list = opt_is_set(&c->opts, "list");
	struct repairing k = { .w = w, .told = path || list, .lacks = { .a = &c->a } };
	struct x12_dest *to = list ? NULL : path ? &k.to : &w->out;
	struct x12_repair *r = NULL;
	int rc;

	if (c->argc != 1)
		return cli_usage(c, "repair wants one file");
	if (list && opt_text(&c->opts, "out"))
		return cli_usage(c, "--list writes nothing: leave --out away");
	rc = x12_file_open(c, c->argv[0], &k.file);
	if (rc != CLI_OK) {
		x12_file_close(&k.file);
		return rc;
	}
	if (path && (rc = x12_dest_open(&k.to, path)) < 0) {
		(void)x12_dest_close(&k.to, false);
		x12_file_close(&k.file);
		return cli_fail(c, CLI_CANNOT_CREATE, "%s: %s", path, err_text(rc));
	}
	rc = x12_repair_open(&k.file.a, k.file.r, &(struct x12_repair_spec){ .guides = w->guides,
	    .zip_pad = opt_is_set(&c->opts, "zip-pad"), .line_end = str_of(k.file.line_end), .lacks = &k.lacks, .told = told,
	    .self = &k }, &r);
	if (rc >= 0)
		rc = stream(&k, r, to);
	rc = finish(&k, to, path, rc);
	if (r && rc == CLI_OK)
		summary(&k, x12_repair_count(r), !list);
	if (rc == CLI_OK && k.lacks.n) {
		cli_faults(c, k.file.name, &k.lacks);
		rc = CLI_NO;
	}
	if (r)
		x12_repair_close(r);
	x12_file_close(&k.file);
	return rc;
}

/* x12_word_to_json.c - x12 to-json: lines of JSON out of X12 files. Never holds a file. */
#include "claimline/x12_words.h"

static int
line(void *self, struct str text)
{
	struct x12_dest *to = self;
	int rc = x12_dest_put(to, text);

	return rc < 0 ? rc : x12_dest_put(to, S("\n"));
}

static int
told(struct x12_words *w, struct x12_dest *to, const char *name)
{
	struct x12_file f;
	struct x12_json_spec spec = { .guides = w->guides, .generic = opt_is_set(&w->c->opts, "generic"),
	    .line = line, .self = to };
	int code = x12_file_open(w->c, name, &f);
	int64_t n;

	if (code == CLI_OK) {
		n = x12_json_run(&f.a, f.r, &f.f, &spec);
		if (to->rc == 0 && (n < 0 || f.f.n)) {
			(void)x12_dest_flush(to);
			code = x12_file_fail(w->c, &f, n < 0 ? (int)n : E_VALUE);
			code = n < 0 ? code : CLI_NO;
		}
	}
	x12_file_close(&f);
	return code;
}

int
x12_word_to_json(struct x12_words *w)
{
	const char *path = x12_out_path(w->c);
	struct x12_dest file, *to = path ? &file : &w->out;
	int rc;

	if (path && (rc = x12_dest_open(&file, path)) < 0) {
		(void)x12_dest_close(&file, false);
		return cli_fail(w->c, CLI_CANNOT_CREATE, "%s: %s", path, err_text(rc));
	}
	for (int i = 0; i < w->c->argc && to->rc == 0; i++)
		x12_worse(w, told(w, to, w->c->argv[i]));
	if (!path)
		return CLI_OK;
	rc = x12_dest_close(&file, w->code <= CLI_NO);
	if (rc < 0)
		return cli_fail(w->c, CLI_CANNOT_CREATE, "%s: %s", path, err_text(rc));
	return w->code <= CLI_NO ? CLI_OK : cli_fail(w->c, CLI_OK, "%s: not written, for not all was read", path);
}

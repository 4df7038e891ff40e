/* x12_word_to_json.c - x12 to-json: lines of JSON out of X12 files. Never holds a file. */
#include "claimline/x12_words.h"

static int
line(void *self, struct str text)
{
	struct x12_words *w = self;
	int rc = x12_dest_put(&w->out, text);

	return rc < 0 ? rc : x12_dest_put(&w->out, S("\n"));
}

static int
told(struct x12_words *w, const char *name)
{
	struct x12_file f;
	struct x12_json_spec spec = { .guides = w->guides, .generic = opt_is_set(&w->c->opts, "generic"),
	    .line = line, .self = w };
	int code = x12_file_open(w->c, name, &f);
	int64_t n;

	if (code == CLI_OK) {
		n = x12_json_run(&f.a, f.r, &f.f, &spec);
		if (w->out.rc == 0 && (n < 0 || f.f.n)) {
			(void)x12_dest_flush(&w->out);
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
	for (int i = 0; i < w->c->argc && w->out.rc == 0; i++)
		x12_worse(w, told(w, w->c->argv[i]));
	return CLI_OK;
}

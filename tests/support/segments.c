/* segments.c - see segments.h. Knows no guide. */
#include "support/segments.h"

#include <criterion/criterion.h>

struct segments
segments_of(struct arena *a, struct str text)
{
	struct segments v = { .f = { .a = a } };

	cr_assert(x12_open(a, text, &v.f, &v.r) >= 0);
	return v;
}

bool
segments_same(const struct x12_seg *x, const struct x12_seg *y)
{
	bool ok = str_eq(x->id, y->id);

	for (unsigned i = 1; ok && (i <= x->n || i <= y->n); i++)
		ok = str_eq(x12_elem(x, i), x12_elem(y, i));
	return ok;
}

static bool
same_component(struct str x, struct str y)
{
	milli_t m, n;

	x = str_trim(x);
	y = str_trim(y);
	return x.n == 0 ? y.n == 0 : str_eq(x, y) || (milli_parse(x, &m) && milli_parse(y, &n) && m == n);
}

bool
segments_same_element(struct str x, char sep, struct str y)
{
	if (str_eq(x, y))
		return true;
	for (const char *s = "><:"; x.n && *s && !memchr(x.p, sep, x.n); s++)
		sep = memchr(x.p, *s, x.n) ? *s : sep;
	for (unsigned i = 1; i <= 12; i++)
		if (!same_component(x12_comp(x, sep, i), x12_comp(y, ':', i)))
			return false;
	return true;
}

static int
line_in(void *self, struct str s)
{
	buf_str(self, s);
	buf_ch(self, '\n');
	return 0;
}

static int
bytes_in(void *self, struct str s)
{
	buf_str(self, s);
	return 0;
}

int64_t
segments_json(struct arena *a, const struct x12_guides *guides, struct str text, bool generic, struct faults *f,
    struct str *lines)
{
	struct buf b;
	struct x12_json_spec spec = { .guides = guides, .generic = generic, .line = line_in, .self = &b };
	struct x12_reader *r;
	int64_t n;

	buf_init(&b, a);
	n = x12_open(a, text, f, &r);
	n = n < 0 ? n : x12_json_run(a, r, f, &spec);
	*lines = buf_view(&b);
	return n;
}

int
segments_of_json(struct arena *a, struct str lines, struct faults *f, struct str *text)
{
	struct buf b;
	struct x12_unjson *u = x12_unjson_open(a, f, bytes_in, &b);
	int rc = 0, end;

	cr_assert(u);
	buf_init(&b, a);
	while (lines.n && rc == 0)
		rc = x12_unjson_line(u, str_cut(&lines, '\n'));
	end = x12_unjson_end(u);
	*text = buf_view(&b);
	return rc < 0 ? rc : end;
}

/* found.c - findings of a text in an array. */
#include "support/found.h"

static int
take(void *self, const struct x12_finding *f)
{
	struct found *out = self;
	struct found_one *one = arena_push(out->a, out->v, out->n);

	if (!one)
		return E_NOMEM;
	*one = (struct found_one){ f->id, f->stc, f->ik304, f->ik403, arena_str(out->a, f->segment), arena_str(out->a, f->loop),
	    arena_str(out->a, f->value), arena_str(out->a, str_of(f->subject)), f->element, f->component, f->at,
	    f->ordinal, f->severity, f->snip, f->said, f->counted };
	return 0;
}

int
found_in(struct arena *a, const struct x12_guides *g, const struct x12_rules *rules, struct str text, enum x12_snip snip,
    struct found *out)
{
	struct x12_check_spec spec = { .guides = g, .rules = rules, .snip = snip ? 1u << snip : 0,
	    .watch = { .self = out, .found = take } };
	struct x12_totals t;
	struct x12_reader *r;
	int rc;

	*out = (struct found){ .a = a, .faults = { .a = a } };
	rc = x12_open_as_is(a, text, &out->faults, &r);
	if (rc >= 0)
		rc = x12_check_run(a, r, &spec, &t);
	out->claims = rc < 0 ? 0 : t.claims;
	out->sets_rejected = rc < 0 ? 0 : t.sets_rejected;
	return rc;
}

struct str
found_put(struct arena *a, struct str text, const char *old, const char *now)
{
	struct buf b;
	size_t n = strlen(old);

	buf_init(&b, a);
	for (size_t i = 0; i < text.n; i++)
		if (n && n <= text.n - i && memcmp(text.p + i, old, n) == 0) {
			buf_cstr(&b, now);
			i += n - 1;
		} else {
			buf_ch(&b, text.p[i]);
		}
	return buf_view(&b);
}

struct str
found_ids(struct arena *a, const struct found *f)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < f->n; i++)
		buf_fmt(&b, "%s%s", i ? " " : "", f->v[i].id);
	return buf_view(&b);
}

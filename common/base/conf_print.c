/*
 * conf_print.c - the whole configuration as YAML that explains itself: words, range and default of each
 * row as a comment, then its value. config/claimline.yaml is this text of the defaults.
 */
#include "base/conf_row.h"

/* Double quotes always: a text such as yes, 1.0 or a: b then stays a text in every YAML reader. */
static void
quoted(struct buf *b, struct str s)
{
	buf_ch(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_ch(b, '\\');
		if (c < 0x20 || c == 0x7f)
			buf_fmt(b, "\\x%02x", c);
		else
			buf_ch(b, (char)c);
	}
	buf_ch(b, '"');
}

static void
choices(struct buf *b, const char *list)
{
	struct str rest = str_of(list);

	for (bool first = true; rest.n; first = false) {
		buf_cstr(b, first ? "" : " | ");
		buf_str(b, str_cut(&rest, '|'));
	}
}

/* "(1 to 256, default 16)" */
static void
range(struct buf *b, const struct conf_row *r)
{
	buf_cstr(b, " (");
	if (r->kind == C_INT)
		buf_fmt(b, "%lld to %lld, default %lld", (long long)r->min, (long long)r->max, (long long)r->def);
	else if (r->kind == C_BOOL)
		buf_fmt(b, "true or false, default %s", r->def ? "true" : "false");
	else if (r->kind == C_PICK)
		choices(b, r->choices);
	if (r->kind == C_PICK)
		buf_cstr(b, ", ");
	if (r->kind == C_TEXT || r->kind == C_PICK) {
		buf_cstr(b, "default ");
		quoted(b, r->text);
	}
	buf_cstr(b, ")\n");
}

static void
setting(struct buf *b, const struct conf_row *r, const struct conf *c)
{
	const char *at = (const char *)c + r->at;

	buf_fmt(b, "  # %s", r->words);
	range(b, r);
	buf_fmt(b, "  %s: ", r->name);
	if (r->kind == C_INT)
		buf_fmt(b, "%lld", (long long)*(const int64_t *)(const void *)at);
	else if (r->kind == C_BOOL)
		buf_cstr(b, *(const bool *)at ? "true" : "false");
	else
		quoted(b, *(const struct str *)(const void *)at);
	buf_ch(b, '\n');
}

struct str
conf_print(struct arena *a, const struct conf *c)
{
	const struct conf_row *r;
	size_t n = conf_rows(&r);
	struct buf b;

	buf_init(&b, a);
	buf_cstr(&b, "# Settings of Claimline, one file for all daemons. What is left out has its default;\n"
	    "# an unknown name or a bad value refuses the whole file (--check-config says where).\n"
	    "# Any setting can also be given as --set section.name=value.\n");
	for (; n; n--, r++) {
		if (r->kind == C_SECTION)
			buf_fmt(&b, "\n# %s\n%s:\n", r->words, r->section);
		else
			setting(&b, r, c);
	}
	return buf_view(&b);
}

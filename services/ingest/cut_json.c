/*
 * cut_json.c - a JSON text is cut into its outermost objects before anything is read, so that a bad one is
 * refused alone. It knows quotes and brackets only, and never what they hold.
 */
#include "ingest/parts.h"

#include <string.h>

struct cutter {
	struct reading	*r;
	const char	*p, *end, *line_start;
	unsigned	 line;
	bool		 in_array;
	bool		 torn;		/* a string held an end of line, which JSON does not have */
};

static void
step(struct cutter *c)
{
	if (*c->p++ == '\n') {
		c->line++;
		c->line_start = c->p;
	}
}

static void
skip_blank(struct cutter *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\n'))
		step(c);
}

/* From { to its }, strings respected. False: no end. */
static bool
cut_object(struct cutter *c, struct str *out)
{
	const char *start = c->p;
	size_t depth = 0;
	bool quoted = false;

	while (c->p < c->end) {
		char ch;

		if (quoted)
			c->p += str_plain_run((struct str){ c->p, (size_t)(c->end - c->p) });
		if (c->p == c->end)
			break;
		ch = *c->p;
		step(c);
		if (quoted) {
			c->torn |= ch == '\n';
			if (ch == '\\' && c->p < c->end)
				step(c);
			else if (ch == '"')
				quoted = false;
			continue;
		}
		quoted = ch == '"';
		depth += ch == '{' || ch == '[';
		depth -= ch == '}' || ch == ']';
		if (depth == 0) {
			*out = (struct str){ start, (size_t)(c->p - start) };
			return true;
		}
	}
	return false;
}

/* To the next object: 1 there is one, 0 the end, -1 something else is there. */
static int
find_value(struct cutter *c, bool first)
{
	skip_blank(c);
	if (c->in_array) {
		if (c->p < c->end && *c->p == ']') {
			c->p++;
			skip_blank(c);
			return c->p == c->end ? 0 : -1;
		}
		if (!first && (c->p == c->end || *c->p != ','))
			return -1;
		c->p += !first;
		skip_blank(c);
	}
	if (c->p == c->end)
		return c->in_array ? -1 : 0;
	return *c->p == '{' ? 1 : -1;
}

struct str
json_place(struct arena *a, const struct json_value *v, size_t line, size_t column)
{
	struct str before = v->place;
	const char *comma = before.n ? memchr(before.p, ',', before.n) : NULL;

	if (line == 1)		/* columns are characters, as jansson counts them */
		for (const char *p = v->line_start; p < v->text.p; p++)
			column += ((unsigned char)*p & 0xc0) != 0x80;
	before.n = comma ? (size_t)(comma - before.p) + 2 : 0;
	return arena_fmt(a, STR_FMT "line %zu column %zu", STR_ARG(before), v->line + line - 1, column);
}

static int
refuse(struct cutter *c, const struct json_value *at, const char *words, const char *fix)
{
	return fault_add(&c->r->out->faults, E_MALFORMED, json_place(c->r->a, at, 1, 1), str_of(words), str_of(fix));
}

static int
keep(struct cutter *c, const struct json_value *v, struct json_value **out, size_t *n)
{
	struct json_value *one = arena_push(c->r->a, *out, *n);

	if (!one)
		return E_NOMEM;
	*one = *v;
	return 0;
}

static struct json_value
value_here(const struct cutter *c, size_t index)
{
	struct str place = c->in_array ? arena_fmt(c->r->a, "encounter %zu, line %u", index + 1, c->line) :
	    arena_fmt(c->r->a, "line %u", c->line);

	return (struct json_value){ { c->p, 0 }, place, c->line, c->line_start };
}

static const char *const no_end[] = {
	"the object that begins here has no end", "check for a missing brace, bracket or quote in it",
};

static int
cut_whole(struct cutter *c, struct json_value **out, size_t *n)
{
	struct json_value v;
	int rc = 0, found;

	while (rc >= 0) {
		found = find_value(c, *n == 0);
		if (found == 0)
			break;
		if (found < 0 && *n && (*out)[*n - 1].text.p[(*out)[*n - 1].text.n - 1] == ']')
			return refuse(c, &(*out)[*n - 1], no_end[0], no_end[1]);	/* took the list's end for its own */
		v = value_here(c, *n);
		if (found < 0)
			return refuse(c, &v, "not an object, an array of objects, or one object per line",
			    "check for a missing bracket, comma or quote");
		if (!cut_object(c, &v.text))
			return refuse(c, &v, no_end[0], no_end[1]);
		rc = keep(c, &v, out, n);
	}
	return rc;
}

/* ---- one per line ---- */

static bool
next_line(struct cutter *c, struct str *line)
{
	const char *nl;

	if (c->p >= c->end)
		return false;
	nl = memchr(c->p, '\n', (size_t)(c->end - c->p));
	*line = (struct str){ c->p, (size_t)((nl ? nl : c->end) - c->p) };
	return true;
}

static void
end_line(struct cutter *c, struct str line)
{
	c->p = line.p + line.n;
	if (c->p < c->end)
		step(c);
}

/* A line that begins and ends an object, without indent: nobody prints an object over lines like that. */
static bool
has_whole_line(struct cutter c)
{
	struct str line, text;

	while (next_line(&c, &line)) {
		struct cutter one = { .p = line.p, .end = line.p + line.n };

		if (line.n && line.p[0] == '{' && cut_object(&one, &text)) {
			skip_blank(&one);
			if (one.p == one.end)
				return true;
		}
		end_line(&c, line);
	}
	return false;
}

static int
cut_lines(struct cutter *c, struct json_value **out, size_t *n)
{
	struct str line;
	int rc = 0;

	while (rc != E_NOMEM && next_line(c, &line)) {
		struct json_value v = value_here(c, 0);

		v.text = str_trim(line);
		if (v.text.n && v.text.p[0] == '{')
			rc = keep(c, &v, out, n);
		else if (v.text.n) {
			c->r->out->n_refused++;
			rc = refuse(c, &v, "this line is not an object", "write one object per line");
		}
		end_line(c, line);
	}
	return rc == E_NOMEM ? rc : 0;
}

int
json_cut(struct reading *r, struct str bytes, struct json_value **out, size_t *n)
{
	struct cutter start = { .r = r, .p = bytes.p, .end = bytes.p + bytes.n, .line_start = bytes.p, .line = 1 }, c;
	struct faults before = r->out->faults;
	int rc;

	start.in_array = bytes.p[0] == '[';
	start.p += start.in_array;
	c = start;
	rc = cut_whole(&c, out, n);
	if (rc == E_NOMEM || start.in_array || (rc >= 0 && !c.torn) || !has_whole_line(start))
		return rc;
	r->out->faults = before;
	*out = NULL;
	*n = 0;
	c = start;
	return cut_lines(&c, out, n);
}

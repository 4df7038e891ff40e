/*
 * js.c - a cursor over a JSON text. Each function reads one thing, and says where it stopped.
 */
#include "base/js.h"

struct js
js_of(struct arena *a, struct str text)
{
	const char *p = text.p ? text.p : "";

	return (struct js){ .start = p, .p = p, .end = p + text.n, .a = a };
}

/* The place is after what is wrong, so that a person who counts finds it just before. */
static bool
bad(struct js *j, enum js_error error)
{
	if (j->error != JS_GOOD)
		return false;
	j->error = j->p == j->end && error == JS_SYNTAX ? JS_SHORT : error;
	j->p += j->p < j->end;
	return false;
}

static bool
blank(struct js *j)
{
	while (j->error == JS_GOOD && j->p < j->end && (*j->p == ' ' || *j->p == '\n' || *j->p == '\r' || *j->p == '\t'))
		j->p++;
	return j->error == JS_GOOD;
}

enum js_kind
js_kind(struct js *j)
{
	if (!blank(j))
		return JS_BAD;
	switch (j->p < j->end ? *j->p : 0) {
	case '"':
		return JS_STRING;
	case '{':
		return JS_OBJECT;
	case '[':
		return JS_ARRAY;
	case 't': case 'f':
		return JS_BOOL;
	case 'n':
		return JS_NULL;
	case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		return JS_NUMBER;
	default:
		(void)bad(j, JS_SYNTAX);
		return JS_BAD;
	}
}

/* ---- strings ---- */

/* Bytes that are what they stand for. */
static void
plain_run(struct js *j)
{
	j->p += str_plain_run((struct str){ j->p, (size_t)(j->end - j->p) });
}

static int
hex4(struct js *j)
{
	int v = 0;

	for (int i = 0; i < 4; i++, j->p++) {
		int c = j->p < j->end ? *j->p : 0, d = c | 0x20;

		if (c >= '0' && c <= '9')
			v = v * 16 + c - '0';
		else if (d >= 'a' && d <= 'f')
			v = v * 16 + d - 'a' + 10;
		else
			return -1;
	}
	return v;
}

/* After the u of \u: a character, or a pair of halves; never half a pair and never NUL. */
static bool
code_point(struct js *j, struct buf *b)
{
	int c = hex4(j), low;

	if (c >= 0xd800 && c < 0xdc00 && j->end - j->p >= 2 && j->p[0] == '\\' && j->p[1] == 'u') {
		j->p += 2;
		low = hex4(j);
		c = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : -1;
	} else if (c >= 0xd800 && c < 0xe000) {
		c = -1;
	}
	if (c <= 0)
		return bad(j, JS_SYNTAX);
	buf_utf8(b, (uint32_t)c);
	return true;
}

static bool
escape(struct js *j, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;

	if (++j->p == j->end)
		return bad(j, JS_SHORT);
	if (*j->p == 'u') {
		j->p++;
		return code_point(j, b);
	}
	at = *j->p ? strchr(from, *j->p) : NULL;
	if (!at)
		return bad(j, JS_SYNTAX);
	buf_ch(b, to[at - from]);
	j->p++;
	return true;
}

bool
js_string(struct js *j, struct str *out)
{
	const char *from;
	struct buf b = { .a = NULL };
	size_t len;

	if (js_kind(j) != JS_STRING)
		return bad(j, JS_SYNTAX);
	from = ++j->p;
	for (plain_run(j); j->p < j->end && *j->p != '"'; plain_run(j)) {
		if (*j->p == '\\') {
			if (!b.a)
				buf_init(&b, j->a);
			buf_put(&b, from, (size_t)(j->p - from));
			if (!escape(j, &b))
				return false;
			from = j->p;
		} else if ((unsigned char)*j->p < 0x20) {
			return bad(j, JS_SYNTAX);
		} else {
			len = str_utf8_at((const unsigned char *)j->p, (size_t)(j->end - j->p));
			if (!len)
				return bad(j, JS_UTF8);
			j->p += len;
		}
	}
	if (j->p == j->end)
		return bad(j, JS_SHORT);
	if (b.a)
		buf_put(&b, from, (size_t)(j->p - from));
	*out = b.a ? buf_view(&b) : (struct str){ from, (size_t)(j->p - from) };
	j->p++;
	j->is_first = false;
	return true;
}

/* ---- numbers and words ---- */

static size_t
digits(struct js *j)
{
	const char *from = j->p;

	while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
		j->p++;
	return (size_t)(j->p - from);
}

static bool
have(struct js *j, char c)
{
	if (j->p == j->end || *j->p != c)
		return false;
	j->p++;
	return true;
}

bool
js_number(struct js *j, struct str *out)
{
	const char *from;
	bool zero;

	if (js_kind(j) != JS_NUMBER)
		return bad(j, JS_SYNTAX);
	from = j->p;
	(void)have(j, '-');
	zero = j->p < j->end && *j->p == '0';
	if (zero)
		j->p++;
	if (!zero && !digits(j))
		return bad(j, JS_SYNTAX);
	if (have(j, '.') && !digits(j))
		return bad(j, JS_SYNTAX);
	if (have(j, 'e') || have(j, 'E')) {
		if (!have(j, '+'))
			(void)have(j, '-');
		if (!digits(j))
			return bad(j, JS_SYNTAX);
	}
	*out = (struct str){ from, (size_t)(j->p - from) };
	j->is_first = false;
	return true;
}

static bool
word(struct js *j, struct str want)
{
	const char *from = j->p;

	while (j->p < j->end && ((*j->p | 0x20) >= 'a' && (*j->p | 0x20) <= 'z'))
		j->p++;
	j->is_first = false;
	if (str_eq((struct str){ from, (size_t)(j->p - from) }, want))
		return true;
	if (j->error == JS_GOOD)
		j->error = JS_SYNTAX;		/* the place is the end of the word */
	return false;
}

bool
js_bool(struct js *j, bool *out)
{
	if (js_kind(j) != JS_BOOL)
		return bad(j, JS_SYNTAX);
	*out = *j->p == 't';
	return word(j, *out ? S("true") : S("false"));
}

/* ---- objects and arrays ---- */

bool
js_open(struct js *j)
{
	enum js_kind kind = js_kind(j);

	if (kind != JS_OBJECT && kind != JS_ARRAY)
		return bad(j, JS_SYNTAX);
	if (j->depth == LIMIT_DEPTH)
		return bad(j, JS_DEEP);
	j->depth++;
	j->p++;
	j->is_first = true;
	return true;
}

/* To the next member, or over the end. */
static bool
next(struct js *j, char close)
{
	bool first = j->is_first;

	if (!blank(j))
		return false;
	if (have(j, close)) {
		j->depth--;
		j->is_first = false;
		return false;
	}
	if (!first && !have(j, ','))
		return bad(j, JS_SYNTAX);
	j->is_first = false;
	return blank(j);
}

bool
js_member(struct js *j, struct str *name)
{
	if (!next(j, '}') || !js_string(j, name))
		return false;
	return blank(j) && (have(j, ':') || bad(j, JS_SYNTAX));
}

bool
js_element(struct js *j)
{
	return next(j, ']');
}

bool
js_skip(struct js *j)
{
	struct str s;
	bool b;

	switch (js_kind(j)) {
	case JS_BAD:
		return false;
	case JS_NULL:
		return word(j, S("null"));
	case JS_BOOL:
		return js_bool(j, &b);
	case JS_NUMBER:
		return js_number(j, &s);
	case JS_STRING:
		return js_string(j, &s);
	case JS_OBJECT:
		if (js_open(j))
			while (js_member(j, &s) && js_skip(j))
				continue;
		break;
	case JS_ARRAY:
		if (js_open(j))
			while (js_element(j) && js_skip(j))
				continue;
		break;
	}
	return j->error == JS_GOOD;
}

bool
js_done(struct js *j)
{
	return blank(j) && (j->p == j->end || bad(j, JS_SYNTAX));
}

bool
js_twice(struct js *j)
{
	if (j->error == JS_GOOD)
		j->error = JS_TWICE;
	return false;
}

void
js_place(const struct js *j, unsigned *line, unsigned *column)
{
	*line = 1;
	*column = 0;
	for (const char *p = j->start; p < j->p; p++) {
		*column += ((unsigned char)*p & 0xc0) != 0x80;
		if (*p == '\n') {
			++*line;
			*column = 0;
		}
	}
}

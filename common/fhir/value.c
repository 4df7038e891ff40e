/* value.c - single values out of FHIR JSON. A JSON number becomes money through its text, never through a double. */
#include "fhir/pool.h"

#include <ctype.h>
#include <string.h>

json_t *
at(json_t *j, const char *path)
{
	char name[64];

	while (j && *path) {
		size_t n = strcspn(path, ".");

		if (n >= sizeof name)
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		if (isdigit((unsigned char)name[0]))
			j = json_array_get(j, (size_t)(name[0] - '0'));
		else
			j = json_object_get(j, name);
		path += n + (path[n] == '.');
	}
	return j;
}

struct str
text_at(struct arena *a, json_t *j, const char *path)
{
	json_t *v = at(j, path);
	struct str s = { json_string_value(v), json_string_length(v) };

	return s.n ? arena_str(a, str_trim(s)) : STR_NONE;
}

day_t
day_at(json_t *j, const char *path)
{
	json_t *v = at(j, path);

	return json_string_length(v) >= 10 ? day_parse((struct str){ json_string_value(v), 10 }) : DAY_NONE;
}

struct str
hhmm_at(struct arena *a, json_t *j, const char *path)
{
	json_t *v = at(j, path);
	const char *s = json_string_value(v);

	if (json_string_length(v) < 16 || s[10] != 'T' || s[13] != ':')
		return STR_NONE;
	for (int i = 11; i < 16; i++)
		if (i != 13 && !isdigit((unsigned char)s[i]))
			return STR_NONE;
	return arena_fmt(a, "%.2s%.2s", s + 11, s + 14);
}

/* The decimal text of a JSON number: 15 digits give back what was written. */
static struct str
number_text(json_t *v, char *room, size_t max)
{
	size_t n = json_is_number(v) ? json_dumpb(v, room, max, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) : 0;
	struct str s = { room, n };

	if (n == 0 || n > max)
		return STR_NONE;
	if (memchr(s.p, '.', s.n))
		while (s.n > 1 && (s.p[s.n - 1] == '0' || s.p[s.n - 1] == '.'))
			if (s.p[--s.n] == '.')
				break;
	return s;
}

bool
cents_at(json_t *j, const char *path, cents_t *out)
{
	char room[64];
	json_t *v = at(j, path);

	return !v || cents_parse(number_text(v, room, sizeof room), out);
}

bool
milli_at(json_t *j, const char *path, milli_t *out)
{
	char room[64];
	json_t *v = at(j, path);

	return !v || milli_parse(number_text(v, room, sizeof room), out);
}

/* "Sepsis (disorder)": the tag belongs to SNOMED CT, not to the words a clinician would write */
static struct str
without_tag(struct str s)
{
	static const char *const tags[] = { " (disorder)", " (finding)", " (situation)", " (procedure)",
	    " (regime/therapy)", " (morphologic abnormality)" };

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		size_t n = strlen(tags[i]);

		if (s.n > n && memcmp(s.p + s.n - n, tags[i], n) == 0)
			return (struct str){ s.p, s.n - n };
	}
	return s;
}

struct str
concept_text(struct arena *a, json_t *concept)
{
	struct str s = text_at(a, concept, "text");

	if (s.n == 0)
		s = text_at(a, concept, "coding.0.display");
	return without_tag(s);
}

struct str
concept_code(struct arena *a, json_t *concept, const char *const *systems)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(concept, "coding"), i, one) {
		const char *system = json_string_value(json_object_get(one, "system"));

		for (size_t k = 0; system && systems[k]; k++)
			if (strcmp(system, systems[k]) == 0)
				return text_at(a, one, "code");
	}
	return STR_NONE;
}

struct str
identifier_of(struct arena *a, json_t *resource, const char *const *systems)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(resource, "identifier"), i, one) {
		struct str system = text_at(a, one, "system"), type = text_at(a, one, "type.coding.0.code");

		for (size_t k = 0; systems[k]; k++)
			if (str_is(system, systems[k]) || str_is(type, systems[k]))
				return text_at(a, one, "value");
	}
	return STR_NONE;
}

struct str
key_of(struct arena *a, struct str s, size_t max)
{
	return s.n <= max ? s : rec_hash16(a, &s, 1);
}

struct str
code_row(const struct code_row *rows, size_t n, struct str from)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(from, rows[i].from))
			return str_of(rows[i].to);
	return STR_NONE;
}

/* ---- base64 ---- */

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Text that is not UTF-8 is taken as ISO 8859-1; control characters other than tab and line feed go. */
static struct str
clean(struct arena *a, struct str s)
{
	json_t *probe = json_stringn(s.p, s.n);
	bool utf8 = probe != NULL;
	struct buf b;

	json_decref(probe);
	buf_init(&b, a);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80 && !utf8)
			buf_utf8(&b, c);
		else if (c == '\n' || c == '\t' || c >= 0x20)
			buf_ch(&b, (char)c);
	}
	return buf_view(&b);
}

struct str
base64_text(struct arena *a, const char *p, size_t n)
{
	char *out = arena_alloc(a, n / 4 * 3 + 3);
	unsigned bits = 0;
	int have = 0;
	size_t len = 0;

	for (size_t i = 0; out && i < n; i++) {
		int v = sextet(p[i]);

		if (p[i] == '=')
			break;
		if (v < 0 && !isspace((unsigned char)p[i]))
			return STR_NONE;
		if (v < 0)
			continue;
		bits = bits << 6 | (unsigned)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[len++] = (char)(bits >> have & 0xff);
		}
	}
	return out && len ? clean(a, (struct str){ out, len }) : STR_NONE;
}

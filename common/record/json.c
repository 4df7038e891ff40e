/*
 * json.c - the encounter as JSON for people and programs, its redacted form, and its JSON Schema.
 * Money and quantities are strings, because a JSON number passes through floating point in most readers.
 */
#include "record/record.h"

#include <jansson.h>
#include <string.h>

/* ---- writing ---- */

enum view { V_PLAIN, V_REDACTED };

static json_t *object_out(struct arena *, const struct rec_object *, const void *obj, enum view);

static json_t *
text_out(struct str s)
{
	json_t *j = json_stringn(s.p ? s.p : "", s.n);

	return j ? j : json_stringn_nocheck("(not UTF-8)", 11);
}

static json_t *
list_out(struct arena *a, const struct rec_field *f, const void *obj, enum view view)
{
	json_t *list = json_array();
	size_t n = *(const size_t *)((const char *)obj + f->at_n);
	const char *arr = *(const char *const *)((const char *)obj + f->at);

	for (size_t i = 0; i < n; i++) {
		if (f->kind == K_MANY)
			(void)json_array_append_new(list, object_out(a, f->of, arr + i * f->of->size, view));
		else
			(void)json_array_append_new(list, text_out(((const struct str *)(const void *)arr)[i]));
	}
	if (n == 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *
field_out(struct arena *a, const struct rec_field *f, const void *obj, enum view view)
{
	const char *at = (const char *)obj + f->at;
	int64_t v;
	json_t *j;

	switch (f->kind) {
	case K_TEXT:
		return ((const struct str *)at)->n ? text_out(*(const struct str *)at) : NULL;
	case K_DAY:
		return *(const day_t *)at == DAY_NONE ? NULL : text_out(day_iso(a, *(const day_t *)at));
	case K_CENTS: case K_MILLI: case K_INT:
		v = *(const int64_t *)at;
		if (v == 0)
			return NULL;
		return f->kind == K_INT ? json_integer(v) :
		    text_out(f->kind == K_CENTS ? cents_text(a, v) : milli_text(a, v));
	case K_BOOL:
		return *(const bool *)at ? json_true() : NULL;
	case K_ONE:
		j = object_out(a, f->of, at, view);
		if (json_object_size(j))
			return j;
		json_decref(j);
		return NULL;
	case K_MANY: case K_STRS:
		return list_out(a, f, obj, view);
	case K_PART:
		break;
	}
	return NULL;
}

static json_t *
object_out(struct arena *a, const struct rec_object *o, const void *obj, enum view view)
{
	json_t *j = json_object();

	for (size_t i = 0; i < o->n; i++) {
		json_t *v = field_out(a, &o->fields[i], obj, view);

		if (v && view == V_REDACTED && o->fields[i].phi) {
			json_decref(v);
			v = json_string("(hidden)");
		}
		if (v)
			(void)json_object_set_new(j, o->fields[i].name, v);
	}
	return j;
}

static int
dump(struct arena *a, json_t *j, size_t flags, struct str *out)
{
	size_t n = json_dumpb(j, NULL, 0, flags);
	char *p = arena_alloc(a, n + 1);

	if (p)
		(void)json_dumpb(j, p, n, flags);
	json_decref(j);
	*out = (struct str){ p, p ? n : 0 };
	return p ? 0 : E_NOMEM;
}

int
rec_to_json(struct arena *a, const struct encounter *e, bool indent, struct str *out)
{
	return dump(a, object_out(a, &rec_encounter, e, V_PLAIN), indent ? JSON_INDENT(2) : JSON_COMPACT, out);
}

int
rec_to_json_redacted(struct arena *a, const struct encounter *e, struct str *out)
{
	return dump(a, object_out(a, &rec_encounter, e, V_REDACTED), JSON_COMPACT, out);
}

/* ---- reading ---- */

struct in {
	struct arena	*a;
	struct faults	*faults;
};

/* Where the reading stands. Written as a JSON pointer only for what is reported: a good text has thousands of places. */
struct place {
	const struct place	*up;
	const char		*name;		/* NULL: a member of a list */
	size_t			 i;
};

static void object_in(struct in *, const struct rec_object *, json_t *, void *obj, const struct place *);

static struct str
pointer(struct arena *a, const struct place *p)
{
	struct str up = p ? pointer(a, p->up) : STR_NONE;

	if (!p)
		return STR_NONE;
	return p->name ? arena_fmt(a, STR_FMT "/%s", STR_ARG(up), p->name) : arena_fmt(a, STR_FMT "/%zu", STR_ARG(up), p->i);
}

static void
complain(struct in *in, const struct place *p, const char *words, const char *fix)
{
	(void)fault_add(in->faults, E_VALUE, pointer(in->a, p), str_of(words), str_of(fix));
}

static bool
text_in(struct in *in, json_t *j, int64_t max, const struct place *place, struct str *out)
{
	struct str s;

	if (!json_is_string(j)) {
		complain(in, place, "not a string", "write it as a JSON string");
		return false;
	}
	s = (struct str){ json_string_value(j), json_string_length(j) };
	if ((int64_t)s.n > max) {
		(void)fault_add(in->faults, E_LIMIT, pointer(in->a, place),
		    arena_fmt(in->a, "%zu bytes, at most %lld are allowed", s.n, (long long)max),
		    S("shorten it"));
		return false;
	}
	*out = arena_str(in->a, s);
	return true;
}

static void
scaled_in(struct in *in, const struct rec_field *f, json_t *j, const struct place *place, int64_t *out)
{
	struct str s;

	if (!text_in(in, j, 24, place, &s))
		return;
	if (!(f->kind == K_CENTS ? cents_parse(s, out) : milli_parse(s, out)))
		complain(in, place, f->kind == K_CENTS ? "not an amount with at most two decimals" :
		    "not a quantity with at most three decimals",
		    f->kind == K_CENTS ? "write dollars and cents as a string, such as \"125.00\"" :
		    "write it as a string, such as \"1\" or \"2.5\"");
}

static void
list_in(struct in *in, const struct rec_field *f, json_t *j, void *obj, const struct place *place)
{
	void **arr = (void **)(void *)((char *)obj + f->at);
	size_t *n = (size_t *)(void *)((char *)obj + f->at_n);

	if (!json_is_array(j)) {
		complain(in, place, "not an array", "write it as a JSON array");
		return;
	}
	if ((int64_t)json_array_size(j) > f->max) {
		(void)fault_add(in->faults, E_LIMIT, pointer(in->a, place),
		    arena_fmt(in->a, "%zu members, at most %lld are allowed", json_array_size(j),
		    (long long)f->max), S("split the encounter, or leave members out"));
		return;
	}
	for (size_t i = 0; i < json_array_size(j) && !in->a->spent; i++) {
		const struct place at = { place, NULL, i };
		json_t *v = json_array_get(j, i);

		if (f->kind == K_MANY) {
			void *one = rec_push_(in->a, arr, n, f->of);

			if (one)
				object_in(in, f->of, v, one, &at);
		} else {
			struct str *one = arena_push_(in->a, arr, n, sizeof *one);

			if (one)
				(void)text_in(in, v, 1024, &at, one);
		}
	}
}

static void
int_in(struct in *in, const struct rec_field *f, json_t *j, const struct place *place, int64_t *out)
{
	if (!json_is_integer(j) || json_integer_value(j) < 0 || json_integer_value(j) > f->max)
		(void)fault_add(in->faults, E_VALUE, pointer(in->a, place), S("not a whole number in its range"),
		    arena_fmt(in->a, "write a whole number from 0 to %lld", (long long)f->max));
	else
		*out = json_integer_value(j);
}

static void
field_in(struct in *in, const struct rec_field *f, json_t *j, void *obj, const struct place *place)
{
	char *at = (char *)obj + f->at;
	struct str s;

	switch (f->kind) {
	case K_TEXT:
		(void)text_in(in, j, f->max, place, (struct str *)(void *)at);
		break;
	case K_DAY:
		if (!text_in(in, j, 10, place, &s))
			break;
		*(day_t *)(void *)at = day_parse(s);
		if (*(day_t *)(void *)at == DAY_NONE)
			complain(in, place, "not a calendar day from 1800 to 2199", "write CCYY-MM-DD");
		break;
	case K_CENTS: case K_MILLI:
		scaled_in(in, f, j, place, (int64_t *)(void *)at);
		break;
	case K_INT:
		int_in(in, f, j, place, (int64_t *)(void *)at);
		break;
	case K_BOOL:
		if (!json_is_boolean(j))
			complain(in, place, "not true or false", "write true or false");
		*(bool *)at = json_is_true(j);
		break;
	case K_ONE:
		object_in(in, f->of, j, at, place);
		break;
	case K_MANY: case K_STRS:
		list_in(in, f, j, obj, place);
		break;
	case K_PART:
		break;
	}
}

/* Names mostly come in the order of the table: look on from where the last one was found. */
static const struct rec_field *
field_named(const struct rec_object *o, const char *name, size_t *next)
{
	for (size_t k = 0; k < o->n; k++) {
		size_t i = *next + k < o->n ? *next + k : *next + k - o->n;

		if (o->fields[i].kind != K_PART && strcmp(o->fields[i].name, name) == 0) {
			*next = i + 1 < o->n ? i + 1 : 0;
			return &o->fields[i];
		}
	}
	return NULL;
}

static void
object_in(struct in *in, const struct rec_object *o, json_t *j, void *obj, const struct place *place)
{
	const char *name;
	size_t next = 0;
	json_t *v;

	if (!json_is_object(j)) {
		complain(in, place, "not an object", "write it as a JSON object");
		return;
	}
	json_object_foreach(j, name, v) {
		const struct rec_field *f = field_named(o, name, &next);
		const struct place at = { place, f ? f->name : "(unknown name)", 0 };

		if (!f)
			complain(in, &at, "a name this object does not have",
			    "see `claimline schema` for the names; spelling and case count");
		else if (!json_is_null(v))
			field_in(in, f, v, obj, &at);
	}
}

/* jansson's text may quote the input, so only its place and kind are passed on */
static int
not_json(struct in *in, const json_error_t *err)
{
	static const struct { enum json_error_code code; const char *words, *fix; } rows[] = {
		{ json_error_stack_overflow, "nested too deeply", "an encounter needs few levels: look for a bracket too many" },
		{ json_error_duplicate_key, "not JSON: the same name twice in one object", "leave one of the two out" },
		{ json_error_premature_end_of_input, "not JSON: it ends too early", "close what is open: quote, bracket or brace" },
		{ json_error_invalid_utf8, "not JSON: not UTF-8", "write the text as UTF-8" },
	};
	struct str place = arena_fmt(in->a, "line %d column %d", err->line, err->column);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].code == json_error_code(err))
			return fault_add(in->faults, E_MALFORMED, place, str_of(rows[i].words), str_of(rows[i].fix));
	return fault_add(in->faults, E_MALFORMED, place, S("not JSON"),
	    S("check for a missing quote, comma or bracket just before this place"));
}

int
rec_from_json(struct arena *a, struct str text, struct encounter *e, struct faults *faults)
{
	struct in in = { a, faults };
	size_t before = faults->n;
	json_error_t err;
	json_t *j;

	if (text.n > LIMIT_INPUT)
		return fault_add(faults, E_LIMIT, S("/"), S("the text is over the size limit"), S("split it"));
	j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &err);
	if (!j) {
		(void)not_json(&in, &err);
		return 1;
	}
	object_in(&in, &rec_encounter, j, e, NULL);
	json_decref(j);
	return a->spent ? E_NOMEM : (int)(faults->n - before);
}

/* ---- JSON Schema ---- */

static json_t *
schema_type(const struct rec_field *f)
{
	switch (f->kind) {
	case K_TEXT:
		return json_pack("{s:s, s:I}", "type", "string", "maxLength", (json_int_t)f->max);
	case K_DAY:
		return json_pack("{s:s, s:s}", "type", "string", "format", "date");
	case K_CENTS:
		return json_pack("{s:s, s:s}", "type", "string", "pattern", "^-?[0-9]+([.][0-9]{1,2})?$");
	case K_MILLI:
		return json_pack("{s:s, s:s}", "type", "string", "pattern", "^-?[0-9]+([.][0-9]{1,3})?$");
	case K_INT:
		return json_pack("{s:s, s:i, s:I}", "type", "integer", "minimum", 0, "maximum", (json_int_t)f->max);
	case K_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case K_ONE:
		return json_pack("{s:s+}", "$ref", "#/$defs/", f->of->name);
	case K_MANY:
		return json_pack("{s:s, s:I, s:{s:s+}}", "type", "array", "maxItems", (json_int_t)f->max,
		    "items", "$ref", "#/$defs/", f->of->name);
	case K_STRS:
		return json_pack("{s:s, s:I, s:{s:s}}", "type", "array", "maxItems", (json_int_t)f->max,
		    "items", "type", "string");
	case K_PART:
		break;
	}
	return NULL;
}

static json_t *
schema_object(const struct rec_object *o)
{
	json_t *props = json_object();

	for (size_t i = 0; i < o->n; i++) {
		const struct rec_field *f = &o->fields[i];
		json_t *t = schema_type(f);

		if (!t)
			continue;
		(void)json_object_set_new(t, "description", json_string(f->words));
		(void)json_object_set_new(props, f->name, t);
	}
	return json_pack("{s:s, s:s, s:b, s:o}", "type", "object", "description", o->words,
	    "additionalProperties", 0, "properties", props);
}

int
rec_schema(struct arena *a, struct str *out)
{
	static const struct rec_object *const all[] = {
#define BEGIN(object, words) &rec_##object,
#include "schemas/encounter.def"
	};
	json_t *root = schema_object(&rec_encounter), *defs = json_object();

	(void)json_object_set_new(root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
	(void)json_object_set_new(root, "title", json_string("Claimline encounter"));
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i] != &rec_encounter)
			(void)json_object_set_new(defs, all[i]->name, schema_object(all[i]));
	(void)json_object_set_new(root, "$defs", defs);
	return dump(a, root, JSON_INDENT(1), out);
}

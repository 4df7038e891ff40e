/*
 * json.c - the encounter as JSON for people and programs, its redacted form, and its JSON Schema; json_in.c reads it.
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
rec_object_to_json(struct arena *a, const struct rec_object *o, const void *obj, bool indent, struct str *out)
{
	return dump(a, object_out(a, o, obj, V_PLAIN), indent ? JSON_INDENT(2) : JSON_COMPACT, out);
}

int
rec_object_to_json_redacted(struct arena *a, const struct rec_object *o, const void *obj, struct str *out)
{
	return dump(a, object_out(a, o, obj, V_REDACTED), JSON_COMPACT, out);
}

int
rec_to_json(struct arena *a, const struct encounter *e, bool indent, struct str *out)
{
	return rec_object_to_json(a, &rec_encounter, e, indent, out);
}

int
rec_to_json_redacted(struct arena *a, const struct encounter *e, struct str *out)
{
	return rec_object_to_json_redacted(a, &rec_encounter, e, out);
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

/* Whether root holds o, however deep. No object holds itself. */
static bool
holds(const struct rec_object *root, const struct rec_object *o)
{
	for (size_t i = 0; i < root->n; i++)
		if (root->fields[i].of && (root->fields[i].of == o || holds(root->fields[i].of, o)))
			return true;
	return false;
}

static int
schema_of(struct arena *a, const struct rec_object *o, struct str *out)
{
	static const struct rec_object *const all[] = {
#define BEGIN(object, words) &rec_##object,
#include "schemas/encounter.def"
#define BEGIN(object, words) &rec_##object,
#include "schemas/remit.def"
	};
	json_t *root = schema_object(o), *defs = json_object();

	(void)json_object_set_new(root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
	(void)json_object_set_new(root, "title", json_string(arena_fmt(a, "Claimline %s", o->name).p));
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (holds(o, all[i]))
			(void)json_object_set_new(defs, all[i]->name, schema_object(all[i]));
	(void)json_object_set_new(root, "$defs", defs);
	return dump(a, root, JSON_INDENT(1), out);
}

int
rec_schema(struct arena *a, struct str *out)
{
	return schema_of(a, &rec_encounter, out);
}

int
rec_payment_schema(struct arena *a, struct str *out)
{
	return schema_of(a, &rec_payment, out);
}

/*
 * json_in.c - an encounter is read from JSON in one pass, each value straight into its field. A text that is not
 * JSON is one fault with its place; one that is JSON has a fault for every value that does not fit.
 */
#include "record/record.h"

#include "base/js.h"

struct in {
	struct arena	*a;
	struct faults	*faults;
	struct js	 js;
};

/* Where the reading stands. Written as a JSON pointer only for what is reported: a good text has thousands of places. */
struct place {
	const struct place	*up;
	const char		*name;		/* NULL: a member of a list */
	size_t			 i;
};

static void object_in(struct in *, const struct rec_object *, void *obj, const struct place *);

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

/* The value that begins here is of another kind than its field: said, and read over. */
static bool
is_kind(struct in *in, enum js_kind kind, const struct place *place, const char *words, const char *fix)
{
	if (js_kind(&in->js) == kind)
		return true;
	complain(in, place, words, fix);
	(void)js_skip(&in->js);
	return false;
}

static bool
text_in(struct in *in, int64_t max, const struct place *place, struct str *out)
{
	struct str s;

	if (!is_kind(in, JS_STRING, place, "not a string", "write it as a JSON string") || !js_string(&in->js, &s))
		return false;
	if ((int64_t)s.n > max) {
		(void)fault_add(in->faults, E_LIMIT, pointer(in->a, place),
		    arena_fmt(in->a, "%zu bytes, at most %lld are allowed", s.n, (long long)max),
		    S("shorten it"));
		return false;
	}
	*out = s;
	return true;
}

static void
scaled_in(struct in *in, const struct rec_field *f, const struct place *place, int64_t *out)
{
	struct str s;

	if (!text_in(in, 24, place, &s))
		return;
	if (!(f->kind == K_CENTS ? cents_parse(s, out) : milli_parse(s, out)))
		complain(in, place, f->kind == K_CENTS ? "not an amount with at most two decimals" :
		    "not a quantity with at most three decimals",
		    f->kind == K_CENTS ? "write dollars and cents as a string, such as \"125.00\"" :
		    "write it as a string, such as \"1\" or \"2.5\"");
}

static void
element_in(struct in *in, const struct rec_field *f, void *obj, const struct place *at)
{
	void **arr = (void **)(void *)((char *)obj + f->at);
	size_t *n = (size_t *)(void *)((char *)obj + f->at_n);

	if (f->kind == K_MANY) {
		void *one = rec_push_to(in->a, arr, n, f->of);	/* list_in has counted */

		if (one)
			object_in(in, f->of, one, at);
	} else {
		struct str *one = arena_push_(in->a, arr, n, sizeof *one), s;

		if (one && text_in(in, 1024, at, &s))
			*one = arena_str(in->a, s);
	}
}

static void
list_in(struct in *in, const struct rec_field *f, void *obj, const struct place *place)
{
	size_t n = 0;

	if (!is_kind(in, JS_ARRAY, place, "not an array", "write it as a JSON array") || !js_open(&in->js))
		return;
	for (; js_element(&in->js) && !in->a->spent; n++) {
		const struct place at = { place, NULL, n };

		if ((int64_t)n < f->max)
			element_in(in, f, obj, &at);
		else if (!js_skip(&in->js))
			return;
	}
	if ((int64_t)n > f->max)
		(void)fault_add(in->faults, E_LIMIT, pointer(in->a, place),
		    arena_fmt(in->a, "%zu members, at most %lld are allowed", n, (long long)f->max),
		    S("split the encounter, or leave members out"));
}

static void
int_in(struct in *in, const struct rec_field *f, const struct place *place, int64_t *out)
{
	struct str s = STR_NONE;
	int64_t v = -1;
	bool is_number = js_kind(&in->js) == JS_NUMBER;

	if (is_number ? !js_number(&in->js, &s) : !js_skip(&in->js))
		return;
	if (!is_number || !str_to_int(s, &v) || v < 0 || v > f->max)
		(void)fault_add(in->faults, E_VALUE, pointer(in->a, place), S("not a whole number in its range"),
		    arena_fmt(in->a, "write a whole number from 0 to %lld", (long long)f->max));
	else
		*out = v;
}

static void
field_in(struct in *in, const struct rec_field *f, void *obj, const struct place *place)
{
	char *at = (char *)obj + f->at;
	struct str s;

	switch (f->kind) {
	case K_TEXT:
		if (text_in(in, f->max, place, &s))
			*(struct str *)(void *)at = arena_str(in->a, s);
		break;
	case K_DAY:
		if (!text_in(in, 10, place, &s))
			break;
		*(day_t *)(void *)at = day_parse(s);
		if (*(day_t *)(void *)at == DAY_NONE)
			complain(in, place, "not a calendar day from 1800 to 2199", "write CCYY-MM-DD");
		break;
	case K_CENTS: case K_MILLI:
		scaled_in(in, f, place, (int64_t *)(void *)at);
		break;
	case K_INT:
		int_in(in, f, place, (int64_t *)(void *)at);
		break;
	case K_BOOL:
		if (is_kind(in, JS_BOOL, place, "not true or false", "write true or false"))
			(void)js_bool(&in->js, (bool *)at);
		break;
	case K_ONE:
		object_in(in, f->of, at, place);
		break;
	case K_MANY: case K_STRS:
		list_in(in, f, obj, place);
		break;
	case K_PART:
		break;
	}
}

/* Names mostly come in the order of the table: look on from where the last one was found. */
static const struct rec_field *
field_named(const struct rec_object *o, struct str name, size_t *next)
{
	for (size_t k = 0; k < o->n; k++) {
		size_t i = *next + k < o->n ? *next + k : *next + k - o->n;

		if (o->fields[i].kind != K_PART && str_is(name, o->fields[i].name)) {
			*next = i + 1 < o->n ? i + 1 : 0;
			return &o->fields[i];
		}
	}
	return NULL;
}

#define MOST_FIELDS	128

static void
object_in(struct in *in, const struct rec_object *o, void *obj, const struct place *place)
{
	bool seen[MOST_FIELDS] = { false };
	struct str name;
	size_t next = 0;

	must(o->n <= MOST_FIELDS);
	if (!is_kind(in, JS_OBJECT, place, "not an object", "write it as a JSON object") || !js_open(&in->js))
		return;
	while (js_member(&in->js, &name) && !in->a->spent) {
		const struct rec_field *f = field_named(o, name, &next);
		const struct place at = { place, f ? f->name : "(unknown name)", 0 };

		if (f && seen[f - o->fields]) {
			(void)js_twice(&in->js);
			return;
		}
		if (f)
			seen[f - o->fields] = true;
		else
			complain(in, &at, "a name this object does not have",
			    "see `claimline schema` for the names; spelling and case count");
		if (f && js_kind(&in->js) != JS_NULL)
			field_in(in, f, obj, &at);
		else if (!js_skip(&in->js))
			return;
	}
}

static int
not_json(struct in *in)
{
	static const struct { const char *words, *fix; } rows[] = {
		[JS_SYNTAX] = { "not JSON", "check for a missing quote, comma or bracket just before this place" },
		[JS_SHORT] = { "not JSON: it ends too early", "close what is open: quote, bracket or brace" },
		[JS_UTF8] = { "not JSON: not UTF-8", "write the text as UTF-8" },
		[JS_DEEP] = { "nested too deeply", "an encounter needs few levels: look for a bracket too many" },
		[JS_TWICE] = { "not JSON: the same name twice in one object", "leave one of the two out" },
	};
	unsigned line, column;

	js_place(&in->js, &line, &column);
	return fault_add(in->faults, E_MALFORMED, arena_fmt(in->a, "line %u column %u", line, column),
	    str_of(rows[in->js.error].words), str_of(rows[in->js.error].fix));
}

int
rec_object_from_json(struct arena *a, struct str text, const struct rec_object *o, void *obj, struct faults *faults)
{
	struct in in = { a, faults, js_of(a, text) };
	size_t before = faults->n;

	if (text.n > LIMIT_INPUT)
		return fault_add(faults, E_LIMIT, S("/"), S("the text is over the size limit"), S("split it"));
	object_in(&in, o, obj, NULL);
	if (!a->spent && !js_done(&in.js)) {
		faults->n = before;		/* what a torn text seems to hold is not worth a word */
		(void)not_json(&in);
	}
	return a->spent ? E_NOMEM : (int)(faults->n - before);
}

int
rec_from_json(struct arena *a, struct str text, struct encounter *e, struct faults *faults)
{
	return rec_object_from_json(a, text, &rec_encounter, e, faults);
}

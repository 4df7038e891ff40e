/*
 * fuzz_js.c - our reader of JSON against jansson's: what one takes the other takes, and a string in a list has the
 * same bytes for both. They may differ where js.h says so: over LIMIT_DEPTH, and on numbers too large for C.
 */
#include "base/js.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The strings of a list of strings; everything else is read over. */
static void
compare(struct arena *a, struct str text, const json_t *tree)
{
	struct js j = js_of(a, text);
	struct str s;
	size_t i = 0;

	if (js_kind(&j) != JS_ARRAY || !js_open(&j))
		return;
	for (; js_element(&j); i++) {
		const json_t *one = json_array_get(tree, i);

		if (js_kind(&j) != JS_STRING) {
			must(!json_is_string(one) && js_skip(&j));
			continue;
		}
		must(js_string(&j, &s));
		must(a->spent || str_eq(s, (struct str){ json_string_value(one), json_string_length(one) }));
	}
	must(i == json_array_size(tree));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);		/* not NUL-terminated where it ends: a sanitizer sees one byte too far */
	struct str text = { copy, size };
	json_error_t err;
	struct arena a;
	struct js j;
	json_t *tree;
	unsigned line, column;
	bool ok;

	must(copy != NULL);
	if (size)
		memcpy(copy, data, size);
	copy = realloc(copy, size ? size : 1);
	must(copy != NULL);
	text.p = copy;
	arena_init(&a, 0);
	j = js_of(&a, text);
	ok = js_skip(&j) && js_done(&j);
	tree = json_loadb(size ? copy : "", size, JSON_DECODE_ANY, &err);
	if (ok)
		must(tree || json_error_code(&err) == json_error_numeric_overflow);
	else
		must(!tree || j.error == JS_DEEP);
	if (ok && tree)
		compare(&a, text, tree);
	js_place(&j, &line, &column);
	must(line >= 1 && column <= size);
	json_decref(tree);
	arena_free(&a);
	free(copy);
	return 0;
}

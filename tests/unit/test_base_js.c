/* test_base_js.c - the forward reader of JSON: what it takes, what it refuses and where, strings decoded. */
#include "base/js.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>

Test(js, takes_and_refuses, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *text; enum js_error error; unsigned line, column; } rows[] = {
		{ "{}", JS_GOOD, 0, 0 },
		{ " [ 1 , -2.5e+3 , 0 , true , false , null , \"x\" , {\"a\":[]} ] \n", JS_GOOD, 0, 0 },
		{ "\"\\ud83d\\ude00\"", JS_GOOD, 0, 0 },
		{ "", JS_SHORT, 1, 0 },
		{ "[1", JS_SHORT, 1, 2 },
		{ "\"abc", JS_SHORT, 1, 4 },
		{ "\"abc\\", JS_SHORT, 1, 5 },
		{ "[1,]", JS_SYNTAX, 1, 4 },
		{ "{\"a\":1,}", JS_SYNTAX, 1, 8 },
		{ "{\"a\" 1}", JS_SYNTAX, 1, 6 },
		{ "{a:1}", JS_SYNTAX, 1, 2 },
		{ "[1]\n [", JS_SYNTAX, 2, 2 },
		{ "[01]", JS_SYNTAX, 1, 3 },
		{ "[1.]", JS_SYNTAX, 1, 4 },
		{ "[-]", JS_SYNTAX, 1, 3 },
		{ "[+1]", JS_SYNTAX, 1, 2 },
		{ "[tru]", JS_SYNTAX, 1, 4 },
		{ "[nulls]", JS_SYNTAX, 1, 6 },
		{ "[tru\n\n, 1]\n", JS_SYNTAX, 1, 4 },
		{ "[1,,\n\n 2]", JS_SYNTAX, 1, 4 },
		{ "\"a\tb\"", JS_SYNTAX, 1, 3 },
		{ "\"\\x\"", JS_SYNTAX, 1, 3 },
		{ "\"\\u0000\"", JS_SYNTAX, 1, 8 },
		{ "\"\\ud800\"", JS_SYNTAX, 1, 8 },
		{ "\"\\udc00\"", JS_SYNTAX, 1, 8 },
		{ "\"\xc3\xa9 \xc0\xaf\"", JS_UTF8, 1, 4 },
		{ "\"\xed\xa0\x80\"", JS_UTF8, 1, 2 },
		{ "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", JS_DEEP, 1, 17 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct js j = js_of(&a, str_of(rows[i].text));
		bool ok = js_skip(&j) && js_done(&j);
		unsigned line, column;

		js_place(&j, &line, &column);
		cr_expect(ok == (rows[i].error == JS_GOOD) && j.error == rows[i].error, "%s: error %d",
		    rows[i].text, (int)j.error);
		cr_expect(ok || (line == rows[i].line && column == rows[i].column), "%s: line %u column %u",
		    rows[i].text, line, column);
		cr_expect(ok || (!js_skip(&j) && !js_done(&j) && js_kind(&j) == JS_BAD), "%s: bad once, bad for good",
		    rows[i].text);
	}
}

Test(js, strings, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *text, *want; bool borrowed; } rows[] = {
		{ "\"\"", "", true },
		{ "\"plain, and longer than eight bytes\"", "plain, and longer than eight bytes", true },
		{ "\"caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f\"", "caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f", true },
		{ "\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"", "a\"b\\c/d\b\f\n\r\t", false },
		{ "\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00!\"", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80!", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct js j = js_of(&a, str_of(rows[i].text));
		struct str s;

		cr_assert(js_string(&j, &s) && js_done(&j), "%s", rows[i].text);
		cr_expect(str_is(s, rows[i].want), "%s: " STR_FMT, rows[i].text, STR_ARG(s));
		cr_expect(rows[i].borrowed == (s.p > rows[i].text && s.p < rows[i].text + strlen(rows[i].text)),
		    "%s", rows[i].text);
	}
}

Test(js, members_in_order, .init = open_arena, .fini = close_arena)
{
	struct js j = js_of(&a, S("{\"n\": -12.5, \"t\": true, \"l\": [1, [2], {\"x\": 3}], \"f\": false}"));
	struct str name, number;
	size_t elements = 0;
	bool t = false, f = true;

	cr_assert(js_open(&j));
	cr_assert(js_member(&j, &name) && str_is(name, "n") && js_number(&j, &number) && str_is(number, "-12.5"));
	cr_assert(js_member(&j, &name) && str_is(name, "t") && js_bool(&j, &t) && t);
	cr_assert(js_member(&j, &name) && str_is(name, "l") && js_open(&j));
	while (js_element(&j)) {
		cr_assert(js_skip(&j));
		elements++;
	}
	cr_expect(elements == 3, "%zu", elements);
	cr_assert(js_member(&j, &name) && str_is(name, "f") && js_bool(&j, &f) && !f);
	cr_expect(!js_member(&j, &name) && js_done(&j) && j.error == JS_GOOD && j.depth == 0);
}

/* Each byte at each place of a word: the run ends just before the first that is not plain. */
Test(js, plain_runs)
{
	char text[32];

	for (size_t n = 0; n <= 24; n++) {
		for (int c = 0; c < 256; c++) {
			bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

			memset(text, 'x', sizeof text);
			text[n] = (char)c;
			cr_expect(str_plain_run((struct str){ text, 25 }) == (plain ? 25 : n), "byte %d at %zu", c, n);
		}
	}
}

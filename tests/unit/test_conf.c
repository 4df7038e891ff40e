/* test_conf.c - settings: what is refused, where and with what fix; printing; partner and payer files. */
#include "base/conf.h"
#include "base/file.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
has(struct str s, const char *part)
{
	return memmem(s.p ? s.p : "", s.n, part, strlen(part)) != NULL;
}

static int
parse(const char *yaml, struct conf *c, struct faults *f)
{
	conf_defaults(c);
	*f = (struct faults){ .a = &a };
	return conf_parse(&a, str_of(yaml), c, f);
}

Test(conf, defaults_and_override, .init = open_arena, .fini = close_arena)
{
	struct faults f;
	struct conf c;

	cr_expect(parse("", &c, &f) == 0 && c.site.lanes == 0 && str_is(c.site.tenant, "main"));
	cr_expect(parse("# only words\n", &c, &f) == 0 && f.n == 0);
	cr_expect(parse("site:\n", &c, &f) == 0, "a section with nothing in it");
	cr_expect(parse("site:\n  lanes: 4\n  tenant: 'a b'\n  redis_user:\nsubmit: {max_claims: 7}\n", &c, &f) == 0);
	cr_expect(c.site.lanes == 4 && c.submit.max_claims == 7);
	cr_expect(strcmp(c.site.tenant.p, "a b") == 0 && strcmp(c.site.redis_user.p, "") == 0, "NUL-terminated");
	cr_expect(c.site.window == 1024, "what is not named keeps its default");
}

/* Every row: one fault at this place, with these words and this fix, and nothing is taken over. */
static const struct { const char *name, *yaml, *place, *words, *fix; } bad_rows[] = {
	{ "unknown section", "sight:\n  lanes: 4\n", "line 1 column 1", "no section of this name", "site" },
	{ "unknown section, far off", "zebra_crossing: 1\n", "line 1 column 1", "no section", "--print-config" },
	{ "unknown name", "site:\n  lane: 4\n", "line 2 column 3", "section site has no setting", "site.lanes" },
	{ "right name, wrong section", "site:\n  max_claims: 4\n", "line 2 column 3", "no setting", "submit.max_claims" },
	{ "text for number", "site:\n  lanes: many\n", "line 2 column 10", "site.lanes: not a whole number", "0 to 256" },
	{ "quoted number", "site:\n  lanes: \"4\"\n", "line 2 column 10", "not a whole number", "without quotes" },
	{ "fraction", "site:\n  lanes: 4.0\n", "line 2 column 10", "not a whole number", "0 to 256" },
	{ "empty number", "site:\n  lanes:\n", "line 2 column", "not a whole number", "0 to 256" },
	{ "too small", "site:\n  lanes: -1\n", "line 2 column 10", "out of range", "0 to 256" },
	{ "too large", "site:\n\n  lanes:   257\n", "line 3 column 12", "out of range", "0 to 256" },
	{ "overflow", "site:\n  lanes: 99999999999999999999\n", "line 2 column 10", "not a whole number", "0 to 256" },
	{ "not a choice", "site:\n  log: xml\n", "line 2 column 8", "site.log: not one of the choices", "text|json" },
	{ "part of a choice", "site:\n  log: tex\n", "line 2 column 8", "not one of the choices", "text|json" },
	{ "two choices", "site:\n  log: text|json\n", "line 2 column 8", "not one of the choices", "text|json" },
	{ "list for value", "site:\n  tenant: [a]\n", "line 2 column 11", "not a single value", "one value" },
	{ "mapping for value", "site:\n  tenant: {a: b}\n", "line 2 column 11", "not a single value", "one value" },
	{ "value for section", "site: 5\n", "line 1 column 7", "not a mapping of settings", "below it" },
	{ "list for section", "site:\n- lanes\n", "line 2 column 1", "not a mapping of settings", "below it" },
	{ "list for all", "- site\n", "line 1 column 1", "not a mapping of sections", "site:" },
	{ "word for all", "site\n", "line 1 column 1", "not a mapping of sections", "site:" },
	{ "same name twice", "site:\n  lanes: 4\n  lanes: 5\n", "line 3 column 3", "second time", "keep one" },
	{ "same section twice", "site:\n  lanes: 4\nsite:\n  window: 20\n", "line 3 column 1", "second time", "keep one" },
	{ "anchor", "site: &x\n  lanes: 4\n", "line 1 column 7", "an anchor", "write the value out" },
	{ "anchor on a value", "site:\n  tenant: &x main\n", "line 2 column 11", "an anchor", "write the value out" },
	{ "alias", "site:\n  tenant: *x\n", "line 2 column 11", "an alias", "write the value out" },
	{ "merge key", "site:\n  <<: {lanes: 4}\n", "line 2 column 3", "merge key", "write every name" },
	{ "tag", "site:\n  lanes: !!int 4\n", "line 2 column 10", "a tag", "!" },
	{ "null text", "site:\n  tenant: ~\n", "line 2 column 11", "null is not a text", "\"\"" },
	{ "line end in a text", "site:\n  tenant: \"a\\nb\"\n", "line 2 column 11", "control character", "one line" },
	{ "NUL in a text", "site:\n  tenant: \"a\\0b\"\n", "line 2 column 11", "control character", "one line" },
	{ "second document", "site:\n  lanes: 4\n---\nsite:\n  lanes: 5\n", "line 3 column 1", "second document",
	    "one document" },
	{ "not closed", "site: {lanes: 4\n", "line 2 column 1", "did not find", "indentation" },
	{ "tab for indentation", "site:\n\tlanes: 4\n", "line 2 column 1", "", "indentation" },
	{ "no colon", "site:\n  lanes 4\n  window: 20\n", "line 3 column 9", "", "indentation" },
	{ "Latin-1", "site:\n  tenant: M\xfcller\n", "line 2 column 12", "UTF-8", "UTF-8" },
	{ "too deep", "site: [[[[[[[[[[[[[[[[[[[[4]]]]]]]]]]]]]]]]]]]]\n", "line 1 column 23", "nested too deep", "fewer" },
};

Test(conf, refuses_the_whole_file, .init = open_arena, .fini = close_arena)
{
	for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
		struct faults f;
		struct conf c, def;
		int rc = parse(bad_rows[i].yaml, &c, &f);

		cr_expect(rc == E_CONF && f.n == 1, "%s: %s, %zu faults", bad_rows[i].name, err_name(rc), f.n);
		if (f.n == 0)
			continue;
		cr_expect(has(f.v[0].place, bad_rows[i].place), "%s: place " STR_FMT, bad_rows[i].name, STR_ARG(f.v[0].place));
		cr_expect(has(f.v[0].words, bad_rows[i].words), "%s: words " STR_FMT, bad_rows[i].name, STR_ARG(f.v[0].words));
		cr_expect(has(f.v[0].fix, bad_rows[i].fix), "%s: fix " STR_FMT, bad_rows[i].name, STR_ARG(f.v[0].fix));
		conf_defaults(&def);
		cr_expect(memcmp(&c, &def, sizeof c) == 0, "%s: something was taken over", bad_rows[i].name);
		arena_reset(&a);
	}
}

Test(conf, every_fault_is_told, .init = open_arena, .fini = close_arena)
{
	struct faults f;
	struct conf c;

	cr_expect(parse("site:\n  lanes: 300\n  log: xml\nsubmit:\n  max_claims: x\n", &c, &f) == E_CONF);
	cr_expect(f.n == 3, "%zu", f.n);
}

Test(conf, size_is_bounded, .init = open_arena, .fini = close_arena)
{
	char *big = arena_alloc(&a, LIMIT_CONF + 2);
	struct faults f = { .a = &a };
	struct conf c;

	memset(big, '\n', LIMIT_CONF + 1);
	conf_defaults(&c);
	cr_expect(conf_parse(&a, (struct str){ big, LIMIT_CONF }, &c, &f) == 0);
	cr_expect(conf_parse(&a, (struct str){ big, LIMIT_CONF + 1 }, &c, &f) == E_CONF && f.v[0].rc == E_LIMIT);
}

Test(conf, set_one, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *path, *value; int rc; const char *fix; } rows[] = {
		{ "site.lanes", "8", 0, NULL },
		{ "site.redis", "tcp:redis:6379", 0, NULL },
		{ "site.log", "json", 0, NULL },
		{ "site.today", "", 0, NULL },
		{ "site.lanes", "", E_CONF, "0 to 256" },
		{ "site.lanes", "1000", E_CONF, "0 to 256" },
		{ "site.log", "xml", E_CONF, "text|json" },
		{ "site", "8", E_CONF, "" },
		{ "site.", "8", E_CONF, "" },
		{ "", "8", E_CONF, "" },
		{ "sit.lanes", "8", E_CONF, "site" },
		{ "site.lanez", "8", E_CONF, "site.lanes" },
		{ "site.tenant", "a\tb", E_CONF, "one line" },
	};
	struct conf c;

	conf_defaults(&c);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct faults f = { .a = &a };
		int rc = conf_set(&a, &c, str_of(rows[i].path), str_of(rows[i].value), &f);

		cr_expect(rc == rows[i].rc && (rc == 0) == (f.n == 0), "%s=%s", rows[i].path, rows[i].value);
		cr_expect(f.n == 0 || has(f.v[0].fix, rows[i].fix), "%s=%s", rows[i].path, rows[i].value);
	}
	cr_expect(c.site.lanes == 8 && strcmp(c.site.redis.p, "tcp:redis:6379") == 0 && str_is(c.site.log, "json"));
}

Test(conf, printed_is_read_back, .init = open_arena, .fini = close_arena)
{
	struct faults f = { .a = &a };
	struct conf c, back;
	struct str text;

	conf_defaults(&c);
	c.site.tenant = S("a \"b\" \\ c: #d\x01\xc3\xa9");
	c.site.lanes = 3;
	text = conf_print(&a, &c);
	conf_defaults(&back);
	cr_expect(conf_parse(&a, text, &back, &f) == E_CONF && f.n == 1, "a control character is shown, and refused");
	c.site.tenant = S("a \"b\" \\ c: #d\xc3\xa9");
	f.n = 0;
	text = conf_print(&a, &c);
	cr_assert(conf_parse(&a, text, &back, &f) == 0);
	cr_expect(str_eq(back.site.tenant, c.site.tenant) && back.site.lanes == 3);
	cr_expect(str_eq(conf_print(&a, &back), text), "the same text again");
}

/* The commented file that is shipped is what --print-config says of the defaults. */
Test(conf, shipped_file, .init = open_arena, .fini = close_arena)
{
	const char *path = CL_SOURCE_DIR "/config/claimline.yaml";
	struct str is = STR_NONE, want;
	struct conf c;

	conf_defaults(&c);
	want = conf_print(&a, &c);
	if (getenv("UPDATE_GOLDEN"))
		cr_assert(file_write_atomic(path, want, true) == 0);
	cr_assert(file_read(&a, path, LIMIT_CONF, &is) == 0, "no %s", path);
	cr_expect(str_eq(is, want), "config/claimline.yaml is not what --print-config prints; UPDATE_GOLDEN=1 rewrites it");
}

/* Of services whose README lists their settings one by one. */
Test(conf, readmes_name_each_setting, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *section, *name; } rows[] = {
#define CONF_INT(section, name, def, min, max, words) { #section, #name },
#define CONF_BOOL(section, name, def, words) { #section, #name },
#define CONF_TEXT(section, name, def, words) { #section, #name },
#define CONF_PICK(section, name, def, choices, words) { #section, #name },
#include "schemas/settings.def"
	};
	size_t named = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str text, path = arena_fmt(&a, CL_SOURCE_DIR "/services/%s/README.md", rows[i].section);
		const char *from;

		if (strcmp(rows[i].section, "ingest") != 0 && strcmp(rows[i].section, "audit") != 0)
			continue;
		cr_assert(file_read(&a, path.p, LIMIT_CONF, &text) == 0, "no %s", path.p);
		from = strstr(text.p, "\n## SETTINGS\n");
		named += from && strstr(from, arena_fmt(&a, "`%s`", rows[i].name).p);
		cr_expect(from && strstr(from, arena_fmt(&a, "`%s`", rows[i].name).p), "%s does not name %s",
		    path.p, rows[i].name);
	}
	cr_expect(named > 15, "%zu settings", named);
}

Test(conf_flat, pairs_in_order, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *key, *value; int line, column; } want[] = {
		{ "id", "payer", 1, 5 }, { "name", "A: b", 2, 7 }, { "edits", "x", 4, 3 }, { "edits", "2", 5, 3 },
		{ "empty", "", 6, 7 }, { "flow", "p", 7, 8 }, { "flow", "q", 7, 11 },
	};
	struct faults f = { .a = &a };
	struct conf_pairs p;

	cr_assert(conf_flat(&a, S("id: payer\nname: 'A: b'\nedits:\n- x\n- 2\nempty:\nflow: [p, q]\nnone: []\n"), &p, &f) == 0);
	cr_assert(p.n == sizeof want / sizeof *want, "%zu pairs", p.n);
	for (size_t i = 0; i < p.n; i++)
		cr_expect(str_is(p.v[i].key, want[i].key) && str_is(p.v[i].value, want[i].value) && p.v[i].value.p &&
		    p.v[i].line == want[i].line && (p.v[i].column == want[i].column || p.v[i].value.n == 0), "pair %zu at %d:%d",
		    i, p.v[i].line, p.v[i].column);
}

Test(conf_flat, refuses, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *yaml, *place; } rows[] = {
		{ "a: {b: c}\n", "line 1 column 4" },
		{ "a:\n- [x]\n", "line 2 column 3" },
		{ "- a\n", "line 1 column 1" },
		{ "a: 1\na: 2\n", "line 2 column 1" },
		{ "a: *b\n", "line 1 column 4" },
		{ "a: [1\n", "line 2 column 1" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct faults f = { .a = &a };
		struct conf_pairs p;

		cr_expect(conf_flat(&a, str_of(rows[i].yaml), &p, &f) == E_CONF && f.n == 1, "%s", rows[i].yaml);
		cr_expect(f.n && str_is(f.v[0].place, rows[i].place), "%s: " STR_FMT, rows[i].yaml, STR_ARG(f.v[0].place));
	}
}

/*
 * test_edits - every row of edits.def with an encounter that raises it and one that just does not.
 *
 * <ID>.fail.json and <ID>.pass.json are changes to a clean encounter (base_p.json, base_i.json):
 *   {"base": "p", "set": {"/lines/0/units": "0"}, "also": [...], "today": ..., "overlay": ..., "book": "partial"}
 * `set` maps JSON pointers (RFC 6901) to values, null removes, "-" appends. `also` names other edits that the
 * change cannot help raising; any other finding that would hold the claim fails the test.
 */
#include "base/file.h"
#include "support/books.h"
#include "validate/edits.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIR_EDITS CL_SOURCE_DIR "/tests/edits/"

struct bench {
	struct arena	 a;
	struct faults	 faults;
	struct book	 whole, partial;
};

/* ---- files ---- */

/* The files of tests/edits/codes, and one more. */
static void
book_of_codes(struct bench *t, const struct paper *more, struct book *out)
{
	struct paper papers[32];
	struct file_list list;
	size_t n = 0;

	cr_assert(dir_list(&t->a, DIR_EDITS "codes", 30, &list) == 0);
	for (; n < list.n; n++) {
		struct str text;

		cr_assert(file_read(&t->a, path_join(&t->a, S(DIR_EDITS "codes"), list.v[n].name).p, LIMIT_INPUT, &text) == 0);
		papers[n] = (struct paper){ list.v[n].name.p, text.p, text.n };
	}
	if (more)
		papers[n++] = *more;
	cr_assert(books_of(papers, n, &t->faults, out) == 0);
}

static void
bench_open(struct bench *t)
{
	const struct paper partial = { "partial_sets.tsv", "PARTIAL\tTITLE\nICD10CM\ta selection\n", 0 };

	memset(t, 0, sizeof *t);
	arena_init(&t->a, 0);
	t->faults.a = &t->a;
	book_of_codes(t, NULL, &t->whole);
	book_of_codes(t, &partial, &t->partial);
	cr_assert(codebook_is_whole(t->whole.cb, CS_ICD10CM) && !codebook_is_whole(t->partial.cb, CS_ICD10CM));
	cr_assert(t->faults.n == 0);
}

static void
bench_close(struct bench *t)
{
	book_close(&t->whole);
	book_close(&t->partial);
	arena_free(&t->a);
}

/* ---- changes to a base ---- */

static json_t *
step(json_t *at, const char *name)
{
	return json_is_array(at) ? json_array_get(at, (size_t)strtoul(name, NULL, 10)) : json_object_get(at, name);
}

/* Puts, removes (null) or appends ("-") at the end of a pointer whose way there exists. */
static bool
pointer_set(json_t *doc, const char *pointer, json_t *value)
{
	char path[200], *rest = path, *name;
	json_t *at = doc;

	if (pointer[0] != '/' || strlen(pointer) >= sizeof path)
		return false;
	memcpy(path, pointer + 1, strlen(pointer));
	while (name = strsep(&rest, "/"), rest) {
		at = step(at, name);
		if (!at)
			return false;
	}
	if (json_is_array(at) && strcmp(name, "-") == 0)
		return json_array_append(at, value) == 0;
	if (json_is_array(at))
		return json_array_set(at, (size_t)strtoul(name, NULL, 10), value) == 0;
	if (json_is_null(value)) {
		(void)json_object_del(at, name);
		return true;
	}
	return json_object_set(at, name, value) == 0;
}

static json_t *
base_load(const char *which)
{
	char path[400];
	json_error_t err;

	(void)snprintf(path, sizeof path, DIR_EDITS "base_%s.json", which);
	return json_load_file(path, 0, &err);
}

static struct encounter *
encounter_of(struct bench *t, json_t *doc, const char *label)
{
	char *text = json_dumps(doc, JSON_COMPACT);
	struct encounter *e = rec_new(&t->a);
	size_t before = t->faults.n;

	cr_assert(text && e);
	if (rec_from_json(&t->a, str_of(text), e, &t->faults) != 0)
		cr_expect(false, "%s: " STR_FMT " " STR_FMT, label, STR_ARG(t->faults.v[before].place),
		    STR_ARG(t->faults.v[before].words));
	free(text);
	return e;
}

static struct encounter *
fixture_apply(struct bench *t, json_t *fix, const char *label)
{
	json_t *base = base_load(json_string_value(json_object_get(fix, "base")));
	struct encounter *e;
	const char *pointer;
	json_t *value;

	cr_assert(base != NULL, "%s: base", label);
	json_object_foreach(json_object_get(fix, "set"), pointer, value)
		cr_expect(pointer_set(base, pointer, value), "%s: %s", label, pointer);
	e = encounter_of(t, base, label);
	json_decref(base);
	return e;
}

/* ---- judging ---- */

static void
run(struct bench *t, json_t *fix, struct encounter *e)
{
	const char *today = json_string_value(json_object_get(fix, "today"));
	const char *yaml = json_string_value(json_object_get(fix, "overlay"));
	bool partial = json_object_get(fix, "book") != NULL;
	struct edit_set set;
	struct overlay o;

	if (yaml)
		cr_assert(edits_overlay(&t->a, str_of(yaml), &o, &t->faults) == 0);
	cr_assert(edits_make(&t->a, &o, yaml ? 1 : 0, &set, &t->faults) == 0);
	cr_assert(validate_run(&set, partial ? t->partial.cb : t->whole.cb,
	    day_parse(str_of(today ? today : "2026-10-15")), &t->a, e) >= 0);
}

static bool
raised(const struct encounter *e, const char *id)
{
	for (size_t i = 0; i < e->n_findings; i++)
		if (str_is(e->findings[i].edit, id))
			return true;
	return false;
}

static bool
listed(json_t *also, struct str id)
{
	for (size_t i = 0; i < json_array_size(also); i++)
		if (str_is(id, json_string_value(json_array_get(also, i))))
			return true;
	return false;
}

static void
expect(struct bench *t, const char *id, bool fail)
{
	char path[400];
	json_error_t err;
	json_t *fix, *also;
	struct encounter *e;

	(void)snprintf(path, sizeof path, DIR_EDITS "%s.%s.json", id, fail ? "fail" : "pass");
	fix = json_load_file(path, 0, &err);
	cr_expect(fix != NULL, "%s: %s", path, err.text);
	if (!fix)
		return;
	e = fixture_apply(t, fix, path);
	run(t, fix, e);
	also = json_object_get(fix, "also");
	cr_expect(raised(e, id) == fail, "%s %s", id, fail ? "is not raised" : "is raised");
	for (size_t i = 0; i < json_array_size(also); i++)
		cr_expect(raised(e, json_string_value(json_array_get(also, i))), "%s: also %zu", path, i);
	for (size_t i = 0; i < e->n_findings; i++) {
		const struct finding *f = &e->findings[i];

		cr_expect(f->severity < SEV_ERROR || str_is(f->edit, id) || listed(also, f->edit),
		    "%s also raises " STR_FMT " at " STR_FMT, path, STR_ARG(f->edit), STR_ARG(f->place));
		cr_expect(f->place.n > 0 && f->place.n <= 60 && f->words.n <= 200 && f->fix.n <= 200,
		    STR_FMT " does not fit the record", STR_ARG(f->edit));
	}
	json_decref(fix);
}

Test(edits, every_row_has_one_that_fails_and_one_that_passes)
{
	struct bench t;

	bench_open(&t);
	for (int i = 0; i < EDIT_COUNT; i++) {
		expect(&t, edit_name((enum edit_id)i), true);
		expect(&t, edit_name((enum edit_id)i), false);
	}
	bench_close(&t);
}

Test(edits, no_file_without_a_row)
{
	DIR *d = opendir(DIR_EDITS);
	struct dirent *one;
	int n = 0;

	cr_assert(d != NULL);
	while ((one = readdir(d)) != NULL) {
		struct str name = str_of(one->d_name), rest = name, id = str_cut(&rest, '.');

		if (!str_is(rest, "pass.json") && !str_is(rest, "fail.json"))
			continue;
		n++;
		cr_expect(edit_find(id) != EDIT_COUNT, "%s", one->d_name);
	}
	(void)closedir(d);
	cr_expect(n == 2 * EDIT_COUNT, "%d files", n);
}

/* The bases are clean by the small book of this folder and by the code sets the repository ships. */
Test(edits, bases_are_clean)
{
	struct bench t;
	struct book site;

	bench_open(&t);
	books_starter(&site);
	for (int k = 0; k < 4; k++) {
		const char *which = k % 2 ? "i" : "p";
		json_t *doc = base_load(which);
		struct encounter *e = encounter_of(&t, doc, which);
		struct edit_set set;
		int worst;

		cr_assert(edits_make(&t.a, NULL, 0, &set, &t.faults) == 0);
		worst = validate_run(&set, k < 2 ? t.whole.cb : site.cb, day_of(2026, 10, 15), &t.a, e);
		for (size_t i = 0; i < e->n_findings; i++)
			cr_expect(e->findings[i].severity < SEV_ERROR, "base_%s: " STR_FMT, which,
			    STR_ARG(e->findings[i].edit));
		cr_expect(worst >= 0 && worst < SEV_ERROR, "base_%s", which);
		json_decref(doc);
	}
	book_close(&site);
	bench_close(&t);
}

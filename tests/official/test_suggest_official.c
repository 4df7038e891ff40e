/*
 * test_suggest_official.c - the engine on the full official tables and on notes of others. Figures are printed
 * for people; what must hold is that nothing crashes, every span is its phrase, and something is found.
 */
#include "support/shared.h"
#include "unit/test_suggest_book.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct arena a;

static bool
is_here(void)
{
	return shared_has("samples/PROVENANCE.md") && shared_has("data/FORMATS.md");
}

/* The candidate with the longest evidence; of equals the surest. */
static const struct candidate *
best_of(const struct encounter *e)
{
	const struct candidate *best = NULL;

	for (size_t i = 0; i < e->n_candidates; i++) {
		const struct candidate *c = &e->candidates[i];

		if (!best || c->phrase.n > best->phrase.n || (c->phrase.n == best->phrase.n && c->confidence > best->confidence))
			best = c;
	}
	return best;
}

static void
without_dot(const char *code, char out[16])
{
	size_t n = 0;

	for (; *code && n < 15; code++)
		if (*code != '.')
			out[n++] = *code;
	out[n] = 0;
}

/* Equal to a gold code, or below one that is a header: the convention of this set. */
static bool
is_hit(json_t *line, const struct candidate *c)
{
	json_t *gold;
	size_t i;

	json_array_foreach(json_object_get(line, "codes"), i, gold) {
		char code[16];

		without_dot(json_string_value(gold), code);
		if (c && str_starts(c->code, str_of(code)))
			return true;
	}
	return false;
}

struct tally { size_t lines, candidates, chosen, hits, bytes; double seconds; };

static void
run_lines(struct suggest *s, const char *path, int release_at, struct tally *t)
{
	struct suggest_rules rules = { release_at, release_at };
	struct arena mem;
	struct str rest;

	*t = (struct tally){ 0 };
	arena_init(&mem, 0);
	cr_assert(file_read(&a, arena_fmt(&a, SHARED "samples/text/%s", path).p, LIMIT_INPUT, &rest) == 0);
	while (rest.n) {
		struct str text = str_trim(str_cut(&rest, '\n')), why;
		json_t *line = text.n ? json_loadb(text.p, text.n, 0, NULL) : NULL;
		struct encounter *e;
		clock_t from = clock();

		if (!line)
			continue;
		e = encounter_of(&mem, json_string_value(json_object_get(line, "text")));
		cr_assert(suggest_run(s, &rules, &mem, e, &why) >= 0);
		t->seconds += (double)(clock() - from) / CLOCKS_PER_SEC;
		spans_hold(e, path);
		t->lines++;
		t->bytes += e->documents[0].text.n;
		t->candidates += e->n_candidates;
		t->chosen += e->n_coded;
		t->hits += is_hit(line, best_of(e));
		json_decref(line);
		arena_reset(&mem);
	}
	arena_free(&mem);
}

static void
report(const char *what, const struct tally *t)
{
	printf("%s: %zu texts, %zu candidates, %zu chosen, %.1f MB/s of processor time\n", what, t->lines,
	    t->candidates, t->chosen, t->seconds > 0 ? (double)t->bytes / 1e6 / t->seconds : 0.0);
}

Test(suggest_official, full_lexicon)
{
	static const char *const files[] = { "icd10cm/icd10cm_order_2026.txt.zst", "icd10cm/icd10cm_index_2017.xml.zst",
	    "icd10cm/icd10cm_tabular_2021.xml.zst", NULL };
	struct book book;
	struct suggest *s = NULL;
	struct tally t;
	clock_t from;

	if (!is_here())
		return;
	arena_init(&a, (size_t)1 << 30);
	books_of_official(files, &book);
	from = clock();
	cr_assert(suggest_open(book.cb, &s) == 0);
	printf("full lexicon: %zu keys, %.0f ms\n", suggest_size(s), (double)(clock() - from) * 1000 / CLOCKS_PER_SEC);
	run_lines(s, "disease-ontology/doid-icd10cm.jsonl", 0, &t);
	printf("disease-ontology: hit@1 %.3f of %zu phrases (for information)\n", (double)t.hits / (double)t.lines, t.lines);
	cr_expect(t.lines > 3000 && t.hits > 0);
	run_lines(s, "aci-bench/notes-unlabelled.jsonl", 600, &t);
	report("aci-bench", &t);
	cr_expect(t.lines == 87 && t.chosen > 0);
	run_lines(s, "codiesp/dev.jsonl", 600, &t);
	report("codiesp dev", &t);
	cr_expect(t.lines == 250 && t.chosen > 0);
	suggest_close(s);
	book_close(&book);
	arena_free(&a);
}

Test(suggest_official, starter_lexicon)
{
	struct book book;
	struct suggest *s = NULL;
	struct tally t;

	if (!is_here())
		return;
	arena_init(&a, (size_t)1 << 30);
	books_starter(&book);
	cr_assert(suggest_open(book.cb, &s) == 0);
	run_lines(s, "aci-bench/notes-unlabelled.jsonl", 600, &t);
	report("starter set on aci-bench", &t);
	cr_expect(t.lines == 87 && t.chosen > 0);
	suggest_close(s);
	book_close(&book);
	arena_free(&a);
}

/*
 * test_validate_demo - config/demo: every encounter reads without a fault and the edits find in it exactly what
 * its README says. Where the chart is still to be coded, a stand-in diagnosis takes the place of suggest's.
 */
#include "support/books.h"
#include "support/shared.h"
#include "validate/edits.h"
#include "validate/judge.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEMO	CL_SOURCE_DIR "/config/demo/"
#define TODAY	day_of(2026, 11, 2)

static const struct { const char *pcn, *edit; enum state queue; } held[] = {
	{ "OFF11", "NPI_RENDERING", ST_HELD_BILLING },	{ "OFF12", "TIMELY_FILING", ST_HELD_BILLING },
	{ "HOS06", "AUTHORIZATION", ST_HELD_AUTHORIZATION }, { "HOS09", "CHARGE_TOTAL", ST_HELD_BILLING },
};
static const struct { const char *name; size_t n; } files[] = {
	{ "office.json", 12 }, { "emergency.json", 8 }, { "hospital.json", 10 },
};
static const char *const payers[] = { "medicare-sample.yaml", "harbor-health.yaml" };
#define N_PAYERS (sizeof payers / sizeof *payers)

struct bench {
	struct arena	 a;
	struct faults	 faults;
	struct book	 book;
	struct overlay	 overlays[N_PAYERS];
	struct edit_set	 set;
	struct encounter *e[64];
	size_t		 n, coded;
};

static void
read_file(struct bench *t, const char *name, size_t expected)
{
	json_error_t err;
	json_t *list, *one;
	size_t i;
	char path[400];

	(void)snprintf(path, sizeof path, DEMO "%s", name);
	list = json_load_file(path, JSON_REJECT_DUPLICATES, &err);
	cr_assert(json_is_array(list), "%s: %s", name, err.text);
	cr_expect(json_array_size(list) == expected, "%s", name);
	json_array_foreach(list, i, one) {
		char *text = json_dumps(one, JSON_COMPACT);
		struct encounter *e = rec_new(&t->a);

		cr_assert(text && e && t->n < 64);
		cr_expect(rec_from_json(&t->a, str_of(text), e, &t->faults) == 0, "%s %zu", name, i);
		t->e[t->n++] = e;
		t->coded += e->n_diagnoses > 0;
		free(text);
	}
	json_decref(list);
}

static void
bench_open(struct bench *t)
{
	memset(t, 0, sizeof *t);
	arena_init(&t->a, 0);
	t->faults.a = &t->a;
	books_starter(&t->book);
	for (size_t i = 0; i < N_PAYERS; i++) {
		struct str text = repo_file(&t->a, arena_fmt(&t->a, "config/payers/%s", payers[i]).p);

		cr_assert(edits_overlay(&t->a, text, &t->overlays[i], &t->faults) == 0);
	}
	cr_assert(edits_make(&t->a, t->overlays, N_PAYERS, &t->set, &t->faults) == 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		read_file(t, files[i].name, files[i].n);
	cr_expect(t->faults.n == 0, "%zu faults", t->faults.n);
}

static void
bench_close(struct bench *t)
{
	book_close(&t->book);
	arena_free(&t->a);
}

static void
judge(struct bench *t, struct encounter *e)
{
	const char *edit = NULL;
	enum state queue = ST_NONE;
	struct str why;
	int worst;

	for (size_t i = 0; i < sizeof held / sizeof *held; i++)
		if (str_is(e->pcn, held[i].pcn)) {
			edit = held[i].edit;
			queue = held[i].queue;
		}
	if (e->n_diagnoses == 0) {
		struct diagnosis *d = REC_PUSH(&t->a, e, coded, diagnosis);

		d->code = S("I10");
		d->poa = S("Y");
	}
	worst = validate_run(&t->set, t->book.cb, TODAY, &t->a, e);
	cr_expect((worst >= SEV_ERROR) == (edit != NULL), STR_FMT ": worst %d", STR_ARG(e->pcn), worst);
	for (size_t i = 0; i < e->n_findings; i++)
		cr_expect(e->findings[i].severity < SEV_ERROR || (edit && str_is(e->findings[i].edit, edit)),
		    STR_FMT ": " STR_FMT " at " STR_FMT, STR_ARG(e->pcn), STR_ARG(e->findings[i].edit),
		    STR_ARG(e->findings[i].place));
	if (edit)
		cr_expect(validate_hold(&t->a, e, &why) == queue, STR_FMT, STR_ARG(e->pcn));
}

Test(demo, as_its_readme_says)
{
	struct bench t;

	bench_open(&t);
	cr_expect(t.n == 30 && t.coded == 4, "%zu encounters, %zu coded", t.n, t.coded);
	for (size_t i = 0; i < t.n; i++) {
		struct encounter *e = t.e[i];

		cr_expect(str_is(e->usage, "T") && e->n_documents == 1 && e->tenant.n == 0, STR_FMT, STR_ARG(e->pcn));
		cr_expect(str_is_npi(e->billing.id) && str_starts(e->billing.id, S("199999")), STR_FMT, STR_ARG(e->pcn));
		for (size_t k = 0; k < i; k++)
			cr_expect(!str_eq(e->control, t.e[k]->control) && !str_eq(e->pcn, t.e[k]->pcn), STR_FMT,
			    STR_ARG(e->pcn));
		judge(&t, e);
	}
	bench_close(&t);
}

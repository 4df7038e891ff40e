/*
 * in_hcc.c - condition categories of the CMS-HCC, ESRD and RxHCC models: the mapping table with a column for each
 * model, the format files of the software, relative factors, hierarchies and labels. Which years they judge is
 * said in codebook_payment.def.
 */
#include "codebook/payment.h"

#include <string.h>

#define END		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL }
#define MODELS_MAX	24

/* ---- models ---- */

/*
 * Files name a model by two digits. V24 has one mapping and one hierarchy for the community and the ESRD model:
 * both columns of the mapping table are the same, and CMS ships V24H86H1 with both.
 */
static const struct { const char *digits, *model[2]; } models[] = {
	{ "28", { "V28", NULL } }, { "24", { "V24", "ESRDV24" } }, { "22", { "V22", NULL } }, { "21", { "ESRDV21", NULL } },
	{ "08", { "RXV08", NULL } }, { "05", { "RXV05", NULL } },
};

static const char *const *
models_of(struct str digits)
{
	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		if (str_is(digits, models[i].digits))
			return models[i].model;
	return NULL;
}

/* F2825T1N is a format file of model 28, year 25. */
static const char *const *
name_read(const struct cb_in *in, char letter, int *year)
{
	int64_t y;

	if (in->name.n < 5 || (in->name.p[0] & ~32) != letter || !str_to_int((struct str){ in->name.p + 3, 2 }, &y))
		return NULL;
	*year = 2000 + (int)y;
	return models_of((struct str){ in->name.p + 1, 2 });
}

/* Rows of one model are followed by those of the next file that has the model, whatever other models do. */
static bool
model_part(struct cb_in *in, int64_t model)
{
	char room[CODE_MAX];
	struct str stream = cb_code_text(model, room);

	return str_eq(in->b->sources[in->source].stream, stream) || cb_part(in, stream);
}

static int
name_fault(const struct cb_in *in)
{
	return cb_fault(in, E_INCOMPLETE, 0, 0,
	    "the name does not tell model and year as CMS writes them (F2825T1N.TXT, C2824T2N.csv: model 28, then the year)");
}

/* ---- the mapping table ---- */

struct map_col { int64_t model; size_t hcc, pays; };	/* 1 + cell */
struct mapping { struct map_col col[MODELS_MAX]; size_t n, cells; };	/* cells 0: no heading yet */

/* "CMS-HCC ESRD Model Category V21 for 2025 Payment Year": ESRDV21, and it is a flag. 0: neither. */
static int64_t
head_model(struct str head, bool *is_flag)
{
	const char *kind = cb_has(head, "esrd") ? "ESRD" : cb_has(head, "rxhcc") ? "RX" : "";
	char model[CODE_MAX];
	size_t n = strlen(kind);

	*is_flag = cb_has(head, "payment_year");
	for (size_t i = 0; cb_has(head, "category") && i + 3 <= head.n; i++) {
		if (head.p[i] != 'V' || head.p[i + 1] < '0' || head.p[i + 1] > '9' || head.p[i + 2] < '0' || head.p[i + 2] > '9')
			continue;
		memcpy(model, kind, n);
		memcpy(model + n, head.p + i, 3);
		return cb_code_key((struct str){ model, n + 3 });
	}
	return 0;
}

static bool
mapping_heads(struct mapping *m, const struct cb_records *r)
{
	if (r->n < 4 || !cb_has(r->cell[0], "diagnosis") || !cb_has(r->cell[0], "code"))
		return false;
	*m = (struct mapping){ .n = 0 };
	for (size_t i = 2; i < r->n; i++) {
		bool is_flag;
		int64_t model = head_model(r->cell[i], &is_flag);
		size_t at = 0;

		while (at < m->n && m->col[at].model != model)
			at++;
		if (model && at == m->n && m->n < MODELS_MAX)
			m->col[m->n++].model = model;
		if (model && at < m->n)
			*(is_flag ? &m->col[at].pays : &m->col[at].hcc) = i + 1;
	}
	for (size_t i = 0; i < m->n; i++)
		if (!m->col[i].hcc || !m->col[i].pays)
			return false;
	m->cells = m->n ? r->n : 0;
	return m->n > 0;
}

/* Notes and sources stand alone in the first cell. */
static bool
is_note(const struct cb_records *r)
{
	for (size_t i = 1; i < r->n; i++)
		if (r->cell[i].n)
			return false;
	return r->cell[0].n == 0 || !cb_code_plain(r->cell[0]);
}

static int
mapping_put(struct cb_in *in, const struct mapping *m, const struct cb_records *r)
{
	if (r->n < m->cells || !cb_code_plain(r->cell[0]))
		return cb_fault(in, E_MALFORMED, r->line, 1, "expected a code without dots and a cell under each heading");
	for (size_t i = 0; i < m->n; i++) {
		struct str hcc = r->cell[m->col[i].hcc - 1], pays = r->cell[m->col[i].pays - 1];
		struct cb_row *row;
		int64_t category;

		if (!str_ieq(pays, S("Yes")) && !str_ieq(pays, S("No")) && !(str_is(pays, "--") && hcc.n == 0))
			return cb_fault(in, E_MALFORMED, r->line, m->col[i].pays, "expected Yes, No or --");
		if (hcc.n == 0)
			continue;
		if (!str_to_int(hcc, &category))
			return cb_fault(in, E_MALFORMED, r->line, m->col[i].hcc, "expected the number of a category");
		row = model_part(in, m->col[i].model) ? cb_put(in, CS_HCC_MAP, r->line) : NULL;
		if (!row)
			return E_NOMEM;
		CB_SET(row, HCC_MAP_CODE, cb_code_key(r->cell[0]));
		CB_SET(row, HCC_MAP_MODEL, m->col[i].model);
		CB_SET(row, HCC_MAP_HCC, category);
		CB_SET(row, HCC_MAP_PAYS, str_ieq(pays, S("Yes")));
	}
	return 1;
}

/* "2026 Initial ...": payment year 2026, so services of 2025. The table itself has its models in its headings. */
int
cb_read_hcc_mapping(struct cb_in *in)
{
	struct arena cells;
	struct cb_records r = { .rest = in->bytes, .sep = ',', .quoted = true, .a = &cells };
	struct mapping m = { .n = 0 };
	int rows = 0, y, mo, d;
	day_t paid = cb_release(REL_CALENDAR, in->name);

	if (paid == DAY_NONE)
		return cb_fault(in, E_INCOMPLETE, 0, 0,
		    "the name does not tell the payment year (2026 Initial ICD-10-CM Mappings)");
	day_parts(paid, &y, &mo, &d);
	in->release = day_of(y - 1, 1, 1);
	arena_init(&cells, CB_MEMORY);
	while (cb_record(&r) && !r.open_quote && !in->b->a.spent && !in->faults->more) {
		if (m.cells == 0)
			(void)mapping_heads(&m, &r);
		else if (!is_note(&r) && mapping_put(in, &m, &r) > 0)
			rows++;
	}
	if (m.cells == 0)
		rows = cb_fault(in, E_UNSUPPORTED, 1, 1,
		    "no heading line of \"Diagnosis Code\" with a category and a payment column of each model");
	else if (r.open_quote)
		rows = cb_fault(in, E_MALFORMED, r.line, 1, "a quoted cell does not end before the file does");
	arena_free(&cells);
	return rows;
}

/* ---- format files ---- */

static int
format_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	int64_t code = row->c[CB_CELL(CC_HCC_MAP_CODE)], hcc = row->c[CB_CELL(CC_HCC_MAP_HCC)];
	const char *const *model = models_of((struct str){ in->name.p + 1, 2 });

	if (!cb_code_plain(r->cell[0]))
		return E_MALFORMED;
	for (int i = 0; i < 2 && model[i]; i++) {
		int64_t key = cb_code_key(str_of(model[i]));

		if (!model_part(in, key))
			return E_NOMEM;
		if (i > 0)
			row = cb_put(in, CS_HCC_MAP, r->line);
		if (!row)
			return E_NOMEM;
		row->source = in->source;
		in->b->sources[in->source].fills[CS_HCC_MAP] = true;
		CB_SET(row, HCC_MAP_CODE, code);
		CB_SET(row, HCC_MAP_MODEL, key);
		CB_SET(row, HCC_MAP_HCC, hcc);
		CB_SET(row, HCC_MAP_PAYS, 1);
	}
	return 0;
}

int
cb_read_hcc_format(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HCC_MAP_CODE, "code", AS_CODE, 0, 1, 1, 0, NULL },
		{ CC_HCC_MAP_HCC, "category", AS_DECIMAL, 0, 1, 2, 0, NULL },
		END
	};
	static const struct cb_layout lay = { .set = CS_HCC_MAP, .sep = '\t', .headless = true, .fields = fields,
	    .more = format_more };
	int year;

	if (!name_read(in, 'F', &year))
		return name_fault(in);
	in->release = day_of(year, 1, 1);
	return cb_read_layout(in, &lay);
}

/* ---- relative factors ---- */

static int
factor_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)r;
	CB_SET(row, HCC_FACTOR_MODEL, cb_code_key(str_of(models_of((struct str){ in->name.p + 1, 2 })[0])));
	return 0;
}

int
cb_read_hcc_factors(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HCC_FACTOR_NAME, "Name", AS_TEXT, 0, 1, 0, 0, NULL },
		{ CC_HCC_FACTOR_FACTOR, "Coeff", AS_DECIMAL, 3, 1, 0, 0, NULL },
		{ CC_HCC_FACTOR_LABEL, "Label", AS_TEXT, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { .set = CS_HCC_FACTOR, .sep = ',', .quoted = true, .windows_1252 = true,
	    .fields = fields, .more = factor_more };
	int year;

	if (!name_read(in, 'C', &year))
		return name_fault(in);
	in->b->sources[in->source].stream = str_of(models_of((struct str){ in->name.p + 1, 2 })[0]);
	in->release = day_of(year - 1, 1, 1);
	return cb_read_layout(in, &lay);
}

/* ---- hierarchies and labels: "V28_hierarchy.tsv", of a model whatever the year ---- */

static const char *const *
prefix_models(const struct cb_in *in)
{
	return in->name.n > 3 && (in->name.p[0] | 32) == 'v' ? models_of((struct str){ in->name.p + 1, 2 }) : NULL;
}

/* The row is of the first model; a second model gets the same. */
static int
models_put(struct cb_in *in, enum code_set set, struct cb_row *row, const struct cb_records *r)
{
	const struct cb_table *t = &in->b->tables[set];
	const char *const *model = prefix_models(in);
	size_t first = t->n - 1;

	row->c[0] = cb_code_key(str_of(model[0]));
	if (!model[1])
		return 0;
	row = cb_put(in, set, r->line);
	if (!row)
		return E_NOMEM;
	memcpy(row->c, cb_row_at(t, first)->c, t->n_cols * sizeof *row->c);
	row->c[0] = cb_code_key(str_of(model[1]));
	return 0;
}

static int
hierarchy_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	return models_put(in, CS_HCC_HIERARCHY, row, r);
}

static int
label_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	return models_put(in, CS_HCC_LABEL, row, r);
}

int
cb_read_hcc_hierarchy(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HCC_HIERARCHY_HCC, "HCC", AS_DECIMAL, 0, 1, 0, 0, NULL },
		{ CC_HCC_HIERARCHY_DROPS, "DROPPED_HCC", AS_DECIMAL, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { .set = CS_HCC_HIERARCHY, .sep = '\t', .fields = fields, .more = hierarchy_more };

	return prefix_models(in) ? cb_read_layout(in, &lay) : name_fault(in);
}

int
cb_read_hcc_labels(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HCC_LABEL_HCC, "HCC", AS_DECIMAL, 0, 1, 0, 0, NULL },
		{ CC_HCC_LABEL_TITLE, "LABEL", AS_TEXT, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { .set = CS_HCC_LABEL, .sep = '\t', .fields = fields, .more = label_more };

	return prefix_models(in) ? cb_read_layout(in, &lay) : name_fault(in);
}

/*
 * in_drg.c - the MS-DRG grouper as tables: one row of fields a column. What they mean stands in
 * schemas/codebook_drg.def; version numbers become days when the book is finished (merge.c).
 */
#include "codebook/drg.h"

#define END		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL }
#define NUMBER(col, head)	{ CC_##col, head, AS_DECIMAL, 0, 1, 0, 0, NULL }
#define NUMBER_OR_NONE(col, head) { CC_##col, head, AS_DECIMAL, 0, 0, 0, 0, NULL }
#define CODE(col, head)		{ CC_##col, head, AS_CODE, 0, 1, 0, 0, NULL }
#define TEXT(col, head)		{ CC_##col, head, AS_TEXT, 0, 0, 0, 0, NULL }
#define VERSIONS(table)		NUMBER(table##_FROM_VER, "from_ver"), NUMBER(table##_TO_VER, "to_ver")

int
cb_read_drg_version(struct cb_in *in)
{
	static const struct cb_field fields[] = { NUMBER(DRG_VERSION_VER, "ver"), TEXT(DRG_VERSION_NAME, "name"),
	    { -1, "from_date", AS_FROM, 0, 1, 0, 0, NULL }, { -1, "to_date", AS_TO, 0, 0, 0, 0, NULL }, END };

	return cb_read_tsv(in, CS_DRG_VERSION, fields);
}

int
cb_read_drg_dx(struct cb_in *in)
{
	static const struct cb_field fields[] = { CODE(DRG_DX_CODE, "code"), VERSIONS(DRG_DX), NUMBER(DRG_DX_MDC, "mdc"),
	    { CC_DRG_DX_SEVERITY, "severity", AS_WORD, 0, 1, 0, 0, "MCC=2|CC=1|NCC=0" },
	    NUMBER_OR_NONE(DRG_DX_EXCLUSION, "pdx_excl_id"), TEXT(DRG_DX_ATTRS, "attrs"), TEXT(DRG_DX_DXCATS, "dxcats"),
	    TEXT(DRG_DX_HAC_ATTRS, "hac_attrs"), TEXT(DRG_DX_HAC_NUMS, "hac_nums"), END };

	return cb_read_tsv(in, CS_DRG_DX, fields);
}

int
cb_read_drg_px(struct cb_in *in)
{
	static const struct cb_field fields[] = { CODE(DRG_PX_CODE, "code"), VERSIONS(DRG_PX),
	    { CC_DRG_PX_OR, "or_proc", AS_FLAG, 0, 0, 0, 0, "Y" }, TEXT(DRG_PX_ATTRS, "attrs"), END };

	return cb_read_tsv(in, CS_DRG_PX, fields);
}

int
cb_read_drg_formula(struct cb_in *in)
{
	static const struct cb_field fields[] = { NUMBER(DRG_FORMULA_MDC, "mdc"), VERSIONS(DRG_FORMULA),
	    NUMBER(DRG_FORMULA_ORDER, "order"), NUMBER(DRG_FORMULA_RANK, "rank"), NUMBER(DRG_FORMULA_DRG, "drg"),
	    NUMBER(DRG_FORMULA_BASE, "base_drg"), CODE(DRG_FORMULA_MED_SURG, "med_surg"),
	    NUMBER(DRG_FORMULA_REROUTE, "reroute_mdc"), NUMBER_OR_NONE(DRG_FORMULA_SEVERITY, "drg_severity"),
	    TEXT(DRG_FORMULA_SUPPRESS, "sev_suppress"),
	    { CC_DRG_FORMULA_FORMULA, "formula", AS_TEXT, 0, 1, 0, 0, NULL }, END };

	return cb_read_tsv(in, CS_DRG_FORMULA, fields);
}

int
cb_read_drg_hac(struct cb_in *in)
{
	static const struct cb_field fields[] = { NUMBER(DRG_HAC_HAC, "hac"), VERSIONS(DRG_HAC),
	    { CC_DRG_HAC_FORMULA, "formula", AS_TEXT, 0, 1, 0, 0, NULL }, END };

	return cb_read_tsv(in, CS_DRG_HAC, fields);
}

int
cb_read_drg_gender(struct cb_in *in)
{
	static const struct cb_field fields[] = { CODE(DRG_GENDER_CODE, "code"), VERSIONS(DRG_GENDER),
	    NUMBER_OR_NONE(DRG_GENDER_MALE, "male_mdc"), NUMBER_OR_NONE(DRG_GENDER_FEMALE, "female_mdc"), END };

	return cb_read_tsv(in, CS_DRG_GENDER, fields);
}

int
cb_read_drg_title(struct cb_in *in)
{
	static const struct cb_field fields[] = { CODE(DRG_TITLE_KIND, "kind"), NUMBER(DRG_TITLE_NUMBER, "number"),
	    VERSIONS(DRG_TITLE), { CC_DRG_TITLE_TITLE, "text", AS_TEXT, 0, 1, 0, 0, NULL }, END };

	return cb_read_tsv(in, CS_DRG_TITLE, fields);
}

/* ---- records that hold lists: a row a member ---- */

/* The members of an exclusion collection; how many there must be stands before them. */
static int
members_put(struct cb_in *in, const struct cb_records *r)
{
	struct str rest = r->cell[2], one;
	int64_t id, n, members = 0;

	if (!str_to_int(r->cell[0], &id) || !str_to_int(r->cell[1], &n))
		return cb_fault(in, E_MALFORMED, r->line, 1, "expected the number of a collection and the count of its codes");
	while ((one = cb_drg_word(&rest)).n) {
		struct cb_row *row;

		if (!cb_code_plain(one))
			return cb_fault(in, E_MALFORMED, r->line, 3, "expected codes parted by blanks");
		row = cb_put(in, CS_DRG_EXCLUSION, r->line);
		if (!row)
			return E_NOMEM;
		CB_SET(row, DRG_EXCLUSION_ID, id);
		CB_SET(row, DRG_EXCLUSION_CODE, cb_code_key(one));
		members++;
	}
	return members == n ? 1 : cb_fault(in, E_MALFORMED, r->line, 3, "there are not as many codes as the record says");
}

static int
choice_put(struct cb_in *in, const struct cb_records *r, struct str codes, int64_t choice)
{
	int64_t from, to;
	struct str one;
	int n = 0;

	if (!str_to_int(r->cell[1], &from) || !str_to_int(r->cell[2], &to))
		return E_MALFORMED;
	while ((one = cb_drg_word(&codes)).n) {
		struct cb_row *row = cb_code_plain(one) ? cb_put(in, CS_DRG_CLUSTER_CODE, r->line) : NULL;

		if (!row)
			return E_MALFORMED;
		CB_SET(row, DRG_CLUSTER_CODE_CODE, cb_code_key(one));
		CB_SET(row, DRG_CLUSTER_CODE_CLUSTER, cb_code_key(r->cell[0]));
		CB_SET(row, DRG_CLUSTER_CODE_CHOICE, choice);
		CB_SET(row, DRG_CLUSTER_CODE_FROM_VER, from);
		CB_SET(row, DRG_CLUSTER_CODE_TO_VER, to);
		n++;
	}
	return n;
}

static int
cluster_put(struct cb_in *in, const struct cb_records *r)
{
	struct str rest = r->cell[5];
	int64_t from, to, n, choice = 0;
	struct cb_row *row;

	if (!cb_code_key(r->cell[0]) || !str_to_int(r->cell[1], &from) || !str_to_int(r->cell[2], &to) ||
	    !str_to_int(r->cell[4], &n) || n < 1 || r->cell[3].n > 200 || str_plain_run(r->cell[3]) != r->cell[3].n)
		return cb_fault(in, E_MALFORMED, r->line, 1,
		    "expected a cluster, its versions, MDCs and the number of its choices");
	while (rest.n)
		if (choice_put(in, r, str_cut(&rest, ';'), ++choice) <= 0)
			return cb_fault(in, E_MALFORMED, r->line, 6, "expected procedure codes parted by blanks, choices by ;");
	if (choice != n)
		return cb_fault(in, E_MALFORMED, r->line, 6, "there are not as many choices as the record says");
	row = cb_put(in, CS_DRG_CLUSTER, r->line);
	if (!row)
		return E_NOMEM;
	CB_SET(row, DRG_CLUSTER_CLUSTER, cb_code_key(r->cell[0]));
	CB_SET(row, DRG_CLUSTER_FROM_VER, from);
	CB_SET(row, DRG_CLUSTER_TO_VER, to);
	CB_SET(row, DRG_CLUSTER_CHOICES, n);
	CB_SET(row, DRG_CLUSTER_SUPPRESS, cb_text(in->b, r->cell[3]));
	return 1;
}

/* The columns are those of the heading the kind looked for. */
static int
read_lists(struct cb_in *in, size_t cells, int (*put)(struct cb_in *, const struct cb_records *))
{
	struct arena a;
	struct cb_records r = { .rest = in->bytes, .sep = '\t', .a = &a };
	int n = 0;

	arena_init(&a, 0);
	(void)cb_record(&r);
	while (cb_record(&r) && !in->b->a.spent && !in->faults->more) {
		if (r.n == 1 && r.cell[0].n == 0)
			continue;
		if (r.n != cells)
			(void)cb_fault_str(in, E_MALFORMED, r.line, 1, arena_fmt(in->faults->a, "expected %zu cells, found %zu",
			    cells, r.n));
		else if (put(in, &r) > 0)
			n++;
	}
	arena_free(&a);
	return in->b->a.spent ? E_NOMEM : n;
}

int
cb_read_drg_exclusion(struct cb_in *in)
{
	return read_lists(in, 3, members_put);
}

int
cb_read_drg_cluster(struct cb_in *in)
{
	return read_lists(in, 6, cluster_put);
}

/*
 * in_addenda.c - order and codes addenda of ICD-10-CM and ICD-10-PCS, in fixed columns, and the changes to the list
 * of diagnoses exempt from POA, in cells. After the changes of the former stand counts: headers and codes before
 * and after, added, deleted, revised. They are held against what was read, so that a cut or edited file is found.
 */
#include "codebook/pcs_in.h"

#include <string.h>

enum count { N_BEFORE, N_AFTER, N_ADDED, N_DELETED, N_REVISED, N_KINDS, N_COUNT };	/* KINDS: sum of "of which" */
#define MARK(count)	(1u << (count))

/* Columns of a form; 0: it has none. */
struct form {
	enum code_set	set;
	size_t		flag, code, brief, title;
};

struct addenda {
	struct cb_in		*in;
	const struct form	*form;
	int64_t			 read[2][N_COUNT], said[2][N_COUNT];	/* of headers, of codes */
	unsigned		 seen[2];			/* MARK of what was said */
	int			 part;			/* of the trailer: 0 headers, 1 codes, -1 not begun */
	int64_t			 revised;		/* code of the open "Revise from", 0: none */
	int			 records;
};

enum cb_action
cb_action_of(struct str words)
{
	static const char *const w[] = { "Add:", "Delete:", "Revise from:", "Revise to:" };
	static const enum cb_action a[] = { CB_ADD, CB_DELETE, CB_REVISE_FROM, CB_REVISE };

	for (size_t i = 0; i < 4; i++)
		if (str_is(words, w[i]))
			return a[i];
	return CB_FULL;
}

/* ---- the changes ---- */

static bool
is_blank_at(struct str line, size_t column)
{
	return column == 0 || (line.n >= column && line.p[column - 1] == ' ');
}

/* 1 a code, 0 a header, -1 it does not fit. ICD-10-PCS has no flag: there the length tells. */
static int
kind_of(const struct form *f, struct str line, struct str code)
{
	if (f->flag)
		return line.p[f->flag - 1] == '1' ? 1 : line.p[f->flag - 1] == '0' ? 0 : -1;
	if (f->set == CS_ICD10PCS)
		return code.n == 7 ? 1 : code.n == 3 && f->brief ? 0 : -1;
	return code.n >= 3 ? 1 : -1;
}

static int
pair_check(struct addenda *ad, enum cb_action action, int64_t key, size_t line)
{
	bool fits = action == CB_REVISE ? ad->revised == key : ad->revised == 0;

	ad->revised = action == CB_REVISE_FROM ? key : 0;
	return fits ? 0 : cb_fault(ad->in, E_MALFORMED, line, 1,
	    "expected \"Revise from\" and \"Revise to\" of one code, one after the other");
}

static int
change_put(struct addenda *ad, enum cb_action action, struct str line, size_t no)
{
	const struct form *f = ad->form;
	struct str code = cb_cols(line, f->code, f->code + 6), brief = STR_NONE, title = cb_cols(line, f->title, CB_TITLE_MAX);
	enum code_col first = code_sets[f->set].first;
	struct cb_row *row;
	int kind;

	if (line.n < f->title || !is_blank_at(line, 13) || !is_blank_at(line, f->flag ? f->flag + 1 : 0) ||
	    !is_blank_at(line, f->code + 7) || !is_blank_at(line, f->brief ? f->title - 1 : 0))
		return cb_fault(ad->in, E_MALFORMED, no, 1, "expected the columns of these addenda");
	kind = kind_of(f, line, code);
	if (!cb_code_plain(code) || kind < 0)
		return cb_fault(ad->in, E_MALFORMED, no, kind < 0 && f->flag ? f->flag : f->code,
		    "expected a flag of 0 or 1 and a code");
	if (f->brief)
		brief = cb_cols(line, f->brief, f->title - 2);
	if (!title.n || !str_is_utf8(title) || !str_is_utf8(brief) || str_has_ctl(title) || str_has_ctl(brief))
		return cb_fault(ad->in, E_MALFORMED, no, f->brief ? f->brief : f->title,
		    "expected titles of UTF-8 without control characters");
	if (pair_check(ad, action, cb_code_key(code), no) < 0)
		return E_MALFORMED;
	row = cb_put(ad->in, f->set, no);
	if (!row)
		return E_NOMEM;
	row->action = (uint8_t)action;
	row->c[0] = cb_code_key(code);
	row->c[CC_ICD10CM_TITLE - CC_ICD10CM_CODE] = cb_text(ad->in->b, title);
	if (!str_eq(brief, title))
		row->c[CC_ICD10CM_SHORT - CC_ICD10CM_CODE] = cb_text(ad->in->b, brief);
	row->c[CC_ICD10CM_BILLABLE - CC_ICD10CM_CODE] = kind;
	must(code_cols[first].set == f->set);
	ad->records += action != CB_REVISE_FROM;
	if (action != CB_REVISE_FROM)
		ad->read[kind][action == CB_ADD ? N_ADDED : action == CB_DELETE ? N_DELETED : N_REVISED]++;
	return 0;
}

/* ---- the counts ---- */

/* "487 additions", "74719 codes in icd10cm_order_2026.txt", "1 revisions to short title only" */
static int
which_count(const struct addenda *ad, struct str words)
{
	bool revision = str_starts(words, S("revision"));

	if (str_starts(words, ad->part ? S("codes in ") : S("headers in ")))
		return ad->seen[ad->part] & MARK(N_BEFORE) ? N_AFTER : N_BEFORE;
	if (str_starts(words, S("addition")))
		return N_ADDED;
	if (str_starts(words, S("deletion")))
		return N_DELETED;
	return revision ? (cb_has(words, "revisions to ") || cb_has(words, "revision to ") ? N_KINDS : N_REVISED) : -1;
}

static int
count_take(struct addenda *ad, struct str line, size_t no)
{
	struct str words = line, head = str_cut(&words, ' ');
	int64_t n;
	int which;

	if (str_is(line, "Headers") || str_is(line, "Codes")) {
		ad->part = str_is(line, "Codes");
		return 0;
	}
	if (str_is(line, "of which"))
		return 0;
	which = ad->part < 0 || !str_to_int(head, &n) || n < 0 || n > INT32_MAX ? -1 : which_count(ad, str_trim(words));
	if (which < 0 || (which != N_KINDS && ad->seen[ad->part] & MARK(which)))
		return cb_fault(ad->in, E_MALFORMED, no, 1,
		    "expected Add:, Delete:, Revise from:, Revise to:, or the counts after the last change");
	ad->said[ad->part][which] += n;
	ad->seen[ad->part] |= MARK(which);
	if (which >= N_ADDED && which <= N_REVISED && n != ad->read[ad->part][which])
		return cb_fault_str(ad->in, E_VALUE, no, 1,
		    arena_fmt(ad->in->faults->a, "the count says %lld, but %lld were read",
		    (long long)n, (long long)ad->read[ad->part][which]));
	return 0;
}

/* What one count says of another. Codes addenda count codes only. */
static int
counts_check(struct addenda *ad, size_t no)
{
	const unsigned all = MARK(N_BEFORE) | MARK(N_AFTER) | MARK(N_ADDED) | MARK(N_DELETED) | MARK(N_REVISED);

	if (ad->revised)
		return cb_fault(ad->in, E_MALFORMED, no, 1, "\"Revise from\" without \"Revise to\"");
	for (int part = ad->form->brief ? 0 : 1; part < 2; part++) {
		const int64_t *n = ad->said[part];

		if ((ad->seen[part] & all) != all)
			return cb_fault(ad->in, E_INCOMPLETE, no, 1, "the counts at the end are missing or cut");
		if (n[N_BEFORE] + n[N_ADDED] - n[N_DELETED] != n[N_AFTER])
			return cb_fault(ad->in, E_VALUE, no, 1,
			    "the counts before and after do not differ by what was added and deleted");
		if (ad->seen[part] & MARK(N_KINDS) && n[N_KINDS] != n[N_REVISED])
			return cb_fault(ad->in, E_VALUE, no, 1, "the kinds of revisions do not add up to the revisions");
	}
	for (int part = 0; part < 2; part++)
		ad->in->b->sources[ad->in->source].base[part] = (size_t)ad->said[part][N_BEFORE];
	return 0;
}

static int
addenda_read(struct cb_in *in, const struct form *form)
{
	struct addenda ad = { .in = in, .form = form, .part = -1 };
	struct cb_lines l = cb_lines(in);
	bool trailer = false;
	struct str line;

	in->b->sources[in->source].brief = !form->brief;
	while (cb_line(&l, &line)) {
		enum cb_action action = cb_action_of(cb_cols(line, 1, 12));

		if (str_trim(line).n == 0)
			continue;
		if (action == CB_FULL) {
			trailer = true;
			(void)count_take(&ad, str_trim(line), l.no);
		} else if (trailer) {
			(void)cb_fault(in, E_MALFORMED, l.no, 1, "a change after the counts");
		} else if (change_put(&ad, action, line, l.no) == E_NOMEM) {
			return E_NOMEM;
		}
		if (in->faults->more)
			return E_MALFORMED;
	}
	(void)counts_check(&ad, l.no);
	return ad.records;
}

int
cb_read_icd10cm_order_addenda(struct cb_in *in)
{
	static const struct form form = { CS_ICD10CM, 14, 16, 24, 85 };

	return addenda_read(in, &form);
}

int
cb_read_icd10cm_codes_addenda(struct cb_in *in)
{
	static const struct form form = { CS_ICD10CM, 0, 14, 0, 22 };

	return addenda_read(in, &form);
}

int
cb_read_icd10pcs_order_addenda(struct cb_in *in)
{
	static const struct form form = { CS_ICD10PCS, 0, 14, 22, 83 };

	return addenda_read(in, &form);
}

int
cb_read_icd10pcs_codes_addenda(struct cb_in *in)
{
	static const struct form form = { CS_ICD10PCS, 0, 14, 0, 22 };

	return addenda_read(in, &form);
}

/* ---- POA ---- */

static const struct cb_field poa_fields[] = {
	{ CC_POA_EXEMPT_CODE, "POAexemptCode", AS_DOTTED, 0, 1, 0, 0, NULL },
	{ -1, "Description", AS_NOTHING, 0, 0, 0, 0, NULL },
	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
};

static int
poa_added(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in, (void)r;
	row->action = CB_ADD;
	return 0;
}

static int
poa_deleted(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in, (void)r;
	row->action = CB_DELETE;
	return 0;
}

/* The action stands in a cell of its own, before the code. */
static int
poa_revised(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in;
	row->action = CB_FULL;
	for (size_t i = 0; i < r->n && row->action == CB_FULL; i++)
		row->action = (uint8_t)cb_action_of(r->cell[i]);
	return row->action == CB_REVISE_FROM || row->action == CB_REVISE ? 0 : E_MALFORMED;
}

int
cb_read_poa_add(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_POA_EXEMPT, .sep = '\t',
	    .quoted = true, .fields = poa_fields, .more = poa_added };

	return cb_read_layout(in, &lay);
}

int
cb_read_poa_delete(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_POA_EXEMPT, .sep = '\t',
	    .quoted = true, .fields = poa_fields, .more = poa_deleted };

	return cb_read_layout(in, &lay);
}

int
cb_read_poa_revise(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_POA_EXEMPT, .sep = '\t',
	    .quoted = true, .fields = poa_fields, .more = poa_revised };
	const struct cb_table *t = &in->b->tables[CS_POA_EXEMPT];
	size_t first = t->n;
	int rc = cb_read_layout(in, &lay), pairs = 0;

	for (size_t i = first; i < t->n && rc >= 0; i++) {
		const struct cb_row *row = cb_row_at(t, i), *last = i > first ? cb_row_at(t, i - 1) : NULL;
		bool to = row->action == CB_REVISE, paired = last && last->action == CB_REVISE_FROM;

		if (to != paired || (to && last->c[0] != row->c[0]) || (!to && i + 1 == t->n))
			rc = cb_fault(in, E_MALFORMED, row->line, 1,
			    "expected \"Revise from\" and \"Revise to\" of one code, one after the other");
		pairs += to;
	}
	return rc < 0 ? rc : pairs;
}

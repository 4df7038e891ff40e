/*
 * codebook.c - knows which file is which, and answers look-ups. Never opens a file: bytes come in,
 * and nothing a file holds can make it stop the program.
 */
#include "codebook/cb.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

int
codebook_new(struct codebook **out)
{
	struct codebook *cb = calloc(1, sizeof *cb);

	if (!cb)
		return E_NOMEM;
	arena_init(&cb->a, CB_MEMORY);
	*out = cb;
	return 0;
}

void
codebook_free(struct codebook *cb)
{
	if (!cb)
		return;
	arena_free(&cb->a);
	free(cb);
}

int
cb_fault(const struct cb_in *in, int rc, size_t line, size_t column, const char *words)
{
	struct arena *a = in->faults->a;

	if (in->faults->n >= LIMIT_FAULTS) {
		in->faults->more = true;
		return rc;
	}
	return fault_add(in->faults, rc,
	    line ? arena_fmt(a, "%.*s line %zu column %zu", (int)in->name.n, in->name.p, line, column) : in->name,
	    str_of(words), S("take the file from its publisher again, or see common/codebook/README.md"));
}

struct code_row *
cb_row_add(struct codebook *cb, enum code_set set)
{
	struct cb_set *s = &cb->sets[set];
	struct code_row *row = arena_push(&cb->a, s->rows, s->n);

	if (row)
		*row = (struct code_row){ .from = DAY_NONE, .to = DAY_NONE, .billable = true, .age_min = -1,
		    .age_max = -1 };
	return row;
}

bool
cb_code_ok(struct str code)
{
	for (size_t i = 0; i < code.n; i++)
		if (!((code.p[i] >= 'A' && code.p[i] <= 'Z') || (code.p[i] >= '0' && code.p[i] <= '9')))
			return false;
	return code.n > 0 && code.n <= CB_CODE_MAX;
}

struct str
cb_code_bare(struct arena *a, struct str code)
{
	char *p = arena_alloc(a, code.n + 1);
	size_t n = 0;

	if (!p)
		return STR_NONE;
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];

		if (c != '.' && c != '-' && c != ' ')
			p[n++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	}
	return (struct str){ p, n };
}

struct str
cb_line(struct str *rest)
{
	struct str line = str_cut(rest, '\n');

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* ---- which file is it ---- */

static bool
has(struct str name, const char *part)
{
	size_t n = strlen(part);

	for (size_t i = 0; i + n <= name.n; i++) {
		size_t k = 0;

		while (k < n && ((name.p[i + k] | 32) == part[k] || (part[k] == '_' && name.p[i + k] == '-') ||
		    name.p[i + k] == part[k]))
			k++;
		if (k == n)
			return true;
	}
	return false;
}

/* "icd10cm_order_2026.txt" is in force from October 2025; "icd10cm-order-Jan-2021.txt" from January 2021. */
static day_t
release_of(struct str name)
{
	static const struct { const char *word; int month; } part_year[] = { { "jan", 1 }, { "apr", 4 } };

	for (size_t i = 0; i + 4 <= name.n; i++) {
		int64_t year;

		if (!str_to_int((struct str){ name.p + i, 4 }, &year) || year < 2016 || year > DAY_MAX_YEAR ||
		    name.p[i] == '+')
			continue;
		for (size_t k = 0; k < 2; k++)
			if (has(name, part_year[k].word))
				return day_of((int)year, part_year[k].month, 1);
		return day_of((int)year - 1, 10, 1);
	}
	return DAY_NONE;
}

static bool
looks_order(struct str b)
{
	return b.n > 17 && b.p[5] == ' ' && b.p[13] == ' ' && (b.p[14] == '0' || b.p[14] == '1') && b.p[15] == ' ';
}

static bool
looks_hcpcs(struct str b)
{
	return b.n > 12 && (b.p[10] == '3' || b.p[10] == '7') && b.p[5] == '0';
}

static bool
looks_xml(struct str b)
{
	return has((struct str){ b.p, b.n < 200 ? b.n : 200 }, "<");
}

static bool
looks_tabs(struct str b)
{
	return b.n && memchr(b.p, '\t', b.n);
}

static const struct kind {
	const char	*part;			/* of the file name, in lower case; _ stands for - too */
	bool		 (*looks)(struct str bytes);
	int		 (*read)(struct cb_in *);
	enum code_set	 set;
	bool		 dated;			/* its release is in its name */
} kinds[] = {
	{ "icd10cm_order_addenda", NULL,	NULL,			CS_COUNT,	false },
	{ "icd10cm_order",	looks_order,	cb_read_order,		CS_ICD10CM,	true },
	{ "icd10pcs_order",	looks_order,	cb_read_order,		CS_ICD10PCS,	true },
	{ "icd10cm_index",	looks_xml,	cb_read_index_xml,	CS_ICD10CM,	false },
	{ "icd10cm_eindex",	looks_xml,	cb_read_index_xml,	CS_ICD10CM,	false },
	{ "icd10cm_tabular",	looks_xml,	cb_read_tabular_xml,	CS_ICD10CM,	false },
	{ "poaexemptcodes",	looks_tabs,	cb_read_poa,		CS_ICD10CM,	false },
	{ "icd10_mce_sex",	looks_tabs,	cb_read_mce,		CS_ICD10CM,	false },
	{ "icd10_mce_age",	looks_tabs,	cb_read_mce,		CS_ICD10CM,	false },
	{ ".tsv",		looks_tabs,	cb_read_list,		CS_COUNT,	false },
	{ "hcpc",		looks_hcpcs,	cb_read_hcpcs,		CS_HCPCS,	false },
};

static const struct kind *
kind_of(struct str name, struct str bytes)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (has(name, kinds[i].part))
			return kinds[i].looks && kinds[i].looks(bytes) ? &kinds[i] : NULL;
	return NULL;
}

static struct str
base_name(struct str path)
{
	struct str name = path;

	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/')
			name = (struct str){ path.p + i + 1, path.n - i - 1 };
	return name;
}

static int
release_add(struct cb_in *in)
{
	struct cb_set *s = &in->cb->sets[in->set];
	day_t *day;

	if (in->release == DAY_NONE)
		return cb_fault(in, E_INCOMPLETE, 0, 0, "the file name has no year, so its release is unknown");
	for (size_t i = 0; i < s->n_releases; i++)
		if (s->releases[i] == in->release)
			return cb_fault(in, E_DUPLICATE, 0, 0, "a file of this release is loaded already");
	day = arena_push(&in->cb->a, s->releases, s->n_releases);
	if (!day)
		return E_NOMEM;
	*day = in->release;
	return 0;
}

static int
source_add(struct codebook *cb, struct str name, struct str bytes)
{
	struct cb_source *src = arena_push(&cb->a, cb->sources, cb->n_sources);

	if (!src)
		return E_NOMEM;
	src->name = arena_str(&cb->a, name);
	(void)SHA256((const unsigned char *)bytes.p, bytes.n, src->sha);
	return 0;
}

int
codebook_add(struct codebook *cb, struct str file_name, struct str bytes, struct faults *faults)
{
	struct cb_in in = { .cb = cb, .name = base_name(file_name), .bytes = bytes, .faults = faults };
	const struct kind *kind = kind_of(in.name, bytes);
	int rows, rc;

	must(!cb->finished);
	if (!kind)
		return E_UNSUPPORTED;
	if (bytes.n > LIMIT_INPUT)
		return cb_fault(&in, E_LIMIT, 0, 0, "the file is larger than an input may be");
	in.set = kind->set;
	in.release = kind->dated ? release_of(in.name) : DAY_NONE;
	rc = kind->dated ? release_add(&in) : 0;
	if (rc < 0)
		return rc;
	rows = kind->read(&in);
	if (rows == 0)
		return cb_fault(&in, E_MALFORMED, 0, 0, "no row of the file could be read");
	if (rows < 0)
		return rows;
	rc = source_add(cb, in.name, bytes);
	return rc < 0 || cb->a.spent ? E_NOMEM : rows;
}

/* ---- look-ups ---- */

uint64_t
cb_key(struct str code)
{
	uint64_t key = 0;

	if (code.n == 0 || code.n > CB_CODE_MAX)
		return 0;
	for (size_t i = 0; i < code.n; i++)
		key = key << 8 | (unsigned char)code.p[i];
	return key;
}

const struct code_row *
cb_first(const struct cb_set *s, uint64_t key)
{
	if (!key || !s->slots)
		return NULL;
	for (size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & s->mask; s->slots[i]; i = (i + 1) & s->mask)
		if (cb_key(s->rows[s->slots[i] - 1].code) == key)
			return &s->rows[s->slots[i] - 1];
	return NULL;
}

/* ICD-10 began on 2015-10-01; a day between that and the oldest release we have is judged by the latter. */
static day_t
judged_on(const struct cb_set *s, day_t day)
{
	day_t oldest = s->n_releases ? s->releases[0] : DAY_NONE;

	return oldest != DAY_NONE && day < oldest && day >= day_of(2015, 10, 1) ? oldest : day;
}

const struct code_row *
codebook_find(const struct codebook *cb, enum code_set set, struct str code, day_t day)
{
	const struct cb_set *s = &cb->sets[set];
	const struct code_row *row = cb_first(s, cb_key(code)), *newest = row;

	must(cb->finished);
	if (!row || !str_eq(row->code, code))
		return NULL;
	day = day == DAY_NONE ? day : judged_on(s, day);
	for (; row < s->rows + s->n && str_eq(row->code, code); row++) {
		if (day != DAY_NONE && (row->from == DAY_NONE || row->from <= day) &&
		    (row->to == DAY_NONE || row->to >= day))
			return row;
		newest = row;
	}
	return day == DAY_NONE ? newest : NULL;
}

struct str
codebook_id(const struct codebook *cb)
{
	return cb->id;
}

size_t
codebook_count(const struct codebook *cb, enum code_set set)
{
	return cb->sets[set].n;
}

const struct code_row *
codebook_row(const struct codebook *cb, enum code_set set, size_t i)
{
	must(i < cb->sets[set].n);
	return &cb->sets[set].rows[i];
}

bool
codebook_knows(const struct codebook *cb, enum code_set set)
{
	return cb->sets[set].n > 0;
}

bool
codebook_is_whole(const struct codebook *cb, enum code_set set)
{
	return cb->sets[set].n > 0 && !cb->partial[set];
}

size_t
codebook_index_count(const struct codebook *cb)
{
	return cb->n_index;
}

const struct index_row *
codebook_index(const struct codebook *cb, size_t i)
{
	must(i < cb->n_index);
	return &cb->index[i];
}

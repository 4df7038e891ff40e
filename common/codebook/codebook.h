/*
 * codebook - dated look-ups in the official tables. Pure: the caller maps or holds the bytes of a .clb file
 * (schemas/codebook.md) and keeps them unchanged until codebook_close. No look-up allocates; any number of
 * threads and processes may share the bytes.
 *
 * A table is one of schemas/codebook.def, a row a number in it, a cell a column of that row. Rows are ordered
 * by key, then by first day, so that below a header stand its codes. A row holds on the days from..to, both
 * included, DAY_NONE = open. Whatever the bytes hold, no look-up reads outside them; that they are the bytes
 * that were written, codebook_verify tells.
 */
#ifndef CLAIMLINE_CODEBOOK_H
#define CLAIMLINE_CODEBOOK_H

#include "base/base.h"

enum code_set {
#define TABLE(id, name, how, repeats, title)		CS_##id,
#define COL(table, id, name, kind, key, words)
#include "schemas/codebook.def"
	CS_COUNT
};

/* CC_ICD10CM_TITLE and so on; CC_ICD10CM__ is the first column of a table. */
enum code_col {
#define TABLE(id, name, how, repeats, title)		CC_##id##__, CC_##id##___ = CC_##id##__ - 1,
#define COL(table, id, name, kind, key, words)		CC_##table##_##id,
#include "schemas/codebook.def"
	CC_COUNT
};

enum col_kind { COL_CODE, COL_TEXT, COL_INT };
enum set_how { HOW_SNAPSHOT, HOW_LIST, HOW_VERSION };

struct code_set_def {
	const char	*name, *title;
	enum set_how	 how;
	bool		 repeats;
	enum code_col	 first;			/* its columns go on to the first of the next set */
};

struct code_col_def {
	const char	*name, *words;
	enum code_set	 set;
	enum col_kind	 kind;
	bool		 is_key;
};

extern const struct code_set_def code_sets[CS_COUNT];
extern const struct code_col_def code_cols[CC_COUNT];
size_t	code_set_cols(enum code_set);
size_t	code_set_keys(enum code_set);
bool	code_set_is_titled(enum code_set);	/* its first column is "code", its second "title" */

typedef int32_t row_t;
#define ROW_NONE	(-1)
#define CELL_NONE	INT64_MIN		/* an INT cell that says nothing */
#define CODE_MAX	8			/* bytes of the longest code */

struct codebook;

/*
 * Checks magic, version, directory checksum and every bound; not the bytes of the tables. E_MALFORMED, E_VERSION,
 * E_DAMAGED or E_NOMEM with words in why; *out is then NULL.
 */
int	codebook_open(struct str bytes, struct codebook **out, const char **why);
int	codebook_verify(const struct codebook *, const char **why);	/* the checksum of all bytes: E_DAMAGED */
void	codebook_close(struct codebook *);				/* NULL is fine; the bytes stay */

struct str codebook_id(const struct codebook *);	/* "icd10cm-2026+15/0f1e2d3c4b5a": newest order file, number of
							   other files, SHA-256 of names and contents */
size_t	codebook_size(const struct codebook *);		/* bytes */

row_t	codebook_count(const struct codebook *, enum code_set);
bool	codebook_knows(const struct codebook *, enum code_set);	/* false: not loaded, so judge nothing by it */
bool	codebook_is_whole(const struct codebook *, enum code_set); /* false: a selection; a code it lacks may be valid */

/*
 * The row of a code that is in force on the day (the newest row when day is DAY_NONE), or ROW_NONE. For tables
 * whose first key is a CODE; with more keys the first of several rows in force. ICD-10 tables go back to
 * 2015-10-01: a day before the oldest release that is loaded is judged by that release.
 */
row_t	codebook_find(const struct codebook *, enum code_set, struct str code, day_t);

/* The rows [return, *end) that have the first key; ROW_NONE when there are none. */
row_t	codebook_of(const struct codebook *, enum code_set, struct str key, row_t *end);	/* CODE and TEXT */
row_t	codebook_of_int(const struct codebook *, enum code_set, int64_t key, row_t *end);	/* INT */

bool	codebook_in_force(const struct codebook *, enum code_set, row_t, day_t);
day_t	codebook_from(const struct codebook *, enum code_set, row_t);
day_t	codebook_to(const struct codebook *, enum code_set, row_t);

/* Cells. A row outside the table, or a column the book lacks, reads as absent: STR_NONE, CELL_NONE. */
struct str codebook_str(const struct codebook *, enum code_col, row_t);	/* CODE and TEXT; borrows the book */
int64_t	codebook_int(const struct codebook *, enum code_col, row_t);	/* INT */

/* A code of a set that has TITLE in its second column, as a value. */
struct code_row {
	struct str	code, title;		/* borrow the book; code.n = 0: no row */
	day_t		from, to;
	bool		billable;		/* true for sets without headers */
	row_t		row;
};
struct code_row codebook_row(const struct codebook *, enum code_set, row_t);
struct code_row codebook_look(const struct codebook *, enum code_set, struct str code, day_t);	/* find, then row */

bool	codebook_poa_exempt(const struct codebook *, struct str code, day_t);

enum index_origin { ORIGIN_INDEX, ORIGIN_INCLUSION, ORIGIN_EXTERNAL, ORIGIN_NEOPLASM, ORIGIN_DRUG, ORIGIN_COUNT };

/* NCCI PTP edits: is there one that has c1 in column 1, c2 in column 2 and is in force on the day? */
enum ptp_setting { PTP_PRACTITIONER, PTP_HOSPITAL, PTP_COUNT };
struct ptp {
	day_t		from, to;		/* DAY_NONE = open */
	uint8_t		modifier;		/* 0 not allowed, 1 allowed, 9 not applicable */
	bool		before_1996;		/* in existence prior to 1996 */
	struct str	rationale;		/* borrows the book */
};
bool	codebook_ptp(const struct codebook *, enum ptp_setting, struct str c1, struct str c2, day_t, struct ptp *out);
/* The same for n pairs at once, as the lines of a claim make them: several times faster than one by one, because memory is
 * waited for once. found[i] tells whether out[i] was written; the result is how many were. */
struct ptp_query { struct str c1, c2; day_t day; };
size_t	codebook_ptp_all(const struct codebook *, enum ptp_setting, const struct ptp_query *, size_t n,
    struct ptp *out, bool *found);
size_t	codebook_ptp_count(const struct codebook *, enum ptp_setting);	/* rows: windows of all pairs; 0: not loaded */
/* All windows of a pair in the order in which they are tried: how many there are; the first max of them in v. */
size_t	codebook_ptp_windows(const struct codebook *, enum ptp_setting, struct str c1, struct str c2, struct ptp *v, size_t max);
size_t	codebook_ptp_pairs(const struct codebook *, enum ptp_setting);
/* The pairs one after another, in no order: *at is 0 before the first. And the codes of either column: the i-th by
 * name, or STR_NONE. */
bool	codebook_ptp_next(const struct codebook *, enum ptp_setting, size_t *at, struct str *c1, struct str *c2);
struct str codebook_ptp_code(const struct codebook *, enum ptp_setting, size_t i);

#endif

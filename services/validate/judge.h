/*
 * judge - what one check sees while one row is applied, and how it reports. Private to this folder.
 *
 * Every check has one type and is pure. It looks at what its row names (`of`, `arg`, `list`) and calls
 * judge_raise once per place that is wrong; it never looks at the row's id, nor at the payer by name.
 */
#ifndef CLAIMLINE_VALIDATE_JUDGE_H
#define CLAIMLINE_VALIDATE_JUDGE_H

#include "validate/edits.h"

/* What a row can be about. Parties come first: a party of the claim or of a line, by its loop. */
enum subject {
	OF_NONE,
	OF_BILLING, OF_PAY_TO, OF_PATIENT, OF_SUBSCRIBER, OF_PAYER, OF_RENDERING, OF_ATTENDING, OF_OPERATING,
	OF_REFERRING, OF_FACILITY, OF_SUPERVISING, OF_OTHER_PARTY, OF_ANY_PARTY,
	OF_DOB, OF_DIED, OF_FROM, OF_TO, OF_ADMITTED, OF_DISCHARGED, OF_TODAY,
	OF_TYPE, OF_USAGE, OF_PCN, OF_POS, OF_TOB, OF_FREQUENCY, OF_SIGNATURE, OF_ASSIGNMENT, OF_ASSIGNED,
	OF_RELEASE, OF_DELAY, OF_ADMIT_TYPE, OF_ADMIT_SOURCE, OF_DISPOSITION, OF_ADMIT_TIME, OF_DISCHARGE_TIME,
	OF_SEX, OF_ORDER, OF_RELATION, OF_FILING,
	OF_LINE_REVENUE, OF_LINE_CODE, OF_LINE_HCPCS, OF_LINE_UNIT, OF_LINE_POS, OF_LINE_CONTROL, OF_LINE_NDC,
	OF_LINE_NDC_UNIT, OF_MODIFIER, OF_DX, OF_POA, OF_PROCEDURE
};

enum { FOR_P = 1, FOR_I = 2, FOR_D = 4, FOR_PI = 3, FOR_ALL = 7 };

struct judge;
typedef void edit_check(struct judge *);

struct edit {
	const char		*id;
	enum edit_severity	 severity;
	const char		*queue;
	unsigned		 types;
	edit_check		*check;
	enum subject		 of;
	int			 arg;
	const char		*list;
	int			 since, until;
	const char		*source, *words, *fix;
};
extern const struct edit edit_rows[EDIT_COUNT];

struct who {				/* a party and where it stands */
	const struct party	*p;
	enum subject		 of;
	const char		*loop;
	size_t			 line;	/* 1-based, 0 = claim level */
};

struct judge {
	const struct edit	*row;
	const struct encounter	*e;
	const struct claim_view	*view;
	const struct codebook	*book;
	const struct overlay	*payer;	/* or NULL */
	const struct party	*patient;
	day_t			 today, from, to;
	int			 day;		/* rows in force on it apply; CCYYMMDD */
	unsigned		 bytes;		/* which of BYTES_* its texts have, once bytes_known */
	bool			 bytes_known;
	unsigned		 type;	/* FOR_P, FOR_I, FOR_D or 0 */
	struct arena		*a;
	struct who		*who;
	size_t			 n_who;
	struct encounter	*out;
	enum edit_severity	 severity, worst;
	size_t			 raised;
};

/* Reports one place. detail may be absent; it is added to the row's words and holds no patient data. */
void	judge_raise(struct judge *, struct str place, struct str detail);
void	judge_raise_line(struct judge *, size_t line, const char *element);	/* line is 0-based */
void	judge_raise_dx(struct judge *, size_t i);				/* 0-based place in the view */
void	judge_raise_who(struct judge *, const struct who *, const char *element);

/* ---- what rows are about (subject.c) ---- */
int		subject_parties(struct judge *);		/* fills who; E_NOMEM */
const struct party *subject_patient(const struct encounter *);
bool		who_is(const struct who *, enum subject);
day_t		subject_day(const struct judge *, enum subject, const char **place);

struct text {
	struct str	s;
	const char	*element;
	enum { AT_CLAIM, AT_LINE, AT_DX, AT_COVERAGE, AT_PROCEDURE } at;
	size_t		i;
};
struct cursor { size_t i, k; };
bool		subject_text(const struct judge *, struct cursor *, struct text *out);	/* next text of row->of */
void		judge_raise_text(struct judge *, const struct text *);

/* ---- lists and shapes (shape.c) ---- */
bool	shape_is(struct str s, const char *shapes);		/* 9 digit, A letter, X either; blank between */
bool	shape_listed(struct str s, struct str list);		/* one of the blank-separated words */
bool	shape_in_ranges(struct str code, struct str list);	/* "A34 O00-O9A": prefixes, ranges of prefixes */
bool	shape_in_sorted(struct str code, struct str list);	/* the same of a list that ascends, without overlaps */
bool	shape_is_icd10(const struct diagnosis *);
bool	shape_is_hcpcs(const struct line *);			/* HC or no qualifier, and a code */

/* ---- the checks, by family ---- */
edit_check party_required, party_named, party_addressed, party_on_street, party_zip, party_state, party_npi,
	party_has_npi, party_taxonomy, party_tax_id, party_tax_id_shape, party_has_id, party_is_person,
	party_self_same;							/* checks_party.c */
edit_check text_present, text_listed, text_shaped, text_at_most, text_unique, text_bytes, text_coded,
	coverage_present, frequency_reference;					/* checks_text.c */
edit_check day_present, day_order, day_age, line_day_present, line_day_order, line_day_inside, procedure_day,
	timely_filing, still_patient;						/* checks_date.c */
edit_check dx_present, dx_shaped, dx_version, dx_in_force, dx_unknown, dx_partial, dx_billable, dx_duplicate,
	dx_at_most, dx_first_not, dx_sex, dx_age, dx_poa, dx_role, hcpcs_known;	/* checks_code.c */
edit_check lines_present, lines_at_most, line_charge, charge_positive, charge_total, amount_bounds, line_units,
	pointer_present, pointer_range, pointer_unique, line_duplicate, modifier_unique, ndc_quantity,
	line_not_listed, authorization_present;					/* checks_line.c */

/* Arguments of rows. */
enum { BYTES_CONTROL, BYTES_DELIMITER, BYTES_BEYOND_ASCII };
enum { CHARGE_NEGATIVE, CHARGE_ZERO };
#define AGES(min, max) ((min) * 1000 + (max))

#endif

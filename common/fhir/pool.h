/*
 * pool - inside of the FHIR reader: all resources of one input, found by reference. Only for this folder.
 */
#ifndef CLAIMLINE_FHIR_POOL_H
#define CLAIMLINE_FHIR_POOL_H

#include "fhir/fhir.h"

#include <jansson.h>

struct res {
	json_t		*j;
	const char	*type;
	struct str	 id;
	struct res	*next;			/* next of the same kind at its encounter or patient, in input order */
	struct res	*conditions, *notes, *coverages;	/* of an Encounter; coverages of a Patient */
	struct res	*last_condition, *last_note, *last_coverage;
	bool		 claimed, replaced;	/* a Claim names this Encounter; another note replaces this one */
};
struct key {
	struct str	 text;
	struct res	*res;
};
struct pool {
	struct arena	*a;
	json_t		**roots;
	size_t		 n_roots;
	struct res	*v;
	size_t		 n;
	struct key	*keys;			/* sorted */
	size_t		 n_keys;
	struct fhir_out	*out;
	struct faults	*faults;
};

/* pool.c */
int		pool_load(struct pool *, const struct str *texts, size_t n);
int		pool_link(struct pool *);				/* conditions, notes and coverages to their owners */
void		pool_free(struct pool *);
struct res	*pool_find(struct pool *, json_t *reference);		/* NULL and counted when it leads nowhere */

/* value.c: all copy into the arena, and give what is absent for what does not fit */
json_t		*at(json_t *, const char *path);			/* "name.0.family"; NULL when it is not there */
struct str	text_at(struct arena *, json_t *, const char *path);
day_t		day_at(json_t *, const char *path);			/* the date as written, whatever its zone */
struct str	hhmm_at(struct arena *, json_t *, const char *path);
bool		cents_at(json_t *, const char *path, cents_t *out);	/* false: not an amount with two decimals */
bool		milli_at(json_t *, const char *path, milli_t *out);
struct str	concept_text(struct arena *, json_t *concept);		/* text, else the first display */
struct str	concept_code(struct arena *, json_t *concept, const char *const *systems);	/* NULL-ended */
struct str	identifier_of(struct arena *, json_t *resource, const char *const *systems);
struct str	base64_text(struct arena *, const char *p, size_t n);	/* decoded, as UTF-8; absent when it is none */
struct str	key_of(struct arena *, struct str s, size_t max);	/* hashed when longer */
struct code_row { const char *from, *to; };
struct str	code_row(const struct code_row *, size_t n, struct str from);
#define CODE_ROW(rows, from) code_row((rows), sizeof (rows) / sizeof *(rows), (from))

/* party.c */
void		party_person(struct pool *, json_t *resource, const char *role, struct party *out);
void		party_organization(struct pool *, json_t *resource, const char *role, struct party *out);
/* display if unresolved */
void		party_of(struct pool *, json_t *reference, const char *role, struct party *out);
int		party_patient(struct pool *, struct res *patient, struct encounter *e);
int		party_coverages(struct pool *, struct res *claim, struct res *patient, struct encounter *e);

/* visit.c */
int		visit_build(struct pool *, struct res *claim, struct res *visit, struct encounter **out);

/* chart.c */
int		chart_documents(struct pool *, struct res *visit, struct encounter *e);
int		chart_problems(struct pool *, struct res *visit, struct encounter *e);
int		chart_diagnosis(struct pool *, json_t *concept, struct encounter *e);	/* place from 1; 0: no ICD-10-CM */

#endif

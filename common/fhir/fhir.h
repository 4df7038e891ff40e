/*
 * fhir - FHIR R4 resources to encounters: one per Claim joined to its Encounter, and one per finished
 * Encounter that no Claim names. Pure: what is not in the input is not looked up.
 *
 * Takes a Bundle, or single resources (Bulk Data lines), joined by their references: fullUrl,
 * Type/id, absolute URLs that end so, #contained, and Type?identifier=system|value.
 */
#ifndef CLAIMLINE_FHIR_H
#define CLAIMLINE_FHIR_H

#include "record/record.h"

struct fhir_out {
	struct encounter	**v;
	size_t			  n;
	size_t			  resources;	/* all that were read */
	size_t			  documents;	/* notes that joined an encounter */
	size_t			  loose_notes;	/* notes whose Encounter is not in the input */
	size_t			  dangling;	/* references of used resources that lead nowhere */
};

/*
 * Reads n JSON values. Codes: ICD-10-CM becomes diagnoses, HCPCS and CPT become line codes; of any
 * other system (SNOMED CT) only the words are kept, as line words and in a document "problem list".
 * Sets source "fhir", sender, control, account, type; not tenant or usage. Refuses JSON that is not
 * FHIR and inputs without any Claim or Encounter, each with a fault. Returns the number of encounters.
 */
int	fhir_read(struct arena *, const struct str *texts, size_t n, struct fhir_out *out, struct faults *);

#endif

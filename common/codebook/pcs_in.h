/* pcs_in - the importers of codes files, addenda, ICD-10-PCS, conversions and GEMs: records read, or an error. */
#ifndef CLAIMLINE_CB_PCS_IN_H
#define CLAIMLINE_CB_PCS_IN_H

#include "codebook/cells.h"
#include "codebook/icd.h"

int	cb_read_icd10cm_codes(struct cb_in *);
int	cb_read_icd10pcs_codes(struct cb_in *);

/* Changes; a pair of "Revise from" and "Revise to" is one record. */
int	cb_read_icd10cm_order_addenda(struct cb_in *);
int	cb_read_icd10cm_codes_addenda(struct cb_in *);
int	cb_read_icd10pcs_order_addenda(struct cb_in *);
int	cb_read_icd10pcs_codes_addenda(struct cb_in *);
int	cb_read_poa_add(struct cb_in *);
int	cb_read_poa_delete(struct cb_in *);
int	cb_read_poa_revise(struct cb_in *);
enum cb_action cb_action_of(struct str words);		/* "Add:" and so on; CB_FULL: none of them */

int	cb_read_pcs_tables(struct cb_in *);		/* records: rows of tables */
int	cb_read_pcs_index(struct cb_in *);		/* main terms and terms */
int	cb_read_pcs_definitions(struct cb_in *);	/* terms and aggregates */
int	cb_read_pcs_tables_addenda(struct cb_in *);	/* lines; so the next two */
int	cb_read_pcs_words_addenda(struct cb_in *);	/* of index and definitions */

int	cb_read_icd10cm_conversion(struct cb_in *);
int	cb_read_icd10pcs_conversion(struct cb_in *);
int	cb_read_gem_9(struct cb_in *);
int	cb_read_gem_10(struct cb_in *);

/* ---- a table of ICD-10-PCS being read, from XML or from words ---- */

#define CB_PCS_PLACES	7
#define CB_PCS_VALUES	34			/* digits and letters but I and O */

struct cb_pcs {
	struct cb_in	*in;
	enum cb_action	 action;		/* of the rows that are put */
	char		 code[3];
	size_t		 have;			/* characters of it */
	int64_t		 axis[CB_PCS_PLACES], label[3], definition;
	int64_t		 row;			/* the one that is open, or was last */
	char		 value[CB_PCS_PLACES][CB_PCS_VALUES];
	size_t		 n[CB_PCS_PLACES];
};

void	cb_pcs_table_begin(struct cb_pcs *);
void	cb_pcs_row_begin(struct cb_pcs *);
/* One character of place 1..7 and what it stands for. Places 4..7 belong to the open row. False after a fault. */
bool	cb_pcs_value(struct cb_pcs *, size_t line, size_t place, struct str value, struct str label);
int64_t	cb_pcs_row_end(struct cb_pcs *, size_t line);	/* the codes it permits; 0 after a fault */
bool	cb_pcs_table_end(struct cb_pcs *, size_t line);

#endif

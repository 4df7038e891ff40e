/* icd - the importers of ICD-10-CM, ICD-10-PCS and their index: records read, or an error. */
#ifndef CLAIMLINE_CB_ICD_H
#define CLAIMLINE_CB_ICD_H

#include "codebook/cells.h"
#include "codebook/tabular.h"

int	cb_read_icd10cm_order(struct cb_in *);
int	cb_read_icd10pcs_order(struct cb_in *);
int	cb_read_poa(struct cb_in *);
int	cb_read_index(struct cb_in *);
int	cb_read_tabular(struct cb_in *);
int	cb_read_neoplasm(struct cb_in *);
int	cb_read_drug(struct cb_in *);

/* The codes a note names, into NOTE_REF. */
struct cb_note {
	int64_t	owner;
	int	kind, seq;			/* enum note_kind; from 1 */
	size_t	line;
};
void	cb_note_refs(struct cb_in *, const struct cb_note *, struct str text);

/* Cut to the longest code the order files have, of any day; without an order file it stands as it came. */
struct str cb_code_cut(const struct cb_build *, struct str code);
/* A code that is not in force on the day of the source's release is an exception; key 0 is none. */
int	cb_code_judge(struct cb_build *, uint16_t source, size_t line, struct str code);

/* XML through expat: entities refused, depth and text bounded, places told. */
struct cb_xml {
	struct cb_in	*in;
	void		*parser;
	void		*self;			/* of the importer */
	/* attrs: name, value, name, value..., NULL. text: what stood in the element, blanks run together */
	void		(*start)(struct cb_xml *, const char *name, const char **attrs);
	void		(*end)(struct cb_xml *, const char *name, struct str text);
	int		 rc, nesting, rows;
	bool		 taking;
	size_t		 n;
	char		 text[CB_TITLE_MAX];
};
int	cb_xml_read(struct cb_xml *);		/* rows, or why it was stopped */
void	cb_xml_stop(struct cb_xml *, int rc, const char *words);
size_t	cb_xml_line(const struct cb_xml *);
void	cb_xml_take(struct cb_xml *);		/* in start: the text of this element is wanted */
void	cb_xml_blank(struct cb_xml *);		/* in start: a blank in the text that is being taken */
const char *cb_xml_attr(const char **attrs, const char *name);	/* NULL: not there */

#endif

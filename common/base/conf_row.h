/* conf_row - inside of conf: the rows of settings.def as a table, and YAML as a checked tree. Not for others. */
#ifndef CLAIMLINE_CONF_ROW_H
#define CLAIMLINE_CONF_ROW_H

#include "base/conf.h"

enum conf_kind { C_SECTION, C_INT, C_BOOL, C_TEXT, C_PICK };

struct conf_row {
	enum conf_kind	 kind;
	const char	*section, *name, *words;
	size_t		 at;			/* offset in struct conf */
	int64_t		 def, min, max;		/* C_INT, C_BOOL */
	struct str	 text;			/* default of C_TEXT and C_PICK */
	const char	*choices;		/* C_PICK: "a|b|c" */
};

size_t	conf_rows(const struct conf_row **out);

/* ---- YAML: mappings, lists and scalars; no anchors, aliases, tags, merge keys, or second document ---- */
enum yaml_kind { Y_SCALAR, Y_MAP, Y_LIST };

struct yaml_node {
	enum yaml_kind		 kind;
	int			 line, column;	/* from 1 */
	bool			 plain;		/* a scalar without quotes */
	struct str		 key;		/* in a mapping; its place is key_line, key_column */
	int			 key_line, key_column;
	struct str		 value;		/* scalar, NUL-terminated, no control characters */
	struct yaml_node	*members;
	size_t			 n_members;
};

/* The one document, or an empty mapping. 0, or an error of which at least one fault tells. */
int	yaml_tree(struct arena *, struct str yaml, struct yaml_node *root, struct faults *);

struct str yaml_place(struct arena *, int line, int column);

#endif

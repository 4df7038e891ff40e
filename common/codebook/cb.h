/*
 * cb - the inside of a code book, shared by its readers. Nobody outside common/codebook includes this.
 *
 * Readers append raw rows and index nodes; finish.c and see.c turn them into what look-ups use.
 */
#ifndef CLAIMLINE_CB_H
#define CLAIMLINE_CB_H

#include "codebook/codebook.h"

#define CB_CODE_MAX	8		/* bytes of the longest code; a code is also a 64-bit key */
#define CB_TITLE_MAX	8192
#define CB_DEPTH_MAX	12		/* nesting of index terms */
#define CB_MEMORY	((size_t)1 << 30)

struct cb_set {
	struct code_row	*rows;
	size_t		 n;
	uint32_t	*slots;		/* open addressing: 1 + first row of a code */
	size_t		 mask;
	day_t		*releases;	/* first days of the order files, sorted by finish */
	size_t		 n_releases;
};

/* A title of the index as it stands in the XML, in document order: children follow their parent. */
struct cb_node {
	struct str	title;		/* with its nonessential modifiers in parentheses */
	struct str	code, see;
	uint32_t	parent;		/* 1 + place, 0 = a main term */
	uint8_t		depth;
	bool		see_also;
};

/* What a list says about codes of another file: applied by finish, when all files are there. */
enum cb_mark_kind { CB_SEX, CB_AGE, CB_POA };
struct cb_mark {
	struct str		code;
	enum cb_mark_kind	kind;
	int16_t			a, b;
};

struct cb_source {
	struct str	name;
	unsigned char	sha[32];
};

struct codebook {
	struct arena		 a;
	struct cb_set		 sets[CS_COUNT];
	struct cb_node		*nodes;
	size_t			 n_nodes;
	struct index_row	*index;
	size_t			 n_index;
	struct cb_mark		*marks;
	size_t			 n_marks;
	struct cb_source	*sources;
	size_t			 n_sources;
	struct str		 id;
	bool			 partial[CS_COUNT];
	bool			 finished;
};

/* What a reader is given: the book, the bytes, and where to say what is wrong. */
struct cb_in {
	struct codebook		*cb;
	struct str		 name;	/* base name of the file */
	struct str		 bytes;
	struct faults		*faults;
	enum code_set		 set;
	day_t			 release;
};

int	cb_fault(const struct cb_in *, int rc, size_t line, size_t column, const char *words);
struct code_row *cb_row_add(struct codebook *, enum code_set);	/* open dates, no bounds; NULL when spent */
bool	cb_code_ok(struct str code);			/* 1..CB_CODE_MAX of A-Z, 0-9 */
struct str cb_code_bare(struct arena *, struct str code);	/* without dots and dashes, upper case */
struct str cb_line(struct str *rest);			/* without its line end, CRLF or LF */

/* Readers: rows added, or an error. */
int	cb_read_order(struct cb_in *);
int	cb_read_hcpcs(struct cb_in *);
int	cb_read_list(struct cb_in *);
int	cb_read_mce(struct cb_in *);
int	cb_read_poa(struct cb_in *);
int	cb_read_index_xml(struct cb_in *);
int	cb_read_tabular_xml(struct cb_in *);

int	cb_see_resolve(struct codebook *);		/* nodes to index rows; needs the hashed ICD-10-CM set */
uint64_t cb_key(struct str code);			/* 0 when it cannot be a code */
const struct code_row *cb_first(const struct cb_set *, uint64_t key);

#endif

/*
 * cb - what the importers and the two halves of the code book share. Nobody outside common/codebook includes this.
 *
 * An importer gets a struct cb_in, puts rows with cb_put and fills their cells; it says what does not fit with
 * cb_fault. It returns the records it read, 0 when it found none, or an error when nothing of the file may be used.
 */
#ifndef CLAIMLINE_CB_H
#define CLAIMLINE_CB_H

#include "codebook/build.h"

#define CB_TITLE_MAX	32768		/* bytes of the longest text of one cell */
#define CB_COLS_MAX	40		/* columns of the widest table */
#define CB_MEMORY	((size_t)1 << 30)

/* REPLACE: all rows of its first key give way, as a table of ICD-10-PCS is stated anew when a row of it changes. */
enum cb_action { CB_FULL, CB_ADD, CB_DELETE, CB_REVISE_FROM, CB_REVISE, CB_REPLACE };

/* A row being built. Cells are in the order of codebook.def: codes as cb_code_key, texts as ids of cb_text. */
struct cb_row {
	day_t		from, to;	/* LIST: its own days; SNAPSHOT: set by merge.c; DAY_NONE = open */
	uint32_t	line;		/* of the file, for messages */
	uint16_t	source;
	uint8_t		action;		/* of addenda */
	int64_t		c[];
};

struct cb_table {
	char		*rows;		/* struct cb_row, stride apart */
	size_t		 n, cap, stride;
	size_t		 n_cols, n_keys;
};

struct cb_source {
	struct str	path, kind, stream, sha;
	day_t		release;
	size_t		rows;
	bool		addenda;
	bool		by_folder;	/* its name lacks the year: that of the other files of its folder, see REL_FOLDER */
	bool		brief;		/* tells some columns only; another file of its stream and day says more */
	bool		part;		/* rows of the file before it that are of another stream, see cb_part */
	size_t		base[2];	/* addenda: headers and codes of the release they change, 0: not said */
	bool		reaches_back;	/* the oldest release judges the days before it, from 2015-10-01 */
	bool		fills[CS_COUNT];
	bool		selection[CS_COUNT];	/* its rows of the table are a selection (partial_sets.tsv of its folder) */
};

/* A title of the index as it stands in the XML, in document order: children follow their parent. */
struct cb_node {
	struct str	title;		/* with its nonessential modifiers in parentheses */
	struct str	code, manifestation, see, category;
	uint32_t	parent;		/* 1 + place, 0 = a main term */
	uint32_t	line;
	uint16_t	source;
	uint8_t		depth;
	uint8_t		origin;		/* enum index_origin */
	bool		see_also;
};

struct cb_pair { uint32_t c1, c2; day_t from, to; uint16_t source; uint8_t modifier, before_1996, rationale; };
struct cb_partial { struct str folder; enum code_set set; };	/* its files hold only a selection of the table */

struct cb_build {
	struct arena		 a, texts;
	struct cb_table		 tables[CS_COUNT];
	struct str		*text;		/* id - 1 */
	size_t			 n_text;
	uint32_t		*text_slots;
	size_t			 text_mask;
	struct cb_node		*nodes;
	size_t			 n_nodes;
	struct cb_source	*sources;
	size_t			 n_sources;
	struct cb_partial	*partial;
	size_t			 n_partial;
	struct { struct cb_pair *v; size_t n; } ptp[PTP_COUNT];
	uint64_t		*ptp_codes;	/* keys, in order of first sight */
	size_t			 n_ptp_codes;
	uint32_t		*ptp_slots;
	size_t			 ptp_mask;
	struct str		 ptp_words[256];
	size_t			 n_ptp_words;
	struct str		 id;
	bool			 finished;
};

struct cb_in {			/* what an importer is given: the bytes, and where to say what is wrong */
	struct cb_build	*b;
	struct str	 path, name;	/* as it was found; its last part */
	struct str	 bytes;		/* without a UTF-8 byte order mark */
	struct faults	*faults;
	uint16_t	 source;
	day_t		 release;	/* DAY_NONE where the kind needs none */
};

/*
 * A format. read returns records, or an error. CONTENT: read sets in->release itself. FOLDER: CALENDAR, but a name
 * that has only a month is of the year the other files of its folder have for that month; in->release is then
 * DAY_NONE until cb_releases_settle.
 */
enum cb_release { REL_NONE, REL_FISCAL, REL_CALENDAR, REL_CONTENT, REL_FOLDER };
struct cb_kind {
	const char	*id;			/* as codebook.md names it */
	const char	*name;			/* words of the file name in lower case, all needed; _ stands for - and blank */
	bool		(*looks)(struct str bytes);
	int		(*read)(struct cb_in *);	/* NULL ends */
	enum cb_release	 release;
	enum code_set	 set;			/* the table it fills first: its releases */
	bool		 addenda;		/* changes only what it names */
	const char	*stream;		/* files of one stream follow each other by release; NULL: those of this id */
};
day_t	cb_release(enum cb_release, struct str path);	/* DAY_NONE: the path does not tell */
/* rows put from now on are of this stream; in->release is known. False: spent */
bool	cb_part(struct cb_in *, struct str stream);
int	cb_releases_settle(struct cb_build *, struct faults *);	/* before cb_addenda: all files are known */
bool	cb_has(struct str s, const char *lower);	/* anywhere, case does not matter, _ stands for - and blank */
extern const struct cb_kind cb_kinds_pcs[], cb_kinds_icd[], cb_kinds_drg[], cb_kinds_ncci[], cb_kinds_payment[], cb_kinds_list[];

/* ---- rows ---- */
struct cb_row *cb_put(struct cb_in *, enum code_set, size_t line);	/* open days, every cell absent; NULL when spent */
#define CB_CELL(col)	((col) - code_sets[code_cols[col].set].first)
#define CB_SET(row, col, value)	((row)->c[CB_CELL(CC_##col)] = (value))
struct cb_row *cb_row_at(const struct cb_table *, size_t i);
bool	 cb_is_absent(enum code_set, const struct cb_row *, size_t i);	/* the i-th cell says nothing; a number 0 does */
int64_t	 cb_text(struct cb_build *, struct str utf8);			/* 0 for an empty one or when spent */
struct str cb_text_of(const struct cb_build *, int64_t id);
int64_t	 cb_code_key(struct str code);					/* 0 when it cannot be a code: 1..8 of ! to ~ */
struct str cb_code_text(int64_t key, char room[CODE_MAX]);
struct str cb_code_bare(struct arena *, struct str code);		/* without dots, dashes, blanks; upper case */
struct str cb_folder(struct str path);					/* with the slash; "" for none */
bool	 cb_code_plain(struct str code);				/* A-Z and 0-9 only, 1..8 */
int	 cb_fault(const struct cb_in *, int rc, size_t line, size_t column, const char *words);
int	 cb_fault_str(const struct cb_in *, int rc, size_t line, size_t column, struct str words);
int	 cb_partial_add(struct cb_in *, enum code_set);			/* of the folder of this file */
int	 cb_exception(struct cb_build *, struct str file, struct str place, struct str words);

/* ---- finishing, in this order ---- */
int	 cb_addenda(struct cb_build *, enum code_set, struct faults *);	/* changes become whole releases */
int	 cb_merge(struct cb_build *, struct faults *);	/* releases to days, duplicates, order */
int	 cb_listed(struct cb_build *);			/* a row of HCPCS for each code that tables list */
int	 cb_see_resolve(struct cb_build *, struct faults *);	/* nodes to index rows; needs ICD10CM merged */
int	 cb_refs_resolve(struct cb_build *);		/* codes that notes and tables name, against ICD10CM merged */
int	 cb_ptp_add(struct cb_in *, enum ptp_setting, struct str c1, struct str c2, const struct ptp *);
int	 cb_ptp_sort(struct cb_build *, struct faults *);
int	 cb_write(struct cb_build *, struct buf *out);
void	 cb_ptp_write(const struct cb_build *, struct buf *out, enum ptp_setting);
size_t	 cb_row_from(const struct cb_table *, int64_t key);	/* of a merged table whose first key is a code: not below it */
row_t	 cb_first_row(const struct cb_table *, int64_t key);	/* that has it */

#endif

/* codes - what the parts of `claimline codes` share: a book that is open or made, tables by name, cells as text and as JSON. */
#ifndef CLAIMLINE_CLI_CODES_H
#define CLAIMLINE_CLI_CODES_H

#include "claimline/cli.h"
#include "codebook/io_book.h"

/* --book FILE, else site.code_book, else codesets compiled. CLI_OK, or said why not. */
int	codes_open(struct cli *, struct book *);
/* One file; CLI_OK, or said why not. */
int	codes_map(struct cli *, const char *path, struct book *);
/* --date, else today. CLI_OK or said why not. */
int	codes_day(struct cli *, day_t *);
/* --table in *name, NULL when all are wanted; one that list may print, else CLI_USAGE and said so. */
int	codes_table(struct cli *, const char **name);
extern const char *const codes_ptp_names[PTP_COUNT];		/* the pair edits as list and --table name them */

/* What a build did with its files: a book_seen that counts them, and names those passed over unless quiet. */
struct codes_seen { struct cli *c; size_t read, unknown; bool quiet; };
void	codes_seen(void *seen, struct str path, int rows);
/* Whole or not at all, for everybody on the machine: each daemon may run as its own user. CLI_OK, or said why not. */
int	codes_write(struct cli *, const char *path, const struct book *);

struct str codes_days(struct arena *, day_t from, day_t to);	/* "2025-10-01 .." */
struct str codes_cell(struct arena *, const struct codebook *, enum code_col, row_t);
json_t	*codes_row_json(const struct codebook *, enum code_set, row_t);
json_t	*codes_day_json(day_t);					/* null when open */
struct str codes_bare(struct arena *, const char *word);	/* without dots, upper case */

int	codes_build(struct cli *);	/* the operands after the first word */
int	codes_fetch(struct cli *);	/* --release, --from, --to, --out; no operands */
int	codes_list(struct cli *);
int	codes_show(struct cli *);
int	codes_search(struct cli *);
int	codes_diff(struct cli *);
int	codes_impact(struct cli *, const struct book *old, const struct book *now);

#endif

/*
 * opt - the options of the command line as rows, read by getopt_long; help and man page from the same rows.
 * Nothing here prints or exits.
 */
#ifndef CLAIMLINE_CLI_OPT_H
#define CLAIMLINE_CLI_OPT_H

#include "base/base.h"

struct opt {
	const char	*name;		/* "limit"; NULL ends a table */
	char		 letter;	/* 'n', or 0 */
	const char	*arg;		/* "N": takes an argument; NULL: a switch */
	const char	*words;
};

#define OPT_MAX		128		/* options given on one command line */
#define OPT_ROWS	48		/* rows of all tables of one verb */

struct opt_given { const char *name, *text; };	/* text NULL for a switch */
struct opts {
	struct opt_given	v[OPT_MAX];
	size_t			n;
};

/*
 * Reads options out of argv[0..argc) and appends them to *out; argv[0] is skipped. On return the
 * operands are argv[*first..argc). With stop, reading ends at the first operand (the verb), else operands
 * may stand between options. E_VALUE with words in why.
 */
int		 opt_read(int argc, char **argv, const struct opt *const tables[2], bool stop, struct opts *out,
		    int *first, char why[160]);

bool		 opt_is_set(const struct opts *, const char *name);
const char	*opt_text(const struct opts *, const char *name);	/* the last one given, or NULL */
/* Decimal in min..max; def when not given. E_VALUE otherwise. */
int		 opt_int(const struct opts *, const char *name, int64_t def, int64_t range[2], int64_t *out);

void		 opt_help(struct buf *, const struct opt *);		/* as lines for a terminal */
void		 opt_man(struct buf *, const struct opt *);		/* as roff */
void		 man_text(struct buf *, const char *);			/* roff: escaped, indented lines as code */

#endif

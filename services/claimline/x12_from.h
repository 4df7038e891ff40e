/* x12_from - what the parts of `claimline x12 from-json` share: a stream of lines, and what is open of what they become. */
#ifndef CLAIMLINE_CLI_X12_FROM_H
#define CLAIMLINE_CLI_X12_FROM_H

#include "claimline/x12_words.h"

enum x12_line_kind { LINE_NONE, LINE_CLAIM, LINE_PAYMENT, LINE_GENERIC, LINE_ANSWER };

struct x12_line_parts {
	enum x12_line_kind kind;
	struct str	 encounter, payment, verdict, from;	/* the values; a line that is an encounter itself is all of it */
	bool		 wrapped;				/* the encounter is a member of the line */
	bool		 twice;					/* a member came again, or two things are in one line */
};

struct x12_from {
	struct x12_words	*w;
	struct x12_file		 file;
	struct x12_dest		 to;
	struct x12_dest		*out;
	struct x12_837_spec	 spec;
	struct x12_unjson	*generic;
	struct x12_unpay	*pay;
	enum x12_line_kind	 open;		/* what the lines before this one were */
	struct arena		 a;		/* of the batch */
	struct x12_out		*v;
	struct x12_verdict	*verdicts;	/* with --as 277CA */
	size_t			 n, most;	/* of either */
	struct str		 type, usage, batch;	/* of the claims in it */
	int64_t			 n_line, first;	/* of an array its value; first: line of the first claim of the batch */
	size_t			 n_turned, n_blanked;	/* test claims written as production; texts that held a separator */
	char			*p;		/* lines that were read */
	size_t			 at, len;
	bool			 ended, any, as_277ca, has_usage;	/* any: a line came; has_usage: --usage was given */
	bool			 array, closed;	/* the input is an array, its values are the lines; its end came */
	bool			 array_over;	/* its last value was taken */
};

int	x12_from_bad(struct x12_from *, const struct faults *, int rc);	/* says what this line is wrong with; rc */
/* the same, of one fault */
int	x12_from_refuse(struct x12_from *, const char *pointer, const char *words, const char *fix);
/* rc faults of what is there, if any */
int	x12_from_told(struct x12_from *, const struct faults *, int rc, const char *pointer);
int	x12_from_out(void *from, struct str bytes);
void	x12_from_wrote(struct x12_from *);		/* an interchange: the next has the next number */

/* ---- --as 277CA (x12_from_verdicts.c) ---- */
int	x12_from_verdict(struct x12_from *, const struct x12_line_parts *);
int	x12_from_verdicts_write(struct x12_from *);

#endif

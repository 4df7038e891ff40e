/* send - files over ingest's ZeroMQ front, each answered after it is on disk. */
#ifndef CLAIMLINE_CLI_SEND_H
#define CLAIMLINE_CLI_SEND_H

#include "claimline/cli.h"

/* one encounter: accepted, known, amended, released, conflict, refused */
struct sent_row { struct str id, result, state, error; };
struct sent_file {
	const char	*path;
	struct str	 verdict;	/* of the worst part: accepted, known, conflict, refused, unread, unanswered */
	struct sent_row	*rows;
	size_t		 n_rows;
	struct fault	*faults;	/* rc is not set */
	size_t		 n_faults;
	size_t		 refused;	/* encounters that have no row, because they were refused unread */
	size_t		 waiting;	/* parts without an answer */
	bool		 all_offered;
	int		 rc;		/* why it could not be read */
};
struct sent { struct sent_file *v; size_t n; };

typedef void sent_tell(struct cli *, const struct sent_file *);

/*
 * Offers every file ("-" is stdin), calls tell once for each when its last answer came. wait_s: how long nothing may come back.
 * CLI_OK all accepted or known, CLI_NO some refused, CLI_NO_INPUT some unread, CLI_UNREACHED.
 */
int	send_files(struct cli *, char *const *paths, size_t n, int64_t wait_s, sent_tell *, struct sent *out);

/*
 * Pure. Parts of NDJSON at line ends, so that none has more bytes or lines than an input may have; anything else, and
 * what fits, is one part. first_line counts from 1.
 */
struct send_part { struct str bytes; size_t first_line; };
int	send_split(struct arena *, struct str bytes, size_t max_bytes, size_t max_lines, struct send_part **out, size_t *n);
bool	send_is_ndjson(struct str path);

/* Pure. Reads an answer's JSON into the file's rows and faults; false when it is not one. */
bool	send_is_good(const struct sent_file *);	/* all of it accepted or known */
bool	send_read_answer(struct arena *, struct str verdict, struct str text, size_t first_line, struct sent_file *);

#endif

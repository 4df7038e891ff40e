/* x12_words - what the words of `claimline x12` share: a file that streams in, bytes that stream out, one line each. */
#ifndef CLAIMLINE_CLI_X12_WORDS_H
#define CLAIMLINE_CLI_X12_WORDS_H

#include "claimline/cli.h"
#include "x12/check.h"
#include "x12/names.h"
#include "x12/stream_json.h"

/* ---- in (io_x12.c) ---- */
struct x12_file {
	struct arena	 a;
	struct faults	 f;
	struct x12_reader *r;
	const char	*name;			/* as it was given; "-" is standard input */
	char		 line_end[3];		/* what follows the ISA: "", "\n" or "\r\n" */
	char		 isa08[16];		/* of the first ISA, trimmed */
	int		 fd;
	bool		 is_begun;
};
int	x12_file_open(struct cli *, const char *name, struct x12_file *);	/* CLI_OK, or said why not */
int	x12_file_raw(struct cli *, const char *name, struct x12_file *);	/* the same of any text: no reader */
int64_t	x12_file_fill(void *file, char *p, size_t n);
void	x12_file_close(struct x12_file *);
/* What the file is wrong with, on stderr; the exit code for rc. */
int	x12_file_fail(struct cli *, const struct x12_file *, int rc);

/* ---- out (io_x12.c) ---- */
struct x12_dest {
	int		 fd;
	char		*p;			/* not yet written */
	size_t		 n;
	uint64_t	 at;			/* bytes given so far */
	char		*path, *part;		/* NULL: standard output; no part: a device or FIFO, written to itself */
	int		 rc;			/* the first error */
	bool		 gone;			/* nobody reads standard output any more */
};
const char *x12_out_path(const struct cli *);		/* --out; NULL: standard output, as "-" also says */
int	x12_dest_open(struct x12_dest *, const char *path);	/* NULL: standard output; below 0 an error */
int	x12_dest_put(struct x12_dest *, struct str);
int	x12_dest_patch(struct x12_dest *, uint64_t at, char);	/* a byte given before; not of standard output */
int	x12_dest_cut(struct x12_dest *, uint64_t n);		/* only the first n bytes stay; not of standard output */
int	x12_dest_close(struct x12_dest *, bool keep);		/* whole and on disk, or gone; the first error */
int	x12_dest_flush(struct x12_dest *);

/* ---- answers (x12_answer_files.c): DIR/ISA13.ta1, .999, .277, each whole or not there ---- */
struct x12_answering;
struct x12_words;
#define X12_NO_NAME	"unknown"
bool	x12_is_name(struct str isa13);		/* digits and letters only: may be part of a name, else it is X12_NO_NAME */
/*
 * No answer replaces a file: when one is there under this ISA13, all answers of the interchange are ISA13.2.999 ..., said once.
 */
struct x12_answering *x12_answering_open(struct x12_words *, const char *dir, const struct x12_file *,
    const struct x12_watch *also);
struct x12_watch x12_answering_watch(struct x12_answering *);
/* an interchange begins or ended: the next answer has a name of its own */
void	x12_answering_turn(struct x12_answering *);
struct str x12_answering_failed(const struct x12_answering *);	/* after close: its path, or nothing */
int	x12_answering_close(struct x12_answering *, const struct x12_reader *, size_t *made);	/* below 0 an error */

/* ---- words ---- */
struct x12_words {			/* what a run has in hand; made once a verb */
	struct cli		*c;
	const struct x12_guides	*guides;
	uint64_t		 seed;			/* of every check */
	struct x12_dest		 out;
	struct arena		 line;	/* of the line being written */
	size_t		 twins;	/* the last further number an answer of this run has */
	bool			 json, show;	/* --json, --show-values */
	int			 code;	/* the worst so far */
};
day_t	x12_today(const struct cli *);
void	x12_worse(struct x12_words *, int code);	/* 0, 1 (findings), 2 (unreadable), then the rest */
int	x12_line(struct x12_words *, struct buf *);	/* writes, and empties the line's arena */
int	x12_bad(int rc);				/* exit code for a reader's error */
struct str x12_segment_shown(struct x12_words *, struct str id);	/* else its shape, unless --show-values */

int	x12_word_check(struct x12_words *), x12_word_to_json(struct x12_words *), x12_word_from_json(struct x12_words *),
	x12_word_repair(struct x12_words *), x12_word_split(struct x12_words *), x12_word_stats(struct x12_words *);

int	x12_generate(struct cli *);			/* cmd_x12_generate.c */

#endif

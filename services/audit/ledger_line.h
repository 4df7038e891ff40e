/*
 * ledger_line - one line of the ledger: its exact bytes, written and read. Pure.
 *
 * A line is one JSON object without blanks, members in this order, ended by \n:
 *   {"n":N,"sync":M,BODY,"prev":"SHA","sha":"SHA"}
 * n counts the lines of the whole ledger from 1. sync is the last line that was safely on disk when this one
 * was written. prev is the sha of line n-1 (64 zeros for the first). sha is SHA-256 of this line without
 * its `,"sha":"..."` member and its \n. BODY is one of
 *   "stream":S,"id":"ms-seq","h":{"stage":,"actor":,"book":,"lib":,"from":,"to":},"rows":[...]
 *      work         rows are ["eid",revision,"verdict","hash",moved]
 *      interchange  "from" is "ic", "to" its state; rows are ["partner","isa13",claims,"sha","name",moved]
 *   "stream":S,"id":I,"raw":["header","rows","flags"]  in hex: an entry that does not read as either
 *   "stream":S,"id":I,"over":[bytes,"sha"]             such an entry too large to keep
 *   "open":[["stream","id"],...]                       first line of each segment: what is on disk of each stream
 *   "cut":[bytes,"sha"]                                a torn write was cut off here; kept beside the segment
 *
 * A journal entry (PROTOCOL.md section 9) is read so: header is six fields parted by |. Of work, a row is
 * `eid revision verdict hash`; of interchanges `partner isa13 claims sha name`, parted by one blank; hash, sha
 * and name may be absent or "-". flags has one of 0 and 1 for each row; no flags at all means all moved.
 */
#ifndef CLAIMLINE_AUDIT_LEDGER_LINE_H
#define CLAIMLINE_AUDIT_LEDGER_LINE_H

#include "base/base.h"

#define LEDGER_HEX	64			/* digits of a SHA-256 */

struct ledger_id { uint64_t ms, seq; };		/* of a stream entry; 0-0 is before all */
bool		ledger_id_parse(struct str, struct ledger_id *out);
int		ledger_id_cmp(struct ledger_id, struct ledger_id);
struct str	ledger_id_text(struct arena *, struct ledger_id);

struct ledger_mark { struct str stream; struct ledger_id id; };

struct ledger_source {				/* a journal entry, as the store gave it */
	struct str	stream, id, header, rows, flags;
};

enum ledger_kind { LEDGER_WORK, LEDGER_IC, LEDGER_RAW, LEDGER_OVER, LEDGER_OPEN, LEDGER_CUT };

struct ledger_row { struct str eid; int64_t revision; struct str verdict, hash; bool moved; };
struct ledger_ic { struct str partner; int64_t number, claims; struct str sha, name; bool moved; };

struct ledger_line {
	enum ledger_kind	 kind;
	int64_t			 n, sync;
	struct str		 stream;		/* not of OPEN and CUT */
	struct ledger_id	 id;
	struct str		 stage, actor, book, lib, from, to;	/* WORK, IC */
	struct ledger_row	*rows;			/* WORK */
	size_t			 n_rows;
	struct ledger_ic	*ics;			/* IC */
	size_t			 n_ics;
	struct ledger_mark	*marks;			/* OPEN */
	size_t			 n_marks;
	int64_t			 bytes;			/* OVER, CUT */
	struct str		 prev, sha;
};

/*
 * Reads one line without its \n, exactly as it is written here: any other spelling is E_MALFORMED.
 * Texts borrow the line where they can. Hashes are not checked; ledger_verify does that.
 */
int	ledger_line_read(struct arena *, struct str line, struct ledger_line *out);

/* The same, only n, sync, kind, stream, id and the hashes: no allocation but for an escaped stream name. */
int	ledger_line_head(struct arena *, struct str line, struct ledger_line *out);

/* Appends BODY for one journal entry; never fails but for a spent arena (then E_NOMEM). */
int	ledger_line_body(struct buf *, const struct ledger_source *);

void	ledger_put_text(struct buf *, struct str);	/* as a JSON string; must be ledger_is_text */
void	ledger_put_int(struct buf *, int64_t);
bool	ledger_is_text(struct str);			/* UTF-8 of at most 4096 bytes */
bool	ledger_is_hex(struct str, size_t most);		/* 0..most lower-case digits */
void	ledger_sha(struct str bytes, struct str more, char out[LEDGER_HEX + 1]);	/* of both in a row */

#endif

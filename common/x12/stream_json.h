/*
 * stream_json - an X12 file of any length as JSON, a line for each thing a reader asks for, and back to segments. Claims
 * and answers are told as their records, every other set by its loops and segments in the words of its guide. Pure.
 *
 * Lines: {"from":{...},"encounter":{...}} a claim; {"from":{...},"answer":{...}}; {"from":{...},"payment":{...}} one
 * claim of an 835 with the head of its payment, or what the payment has besides; the rest is generic:
 *   {"interchange":[ISA01 .. ISA16],"separators":"*:^~"}   {"ta1":[..]}   {"group":[..]}   {"set":[ST01 ..],"words":...}
 *   {"unit":LOOP,"words":...,"from":{...},"content":[...]}  a claim or what stands for it; without "unit": what is around
 * content: {"segment":"NM1","words":...,"NM101 words":value ...} or {"loop":"2110C","words":...,"content":[...]}.
 * A value is a text, [component, ...], {"repeat":[value, ...]}, or {"hex":"..."} for the body of a BIN.
 * Trailers are not told: reading counts anew.
 */
#ifndef CLAIMLINE_X12_STREAM_JSON_H
#define CLAIMLINE_X12_STREAM_JSON_H

#include "x12/check.h"

typedef int x12_line_fn(void *self, struct str);		/* a line without its end, or bytes; below 0 stops */

struct x12_json_spec {
	const struct x12_guides	*guides;
	bool			 generic;			/* also what has a record */
	x12_line_fn		*line;
	void			*self;
};
/* Lines written, or below 0. What could not be read is in the faults. */
int64_t	x12_json_run(struct arena *, struct x12_reader *, struct faults *, const struct x12_json_spec *);

/* ---- generic lines back to segments ---- */
struct x12_unjson;
struct x12_unjson *x12_unjson_open(struct arena *, struct faults *, x12_line_fn *, void *self);	/* NULL: arena spent */
int	x12_unjson_line(struct x12_unjson *, struct str line);	/* E_VALUE and a fault when it is none of these lines */
int	x12_unjson_end(struct x12_unjson *);			/* writes what still has to be closed */

/*
 * ---- lines of payments back to an 835 ----
 * Lines with the same head are one payment and follow each other: their claims under the sections they name, their adjustments
 * behind the last claim. Each payment is one set of the interchange; each line is written as it comes, so nothing is held but
 * adjustments. At most LIMIT_RECORDS claims a payment. Faults are placed by JSON pointer, from the line's "/payment" on.
 */
struct x12_unpay;
struct x12_unpay *x12_unpay_open(struct arena *, struct faults *, x12_line_fn *, void *self);	/* NULL: arena spent */
/* ends: of an interchange that begins */
int	x12_unpay_line(struct x12_unpay *, const struct x12_ends *, struct str payment);
/* 1 an interchange was ended, 0 there was none; lines may follow */
int	x12_unpay_end(struct x12_unpay *);
void	x12_unpay_close(struct x12_unpay *);

/* ---- text ---- */
void	x12_json_str(struct buf *, struct str);			/* quoted; what is not UTF-8 is read as Latin-1 */
void	x12_json_put(struct buf *, const char *key, struct str);	/* ,"key":"value"; nothing when it is empty */

#endif

/*
 * split.c - a file of several messages, and frames on a stream, cut into single messages. Looks at
 * the first bytes of lines only; what a message says is er7.c's affair. Never joins or drops a message.
 */
#include "hl7/hl7.h"

#include <ctype.h>
#include <string.h>

/* ---- files and batches ---- */

void
hl7_split_init(struct hl7_split *s, struct str bytes)
{
	if (str_starts(bytes, S("\xef\xbb\xbf")))
		bytes.p += 3, bytes.n -= 3;
	*s = (struct hl7_split){ .rest = bytes, .line = 1 };
}

static struct str
cut_line(struct hl7_split *s)
{
	struct str line = s->rest;
	size_t i = 0;

	while (i < s->rest.n && s->rest.p[i] != '\r' && s->rest.p[i] != '\n')
		i++;
	line.n = i;
	if (i < s->rest.n)
		i += s->rest.p[i] == '\r' && i + 1 < s->rest.n && s->rest.p[i + 1] == '\n' ? 2 : 1;
	s->rest.p += i;
	s->rest.n -= i;
	s->line++;
	return line;
}

static int
refuse(struct arena *a, const struct hl7_split *s, struct faults *f, const char *words, const char *fix)
{
	return fault_add(f, E_MALFORMED, arena_fmt(a, "line %u", s->line - 1), str_of(words), str_of(fix));
}

/* A count is believed only so far that a wrong one refuses the file: a message may have been lost. */
static int
check_count(struct arena *a, struct hl7_split *s, struct str line, unsigned want, struct faults *f)
{
	struct str count = str_trim(hl7_part(line, s->field, 2));
	int64_t n;

	if (count.n == 0 || (str_to_int(count, &n) && n == (int64_t)want))
		return 0;
	return refuse(a, s, f, "the count in the trailer is not what the file holds", "send the whole batch again");
}

static int
envelope(struct arena *a, struct hl7_split *s, struct str line, struct faults *f)
{
	if (s->file_done)
		return refuse(a, s, f, "a segment after the end of the file (FTS)", "send one file at a time");
	if (hl7_is(line, "FHS")) {
		if (s->in_file || s->messages || s->batch_open)
			return refuse(a, s, f, "a file cannot have more than one FHS segment", "send one file at a time");
		s->in_file = true;
		s->field = line.n > 3 ? line.p[3] : '|';
	} else if (hl7_is(line, "BHS")) {
		if (s->batch_open)
			return refuse(a, s, f, "a batch cannot have more than one BHS segment", "end each batch with BTS");
		s->batch_open = true;
		s->in_batch = 0;
		s->field = line.n > 3 ? line.p[3] : '|';
	} else if (hl7_is(line, "BTS")) {
		int rc = check_count(a, s, line, s->in_batch, f);

		if (rc < 0)
			return rc;
		s->batch_open = false;
		s->in_batch = 0;
		s->batches++;
	} else {		/* FTS counts batches; messages outside any batch count as one */
		int rc = check_count(a, s, line, s->batches + (s->batch_open || s->in_batch > 0), f);

		if (rc < 0)
			return rc;
		s->file_done = true;
	}
	return 0;
}

static bool
is_envelope(struct str line)
{
	return hl7_is(line, "FHS") || hl7_is(line, "BHS") || hl7_is(line, "BTS") || hl7_is(line, "FTS");
}

static bool
is_header(struct str line, const char *id)
{
	return hl7_is(line, id) && line.n > 3 && ispunct((unsigned char)line.p[3]);
}

/* Up to the next MSH or envelope segment. */
static struct str
cut_message(struct hl7_split *s, struct str first)
{
	struct str msg = first;

	while (s->rest.n) {
		struct hl7_split before = *s;
		struct str line = cut_line(s);

		if (is_header(line, "MSH") || (is_envelope(line) && (line.n == 3 || ispunct((unsigned char)line.p[3])))) {
			*s = before;
			break;
		}
		if (line.n)
			msg.n = (size_t)(line.p + line.n - msg.p);
	}
	return msg;
}

int
hl7_split_next(struct arena *a, struct hl7_split *s, struct str *msg, struct faults *f)
{
	while (s->rest.n) {
		struct str line = cut_line(s);
		int rc;

		if (str_trim(line).n == 0)
			continue;
		if (is_envelope(line)) {
			rc = envelope(a, s, line, f);
			if (rc < 0)
				return rc;
			continue;
		}
		if (!is_header(line, "MSH"))
			return refuse(a, s, f, "a segment before the message header", "start each message with MSH");
		if (s->file_done)
			return refuse(a, s, f, "a message after the end of the file (FTS)", "send one file at a time");
		if (s->messages == LIMIT_RECORDS)
			return fault_add(f, E_LIMIT, S("MSH"), S("too many messages in one file"), S("split the file"));
		s->messages++;
		s->in_batch++;
		if (!s->batch_open)
			s->field = line.p[3];
		*msg = cut_message(s, line);
		return 1;
	}
	return 0;
}

/* ---- MLLP ---- */

int
hl7_mllp_next(struct hl7_mllp *f, struct str bytes, struct str *msg, size_t *used)
{
	size_t start = 0, i;

	while (start < bytes.n && (bytes.p[start] == '\r' || bytes.p[start] == '\n'))
		start++;	/* some senders end a frame with CR LF */
	if (start == bytes.n)
		return 0;
	if (bytes.p[start] != 0x0b)
		return E_MALFORMED;
	for (i = f->seen > start + 1 ? f->seen : start + 1; i < bytes.n; i++) {
		if (bytes.p[i] == 0x0b)
			return E_MALFORMED;
		if (bytes.p[i] != 0x1c)
			continue;
		if (i + 1 == bytes.n)
			break;		/* look at this byte again when the next is here */
		if (bytes.p[i + 1] != '\r')
			return E_MALFORMED;
		*msg = (struct str){ bytes.p + start + 1, i - start - 1 };
		*used = i + 2;
		f->seen = 0;
		return 1;
	}
	f->seen = i;
	return i - start > LIMIT_INPUT ? E_LIMIT : 0;
}

struct str
hl7_mllp_wrap(struct arena *a, struct str msg)
{
	struct buf b;

	buf_init(&b, a);
	buf_ch(&b, 0x0b);
	buf_str(&b, msg);
	buf_put(&b, "\x1c\r", 2);
	return buf_view(&b);
}

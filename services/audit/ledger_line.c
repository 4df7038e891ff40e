/*
 * ledger_line.c - writes one line of the ledger. Whatever the journal holds becomes a line: an entry that
 * does not read is kept in hex, because refusing it would stop the ledger behind it for ever.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "audit/ledger_line.h"

#include <openssl/sha.h>
#include <string.h>

#define MAX_TEXT	4096
#define MAX_VERDICT	64
#define MAX_PARTNER	64

static const char digits[] = "0123456789abcdef";

/* ---- small things both directions need ---- */
void
ledger_sha(struct str s, struct str more, char out[LEDGER_HEX + 1])
{
	unsigned char d[SHA256_DIGEST_LENGTH];
	SHA256_CTX c;

	(void)SHA256_Init(&c);
	(void)SHA256_Update(&c, s.p ? s.p : "", s.n);
	(void)SHA256_Update(&c, more.p ? more.p : "", more.n);
	(void)SHA256_Final(d, &c);
	for (size_t i = 0; i < sizeof d; i++) {
		out[2 * i] = digits[d[i] >> 4];
		out[2 * i + 1] = digits[d[i] & 15];
	}
	out[LEDGER_HEX] = 0;
}

bool
ledger_is_hex(struct str s, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n <= most;
}

bool
ledger_is_text(struct str s)
{
	return s.n <= MAX_TEXT && str_is_utf8(s);
}

void
ledger_put_int(struct buf *b, int64_t v)
{
	char t[24];
	size_t at = sizeof t;
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do
		t[--at] = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		t[--at] = '-';
	buf_put(b, t + at, sizeof t - at);
}

void
ledger_put_text(struct buf *b, struct str s)
{
	size_t done = 0;

	buf_ch(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char esc[] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buf_put(b, s.p + done, i - done);
		buf_put(b, esc, sizeof esc);
		done = i + 1;
	}
	buf_put(b, s.p ? s.p + done : NULL, s.n - done);
	buf_ch(b, '"');
}

/* ---- ids ---- */
static bool
parse_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (!s.n || s.n > 20 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

bool
ledger_id_parse(struct str s, struct ledger_id *out)
{
	struct str ms = str_cut(&s, '-');

	return parse_u64(ms, &out->ms) && parse_u64(s, &out->seq);
}

int
ledger_id_cmp(struct ledger_id a, struct ledger_id b)
{
	if (a.ms != b.ms)
		return a.ms < b.ms ? -1 : 1;
	return a.seq == b.seq ? 0 : a.seq < b.seq ? -1 : 1;
}

struct str
ledger_id_text(struct arena *a, struct ledger_id id)
{
	return arena_fmt(a, "%llu-%llu", (unsigned long long)id.ms, (unsigned long long)id.seq);
}

/* ---- journal entry to BODY ---- */
static struct str
dash_is_none(struct str s)
{
	return str_is(s, "-") ? STR_NONE : s;
}

static bool
put_header(struct buf *b, struct str header, bool *is_ic)
{
	static const char *const name[] = { "stage", "actor", "book", "lib", "from", "to" };
	struct str rest = header, field = STR_NONE;
	size_t bars = 0;

	for (size_t i = 0; i < header.n; i++)
		bars += header.p[i] == '|';
	if (bars != sizeof name / sizeof *name - 1 || !ledger_is_text(header))
		return false;
	buf_cstr(b, "\"h\":{");
	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		field = str_cut(&rest, '|');
		buf_fmt(b, "%s\"%s\":", i ? "," : "", name[i]);
		ledger_put_text(b, field);
		if (i == 4)
			*is_ic = str_is(field, "ic");
	}
	buf_ch(b, '}');
	return true;
}

static bool
put_work_row(struct buf *b, struct str row)
{
	struct str eid = str_cut(&row, ' '), revision = str_cut(&row, ' '), verdict = str_cut(&row, ' ');
	struct str hash = dash_is_none(row);
	uint64_t r;

	if (eid.n != 32 || !ledger_is_hex(eid, 32) || !parse_u64(revision, &r) || r > INT64_MAX || !verdict.n ||
	    verdict.n > MAX_VERDICT || !ledger_is_text(verdict) || !ledger_is_hex(hash, LEDGER_HEX))
		return false;
	ledger_put_text(b, eid);
	buf_ch(b, ',');
	ledger_put_int(b, (int64_t)r);
	buf_ch(b, ',');
	ledger_put_text(b, verdict);
	buf_ch(b, ',');
	ledger_put_text(b, hash);
	return true;
}

static bool
put_ic_row(struct buf *b, struct str row)
{
	struct str partner = str_cut(&row, ' '), number = str_cut(&row, ' '), claims = str_cut(&row, ' ');
	struct str sha = dash_is_none(str_cut(&row, ' ')), name = dash_is_none(row);
	int64_t no, n;

	if (!partner.n || partner.n > MAX_PARTNER || !ledger_is_text(partner) ||
	    !str_to_int(number, &no) || no < 0 || no > 999999999 || !str_to_int(claims, &n) || n < 0 ||
	    !ledger_is_hex(sha, LEDGER_HEX) || !ledger_is_text(name))
		return false;
	ledger_put_text(b, partner);
	buf_fmt(b, ",\"%09d\",", (int)no);
	ledger_put_int(b, n);
	buf_ch(b, ',');
	ledger_put_text(b, sha);
	buf_ch(b, ',');
	ledger_put_text(b, name);
	return true;
}

static bool
put_rows(struct buf *b, const struct ledger_source *s, bool is_ic)
{
	struct str rest = s->rows;
	size_t n = 0;

	if (rest.n && rest.p[rest.n - 1] == '\n')
		rest.n--;
	buf_cstr(b, ",\"rows\":[");
	for (; rest.n; n++) {
		struct str row = str_cut(&rest, '\n');
		char flag = s->flags.n == 0 ? '1' : n < s->flags.n ? s->flags.p[n] : '?';

		buf_cstr(b, n ? ",[" : "[");
		if ((flag != '0' && flag != '1') || !(is_ic ? put_ic_row(b, row) : put_work_row(b, row)))
			return false;
		buf_ch(b, ',');
		buf_ch(b, flag);
		buf_ch(b, ']');
	}
	buf_ch(b, ']');
	return s->flags.n == 0 || s->flags.n == n;
}

static void
put_hex(struct buf *b, struct str s)
{
	buf_ch(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		char two[2] = { digits[(unsigned char)s.p[i] >> 4], digits[(unsigned char)s.p[i] & 15] };

		buf_put(b, two, sizeof two);
	}
	buf_ch(b, '"');
}

static void
put_raw(struct buf *b, const struct ledger_source *s)
{
	buf_cstr(b, "\"raw\":[");
	put_hex(b, s->header);
	buf_ch(b, ',');
	put_hex(b, s->rows);
	buf_ch(b, ',');
	put_hex(b, s->flags);
	buf_ch(b, ']');
}

static void
put_over(struct buf *b, const struct ledger_source *s)
{
	const struct str part[] = { s->header, s->rows, s->flags };
	char sha[3 * LEDGER_HEX + 1];

	for (size_t i = 0; i < 3; i++)
		ledger_sha(part[i], STR_NONE, sha + i * LEDGER_HEX);
	buf_cstr(b, "\"over\":[");
	ledger_put_int(b, (int64_t)(s->header.n + s->rows.n + s->flags.n));
	ledger_sha((struct str){ sha, 3 * LEDGER_HEX }, STR_NONE, sha);
	buf_cstr(b, ",\"");
	buf_put(b, sha, LEDGER_HEX);
	buf_cstr(b, "\"]");
}

int
ledger_line_body(struct buf *b, const struct ledger_source *s)
{
	size_t raw = 2 * (s->header.n + s->rows.n + s->flags.n), start;
	bool is_ic = false;

	buf_cstr(b, "\"stream\":");
	ledger_put_text(b, s->stream);
	buf_cstr(b, ",\"id\":");
	ledger_put_text(b, s->id);
	buf_ch(b, ',');
	start = b->n;
	/* a row grows by a quarter at most, but escapes grow sixfold: the size that counts is the one written */
	if (raw / 2 > LIMIT_LEDGER_LINE || !put_header(b, s->header, &is_ic) || !put_rows(b, s, is_ic) ||
	    b->n - start > LIMIT_LEDGER_LINE / 2) {
		b->n = start;
		if (raw > LIMIT_LEDGER_LINE / 2)
			put_over(b, s);
		else
			put_raw(b, s);
	}
	return b->a->spent ? E_NOMEM : 0;
}

/*
 * ack.c - the answer to a message. It repeats from the message only what routes it (MSH-3 to 6,
 * MSH-10); what is wrong is told by place and words, never by value.
 */
#include "hl7/hl7.h"

#include <ctype.h>
#include <string.h>

#define MAX_ECHO 227	/* longest HD or ST we repeat */

/* A header part as it came, without what would break our own segment or frame. */
static struct str
echo(struct arena *a, struct str s)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < s.n && i < MAX_ECHO; i++)
		if ((unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f)
			buf_ch(&b, s.p[i]);
	return buf_view(&b);
}

static bool
seps_ok(const char *s)
{
	for (int i = 0; i < 5; i++)
		if (!ispunct((unsigned char)s[i]) || memchr(s + i + 1, s[i], (size_t)(4 - i)))
			return false;
	return true;
}

void
hl7_head_of(struct arena *a, struct str bytes, struct hl7_head *out)
{
	struct hl7_msg m = { 0 };
	struct str msh, type;

	*out = (struct hl7_head){ .seps = { '|', '^', '~', '\\', '&' } };
	if (str_starts(bytes, S("\xef\xbb\xbf")))
		bytes.p += 3, bytes.n -= 3;
	bytes = str_trim(bytes);
	if (bytes.n < 8 || !hl7_is(bytes, "MSH") || !seps_ok(bytes.p + 3))
		return;
	memcpy(out->seps, bytes.p + 3, 5);
	m.field = out->seps[0];
	for (msh = bytes, msh.n = 0; msh.n < bytes.n && msh.p[msh.n] != '\r' && msh.p[msh.n] != '\n';)
		msh.n++;
	type = hl7_field(&m, msh, 9);
	out->app = echo(a, hl7_field(&m, msh, 3));
	out->facility = echo(a, hl7_field(&m, msh, 4));
	out->to_app = echo(a, hl7_field(&m, msh, 5));
	out->to_facility = echo(a, hl7_field(&m, msh, 6));
	out->trigger = echo(a, hl7_part(type, out->seps[1], 2));
	out->id = echo(a, hl7_field(&m, msh, 10));
	out->processing = echo(a, hl7_field(&m, msh, 11));
	out->version = echo(a, hl7_field(&m, msh, 12));
}

/* Table 0357 */
static const struct {
	int		 rc;
	const char	*code, *words;
	enum hl7_ack	 ack;
} answers[] = {
	{ E_MALFORMED,	 "100", "Segment sequence error",	HL7_AR },
	{ E_INCOMPLETE,	 "101", "Required field missing",	HL7_AE },
	{ E_VALUE,	 "103", "Table value not found",	HL7_AE },
	{ E_UNSUPPORTED, "201", "Unsupported event code",	HL7_AR },
	{ E_VERSION,	 "203", "Unsupported version id",	HL7_AR },
	{ E_DUPLICATE,	 "205", "Duplicate key identifier",	HL7_AE },
	{ E_CONFLICT,	 "205", "Duplicate key identifier",	HL7_AE },
	{ E_MOVED,	 "206", "Application record locked",	HL7_AE },
	{ E_BAD_MOVE,	 "206", "Application record locked",	HL7_AE },
	{ E_LIMIT,	 "207", "Application internal error",	HL7_AE },
	{ 0,		 "207", "Application internal error",	HL7_AR },	/* all else: ours, try again */
};
#define N_ANSWERS (sizeof answers / sizeof *answers)

static size_t
answer_for(int rc)
{
	size_t i = 0;

	while (i + 1 < N_ANSWERS && answers[i].rc != rc)
		i++;
	return i;
}

enum hl7_ack
hl7_ack_for(int rc)
{
	return rc >= 0 ? HL7_AA : answers[answer_for(rc)].ack;
}

static void
put_text(struct buf *b, const struct hl7_head *h, struct str s)
{
	static const char names[] = "FSRET";

	for (size_t i = 0; i < s.n; i++) {
		const char *hit = memchr(h->seps, s.p[i], 5);

		if (hit)
			buf_fmt(b, "%c%c%c", h->seps[3], names[hit - h->seps], h->seps[3]);
		else if ((unsigned char)s.p[i] >= 0x20)
			buf_ch(b, s.p[i]);
	}
}

static void
put_msh(struct buf *b, const struct hl7_head *h, struct str now)
{
	const struct str fields[] = {
		{ h->seps + 1, 4 }, h->to_app, h->to_facility, h->app, h->facility, now, STR_NONE,
	};

	buf_cstr(b, "MSH");
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		buf_ch(b, h->seps[0]);
		buf_str(b, fields[i]);
	}
	buf_fmt(b, "%cACK", h->seps[0]);
	if (h->trigger.n)
		buf_fmt(b, "%c" STR_FMT "%cACK", h->seps[1], STR_ARG(h->trigger), h->seps[1]);
	buf_fmt(b, "%c" STR_FMT, h->seps[0], STR_ARG(h->id));
	buf_fmt(b, "%c" STR_FMT, h->seps[0], STR_ARG(h->processing.n ? h->processing : S("P")));
	buf_fmt(b, "%c" STR_FMT "\r", h->seps[0], STR_ARG(h->version.n ? h->version : S("2.5")));
}

/* "PID-3" as the location of ERR-2: PID^1^3; other places have no ERR-2 */
static void
put_place(struct buf *b, const struct hl7_head *h, struct str place)
{
	if (place.n < 5 || place.p[3] != '-')
		return;
	buf_put(b, place.p, 3);
	buf_fmt(b, "%c1%c", h->seps[1], h->seps[1]);
	put_text(b, h, (struct str){ place.p + 4, place.n - 4 });
}

static void
put_err(struct buf *b, const struct hl7_head *h, const struct fault *why)
{
	size_t at = answer_for(why->rc);
	char f = h->seps[0], c = h->seps[1];

	buf_fmt(b, "ERR%c%c", f, f);
	put_place(b, h, why->place);
	buf_fmt(b, "%c%s%c%s%cHL70357%cE%c%c%c%c", f, answers[at].code, c, answers[at].words, c, f, f, f, f, f);
	put_text(b, h, why->words);
	if (why->fix.n) {
		buf_cstr(b, "; ");
		put_text(b, h, why->fix);
	}
	buf_ch(b, '\r');
}

int
hl7_ack_write(struct arena *a, const struct hl7_head *h, enum hl7_ack ack, const struct fault *why, struct str now,
    struct str *out)
{
	static const char *const codes[] = { "AA", "AE", "AR" };
	struct buf b;

	buf_init(&b, a);
	put_msh(&b, h, now);
	buf_fmt(&b, "MSA%c%s%c" STR_FMT, h->seps[0], codes[ack], h->seps[0], STR_ARG(h->id));
	if (why) {
		buf_ch(&b, h->seps[0]);
		put_text(&b, h, why->words);
	}
	buf_ch(&b, '\r');
	if (why)
		put_err(&b, h, why);
	*out = buf_view(&b);
	return a->spent ? E_NOMEM : 0;
}

/*
 * store_common.c - what a commit changes and how it is journalled, once for both stores.
 * Never talks to Redis and keeps no state.
 */
#include "pipe/store_impl.h"

#include <string.h>

const char *const store_field_names[F_COUNT] = {
	[F_S] = "s", [F_A] = "a", [F_M] = "m", [F_WHY] = "why", [F_BF] = "bf", [F_B] = "b", [F_O] = "o", [F_C] = "c",
	[F_PARTS + PART_INGEST] = "p", [F_PARTS + PART_SUGGEST] = "os", [F_PARTS + PART_VALIDATE] = "ov",
	[F_PARTS + PART_AUDIT] = "oa", [F_PARTS + PART_SUBMIT] = "ob", [F_PARTS + PART_PEOPLE] = "od",
};

const char *
part_name(enum rec_part p)
{
	must(p < PART_COUNT);
	return store_field_names[F_PARTS + (int)p];
}

enum store_field
store_field_of(struct str name)
{
	for (int f = 0; f < F_COUNT; f++)
		if (str_is(name, store_field_names[f]))
			return (enum store_field)f;
	return F_COUNT;
}

/* What submit adds is small, and acceptances need nothing else: it stays. */
bool
store_is_archived(enum rec_part p)
{
	return p != PART_SUBMIT;
}

static bool
is_set_aside(enum state s)
{
	return s == ST_BURIED || state_is_held(s);
}

static size_t
change(struct change *out, size_t n, enum store_field f, struct str v)
{
	out[n] = (struct change){ f, v };
	return n + 1;
}

/*
 * The parts of riding stages come in one commit, and three fields cost Redis three times what one does. They
 * are the first that are ever written, and written once; what comes later stands in a field of its own and
 * counts instead. For each part: its number as a digit, its length in four bytes, the bytes.
 */
static struct str
bundle(struct arena *a, const struct work *w, unsigned parts)
{
	struct buf b;

	buf_init(&b, a);
	for (unsigned p = 0; p < PART_COUNT; p++) {
		uint32_t n = (uint32_t)w->part[p].n;
		const unsigned char head[] = { (unsigned char)('0' + p), (unsigned char)(n >> 24), (unsigned char)(n >> 16),
		    (unsigned char)(n >> 8), (unsigned char)n };

		if (!(parts >> p & 1))
			continue;
		buf_put(&b, head, sizeof head);
		buf_str(&b, w->part[p]);
	}
	return buf_view(&b);
}

static bool
unbundle(struct str s, struct str part[PART_COUNT])
{
	while (s.n) {
		const unsigned char *u = (const unsigned char *)s.p;
		unsigned p = (unsigned)u[0] - '0';
		size_t n;

		if (s.n < 5 || p >= PART_COUNT)
			return false;
		n = (size_t)u[1] << 24 | (size_t)u[2] << 16 | (size_t)u[3] << 8 | u[4];
		if (n > s.n - 5)
			return false;
		part[p] = (struct str){ s.p + 5, n };
		s = (struct str){ s.p + 5 + n, s.n - 5 - n };
	}
	return true;
}

size_t
store_changes(struct arena *a, const struct work *w, struct change out[CHANGES_MAX])
{
	bool was = is_set_aside(w->state), is = is_set_aside(w->to);
	unsigned parts = 0;
	size_t n = 0;

	if (w->attempts > 0)
		n = change(out, n, F_A, S("0"));
	if (w->why.n)
		n = change(out, n, F_WHY, w->why);
	else if (w->attempts > 0 || was)
		n = change(out, n, F_WHY, S(""));
	if (is && !was)
		n = change(out, n, F_BF, str_of(state_name(w->state)));
	if (w->batch.n)
		n = change(out, n, F_B, w->batch);
	else if (w->state == ST_BATCHED && w->to == ST_CLEARED)
		n = change(out, n, F_B, S(""));
	if (w->dirty >> PART_INGEST & 1)	/* back from the archive, or lost there */
		n = change(out, n, F_C, w->part[PART_INGEST].n ? S("") : S(STORE_LOST));
	for (unsigned p = 0; p < PART_COUNT; p++)
		if ((w->dirty >> p & 1) && w->part[p].n)
			parts |= 1u << p;
	/* what submit adds stays in Redis when the others go: it is no part of a bundle */
	if (w->revision == 0 && (parts & (parts - 1)) && !(parts & (1u << PART_INGEST | 1u << PART_SUBMIT)))
		return change(out, n, F_O, bundle(a, w, parts));
	for (unsigned p = 0; p < PART_COUNT; p++)
		if (parts >> p & 1)
			n = change(out, n, (enum store_field)(F_PARTS + p), w->part[p]);
	return n;
}

struct str
store_state(struct arena *a, enum state st, int64_t revision)
{
	return arena_fmt(a, "%s/%lld", state_name(st), (long long)revision);
}

/*
 * What is known of an encounter from its admission stands before its ingest part, in one field: a field costs
 * Redis about as much as a small command. "hash t charge due n_tenant n_account n_pcn " and then tenant,
 * account, control number; after that the part, which begins with a codec byte and so with no hex digit.
 */
struct str
store_head_write(struct arena *a, const struct admission *ad, int64_t t)
{
	struct buf b;

	must(ad->hash.n == 32);
	buf_init(&b, a);
	buf_fmt(&b, STR_FMT " %lld %lld %lld %zu %zu %zu ", STR_ARG(ad->hash), (long long)t, (long long)ad->charge,
	    (long long)ad->due, ad->tenant.n, ad->account.n, ad->pcn.n);
	buf_str(&b, ad->tenant);
	buf_str(&b, ad->account);
	buf_str(&b, ad->pcn);
	return buf_view(&b);
}

struct str
store_body(struct arena *a, const struct admission *ad, int64_t t)
{
	struct buf b;

	buf_init(&b, a);
	buf_str(&b, store_head_write(a, ad, t));
	buf_str(&b, ad->body);
	return buf_view(&b);
}

static bool
cut_text(struct str *s, int64_t n, struct str *out)
{
	if (n < 0 || n > (int64_t)s->n)
		return false;
	*out = (struct str){ s->p, (size_t)n };
	*s = (struct str){ s->p + n, s->n - (size_t)n };
	return true;
}

/* Takes the head off *s, which then is the part. */
static bool
head_read(struct str *s, struct snapshot *out)
{
	int64_t n[3];

	out->hash = str_cut(s, ' ');
	if (out->hash.n != 32 || !str_to_int(str_cut(s, ' '), &out->w.t) || !str_to_int(str_cut(s, ' '), &out->charge) ||
	    !str_to_int(str_cut(s, ' '), &out->due))
		return false;
	for (int i = 0; i < 3; i++)
		if (!str_to_int(str_cut(s, ' '), &n[i]))
			return false;
	return cut_text(s, n[0], &out->tenant) && cut_text(s, n[1], &out->account) && cut_text(s, n[2], &out->pcn);
}

struct str
store_head(struct str p)
{
	struct snapshot of = { 0 };
	struct str rest = p;

	return head_read(&rest, &of) ? (struct str){ p.p, p.n - rest.n } : STR_NONE;
}

static bool
number(struct str s, int64_t *out)
{
	*out = 0;
	return s.n == 0 || str_to_int(s, out);
}

/* Absent: as admitted. */
static bool
state_read(struct str s, struct work *w)
{
	w->state = w->to = s.n ? state_of(str_cut(&s, '/')) : ST_RECEIVED;
	return w->state != ST_NONE && number(s, &w->revision);
}

int
store_snapshot(const struct str v[F_COUNT], struct snapshot *out)
{
	struct work *w = &out->w;
	struct str body = v[F_PARTS + PART_INGEST], meta = v[F_M];
	bool has_head = body.n && (unsigned char)body.p[0] > ' ';

	if (!state_read(v[F_S], w) || !number(v[F_A], &w->attempts))
		return E_STORE_REPLY;
	if (has_head && !head_read(&body, out))
		return E_STORE_REPLY;
	if (meta.n && (!head_read(&meta, out) || meta.n))	/* a head of its own counts: p may be a stray */
		return E_STORE_REPLY;
	if (!unbundle(v[F_O], w->part))
		return E_STORE_REPLY;
	w->part[PART_INGEST] = body;
	for (unsigned p = PART_INGEST + 1; p < PART_COUNT; p++)
		if (v[F_PARTS + p].n)
			w->part[p] = v[F_PARTS + p];
	out->before = v[F_BF].n ? state_of(v[F_BF]) : ST_NONE;
	out->why = v[F_WHY];
	out->batch = v[F_B];
	out->cold = v[F_C].n > 0 && !str_is(v[F_C], STORE_LOST);
	out->archived = 0;
	if (out->cold && !number(v[F_C], &out->archived))
		return E_STORE_REPLY;
	return 0;
}

enum score_mode
store_mode(enum state to, int64_t lease_ms)
{
	if (to == ST_NEW)
		return SCORE_QUIET;
	if (!state_stage(to))
		return SCORE_DUE;
	return lease_ms > 0 ? SCORE_LEASED : SCORE_READY;
}

int64_t
store_score(enum score_mode mode, int64_t now, int64_t lease_ms, int64_t token, int64_t due)
{
	if (mode == SCORE_READY)
		return 0;
	if (mode == SCORE_DUE)
		return due > 0 ? due : now;
	return now + lease_ms > token ? now + lease_ms : token + 1;
}

void
store_warm_next(struct warm *w, int64_t score)
{
	w->skip = score == w->from ? w->skip + 1 : 1;
	w->from = score;
}

/*
 * A clock that steps back leaves leases that end too late by as much. Nobody gives a lease or a back-off that
 * long, so whoever claims may take what lies beyond; four times, for a neighbour with other settings. A visit
 * being gathered waits for its quiet time, which may be months.
 */
int64_t
store_horizon(enum state st, int64_t lease_ms)
{
	const int64_t longest = lease_ms > 60000 ? lease_ms : 60000;	/* batch.c backs off for a minute at most */

	return st == ST_NEW ? 0 : 4 * longest;
}

int
store_check_moves(struct work *const *v, size_t n)
{
	must(n <= LIMIT_COMMIT);
	for (size_t i = 0; i < n; i++)
		if (!state_event(v[i]->state, v[i]->to))
			return E_BAD_MOVE;
	return 0;
}

/* ---- journal ---- */

/* One field of a header or row: what would end it early becomes '_', nothing becomes '-'. */
static void
put_clean(struct buf *b, struct str s, char sep)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		buf_ch(b, c < 0x20 || c == 0x7f || c == (unsigned char)sep ? '_' : (char)c);
	}
	if (s.n == 0)
		buf_ch(b, '-');
}

struct str
store_header(struct arena *a, const struct commit_by *by, struct str library, const char *from, const char *to)
{
	const struct str v[] = { by->stage, by->actor, by->book, library, str_of(from), str_of(to) };
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		if (i)
			buf_ch(&b, '|');
		put_clean(&b, v[i], '|');
	}
	return buf_view(&b);
}

void
store_row(struct buf *b, struct eid id, int64_t revision, const char *verdict, struct str hash)
{
	static const char digits[] = "0123456789abcdef";
	char row[96];
	size_t n = 0;
	uint64_t r = revision > 0 ? (uint64_t)revision : 0, scale = 1;

	for (size_t i = 0; i < sizeof id.b; i++) {
		row[n++] = digits[id.b[i] >> 4];
		row[n++] = digits[id.b[i] & 15];
	}
	row[n++] = ' ';
	while (scale <= r / 10)
		scale *= 10;
	for (; scale; scale /= 10)
		row[n++] = (char)('0' + r / scale % 10);
	row[n++] = ' ';
	buf_put(b, row, n);
	buf_cstr(b, verdict);
	buf_ch(b, ' ');
	buf_str(b, hash);
	buf_ch(b, '\n');
}

struct str
store_parts_hash(struct arena *a, const struct work *w)
{
	struct str v[PART_COUNT];
	size_t n = 0;

	for (unsigned p = 0; p < PART_COUNT; p++)
		if ((w->dirty >> p & 1) && w->part[p].n)
			v[n++] = w->part[p];
	return n ? rec_hash16(a, v, n) : S("-");
}

struct str
store_ic_row(struct arena *a, const struct interchange *ic)
{
	struct buf b;

	buf_init(&b, a);
	put_clean(&b, ic->partner, ' ');
	buf_fmt(&b, " %lld %zu ", (long long)ic->number, ic->n);
	put_clean(&b, ic->sha, ' ');
	buf_ch(&b, ' ');
	put_clean(&b, ic->name, ' ');
	buf_ch(&b, '\n');
	return buf_view(&b);
}

/* ---- posted ---- */

void
store_posted_put(struct store_posted *p, const struct commit_by *by, struct admission *v, size_t n, enum state to,
    int64_t lease_ms)
{
	must(p->n < STORE_POSTED);
	p->a[p->n].by = by;
	p->a[p->n].v = v;
	p->a[p->n].n = n;
	p->a[p->n].to = to;
	p->a[p->n++].lease_ms = lease_ms;
}

int
store_posted_do(struct store_posted *p, struct store *s)
{
	struct store_posted was = *p;

	must(p->n > 0);
	p->n--;
	memmove(p->a, p->a + 1, p->n * sizeof *p->a);
	return s->ops->admit(s, was.a[0].by, was.a[0].v, was.a[0].n, was.a[0].to, was.a[0].lease_ms);
}

/* ---- the rest ---- */

void
store_why(struct store *s, const char *words, struct str detail)
{
	size_t n = 0;

	for (; *words && n < sizeof s->why - 1; words++)
		s->why[n++] = *words;
	for (size_t i = 0; i < detail.n && n < sizeof s->why - 1; i++)
		s->why[n++] = (unsigned char)detail.p[i] < 0x20 ? ' ' : detail.p[i];
	s->why[n] = 0;
}

static bool
split_id(struct str id, int64_t *ms, int64_t *seq)
{
	struct str head = str_cut(&id, '-');

	*seq = 0;
	return str_to_int(head, ms) && *ms >= 0 && (id.n == 0 || str_to_int(id, seq)) && *seq >= 0;
}

int
store_id_cmp(struct str a, struct str b)
{
	int64_t ms[2], seq[2];

	if (!split_id(a, &ms[0], &seq[0]) || !split_id(b, &ms[1], &seq[1]))
		return str_cmp(a, b);
	if (ms[0] != ms[1])
		return ms[0] < ms[1] ? -1 : 1;
	return seq[0] < seq[1] ? -1 : seq[0] > seq[1];
}

struct str
store_id_next(struct arena *a, struct str id)
{
	int64_t ms, seq;

	if (!split_id(id, &ms, &seq) || seq == INT64_MAX)
		return STR_NONE;
	return arena_fmt(a, "%lld-%lld", (long long)ms, (long long)seq + 1);
}

/*
 * store_common.c - what a commit changes and how it is journalled, once for both stores.
 * Never talks to Redis and keeps no state.
 */
#include "pipe/store_impl.h"

#include <string.h>

const char *const store_field_names[F_COUNT] = {
	[F_ST] = "st", [F_R] = "r", [F_A] = "a", [F_T] = "t", [F_H] = "h", [F_M] = "m",
	[F_WHY] = "why", [F_BF] = "bf", [F_B] = "b", [F_C] = "c",
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

size_t
store_changes(const struct work *w, struct change out[CHANGES_MAX])
{
	bool was = is_set_aside(w->state), is = is_set_aside(w->to);
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
	if (w->dirty >> PART_INGEST & 1)	/* back from the archive */
		n = change(out, n, F_C, S(""));
	for (unsigned p = 0; p < PART_COUNT; p++)
		if ((w->dirty >> p & 1) && w->part[p].n)
			n = change(out, n, (enum store_field)(F_PARTS + p), w->part[p]);
	return n;
}

/*
 * What is known of an encounter from its admission, as one field: five fields would cost Redis five
 * allocations each. "charge due n_tenant n_account " and then tenant, account, control number.
 */
struct str
store_meta(struct arena *a, const struct admission *ad)
{
	return arena_fmt(a, "%lld %lld %zu %zu " STR_FMT STR_FMT STR_FMT, (long long)ad->charge, (long long)ad->due,
	    ad->tenant.n, ad->account.n, STR_ARG(ad->tenant), STR_ARG(ad->account), STR_ARG(ad->pcn));
}

static bool
meta_read(struct str m, struct snapshot *out)
{
	int64_t n_tenant, n_account;

	if (m.n == 0)
		return true;
	if (!str_to_int(str_cut(&m, ' '), &out->charge) || !str_to_int(str_cut(&m, ' '), &out->due) ||
	    !str_to_int(str_cut(&m, ' '), &n_tenant) || !str_to_int(str_cut(&m, ' '), &n_account) ||
	    n_tenant < 0 || n_account < 0 || n_tenant > (int64_t)m.n || n_account > (int64_t)m.n - n_tenant)
		return false;
	out->tenant = (struct str){ m.p, (size_t)n_tenant };
	out->account = (struct str){ m.p + n_tenant, (size_t)n_account };
	out->pcn = (struct str){ m.p + n_tenant + n_account, m.n - (size_t)(n_tenant + n_account) };
	return true;
}

static bool
number(struct str s, int64_t *out)
{
	*out = 0;
	return s.n == 0 || str_to_int(s, out);
}

int
store_snapshot(const struct str v[F_COUNT], struct snapshot *out)
{
	struct work *w = &out->w;

	w->state = w->to = state_of(v[F_ST]);
	out->before = v[F_BF].n ? state_of(v[F_BF]) : ST_NONE;
	if (w->state == ST_NONE || !number(v[F_R], &w->revision) || !number(v[F_A], &w->attempts) ||
	    !number(v[F_T], &w->t) || !meta_read(v[F_M], out))
		return E_STORE_REPLY;
	out->hash = v[F_H];
	out->why = v[F_WHY];
	out->batch = v[F_B];
	out->cold = v[F_C].n > 0;
	if (!number(v[F_C], &out->archived))
		return E_STORE_REPLY;
	for (unsigned p = 0; p < PART_COUNT; p++)
		w->part[p] = v[F_PARTS + p];
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

int
store_check_moves(struct work *const *v, size_t n)
{
	must(n <= LIMIT_BATCH);
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

/* view.c - what is derived from an encounter: its id, its lane, and what goes on the claim. */
/* The one-shot EVP interface costs more than hashing the few bytes of an id. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "record/record.h"

#include <openssl/sha.h>
#include <string.h>

#define DAY_MS		INT64_C(86400000)
#define FILING_DAYS	365

/* Lengths go in with the bytes, so that ("ab", "c") and ("a", "bc") differ. */
static void
add(SHA256_CTX *c, struct str s)
{
	unsigned char n[4] = { (unsigned char)(s.n >> 24), (unsigned char)(s.n >> 16),
	    (unsigned char)(s.n >> 8), (unsigned char)s.n };

	(void)SHA256_Update(c, n, sizeof n);
	(void)SHA256_Update(c, s.p ? s.p : "", s.n);
}

static void
digest(const struct str *v, size_t n, unsigned char out[SHA256_DIGEST_LENGTH])
{
	SHA256_CTX c;

	(void)SHA256_Init(&c);
	for (size_t i = 0; i < n; i++)
		add(&c, v[i]);
	(void)SHA256_Final(out, &c);
}

struct eid
rec_eid(const struct encounter *e)
{
	char rev[8] = { (char)('0' + e->revision / 1000 % 10), (char)('0' + e->revision / 100 % 10),
	    (char)('0' + e->revision / 10 % 10), (char)('0' + e->revision % 10) };
	struct str v[] = { e->tenant, e->source, e->sender, e->control, { rev, 4 } };
	unsigned char d[SHA256_DIGEST_LENGTH];
	struct eid id;

	digest(v, sizeof v / sizeof *v, d);
	memcpy(id.b, d, sizeof id.b);
	return id;
}

static struct str
hex(struct arena *a, const unsigned char *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	char *t = arena_alloc(a, n * 2 + 1);

	if (!t)
		return STR_NONE;
	for (size_t i = 0; i < n; i++) {
		t[2 * i] = digit[p[i] >> 4];
		t[2 * i + 1] = digit[p[i] & 15];
	}
	return (struct str){ t, n * 2 };
}

struct str
eid_text(struct arena *a, struct eid id)
{
	return hex(a, id.b, sizeof id.b);
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool
eid_parse(struct str s, struct eid *out)
{
	if (s.n != 2 * sizeof out->b)
		return false;
	for (size_t i = 0; i < sizeof out->b; i++) {
		int hi = nibble(s.p[2 * i]), lo = nibble(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out->b[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

struct str
rec_hash16(struct arena *a, const struct str *parts, size_t n)
{
	unsigned char d[SHA256_DIGEST_LENGTH];

	digest(parts, n, d);
	return hex(a, d, 16);
}

unsigned
rec_lane(struct str tenant, struct str account, unsigned lanes)
{
	struct str v[] = { tenant, account };
	unsigned char d[SHA256_DIGEST_LENGTH];

	must(lanes > 0);
	digest(v, 2, d);
	return ((unsigned)d[0] << 24 | (unsigned)d[1] << 16 | (unsigned)d[2] << 8 | d[3]) % lanes;
}

int64_t
enc_filing_limit(const struct encounter *e)
{
	day_t last = e->to != DAY_NONE ? e->to : e->from;

	return last == DAY_NONE ? 0 : (last + FILING_DAYS) * DAY_MS;
}

struct party *
enc_party(const struct encounter *e, const char *role)
{
	for (size_t i = 0; i < e->n_parties; i++)
		if (str_is(e->parties[i].role, role))
			return &e->parties[i];
	return NULL;
}

static size_t
find(const struct claim_view *v, struct str code)
{
	size_t i = 0;

	while (i < v->n_diagnoses && !str_eq(v->diagnoses[i].code, code))
		i++;
	return i;
}

static void
drop(struct claim_view *v, size_t i)
{
	memmove(v->diagnoses + i, v->diagnoses + i + 1, (v->n_diagnoses - i - 1) * sizeof *v->diagnoses);
	v->n_diagnoses--;
}

static void
apply(struct arena *a, struct claim_view *v, const struct decision *d)
{
	size_t i = find(v, d->code);
	struct diagnosis *one;

	if (str_is(d->action, "reject") && i < v->n_diagnoses) {
		drop(v, i);
	} else if (str_is(d->action, "replace") && i < v->n_diagnoses) {
		if (find(v, d->with) < v->n_diagnoses)
			drop(v, i);
		else
			v->diagnoses[i].code = d->with;
	} else if (str_is(d->action, "accept") && i == v->n_diagnoses && d->code.n) {
		one = REC_PUSH(a, v, diagnoses, diagnosis);
		if (!one)
			return;
		one->code = d->code;
		one->role = v->n_diagnoses == 1 ? S("principal") : S("other");
		one->qual = v->n_diagnoses == 1 ? S("ABK") : S("ABF");
	}
}

int
claim_view(struct arena *a, const struct encounter *e, struct claim_view *v)
{
	const struct diagnosis *from = e->n_diagnoses ? e->diagnoses : e->coded;
	size_t n = e->n_diagnoses ? e->n_diagnoses : e->n_coded;

	*v = (struct claim_view){ .coded_here = e->n_diagnoses == 0 };
	for (size_t i = 0; i < n; i++) {
		struct diagnosis *one = REC_PUSH(a, v, diagnoses, diagnosis);

		if (!one)
			return E_NOMEM;
		*one = from[i];
	}
	for (size_t i = 0; i < e->n_decisions; i++)
		apply(a, v, &e->decisions[i]);
	if (v->n_diagnoses && (str_is(v->diagnoses[0].role, "other") || v->diagnoses[0].role.n == 0)) {
		v->diagnoses[0].role = S("principal");
		v->diagnoses[0].qual = str_is(v->diagnoses[0].qual, "BF") ? S("BK") : S("ABK");
	}
	return a->spent ? E_NOMEM : 0;
}

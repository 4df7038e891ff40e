/* site_io.c - what goes into a site and what came out of it. All names and numbers are invented. */
#include "support/site.h"

#include "audit/io_ledger.h"
#include "base/file.h"
#include "support/claims.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- encounters ---- */

static struct str
note_of(struct arena *a, unsigned i, size_t size)
{
	static const char *const more[] = {
		"Lungs are clear to auscultation on both sides. ", "Heart has a regular rate and rhythm without murmur. ",
		"Abdomen is soft, not tender. ", "Skin is warm and dry. ", "Neck is supple, no nodes. ",
		"Gait is steady. ", "Mood is calm, answers are clear. ", "Pulses are equal. ",
	};
	struct buf b;

	buf_init(&b, a);
	buf_cstr(&b, "HISTORY OF PRESENT ILLNESS: Adult with essential hypertension here for follow up, and with acute upper "
	    "respiratory infection since three days. Takes lisinopril every day.\\n\\nPHYSICAL EXAM: ");
	for (unsigned k = i; b.n + 300 < size; k = k * 7 + 3)
		buf_cstr(&b, more[k % 8]);
	buf_cstr(&b, "\\n\\nASSESSMENT:\\n1. Acute upper respiratory infection.\\n2. Essential hypertension, at goal.\\n\\n"
	    "PLAN: Rest, fluids. Continue lisinopril 10 mg. Return in three months.");
	return buf_view(&b);
}

static const char parties[] =
    "\"patient\":{\"role\":\"QC\",\"person\":true,\"last\":\"TESTER\",\"first\":\"AVERY\",\"id_qual\":\"MI\",\"id\":\"%s%u\","
    "\"line1\":\"1 SAMPLE WAY\",\"city\":\"SPRINGFIELD\",\"state\":\"IL\",\"zip\":\"627010001\",\"dob\":\"1970-05-%02u\","
    "\"sex\":\"F\"},"
    "\"coverages\":[{\"order\":\"P\",\"relation\":\"18\",\"filing\":\"CI\","
    "\"payer\":{\"role\":\"PR\",\"last\":\"EXAMPLE PAYER\",\"id_qual\":\"PI\",\"id\":\"EX001\"},"
    "\"subscriber\":{\"role\":\"IL\",\"person\":true,\"last\":\"TESTER\",\"first\":\"AVERY\",\"id_qual\":\"MI\",\"id\":\"%s%u\","
    "\"line1\":\"1 SAMPLE WAY\",\"city\":\"SPRINGFIELD\",\"state\":\"IL\",\"zip\":\"627010001\",\"dob\":\"1970-05-%02u\","
    "\"sex\":\"F\"}}],"
    "\"billing\":{\"role\":\"85\",\"last\":\"EXAMPLE CLINIC\",\"id_qual\":\"XX\",\"id\":\"1234567893\",\"line1\":\"9 "
    "CLINIC ROAD\","
    "\"city\":\"SPRINGFIELD\",\"state\":\"IL\",\"zip\":\"627010002\",\"taxonomy\":\"207Q00000X\",\"taxonomy_role\":\"BI\","
    "\"refs\":[{\"qual\":\"EI\",\"value\":\"201234567\"}]},"
    "\"parties\":[{\"role\":\"82\",\"person\":true,\"last\":\"RENDER\",\"first\":\"JO\",\"id_qual\":\"XX\","
    "\"id\":\"1234567893\"}],";

struct str
site_encounter(struct arena *a, const char *prefix, unsigned i, size_t size)
{
	unsigned day = i % 28 + 1;
	struct str who, note = note_of(a, i, size > 1700 ? size - 1400 : 0);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	who = arena_fmt(a, parties, prefix, i, day, prefix, i, day);
#pragma GCC diagnostic pop
	return arena_fmt(a, "{\"control\":\"%s%u\",\"type\":\"P\",\"usage\":\"T\"," STR_FMT
	    "\"pcn\":\"%s%u\",\"charge\":\"150.00\",\"pos\":\"11\",\"frequency\":\"1\",\"signature\":\"Y\",\"assignment\":\"A\","
	    "\"assigned\":\"Y\",\"release\":\"Y\",\"visit_class\":\"office\",\"from\":\"2026-10-05\",\"to\":\"2026-10-05\","
	    "\"diagnoses\":[{\"code\":\"J069\",\"role\":\"principal\",\"qual\":\"ABK\"},"
	    "{\"code\":\"I10\",\"role\":\"other\",\"qual\":\"ABF\"}],"
	    "\"lines\":[{\"number\":1,\"code_qual\":\"HC\",\"code\":\"99213\",\"charge\":\"150.00\",\"unit\":\"UN\","
	    "\"units\":\"1\","
	    "\"pointers\":[\"1\",\"2\"],\"from\":\"2026-10-05\"}],"
	    "\"documents\":[{\"id\":\"n1\",\"type\":\"progress\",\"day\":\"2026-10-05\",\"text\":\"" STR_FMT "\"}]}",
	    prefix, i, STR_ARG(who), prefix, i, STR_ARG(note));
}

struct eid
site_encounter_eid(const char *prefix, unsigned i)
{
	struct encounter *e;
	struct eid id;
	struct arena a;

	arena_init(&a, 0);
	e = rec_new(&a);
	e->tenant = S("main");
	e->source = S("json");
	e->sender = S("-");
	e->control = arena_fmt(&a, "%s%u", prefix, i);
	id = rec_eid(e);
	arena_free(&a);
	return id;
}

/* ---- offers ---- */

static struct front *
front_of(struct site *s, unsigned k)
{
	if (!s->front[k] && front_open(&s->front[k], arena_fmt(&s->mem, "ipc:%s/front%u", s->dir, k).p) < 0)
		s->front[k] = NULL;
	return s->front[k];
}

bool
site_offer(struct site *s, unsigned k, struct str bytes, int64_t ms, struct site_answer *out)
{
	struct front *f = front_of(s, k);
	int64_t seq = ++s->seq;
	struct answer ans;

	if (!f || front_offer(f, seq, S("offer"), bytes) < 0)
		return false;
	for (int64_t i = 0; i < ms / 10; i++) {
		if (front_answer(f, &s->mem, 10, &ans) <= 0 || ans.seq != seq)
			continue;
		(void)snprintf(out->verdict, sizeof out->verdict, STR_FMT, STR_ARG(ans.verdict));
		out->text = ans.text;
		return true;
	}
	front_close(f);			/* an offer without an answer: a new connection, so that the old one is not counted */
	s->front[k] = NULL;
	return false;
}

bool
site_feed(struct site *s, unsigned first, unsigned n)
{
	struct site_answer ans = { "", STR_NONE };
	struct arena a;
	struct buf b;
	bool ok;

	arena_init(&a, 0);
	buf_init(&b, &a);
	for (unsigned i = first; i < first + n; i++) {
		buf_str(&b, site_encounter(&a, "E", i, 2000));
		buf_ch(&b, '\n');
	}
	ok = site_offer(s, 0, buf_view(&b), SITE_WAIT_MS, &ans) && strcmp(ans.verdict, "accepted") == 0;
	if (!ok)
		(void)snprintf(s->why, sizeof s->why, "feed: '%s' %.200s", ans.verdict, ans.text.p ? ans.text.p : "");
	arena_free(&a);
	return ok;
}

/* ---- claim files ---- */

static int
read_one(struct arena *a, const char *path, struct site_claims *out)
{
	struct x12_intake in;
	struct str bytes;
	int rc = file_read(a, path, (size_t)1 << 28, &bytes);

	if (rc >= 0)
		rc = claims_read(a, bytes, &in);
	if (rc < 0 || in.n_interchanges != 1 || in.n_refused || in.faults.n)
		return -1;
	for (size_t i = 0; i < in.n_claims; i++) {
		struct str *pcn = arena_push(a, out->pcn, out->n);

		if (!pcn)
			return -1;
		*pcn = in.claims[i].e->pcn;
	}
	out->isa13 = arena_grow(a, out->isa13, out->files, out->files + 1, sizeof *out->isa13);
	if (!out->isa13 || !str_to_int(in.interchanges[0].isa13, &out->isa13[out->files]))
		return -1;
	out->files++;
	return 0;
}

int
site_read_out(struct site *s, struct arena *a, struct site_claims *out)
{
	struct file_list partners, files;
	struct str dir = site_path(s, "out");

	*out = (struct site_claims){ 0 };
	if (dir_list(a, dir.p, 100, &partners) < 0)
		return 0;
	for (size_t p = 0; p < partners.n; p++) {
		struct str sub = path_join(a, dir, partners.v[p].name);

		if (dir_list(a, sub.p, 100000, &files) < 0)
			return -1;
		for (size_t i = 0; i < files.n; i++)
			if (!files.v[i].is_folder && !strstr(files.v[i].name.p, ".part") &&
			    read_one(a, path_join(a, sub, files.v[i].name).p, out) < 0)
				return -1;
	}
	return 0;
}

static int
by_text(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static int
by_number(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return a < b ? -1 : a > b;
}

bool
site_sent_once(struct site *s, size_t n)
{
	struct site_claims c;
	struct arena a;
	size_t claims = 0, numbers = 0;
	bool ok;

	arena_init(&a, (size_t)4 << 30);
	ok = site_read_out(s, &a, &c) == 0;
	if (ok && c.n)
		qsort(c.pcn, c.n, sizeof *c.pcn, by_text);
	if (ok && c.files)
		qsort(c.isa13, c.files, sizeof *c.isa13, by_number);
	for (size_t i = 1; i < c.n; i++)
		claims += str_eq(c.pcn[i - 1], c.pcn[i]);
	for (size_t i = 1; i < c.files; i++)
		numbers += c.isa13[i - 1] == c.isa13[i];
	(void)snprintf(s->why, sizeof s->why, "%zu claims of %zu in %zu files%s; %zu claims twice, %zu numbers twice", c.n, n,
	    c.files, ok ? "" : ", one cannot be read", claims, numbers);
	arena_free(&a);
	return ok && c.n == n && claims == 0 && numbers == 0;
}

/* ---- journal and ledger ---- */

int64_t
site_journal(struct site *s)
{
	struct journal_entry *v = NULL;
	struct arena a;
	size_t n = 0;
	int rc;

	arena_init(&a, 0);
	rc = s->store->ops->journal_read(s->store, NULL, 0, 10000, &a, &v, &n);
	arena_free(&a);
	return rc < 0 ? -1 : (int64_t)n;
}

static bool
journal_is_empty(struct site *s, void *arg)
{
	(void)arg;
	return site_journal(s) == 0;
}

bool
site_wait_journal(struct site *s)
{
	return site_wait(s, journal_is_empty, NULL, "journal empty");
}

bool
site_ledger_verifies(struct site *s)
{
	struct ledger_verify v;
	struct arena a;
	bool ok;

	arena_init(&a, (size_t)1 << 30);
	ledger_verify_init(&v, &a, 0, NULL);
	ok = ledger_folder_walk(site_path(s, "ledger").p, &v, NULL, NULL, NULL) >= 0;
	ledger_verify_free(&v);
	arena_free(&a);
	return ok;
}

const char *
site_preload(struct site *s, const char *source)
{
	struct str c = site_path(s, "preload.c"), so = site_path(s, "preload.so");

	if (file_write_atomic(c.p, str_of(source), true) == 0 &&
	    system(arena_fmt(&s->mem, "cc -shared -fPIC -O1 -o %s %s -ldl 2>/dev/null", so.p, c.p).p) == 0)
		return so.p;
	(void)printf("skipped: no C compiler to make a preload with\n");
	return NULL;
}

/* ---- searching a folder ---- */

static const char *look_for;			/* nftw has no argument for its callback */
static char found[512];

static int
look_into(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct arena a;
	struct str text;
	bool hit = strstr(path + ftw->base, look_for) != NULL;

	(void)st;
	arena_init(&a, (size_t)1 << 28);
	if (!hit && type == FTW_F && file_read(&a, path, (size_t)1 << 27, &text) >= 0)
		hit = text.n && memmem(text.p, text.n, look_for, strlen(look_for)) != NULL;
	arena_free(&a);
	if (hit)
		(void)snprintf(found, sizeof found, "%s", path);
	return hit;
}

bool
site_find_in_tree(const char *dir, const char *needle, char *where, size_t n)
{
	look_for = needle;
	if (nftw(dir, look_into, 16, FTW_PHYS) <= 0)
		return false;
	(void)snprintf(where, n, "%s", found);
	return true;
}

/*
 * test_samples_charts.c - what hospitals send without codes goes through all five daemons: Synthea bundles and Bulk Data
 * by `claimline send`, simhospital's messages over MLLP. Nothing is buried, each encounter is in one state, each message
 * has one acknowledgement, and the same again makes nothing new.
 */
#include "base/file.h"
#include "support/one_site.h"
#include "support/samples.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FHIR	SAMPLES "/fhir/"

/* ---- by claimline send ---- */

/* All lines of the export as one file: resources of one file may refer to those of another. */
static const char *
bulk_file(void)
{
	struct str path = site_path(&site, "bulk.ndjson");
	struct file_list files;
	struct buf b;

	buf_init(&b, &mem);
	cr_assert(dir_list(&mem, FHIR "synthea-bulk-10", 100, &files) >= 0);
	for (size_t i = 0; i < files.n; i++) {
		const char *name = files.v[i].name.p;

		if (strstr(name, ".ndjson"))
			buf_str(&b, shared_unpacked(&mem, arena_fmt(&mem, "samples/fhir/synthea-bulk-10/%s", name).p));
	}
	cr_assert(file_write_atomic(path.p, buf_view(&b), true) >= 0);
	return path.p;
}

static size_t
bundle_files(const char *out[40])
{
	struct file_list files;
	size_t n = 0;

	cr_assert(dir_list(&mem, FHIR "synthea-r4-bundles", 100, &files) >= 0);
	for (size_t i = 0; i < files.n && n < 39; i++)
		if (strstr(files.v[i].name.p, ".json"))
			out[n++] = arena_fmt(&mem, FHIR "synthea-r4-bundles/%s", files.v[i].name.p).p;
	return n;
}

/* Sends the files; the number of encounters answered, all with this result, and each file with this verdict. */
static size_t
send_all(const char *const *files, size_t n, const char *result)
{
	const char *args[44] = { "send", "--json", "--wait-s", "60" };
	struct str said;
	json_t *list, *f, *row;
	size_t i, k, rows = 0;

	for (i = 0; i < n; i++)
		args[4 + i] = files[i];
	cr_assert(site_cli(&site, &said, args) == 0, "%.2000s", said.p ? said.p : "");
	list = json_loadb(said.p, said.n, 0, NULL);
	cr_assert(json_array_size(list) == n, "%.2000s", said.p);
	json_array_foreach(list, i, f) {
		cr_expect_str_eq(json_string_value(json_object_get(f, "verdict")), result, "%s", args[4 + i]);
		cr_expect(json_array_size(json_object_get(f, "faults")) == 0, "%s", args[4 + i]);
		json_array_foreach(json_object_get(f, "encounters"), k, row) {
			cr_expect_str_eq(json_string_value(json_object_get(row, "result")), result, "%s %zu", args[4 + i], k);
			rows++;
		}
	}
	json_decref(list);
	return rows;
}

/* What the files say, counted without our reader: a Claim is an encounter in a bundle, an Encounter in Bulk Data. */
static size_t
count_in(const char *path, const char *type)
{
	const char *const needle = arena_fmt(&mem, "\"resourceType\"").p;
	struct str s, word = arena_fmt(&mem, "\"%s\"", type);
	size_t n = 0;

	cr_assert(file_read(&mem, path, LIMIT_INPUT, &s) >= 0);
	for (const char *p = s.p; (p = memmem(p, (size_t)(s.p + s.n - p), needle, strlen(needle)));) {
		p += strlen(needle);
		while (*p == ' ' || *p == ':' || *p == '\t')
			p++;
		n += strncmp(p, word.p, word.n) == 0;
	}
	return n;
}

static void
through(const char *what, const char *const *files, size_t n, size_t expected)
{
	struct site_at *at, *again;
	int64_t there;

	cr_expect_eq(send_all(files, n, "accepted"), expected, "%s", what);
	cr_assert(site_settle(&site, expected), "%s: %s", what, site.why);
	site_print_states(&site, what);
	cr_expect(site_count(&site, ST_BURIED) == 0, "%s: buried", what);
	there = site_where(&site, &mem, &at);
	cr_assert(there == (int64_t)expected, "%s: %lld, each in one state", what, (long long)there);
	cr_expect_eq(send_all(files, n, "known"), expected, "%s again", what);
	cr_expect(site_where(&site, &mem, &again) == there && memcmp(at, again, (size_t)there * sizeof *at) == 0,
	    "%s: moved", what);
}

Test(samples_charts, synthea_bundles)
{
	const char *const sets[] = { "site.today=2026-11-02", NULL };
	const char *files[40];
	size_t n, claims = 0;

	if (!samples_here())
		return;
	begin(sets);
	n = bundle_files(files);
	for (size_t i = 0; i < n; i++)
		claims += count_in(files[i], "Claim");
	(void)printf("synthea bundles: %zu files, %zu Claims\n", n, claims);
	cr_expect(n == 10 && claims > 100);
	through("synthea bundles", files, n, claims);
	end();
}

Test(samples_charts, synthea_bulk)
{
	const char *const sets[] = { "site.today=2026-11-02", NULL };
	const char *files[1];
	size_t visits;

	if (!samples_here())
		return;
	begin(sets);
	files[0] = bulk_file();
	visits = count_in(files[0], "Encounter");
	(void)printf("synthea bulk data: %zu Encounters\n", visits);
	cr_expect(visits > 1000);
	through("synthea bulk data", files, 1, visits);
	end();
}

/* ---- by MLLP ---- */

#define CONNS	4
#define MSG_MAX	65536

struct talk {			/* one connection: a message, its acknowledgement, the next */
	int		 fd;
	const struct str *msgs;	/* all of the file */
	const size_t	*mine;	/* those of this connection, in order */
	size_t		 n, next, acked;
	char		 in[MSG_MAX];
	size_t		 n_in;
};

static struct str
field(struct str seg, int k)
{
	for (; k > 0; k--)
		(void)str_cut(&seg, '|');
	return str_cut(&seg, '|');
}

static struct str
segment(struct str msg, const char *id)
{
	while (msg.n) {
		struct str seg = str_cut(&msg, '\r');

		if (str_starts(seg, str_of(id)))
			return seg;
	}
	return STR_NONE;
}

/* The file parts messages by an empty line, and ends segments with CR, LF or both. */
static size_t
split_messages(struct str s, struct str **out)
{
	struct str *v = NULL;
	struct buf b = { 0 };
	size_t n = 0;

	for (char *p = (char *)(uintptr_t)s.p; p < s.p + s.n; p++)
		*p = *p == '\n' ? '\r' : *p;
	while (s.n) {
		struct str seg = str_cut(&s, '\r');

		if (str_starts(seg, S("MSH|"))) {
			struct str *one = arena_push(&mem, v, n);

			cr_assert(one);
			buf_init(&b, &mem);
		}
		if (n && seg.n) {
			buf_str(&b, seg);
			buf_ch(&b, '\r');
			v[n - 1] = buf_view(&b);
		}
	}
	*out = v;
	return n;
}

static void
say_next(struct talk *t)
{
	struct str text, msg;

	if (t->next == t->n)
		return;
	msg = t->msgs[t->mine[t->next++]];
	text = arena_fmt(&mem, "\x0b" STR_FMT "\x1c\r", STR_ARG(msg));
	for (size_t at = 0; at < text.n;) {
		ssize_t k = send(t->fd, text.p + at, text.n - at, MSG_NOSIGNAL);

		cr_assert(k > 0);
		at += (size_t)k;
	}
}

/* Takes what came; a whole frame must be the AA of the message that is out. */
static void
hear(struct talk *t)
{
	ssize_t k = recv(t->fd, t->in + t->n_in, sizeof t->in - t->n_in, MSG_DONTWAIT);
	struct str msa, sent;
	char *stop;

	cr_assert(k > 0, "the connection ended after %zu of %zu", t->acked, t->n);
	t->n_in += (size_t)k;
	stop = memmem(t->in, t->n_in, "\x1c\r", 2);
	if (!stop)
		return;
	msa = segment((struct str){ t->in + 1, (size_t)(stop - t->in - 1) }, "MSA|");
	sent = t->msgs[t->mine[t->next - 1]];
	cr_expect(t->in[0] == 0x0b && str_is(field(msa, 1), "AA") && str_eq(field(msa, 2), field(sent, 9)),
	    "message %zu: " STR_FMT, t->mine[t->next - 1], STR_ARG(msa));
	cr_expect(stop + 2 == t->in + t->n_in && t->acked + 1 == t->next, "more than one acknowledgement for a message");
	t->acked++;
	t->n_in = 0;
	say_next(t);
}

/* Nothing more comes after the last acknowledgement. */
static void
hang_up(struct talk *t)
{
	struct pollfd p = { t->fd, POLLIN, 0 };

	(void)shutdown(t->fd, SHUT_WR);
	cr_expect(poll(&p, 1, SITE_WAIT_MS) == 1 && recv(t->fd, t->in, sizeof t->in, 0) == 0, "bytes after the last message");
	(void)close(t->fd);
}

/* Every message over CONNS connections, all messages of a patient over the same. The number acknowledged. */
static size_t
send_messages(const struct str *msgs, size_t n)
{
	struct talk *t = arena_array(&mem, CONNS, sizeof *t);
	struct pollfd p[CONNS];
	size_t acked = 0;

	for (size_t i = 0; i < CONNS; i++) {
		size_t *mine = NULL;

		t[i].fd = site_dial(&site, site.mllp[0]);
		cr_assert(t[i].fd >= 0, "MLLP does not answer");
		t[i].msgs = msgs;
		for (size_t m = 0; m < n; m++)
			if (rec_lane(STR_NONE, field(segment(msgs[m], "PID|"), 3), CONNS) == i)
				*(size_t *)arena_push(&mem, mine, t[i].n) = m;
		t[i].mine = mine;
		p[i] = (struct pollfd){ t[i].fd, POLLIN, 0 };
		say_next(&t[i]);
	}
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < CONNS; i++) {
			p[i].fd = t[i].acked < t[i].n ? t[i].fd : -1;
			more |= p[i].fd >= 0;
		}
		cr_assert(!more || poll(p, CONNS, SITE_WAIT_MS) > 0, "no acknowledgement in time");
		for (size_t i = 0; more && i < CONNS; i++)
			if (p[i].fd >= 0 && p[i].revents)
				hear(&t[i]);
	}
	for (size_t i = 0; i < CONNS; i++) {
		hang_up(&t[i]);
		acked += t[i].acked;
	}
	return acked;
}

static bool
same_ids(const struct site_at *x, const struct site_at *y, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		if (memcmp(&x[i].id, &y[i].id, sizeof x[i].id) != 0)
			return false;
	return true;
}

/* Visits by their own words: PV1-19, or the patient and the time of admission where there is no visit number. */
static size_t
count_visits(const struct str *msgs, size_t n)
{
	struct str *seen = NULL;
	size_t n_seen = 0;

	for (size_t i = 0; i < n; i++) {
		struct str pv1 = segment(msgs[i], "PV1|"), visit = field(pv1, 19), id;
		bool is_new = true;

		if (str_starts(field(segment(msgs[i], "MSH|"), 8), S("ADT^A34")))
			continue;			/* a merge of two patients is no visit */
		id = visit.n ? visit : arena_fmt(&mem, STR_FMT "/" STR_FMT, STR_ARG(field(segment(msgs[i], "PID|"), 3)),
		    STR_ARG(field(pv1, 44)));
		for (size_t k = 0; k < n_seen && is_new; k++)
			is_new = !str_eq(seen[k], id);
		if (is_new)
			*(struct str *)arena_push(&mem, seen, n_seen) = id;
	}
	return n_seen;
}

Test(samples_charts, simhospital)
{
	const char *const sets[] = { "site.today=2026-11-02", "ingest.release=quiet", "ingest.quiet_s=2", NULL };
	struct site_at *first, *second;
	struct str bytes, *msgs;
	size_t n, visits;
	int64_t there;

	if (!samples_here())
		return;
	begin(sets);
	cr_assert(file_read(&mem, SAMPLES "/hl7v2/simhospital/messages.out", LIMIT_INPUT, &bytes) >= 0);
	n = split_messages(bytes, &msgs);
	visits = count_visits(msgs, n);
	cr_expect(n == 1013, "%zu messages", n);
	cr_expect_eq(send_messages(msgs, n), n);
	cr_assert(site_settle(&site, visits), "%zu visits: %s", visits, site.why);
	(void)printf("simhospital: %zu messages, each AA once over %d connections, %zu visits\n", n, CONNS, visits);
	site_print_states(&site, "simhospital");
	there = site_where(&site, &mem, &first);
	cr_expect(there == (int64_t)visits && site_count(&site, ST_BURIED) == 0);
	cr_expect_eq(send_messages(msgs, n), n);
	cr_assert(site_settle(&site, visits), "again: %s", site.why);
	site_print_states(&site, "simhospital again");
	cr_expect(site_where(&site, &mem, &second) == there && same_ids(first, second, there), "a second run makes nothing new");
	cr_expect(site_count(&site, ST_BURIED) == 0);
	end();
}

/* A sender that ends its side with its last byte gets all acknowledgements before the connection ends. */
Test(samples_charts, mllp_half_close)
{
	enum { N = 5 };
	static char got[MSG_MAX];
	struct str bytes, *msgs;
	struct buf b;
	size_t n = 0, acks = 0;
	ssize_t k;
	int fd;

	if (!samples_here())
		return;
	begin(NULL);
	cr_assert(file_read(&mem, SAMPLES "/hl7v2/simhospital/messages.out", LIMIT_INPUT, &bytes) >= 0);
	cr_assert(split_messages(bytes, &msgs) > N);
	buf_init(&b, &mem);
	for (int i = 0; i < N; i++)
		buf_fmt(&b, "\x0b" STR_FMT "\x1c\r", STR_ARG(msgs[i]));
	fd = site_dial(&site, site.mllp[0]);
	cr_assert(fd >= 0 && send(fd, b.p, b.n, MSG_NOSIGNAL) == (ssize_t)b.n && shutdown(fd, SHUT_WR) == 0);
	while ((k = recv(fd, got + n, sizeof got - n, 0)) > 0)
		n += (size_t)k;
	cr_expect(k == 0, "the connection ends by itself");
	for (char *p = got; (p = memmem(p, (size_t)(got + n - p), "\rMSA|AA|", 8)); p++)
		acks++;
	cr_expect(acks == N, "%zu acknowledgements", acks);
	(void)close(fd);
	end();
}

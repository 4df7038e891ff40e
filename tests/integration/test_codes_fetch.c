/*
 * test_codes_fetch.c - codes fetch against a server in this process: whole files, cut connections, servers that
 * know no ranges, pages in place of files. Nothing outside this machine is asked.
 */
#include "claimline/codes.h"
#include "claimline/fetch.h"

#include "base/file.h"
#include "codebook/io_book.h"
#include "support/shell.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <microhttpd.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zip.h>

#define NOISE	((size_t)300000)

static struct arena a;
static struct str dir, file;		/* a folder of this test; the archive the server has */
static char hex[FETCH_HEX + 1];

/* What the server does; set before a request, read after it. */
static struct {
	size_t	cut;			/* the connection ends after so many bytes of a body; 0: it does not */
	bool	no_range, weak, other_range;
	int	asks;
	int	ranges;			/* requests that asked for a part */
	char	range[64], if_range[64], agent[64];
} srv;

static bool other_sum;			/* a line comes into SHA256SUMS while it answers */

static struct MHD_Daemon *mhd;
static unsigned port;

struct body { size_t from, sent; };

static ssize_t
body_read(void *arg, uint64_t pos, char *buf, size_t max)
{
	struct body *b = arg;
	size_t n = file.n - b->from - (size_t)pos;

	if (srv.cut && pos >= srv.cut)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = n < max ? n : max;
	if (srv.cut && n > srv.cut - pos)
		n = srv.cut - (size_t)pos;
	memcpy(buf, file.p + b->from + pos, n);
	return (ssize_t)n;
}

static void
note(struct MHD_Connection *c, const char *head, char *room, size_t size)
{
	const char *v = MHD_lookup_connection_value(c, MHD_HEADER_KIND, head);

	(void)snprintf(room, size, "%s", v ? v : "");
}

static struct MHD_Response *
file_answer(unsigned *status)
{
	struct body *b = calloc(1, sizeof *b);
	struct MHD_Response *r;
	long from = strncmp(srv.range, "bytes=", 6) == 0 ? strtol(srv.range + 6, NULL, 10) : 0;

	cr_assert(b != NULL);
	srv.ranges += from > 0;
	if (from > 0 && !srv.no_range && strcmp(srv.if_range, "\"one\"") == 0)
		b->from = (size_t)from + (srv.other_range ? 1 : 0);
	r = MHD_create_response_from_callback(file.n - b->from, 4096, body_read, b, free);
	*status = b->from ? 206 : 200;
	if (b->from)
		(void)MHD_add_response_header(r, "Content-Range",
		    arena_fmt(&a, "bytes %zu-%zu/%zu", b->from, file.n - 1, file.n).p);
	(void)MHD_add_response_header(r, "ETag", srv.weak ? "W/\"one\"" : "\"one\"");
	return r;
}

static void
other_sum_write(void)
{
	struct arena room;

	arena_init(&room, 0);
	cr_assert(file_write_atomic(path_join(&room, dir, S(FETCH_SUMS)).p, arena_fmt(&room, "%064d  b.zip\n", 2), true) == 0);
	arena_free(&room);
}

static enum MHD_Result
handle(void *arg, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *up,
    size_t *up_n, void **state)
{
	static const char page[] = "<html>the file has moved</html>";
	struct MHD_Response *r = NULL;
	unsigned status = 200;
	enum MHD_Result rc;

	(void)arg, (void)method, (void)version, (void)up, (void)up_n, (void)state;
	srv.asks++;
	if (other_sum)
		other_sum_write();
	note(c, "Range", srv.range, sizeof srv.range);
	note(c, "If-Range", srv.if_range, sizeof srv.if_range);
	note(c, "User-Agent", srv.agent, sizeof srv.agent);
	if (strcmp(url, "/a.zip") == 0)
		r = file_answer(&status);
	else if (strcmp(url, "/page.zip") == 0)
		r = MHD_create_response_from_buffer(sizeof page - 1, (void *)(uintptr_t)page, MHD_RESPMEM_PERSISTENT);
	else
		r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	if (strcmp(url, "/gone.zip") == 0)
		status = 404;
	if (strcmp(url, "/broken.zip") == 0)
		status = 503;
	if (strcmp(url, "/loop.zip") == 0 || strcmp(url, "/moved.zip") == 0 || strcmp(url, "/ftp.zip") == 0) {
		status = 302;
		(void)MHD_add_response_header(r, "Location", url[1] == 'l' ? "/loop.zip" : url[1] == 'm' ? "/a.zip" :
		    "ftp://127.0.0.1/a.zip");
	}
	rc = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return rc;
}

/* A list that makes a book, and noise that does not get smaller. */
static void
archive_make(void)
{
	static const char list[] = "POS\tTITLE\tFROM\tTO\n11\tOffice\t\t\n23\tEmergency Room\t\t\n";
	struct str path = path_join(&a, dir, S("served.zip"));
	char *noise = malloc(NOISE);
	unsigned long seed = 1;
	unsigned char sha[SHA256_DIGEST_LENGTH];
	zip_t *z = zip_open(path.p, ZIP_CREATE | ZIP_TRUNCATE, NULL);

	cr_assert(z && noise);
	for (size_t i = 0; i < NOISE; i++)
		noise[i] = (char)((seed = seed * 6364136223846793005ul + 1442695040888963407ul) >> 56);
	cr_assert(zip_file_add(z, "place_of_service.tsv", zip_source_buffer(z, list, sizeof list - 1, 0), 0) >= 0);
	cr_assert(zip_file_add(z, "noise.bin", zip_source_buffer(z, noise, NOISE, 0), 0) >= 0);
	cr_assert(zip_close(z) == 0);
	free(noise);
	cr_assert(file_read(&a, path.p, LIMIT_INPUT, &file) == 0 && file.n > NOISE);
	(void)SHA256((const unsigned char *)file.p, file.n, sha);
	for (size_t i = 0; i < sizeof sha; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", sha[i]);
}

static void
start(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char room[] = "/tmp/clfetchXXXXXX";

	arena_init(&a, (size_t)512 << 20);
	cr_assert(mkdtemp(room) != NULL);
	dir = arena_str(&a, str_of(room));
	archive_make();
	mhd = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR,
	    (struct sockaddr *)&at, MHD_OPTION_END);
	cr_assert(mhd != NULL);
	port = MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_BIND_PORT)->port;
	(void)unsetenv("http_proxy");
	(void)unsetenv("all_proxy");
}

static void
stop(void)
{
	MHD_stop_daemon(mhd);
	folder_remove(dir.p);
	arena_free(&a);
}

static struct str
url_of(const char *name)
{
	return arena_fmt(&a, "http://127.0.0.1:%u/%s", port, name);
}

static struct str
in_dir(const char *name)
{
	return path_join(&a, dir, str_of(name));
}

static int
get(const char *name, const char *sha, struct fetched *out)
{
	struct fetch f = { .a = &a, .folder = dir, .max = (int64_t)1 << 20 };
	struct fetch_row row = { .url = url_of(name), .name = str_of(name), .sha256 = str_of(sha) };

	srv.asks = srv.ranges = 0;
	return fetch_file(&f, &row, out);
}

static bool
is_file(const char *name)
{
	struct str text;

	return file_read(&a, in_dir(name).p, LIMIT_INPUT, &text) == 0 && str_eq(text, file);
}

#define FETCH(name)	Test(codes_fetch, name, .init = start, .fini = stop)

FETCH(whole_file_once)
{
	struct fetched d;
	struct str sums;

	cr_assert(get("a.zip", NULL, &d) == CLI_OK, STR_FMT, STR_ARG(d.words));
	cr_expect(d.how == FETCH_NEW && d.bytes == (int64_t)file.n && strcmp(d.sha256, hex) == 0 && srv.asks == 1);
	cr_expect(is_file("a.zip") && !file_exists(in_dir("a.zip.part").p) && !file_exists(in_dir("a.zip.from").p));
	cr_expect(strncmp(srv.agent, "claimline/", 10) == 0);
	cr_assert(file_read(&a, in_dir(FETCH_SUMS).p, LIMIT_CONF, &sums) == 0);
	cr_expect(str_is(fetch_sum_of(sums, S("a.zip")), hex));
	cr_assert(get("a.zip", hex, &d) == CLI_OK);
	cr_expect(d.how == FETCH_HERE && srv.asks == 0, "what is there is not fetched again");
	/* one byte of it is changed on the disk: it is fetched anew */
	cr_assert(file_write_atomic(in_dir("a.zip").p, S("PK\3\4 not what it was"), true) == 0);
	cr_assert(get("a.zip", NULL, &d) == CLI_OK);
	cr_expect(d.how == FETCH_NEW && is_file("a.zip"));
}

FETCH(a_cut_connection_is_gone_on_with)
{
	struct fetched d;

	srv.cut = 100000;
	cr_expect(get("a.zip", NULL, &d) == CLI_UNAVAILABLE);
	cr_expect(memmem(d.words.p, d.words.n, "a.zip", 5) && d.fix.n, STR_FMT, STR_ARG(d.words));
	cr_expect(!file_exists(in_dir("a.zip").p) && file_exists(in_dir("a.zip.part").p));
	cr_expect(get("a.zip", NULL, &d) == CLI_UNAVAILABLE && srv.ranges == 1, "cut a second time");
	srv.cut = 0;
	cr_assert(get("a.zip", hex, &d) == CLI_OK, STR_FMT, STR_ARG(d.words));
	cr_expect(d.how == FETCH_RESUMED && d.kept == 200000 && srv.asks == 1 && srv.ranges == 1);
	cr_expect(strcmp(srv.range, "bytes=200000-") == 0 && strcmp(srv.if_range, "\"one\"") == 0, "%s %s",
	    srv.range, srv.if_range);
	cr_expect(is_file("a.zip") && !file_exists(in_dir("a.zip.from").p));
}

FETCH(a_server_without_ranges_sends_all_of_it)
{
	struct fetched d;

	srv.cut = 100000;
	cr_expect(get("a.zip", NULL, &d) == CLI_UNAVAILABLE);
	srv.cut = 0;
	srv.no_range = true;
	cr_assert(get("a.zip", hex, &d) == CLI_OK, STR_FMT, STR_ARG(d.words));
	cr_expect(d.how == FETCH_NEW && d.kept == 0 && srv.ranges == 1 && is_file("a.zip"));
}

FETCH(without_a_strong_validator_nothing_is_gone_on_with)
{
	struct fetched d;

	srv.cut = 100000;
	srv.weak = true;
	cr_expect(get("a.zip", NULL, &d) == CLI_UNAVAILABLE);
	srv.cut = 0;
	cr_assert(get("a.zip", hex, &d) == CLI_OK, STR_FMT, STR_ARG(d.words));
	cr_expect(d.how == FETCH_NEW && srv.ranges == 0 && is_file("a.zip"));
}

FETCH(another_part_than_asked_is_refused_and_then_all_is_fetched)
{
	struct fetched d;

	srv.cut = 100000;
	cr_expect(get("a.zip", NULL, &d) == CLI_UNAVAILABLE);
	srv.cut = 0;
	srv.other_range = true;
	cr_expect(get("a.zip", NULL, &d) == CLI_UNAVAILABLE && !file_exists(in_dir("a.zip").p));
	cr_assert(get("a.zip", hex, &d) == CLI_OK, STR_FMT, STR_ARG(d.words));
	cr_expect(srv.ranges == 0 && is_file("a.zip"));
}

FETCH(what_goes_wrong_has_an_exit_code_and_words)
{
	static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
	static const struct { const char *name, *sha; int code; const char *words, *left; } rows[] = {
		{ "gone.zip", NULL, CLI_UNAVAILABLE, "no such file (404)", NULL },
		{ "broken.zip", NULL, CLI_UNAVAILABLE, "(503)", NULL },
		{ "loop.zip", NULL, CLI_UNAVAILABLE, "without end", NULL },
		{ "ftp.zip", NULL, CLI_UNAVAILABLE, "not fetched from", NULL },
		{ "page.zip", NULL, CLI_DATA, "not a whole zip", "page.zip.bad" },
		{ "empty.zip", NULL, CLI_DATA, "not a whole zip", "empty.zip.bad" },
		{ "a.zip", zeros, CLI_DATA, "sources.yaml", "a.zip.bad" },
		{ "moved.zip", NULL, CLI_OK, "", "moved.zip" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fetched d;
		int code = get(rows[i].name, rows[i].sha, &d);

		cr_expect(code == rows[i].code, "%s: %d", rows[i].name, code);
		cr_expect(memmem(d.words.p ? d.words.p : "", d.words.n, rows[i].words, strlen(rows[i].words)),
		    "%s: " STR_FMT, rows[i].name, STR_ARG(d.words));
		cr_expect(code == CLI_OK || (d.fix.n && memmem(d.words.p, d.words.n, "http://127", 10)), "%s", rows[i].name);
		cr_expect(code == CLI_OK || !file_exists(in_dir(rows[i].name).p), "%s", rows[i].name);
		cr_expect(!rows[i].left || file_exists(in_dir(rows[i].left).p), "%s", rows[i].name);
	}
	MHD_stop_daemon(mhd);
	struct fetched d;
	cr_expect(get("a.zip", NULL, &d) == CLI_UNAVAILABLE, "nobody listens");
	mhd = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, NULL, MHD_OPTION_END);
}

FETCH(a_publisher_who_changes_a_file_is_noticed)
{
	struct fetched d;
	struct str sums = arena_fmt(&a, "%064d  a.zip\n%064d  b.zip\n", 1, 2);

	cr_assert(file_write_atomic(in_dir(FETCH_SUMS).p, sums, true) == 0);
	cr_expect(get("a.zip", NULL, &d) == CLI_DATA && memmem(d.words.p, d.words.n, FETCH_SUMS, strlen(FETCH_SUMS)));
	cr_expect(!file_exists(in_dir("a.zip").p) && is_file("a.zip.bad"));
	/* the row of sources.yaml is the later word; a good file takes the bad one away */
	cr_assert(get("a.zip", hex, &d) == CLI_OK);
	cr_assert(file_read(&a, in_dir(FETCH_SUMS).p, LIMIT_CONF, &sums) == 0);
	cr_expect(str_is(fetch_sum_of(sums, S("a.zip")), hex) && fetch_sum_of(sums, S("b.zip")).n == FETCH_HEX);
	cr_expect(!file_exists(in_dir("a.zip.bad").p));
}

/* Were it taken for an empty list, every sum in it would be lost. */
FETCH(a_list_of_sums_that_cannot_be_read_is_not_written_over)
{
	struct fetched d;
	struct stat st;

	cr_assert(mkdir(in_dir(FETCH_SUMS).p, 0700) == 0);
	cr_expect(get("a.zip", hex, &d) == CLI_DATA && srv.asks == 0 && d.fix.n, STR_FMT, STR_ARG(d.words));
	cr_expect(memmem(d.words.p, d.words.n, FETCH_SUMS, strlen(FETCH_SUMS)) != NULL);
	cr_assert(rmdir(in_dir(FETCH_SUMS).p) == 0);
	cr_assert(file_write_atomic(in_dir(FETCH_SUMS).p, S(""), true) == 0);
	cr_assert(truncate(in_dir(FETCH_SUMS).p, (off_t)LIMIT_CONF + 1) == 0);
	cr_expect(get("a.zip", hex, &d) == CLI_DATA && srv.asks == 0, STR_FMT, STR_ARG(d.words));
	cr_expect(stat(in_dir(FETCH_SUMS).p, &st) == 0 && st.st_size == (off_t)LIMIT_CONF + 1);
}

/* Another run wrote its line while this file came. */
FETCH(sums_of_other_runs_stay)
{
	struct fetched d;
	struct str sums;

	other_sum = true;
	cr_assert(get("a.zip", hex, &d) == CLI_OK, STR_FMT, STR_ARG(d.words));
	other_sum = false;
	cr_assert(file_read(&a, in_dir(FETCH_SUMS).p, LIMIT_CONF, &sums) == 0);
	cr_expect(str_is(fetch_sum_of(sums, S("a.zip")), hex) && fetch_sum_of(sums, S("b.zip")).n == FETCH_HEX,
	    STR_FMT, STR_ARG(sums));
}

FETCH(too_large_is_refused)
{
	struct fetch f = { .a = &a, .folder = dir, .max = 1000 };
	struct fetch_row row = { .url = url_of("a.zip"), .name = S("a.zip") };
	struct fetched d;

	cr_expect(fetch_file(&f, &row, &d) == CLI_DATA && !file_exists(in_dir("a.zip").p), STR_FMT, STR_ARG(d.words));
}

Test(codes_fetch_list, sources_yaml)
{
	static const struct { const char *name, *yaml; int rc; } rows[] = {
		{ "good", "R:\n  - url: https://x.example/a%20b.zip\n    name: a.zip\n", 0 },
		{ "another release", "Q:\n  - url: https://x.example/a.zip\n    name: a.zip\n", E_NOT_FOUND },
		{ "name goes up", "R:\n  - url: https://x.example/a.zip\n    name: ../a.zip\n", E_CONF },
		{ "name is a path", "R:\n  - url: https://x.example/a.zip\n    name: b/a.zip\n", E_CONF },
		{ "name is hidden", "R:\n  - url: https://x.example/a.zip\n    name: .a.zip\n", E_CONF },
		{ "name is ours", "R:\n  - url: https://x.example/a.zip\n    name: a.zip.part\n", E_CONF },
		{ "name is the list", "R:\n  - url: https://x.example/a.zip\n    name: SHA256SUMS\n", E_CONF },
		{ "wrong in another release", "Q:\n  - url: https://x.example/a.zip\n    name: ..\nR:\n"
		    "  - url: https://x.example/a.zip\n"
		    "    name: a.zip\n", E_CONF },
		{ "twice", "R:\n  - url: https://x.example/a.zip\n    name: a.zip\n  - url: https://x.example/b.zip\n"
		    "    name: A.zip\n", E_CONF },
		{ "file scheme", "R:\n  - url: file:///etc/passwd\n    name: a.zip\n", E_CONF },
		{ "ftp scheme", "R:\n  - url: ftp://x.example/a.zip\n    name: a.zip\n", E_CONF },
		{ "no host", "R:\n  - url: https:///a.zip\n    name: a.zip\n", E_CONF },
		{ "user", "R:\n  - url: https://u:p@x.example/a.zip\n    name: a.zip\n", E_CONF },
		{ "blank", "R:\n  - url: https://x.example/a b.zip\n    name: a.zip\n", E_CONF },
		{ "no name", "R:\n  - url: https://x.example/a.zip\n", E_CONF },
		{ "checksum", "R:\n  - url: https://x.example/a.zip\n    name: a.zip\n    sha256: abc\n", E_CONF },
		{ "unknown word", "R:\n  - url: https://x.example/a.zip\n    name: a.zip\n    size: 3\n", E_CONF },
		{ "release is a path", "../R:\n  - url: https://x.example/a.zip\n    name: a.zip\n", E_CONF },
		{ "no list", "R: a\n", E_CONF },
		{ "not yaml", "R: [", E_CONF },
	};
	struct fetch_list list;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct faults f = { .a = &a };
		int rc = fetch_read(&a, str_of(rows[i].yaml), S("R"), &list, &f);

		cr_expect(rc == rows[i].rc && (rc == E_CONF) == (f.n > 0), "%s: %s", rows[i].name, err_name(rc));
	}
	arena_free(&a);
}

/* The file that comes with Claimline. */
Test(codes_fetch_list, ours_is_sound)
{
	struct fetch_list list;
	struct faults f = { .a = &a };
	struct str yaml;
	int rc;

	arena_init(&a, 0);
	cr_assert(file_read(&a, CL_SOURCE_DIR "/config/codesets/sources.yaml", LIMIT_CONF, &yaml) == 0);
	rc = fetch_read(&a, yaml, S("FY2026"), &list, &f);
	cr_assert(rc == 0 && list.n >= 4, "%s " STR_FMT ": " STR_FMT, err_name(rc), STR_ARG(f.n ? f.v[0].place : STR_NONE),
	    STR_ARG(f.n ? f.v[0].words : STR_NONE));
	for (size_t i = 0; i < list.n; i++)
		cr_expect(str_starts(list.v[i].url, S("https://")), STR_FMT, STR_ARG(list.v[i].url));
	arena_free(&a);
}

/* ---- the verb ---- */

static void
sources_write(const char *name)
{
	struct str text = arena_fmt(&a,
	    "R2026:\n  - url: https://not.asked.example/x/%s\n    name: %s\n    notice: read the licence\n",
	    name, name);

	cr_assert(mkdir_p(in_dir("config/codesets").p) == 0);
	cr_assert(file_write_atomic(in_dir("config/codesets/sources.yaml").p, text, true) == 0);
}

static int
verb_run(const char *release, const char *from)
{
	struct cli *c = calloc(1, sizeof *c);
	int code;

	cr_assert(c != NULL);
	arena_init(&c->a, (size_t)1 << 30);
	conf_defaults(&c->conf);
	c->conf.site.config_dir = in_dir("config");
	c->conf.site.state_dir = in_dir("state");
	if (release)
		c->opts.v[c->opts.n++] = (struct opt_given){ "release", release };
	c->opts.v[c->opts.n++] = (struct opt_given){ "from", from };
	code = codes_fetch(c);
	arena_free(&c->a);
	free(c);
	return code;
}

FETCH(the_verb_makes_a_book)
{
	const char *from = arena_fmt(&a, "http://127.0.0.1:%u/", port).p, *why;
	struct stat st;
	struct book b;

	sources_write("a.zip");
	cr_expect(verb_run(NULL, from) == CLI_USAGE);
	cr_expect(verb_run("../R2026", from) == CLI_USAGE);
	cr_expect(verb_run("R2027", from) == CLI_USAGE);
	cr_expect(verb_run("R2026", "ftp://127.0.0.1/") == CLI_USAGE);
	cr_assert(verb_run("R2026", from) == CLI_OK);
	cr_assert(book_map(in_dir("state/codes/R2026.clb").p, true, &b, &why) == 0);
	cr_expect(codebook_count(b.cb, CS_POS) == 2);
	cr_expect(stat(in_dir("state/codes/R2026.clb").p, &st) == 0 && (st.st_mode & 0777) == 0644, "for daemons of other users");
	book_close(&b);
	sources_write("gone.zip");
	cr_expect(verb_run("R2026", from) == CLI_UNAVAILABLE);
	sources_write("page.zip");
	cr_expect(verb_run("R2026", from) == CLI_DATA);
	sources_write("../a.zip");
	cr_expect(verb_run("R2026", from) == CLI_CONFIG);
	cr_expect(book_map(in_dir("state/codes/R2026.clb").p, true, &b, &why) == 0, "the book of before stays");
	book_close(&b);
}

FETCH(the_program)
{
	struct str cmd;
	FILE *p;
	int rc;

	if (!file_exists(CL_BIN_DIR "/claimline")) {
		printf("skipped: the program is not built\n");
		return;
	}
	sources_write("a.zip");
	cmd = arena_fmt(&a, CL_BIN_DIR "/claimline codes fetch --release R2026 --json --from http://127.0.0.1:%u --to " STR_FMT
	    "/to --out " STR_FMT "/b.clb --set site.config_dir=" STR_FMT "/config >" STR_FMT "/said.json", port, STR_ARG(dir),
	    STR_ARG(dir), STR_ARG(dir), STR_ARG(dir));
	p = popen(cmd.p, "r");
	cr_assert(p != NULL);
	rc = pclose(p);
	cr_assert(WIFEXITED(rc) && WEXITSTATUS(rc) == CLI_OK, "%d", WEXITSTATUS(rc));
	cr_expect(is_file("to/R2026/a.zip") && file_exists(in_dir("b.clb").p));
	cr_assert(file_read(&a, in_dir("said.json").p, LIMIT_CONF, &cmd) == 0);
	cr_expect(memmem(cmd.p, cmd.n, hex, FETCH_HEX) != NULL);
}

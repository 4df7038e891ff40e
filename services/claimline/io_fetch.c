/*
 * io_fetch.c - one file over HTTP into a folder. What has come stays in name.part, with the address and the
 * validator of the server (ETag or Last-Modified) in name.from, so that a next try asks for the rest of the same
 * bytes or gets all of the new ones. Nothing has its last name before it is whole and its checksum agrees.
 */
#include "claimline/cli.h"
#include "claimline/fetch.h"

#include "base/file.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONNECT_S	30
#define SLOW_BYTES	100L		/* a second, for */
#define SLOW_S		60L		/* so long: given up */
#define ZIP_TAIL	65557		/* the end record of a zip archive begins within so many last bytes */
#define VALIDATOR_MAX	200

struct get {
	struct fetch		*f;
	const struct fetch_row	*row;
	struct fetched		*out;
	struct str		 part, from, whole, bad;
	struct str		 validator;	/* of the part; absent: it cannot be gone on with */
	CURL			*h;
	EVP_MD_CTX		*sum;
	int			 fd;
	int64_t			 at;		/* bytes of the part */
	int64_t			 asked;		/* where the answer was asked to begin */
	/* of the answer that comes */
	char			 etag[VALIDATOR_MAX], modified[VALIDATOR_MAX];
	int64_t			 range_at;	/* -1: it is no range */
	bool			 begun;
	int			 code;		/* exit code when we ended it */
	const char		*why;
};

static int
fail(struct get *g, int code, const char *words, const char *fix)
{
	g->out->words = arena_fmt(g->f->a, STR_FMT ": %s", STR_ARG(g->row->url), words);
	g->out->fix = str_of(fix);
	return code;
}

static int
fail_here(struct get *g, const char *words)
{
	g->out->words = arena_fmt(g->f->a, STR_FMT ": %s", STR_ARG(g->part), words);
	g->out->fix = S("look at the room and the rights of the folder of --to");
	return CLI_CANNOT_CREATE;
}

/* ---- checksums ---- */

static bool
sum_start(struct get *g)
{
	return g->sum && EVP_DigestInit_ex(g->sum, EVP_sha256(), NULL) == 1;
}

static void
sum_end(struct get *g)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	must(EVP_DigestFinal_ex(g->sum, md, &n) == 1 && n * 2 == FETCH_HEX);
	for (unsigned i = 0; i < n; i++)
		(void)snprintf(g->out->sha256 + (size_t)2 * i, 3, "%02x", md[i]);
}

/* Takes what is in the open file into the sum. */
static bool
sum_file(struct get *g, int fd, int64_t *n)
{
	char some[65536];
	ssize_t got;

	*n = 0;
	if (!sum_start(g))
		return false;
	while ((got = read(fd, some, sizeof some)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || EVP_DigestUpdate(g->sum, some, (size_t)got) != 1)
			return false;
		*n += got;
	}
	return true;
}

/* A list that is there and cannot be read is not an empty one: it would be written over. */
static int
sums_read(struct get *g, struct str *sums)
{
	struct str path = path_join(g->f->a, g->f->folder, S(FETCH_SUMS));
	int rc = file_read(g->f->a, path.p, LIMIT_CONF, sums);

	if (rc >= 0)
		return CLI_OK;
	*sums = STR_NONE;
	if (rc == E_NOT_FOUND)
		return CLI_OK;
	g->out->words = arena_fmt(g->f->a, STR_FMT ": %s", STR_ARG(path), err_text(rc));
	g->out->fix = S("it is a list of checksums, a line a file; make it readable, or take it away");
	return CLI_DATA;
}

/* Read again: another run may have written its line while this file came. */
static int
sums_write(struct get *g)
{
	struct arena *a = g->f->a;
	struct str sums, text, hex = str_of(g->out->sha256);
	int code = sums_read(g, &sums);

	if (code != CLI_OK)
		return code;
	if (str_eq(fetch_sum_of(sums, g->row->name), hex))
		return CLI_OK;
	text = fetch_sum_set(a, sums, g->row->name, hex);
	if (a->spent || file_write_atomic(path_join(a, g->f->folder, S(FETCH_SUMS)).p, text, true) < 0)
		return fail_here(g, "the checksum beside it cannot be written");
	return CLI_OK;
}

/* ---- what the server says ---- */

static bool
header_is(struct str line, const char *name, struct str *value)
{
	size_t n = strlen(name);

	if (line.n <= n || line.p[n] != ':' || !str_ieq((struct str){ line.p, n }, str_of(name)))
		return false;
	*value = str_trim((struct str){ line.p + n + 1, line.n - n - 1 });
	return true;
}

static void
keep(char room[VALIDATOR_MAX], struct str s)
{
	if (s.n < VALIDATOR_MAX && !str_has_ctl(s)) {
		memcpy(room, s.p, s.n);
		room[s.n] = 0;
	}
}

static size_t
on_header(char *p, size_t one, size_t n, void *arg)
{
	struct get *g = arg;
	struct str line = { p, one * n }, v;

	if (str_starts(line, S("HTTP/"))) {		/* of a redirect, or of the answer after it */
		g->etag[0] = g->modified[0] = 0;
		g->range_at = -1;
	} else if (header_is(line, "ETag", &v)) {
		keep(g->etag, v);
	} else if (header_is(line, "Last-Modified", &v)) {
		keep(g->modified, v);
	} else if (header_is(line, "Content-Range", &v) && str_starts(v, S("bytes "))) {
		v = str_trim((struct str){ v.p + 6, v.n - 6 });
		if (!str_to_int(str_cut(&v, '-'), &g->range_at))
			g->range_at = -1;
	}
	return one * n;
}

/* A weak ETag promises no equal bytes, so it cannot stand before a range. */
static void
validator_save(struct get *g)
{
	const char *v = g->etag[0] == '"' ? g->etag : g->modified;

	if (*v)
		(void)file_write_atomic(g->from.p, arena_fmt(g->f->a, STR_FMT "\n%s\n", STR_ARG(g->row->url), v), true);
	else
		(void)unlink(g->from.p);
}

/* Before the first byte of the body: is it the rest of what we have, or all of it anew? */
static bool
begin(struct get *g)
{
	long status = 0;

	g->begun = true;
	(void)curl_easy_getinfo(g->h, CURLINFO_RESPONSE_CODE, &status);
	if (status == 206 && g->asked > 0 && g->range_at == g->asked && (!g->etag[0] || g->validator.p[0] != '"' ||
	    str_is(g->validator, g->etag))) {
		g->out->how = FETCH_RESUMED;
		g->out->kept = g->asked;
		return true;
	}
	if (status != 200) {
		g->code = CLI_UNAVAILABLE;
		g->why = status == 206 ? "the server sent another part than it was asked for" :
		    "the server answered neither with the file nor an error";
		(void)unlink(g->from.p);	/* so the next run asks for all of it */
		return false;
	}
	g->at = 0;
	g->out->how = FETCH_NEW;
	if (ftruncate(g->fd, 0) < 0 || lseek(g->fd, 0, SEEK_SET) < 0 || !sum_start(g)) {
		g->code = CLI_CANNOT_CREATE;
		return false;
	}
	validator_save(g);
	return true;
}

static size_t
on_body(char *p, size_t one, size_t n, void *arg)
{
	struct get *g = arg;
	size_t done = 0;

	n *= one;
	if (!g->begun && !begin(g))
		return CURL_WRITEFUNC_ERROR;
	if (g->at + (int64_t)n > g->f->max) {
		g->code = CLI_DATA;
		g->why = "the file is larger than any published table";
		return CURL_WRITEFUNC_ERROR;
	}
	while (done < n) {
		ssize_t put = write(g->fd, p + done, n - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0 || EVP_DigestUpdate(g->sum, p + done, (size_t)put) != 1) {
			g->code = CLI_CANNOT_CREATE;
			return CURL_WRITEFUNC_ERROR;
		}
		done += (size_t)put;
		g->at += put;
	}
	return n;
}

static int
on_progress(void *arg, curl_off_t all, curl_off_t now, curl_off_t up_all, curl_off_t up)
{
	struct get *g = arg;

	(void)up_all;
	(void)up;
	(void)now;
	if (g->f->tick && g->begun)
		g->f->tick(g->f->arg, g->row, g->at, all > 0 ? (int64_t)all + (g->out->how == FETCH_RESUMED ? g->asked : 0) : 0);
	return 0;
}

/* ---- asking ---- */

static bool
ask_setup(struct get *g, struct curl_slist **heads)
{
	const char *ways = str_ieq((struct str){ g->row->url.p, 5 }, S("https")) ? "https" : "http,https";
	CURL *h = g->h;
	CURLcode rc = CURLE_OK;

#define SET(option, value)	rc = rc == CURLE_OK ? curl_easy_setopt(h, (option), (value)) : rc
	SET(CURLOPT_URL, g->row->url.p);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, ways);		/* what began encrypted does not go on in clear */
	SET(CURLOPT_FOLLOWLOCATION, 1L);
	SET(CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS);
	SET(CURLOPT_FAILONERROR, 1L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	SET(CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	SET(CURLOPT_LOW_SPEED_TIME, SLOW_S);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)g->f->max);
	SET(CURLOPT_USERAGENT, "claimline/" CL_VERSION);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, g);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, g);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_XFERINFODATA, g);
	if (g->asked > 0) {
		*heads = curl_slist_append(NULL, arena_fmt(g->f->a, "If-Range: " STR_FMT, STR_ARG(g->validator)).p);
		SET(CURLOPT_RANGE, arena_fmt(g->f->a, "%lld-", (long long)g->asked).p);
		SET(CURLOPT_HTTPHEADER, *heads);
	}
#undef SET
	return rc == CURLE_OK && !g->f->a->spent && (g->asked == 0 || *heads);
}

static int
answer(struct get *g, CURLcode rc)
{
	static const struct { CURLcode rc; int code; const char *words, *fix; } rows[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, CLI_UNAVAILABLE, "the host has no address", NULL },
		{ CURLE_COULDNT_RESOLVE_PROXY, CLI_UNAVAILABLE, "the proxy has no address", "correct http_proxy or https_proxy" },
		{ CURLE_COULDNT_CONNECT, CLI_UNAVAILABLE, "the host cannot be reached", NULL },
		{ CURLE_OPERATION_TIMEDOUT, CLI_UNAVAILABLE, "the host does not answer, or too slowly", NULL },
		{ CURLE_TOO_MANY_REDIRECTS, CLI_UNAVAILABLE, "the server sends from one address to the next without end",
		    "publishers move files: correct the row in sources.yaml" },
		{ CURLE_UNSUPPORTED_PROTOCOL, CLI_UNAVAILABLE,
		    "the server sends to an address that is not fetched from (https stays https)",
		    "publishers move files: correct the row in sources.yaml" },
		{ CURLE_FILESIZE_EXCEEDED, CLI_DATA, "the file is larger than any published table",
		    "publishers move files: correct the row in sources.yaml" },
		{ CURLE_PARTIAL_FILE, CLI_UNAVAILABLE, "the connection ended before the file did",
		    "run it again: it goes on where it ended" },
		{ CURLE_PEER_FAILED_VERIFICATION, CLI_UNAVAILABLE, "the certificate of the server is not trusted",
		    "install ca-certificates; behind a proxy that looks inside, install its certificate too" },
	};
	static const char *const net = "check network, http_proxy and https_proxy, or use --from with a mirror; "
	    "what has come is kept, "
	    "and the next run goes on with it";
	long status = 0;

	if (g->code)
		return g->code == CLI_CANNOT_CREATE ? fail_here(g, "cannot be written") :
		    fail(g, g->code, g->why, "publishers move files: correct the row in sources.yaml");
	(void)curl_easy_getinfo(g->h, CURLINFO_RESPONSE_CODE, &status);
	if (rc == CURLE_HTTP_RETURNED_ERROR) {
		bool gone = status == 404 || status == 410;

		return fail(g, CLI_UNAVAILABLE, arena_fmt(g->f->a, "the server %s (%ld)", gone ? "has no such file" :
		    "refuses", status).p, gone || status < 500 ? "publishers move files: "
		    "look for it on their download page and correct the row in sources.yaml" :
		    "try again later");
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].rc == rc)
			return fail(g, rows[i].code, rows[i].words, rows[i].fix ? rows[i].fix : net);
	return rc == CURLE_OK ? CLI_OK : fail(g, CLI_UNAVAILABLE, curl_easy_strerror(rc), net);
}

/* One request. True: the server has no such range, so the part is not of this file. */
static bool
ask(struct get *g, int *code)
{
	struct curl_slist *heads = NULL;
	CURLcode rc = CURLE_FAILED_INIT;
	long status = 0;

	g->h = curl_easy_init();
	g->asked = g->at;
	g->begun = false;
	if (g->h && ask_setup(g, &heads))
		rc = curl_easy_perform(g->h);
	if (g->h)
		(void)curl_easy_getinfo(g->h, CURLINFO_RESPONSE_CODE, &status);
	if (rc == CURLE_OK && !g->begun && !begin(g))	/* an answer without a byte */
		rc = CURLE_WRITE_ERROR;
	*code = answer(g, rc);
	curl_slist_free_all(heads);
	curl_easy_cleanup(g->h);
	g->h = NULL;
	return rc == CURLE_HTTP_RETURNED_ERROR && status == 416 && g->asked > 0;
}

/* ---- the part ---- */

static void
part_known(struct get *g)
{
	struct str text, url;

	g->at = 0;
	if (file_read(g->f->a, g->from.p, LIMIT_CONF, &text) < 0)
		return;
	url = str_cut(&text, '\n');
	g->validator = str_trim(str_cut(&text, '\n'));
	if (str_eq(url, g->row->url) && g->validator.n && g->validator.n < VALIDATOR_MAX && !str_has_ctl(g->validator) &&
	    !sum_file(g, g->fd, &g->at))
		g->at = 0;
}

static int
part_take(struct get *g)
{
	struct stat st, now;

	g->fd = open(g->part.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (g->fd < 0 || fstat(g->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return fail_here(g, "cannot be written");
	/* another run may have given it its last name between our two calls */
	if (flock(g->fd, LOCK_EX | LOCK_NB) < 0 || stat(g->part.p, &now) < 0 || now.st_ino != st.st_ino)
		return fail(g, CLI_TEMP, "somebody else fetches this file now", "wait for it");
	part_known(g);
	return CLI_OK;
}

/* CMS answers an address it does not know any more with a page, and says 200. */
static bool
is_zip(const struct get *g)
{
	char head[4], *tail = arena_alloc(g->f->a, ZIP_TAIL);
	int64_t from = g->at > ZIP_TAIL ? g->at - ZIP_TAIL : 0;
	ssize_t n;

	if (!tail || pread(g->fd, head, 4, 0) != 4 || (memcmp(head, "PK\3\4", 4) != 0 && memcmp(head, "PK\5\6", 4) != 0))
		return false;
	n = pread(g->fd, tail, ZIP_TAIL, (off_t)from);
	return n > 0 && memmem(tail, (size_t)n, "PK\5\6", 4);
}

static int
part_bad(struct get *g, const char *words, const char *fix)
{
	(void)rename(g->part.p, g->bad.p);
	(void)unlink(g->from.p);
	return fail(g, CLI_DATA, arena_fmt(g->f->a, "%s; kept as " STR_FMT, words, STR_ARG(g->bad)).p, fix);
}

/* All bytes are there: are they the file? */
static int
part_finish(struct get *g, struct str sums)
{
	struct str was = fetch_sum_of(sums, g->row->name), hex, name = g->row->name;
	bool zip = name.n > 4 && str_ieq((struct str){ name.p + name.n - 4, 4 }, S(".zip"));

	g->out->bytes = g->at;
	sum_end(g);
	hex = str_of(g->out->sha256);
	if (fsync(g->fd) < 0)
		return fail_here(g, "cannot be written");
	if (zip && !is_zip(g))
		return part_bad(g, "what came is not a whole zip archive, perhaps a web page",
		    "publishers move files: look for it on their download page and correct the row in sources.yaml");
	if (g->row->sha256.n ? !str_eq(g->row->sha256, hex) : was.n && !str_eq(was, hex))
		return part_bad(g, arena_fmt(g->f->a, "SHA-256 is " STR_FMT ", not the one in %s", STR_ARG(hex),
		    g->row->sha256.n ? "sources.yaml" : FETCH_SUMS).p,
		    "if the publisher says that he changed the file, correct that line and run it again");
	(void)unlink(g->whole.p);		/* it did not agree with its checksum, or is not there */
	if (file_move(g->part.p, g->whole.p) < 0)
		return fail_here(g, "cannot be given its last name");
	(void)unlink(g->from.p);
	(void)unlink(g->bad.p);
	return sums_write(g);
}

/* What is there already under its last name, and is what it should be, is not fetched again. */
static bool
is_here(struct get *g, struct str sums, int *code)
{
	struct str want = g->row->sha256.n ? g->row->sha256 : fetch_sum_of(sums, g->row->name);
	int fd = open(g->whole.p, O_RDONLY | O_CLOEXEC);
	bool same;

	if (fd < 0)
		return false;
	same = sum_file(g, fd, &g->out->bytes);
	if (same) {
		sum_end(g);
		same = !want.n || str_is(want, g->out->sha256);
	}
	(void)close(fd);
	if (!same)
		return false;
	g->out->how = FETCH_HERE;
	*code = sums_write(g);
	return true;
}

int
fetch_file(struct fetch *f, const struct fetch_row *row, struct fetched *out)
{
	struct str path = path_join(f->a, f->folder, row->name), sums;
	struct get g = { .f = f, .row = row, .out = out, .fd = -1, .whole = path,
	    .part = arena_fmt(f->a, STR_FMT ".part", STR_ARG(path)), .from = arena_fmt(f->a, STR_FMT ".from", STR_ARG(path)),
	    .bad = arena_fmt(f->a, STR_FMT ".bad", STR_ARG(path)) };
	int code;

	must(fetch_is_name(row->name) && fetch_is_url(row->url));
	*out = (struct fetched){ .how = FETCH_NEW };
	g.sum = EVP_MD_CTX_new();
	if (!sum_start(&g) || f->a->spent || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		code = fail(&g, CLI_OS, err_text(E_NOMEM), "");
	else if ((code = sums_read(&g, &sums)) == CLI_OK && !is_here(&g, sums, &code) && (code = part_take(&g)) == CLI_OK) {
		if (ask(&g, &code)) {
			g.at = 0;		/* begin truncates */
			(void)ask(&g, &code);
		}
		if (code == CLI_OK)
			code = part_finish(&g, sums);
	}
	if (g.fd >= 0)
		(void)close(g.fd);		/* and gives the lock back */
	EVP_MD_CTX_free(g.sum);
	curl_global_cleanup();
	return code;
}

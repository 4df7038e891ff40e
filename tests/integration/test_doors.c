/*
 * test_doors.c - the doors of a real ingest with what people and machines put there by mistake: odd entries,
 * long names, half-good files, frames that hold no HL7. One bad thing stops nothing else, and is told.
 */
#include "support/one_site.h"

#include "base/file.h"
#include "claimline/send.h"
#include "hl7/hl7.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const quick[] = { "submit.answers_ms=20", "ingest.folder_ms=20", NULL };
static const struct site_spec spec = { .sets = quick };

static void
start(enum site_stage st)
{
	cr_assert(site_start(&site, st, 0), "%s", site.why);
}

static bool
is_there(struct site *s, void *path)
{
	(void)s;
	return file_exists(path);
}

static bool
has_come(const char *path)
{
	return site_wait(&site, is_there, (void *)(uintptr_t)path, path);
}

static bool
says_unready(struct site *s, void *words)
{
	struct str body;

	return site_http(s, SITE_INGEST, 0, "GET /readyz", &body) == 503 && memmem(body.p, body.n, words, strlen(words));
}

static void
drop(const char *path, struct str bytes)
{
	cr_assert(file_write_atomic(path, bytes, false) == 0, "%s", path);
}

/* ---- the folder ---- */

static struct str
good(unsigned i)
{
	return site_encounter(&mem, "D", i, 100);
}

/* More odd entries than one turn takes, all before the good file by name. */
Test(doors, odd_entries_stop_no_folder)
{
	begin_only(&spec);
	cr_assert(mkdir_p(site_path(&site, "in0").p) == 0);
	for (int i = 0; i < 20; i++)	/* the memory of the reader itself: opens, and cannot be read, even by root */
		cr_assert(symlink("/proc/self/mem", site_path(&site, "in0/a%d", i).p) == 0);
	cr_assert(symlink("b", site_path(&site, "in0/b").p) == 0 && mkfifo(site_path(&site, "in0/c").p, 0600) == 0);
	drop(site_path(&site, "in0/secret-name").p, good(1));
	start(SITE_INGEST);
	cr_expect(has_come(site_path(&site, "in0/done/secret-name").p), "%s", site.why);
	cr_expect(site_wait(&site, says_unready, (char[]){ "22 entries of the watched folder" }, "the condition"),
	    "%s", site.why);
	for (int i = 0; i < 20; i++)
		(void)unlink(site_path(&site, "in0/a%d", i).p);
	(void)unlink(site_path(&site, "in0/b").p);
	(void)unlink(site_path(&site, "in0/c").p);
	cr_expect(site_wait_ready(&site, SITE_INGEST, 0, true), "%s", site.why);
	cr_expect(!memmem(site_log(&site, SITE_INGEST, 0).p, site_log(&site, SITE_INGEST, 0).n, "secret-name", 11));
	end();
}

/* For names as long as they may be. */
static const char *
in_site(const char *sub, const char *name)
{
	return path_join(&mem, site_path(&site, "%s", sub), str_of(name)).p;
}

Test(doors, reasons_have_a_place)
{
	char name[256] = "";
	struct str why, half = S("{\"control\":\"9\",\"colour\":1}\n");
	struct buf b;

	begin_only(&spec);
	start(SITE_INGEST);
	memset(name, 'x', 255);
	cr_assert(mkdir_p(site_path(&site, "in0").p) == 0);
	drop(site_path(&site, "in0/tmp").p, S("<no>"));
	cr_expect(has_come(site_path(&site, "in0/refused/tmp").p), "%s", site.why);
	drop(site_path(&site, "in0/tmp").p, half);
	cr_expect(has_come(site_path(&site, "in0/refused/tmp.1").p), "%s", site.why);
	cr_expect(file_read(&mem, site_path(&site, "in0/refused/tmp.why.json").p, LIMIT_INPUT, &why) == 0 &&
	    strstr(why.p, "XML"));
	cr_expect(file_read(&mem, site_path(&site, "in0/refused/tmp.1.why.json").p, LIMIT_INPUT, &why) == 0 &&
	    !strstr(why.p, "XML"));
	drop(site_path(&site, "long").p, half);
	cr_assert(file_move(site_path(&site, "long").p, in_site("in0", name)) == 0);
	cr_expect(has_come(in_site("in0/refused", name)), "%s", site.why);
	cr_expect(file_exists(in_site("in0/refused", arena_fmt(&mem, "%.*s.why.json", 241, name).p)),
	    "a shorter name for the reason");
	buf_init(&b, &mem);
	buf_str(&b, half);
	buf_str(&b, good(2));
	drop(site_path(&site, "in0/half.json").p, buf_view(&b));
	cr_expect(has_come(site_path(&site, "in0/done/half.json").p), "%s", site.why);
	cr_expect(file_read(&mem, site_path(&site, "in0/done/half.json.why.json").p, LIMIT_INPUT, &why) == 0 &&
	    strstr(why.p, "\"refused\":1"), "what was refused of it");
	cr_expect(!file_exists(site_path(&site, "in0/refused/half.json.why.json").p));
	end();
}

#define X12(claims, n) \
	"ISA*00*          *00*          *ZZ*S              *ZZ*R              *260115*1200*^*00501*000000001*0*T*:~" \
	"GS*HC*S*R*20260115*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*1*20260115*1200*CH~" \
	"NM1*41*2*SENDER*****46*S1~PER*IC*DESK*TE*5551230000~NM1*40*2*PAYER*****46*R1~HL*1**20*1~" \
	"NM1*85*2*CLINIC*****XX*1234567893~N3*1 MAIN ST~N4*BOSTON*MA*021081234~REF*EI*123456789~HL*2*1*22*0~" \
	"SBR*P*18*******CI~NM1*IL*1*DOE*JO****MI*M1~N3*2 ELM ST~N4*SALEM*MA*01970~DMG*D8*19800101*F~NM1*PR*2*PAYER*****PI*P1~" \
	claims "SE*" n "*0001~GE*1*1~IEA*1*000000001~"
#define CLAIM(pcn, dx)	"CLM*" pcn "*100***11:B:1*Y*A*Y*Y~HI*ABK:" dx "~LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260110~"

/* What is stored is not asked for again: R is the answer only when nothing of the interchange is. */
Test(doors, claims_in_conflict)
{
	static const struct { const char *name, *bytes, *away, *answer, *verdict; } files[] = {
		{ "one", X12(CLAIM("A1", "E119"), "23"), "done", "AK9*A*1*1*1~", NULL },
		{ "again", X12(CLAIM("A1", "E119"), "23"), "done", "AK9*A*1*1*1~", NULL },
		{ "part", X12(CLAIM("A1", "I10") CLAIM("A2", "I10"), "28"), "refused", "AK9*A*1*1*1~", "{\"verdict\":\"conflict\"" },
		{ "all", X12(CLAIM("A1", "J189") CLAIM("A2", "J189"), "28"), "refused", "TA1*000000001*260115*1200*R*025~",
		    "{\"verdict\":\"conflict\"" },
	};

	begin_only(&spec);
	start(SITE_INGEST);
	cr_assert(mkdir_p(site_path(&site, "in0").p) == 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const char *name = files[i].name;
		struct str got;

		drop(site_path(&site, "in0/%s", name).p, str_of(files[i].bytes));
		cr_assert(has_come(site_path(&site, "in0/%s/%s", files[i].away, name).p), "%s: %s", name, site.why);
		cr_assert(file_read(&mem, site_path(&site, "in0/replies/%s.ack", name).p, LIMIT_INPUT, &got) == 0,
		    "%s", name);
		cr_expect(memmem(got.p, got.n, files[i].answer, strlen(files[i].answer)) != NULL, "%s: " STR_FMT, name, STR_ARG(got));
		cr_expect((memmem(got.p, got.n, "~\nTA1*", 6) != NULL) == (strncmp(files[i].answer, "TA1*", 4) == 0), "%s", name);
		if (files[i].verdict)
			cr_expect(file_read(&mem, site_path(&site, "in0/refused/%s.why.json", name).p, LIMIT_INPUT,
			    &got) == 0 && str_starts(got, str_of(files[i].verdict)), "%s", name);
	}
	end();
}

Test(doors, odd_answers_stop_no_folder)
{
	begin_only(&spec);
	cr_assert(mkdir_p(site_path(&site, "answers/payer").p) == 0);
	for (int i = 0; i < 6; i++)
		cr_assert(symlink("/proc/self/mem", site_path(&site, "answers/payer/a%d", i).p) == 0);
	cr_assert(symlink("b", site_path(&site, "answers/payer/b").p) == 0);
	drop(site_path(&site, "answers/payer/z").p, S("no answer"));
	start(SITE_SUBMIT);
	cr_expect(has_come(site_path(&site, "answers/payer/refused/z").p), "%s", site.why);
	cr_expect(file_exists(site_path(&site, "answers/payer/refused/z.why.json").p));
	cr_expect(site_wait_log(&site, SITE_SUBMIT, 0, "7 entries in the answers folders cannot be read"), "%s", site.why);
	end();
}

/* ---- MLLP ---- */

static const struct frame_row { const char *name, *text; } frames[] = {
	{ "json", "{\"control\":\"1\"}" }, { "words", "hello" }, { "nothing", " \r" },
};

Test(doors, frames_without_hl7)
{
	begin_only(&spec);
	start(SITE_INGEST);
	cr_assert(site_wait_ready(&site, SITE_INGEST, 0, true), "%s", site.why);
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct str framed = hl7_mllp_wrap(&mem, str_of(frames[i].text));
		int fd = site_dial(&site, site.mllp[0]);
		char got[4096] = "";
		size_t n = 0;
		ssize_t one;

		cr_assert(fd >= 0 && send(fd, framed.p, framed.n, MSG_NOSIGNAL) == (ssize_t)framed.n);
		while (n < sizeof got - 1 && (one = recv(fd, got + n, sizeof got - 1 - n, 0)) > 0)
			n += (size_t)one;
		cr_expect(strstr(got, "\rMSA|AR|"), "%s is answered, then the connection ends: %zu bytes", frames[i].name, n);
		(void)close(fd);
	}
	cr_expect(site_wait_log(&site, SITE_INGEST, 0, "a framed message is not HL7"), "%s", site.why);
	cr_expect(site_count(&site, ST_RECEIVED) == 0, "nothing was taken");
	end();
}

/* ---- send ---- */

static const struct answer_row { const char *name, *verdict, *text; bool good; size_t refused; } answers[] = {
	{ "all", "accepted", "{\"encounters\":[{\"id\":\"1\",\"result\":\"accepted\"}],\"faults\":[]}", true, 0 },
	{ "some", "accepted", "{\"encounters\":[{\"id\":\"1\",\"result\":\"accepted\"}],\"refused\":2,"
	    "\"faults\":[{\"place\":\"/\",\"words\":\"w\"}]}",
	    false, 2 },
	{ "again", "known", "{\"encounters\":[{\"id\":\"1\",\"result\":\"known\"}],\"refused\":2,\"faults\":[{\"place\":\"/\","
	    "\"words\":\"w\"}]}", false, 2 },
};

Test(doors, send_says_what_was_refused)
{
	arena_init(&mem, 0);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct sent_file f = { .path = "x" };

		cr_assert(send_read_answer(&mem, str_of(answers[i].verdict), str_of(answers[i].text), 1, &f));
		cr_expect(send_is_good(&f) == answers[i].good && f.refused == answers[i].refused, "%s", answers[i].name);
	}
	arena_free(&mem);
}

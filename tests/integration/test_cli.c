/*
 * The command line against real processes: up in a folder of its own, send, look, decide, a daemon killed, a second up
 * refused, down. Everything is waited for with a deadline; nothing sleeps for a state.
 */
#include "base/base.h"
#include "base/file.h"
#include "base/log.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLAIMLINE	CL_BIN_DIR "/claimline"
#define DEADLINE_MS	30000

static char folder[64], state[80];
static pid_t up_pid;
static char said[1 << 20];

/* Starts `claimline WORDS` (parted by blanks, no quoting) with its output in a file of the folder. */
static pid_t
start(const char *out, const char *words)
{
	char path[160], *argv[40] = { (char *)(uintptr_t)CLAIMLINE };
	struct str rest = str_of(words);
	struct arena a;
	int n = 1, fd;
	pid_t pid;

	arena_init(&a, 0);
	while (rest.n && n < 39) {
		struct str word = str_cut(&rest, ' ');

		if (word.n)
			argv[n++] = (char *)(uintptr_t)arena_str(&a, word).p;
	}
	(void)snprintf(path, sizeof path, "%s/%s", folder, out);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		(void)dup2(fd, STDOUT_FILENO);
		(void)dup2(fd, STDERR_FILENO);
		(void)setenv("USER", "tester", 1);
		(void)execv(CLAIMLINE, argv);
		_exit(127);
	}
	arena_free(&a);
	cr_assert(pid > 0);
	return pid;
}

static void
read_file(const char *name)
{
	char path[160];
	FILE *f;
	size_t n = 0;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "r");
	if (f) {
		n = fread(said, 1, sizeof said - 1, f);
		(void)fclose(f);
	}
	said[n] = '\0';
}

/* Exit code of a verb; what it printed is in said. */
static int __attribute__((format(printf, 1, 2)))
run(const char *fmt, ...)
{
	char line[900], words[1024];
	int status = 0;
	pid_t pid;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	(void)snprintf(words, sizeof words, "%s --state %s", line, state);
	pid = start("out.txt", words);
	cr_assert(waitpid(pid, &status, 0) == pid);
	read_file("out.txt");
	cr_assert(WIFEXITED(status), "%s: signal %d", line, WTERMSIG(status));
	return WEXITSTATUS(status);
}

static pid_t
pid_of(const char *name)
{
	char path[160], text[32] = "";
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/run/%s.pid", state, name);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (!fgets(text, sizeof text, f))
		text[0] = '\0';
	(void)fclose(f);
	return (pid_t)strtol(text, NULL, 10);
}

static void
tick(void)
{
	(void)poll(NULL, 0, 20);
}

#define NO_PORTS \
	"--set ingest.mllp= --set ingest.http_port=0 --set suggest.http_port=0 --set validate.http_port=0 " \
	"--set audit.http_port=0 --set submit.http_port=0"

static void
make_folder(void)
{
	(void)snprintf(folder, sizeof folder, "/tmp/cl-cli-XXXXXX");
	cr_assert(mkdtemp(folder));
	(void)snprintf(state, sizeof state, "%s/state", folder);
}

static void
start_up(void)
{
	char words[600], ready[100];
	int64_t until = mono_ms() + DEADLINE_MS;

	(void)snprintf(ready, sizeof ready, "%s/ready", folder);
	(void)unlink(ready);
	(void)snprintf(words, sizeof words, "up --state %s --quiet --ready-file %s " NO_PORTS, state, ready);
	up_pid = start("up.txt", words);
	while (!file_exists(ready)) {
		read_file("up.txt");
		cr_assert(waitpid(up_pid, NULL, WNOHANG) == 0, "up ended: %s", said);
		cr_assert(mono_ms() < until, "not ready: %s", said);
		tick();
	}
}

/* down drains, and up says so with exit 0. */
static void
finish(void)
{
	int status = -1;

	cr_expect(run("down") == 0, "%s", said);
	cr_expect(waitpid(up_pid, &status, 0) == up_pid && WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "up: status %d", status);
	cr_expect(pid_of("ingest.1") == 0, "a daemon that drained removes its pid file");
	cr_expect(run("down") == 0 && strstr(said, "nothing"), "%s", said);
	cr_expect(run("queues") == 69, "without Redis: %s", said);
	cr_expect(run("doctor") == 1 && strstr(said, "BAD"), "%s", said);
}

static void
clean(void)
{
	folder_remove(folder);
}

/* state of an encounter, by id or control number */
static const char *
state_now(const char *id, char out[40])
{
	json_error_t err;
	json_t *o;

	out[0] = '\0';
	if (run("status %s --json", id) == 0) {
		o = json_loads(said, 0, &err);
		(void)snprintf(out, 40, "%s", json_string_value(json_object_get(o, "state")));
		json_decref(o);
	}
	return out;
}

/* Waits until its state begins with `want`. */
static void
await(const char *id, const char *want)
{
	int64_t until = mono_ms() + DEADLINE_MS;
	char now[40];

	while (strncmp(state_now(id, now), want, strlen(want)) != 0) {
		cr_assert(mono_ms() < until, "%s is %s, not %s", id, now, want);
		tick();
	}
}

/* The first encounter of the list; "" when there is none. */
static const char *
first_of(const char *what, char id[40])
{
	json_error_t err;
	json_t *o;
	const char *s;

	id[0] = '\0';
	cr_assert(run("list %s --json", what) == 0, "%s", said);
	o = json_loads(said, 0, &err);
	cr_assert(o, "%s", said);
	s = json_string_value(json_object_get(json_array_get(json_object_get(o, "encounters"), 0), "id"));
	if (s)
		(void)snprintf(id, 40, "%s", s);
	json_decref(o);
	return id;
}

/* Two charts: one that can be coded and one that says nothing, so that a person must look. */
static void
write_charts(void)
{
	static const char chart[] = "{\"control\":\"%s\",\"account\":\"%s\",\"type\":\"P\",\"usage\":\"T\",\"pcn\":\"%s\","
	    "\"charge\":\"125.00\","
	    "\"patient\":{\"person\":true,\"last\":\"EXAMPLE\",\"first\":\"PAT\",\"dob\":\"1960-02-03\",\"sex\":\"F\"},"
	    "\"from\":\"2026-10-01\",\"to\":\"2026-10-01\",\"documents\":[{\"type\":\"progress\",\"text\":\"%s\"}]}\n";
	char path[160];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/charts.ndjson", folder);
	f = fopen(path, "w");
	cr_assert(f);
	(void)fprintf(f, chart, "C1", "A1", "CLI-1", "Assessment: Essential hypertension.");
	(void)fprintf(f, chart, "C2", "A2", "CLI-2", "Seen today.");
	(void)fclose(f);
	(void)snprintf(path, sizeof path, "%s/bad.json", folder);
	f = fopen(path, "w");
	cr_assert(f);
	(void)fputs("{\"control\": 7}\n", f);
	(void)fclose(f);
}

static void
check_sending(void)
{
	cr_expect(run("send %s/charts.ndjson", folder) == 0 && strstr(said, "accepted"), "%s", said);
	cr_expect(run("send %s/charts.ndjson", folder) == 0 && strstr(said, "known"), "%s", said);
	cr_expect(run("send %s/bad.json", folder) == 1 && strstr(said, "refused") && strstr(said, "fix:"), "%s", said);
	cr_expect(run("send %s/absent.json", folder) == 66, "%s", said);
	cr_expect(run("send %s/charts.ndjson --json", folder) == 0 && strstr(said, "\"verdict\": \"known\""), "%s", said);
}

static void
check_looking(void)
{
	cr_expect(run("show CLI-2") == 0 && strstr(said, "EXAMPLE") && strstr(said, "What came"), "%s", said);
	cr_expect(strstr(said, "Who did what") && strstr(said, "ingest"), "history: %s", said);
	cr_expect(run("show CLI-2 --raw") == 0 && strstr(said, "\"pcn\": \"CLI-2\""), "%s", said);
	cr_expect(run("list") == 0 && !strstr(said, "EXAMPLE") && !strstr(said, "CLI-2"), "%s", said);
	cr_expect(run("queues") == 0 && strstr(said, "suggest") && !strchr(said, '\033'), "%s", said);
	cr_expect(run("top --json --sample-ms 0") == 0 && strstr(said, "\"states\""), "%s", said);
	cr_expect(run("doctor") == 0, "%s", said);
	cr_expect(run("ledger gaps") <= 1, "%s", said);
}

/* A note is added, the encounter goes to the clinician, and is voided. */
static void
check_deciding(void)
{
	char id[40];

	await("CLI-2", "held:");
	first_of("held:coding", id);
	cr_expect(run("work next") == 0 && strstr(said, "What to do"), "%s", said);
	cr_expect(run("work query CLI-2 Which?") == 0, "%s", said);
	await("CLI-2", "held:query");
	cr_expect(run("work accept CLI-2 I10 --actor ann") == 0, "%s", said);
	cr_expect(run("work release CLI-2 --reason coded --revision 0") == 75, "%s", said);
	cr_expect(run("work void CLI-2 --reason test --actor bob") == 0, "%s", said);
	await("CLI-2", "void");
	cr_expect(run("show CLI-2") == 0 && strstr(said, "ann accept I10") && strstr(said, "bob void"), "%s", said);
	cr_expect(run("work release CLI-2 --reason late") == 1, "%s", said);
}

static void
check_killing(void)
{
	int64_t until = mono_ms() + DEADLINE_MS;
	pid_t before = pid_of("validate.1"), now = before;

	cr_assert(before > 1 && kill(before, SIGKILL) == 0);
	while (now == before || now == 0) {
		cr_assert(mono_ms() < until, "validate was not started again");
		tick();
		now = pid_of("validate.1");
	}
	read_file("up.txt");
	cr_expect(strstr(said, "validate.1 died"), "%s", said);
}

static void
check_draining(void)
{
	int64_t until = mono_ms() + DEADLINE_MS;

	cr_expect(run("drain submit") == 0 && strstr(said, "drained"), "%s", said);
	cr_expect(pid_of("submit.1") == 0);
	cr_expect(run("drain submit") == 69, "%s", said);
	cr_expect(run("drain submit --resume") == 0, "%s", said);
	while (pid_of("submit.1") == 0) {
		cr_assert(mono_ms() < until, "submit was not started again");
		tick();
	}
}

/* up is killed: the daemons end by themselves, Redis stays, and the next up takes it over with all that was in it. */
static void
check_after_kill(void)
{
	int64_t until = mono_ms() + DEADLINE_MS;
	char now[40];

	cr_assert(kill(up_pid, SIGKILL) == 0 && waitpid(up_pid, NULL, 0) == up_pid);
	while (pid_of("ingest.1") || pid_of("submit.1")) {
		cr_assert(mono_ms() < until, "daemons outlive their up");
		tick();
	}
	start_up();
	cr_expect(run("doctor") == 0, "%s", said);
	cr_expect(strcmp(state_now("CLI-2", now), "void") == 0, "what was decided stays: %s", now);
}

Test(cli, a_day)
{
	make_folder();
	write_charts();
	cr_expect(run("send %s/charts.ndjson --wait-s 1", folder) == 2, "nobody there: %s", said);
	start_up();
	cr_expect(run("up") == 69 && strstr(said, "runs already"), "a second up: %s", said);
	check_sending();
	check_deciding();
	check_looking();
	check_killing();
	check_draining();
	check_after_kill();
	finish();
	clean();
}

/* Daemons that cannot start make `up` say so and end, and take Redis with them. */
Test(cli, up_gives_up)
{
	make_folder();
	cr_expect(run("up --quiet --set site.config_dir=/nonexistent " NO_PORTS) == 69 && strstr(said, "giving up"), "%s", said);
	cr_expect(run("queues") == 69, "Redis has ended: %s", said);
	cr_expect(run("up --stages redis=1") == 64, "%s", said);
	clean();
}

static size_t
count_states(json_t *list, const char *begin)
{
	size_t i, n = 0;
	json_t *o;

	json_array_foreach(list, i, o) {
		const char *st = json_string_value(json_object_get(o, "state"));

		n += st && strncmp(st, begin, strlen(begin)) == 0;
	}
	return n;
}

/* The demonstration settles everything, and the second time it shows the same. */
Test(cli, demo)
{
	json_error_t err;
	json_t *first, *second;

	make_folder();
	cr_expect(run("demo --json") == 0, "%s", said);
	first = json_loads(strchr(said, '[') ? strchr(said, '[') : said, 0, &err);
	cr_assert(first && json_array_size(first) >= 30, "%s", said);
	cr_expect(count_states(first, "accepted") + count_states(first, "held:") == json_array_size(first), "all have settled");
	cr_expect(count_states(first, "accepted") >= 15 && count_states(first, "held:") >= 3, "some of each");
	cr_expect(run("demo --json") == 0, "%s", said);
	second = json_loads(strchr(said, '[') ? strchr(said, '[') : said, 0, &err);
	cr_expect(second && json_equal(first, second), "the same again");
	json_decref(first);
	json_decref(second);
	cr_expect(run("demo --file %s/absent.json", folder) == 66, "%s", said);
	clean();
}

/* The man page is what the program says it is. */
Test(cli, man_page)
{
	struct arena a;
	struct str text;
	FILE *p = popen(CLAIMLINE " help --man", "r");
	size_t n = p ? fread(said, 1, sizeof said - 1, p) : 0;

	cr_assert(p && pclose(p) == 0 && n > 0);
	arena_init(&a, 0);
	cr_assert(file_read(&a, "config/claimline.1", sizeof said, &text) >= 0);
	cr_expect(str_eq(text, (struct str){ said, n }),
	    "config/claimline.1 is stale: claimline help --man > config/claimline.1");
	arena_free(&a);
}

/* Every verb teaches with an example. */
Test(cli, help)
{
	static const char *const verbs[] = { "up", "down", "demo", "doctor", "send", "status", "show", "list", "queues",
	    "top", "work", "kick",
		"bury", "drain", "check-config", "ledger", "payer-sim", "schema", "help", "version" };
	char line[200];

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		FILE *p;
		size_t n;

		(void)snprintf(line, sizeof line, CLAIMLINE " %s --help", verbs[i]);
		p = popen(line, "r");
		cr_assert(p);
		n = fread(said, 1, sizeof said - 1, p);
		said[n] = '\0';
		(void)snprintf(line, sizeof line, "\n  claimline %s", verbs[i]);
		cr_expect(pclose(p) == 0 && strstr(said, "usage:") && (strstr(said, line) || strcmp(verbs[i], "help") == 0),
		    "%s", verbs[i]);
	}
}

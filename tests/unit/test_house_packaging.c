/*
 * test_house_packaging.c - what starts the daemons elsewhere agrees with the daemons: every --set of the compose
 * file and the unit is a setting with a legal value, and both keep the rules of a hardened, scalable service.
 */
#include "base/conf.h"
#include "base/file.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct str
text_of(const char *name)
{
	struct str s = STR_NONE;

	cr_assert(file_read(&a, path_join(&a, S(CL_SOURCE_DIR), str_of(name)).p, LIMIT_INPUT, &s) == 0, "%s", name);
	return s;
}

/* Each section.name=value after mark, up to a blank or a quote; how many there are. */
static size_t
check_sets(const char *file, const char *mark)
{
	const char *p = text_of(file).p;
	struct conf c;
	size_t n = 0;

	conf_defaults(&c);
	while ((p = strstr(p, mark))) {
		struct faults f = { .a = &a };
		struct str value, path;

		p += strlen(mark);
		value = (struct str){ p, strcspn(p, "\" \n") };
		path = str_cut(&value, '=');
		cr_expect(conf_set(&a, &c, path, value, &f) == 0, "%s: " STR_FMT, file, STR_ARG(path));
		n++;
	}
	return n;
}

Test(packaging, settings_given_are_settings, .init = open_arena, .fini = close_arena)
{
	cr_expect(check_sets("docker-compose.yml", "\"--set\", \"") >= 25);
	cr_expect(check_sets("config/systemd/claimline@.service", "--set ") == 2);
}

Test(packaging, words_that_must_and_must_not_be_there, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *file, *words; bool is; } rows[] = {
		{ "Dockerfile", "\nUSER 10001:10001\n", true }, { "Dockerfile", "\nHEALTHCHECK ", true },
		{ "Dockerfile", "RUN --", false }, { "Dockerfile", "<<", false }, { "Dockerfile", ":latest", false },
		{ "docker-compose.yml", "read_only: true", true }, { "docker-compose.yml", "    - ALL\n", true },
		{ "docker-compose.yml", "no-new-privileges:true", true }, { "docker-compose.yml", "\"always\"", true },
		{ "docker-compose.yml", "container_name", false }, { "docker-compose.yml", "privileged: true", false },
		{ "docker-compose.yml", "\nname:", false }, { "docker-compose.yml", "\nconfigs:", false },
		{ "docker-compose.yml", "develop:", false }, { "docker-compose.yml", ":latest", false },
		{ "docker-compose.yml", "0.0.0.0:2575:", false }, { "docker-compose.yml", "network_mode", false },
		{ ".dockerignore", ".git\n", true }, { ".dockerignore", "build\n", true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect((strstr(text_of(rows[i].file).p, rows[i].words) != NULL) == rows[i].is, "%s: \"%s\"", rows[i].file,
		    rows[i].words);
}

/* The image runs what it is built for: each library linked at build time has its runtime package. */
Test(packaging, image_has_the_libraries, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *dev, *run; } rows[] = {
		{ "libzmq3-dev", "libzmq5" }, { "libhiredis-dev", "libhiredis0.14" }, { "libmsgpack-dev", "libmsgpackc2" },
		{ "libyaml-dev", "libyaml-0-2" }, { "libexpat1-dev", "libexpat1" }, { "libmicrohttpd-dev", "libmicrohttpd12" },
		{ "libssl-dev", "libssl3" }, { "libzstd-dev", "libzstd1" }, { "libjansson-dev", "libjansson4" },
		{ "libsqlite3-dev", "libsqlite3-0" }, { "libxxhash-dev", "libxxhash0" }, { "libzip-dev", "libzip4" },
		{ "libcurl4-openssl-dev", "libcurl4" },
	};
	struct str docker = text_of("Dockerfile"), boot = text_of("script/bootstrap");
	const char *second = strstr(docker.p, "\nFROM debian:12-slim\n");
	size_t dev = 0;

	cr_assert(second != NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(strstr(boot.p, rows[i].dev) && strstr(docker.p, rows[i].dev) && strstr(second, rows[i].run),
		    "%s", rows[i].dev);
	for (const char *p = boot.p; (p = strstr(p, "-dev")); p++)
		dev++;
	cr_expect(dev == sizeof rows / sizeof *rows + 2, "%zu -dev packages in bootstrap: a new one needs a row here", dev);
}

static int
exit_of(const char *command, struct str *out)
{
	char text[8192];
	FILE *p = popen(command, "r");
	size_t n = p ? fread(text, 1, sizeof text - 1, p) : 0;

	cr_assert(p != NULL);
	*out = arena_str(&a, (struct str){ text, n });
	return pclose(p);
}

Test(packaging, unit_is_sound_and_hardened, .init = open_arena, .fini = close_arena)
{
	const char *unit = CL_SOURCE_DIR "/config/systemd/claimline@.service";
	struct str out;

	if (exit_of("command -v systemd-analyze", &out) != 0) {
		(void)fprintf(stderr, "skipped: no systemd-analyze\n");
		return;
	}
	cr_expect(exit_of(arena_fmt(&a, "systemd-analyze security --offline=true --threshold=30 '%s' >/dev/null 2>&1", unit).p,
	    &out) == 0,
	    "systemd-analyze security: exposure is over 3.0");
	/* the programs are not installed here, and this is all it may find wrong */
	(void)exit_of(arena_fmt(&a, "systemd-analyze verify --man=no '%s' 2>&1 | grep -v 'claimline-i is not executable'",
	    unit).p, &out);
	cr_expect(out.n == 0, STR_FMT, STR_ARG(out));
}

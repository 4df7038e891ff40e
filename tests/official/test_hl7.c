/*
 * test_hl7.c - the HL7 v2 samples nobody of us wrote, by the rules stated beside them: what must parse,
 * what must be refused, how many messages there are, and what becomes one encounter.
 */
#include "support/claims.h"
#include "support/shared.h"
#include "base/file.h"
#include "ingest/ingest.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SAMPLES SHARED "samples/hl7v2"

static struct str
slurp(struct arena *a, const char *folder, const char *name)
{
	struct str s = STR_NONE, path = arena_fmt(a, SAMPLES "/%s/%s", folder, name);

	cr_assert(file_read(a, path.p, LIMIT_INPUT, &s) >= 0, "%s", path.p);
	return s;
}

static int
read_all(struct arena *a, struct str bytes, char usage, struct intake *out)
{
	struct ingest_rules rules = { S("main"), usage, HL7_ON_CHARGES, INT64_C(1789000000000), claims_spec(1) };

	return ingest_read(a, &rules, bytes, STR_NONE, out);
}

static bool
plain(const struct dirent *d, const char *end)
{
	size_t n = strlen(d->d_name), k = strlen(end);

	return d->d_name[0] != '.' && n >= k && strcmp(d->d_name + n - k, end) == 0;
}

/* ---- python-hl7: batches ---- */

static int
count_messages(struct arena *a, struct str bytes, struct faults *f, unsigned *batches)
{
	struct hl7_split s;
	struct str msg;
	int n = 0, rc;

	hl7_split_init(&s, bytes);
	while ((rc = hl7_split_next(a, &s, &msg, f)) > 0)
		n++;
	*batches = s.batches;
	return rc < 0 ? rc : n;
}

/* The number of messages a row of expected.tsv states; -1: reject */
static int
expected(struct str words)
{
	static const struct { const char *says; int n; } rows[] = {
		{ "reject", -1 }, { "1 message", 1 }, { "2 messages", 2 }, { "2 batches", 3 }, { "MSH field", 1 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (memmem(words.p, words.n, rows[i].says, strlen(rows[i].says)))
			return rows[i].n;
	return 0;	/* at least one */
}

Test(hl7_official, python_hl7)
{
	struct arena a;
	struct str tsv;
	int rows = 0;

	if (!shared_has("samples/hl7v2"))
		return;
	arena_init(&a, 0);
	tsv = slurp(&a, "python-hl7", "expected.tsv");
	(void)str_cut(&tsv, '\n');
	while (tsv.n) {
		struct str row = str_cut(&tsv, '\n'), words = row, name = str_cut(&words, '\t');
		struct faults f = { .a = &a };
		unsigned batches;
		int want, got;

		if (name.n == 0)
			continue;
		want = expected(words);
		got = count_messages(&a, slurp(&a, "python-hl7", arena_str(&a, name).p), &f, &batches);
		cr_expect(want < 0 ? got < 0 : want ? got == want : got > 0, STR_FMT ": want %d, got %d",
		    STR_ARG(name), want, got);
		cr_expect(want >= 0 || f.n == 1, STR_FMT ": one fault", STR_ARG(name));
		rows++;
	}
	printf("python-hl7: %d files as expected.tsv says\n", rows);
	cr_expect(rows == 21);
	arena_free(&a);
}

/* ---- nhapi: what hung or crashed a parser ---- */

static const struct bad_row { const char *folder; bool refused; } bad[] = {
	{ "nhapi/BadInputs/LegacyPipeParser/EncodingNotSupportedException", true },
	{ "nhapi/BadInputs/LegacyPipeParser/HL7Exception", true },
	{ "nhapi/BadInputs/LegacyPipeParser/NoException", false },
	{ "nhapi/BadInputs/PipeParser/EncodingNotSupportedException", true },
	{ "nhapi/BadInputs/PipeParser/HL7Exception", true },
	{ "nhapi/BadInputs/PipeParser/NoException", false },
};

static int
run_bad(const struct bad_row *row)
{
	struct str path;
	struct arena a;
	struct dirent *d;
	DIR *dir;
	int n = 0;

	arena_init(&a, 0);
	path = arena_fmt(&a, SAMPLES "/%s", row->folder);
	dir = opendir(path.p);
	cr_assert(dir);
	while ((d = readdir(dir))) {
		struct hl7_msg m;
		struct faults f = { .a = &a };
		struct intake in;
		struct str bytes;

		if (!plain(d, ""))
			continue;
		bytes = slurp(&a, row->folder, d->d_name);
		if (row->refused) {
			cr_expect(hl7_parse(&a, bytes, &m, &f) < 0 && f.n == 1, "%s", d->d_name);
			cr_expect(read_all(&a, bytes, 'P', &in) < 0 && in.faults.n, "%s is refused", d->d_name);
		} else {
			(void)read_all(&a, bytes, 'P', &in);
		}
		n++;
	}
	(void)closedir(dir);
	arena_free(&a);
	return n;
}

Test(hl7_official, nhapi_bad_inputs)
{
	int refused = 0, any = 0;

	if (!shared_has("samples/hl7v2"))
		return;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		*(bad[i].refused ? &refused : &any) += run_bad(&bad[i]);
	printf("nhapi BadInputs: %d refused with a fault, %d may be read\n", refused, any);
	cr_expect(refused + any == 37);
}

/* ---- every other ER7 message parses; XML never does ---- */

static const struct folder_row { const char *folder, *end; bool taken; int files; } folders[] = {
	{ "ms-fhir-converter", ".hl7", true, 139 },
	{ "hapi-hl7v2/parser", ".xml", false, 9 },
	{ "nhapi/Parser", ".xml", false, 8 },
	{ "herophilus/samples-hl7/Patient1/ADT", ".dat", true, 4 },
	{ "herophilus/samples-hl7/Patient1/Vaccinations", "U_1.dat", true, 2 },
	{ "herophilus/samples-hl7/Patient1/Vaccinations", "QBP_1.dat", true, 1 },
	{ "herophilus/samples-hl7/Patient1/Vaccinations", "RSP_1.dat", false, 1 },	/* its RXA is torn in two */
	{ "herophilus/samples-hl7/Patient1/Vaccinations", "_2.dat", true, 1 },
	{ "herophilus/samples-hl7/Patient1/Vaccinations", "_3.dat", true, 1 },
	{ "herophilus/samples-files/samples-hl7", "", true, 2 },
	{ "hapi-hl7v2/parser", "_o03.txt", true, 1 },
	{ "hapi-hl7v2/parser", "adt_a03.txt", true, 1 },
	{ "hapi-hl7v2/parser", "chem.hl7", true, 1 },
	{ "nhapi/Parser", "adt_a03.txt", true, 1 },
	{ "hapi-hl7v2/util", ".hl7", true, 1 },
	{ "nhapi/Util", ".hl7", true, 1 },
};

static int
run_folder(const struct folder_row *row)
{
	struct arena a;
	struct dirent *d;
	DIR *dir;
	int n = 0;

	arena_init(&a, 0);
	dir = opendir(arena_fmt(&a, SAMPLES "/%s", row->folder).p);
	cr_assert(dir);
	while ((d = readdir(dir))) {
		struct faults f = { .a = &a };
		struct hl7_msg m;
		int rc;

		if (!plain(d, row->end))
			continue;
		rc = hl7_parse(&a, slurp(&a, row->folder, d->d_name), &m, &f);
		cr_expect((rc >= 0) == row->taken, "%s/%s: %s " STR_FMT ": " STR_FMT, row->folder, d->d_name, err_name(rc),
		    STR_ARG(f.n ? f.v[0].place : STR_NONE), STR_ARG(f.n ? f.v[0].words : STR_NONE));
		n++;
	}
	(void)closedir(dir);
	arena_free(&a);
	return n;
}

Test(hl7_official, parse_or_refuse)
{
	if (!shared_has("samples/hl7v2"))
		return;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		int n = run_folder(&folders[i]);

		printf("%s *%s: %d %s\n", folders[i].folder, folders[i].end, n, folders[i].taken ? "parse" : "refused");
		cr_expect(n == folders[i].files, "%s: %d files", folders[i].folder, n);
	}
}

Test(hl7_official, several_messages_in_a_file)
{
	static const struct { const char *folder, *name; int messages; } files[] = {
		{ "hapi-hl7v2/parser", "example_oml_o21.hl7", 13 }, { "nhapi/Parser", "OML_O21_messages.txt", 7 },
	};
	struct arena a;

	if (!shared_has("samples/hl7v2"))
		return;
	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct faults f = { .a = &a };
		unsigned batches;
		int n = count_messages(&a, slurp(&a, files[i].folder, files[i].name), &f, &batches);

		cr_expect(n == files[i].messages && batches == 0, "%s: %d", files[i].name, n);
	}
	arena_free(&a);
}

Test(hl7_official, adt_has_a_patient)
{
	struct arena a;
	struct dirent *d;
	DIR *dir;
	int n = 0;

	if (!shared_has("samples/hl7v2"))
		return;
	arena_init(&a, 0);
	dir = opendir(SAMPLES "/ms-fhir-converter");
	cr_assert(dir);
	while ((d = readdir(dir))) {
		struct faults f = { .a = &a };
		struct hl7_visit v = { 0 };
		struct hl7_msg m;
		int rc;

		if (!plain(d, ".hl7") || strncmp(d->d_name, "ADT", 3) != 0)
			continue;
		rc = hl7_parse(&a, slurp(&a, "ms-fhir-converter", d->d_name), &m, &f);
		if (rc >= 0)
			rc = hl7_map(&a, &m, HL7_ON_CHARGES, &v, &f);
		cr_expect(rc >= 0 && v.patient.n, "%s", d->d_name);
		n++;
	}
	(void)closedir(dir);
	printf("ms-fhir-converter: %d ADT messages give a patient id\n", n);
	cr_expect(n == 57);
	arena_free(&a);
}

/* ---- ms-fhir-converter: the facts of another converter's answer ---- */

static json_t *
resource(json_t *bundle, const char *type)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(bundle, "entry"), i, entry) {
		json_t *r = json_object_get(entry, "resource");
		const char *t = json_string_value(json_object_get(r, "resourceType"));

		if (t && strcmp(t, type) == 0)
			return r;
	}
	return NULL;
}

static struct str
words(json_t *j, const char *name)
{
	return str_of(json_string_value(json_object_get(j, name)));
}

static void
same_facts(const struct encounter *e, json_t *bundle, const char *name, int *facts)
{
	json_t *p = resource(bundle, "Patient"), *c = resource(bundle, "Coverage");
	json_t *who = json_array_get(json_object_get(p, "name"), 0), *visit = resource(bundle, "Encounter");
	struct str born = words(p, "birthDate"), sex = words(p, "gender"), kind;
	const char *sex_now = str_is(e->patient.sex, "M") ? "male" : str_is(e->patient.sex, "F") ? "female" : "other";

	cr_expect(str_eq(words(who, "family"), e->patient.last), "%s: family name", name);
	cr_expect(born.n != 10 || day_parse(born) == e->patient.dob, "%s: birth", name);
	cr_expect(sex.n == 0 || str_is(sex, "unknown") || str_is(sex, sex_now), "%s: sex", name);
	cr_expect((c == NULL) == (e->n_coverages == 0), "%s: coverage", name);
	kind = words(json_object_get(visit, "class"), "code");
	cr_expect(!str_is(kind, "IMP") || str_is(e->visit_class, "inpatient"), "%s: inpatient", name);
	*facts += 4 + (visit != NULL);
}

Test(hl7_official, facts_of_another_converter)
{
	struct file_list types, files;
	struct arena a;
	int facts = 0, n = 0;

	if (!shared_has("samples/hl7v2"))
		return;
	arena_init(&a, 0);
	cr_assert(dir_list(&a, SAMPLES "/ms-fhir-converter/expected-fhir", 100, &types) >= 0);
	for (size_t t = 0; t < types.n; t++) {
		struct str dir = arena_fmt(&a, SAMPLES "/ms-fhir-converter/expected-fhir/%s", types.v[t].name.p);

		if (strncmp(types.v[t].name.p, "VXU", 3) == 0)
			continue;	/* vaccinations are no visit */
		cr_assert(dir_list(&a, dir.p, 100, &files) >= 0);
		for (size_t i = 0; i < files.n; i++) {
			struct str stem = files.v[i].name, json;
			struct faults f = { .a = &a };
			struct hl7_visit v;
			struct hl7_msg m;
			json_t *bundle;

			cr_assert(file_read(&a, path_join(&a, dir, stem).p, LIMIT_INPUT, &json) >= 0);
			stem.n -= strlen("-expected.json");
			cr_assert(hl7_parse(&a, slurp(&a, "ms-fhir-converter", arena_fmt(&a, STR_FMT ".hl7", STR_ARG(stem)).p),
			    &m, &f) >= 0);
			cr_assert(hl7_map(&a, &m, HL7_ON_CHARGES, &v, &f) >= 0, "%s", files.v[i].name.p);
			bundle = json_loadb(json.p, json.n, 0, NULL);
			cr_assert(bundle);
			same_facts(v.e, bundle, files.v[i].name.p, &facts);
			json_decref(bundle);
			n++;
		}
	}
	printf("ms-fhir-converter: %d messages agree in %d facts\n", n, facts);
	cr_expect(n > 25);
	arena_free(&a);
}

/* ---- hapi: escapes ---- */

static struct str
without_cr(struct arena *a, struct str s)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r')
			buf_ch(&b, s.p[i]);
	return buf_view(&b);
}

Test(hl7_official, hapi_escapes)
{
	struct hl7_msg m = { .field = '|', .comp = '^', .rep = '~', .esc = '\\', .sub = '&' };
	struct str plain_text, escaped;
	struct arena a;

	if (!shared_has("samples/hl7v2"))
		return;
	arena_init(&a, 0);
	plain_text = slurp(&a, "hapi-hl7v2/parser", "uuencoded.txt");
	escaped = hl7_text(&a, &m, slurp(&a, "hapi-hl7v2/parser", "uuencoded_escaped.txt"));
	cr_expect(plain_text.n > 60000);
	cr_expect(str_eq(without_cr(&a, plain_text), without_cr(&a, escaped)), "%zu %zu", plain_text.n, escaped.n);
	printf("hapi: %zu bytes equal once their escapes are undone\n", escaped.n);
	arena_free(&a);
}

/* ---- herophilus: updates are no second encounter ---- */

Test(hl7_official, herophilus_updates)
{
	static const char *const files[] = { "ADT_A01.dat", "ADT_A08_Update.dat", "ADT_A08_Update1.dat", "ADT_A08_Update2.dat" };
	struct arena a;
	struct eid first = { { 0 } };

	if (!shared_has("samples/hl7v2"))
		return;
	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct intake in;
		struct eid id;

		cr_assert(read_all(&a, slurp(&a, "herophilus/samples-hl7/Patient1/ADT", files[i]), 'P', &in) == 1,
		    "%s", files[i]);
		id = rec_eid(in.items[0].e);
		if (i == 0)
			first = id;
		cr_expect(memcmp(&first, &id, sizeof id) == 0, "%s: the same encounter", files[i]);
		cr_expect(in.items[0].event == INTAKE_AMEND && str_is(in.items[0].e->patient.last, "Duck"), "%s", files[i]);
	}
	printf("herophilus: %zu messages, one encounter\n", sizeof files / sizeof *files);
	arena_free(&a);
}

/* ---- simhospital: volume ---- */

/* MSH-10 of the next message, found without our parser. */
static struct str
sent_id(struct arena *a, struct str *rest)
{
	while (rest->n) {
		struct str line = str_trim(str_cut(rest, '\n'));

		if (!str_starts(line, S("MSH|")))
			continue;
		for (int i = 0; i < 9; i++)
			(void)str_cut(&line, '|');
		return arena_str(a, str_cut(&line, '|'));
	}
	return STR_NONE;
}

Test(hl7_official, simhospital)
{
	struct intake in, again;
	struct arena a;
	size_t acked = 0, joined = 0, messages = 0;
	struct str bytes, rest;

	if (!shared_has("samples/hl7v2"))
		return;
	arena_init(&a, 0);
	rest = bytes = slurp(&a, "simhospital", "messages.out");
	cr_assert(read_all(&a, bytes, 'T', &in) > 0);
	cr_expect(in.n_replies == 1013, "%zu messages", in.n_replies);
	for (size_t i = 0; i < in.n_replies; i++) {
		struct str id = sent_id(&a, &rest);

		id = arena_fmt(&a, "\rMSA|AA|" STR_FMT "\r", STR_ARG(id));
		acked += in.replies[i].rc == 0 && memmem(in.replies[i].bytes.p, in.replies[i].bytes.n, id.p, id.n) != NULL;
		joined += in.replies[i].item != INTAKE_NO_ITEM;
	}
	for (size_t i = 0; i < in.n_items; i++)
		messages += in.items[i].messages;
	cr_expect(acked == 1013, "%zu acknowledged by their own control id", acked);
	cr_expect(messages == joined && joined == 1012, "%zu of %zu joined a visit; the merge is noted", messages, joined);
	cr_expect(in.faults.n == 0 && in.notes.n == 1);
	cr_expect(read_all(&a, bytes, 'P', &again) < 0, "test messages do not enter a production system");
	cr_expect(again.n_replies == 1013 && again.n_items == 0);
	printf("simhospital: %zu messages, %zu acknowledged, %zu visits\n", in.n_replies, acked, in.n_items);
	arena_free(&a);
}

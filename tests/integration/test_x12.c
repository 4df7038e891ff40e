/* test_x12.c - `claimline x12` as a person meets it: what it prints, its exit codes, the files it writes. */
#include "base/file.h"
#include "support/shell.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena a;
static char dir[] = "/tmp/claimline-x12-XXXXXX";

static void
put(const char *name, struct str text)
{
	cr_assert(file_write_atomic(path_join(&a, str_of(dir), str_of(name)).p, text, true) == 0, "%s", name);
}

static struct str
content(const char *name)
{
	struct str s = STR_NONE;

	cr_expect(file_read(&a, path_join(&a, str_of(dir), str_of(name)).p, (size_t)1 << 26, &s) == 0, "%s", name);
	return s;
}

/* A command line in the folder; $X is the verb. What it says on both streams, its exit code. */
static int
run(const char *words, struct str *out)
{
	return shell_run(&a, arena_fmt(&a, "cd '%s' && X='" CL_BIN_DIR "/claimline x12'; { %s; } 2>&1", dir, words).p, out);
}

static void
setup(void)
{
	struct str out, good;
	char *p;

	arena_init(&a, (size_t)1 << 30);
	cr_assert(mkdtemp(dir) != NULL);
	cr_assert(run("$X generate --claims 30 --type B --lines --seed 5 -o good.837", &out) == 0, STR_FMT, STR_ARG(out));
	good = content("good.837");
	p = (char *)(uintptr_t)strstr(good.p, "~\nCLM*");
	cr_assert(p != NULL);
	memcpy(p + 2, "CLX", 3);
	put("bad.837", good);
	put("text.837", S("MSH|^~\\&|A|B\r"));
	put("cut.837", (struct str){ good.p, good.n / 2 });
	put("empty.837", STR_NONE);
	cr_assert(run("mkdir folder; tr -d '\\n' < good.837 > flat.837", &out) == 0);
}

static void
teardown(void)
{
	folder_remove(dir);
	arena_free(&a);
}

TestSuite(x12, .init = setup, .fini = teardown);

#define ROWS(v)	SHELL_ROWS(run, v)

Test(x12, asked_wrongly)
{
	static const struct shell_row rows[] = {
		{ "$X", 64, "check, to-json", NULL }, { "$X sing", 64, "check, to-json", NULL },
		    { "$X check", 64, "check wants a file", NULL },
		{ "$X check good.837 --snip 0-3", 64, "--snip wants types", NULL },
		    { "$X check good.837 --limit x", 64, "--limit", NULL },
		{ "$X check good.837 --snip 3-7 --ack no", 64, "--snip must have 1 and 2", NULL },
		{ "$X check good.837 --claims 3", 64, "check has no --claims", NULL },
		    { "$X split good.837", 64, "--claims N", NULL },
		{ "$X split good.837 --claims 0 -o p", 64, "--claims wants how many", NULL },
		    { "$X repair good.837 bad.837", 64, "one file", NULL },
		{ "$X repair good.837 --list -o x", 64, "writes nothing", NULL },
		    { "$X stats good.837 --limit 0", 64, "--limit", NULL },
		{ "$X from-json good.837 --usage X", 64, "T or P", NULL }, { "$X from-json a b", 64, "one file", NULL },
		{ "$X from-json a --sender X", 64, "come together", NULL }, { "$X generate x", 64, "options only", NULL },
		{ "$X check good.837 --snip 1 --snip 2", 64, "given twice", NULL },
		{ "$X check good.837 --partner nobody", 66, "partners/rules/nobody.yaml", "no such" },
		{ "$X check good.837 --partner ./nobody.yaml", 66, "./nobody.yaml", "no such" },
		{ ": > e.yaml; $X check good.837 --partner e.yaml", 78, "e.yaml: holds no rule", NULL },
		{ "$X check good.837 --partner example --set site.config_dir=" CL_SOURCE_DIR "/config", 1,
		    "PARTNER_ENVELOPE", "Fix: write CLAIMLINE, which is sender in the partner's file" },
		{ "$X check good.837 --book nobody", 66, "nobody", NULL },
		    { "$X --help", 0, "claimline x12 split", "--show-values" },
		{ "$X repair --help", 0, "usage: claimline x12 repair FILE\n", "--zip-pad" },
		{ "$X repair --help | grep -c 'partner\\|--claims'", 1, "0\n", NULL },
		{ "$X repair good.837 --list -o -", 64, "writes nothing", NULL },
		{ "$X from-json a --sender ME --receiver THEM --phone 503-555", 64, "--phone wants ten digits", NULL },
	};

	ROWS(rows);
}

Test(x12, check)
{
	static const struct shell_row rows[] = {
		{ "$X check good.837", 0, "good.837: clean:", "30 claims; 0 errors" },
		{ "$X check bad.837 --snip 1-2", 1, "bad.837: set 000001, segment 24", NULL },
		{ "$X check bad.837 --snip 1-2 --json", 1, "\"set\":\"000001\"", NULL },
		{ "awk '/^CLM/ && ++n == 3 {sub(/[*][0-9.]+[*]/, \"*99999*\")} {print}' good.837 > sum.837; $X check sum.837", 1,
		    "sum.837: claim 3 (set 000001), segment ", "CHARGE_LINES" },
		{ "$X check sum.837 --json", 1, ",\"set\":\"000001\",\"claim\":3,\"claim_of_file\":3,\"ordinal\":", NULL },
		{ "$X check sum.837 --show-values | grep -c \"claim 3 $(grep '^CLM' good.837 | sed -n 3p | cut -d'*' -f2) (set\"", 0,
		    "1\n", NULL },
		{ "$X check sum.837 --json | grep -c '\"pcn\"'", 1, "0\n", NULL },
		{ "$X check sum.837", 1, "of its lines: the difference is 9", " [99999]. Fix" },
		{ "$X check sum.837 --show-values", 1, "of its lines: 99999.00, the sum is ", NULL },
		{ "sed 's/^GE.1/GE*2/' good.837 | $X check -", 1, "says 2, 1 were counted", NULL },
		{ "printf 'allow:\\n  - \"2300 CLM05-1: 98 99\"\\n' > v.yaml; $X check good.837 --partner v.yaml", 1,
		    "PARTNER_VALUE", "Fix: use 98, 99, as line 2 of the partner's file says" },
		{ "$X check good.837 --set site.config_dir=" CL_SOURCE_DIR "/config", 0, "the starter set in " CL_SOURCE_DIR,
		    "good.837: clean" },
		{ "awk 'BEGIN {while (i++ < 70) s = s \"*A\"} {print} /^BHT/ {print \"NTE\" s \"~\"}' good.837 | $X check -", 2,
		    "Fix: a segment may have 64 elements", "more elements" },
		{ "$X check good.837", 0, "no code book: of codes only the form", NULL },
		{ "$X check good.837 --snip 1-4 2>&1 | grep -c book", 1, "0\n", NULL },
		{ CL_BIN_DIR "/claimline codes build --from " CL_SOURCE_DIR "/config/codesets --out starter.clb >/dev/null; "
		    "$X check good.837 --book starter.clb", 0, "only their form is judged: ", "good.837: clean" },
		{ "$X check - < flat.837", 0, "standard input: clean", NULL },
		{ "$X check bad.837", 1, "SEGMENT_UNKNOWN (IK304 1)", "Fix: " },
		    { "$X check bad.837 --limit 0", 1, "not shown", "bad.837: errors" },
		{ "$X check bad.837 --json", 1,
		    "{\"file\":\"bad.837\",\"finding\":\"SEGMENT_UNKNOWN\",\"severity\":\"error\",\"snip\":1,",
		    "\"verdict\":\"errors\"" },
		{ "$X check good.837 bad.837", 1, "good.837: clean", "bad.837: errors" },
		{ "$X check text.837", 2, "HL7 version 2", NULL }, { "$X check nowhere.837", 66, "no such", NULL },
		{ "$X check folder", 2, "is a folder", NULL }, { "$X check empty.837", 2, "is empty", NULL },
		{ "$X check nowhere.837 good.837", 66, "good.837: clean", NULL },
		    { "$X check cut.837", 1, "SET_NO_SE", "ISA_NO_IEA" },
		{ "$X check bad.837 | head -1 | wc -l", 0, "1\n", NULL },
	};

	ROWS(rows);
}

Test(x12, check_writes_answers)
{
	static const struct shell_row rows[] = {
		{ "$X check good.837 --ack acks --payer PAYER", 0, "clean", NULL },
		{ "$X check acks/000000001.999 acks/000000001.277", 0, "999: clean", "277: clean" },
		{ "$X to-json acks/000000001.999", 0, "\"scope\":\"group\"", "\"verdict\":\"accepted\"" },
		{ "$X to-json acks/000000001.277 | grep -c '\"scope\":\"claim\"'", 0, "30\n", NULL },
		{ "awk '/^CLM/ && ++n == 3 {sub(/[*][0-9.]+[*]/, \"*99999*\")} {print}' good.837 > sum.837; "
		    "$X check sum.837 --ack sums", 1, "CHARGE_LINES", NULL },
		{ "$X to-json sums/*.277 | grep '\"scope\":\"claim\"' | grep -n '\"rejected\"' | cut -d: -f1", 0, "3\n", NULL },
		{ "$X check bad.837 --ack bads", 1, "SEGMENT_UNKNOWN", NULL },
		{ "$X to-json bads/000000001.999", 0, "\"verdict\":\"rejected\"", NULL },
		    { "ls acks bads | grep -c part", 1, "0\n", NULL },
		{ "$X check good.837 flat.837 --ack two", 0, "good.837: clean", "; 2 answers" },
		    { "ls two | wc -l; ls two", 0, "4\n", "000000001.2.999" },
		{ "cp two/000000001.999 was; $X check good.837 --ack two", 0, "a further number, the first two/000000001.3.999",
		    NULL },
		{ "cmp was two/000000001.999; ls two | wc -l; ls two", 0, "6\n", "000000001.3.277" },
		{ "cat good.837 bad.837 good.837 > three; rm two/*.999; $X check three --ack two --limit 0", 1,
		    "further number", NULL },
		{ "ls two | grep -c '[.][456][.]\\(ta1\\|999\\|277\\)$'", 0, "4\n", NULL },
		{ "$X check good.837 --ack ''", 64, "--ack wants a folder", NULL },
		{ "$X check good.837 --ack /proc", 73, "/proc/000000001.999: the answer could not be written", NULL },
		{ "sed 's/^GE.1/GE*2/' good.837 | $X check -", 1, "2 of 2 sets rejected", NULL },
		{ "sed 's/^IEA.[0-9]/IEA*5/' good.837 | $X check - --json", 1, "\"sets_rejected\":2,", NULL },
	};

	ROWS(rows);
}

Test(x12, no_value_unless_asked_for)
{
	struct str out;

	(void)run("sed 's/^NM1.PR.2.[^*]*/NM1*PR*1*SECRETNAME/; s/^SV1.HC:...../SV1*HC:SECRET/; s/ABK:[^*~:]*/ABK:SECRET/; "
	    "s/^SE.[0-9]*.[^~]*/SE*SECRET*SECRET/; s/^GE.[0-9]*/GE*SECRET/; s/^ST.837/ST*SECRET/' good.837 > odd.837; "
	    "$X stats odd.837; sed 's/^ST.SECRET/ST*837/' odd.837 > even.837; $X stats even.837; $X repair --list even.837",
	    &out);
	cr_expect(!strstr(out.p, "SECRET") && strstr(out.p, "AAAAAA"), STR_FMT, STR_ARG(out));
	cr_expect(run("$X stats --show-values even.837 2>/dev/null", &out) == 1 && strstr(out.p, "SECRETNAME"),
	    STR_FMT, STR_ARG(out));
	(void)run("sed 's/^CLM/SECRET*A~\\nSECRETS*B~\\nCLM/' good.837 > stray.837; $X check stray.837; "
	    "$X check --json stray.837", &out);
	cr_expect(!strstr(out.p, "SECRET") && strstr(out.p, "AAAAAA") && strstr(out.p, "SEGMENT_UNKNOWN"), STR_FMT, STR_ARG(out));
	(void)run("sed 's/^NM1.IL.1.[^*]*/NM1*ILX*1*SECRETNAME/' good.837 > named.837", &out);
	cr_expect(run("$X check named.837 --limit 999; $X repair --list named.837; $X split named.837 --claims 3 -o p; "
	    "$X stats named.837; "
	    "sed 's/SECRETNAME/ & /' named.837 | $X repair --list -; $X to-json named.837 >/dev/null", &out) <= 2);
	cr_expect(!strstr(out.p, "SECRET") && !strstr(out.p, "secret"), STR_FMT, STR_ARG(out));
	cr_expect(strstr(out.p, "AAA"));
	(void)run("sed 's/SECRETNAME/ & /' named.837 | $X repair --list --show-values -", &out);
	cr_expect(strstr(out.p, "[ SECRETNAME  -> SECRETNAME]"), STR_FMT, STR_ARG(out));
}

#define TO		" --sender ME --receiver THEM --phone 5035550100"

Test(x12, json_and_back)
{
	static const struct shell_row rows[] = {
		{ "$X to-json good.837 > c.json; wc -l < c.json", 0, "30\n", NULL },
		{ "$X to-json good.837 -o o.json && cmp o.json c.json && $X to-json good.837 -o - | cmp - c.json && echo same", 0,
		    "same\n", NULL },
		{ "$X to-json text.837 -o n.json; ls n.json", 2, "n.json: not written", "No such" },
		{ "$X to-json cut.837 -o n.json; ls n.json", 0, "has no SE", "n.json\n" },
		{ "(printf '\\357\\273\\277'; cat c.json) | $X from-json -" TO " -o 1.837; (printf ' ['; paste -sd, c.json; echo ']') | "
		    "$X from-json -" TO " -o - > 2.837; for f in 1 2; do tail -n +3 $f.837 | grep -v '^BHT\\|^GE\\|^IEA' > $f.t; done; "
		    "cmp 1.t 2.t && $X check 1.837 && ls -- -", 2, "1.837: clean", "No such" },
		{ "(echo '['; paste -sd, c.json) | $X from-json -" TO, 2, "an array without its end", NULL },
		{ "(echo '['; paste -sd, c.json; echo ']{}') | $X from-json -" TO, 2, "behind the end of the array", NULL },
		{ "$X from-json c.json" TO " --usage P -o p.837", 0, "warning: 30 test claims", NULL },
		{ "sed '5s/\"first\":\"[^\"]*/&~*/g' c.json | $X from-json -" TO " -o n.837", 0, " texts held one of", NULL },
		{ "$X from-json c.json --sender ME --receiver ZZ:THEM --phone 5035550100 --per-st 7 --control 41 -o c.837 && "
		    "$X check c.837", 0,
		    "c.837: clean", "30 claims" },
		{ "$X from-json - --sender ME --receiver THEM --phone 5035550100 < c.json | $X to-json - | sed "
		    "'s/.*\"pcn\"/\"pcn\"/; s/\"control[^,]*,//g' > 2.json; "
		    "sed 's/.*\"pcn\"/\"pcn\"/; s/\"control[^,]*,//g' c.json | cmp - 2.json && echo same", 0, "same\n", NULL },
		{ "$X to-json --generic good.837 | $X from-json - | cmp - good.837 && echo same", 0, "same\n", NULL },
		{ "$X to-json --generic flat.837 | $X from-json - | cmp - good.837 && echo same", 0, "same\n", NULL },
		{ "$X from-json c.json", 64, "--sender", NULL },
		{ "echo '{\"encounter\":{\"nothing\":1}}' | $X from-json - --sender AA --receiver BB --phone 5035550100", 2,
		    "standard input line 1", "unknown name" },
		{ "echo 'x' | $X from-json -", 2, "line 1", NULL },
		{ "paste -sd ' ' c.json | $X from-json -" TO, 2, "input line 1: ", "not JSON" },
		{ "sed '2s/$/ junk/' c.json | $X from-json -" TO, 2, "input line 2: ", "not JSON" },
		{ "echo '{\"encounter\":{},\"payment\":{}}' | $X from-json -" TO, 2, "line 1", "two things" },
		{ "echo '{\"encounter\":{},\"encounter\":{}}' | $X from-json -" TO, 2, "line 1", "the same twice" },
		{ "$X from-json c.json --sender A --receiver THEM --phone 5035550100", 64, "2 to 15 plain characters", NULL },
		{ "sed 's/\"usage\":\"T\"/\"usage\":\"P\"/' c.json | $X from-json -" TO " | grep -c '^ISA.*.P.:~'",
		    0, "2\n", NULL },
		{ "sed '9s/\"usage\":\"T\"/\"usage\":\"P\"/' c.json | $X from-json -" TO " --usage T | grep -c '^ISA.*.P.:~'",
		    1, "0\n", NULL },
		{ "$X from-json empty.837" TO " -o e; ls e", 2, "empty.837: holds no line", "No such" },
		{ "$X from-json c.json --sender AA --receiver BB -o none/x", 73, "none/x", NULL },
		{ "$X to-json cut.837 > /dev/null", 1, "has no SE", "has no IEA" },
		{ "grep -v '^IEA' good.837 | $X to-json - | wc -l", 0, "30\n", "has no IEA" },
		{ "grep -v '^GE' good.837 | $X to-json - > /dev/null", 1, "has no GE", NULL },
		{ "sed 's/^SE.[0-9]*/SE*5/' good.837 | $X to-json - > /dev/null", 1, "SE01 is not", NULL },
		    { "$X to-json text.837", 2, "HL7", NULL },
		{ "$X to-json good.837 | head -1 | wc -l", 0, "1\n", NULL },
	};

	ROWS(rows);
}

#define BPR(amount)	"BPR*I*" amount "*C*ACH*CCP*01*888999777*DA*24681012*1935665544**01*111333555*DA*144444*20260305~"
#define HEAD(trace)	"TRN*1*" trace "*1935665544~DTM*405*20260305~N1*PR*DENTAL OF ABC~N3*225 MAIN STREET~" \
	"N4*CENTERVILLE*PA*17111~PER*BL*JANE DOE*TE*9005555555~N1*PE*SMITH DENTAL*XX*1999996667~"
#define CLAIM(pcn, charge, paid) \
	"CLP*" pcn "*1*" charge "*" paid "**12*CC" pcn "~NM1*QC*1*DOE*JO****MI*SJD11112~DTM*232*20260201~"
#define LINE(charge, paid, cas)		"SVC*HC:99213*" charge "*" paid "~DTM*472*20260201~" cas

static void
pay_put(void)
{
	put("pay.835",
	    S("ISA*00*          *00*          *ZZ*PAYER          *ZZ*THEM           *260305*1024*^*00501*000000209*0*P*:~"
	    "GS*HP*PAYER*THEM*20260305*1024*344*X*005010X221A1~ST*835*0001~" BPR("270") HEAD("71700666555")
	    "LX*1~TS3*1999996667*11*20261231*2*150~" CLAIM("C1", "100", "80") LINE("100", "80", "CAS*CO*45*20~")
	    CLAIM("C2", "50", "50") LINE("50", "50", "") "LX*2~" CLAIM("C3", "200", "150")
	    LINE("200", "150", "CAS*CO*45*50~LQ*HE*N1~")
	    "PLB*1999996667*20261231*FB:REF1*4*WO:REF2*7~PLB*1999996667*20261231*L6*-1~SE*33*0001~"
	    "ST*835*0002~" BPR("10") HEAD("71700666556") "LX*1~" CLAIM("C4", "10", "10") LINE("10", "10", "") "SE*16*0002~"
	    "GE*2*344~IEA*1*000000209~"));
}

#define ENDS		" --sender PAYER --receiver THEM "
/* Without what the envelope says. */
#define NO_NUMBERS	" | sed 's/^{\"from\":{[^}]*},//; s/\"payment\":{\"sender\":\"[^\"]*\",/\"payment\":{/; " \
	"s/\"\\(usage\\|isa13\\|gs06\\|st02\\)\":\"[^\"]*\",//g' "

Test(x12, payments_and_back)
{
	static const struct shell_row rows[] = {
		{ "$X check pay.835", 0, "clean", NULL }, { "$X to-json pay.835 > p.json; wc -l < p.json", 0, "5\n", NULL },
		{ "$X from-json p.json --usage P --control 209" ENDS "-o p.835 && $X check p.835", 0, "p.835: clean",
		    "0 of 2 sets rejected" },
		{ "$X to-json p.835" NO_NUMBERS "> 2; cat p.json" NO_NUMBERS "| cmp - 2 && wc -l < 2", 0, "5\n", NULL },
		{ "tr '~' '\n' < pay.835 | sed '1,2d; /^$/d; /^GE/d' > 1; tr -d '~' < p.835 | sed '1,2d; "
		    "/^GE/d' | cmp - 1 && echo same", 0,
		    "same\n", NULL },
		{ "$X to-json p.835 | $X from-json -"
		    ENDS "--usage P --control 209 | sed 1,2d > 3; sed 1,2d p.835 | cmp - 3 && echo same", 0,
		    "same\n", NULL },
		{ "(cat p.json; $X to-json good.837; cat p.json) | $X from-json -"
		    ENDS "--phone 5035550100 --control 7 -o m.x12 && $X check m.x12; "
		    "grep -c '^IEA' m.x12", 0, "clean", "0 of 6 sets rejected, 38 claims" },
		{ "grep '^IEA' m.x12 | tr -d '\n'", 0, "IEA*1*000000007~IEA*1*000000008~IEA*1*000000009~IEA*1*000000010~", NULL },
		{ "($X to-json --generic good.837; cat p.json) | $X from-json -" ENDS "> g.x12; $X check g.x12", 0,
		    "g.x12: clean", "34 claims" },
		{ "sed -n 1p p.json | awk '{for (i = 0; i < 10000; i++) print}' > many; $X from-json many"
		    ENDS "| grep -c '^CLP'", 0,
		    "10000\n", NULL },
	};

	pay_put();
	ROWS(rows);
}

Test(x12, payments_that_cannot_be_written)
{
	static const struct shell_row rows[] = {
		{ "$X to-json pay.835 > p.json; $X from-json p.json", 64, "payments want --sender", NULL },
		{ "$X from-json p.json --sender 'A*' --receiver B", 64, "plain characters", NULL },
		{ "sed '3s/\"C3\"/\"C*3\"/' p.json | $X from-json -" ENDS "-o n.835", 2,
		    "line 3: /payment/claims/0, 2100 CLP01: holds a", NULL },
		{ "sed '2s/\"pcn\":\"C2\",//' p.json | $X from-json -" ENDS "-o n.835", 2,
		    "line 2: /payment/claims/0, 2100 CLP01: is missing", NULL },
		{ "sed '2s/\"paid\":\"50.00\"/\"paid\":50/' p.json | $X from-json -" ENDS "-o n.835", 2,
		    "line 2: /payment/claims/0/paid: not a string", NULL },
		{ "sed '2s/\"section\":1/\"section\":3/' p.json | $X from-json -" ENDS "-o n.835", 2,
		    "line 2: /payment/claims/0/section: a claim", NULL },
		{ "sed '5s/\"trace\":[^,]*,//' p.json | $X from-json -" ENDS "-o n.835", 2,
		    "line 5: /payment, HEADER TRN02: is missing", NULL },
		{ "sed '4s/REF1/R*1/' p.json | $X from-json -" ENDS "-o n.835", 2,
		    "line 4: /payment/adjustments, SUMMARY PLB03: holds", NULL },
		{ "cut -c1-300 p.json | $X from-json -" ENDS "-o n.835", 2, "line 1: line 1 column 300: not JSON", NULL },
		{ "sed -n 1p p.json | awk '{for (i = 0; i < 10001; i++) print}' | $X from-json -" ENDS "-o n.835", 2,
		    "line 10001: /payment/claims/0: one payment has more than 10000 claims", "Fix: " },
		{ "ls n.835", 2, "No such", NULL },
	};

	pay_put();
	ROWS(rows);
}

/* Every sound 835 there is, told, written and told again; what has our version has no finding more than before. */
Test(x12, payments_of_samples)
{
	char *samples = realpath("../shared/samples/x12", NULL);
	struct str out;

	if (!samples) {
		printf("x12: no samples here\n");
		return;
	}
	put("trip.sh", S("told() { cat $1" NO_NUMBERS "; }\n"
	    "faults() { $X check \"$1\" --limit 999999 --json | sed -n 's/.*\"finding\":\"\\([^\"]*\\).*/\\1/p' | sort; }\n"
	    "sed -n 's/\tok.*//p' $1/envelope-facts.tsv | while read f; do\n"
	    "grep -q 'ST.835' $1/$f || continue\n"
	    "$X to-json $1/$f | sed '/\"payment\"/!d' > s.json; test -s s.json || continue\n"
	    "told s.json > s.1\n"
	    "$X from-json s.json" ENDS "-o s.835 || echo BAD $f; $X to-json s.835 > s.4; told s.4 > s.2; "
	    "cmp s.1 s.2 || echo BAD $f\n"
	    "if grep -q '005010X221' $1/$f; then faults $1/$f > s.3; faults s.835 | comm -13 s.3 - | sed \"s|^|BAD $f |\"; fi\n"
	    "echo round $f; done\n"));
	cr_expect(run(arena_fmt(&a, "export X; sh ./trip.sh '%s'", samples).p, &out) == 0);
	cr_expect(!strstr(out.p, "BAD") && strstr(out.p, "round "), STR_FMT, STR_ARG(out));
	free(samples);
}

#define JUDGED(verdict)	"$X to-json good.837 | sed 's/^{/{\"verdict\":{" verdict "},/'"
#define AS		" | $X from-json - --as 277CA" ENDS

Test(x12, verdicts)
{
	static const struct shell_row rows[] = {
		{ JUDGED("\"category\":\"A2\",\"status\":\"20\",\"payer_control\":\"P7\"") " > yes", 0, "", NULL },
		{ JUDGED("\"category\":\"A7\",\"status\":\"562\",\"entity\":\"85\"") " > no; sed 20q yes > v; sed 1,20d no >> v",
		    0, "", NULL },
		{ "cat v" AS "--submitter 'BIG PAYER' -o v.277 && $X check v.277", 0, "v.277: clean", "30 claims" },
		{ "grep '^QTY\\|^NM1.PR' v.277", 0, "NM1*PR*2*BIG PAYER*****PI*PAYER~\nQTY*90*20~\nQTY*AA*10~\n", NULL },
		{ "$X to-json v.277 | grep -c '\"scope\":\"claim\".*\"payer_control\":\"P7\",\"verdict\":\"accepted\","
		    "\"code\":\"A2:20\"'", 0,
		    "20\n", NULL },
		{ "$X to-json v.277 | grep -c '\"batch\":\"000000001\".*\"verdict\":\"rejected\",\"code\":\"A7:562:85\"'",
		    0, "10\n", NULL },
		{ "(cat v; sed 's/\"status\"/\"batch\":\"B9\",&/' v)"
		    AS "--control 7 > two && $X check two; grep '^IEA\\|^TRN.2.B9' two", 0, "clean",
		    "IEA*1*000000007~\nTRN*2*B9~\nIEA*1*000000008~\n" },
		{ "$X from-json v --as 277CA", 64, "wants --sender", NULL },
		    { "$X from-json v --as 278", 64, "--as wants 277CA", NULL },
		{ "sed '21s/A7/B7/' v" AS, 2, "line 21: /verdict/category: is no", NULL },
		{ "sed '21s/562/x/' v" AS, 2, "line 21: /verdict/status: is no", NULL },
		{ "sed '21s/562/21/' v" AS, 2, "line 21: /verdict/status: says nothing alone", NULL },
		{ "sed '21s/\"85\"/\"\"/' v" AS, 2, "line 21: /verdict/entity: is missing", NULL },
		{ "sed '21s/\"85\"/\"8:\"/' v" AS, 2, "line 21: /verdict/entity: is no", NULL },
		{ "sed '2s/\"P7\"/7/' v" AS, 2, "line 2: /verdict/payer_control: not a string", NULL },
		{ "sed '2s/payer_control/nobody/' v" AS, 2, "line 2: /verdict/(unknown name)", NULL },
		{ "sed '3s/\"pcn\":\"[^\"]*\",//' v" AS, 2, "line 3: /encounter/pcn: is missing", NULL },
		{ "sed '3s/\"charge\":\"/&x/' v" AS, 2, "line 3: /encounter/charge: not an amount", NULL },
		{ "sed '4s/\"isa13\"/\"x\"/' v" AS, 2, "line 4: /verdict/batch: is missing", NULL },
		{ "$X to-json good.837" AS, 2, "line 1: /verdict: is missing", NULL },
		{ "$X to-json v.277" AS, 2, "line 1: /encounter: is missing", NULL },
		{ "$X to-json v.277 | $X from-json -", 2, "line 1: /answer: an answer", "--as 277CA" },
	};

	ROWS(rows);
}

Test(x12, repair)
{
	static const struct shell_row rows[] = {
		{ "$X repair good.837 | cmp - good.837 && echo same", 0, "same\n", "0 repairs" },
		{ "$X repair flat.837 2>/dev/null | cmp - flat.837 && echo same", 0, "same\n", NULL },
		{ "sed 's/^SE.[0-9]*/SE*5/; s/^CLM.\\([^*]*\\).\\([0-9.]*\\)/CLM*\\1*00\\2*/; "
		    "s/ABK:\\(...\\)/ABK:\\1./' good.837 > sick.837; $X check sick.837 --limit 0", 1,
		    "errors", NULL },
		{ "$X repair --list sick.837", 0, "SE01: SEGMENT_COUNT", "ICD_DOT: a code of ICD without its dot [A9" },
		{ "$X repair sick.837 -o well.837", 0, "AMOUNT_FORM", "repairs\n" },
		{ "$X repair --list --json sick.837 2>/dev/null", 0, "{\"file\":\"sick.837\",\"repair\":\"", "\"before\":\"" },
		{ "$X repair well.837 -o again.837 && cmp well.837 again.837 && echo same", 0, "same\n", "0 repairs" },
		{ "mkfifo ff; cat ff > got & $X repair good.837 -o ff; wait; cmp got good.837 && test -p ff && echo same",
		    0, "same\n", NULL },
		{ "ln -s got link; $X repair flat.837 -o link; test -L link && cmp got flat.837 && echo same",
		    0, "same\n", NULL },
		{ "$X repair good.837 -o - 2>/dev/null | cmp - good.837 && ls -- -", 2, "No such", NULL },
		{ "grep -v '^IEA' good.837 | $X repair - -o open; wc -l < open", 0, "has no IEA", "0 repairs" },
		{ "grep -v '^IEA' good.837 | $X repair - -o open", 1, "has no IEA", NULL },
		{ "grep -v '^GE' good.837 | $X repair - --list", 1, "has no GE", NULL },
		{ "grep -v '^SE' good.837 | $X repair - --list", 1, "has no SE", NULL },
		{ "$X repair cut.837 --list", 1, "ends inside a segment", "has no SE" },
		{ "sed 's/^GE.1/GE*2/' good.837 | $X repair - --list", 0, "2 repairs", NULL },
		{ "$X repair good.837 -o folder", 73, "folder", NULL },
		{ "$X repair good.837 -o none/x", 73, "none/x", NULL },
		    { "$X repair text.837 -o x; ls x", 2, "HL7", "No such file" },
		{ "sed 's/000000001.0.T/00000000X*0*T/' good.837 > isa13; $X repair --list isa13", 0, "isa13: 0 repairs", NULL },
		{ "ls | grep -c part", 1, "0\n", NULL },
	};

	ROWS(rows);
}

Test(x12, split)
{
	static const struct shell_row rows[] = {
		{ "$X split good.837 --claims 4 -o parts && $X check parts/*", 0, "parts/000000001.0001.837: 4 claims",
		    "0 of 1 sets rejected, 4 claims; 0 errors" },
		{ "grep '^CLM' good.837 > clm; cat parts/* | grep '^CLM' | cmp - clm && echo same", 0, "same\n", NULL },
		{ "for f in parts/*; do sed -n '/^CLM/,/^HL\\|^SE/p' $f | grep -v '^HL\\|^SE'; done > p.claims; "
		    "sed -n '/^CLM/,/^HL\\|^SE/p' good.837 | grep -v '^HL\\|^SE' | cmp - p.claims && echo same",
		    0, "same\n", NULL },
		{ "grep -h '^IEA' parts/* | sort -u | wc -l; ls parts | wc -l", 0, "8\n8\n", NULL },
		{ "$X split good.837 --claims 9 -o p2 --json --control 77 && grep -h '^IEA' p2/* | head -1", 0,
		    "{\"part\":\"p2/000000001.0001.837\",\"claims\":9}",
		    "IEA*1*000000077~" },
		{ "$X split cut.837 --claims 4 -o p3; ls p3 | grep -c part", 1, "no SE", "0\n" },
		{ "sed 's/000000001.0.T/..\\/..\\/..\\/*0*T/; s/^BHT.0019.00.[^*]*/BHT*0019*00*123456789012345678901234567890/' good.837 | "
		    "$X split - --claims 9 -o p7; ls p7", 0, "Fix: put a control number of nine digits into ISA13",
		    "unknown.0001.837\n" },
		{ "grep -h '^BHT' p7/* | cut -d'*' -f4 | sort -u", 0,
		    "1234567890123456789012345678-2\n123456789012345678901234567890\n", NULL },
		{ "$X split good.837 --claims 9 -o p8 --control 999999999", 0, "on from 000000001", NULL },
		{ "$X split text.837 --claims 4 -o p4", 2, "HL7", NULL },
		{ "$X split good.837 --claims 9 -o parts", 73, "has parts of that name already", NULL },
		    { "ls parts | wc -l", 0, "8\n", NULL },
		{ "grep -v '^IEA' good.837 > open.837; $X split open.837 --claims 9 -o p5", 1, "has no IEA",
		    "0004.837: 6 claims" },
		{ "sed 's/^GE.1/GE*2/' good.837 | $X split - --claims 9 -o p6", 1, "GE01 is not", NULL },
	};

	ROWS(rows);
}

Test(x12, stats)
{
	struct str out;
	json_t *j;

	cr_assert(run("$X stats good.837 flat.837 --json --limit 3", &out) == 0, STR_FMT, STR_ARG(out));
	j = json_loadb(out.p, out.n, 0, NULL);
	cr_assert(j != NULL);
	cr_expect(json_integer_value(json_object_get(j, "files")) == 2 && json_integer_value(json_object_get(j, "claims")) == 60);
	cr_expect(json_array_size(json_object_get(j, "procedures")) == 3 && json_array_size(json_object_get(j, "findings")) == 0);
	json_decref(j);
	cr_expect(run("$X stats cut.837", &out) == 1 && strstr(out.p, "cut.837: segment ") && strstr(out.p, "has no IEA"));
	cr_expect(run("sed 's/^SE.[0-9]*/SE*5/' good.837 | $X stats -", &out) == 1 && strstr(out.p, "SE01 is not"));
	cr_expect(run("$X stats bad.837", &out) == 0);
	cr_expect(strstr(out.p, "SEGMENT_UNKNOWN") && strstr(out.p, "payer"), STR_FMT, STR_ARG(out));
}

/*
 * gen_codes.c - published codes that claims of each kind carry. ICD-10-CM codes are billable in both fiscal years
 * 2025 and 2026. Codes only, never the words of CPT. It never checks one code against another.
 */
#include "x12gen/gen.h"

#define N(list) (uint32_t)(sizeof list / sizeof *list)
#define LIST(name, ...) static const char *const name[] = { __VA_ARGS__ };
LIST(dx_office, "I10", "E119", "E1165", "E785", "E7800", "E039", "J45909", "J449", "J069", "J209", "J029", "J0190", "N390", "R42",
    "R5383", "R059", "R509", "M5450", "M542", "M25561", "M1711", "F329", "F411", "F419", "G4733", "G43909", "K219", "K5900",
    "L309", "L700", "I2510", "I4891", "N1830", "D649", "D509", "E669", "E559", "R7303", "M810", "B349", "H9201", "R0789",
    "Z23", "Z7982", "Z794", "Z87891", "G4700")
LIST(dx_hosp, "J189", "I5023", "A419", "N179", "J9601", "J441", "I214", "I639", "K5792", "L03115", "N390", "E1165", "I10", "I129")
LIST(dx_amb, "R0602", "R079", "R55", "I639", "I214", "J9601", "S72001A", "R42")
LIST(dx_anes, "K8000", "M1711", "K635", "H2513", "S52501A", "K4090")
LIST(dx_dme, "G4733", "J449", "J9601", "I5022", "J9601")
LIST(dx_chiro, "M9903", "M9904", "M9905", "M5450", "M542", "M5416")
LIST(dx_lab, "E119", "E785", "E039", "D649", "I10", "N1830", "Z79899", "R7303")
LIST(dx_mammo, "Z1231")
LIST(dx_therapy, "M5416", "M25511", "M25561", "M542", "S93401A", "M5450")
LIST(dx_out, "R079", "R0602", "R109", "S93401A", "K219", "I10", "E119", "N390", "S61401A", "K5792", "R1084", "R55", "Z1211")
LIST(reasons, "R079", "R0602", "R109", "R509", "R55", "R42", "R5383", "R059", "R1084")
LIST(inpt, "I10", "E119", "E1122", "N1830", "I129", "J449", "I4891", "I2510", "D649", "E785", "F329", "E876", "E860", "N179",
    "G4733",     "K219", "E669", "J9601")
#undef LIST

static const struct { const char *const *v; uint32_t n; } dx[K_KINDS] = {
	[K_OFFICE] = { dx_office, N(dx_office) }, [K_HOSP] = { dx_hosp, N(dx_hosp) }, [K_AMB] = { dx_amb, N(dx_amb) },
	[K_ANES] = { dx_anes, N(dx_anes) }, [K_DME] = { dx_dme, N(dx_dme) }, [K_CHIRO] = { dx_chiro, N(dx_chiro) },
	[K_DRUG] = { dx_office, N(dx_office) }, [K_LAB] = { dx_lab, N(dx_lab) }, [K_MAMMO] = { dx_mammo, N(dx_mammo) },
	[K_THERAPY] = { dx_therapy, N(dx_therapy) }, [K_INPT] = { inpt, N(inpt) }, [K_OUT] = { dx_out, N(dx_out) },
	[K_CAH] = { dx_out, N(dx_out) }, [K_RHC] = { dx_office, N(dx_office) },
};

const char *
dx_pick(struct rng *r, enum kind k)
{
	return dx[k].v[rng_below(r, dx[k].n)];
}

const char *
dx_reason(struct rng *r)
{
	return reasons[rng_below(r, N(reasons))];
}

/* code, modifiers, revenue code (of anesthesia: the operation), charge from and to, units, is it a laboratory test */
static const struct proc office[] = {
	{ "99213", "", "", 90, 160, 1, 0 }, { "99214", "", "", 130, 240, 1, 0 }, { "99203", "", "", 120, 220, 1, 0 },
	{ "99212", "", "", 50, 90, 1, 0 }, { "99214", "25", "", 130, 240, 1, 0 }, { "99202", "", "", 70, 130, 1, 0 },
	{ "36415", "", "", 8, 20, 1, 0 }, { "93000", "", "", 30, 80, 1, 0 }, { "81003", "QW", "", 6, 18, 1, 1 },
	{ "87880", "QW", "", 18, 40, 1, 1 }, { "90471", "", "", 20, 45, 1, 0 }, { "20610", "RT", "", 90, 180, 1, 0 },
	{ "69210", "", "", 50, 110, 1, 0 }, { "17110", "", "", 100, 190, 1, 0 }, { "94640", "", "", 20, 50, 1, 0 },
	{ "73630", "LT", "", 35, 90, 1, 0 }, { "71046", "", "", 40, 110, 1, 0 }, { "11042", "", "", 120, 260, 1, 0 },
};
static const struct proc hosp[] = {
	{ "99231", "", "", 60, 110, 1, 0 }, { "99232", "", "", 100, 170, 1, 0 }, { "99233", "", "", 140, 260, 1, 0 },
	{ "99223", "AI", "", 250, 420, 1, 0 }, { "99238", "", "", 100, 180, 1, 0 }, { "93010", "", "", 15, 40, 1, 0 },
	{ "71045", "26", "", 15, 35, 1, 0 },
};
static const struct proc amb[] = {
	{ "A0429", "RH", "", 450, 800, 1, 0 }, { "A0425", "RH", "", 9, 18, 12, 0 }, { "A0427", "RH", "", 600, 1100, 1, 0 },
	{ "A0428", "RH", "", 300, 520, 1, 0 },
};
static const struct proc anes[] = {
	{ "00790", "AA:P2", "47562", 8, 14, 95, 0 }, { "01402", "QZ:P3", "27447", 8, 14, 120, 0 },
	{ "00812", "AA:P1", "45378", 8, 14, 32, 0 },
	{ "00142", "QK:P2", "66984", 8, 14, 25, 0 }, { "00840", "QX:P2", "49505", 8, 14, 74, 0 },
};
static const struct proc dme[] = {
	{ "E0601", "RR:KH", "", 70, 130, 1, 0 }, { "E1390", "RR", "", 150, 260, 1, 0 }, { "K0001", "RR", "", 40, 90, 1, 0 },
	{ "E0260", "RR", "", 110, 190, 1, 0 }, { "E0570", "RR", "", 20, 50, 1, 0 },
};
static const struct proc chiro[] = {
	{ "98940", "AT", "", 30, 60, 1, 0 }, { "98941", "AT", "", 40, 80, 1, 0 }, { "98942", "AT", "", 55, 95, 1, 0 },
};
static const struct proc drugs[] = {
	{ "96372", "", "", 25, 60, 1, 0 }, { "99213", "25", "", 90, 160, 1, 0 }, { "36415", "", "", 8, 20, 1, 0 },
};
static const struct proc lab[] = {
	{ "80053", "", "", 15, 60, 1, 1 }, { "85025", "", "", 10, 40, 1, 1 }, { "83036", "", "", 12, 45, 1, 1 },
	{ "80061", "", "", 18, 70, 1, 1 }, { "84443", "", "", 20, 80, 1, 1 }, { "80048", "", "", 12, 50, 1, 1 },
};
static const struct proc mammo[] = { { "77067", "", "", 140, 320, 1, 0 }, { "77063", "", "", 50, 110, 1, 0 } };
static const struct proc therapy[] = {
	{ "97110", "GP", "", 35, 60, 2, 0 }, { "97140", "GP:59", "", 30, 60, 1, 0 }, { "97530", "GP", "", 35, 65, 1, 0 },
	{ "97112", "GP", "", 35, 60, 1, 0 }, { "97161", "GP", "", 90, 160, 1, 0 },
};
static const struct proc inpt_procs[] = {
	{ "", "", "0250", 180, 2900, 1, 0 }, { "", "", "0258", 60, 700, 1, 0 }, { "", "", "0270", 90, 1500, 1, 0 },
	{ "", "", "0300", 60, 900, 1, 0 }, { "", "", "0301", 80, 1400, 1, 0 }, { "", "", "0305", 50, 600, 1, 0 },
	{ "", "", "0320", 120, 900, 1, 0 }, { "", "", "0350", 500, 3200, 1, 0 }, { "", "", "0410", 60, 700, 1, 0 },
	{ "", "", "0420", 120, 800, 1, 0 }, { "", "", "0450", 300, 2200, 1, 0 }, { "", "", "0730", 90, 400, 1, 0 },
};
static const struct proc rooms[] = {
	{ "", "", "0120", 900, 2200, 1, 0 }, { "", "", "0110", 1000, 2600, 1, 0 }, { "", "", "0206", 1900, 4200, 1, 0 },
	{ "", "", "0200", 2800, 6100, 1, 0 },
};
static const struct proc out[] = {
	{ "36415", "", "0300", 10, 30, 1, 0 }, { "80053", "", "0301", 40, 160, 1, 0 }, { "85025", "", "0305", 30, 120, 1, 0 },
	{ "99284", "25", "0450", 500, 1900, 1, 0 }, { "99283", "", "0450", 300, 1100, 1, 0 },
	{ "G0463", "", "0510", 110, 320, 1, 0 },
	{ "71046", "", "0324", 120, 420, 1, 0 }, { "70450", "", "0351", 600, 2600, 1, 0 },
	{ "74177", "", "0352", 900, 4100, 1, 0 },
	{ "93005", "", "0730", 80, 260, 1, 0 }, { "97110", "GP", "0420", 60, 140, 2, 0 }, { "", "", "0250", 20, 400, 1, 0 },
	{ "76700", "", "0402", 300, 900, 1, 0 }, { "94640", "", "0410", 60, 210, 1, 0 }, { "96372", "", "0510", 60, 190, 1, 0 },
};
static const struct proc rhc[] = { { "99213", "", "0521", 120, 260, 1, 0 }, { "99214", "", "0521", 160, 320, 1, 0 } };

#define P(list) { list, N(list) }
static const struct { const struct proc *v; uint32_t n; } procs[K_KINDS] = {
	[K_OFFICE] = P(office), [K_HOSP] = P(hosp), [K_AMB] = P(amb), [K_ANES] = P(anes), [K_DME] = P(dme), [K_CHIRO] = P(chiro),
	[K_DRUG] = P(drugs), [K_LAB] = P(lab), [K_MAMMO] = P(mammo), [K_THERAPY] = P(therapy), [K_INPT] = P(inpt_procs),
	[K_OUT] = P(out), [K_CAH] = P(out), [K_RHC] = P(rhc),
};

const struct proc *
proc_pick(struct rng *r, enum kind k)
{
	return &procs[k].v[rng_below(r, procs[k].n)];
}

const struct proc *
proc_room(struct rng *r)
{
	return &rooms[rng_below(r, N(rooms))];
}

/* National drug codes of a labeler that does not exist. */
static const struct drug drug[] = {
	{ "J1885", "99901001001", "ML", 12 }, { "J3301", "99901002005", "ML", 18 }, { "J0696", "99901003010", "UN", 9 },
	{ "J1100", "99901004001", "ML", 4 }, { "J3420", "99901005030", "ML", 7 }, { "J2405", "99901006002", "ML", 3 },
};

const struct drug *
drug_pick(struct rng *r)
{
	return &drug[rng_below(r, N(drug))];
}

static const struct stay stays[] = {
	{ "A419", "871", "", "R509" }, { "I5023", "291", "", "R0602" }, { "J189", "194", "", "R0602" },
	{ "N390", "690", "", "R509" },
	{ "M1711", "470", "0SRC0J9", "M1711" }, { "L03115", "603", "", "R509" }, { "J441", "190", "", "R0602" },
	{ "K8000", "419", "0FT44ZZ", "R109" }, { "K5792", "392", "", "R109" }, { "S72001A", "522", "0SRR0J9", "S72001A" },
	{ "I214", "281", "4A023N7", "R079" }, { "I639", "065", "", "R42" }, { "J9601", "189", "5A1945Z", "R0602" },
};

const struct stay *
stay_pick(struct rng *r)
{
	return &stays[rng_below(r, N(stays))];
}

const char *
taxonomy_of(struct rng *r, enum kind k)
{
	static const char *const doctors[] = { "207Q00000X", "207R00000X", "208D00000X", "363LF0000X", "207RC0000X",
	    "208600000X" };
	static const char *const of[K_KINDS] = {
		[K_AMB] = "3416L0300X", [K_ANES] = "207L00000X", [K_DME] = "332B00000X", [K_CHIRO] = "111N00000X",
		[K_LAB] = "291U00000X",
		[K_MAMMO] = "2085R0202X", [K_THERAPY] = "225100000X", [K_INPT] = "282N00000X", [K_OUT] = "282N00000X",
		[K_CAH] = "282NC0060X", [K_RHC] = "261QR1300X",
	};

	return of[k] ? of[k] : doctors[rng_below(r, N(doctors))];
}

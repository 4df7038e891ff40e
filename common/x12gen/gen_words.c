/* gen_words.c - words for invented people, streets, practices and payers. Nobody is real; cities are made up, states are not. */
#include "x12gen/gen.h"

#define LIST(name, ...) static const char *const name[] = { __VA_ARGS__ };
LIST(last, "VARNEK", "OSTELLO", "BRIMWICK", "TARNHOLT", "QUILLARD", "DESMAREN", "FENWORTH", "GALBRICE", "HOLVERSTAD", "IRWELL",
    "JASTROW", "KELDERMAN", "LORVANE", "MORTESSA", "NORVALD", "OAKRIDGE", "PELLINGHAM", "QUORNE", "RAVENSKI", "SOLBERGH",
    "TREVANION", "ULVERTON", "VESTERGARD", "WEXCOMBE", "YARDLOW", "ZELAZNIK", "ABERNOTH", "BELCASTRA", "CORDWAY", "DUNMARSH",
    "ELLERGREN", "FARRADON", "GRIMSHAW-OBI", "HARKNETT", "ISELIN", "JUNNARK", "KORVATH", "LINDENOW", "MARCHETTO", "NAKASHIN",
    "OYELARA", "PRZYBOR", "QUINTAVAL", "ROSENFJELD", "SANTARENA", "TULLOCH", "UMBERLAIN", "VANDERLOON", "O'TERREL", "DE LA MORRA")
LIST(female, "ALDITH", "BRENNA", "CORALINE", "DELPHA", "ELSBETH", "FIORELLA", "GRETEL", "HESPERIA", "ILEANA", "JORUNN", "KATYA",
    "LUCINDE", "MARISKA", "NOELIA", "ORSOLA", "PERPETUA", "QUENBY", "ROSAMUND", "SUNNIVA", "TAMSIN", "URSINA", "VIVECA",
    "WILHELMA", "YSOLDE")
LIST(male, "ANSELM", "BALTHUS", "CORWIN", "DORIAN", "EDGARD", "FABRICE", "GIDEON", "HALVAR", "ISIDOR", "JAROMIR", "KASPAR",
    "LEOPOLD", "MATTHIS", "NESTOR", "OTTOMAR", "PHILO", "QUENTYN", "RUFUS", "SEVERIN", "TOBIN", "ULRIK", "VALENTIN", "WENDEL",
    "YORICK")
LIST(street, "ASHLAR ST", "BIRCHMERE RD", "CINDERFORD AVE", "DOVECOTE LN", "ELDERBERRY CT", "FOXGLOVE DR", "GRANARY WAY",
    "HAWTHORN BLVD", "INKWELL PL", "JUNIPER TER", "KESTREL CIR", "LANTERN HILL RD", "MILLRACE PKWY", "NUTHATCH ST",
    "ORCHARD GATE")
LIST(practice, "COPPERLEAF", "BLUEHERON", "STONEBRIDGE", "LARKSPUR", "WILLOWMERE", "HIGHFIELD", "THREE RIVERS", "SUNMEADOW",
    "FERNBANK", "KINGSWELL", "OLD MILL", "PEBBLEBROOK")
LIST(hospital, "ST ALBARINE", "MERCIFORD", "GOOD HARBOR", "NORTHMERE", "WESTHAVEN", "CEDARCROFT", "LAKE ORRIN", "ELMHOLLOW")
#undef LIST

#define N(list) (uint32_t)(sizeof list / sizeof *list)
static const struct { const char *const *v; uint32_t n; } lists[W_COUNT] = {
	{ last, N(last) }, { female, N(female) }, { male, N(male) }, { street, N(street) }, { practice, N(practice) },
	{ hospital, N(hospital) },
};

const char *
word_pick(struct rng *r, enum word_list w)
{
	return lists[w].v[rng_below(r, lists[w].n)];
}

static const struct place places[] = {
	{ "ARBORTON", "OH", "432" }, { "BRINEPORT", "FL", "331" }, { "CALDERA FALLS", "WA", "981" }, { "DUSKWOOD", "TX", "752" },
	{ "EASTMARCH", "NY", "112" }, { "FALLOWDALE", "PA", "191" }, { "GLENCAIRN", "IL", "606" }, { "HARROWGATE", "GA", "303" },
	{ "IRONVALE", "MI", "482" }, { "JUNEBERRY", "CO", "802" }, { "KINGSREACH", "CA", "900" }, { "LOWER TARN", "MA", "021" },
	{ "MOSSBANK", "OR", "972" }, { "NEW ELDEN", "AZ", "850" }, { "OXMOOR", "NC", "276" }, { "PINEHALLOW", "MN", "554" },
};

const struct place *
place_pick(struct rng *r)
{
	return &places[rng_below(r, N(places))];
}

static const struct payer payers[PAYERS] = {
	{ "NORTHFELL HEALTH PLAN", "NFH01", "CI" }, { "BLUE ALDER OF ARBORTON", "BAL32", "BL" },
	{ "MERIDIAN VALE HMO", "MVH77", "HM" },
	{ "PARAGON EMPLOYEES TRUST", "PET10", "12" }, { "CASCADIA MUTUAL", "CSM44", "CI" }, { "OPEN HARBOR PPO", "OHP21", "12" },
	{ "UNITY GRANGE BENEFITS", "UGB55", "CI" }, { "SILVERLINE INDEMNITY", "SLI08", "15" },
	{ "TRELLIS POINT OF SERVICE", "TPS63", "13" },
	{ "STATE MEDICAL ASSISTANCE", "SMA90", "MC" }, { "MEDICARE PART B INVENTED", "MBX01", "MB" },
	{ "MEDICARE PART A INVENTED", "MAX01", "MA" },
};

const struct payer *
payer_at(uint32_t i)
{
	return &payers[i % PAYERS];
}

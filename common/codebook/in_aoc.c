/* in_aoc.c - NCCI add-on code edits: the published sheet, or its columns as tab-separated text; days are CCYYDDD or CCYY. */
#include "codebook/ncci.h"

static int
aoc_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	char room[2][CODE_MAX];
	struct str addon = cb_code_text(row->c[CB_CELL(CC_AOC_ADDON)], room[0]);
	struct str primary = cb_code_text(row->c[CB_CELL(CC_AOC_PRIMARY)], room[1]);

	(void)in, (void)r;
	return addon.n == 5 && cb_code_plain(addon) && primary.n == 5 && cb_code_plain(primary) ? 0 : E_VALUE;
}

int
cb_read_aoc(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_AOC_ADDON, "Add-On_Code|Add-On Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_AOC_PRIMARY, "Primary_Code|Primary Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_AOC_TYPE, "AOC_Edit_Type|AOC Edit Type", AS_WORD, 0, 1, 0, 0, "1=1|2=2|3=3" },
		{ CC_AOC_ADDON_TO, "AOC_DelDT|AOC DelDT", AS_LAST, 0, 0, 0, 0, NULL },
		{ CC_AOC_PRIMARY_TO, "Primary_Code_DelDT|Primary Code DelDT", AS_LAST, 0, 0, 0, 0, NULL },
		{ -1, "AOC_Edit_EffDT|AOC Edit EffDT", AS_FROM_ANY, 0, 0, 0, 0, NULL },
		{ -1, "AOC_Edit_DelDT|AOC Edit DelDT", AS_TO_ANY, 0, 0, 0, 0, NULL },
		{ CC_AOC_NOTES, "Special_Instruction_Notes|Special Instruction Notes|Special*", AS_TEXT, 0, 2, 0, 0, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_AOC, .sep = '\t', .quoted = true, .windows_1252 = true, .fields = fields,
	    .more = aoc_more };
	int rc = cb_ncci_release(in);

	return rc < 0 ? rc : cb_read_layout(in, &lay);
}

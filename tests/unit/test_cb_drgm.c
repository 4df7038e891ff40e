/* test_cb_drgm.c - the Definitions Manual of the grouper and that of the code editor: small files, good and bad. */
#include "support/books.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(cb_drgm, .init = open_arena, .fini = close_arena);

#define BAR		":======================================================================:\r\n"
#define BOX(title)	BAR "|     " title "     |\r\n" BAR "\r\n"
#define LIST_HEAD	BOX("Appendix A List of MS-DRGs Version 40.0") "The letter M is used to designate a medical\r\n\r\n" \
			"DRG MDC MS Description\r\n"
#define LIST_END	"999        UNGROUPABLE\r\n"
#define INDEX_HEAD	BOX("Appendix B Diagnosis Code/MDC/MS-DRG Index") " I10 Dx  MDC DRG(s)      ICD-10-CM Description\r\n"
#define INDEX_END	" Z9989   23  951         Dependence\r\n"
#define CC_HEAD		BOX("Appendix C Complications or Comorbidities Exclusion List") \
			"Appendix C Part 1: List of CC and Major CC Codes\r\n"
#define CC_V42		" I10 Dx  Lev PDX Exclusions   ICD-10-CM Description\r\n"
#define CC_V43		" I10 Dx  Lev HAC PDX Exclusions   ICD-10-CM Description\r\n"
#define SURGICAL	BOX("Appendix D MS-DRG Surgical Hierarchy by MDC and MS-DRG") "MDC 00 Pre-MDC\r\n" \
			"  018     Chimeric Antigen Receptor\r\n  001-002 Heart Transplant\r\nMDC 01 Nervous System\r\n" \
			"  020-022 Intracranial\r\n"
#define PX_HEAD		"\r\n=====\r\nAppendix E Operating Room Procedures and Procedure Code/MS-DRG Index\r\n=====\r\n\r\n" \
			"    CODE    MDC MS-DRG  SURGICAL CATEGORY\r\n"
#define PX_END		"\r\nProcedure Cluster/MS-DRG Index\r\n  0SRV0J9          08  461-462 Bilateral\r\n" \
	"  and 0SPC0EZ      08  466-468 Revision\r\n"
#define GRID		"+----------+----------+\r\n| Heart Transplant    |\r\n+----------+----------+\r\n" \
	"|   MCC    |   DRG    |\r\n" \
			"+----------+----------+\r\n|   Yes    |   001    |\r\n+----------+----------+\r\n" \
			"|    No    |   002    |\r\n" \
			"+----------+----------+\r\n\r\nDRG 001 Heart Transplant with MCC\r\n" \
			"DRG 002 Heart Transplant without MCC\r\n\r\n"
#define PRE_MDC		BOX("Pre-MDC") GRID "HEART TRANSPLANT\r\nOPERATING ROOM PROCEDURES\r\n\r\n" \
			"  02YA0Z0       Transplantation of Heart\r\n  02RK0JZ       Replacement of Right Ventricle\r\n" \
			"   and 02RL0JZ  Replacement of Left Ventricle\r\n\r\n  02HA0RS       Insertion\r\n" \
			"   and 02PA0RZ* Removal\r\n" \
			"   and 02PA3RZ  Removal\r\n\r\nNON-OPERATING ROOM PROCEDURES\r\n3E033GC* Introduction\r\n"
#define UNRELATED	BOX("Appendix F Unrelated Operating Room Procedures (MS-DRGs 981-989)") GRID \
			"OPERATING ROOM PROCEDURES\r\nAll other procedures\r\n\r\n" \
			GRID "ONLY OPERATING ROOM PROCEDURES\r\n\r\n" \
			"  00BF0ZZ Excision of Olfactory Nerve\r\n\r\n"
#define LEVELS		BOX("Appendix G Diagnoses Defined as CC") "Diagnoses in Appendix G are\r\n\r\n  A000    Cholera\r\n\r\n" \
			BOX("Appendix H Diagnoses Defined as MCC") "Part II are assigned\r\n\r\n  I462    Cardiac arrest\r\n" \
			    "  A021    Sepsis\r\n" \
			"\r\nAppendix H Part 2: Codes that are Major CC only if patient discharged alive\r\n\r\n" \
			"  I462  Cardiac arrest\r\n\r\n"
#define HACS		BOX("Appendix I Hospital Acquired Conditions (HACS) List") "HAC 08: SURGICAL SITE INFECTION\r\n" \
	"PROCEDURES\r\n\r\n" \
			"  0210083 Bypass\r\n\r\nNON-OPERATING ROOM PROCEDURES\r\n0RQEXZZ* Repair\r\n\r\nAND\r\n" \
			"SECONDARY DIAGNOSIS\r\n\r\n" \
			"  J9851   MCC Mediastinitis\r\n"
#define MCE_TOP		"\nDefinitions of Medicare Code Edits\nICD-10 Version\nv43.1 April 2026\n\nTable of Contents\n" \
			"Chapter 1: Edit code lists\t7\n4. Age conflict\t8\nChapter 2: Code list changes\t267\n\nAbout\n\n" \
			"Chapter 1: Edit code lists\nBelow is a list. \n1. Invalid\n2. External causes\n3. Duplicate of PDX\n" \
			"4. Age conflict\n" \
			"5. Sex conflict\n6. Manifestation\n7. Non-specific\n8. Questionable admission\n9. Unacceptable\n\n" \
			"1. Invalid\nThe editor checks.\n" \
			"2. External causes\n3. Duplicate of PDX\n4. Age conflict\n"
#define MCE_BODY	"A. Newborn diagnoses\nA33\tTetanus\n P0700 \t\tLow birth weight \n" \
	"C. Maternity diagnoses (age 9 through 64)\nO80*\tDelivery\n" \
			"5. Sex conflict\n6. Manifestation\n7. Non-specific\n8. Questionable admission\n" \
			"A. Some diagnoses are not sufficient.\n" \
			"Questionable admission codes\nR030\tElevated blood\x92s pressure\nQuestionable obstetric admission\n" \
			"B. The following procedures are considered.\n1. Cesarean section procedure codes\n" \
			"10D00Z0\tExtraction\n" \
			"2. Vaginal delivery procedure codes\n10E0XZZ \tDelivery\n9. Unacceptable\nOne is acceptable.\n" \
			"Z5189\tAftercare\n" \
			"Note: This code is identified with an asterisk.\nUnacceptable principal diagnosis codes\n" \
			"*Z5189\tAftercare\n"
#define MCE_END		"Chapter 2: Code list changes\n9. Unacceptable\nZ999\tremoved\n"

struct want { enum code_set set; row_t row; const char *text; };

static const struct good {
	const char	*name, *path, *text;
	row_t		 rows;			/* of the table of the first row wanted */
	struct want	 want[6];
} good[] = {
	{ "A: version of the title", "manual/appendix_A.txt", LIST_HEAD "001     P  HEART TRANSPLANT WITH MCC\r\n020 01  M  X\r\n"
	    LIST_END, 3,
	    { { CS_DRGM_LIST, 0, "1||P|HEART TRANSPLANT WITH MCC|2022-10-01|" }, { CS_DRGM_LIST, 1, "20|1|M|X|2022-10-01|" },
	      { CS_DRGM_LIST, 2, "999|||UNGROUPABLE|2022-10-01|" } } },
	{ "B: version of the folder, codes of seven characters, two ranges", "v42.1/appendix_B.txt", INDEX_HEAD
	    " A360    Pre 011-013     Pharyngeal diphtheria\r\n         03  154-156     \r\n T3111XA 22  927,933     Burns\r\n"
	    INDEX_END, 5,
	    { { CS_DRGM_DX_MDC, 0, "A360|0|11|13|2025-04-01|" }, { CS_DRGM_DX_MDC, 1, "A360|3|154|156|2025-04-01|" },
	      { CS_DRGM_DX_MDC, 2, "T3111XA|22|927|927|2025-04-01|" }, { CS_DRGM_DX_MDC, 3, "T3111XA|22|933|933|2025-04-01|" },
	      { CS_DRGM_DX_MDC, 4, "Z9989|23|951|951|2025-04-01|" } } },
	{ "C: columns of v42", "v42/appendix_C.txt",
	    CC_HEAD CC_V42 " A000    CC  0002:2 codes     Cholera\r\n I462    MCC No Exclusions    Arrest\r\n"
	    "\r\nPDX collection 0002\r\n  A000    Cholera\r\n  A001    Cholera\r\n\r\n"
	    "Appendix C Part 2: Codes that are Major CC only if patient discharged alive\r\n\r\n  I462    Arrest\r\n", 2,
	    { { CS_DRGM_CC, 0, "A000|1|2||||2024-10-01|" }, { CS_DRGM_CC, 1, "I462|2|-1||1||2024-10-01|" },
	      { CS_DRGM_PDX, 0, "2|A000|2024-10-01|" }, { CS_DRGM_PDX, 1, "2|A001|2024-10-01|" } } },
	{ "C: columns of v43 and part 3", "v43.1/appendix_C.txt", CC_HEAD CC_V43 " A000    CC     0002:1 code      Cholera\r\n"
	    " T80211A CC  07 0002:1 code      Infection\r\n\r\nPDX collection 0002\r\n  A000    Cholera\r\n\r\n"
	    "Appendix C Part 3: Secondary Diagnosis CC/MCC Severity Exclusions in Select MS-DRGs\r\n\r\n"
	    "MDC 25 DRGs 974-976 HIV with Major Related Condition\r\n\r\n  A000   Cholera\r\nDRG 008 One\r\n  B20    HIV\r\n", 2,
	    { { CS_DRGM_CC, 0, "A000|1|2||||2026-04-01|" }, { CS_DRGM_CC, 1, "T80211A|1|2|7|||2026-04-01|" },
	      { CS_DRGM_CC_OFF, 0, "A000|974|976|2026-04-01|" }, { CS_DRGM_CC_OFF, 1, "B20|8|8|2026-04-01|" } } },
	{ "D and E", "v43.1/appendix_D_E.txt",
	    SURGICAL PX_HEAD "  0016070   01  031-033 Ventricular Shunt\r\n            17  820-822 Lymphoma\r\n"
	    "  10D07Z3*  14  768     Vaginal\r\n  0SRV0J9+  08  461     Joint\r\n" PX_END, 3,
	    { { CS_DRGM_SURGICAL, 0, "0|1|18|18|Chimeric Antigen Receptor|Pre-MDC|2026-04-01|" },
	      { CS_DRGM_SURGICAL, 2, "1|1|20|22|Intracranial|Nervous System|2026-04-01|" },
	      { CS_DRGM_PX, 0, "0016070|1|31|33||Ventricular Shunt|2026-04-01|" },
	      { CS_DRGM_PX, 1, "0016070|17|820|822||Lymphoma|2026-04-01|" },
	      { CS_DRGM_PX, 2, "0SRV0J9|8|461|461|+|Joint|2026-04-01|" },
	      { CS_DRGM_PX, 3, "10D07Z3|14|768|768|*|Vaginal|2026-04-01|" } } },
	{ "F to I", "v40/appendix_F_J.txt", UNRELATED LEVELS HACS, 3,
	    { { CS_DRGM_CC, 0, "A000|1|||||2022-10-01|" }, { CS_DRGM_CC, 2, "I462|2|||1||2022-10-01|" },
	      { CS_DRGM_RULE, 0, "29|1|001 002|OPERATING ROOM PROCEDURES; All other procedures|2022-10-01|" },
	      { CS_DRGM_RULE_CODE, 0, "00BF0ZZ|29|2|0|0|2022-10-01|" },
	      { CS_DRGM_HAC, 1, "8|2|0RQEXZZ||1|NON-OPERATING ROOM PROCEDURES|2022-10-01|" },
	      { CS_DRGM_HAC, 2, "8|3|J9851|2|0|AND; SECONDARY DIAGNOSIS|2022-10-01|" } } },
	{ "MDC chapter: grid and lists", "v43.1/mdcs_00_00.txt", PRE_MDC, 2,
	    { { CS_DRGM_GRID, 0, "1|Heart Transplant|MCC Yes|2026-04-01|" },
	    { CS_DRGM_GRID, 1, "2|Heart Transplant|MCC No|2026-04-01|" },
	      { CS_DRGM_RULE, 0, "0|1|001 002|HEART TRANSPLANT; OPERATING ROOM PROCEDURES|2026-04-01|" },
	      { CS_DRGM_RULE, 1, "0|2|001 002|HEART TRANSPLANT; NON-OPERATING ROOM PROCEDURES|2026-04-01|" } } },
	{ "MDC chapter: clusters", "v43.1/mdcs_00_00.txt", PRE_MDC, 7,
	    { { CS_DRGM_RULE_CODE, 0, "02HA0RS|0|1|2|0|2026-04-01|" }, { CS_DRGM_RULE_CODE, 1, "02PA0RZ|0|1|2|1|2026-04-01|" },
	      { CS_DRGM_RULE_CODE, 3, "02RK0JZ|0|1|1|0|2026-04-01|" }, { CS_DRGM_RULE_CODE, 4, "02RL0JZ|0|1|1|0|2026-04-01|" },
	      { CS_DRGM_RULE_CODE, 5, "02YA0Z0|0|1|0|0|2026-04-01|" },
	      { CS_DRGM_RULE_CODE, 6, "3E033GC|0|2|0|1|2026-04-01|" } } },
	{ "MDC chapter: assignment, a DRG of words only", "v43.1/mdcs_22_23.txt",
	    BOX("MDC 22 Burns") "MDC 22 Assignment of Diagnosis Codes\r\n\r\n"
	    "  T2000XA Burn\r\n\r\n" BOX("MDC 23 Factors") "DRG 977 HIV\r\n\r\nAny combination\r\n", 2,
	    { { CS_DRGM_RULE, 0, "22|1||MDC 22 Assignment of Diagnosis Codes|2026-04-01|" },
	      { CS_DRGM_RULE, 1, "23|1|977|Any combination|2026-04-01|" },
	      { CS_DRGM_RULE_CODE, 0, "T2000XA|22|1|0|0|2026-04-01|" } } },
	{ "A as a table", "v41.1/appendix_A.tsv", "MS_DRG\tMDC\tTYPE_M_P\tTITLE\n001\t\tP\tHEART\n020\t01\tM\tX\n", 2,
	    { { CS_DRGM_LIST, 0, "1||P|HEART|2024-04-01|" }, { CS_DRGM_LIST, 1, "20|1|M|X|2024-04-01|" } } },
	{ "B as a table", "v41.1/appendix_B_codes.tsv",
	    "ICD10CM_CODE\tMDC\tMS_DRG_RANGE\nA360\tPre\t011-013\nT3111\t22\t927,933\n", 3,
	    { { CS_DRGM_DX_MDC, 0, "A360|0|11|13|2024-04-01|" }, { CS_DRGM_DX_MDC, 2, "T3111|22|933|933|2024-04-01|" } } },
	{ "C as a table", "v41.1/appendix_C_cc_mcc.tsv",
	    "ICD10CM_CODE\tLEVEL\tPDX_COLLECTION\tHOW\tCANDIDATES\nA000\tCC\t0002\tdirect\t\n"
	    "J1282\tMCC\tNONE\tdirect\t\nM800AXA\tCC\t\tunresolved\t1266,1267\n", 3,
	    { { CS_DRGM_CC, 0, "A000|1|2||||2024-04-01|" }, { CS_DRGM_CC, 1, "J1282|2|-1||||2024-04-01|" },
	      { CS_DRGM_CC, 2, "M800AXA|1||||1266,1267|2024-04-01|" } } },
	{ "collections as a table", "v41.1/appendix_C_pdx_collections.tsv",
	    "PDX_COLLECTION\tICD10CM_PDX_CODE\n0002\tA000\n0002\tA001\n", 2,
	    { { CS_DRGM_PDX, 1, "2|A001|2024-04-01|" } } },
	{ "D as a table", "v41.1/appendix_D.tsv",
	    "MDC\tMDC_TITLE\tMS_DRG\tSURGICAL_CLASS\n00\tPre-MDC\t018\tCAR\n00\tPre-MDC\t001\tHeart\n"
	    "01\tNervous\t020\tVascular\n", 3,
	    { { CS_DRGM_SURGICAL, 1, "0|2|1|1|Heart|Pre-MDC|2024-04-01|" },
	    { CS_DRGM_SURGICAL, 2, "1|1|20|20|Vascular|Nervous|2024-04-01|" } } },
	{ "H as a table", "v41.1/appendix_H_mcc.tsv", "ICD10CM_CODE\tTITLE\tLEVEL\nA021\tSepsis\tMCC\n", 1,
	    { { CS_DRGM_CC, 0, "A021|2|||||2024-04-01|" } } },
	{ "code editor", "Definitions of Medicare Code Edits_v_43_1.txt", MCE_TOP MCE_BODY MCE_END, 7,
	    { { CS_MCEM_CODE, 0, "10D00Z0|8.B.1|1. Cesarean section procedure codes||0|Extraction|2026-04-01|" },
	      { CS_MCEM_CODE, 2, "A33|4.A|A. Newborn diagnoses||0|Tetanus|2026-04-01|" },
	      { CS_MCEM_CODE, 3, "O80|4.C|C. Maternity diagnoses (age 9 through 64)||1|Delivery|2026-04-01|" },
	      { CS_MCEM_CODE, 4, "P0700|4.A|A. Newborn diagnoses||0|Low birth weight|2026-04-01|" },
	      { CS_MCEM_CODE, 5, "R030|8.A|Questionable admission codes||0|Elevated blood\xe2\x80\x99s pressure|2026-04-01|" },
	      { CS_MCEM_CODE, 6, "Z5189|9|Unacceptable principal diagnosis codes||1|Aftercare|2026-04-01|" } } },
	{ "code editor, rules", "mce_v41.1_diagnosis_edits.tsv",
	    "EDIT_GROUP\tEDIT_RULE\tICD10CM_CODE\tTITLE\nSex\tFemale only\tO80\tDelivery\n", 1,
	    { { CS_MCEM_CODE, 0, "O80|Sex|Female only|||Delivery|2024-04-01|" } } },
	{ "code editor, simple", "MCE_Simple_Code_Edits_v37.txt",
	    "MCE_Version\tICD_Version\tMCE_Section\tMCE_Subsection\tMCE_Edit_Type\t"
	    "ICD_Code_Type\tICD_Code\tICD_Desc\n37\t10\t4\tA\tNewborn_Only\tD\tA33\tTetanus\n"
	    "37\t10\t6\t_\tManifestation\tD\tB20\tX\n", 2,
	    { { CS_MCEM_CODE, 0, "A33|4.A|Newborn_Only|D||Tetanus|2019-10-01|" },
	    { CS_MCEM_CODE, 1, "B20|6|Manifestation|D||X|2019-10-01|" } } },
};

Test(cb_drgm, good_files)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		const struct paper file = { good[i].path, good[i].text, 0 };
		struct faults f = { .a = &a };
		struct book b;
		int rc = books_of(&file, 1, &f, &b);

		cr_expect(rc == 0 && f.n == 0, "%s: %s %.*s %.*s", good[i].name, err_name(rc), f.n ? (int)f.v[0].place.n : 0,
		    f.n ? f.v[0].place.p : "", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
		cr_expect(rc != 0 || codebook_count(b.cb, good[i].want[0].set) == good[i].rows, "%s: %d rows", good[i].name,
		    rc ? 0 : codebook_count(b.cb, good[i].want[0].set));
		for (size_t k = 0; rc == 0 && k < 6 && good[i].want[k].text; k++) {
			const struct want *w = &good[i].want[k];
			struct str is = books_row(&a, b.cb, w->set, w->row);

			cr_expect(str_is(is, w->text), "%s: %.*s", good[i].name, STR_ARG(is));
		}
		book_close(&b);
	}
}

static const struct { const char *name, *path, *text; int rc; const char *place; } bad[] = {
	{ "no box", "v40/appendix_A.txt", "DRG MDC MS Description\n" LIST_END, E_MALFORMED,
	    "v40/appendix_A.txt line 1 column 1" },
	{ "no heading", "appendix_A.txt", BOX("Appendix A List of MS-DRGs Version 40.0") LIST_END, E_UNSUPPORTED,
	    "appendix_A.txt line 5 column 1" },
	{ "no version anywhere", "appendix_B.txt", INDEX_HEAD INDEX_END, E_INCOMPLETE, "appendix_B.txt" },
	{ "a version of no known day", "v37.2/appendix_B.txt", INDEX_HEAD INDEX_END, E_UNSUPPORTED, "v37.2/appendix_B.txt" },
	{ "list that is cut", "appendix_A.txt", LIST_HEAD "001     P  HEART\r\n", E_INCOMPLETE,
	    "appendix_A.txt line 8 column 1" },
	{ "list that is cut in a line", "appendix_A.txt", LIST_HEAD "001     P  HEART\r\n002     ", E_MALFORMED,
	    "appendix_A.txt line 9 column 1" },
	{ "neither M nor P", "appendix_A.txt", LIST_HEAD "001     S  HEART\r\n" LIST_END, E_MALFORMED,
	    "appendix_A.txt line 8 column 1" },
	{ "a DRG twice", "appendix_A.txt", LIST_HEAD "001     P  HEART\r\n001     P  HEARTS\r\n" LIST_END, E_DUPLICATE,
	    "appendix_A.txt line 9 column 1" },
	{ "index that is cut", "v42/appendix_B.txt", INDEX_HEAD " A000    06  371-373     Cholera\r\n", E_INCOMPLETE,
	    "v42/appendix_B.txt line 6 column 1" },
	{ "index from the first column", "v42/appendix_B.txt", INDEX_HEAD "A000     06  371-373     Cholera\r\n" INDEX_END,
	    E_MALFORMED,
	    "v42/appendix_B.txt line 6 column 2" },
	{ "DRGs", "v42/appendix_B.txt", INDEX_HEAD " A000    06  373-371     Cholera\r\n" INDEX_END, E_MALFORMED,
	    "v42/appendix_B.txt line 6 column 2" },
	{ "goes on with nothing", "v42/appendix_B.txt", INDEX_HEAD "         06  371-373     \r\n" INDEX_END, E_MALFORMED,
	    "v42/appendix_B.txt line 6 column 2" },
	{ "heading of the index", "v42/appendix_B.txt", BOX("Appendix B") " I10 Dx  DRG(s)  MDC\r\n" INDEX_END, E_UNSUPPORTED,
	    "v42/appendix_B.txt line 6 column 1" },
	{ "collection that is cut", "v42/appendix_C.txt",
	    CC_HEAD CC_V42 " A000    CC  0002:2 codes     Cholera\r\n\r\nPDX collection 0002\r\n  A000    Cholera\r\n",
	    E_INCOMPLETE, "v42/appendix_C.txt line 7 column 2" },
	{ "collection that is not there", "v42/appendix_C.txt", CC_HEAD CC_V42 " A000    CC  0002:1,010 codes     Cholera\r\n",
	    E_INCOMPLETE,
	    "v42/appendix_C.txt line 7 column 2" },
	{ "two counts of one collection", "v42/appendix_C.txt",
	    CC_HEAD CC_V42 " A000    CC  0002:1 code      Cholera\r\n A001    CC  0002:2 codes     Cholera\r\n",
	    E_CONFLICT, "v42/appendix_C.txt line 8 column 14" },
	{ "collection twice", "v42/appendix_C.txt",
	    CC_HEAD CC_V42 "\r\nPDX collection 0002\r\n  A000    Cholera\r\nPDX collection 0002\r\n", E_DUPLICATE,
	    "v42/appendix_C.txt line 10 column 16" },
	{ "level", "v42/appendix_C.txt", CC_HEAD CC_V42 " A000    NCC 0002:1 code      Cholera\r\n", E_MALFORMED,
	    "v42/appendix_C.txt line 7 column 2" },
	{ "number of a collection", "v42/appendix_C.txt", CC_HEAD CC_V42 "\r\nPDX collection 002\r\n", E_MALFORMED,
	    "v42/appendix_C.txt line 8 column 16" },
	{ "alive that is not in part 1", "v42/appendix_C.txt",
	    CC_HEAD CC_V42 "Appendix C Part 2: alive\r\n\r\n  I462    Arrest\r\n", E_CONFLICT,
	    "v42/appendix_C.txt line 9 column 3" },
	{ "E that is cut", "v43/appendix_D_E.txt", SURGICAL PX_HEAD "  0016070   01  031-033 Shunt\r\n", E_INCOMPLETE,
	    "v43/appendix_D_E.txt line 16 column 1" },
	{ "E, a code of six", "v43/appendix_D_E.txt", SURGICAL PX_HEAD "  001607    01  031-033 Shunt\r\n" PX_END, E_MALFORMED,
	    "v43/appendix_D_E.txt line 16 column 3" },
	{ "D without an MDC", "v43/appendix_D_E.txt", BOX("Appendix D") "  018     CAR\r\n" PX_HEAD PX_END, E_MALFORMED,
	    "v43/appendix_D_E.txt line 5 column 3" },
	{ "F to I without I", "v40/appendix_F_J.txt", UNRELATED LEVELS, E_INCOMPLETE, "v40/appendix_F_J.txt line 58 column 1" },
	{ "HAC", "v40/appendix_F_J.txt", UNRELATED LEVELS BOX("Appendix I") "HAC 1 X\r\n", E_MALFORMED,
	    "v40/appendix_F_J.txt line 63 column 5" },
	{ "a box that is none", "v40/appendix_F_J.txt", BOX("Anything"), E_MALFORMED, "v40/appendix_F_J.txt line 2 column 1" },
	{ "an MDC is missing", "v43.1/mdcs_00_01.txt", PRE_MDC, E_INCOMPLETE, "v43.1/mdcs_00_01.txt line 30 column 1" },
	{ "an MDC twice", "v43.1/mdcs_00_00.txt", PRE_MDC PRE_MDC, E_DUPLICATE, "v43.1/mdcs_00_00.txt line 32 column 1" },
	{ "codes without a heading", "v43.1/mdcs_00_00.txt", BOX("Pre-MDC") "  02YA0Z0 Heart\r\n", E_MALFORMED,
	    "v43.1/mdcs_00_00.txt line 5 column 1" },
	{ "no code", "v43.1/mdcs_00_00.txt", BOX("Pre-MDC") "HEAD\r\n\r\n  02YA0Z-0 Heart\r\n", E_MALFORMED,
	    "v43.1/mdcs_00_00.txt line 7 column 3" },
	{ "name without MDCs", "v43.1/mdcs_a_to_z.txt", PRE_MDC, E_UNSUPPORTED, "v43.1/mdcs_a_to_z.txt" },
	{ "heading of a table", "v41.1/appendix_D.tsv", "MDC\tDRG\n00\t018\n", E_MALFORMED,
	    "v41.1/appendix_D.tsv line 1 column 1" },
	{ "range in a table", "v41.1/appendix_B.tsv", "ICD10CM_CODE\tMDC\tMS_DRG_RANGE\nA360\tPre\t011-\n", E_MALFORMED,
	    "v41.1/appendix_B.tsv line 2 column 1" },
	{ "code editor that is cut", "Definitions of Medicare Code Edits_v_43_1.txt", MCE_TOP MCE_BODY, E_INCOMPLETE,
	    "Definitions of Medicare Code Edits_v_43_1.txt line 53 column 1" },
	{ "code editor, a line shifted", "Definitions of Medicare Code Edits_v_43_1.txt", MCE_TOP "\tA33\tTetanus\n" MCE_END,
	    E_MALFORMED,
	    "Definitions of Medicare Code Edits_v_43_1.txt line 30 column 1" },
	{ "code editor, another version within", "MCE_Simple_Code_Edits_v37.txt",
	    "MCE_Version\tICD_Version\tMCE_Section\tMCE_Subsection\tMCE_Edit_Type\t"
	    "ICD_Code_Type\tICD_Code\tICD_Desc\n37\t10\t4\tA\tN\tD\tA33\tX\n38\t10\t4\tA\tN\tD\tA34\tX\n", E_MALFORMED,
	    "MCE_Simple_Code_Edits_v37.txt line 3 column 1" },
};

Test(cb_drgm, bad_files_are_refused_with_the_place)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct paper file = { bad[i].path, bad[i].text, 0 };
		struct faults f = { .a = &a };
		struct book b;
		int rc = books_of(&file, 1, &f, &b);

		cr_expect(rc == bad[i].rc, "%s: %s", bad[i].name, err_name(rc));
		cr_expect(f.n && f.v[0].rc == bad[i].rc && str_is(f.v[0].place, bad[i].place), "%s: %.*s: %.*s", bad[i].name,
		    f.n ? (int)f.v[0].place.n : 0, f.n ? f.v[0].place.p : "", f.n ? (int)f.v[0].words.n :
		    0, f.n ? f.v[0].words.p : "");
		book_close(&b);
	}
}

/* Appendices C, G and H of one version each know a part of a code; an older version says what one of them says. */
Test(cb_drgm, parts_make_a_row_whole)
{
	const struct paper files[] = {
		{ "v40/appendix_G_cc.tsv", "ICD10CM_CODE\tTITLE\tLEVEL\nA000\tCholera\tCC\n", 0 },
		{ "v41/appendix_G_cc.tsv", "ICD10CM_CODE\tTITLE\tLEVEL\nA000\tCholera\tCC\n", 0 },
		{ "v41/appendix_C_cc_mcc.tsv", "ICD10CM_CODE\tLEVEL\tPDX_COLLECTION\tHOW\tCANDIDATES\nA000\tCC\t0002\tdirect\t\n",
		    0 },
		{ "v41/appendix_C.txt", CC_HEAD CC_V42 " A000    CC  0002:1 code      Cholera\r\n\r\nPDX collection 0002\r\n"
		    "  A000    Cholera\r\n", 0 },
	};
	struct faults f = { .a = &a };
	struct book b;

	cr_assert(books_of(files, 4, &f, &b) == 0, "%.*s", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	cr_expect(codebook_count(b.cb, CS_DRGM_CC) == 2);
	cr_expect(str_is(books_row(&a, b.cb, CS_DRGM_CC, 0), "A000|1|||||2022-10-01|2023-09-30"));
	cr_expect(str_is(books_row(&a, b.cb, CS_DRGM_CC, 1), "A000|1|2||||2023-10-01|"));
	book_close(&b);
}

Test(cb_drgm, contradictions_are_faults)
{
	const struct paper files[] = { { "v41/appendix_G_cc.tsv", "ICD10CM_CODE\tTITLE\tLEVEL\nA000\tCholera\tCC\n", 0 },
	    { "v41/appendix_H_mcc.tsv", "ICD10CM_CODE\tTITLE\tLEVEL\nA000\tCholera\tMCC\n", 0 } };
	struct faults f = { .a = &a };
	struct book b;

	cr_expect(books_of(files, 2, &f, &b) == E_CONFLICT && f.n == 1);
	book_close(&b);
}

Test(cb_drgm, cut_openings_are_left_alone)
{
	const struct paper files[] = { { "v43.1/mdcs_00_07.excerpt.txt", PRE_MDC, 0 } };
	struct faults f = { .a = &a };
	struct book b;

	cr_expect(books_of(files, 1, &f, &b) == E_UNSUPPORTED && f.n == 0);
	book_close(&b);
}

Test(cb_drgm, no_truncation_breaks_it)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		for (size_t n = 1; n < strlen(good[i].text); n++) {
			char *exact = malloc(n);	/* so that a read behind the end is seen */
			const struct paper file = { good[i].path, exact, n };
			struct faults f = { .a = &a };
			struct book b;

			cr_assert(exact != NULL);
			memcpy(exact, good[i].text, n);
			(void)books_of(&file, 1, &f, &b);
			book_close(&b);
			free(exact);
			arena_reset(&a);
		}
}

/*
 * test_cb_payment.c - OPPS, ASC and fee schedule files in their published layouts: a good file gives its rows, a
 * bad one says where it is bad. Lines are of the published files, descriptors of the AMA are not among them.
 */
#include "codebook/xlsx.h"
#include "support/papers.h"

#include <criterion/criterion.h>

#define CASES(v)	(sizeof(v) / sizeof *(v))
#define OPPS		"2025 NFRM Addendum "
#define MONEY_HEAD	"Relative Weight \tPayment Rate \tNational Unadjusted Copayment\tMinimum Unadjusted Copayment\t" \
			"IRA Coinsurance percentage \tAdjusted Beneficiary Copayment\t" \
			"Drug and Device Pass-Through Expiration during Calendar Year\tNote\r\n"
#define A_HEAD		"\tAddendum A.- OPPS APCs for CY 2025\t\t\t\t\t\t\t\t\t\r\nAPC \tGroup Title\tSI\t" MONEY_HEAD
#define B_HEAD		"\tAddendum B\t\xff All Rights\t\t\t\t\t\t\t\t\t\t\r\nHCPCS Code\tShort Descriptor\t CI\t SI\t APC " \
			"\t" MONEY_HEAD
#define C_HEAD		"APC\tHCPCS\tGroup Title\tShort Descriptor\tSI\t" MONEY_HEAD
#define AA_HEAD		"\"Addendum AA -- ASC\n(Packaged)\",,,,,,\r\nHCPCS Code,,Short Descriptor,Subject to Multiple " \
			"Procedure Discounting," \
			"January 2026 Payment Indicator,January 2026  Payment Weight  ,January 2026 Payment Rate \r\n"
#define RVU_HEAD(pric)	",,,,NOT USED,,,,,,,,,,,,,,,,,,,,," pric "PHYSICIAN,,DIAGNOSTIC,NON-FACILITY PE USED,FACILITY PE " \
			"USED,MP USED\r\n" \
			",,,,FOR,,,NON-FAC,,FACILITY ,,,,,,,,,,,,,,,," pric "SUPERVISION OF,,IMAGING,FOR OPPS,FOR OPPS,FOR " \
			"OPPS\r\n"
#define RVU_HEAD2	",,,STATUS,MEDICARE ,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST," \
			"MULT,BILAT," \
			"ASST,CO-,TEAM,"
#define RVU_HEAD3	"ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT\r\n" \
			"HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS," \
			"OP,OP,OP," \
			"PROC,SURG,SURG,SURG,SURG,"
#define RVU_HEAD4	"BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT\r\n"
#define RVU_2025	RVU_HEAD("") RVU_HEAD2 RVU_HEAD3 RVU_HEAD4
#define RVU_2026	RVU_HEAD(",") RVU_HEAD2 "PRIC," RVU_HEAD3 "IND," RVU_HEAD4
#define CSV_43239	"43239,,,A,,2.39,8.36,,1.42,,0.29,11.04,4.10,0,000,0.00,0.00,0.00,3,0,1,0,0,43235,32.3465,09,0,99," \
			"0.00,0.00,0.00\r\n"
#define CSV_71046_TC	"71046,TC,,A,,0.00,0.69,,0.69,NA,0.01,0.70,0.70,1,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,01,0,99," \
			"2.68,2.68,0.04\r\n"
#define BLANK_50	"                                                  "
#define TXT_43239	"43239  " BLANK_50 "A   2.39   8.36     1.42    0.29  11.04  4.100000.00.00.0030100       43235 " \
			"32.3465 090 99 " \
			"     0.00   0.00   0.00\r\n"
#define TXT_71046_TC	"71046TC" BLANK_50 "A   0.00   0.69     0.69NA  0.01   0.70  0.701XXX.00.00.0000000             " \
			"32.3465 010 99 " \
			"     2.68   2.68   0.04\r\n"
#define ROW_43239	"43239||0|A||239|836|0|142|0|29|1104|410|0|000|0|0|0|3|0|1|0|0||43235|323465|09|0|99|0|0|0|2025-10-01|\n"
#define ROW_71046_TC	"71046|TC|0|A||0|69|0|69|1|1|70|70|1|XXX|0|0|0|0|0|0|0|0|||323465|01|0|99|268|268|4|2025-10-01|\n"
#define CAP		"0633TTC C 01112  51   139.15    139.15\r\n"
#define GPCI_TXT	"10112           AL      00   ALABAMA                                                                  " \
			"                   1.000       0.869       0.575\r\n"
#define LOCCO_HEAD	"COUNTIES,,,,\r\n,,,,\r\nMedicare Adminstrative Contractor,Locality Number,State ,Fee Schedule Area " \
			",Counties\r\n"

/* ---- good files ---- */

static const struct papers_good good[] = {
	{ "OPPS A: money, quotes, a dot for none", CS_OPPS_APC,
	  "0701|Sr89 strontium|K||1740720||348150|20000|348150|0||2025-01-01|\n"
	  "0702|Inj, human-lans, per i.u|G||1995||400|20000|400|1|capped|2025-01-01|\n",
	  { { OPPS "A.11122024.txt", A_HEAD "0701\tSr89 strontium\tK\t\t\"$1,740.720\"\t.\t$348.15\t20.000%\t$348.15\t\t\r\n"
	      "0702\t\"Inj, human-lans, per i.u\"\tG\t\t$1.995\t.\t$0.40\t20.000%\t$0.40\t*\tcapped\r\n", 0 } } },
	{ "OPPS B: hard blanks of DOS and Windows end a code", CS_OPPS_HCPCS,
	  "0530U|NI|A||||||||0||2025-01-01|\n" "A4341||N||||||||0||2025-01-01|\n"
	      "G0463||J2|5012|14452|128870||25780|||0||2025-01-01|\n",
	  { { OPPS "B.11122024.txt", B_HEAD "0530U \t\tNI \tA\t\t\t\t\t\t\t\t\t\r\n" "A4341\xff\tIduc valv pat inst repl\t\t"
	      "N\t\t\t\t\t\t\t\t\t\r\n"
	      "G0463\xa0\tHospital outpt clinic visit\t\tJ2\t5012\t1.4452\t$128.87\t.\t$25.78\t\t\t\t\r\n", 0 } } },
	{ "OPPS B: a quarter with status and rate only follows", CS_OPPS_HCPCS,
	  "G0463||J2|5012|14452|128870||25780|||0||2025-01-01|2026-03-31\n" "G0463||J2|||131000|||||||2026-04-01|\n",
	  { { OPPS "B.11122024.txt", B_HEAD "G0463\tVisit\t\tJ2\t5012\t1.4452\t$128.87\t.\t$25.78\t\t\t\t\r\n", 0 },
	    { "addendum_b_2026-04_si_rate.tsv", "HCPCS\tSTATUS_INDICATOR\tPAYMENT_RATE\nG0463\xef\xbf\xbd\tJ2\t131\n", 0 } } },
	{ "OPPS C: the line of the APC and its codes", CS_OPPS_APC_HCPCS,
	  "0701||Sr89 strontium|K||1740720||348150|20000|348150|0||2025-01-01|\n"
	      "0701|A9600|||||||20000|348150|0||2025-01-01|\n",
	  { { OPPS "C.11122024.txt", C_HEAD "0701\t\tSr89 strontium\t\tK\t\t\"$1,740.720\"\t.\t$348.15\t20.000%\t$348.15\t\t\r\n"
	      "0701\tA9600\t\tSr89 strontium\t\t\t\t\t\t20.000%\t$348.15\t\t\r\n", 0 } } },
	{ "OPPS D1: rows without an indicator go on", CS_OPPS_SI,
	  "A|Services: \xe2\x80\xa2 Ambulance|Not paid. \xe2\x80\x99" "Deductible|2025-01-01|\n" "B|Codes|Other "
	      "bill|2025-01-01|\n",
	  { { OPPS "D1.10242024.txt", "ADDENDUM D1.- OPPS\t\t\r\nStatus Indicator\tItem/Code/Service\tOPPS Payment Status\r\n"
	      "A\t\"Services:\"\tNot paid.\r\n\t\t\x92" "Deductible\r\n\t\t\r\n\t\x95 Ambulance\t\r\nB \tCodes\t\r\n\t\t"
	      "Other bill\r\n"
	      "\t\"* Note -- \"\"may\"\"\"\t\r\n", 0 } } },
	{ "OPPS D2", CS_OPPS_CI, "NI|New code|2025-01-01|\n",
	  { { OPPS "D2.10102024.txt", "ADDENDUM D2.? OPPS\t\r\n  Comment Indicator \tDescriptor \r\nNI \t\"New code\"\r\n\t"
	      "\r\n", 0 } } },
	{ "OPPS E", CS_OPPS_INPATIENT_ONLY, "00176||C|2025-01-01|\n" "G0412|NC|C|2025-01-01|\n",
	  { { OPPS "E.10102024.txt", "\tAddendum E\t\t\r\nHCPCS Code\tShort Descriptor\t CI\t SI\r\n00176\t\t\tC\r\nG0412\t"
	      "x\tNC\tC\r\n", 0 } } },
	{ "OPPS J pairs: an add-on has no APC", CS_OPPS_COMPLEXITY,
	  "11044|11044|J1|5072|J1|5072|1104D|5073|2025-01-01|\n" "11044|20700|J1|5072|N||1104D|5073|2025-01-01|\n",
	  { { OPPS "J - Complxity Adjustments.11132024.txt", "\tAddendum J\t\t\t\t\t\t\t\t\r\nPrimary HCPCS Code\tPrimary "
	      "Short Descriptor\t"
	      "Primary SI\tPrimary APC Assignment\tSecondary J1 or Add-on HCPCS Code\tSecondary Short Descriptor\tSecondary SI\t"
	      "Secondary APC Assignment\tComplexity Adjusted HCPCS Assignment\tComplexity Adjusted APC Assignment\r\n"
	      "11044\t\tJ1\t5072\t11044\t\tJ1\t5072\t1104D\t5073\r\n11044\t\tJ1\t5072\t20700\t\tN\t \t1104D\t5073\r\n\t\t\t\t"
	      "\t\t\t\t\t\r\n", 0 } } },
	{ "OPPS J ranks", CS_OPPS_RANK, "38240|J1|5244|63470810|1062|62|63470810|1|1|2025-01-01|\n",
	  { { OPPS "J - Rank for Primary Assignment.11132024.txt", "HCPCS Code\tShort Descriptor\tSI\tAPC Assignment\t"
	      "APC Geometric Mean Cost of Single J1 Unit Claims\tFull Claim Population Service Frequency\t"
	      "Single J1 Unit Claim Service Frequency\tGeometric Mean Cost of Single J1 Unit Claims\tRank Used for Primary "
	      "Assignment\t"
	      "Deleted Code\t\r\n38240\t\tJ1\t5244\t\"63,470.81\"\t\"1,062\"\t62\t\"63,470.81\"\t1\tYES\t\r\n", 0 } } },
	{ "OPPS M: two composites are two rows", CS_OPPS_COMPOSITE,
	  "70544|8007||Q3|5571|8007 or 8008|2025-01-01|\n" "70544|8008||Q3|5571|8007 or 8008|2025-01-01|\n"
	  "71045|5041||Q3|5521|5041, 5045|2025-01-01|\n" "71045|5045||Q3|5521|5041, "
	      "5045|2025-01-01|\n" "97157|8010||Q3|5821|8010|2025-01-01|\n",
	  { { OPPS "M.10102024.txt", "HCPCS Code\tShort Descriptor\t CI\t SI\tSingle Code APC Assignment \tComposite APC "
	      "Assignment \r\n"
	      "71045\t\t\tQ3\t5521\t\"5041, 5045\"\r\n70544\t\t\tQ3\t5571\t8007 or 8008\r\n97157\t\t\tQ3\t5821\t8010\r\n",
	      0 } } },
	{ "OPPS P: a title of several lines", CS_OPPS_DEVICE,
	  "0200T|J1|5114|2507|7143730|3386|2418870|2025-01-01|\n" "0266T|S|1580||45000500|8660|38970430|2025-01-01|\n",
	  { { OPPS "P - Device Intensive List.11142024.txt", "\"File Description:\n*List of HCPCS codes\n\"\t\t\t\t\t\t\t\r\n"
	      "HCPCS\tShort Descriptor\t"
	      "SI\tAPC\tAPC Device Offset Percentage\tFinal CY 2025 APC Payment Rate\tDevice Offset Percentage\tDevice "
	      "Offset Amount\r\n"
	      "0200T\t\tJ1\t5114\t25.07%\t\"$7,143.73\"\t33.86 %\t\"$2,418.87\"\r\n0266T\t\tS\t1580\t\t\"$45,000.50\"\t"
	      "86.60%\t\"$38,970.43\"\r\n", 0 } } },
	{ "ASC AA: asterisks and notes", CS_ASC_SURGICAL,
	  "0101T|*|1|R2|24065|135540|2026-01-01|\n" "66984||1|A2|222955|1255730|2026-01-01|\n",
	  { { "2026-01_Addendum_AA.csv", AA_HEAD "0101T,*,,Y,R2,2.4065,$135.54 \r\n66984,,,Y,A2,22.2955,\"$1,255.73 \"\r\n,,"
	      ",,,,\r\n"
	      "\"NOTE 1: Payment \x93indicators\x94\",,,,,,\r\n", 0 } } },
	{ "ASC BB: CMS lists a code twice", CS_ASC_ANCILLARY,
	  "90684||0|L1||||2026-01-01|\n" "C9762||1|Z2|52786|297300|390|2026-01-01|\n",
	  { { "2026-01_Addendum_BB.csv", "Addendum BB -- ASC,,,,,,,\r\nHCPCS Code,,Short Descriptor,Drug and Device "
	      "Pass-Through Expiration during Calendar "
	      "Year,January 2026 Payment Indicator,January 2026 Payment Weight  ,January 2026 Payment Rate ,January 2026 "
	      "IRA-22 Adjusted Copayment1\r\n"
	      "90684,,,,L1,,,\r\n90684,,,,L1,,,\r\nC9762,,Cardiac mri,*,Z2,5.2786,$297.30,$0.39\r\n", 0 } } },
	{ "ASC EE", CS_ASC_EXCLUDED, "00176|2026-01-01|\n",
	  { { "2026-01_Addendum_EE.csv", "Addendum EE -- ASCs,\r\nHCPCS Code,Short Descriptor\r\n00176,\r\n", 0 } } },
	{ "fee schedule as CSV", CS_PFS, ROW_43239 ROW_71046_TC,
	  { { "PPRRVU2025_Oct.csv", ",,2025 National,,\r\n" RVU_2025 CSV_43239 CSV_71046_TC, 0 } } },
	{ "fee schedule in columns", CS_PFS, ROW_43239 ROW_71046_TC,
	  { { "PPRRVU2025_Oct.txt", "HDR CPT CODES\r\n" TXT_43239 TXT_71046_TC, 0 } } },
	{ "fee schedule both ways is one", CS_PFS, ROW_43239 ROW_71046_TC,
	  { { "PPRRVU2025_Oct.txt", "HDR CPT CODES\r\n" TXT_43239 TXT_71046_TC, 0 }, { "PPRRVU2025_Oct.csv",
	      RVU_2025 CSV_71046_TC CSV_43239, 0 } } },
	{ "fee schedule of 2026: one more column, two factors", CS_PFS,
	  "99211||0|A||18|54|0|4|0|1|73|23|0|XXX|0|0|0|0|0|0|0|0|9||334009|09|0|99|0|0|0|2026-10-01|\n"
	  "99211||1|A||18|54|0|4|0|1|73|23|0|XXX|0|0|0|0|0|0|0|0|9||335675|09|0|99|0|0|0|2026-10-01|\n",
	  { { "PPRRVU2026_Oct_nonQPP.csv", RVU_2026
	      "99211,,,A,,0.18,0.54,,0.04,,0.01,0.73,0.23,0,XXX,0.00,0.00,0.00,0,0,0,0,0,9,,33.4009,09,0,99,0.00,0.00,"
	      "0.00\r\n", 0 },
	    { "PPRRVU2026_Oct_QPP.csv", RVU_2026
	      "99211,,,A,,0.18,0.54,,0.04,,0.01,0.73,0.23,0,XXX,0.00,0.00,0.00,0,0,0,0,0,9,,33.5675,09,0,99,0.00,0.00,"
	      "0.00\r\n", 0 } } },
	{ "GPCI both ways is one", CS_PFS_GPCI, "10112|00|AL|ALABAMA|1000|869|575|2025-01-01|\n",
	  { { "GPCI2025.txt", "ADDENDUM E. GPCIs\r\n\r\nMedicare Admi State\r\n" GPCI_TXT "\r\n*Work GPCI reflects\r\n\r\n", 0 },
	    { "GPCI2025.csv", "ADDENDUM E. GPCIs,,,,,,\r\nMedicare Administrative Contractor (MAC),State,Locality Number,"
	      "Locality Name,"
	      "2025 PW GPCI (with 1.0 Floor),2025 PE GPCI,2025 MP GPCI\r\n10112,AL,00,ALABAMA,1,0.869,0.575\r\n\"MAC as of, "
	      "2023\",,,,,,\r\n", 0 } } },
	{ "anesthesia both ways is one, names cut in one of them", CS_PFS_ANES,
	      "02102|01|2786|2025-01-01|\n" "10112|00|1931|2025-01-01|\n",
	  { { "ANES2025.csv", "Contractor,Locality,Locality Name,National Anes CF of 20.3178\r\n10112 ,00 ,ALABAMA,19.31 \r\n"
	      "02102 ,01 ,ALASKA*,27.86 \r\n", 0 },
	    { "ANES2025.txt", "10112       00    ALABAMA                                                1931\r\n"
	      "02102       01    ALASKA                                                 2786\r\n\x1a", 0 } } },
	{ "counties: zeros, a state named once, a locality twice", CS_PFS_LOCALITY,
	  "01112|52|CALIFORNIA|MARIN|MARIN|2025-01-01|\n" "01182|18|CALIFORNIA|LOS ANGELES|ORANGE, LA|2025-01-01|\n"
	  "05302|99|MISSOURI|REST OF STATE*|OTHER|2025-01-01|\n",
	  { { "25LOCCO.csv", LOCCO_HEAD ",,,,\r\n1182,18,CALIFORNIA,LOS ANGELES,\"ORANGE, LA\"\r\n1112,52,,MARIN,MARIN\r\n ,"
	      " , , , \r\n"
	      "5302,99,MISSOURI,REST OF STATE* ,OTHER\r\n5302,99,,REST OF STATE*,OTHER\r\n*  Payment locality,,,,\r\n", 0 } } },
	{ "OPPS caps: the folder tells the year", CS_PFS_OPPSCAP, "0633T|TC|01112|51|C|139150|139150|2025-10-01|\n",
	  { { "pfs/OPPSCAP_Oct.txt", CAP, 0 }, { "pfs/PPRRVU2025_Oct.txt", "HDR CPT\r\n" TXT_43239, 0 },
	    { "old/PPRRVU2024_Oct.txt", "HDR CPT\r\n" TXT_43239, 0 } } },
	{ "OPPS caps: the archive tells the year", CS_PFS_OPPSCAP, "0633T|TC|01112|51|C|139150|139150|2025-10-01|\n",
	  { { "rvu25d.zip/OPPSCAP_Oct.txt", CAP, 0 } } },
};

Test(cb_payment, good_files)
{
	papers_good(good, CASES(good));
}

/* Whatever is cut off, the builder says something or nothing, and lives. */
Test(cb_payment, every_truncation)
{
	papers_cut(good, CASES(good));
}

/* ---- bad files ---- */

static const struct papers_bad bad[] = {
	{ "OPPS A cut within a record", E_MALFORMED, "line 3 column 5", "expected 11 cells as in the heading, found 5",
	      { { OPPS "A.1.txt", A_HEAD "0701\tSr89\tK\t\t", 0 } } },
	{ "OPPS A cut within quotes", E_MALFORMED, "line 3 ", "quoted cell", { { OPPS "A.1.txt", A_HEAD "0701\tSr89\tK\t\t"
	      "\"$1,7\t\t\t\t\t\t\t\t\t", 0 } } },
	{ "OPPS A without its heading", E_UNSUPPORTED, "line 1 column 1", "no heading line",
	  { { OPPS "A.1.txt", "\tAddendum A.- OPPS APCs\r\n0701\tSr89 strontium\tK\r\n", 0 } } },
	{ "OPPS A twice an APC", E_DUPLICATE, "line 4 column 1", "the key of line 3",
	  { { OPPS "A.1.txt", A_HEAD "0701\tx\tK\t\t\t\t\t\t\t\t\r\n0701\tx\tK\t\t\t\t\t\t\t\t\r\n", 0 } } },
	{ "OPPS A without a year", E_INCOMPLETE, "Addendum A.", "year", { { "Addendum A.txt", A_HEAD "0701\tx\tK\t\t\t\t\t\t"
	      "\t\t\r\n", 0 } } },
	{ "OPPS A of other content", E_MALFORMED, "line 1 column 1", "not of that format", { { OPPS "A.1.txt", "something "
	      "else\n", 0 } } },
	{ "OPPS B: a Latin-1 letter in a code", E_MALFORMED, "line 3 column 1", "a code of at most eight",
	  { { OPPS "B.1.txt", B_HEAD "A434\xc9\t\t\tN\t\t\t\t\t\t\t\t\t\r\n", 0 } } },
	{ "OPPS B: no status", E_MALFORMED, "line 3 column 1", "does not fit", { { OPPS "B.1.txt", B_HEAD "A4341\t\t\t\t\t\t"
	      "\t\t\t\t\t\t\r\n", 0 } } },
	{ "OPPS B: money that is none", E_MALFORMED, "line 3 column 7", "a number in column \"Payment Rate\"",
	  { { OPPS "B.1.txt", B_HEAD "A4341\t\t\tS\t5012\t1.1\t$1x.5\t\t\t\t\t\t\r\n", 0 } } },
	{ "OPPS B: a weight of five decimals", E_MALFORMED, "line 3 column 6", "a number",
	  { { OPPS "B.1.txt", B_HEAD "A4341\t\t\tS\t5012\t1.12345\t$1.5\t\t\t\t\t\t\r\n", 0 } } },
	{ "OPPS B: as UTF-16", E_UNSUPPORTED, "line 1 column 1", "UTF-16", { { OPPS "B.1.txt", "\xff\xfeH", 0 } } },
	{ "OPPS D1: goes on with nothing above", E_MALFORMED, "line 2 column 1", "does not fit",
	  { { OPPS "D1.1.txt", "Status Indicator\tItem/Code/Service\tOPPS Payment Status\r\n\tx\ty\r\n", 0 } } },
	{ "OPPS M: no composite", E_MALFORMED, "line 2 column 1", "does not fit",
	  { { OPPS "M.1.txt", "HCPCS Code\tShort Descriptor\t CI\t SI\tSingle Code APC Assignment \tComposite APC Assignment \r\n"
	      "71045\t\t\tQ3\t5521\tnone\r\n", 0 } } },
	{ "ASC AA: cut", E_MALFORMED, "line 4 column 5", "expected 7 cells", { { "2026-01_Addendum_AA.csv", AA_HEAD "0101T,"
	      "*,,Y,R2", 0 } } },
	{ "ASC AA: a record without an indicator", E_MALFORMED, "line 4 column 5", "a code", { { "2026-01_Addendum_AA.csv",
	      AA_HEAD "0101T,,,Y,,,\r\n", 0 } } },
	{ "fee schedule as CSV: cut", E_MALFORMED, "line 5 column 7", "expected 31 cells", { { "PPRRVU2025_Oct.csv",
	      RVU_2025 "43239,,,A,,2.39,8.", 0 } } },
	{ "fee schedule as CSV: a column lacks its heading", E_UNSUPPORTED, "line 1 column 1", "no heading line",
	  { { "PPRRVU2025_Oct.csv", RVU_HEAD2 RVU_HEAD3 RVU_HEAD4 CSV_43239, 0 } } },
	{ "fee schedule in columns: cut", E_MALFORMED, "line 2 column 59", "ends after 58 columns",
	  { { "PPRRVU2025_Oct.txt", "HDR CPT\r\n43239  " BLANK_50 "A\r\n", 0 } } },
	{ "fee schedule: shifted by one", E_MALFORMED, "line 2 column 1", "a code", { { "PPRRVU2025_Oct.txt", "HDR CPT\r\n  "
	      "     " TXT_43239, 0 } } },
	{ "fee schedule both ways, one otherwise", E_CONFLICT, "PPRRVU2025_Oct.txt line 2 column 1", "says otherwise than "
	      "PPRRVU2025_Oct.csv",
	  { { "PPRRVU2025_Oct.txt", "HDR CPT\r\n" TXT_71046_TC, 0 },
	    { "PPRRVU2025_Oct.csv", RVU_2025 "71046,TC,,A,,0.00,0.68,,0.69,NA,0.01,0.70,0.70,1,XXX,0.00,0.00,0.00,0,0,0,0,0,"
	      ",32.3465,01,0,99,2.68,2.68,"
	      "0.04\r\n", 0 } } },
	{ "GPCI cut", E_MALFORMED, "line 2 column 103", "at least 150", { { "GPCI2025.txt", "GPCIs\r\n"
	  "10112           AL      00   ALABAMA                                                                  \r\n", 0 } } },
	{ "anesthesia: no number", E_MALFORMED, "line 1 column 74", "a number",
	  { { "ANES2025.txt", "10112       00    ALABAMA                                                19.1\r\n", 0 } } },
	{ "counties: a locality of letters", E_MALFORMED, "line 4 column 1", "does not fit", { { "25LOCCO.csv",
	      LOCCO_HEAD "1182,AB,CA,X,Y\r\n", 0 } } },
	{ "counties: no state above", E_MALFORMED, "line 4 column 1", "does not fit", { { "25LOCCO.csv", LOCCO_HEAD "1182,"
	      "18,,X,Y\r\n", 0 } } },
	{ "OPPS caps: cut", E_MALFORMED, "line 2 column 20", "ends after 19 columns", { { "rvu25d/OPPSCAP_Oct.txt",
	      CAP "0633TTC C 01112  51\r\n", 0 } } },
	{ "OPPS caps: nothing tells the year", E_INCOMPLETE, "pfs/OPPSCAP_Oct.txt", "no other file of the folder",
	  { { "pfs/OPPSCAP_Oct.txt", CAP, 0 }, { "pfs/PPRRVU2025_Jan.txt", "HDR CPT\r\n" TXT_43239, 0 } } },
	{ "OPPS caps: two years in the folder", E_INCOMPLETE, "pfs/OPPSCAP_Oct.txt", "different years",
	  { { "pfs/OPPSCAP_Oct.txt", CAP, 0 }, { "pfs/PPRRVU2025_Oct.txt", "HDR CPT\r\n" TXT_43239, 0 },
	    { "pfs/PPRRVU2024_Oct.txt", "HDR CPT\r\n" TXT_43239, 0 } } },
};

Test(cb_payment, bad_files)
{
	papers_bad(bad, CASES(bad));
}

#define ROW(cells)	"<row>" cells "</row>"
#define V(v)		"<c><v>" v "</v></c>"
#define WORDS(v)	"<c t=\"inlineStr\"><is><t>" v "</t></is></c>"

/* A sheet has no empty cells at the end of a row, and of a number the nearest fraction of two. */
Test(cb_payment, sheets_are_their_text_twins)
{
	static const struct { const char *rows, *text; } t[] = {
		{ ROW(WORDS("title")) ROW(WORDS("a") WORDS("b") WORDS("c")) ROW(WORDS("d")) ROW("") ROW("<c r=\"B5\">"
		    "<v>1</v></c>"),
		    "\"title\"\n\"a\"\t\"b\"\t\"c\"\n\"d\"\t\t\n\n\t\"1\"\t\n" },
		{ ROW(V("1.1000000000000001")), "\"1.1\"\n" }, { ROW(V("7.0000000000000007E-2")), "\"0.07\"\n" },
		{ ROW(V("-0.30000000000000004")), "\"-0.3\"\n" }, { ROW(V("9.9999999999999995E-3")), "\"0.01\"\n" },
		{ ROW(V("99.999999999999997")), "\"100\"\n" }, { ROW(V("1.23E+5")), "\"123000\"\n" },
		    { ROW(V("1234.5")), "\"1234.5\"\n" },
		{ ROW(V("0E0")), "\"0\"\n" }, { ROW(V("00123")), "\"00123\"\n" }, { ROW(V("1E99")), "\"1E99\"\n" },
		{ ROW(V("1E")), "\"1E\"\n" }, { ROW(V("99281")), "\"99281\"\n" }, { ROW(V("1.50")), "\"1.50\"\n" },
		{ ROW(WORDS("1.1000000000000001")), "\"1.1000000000000001\"\n" },
		    { ROW("<c t=\"str\"><v>7E-2</v></c>"), "\"7E-2\"\n" },
		{ ROW(V("12345678901234567")), "\"12345678901234600\"\n" },
	};

	for (size_t i = 0; i < CASES(t); i++) {
		struct arena a;
		struct buf out;

		arena_init(&a, 0);
		buf_init(&out, &a);
		cr_assert(cb_xlsx_text(&a, STR_NONE, arena_fmt(&a, "<worksheet><sheetData>%s</sheetData></worksheet>", t[i].rows),
		    &out) == 0);
		cr_expect(str_is(buf_view(&out), t[i].text), "%s: %.*s", t[i].rows, STR_ARG(buf_view(&out)));
		arena_free(&a);
	}
}

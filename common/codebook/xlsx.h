/* xlsx - the XML of a spreadsheet's sheet as tab-delimited text. */
#ifndef CLAIMLINE_CB_XLSX_H
#define CLAIMLINE_CB_XLSX_H

#include "base/base.h"

/* strings: xl/sharedStrings.xml, may be absent; sheet: xl/worksheets/sheet1.xml. E_MALFORMED, E_NOMEM. */
int	cb_xlsx_text(struct arena *, struct str strings, struct str sheet, struct buf *out);

#endif

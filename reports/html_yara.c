/* SPDX-License-Identifier: MIT */
/* What rules found: nothing is looked for with rules yet. */
#include "reports/html.h"

void html_yara(struct html *h)
{
	(void)h;
}

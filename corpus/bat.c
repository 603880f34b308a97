/* SPDX-License-Identifier: MIT */
#include "corpus/image.h"

#include "base/bytes.h"

#include <string.h>

#define PER_PAGE (VL_SECTOR / 8)

void bat_assign(struct image *image, uint64_t index, uint64_t raw)
{
	image->bat[image->bat_count++] = (struct bat_assignment){ index, raw };
}

void bat_page(const struct image *image, uint64_t number,
	      uint8_t page[static VL_SECTOR])
{
	memset(page, 0, VL_SECTOR);
	for (size_t i = 0; i < image->bat_count; i++) {
		const struct bat_assignment *a = &image->bat[i];

		if (a->index / PER_PAGE == number)
			vl_put_le64(page + a->index % PER_PAGE * 8, a->raw);
	}
}

/* SPDX-License-Identifier: MIT */
#include "guess/log_hints.h"

#include "base/bytes.h"
#include "crc32c.h"

#include <string.h>

/* Whether the checksum is right, with this signature or the one that it had. */
static bool only_signature_is_bad(const uint8_t bytes[VL_SIZE_header],
				  const struct vhdxlog_header *h)
{
	uint8_t mended[VL_SIZE_header];

	if (h->checksum_stored == h->checksum_computed)
		return true;
	memcpy(mended, bytes, sizeof(mended));
	memcpy(mended, vl_header_signature, sizeof(vl_header_signature));
	return vl_crc32c_sealed(mended, sizeof(mended)) == h->checksum_stored;
}

/* Whether it could be a header's: random bytes are not. */
static bool is_plausible(const struct vl_image *image,
			 const struct vhdxlog_header *h)
{
	return h->version == 1 && h->log_version == 0 && h->log_length &&
	       h->log_length % VL_MIB == 0 && h->log_offset % VL_MIB == 0 &&
	       h->log_offset >= VL_HEADER_SECTION &&
	       vl_end(h->log_offset, h->log_length) <= image->disk_size;
}

size_t vl_log_hints(const struct vl_image *image, struct vl_log_hint hints[2])
{
	size_t n = 0;

	for (unsigned k = 0; k < 2; k++) {
		const struct vhdxlog_header *h = &image->header[k];
		const uint8_t *bytes = image->header_bytes[k];
		const char *why = NULL;

		if (!h->readable || !is_plausible(image, h) ||
		    image->assumed.foreign == k + 1 ||
		    (h->current && !image->assumed.misplaced))
			continue;
		if (h->current)
			why = "the log is not where it says";
		else if (h->valid)
			why = "its number is not the larger";
		else if (memcmp(bytes, vl_header_signature,
			   sizeof(vl_header_signature)) == 0)
			why = "its checksum is wrong";
		else if (only_signature_is_bad(bytes, h))
			why = "nothing but its signature is damaged";
		if (why)
			hints[n++] = (struct vl_log_hint){
				k + 1, h->log_offset, h->log_length,
				h->log_guid, why
			};
	}
	return n;
}

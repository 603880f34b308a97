/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_PAGE_H
#define FUZZ_PAGE_H

#include <stddef.h>

/*
 * Whether the text is a page as the HTML report writes them: well-formed XML of
 * nothing but the elements and attributes that it has, each attribute in quotes, no
 * entity but those of markup, valid UTF-8 without control characters. Else why
 * not, with its place in *at.
 */
const char *fuzz_page_fault(const char *text, size_t len, size_t *at);

#endif

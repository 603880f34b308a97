/* SPDX-License-Identifier: MIT */
#ifndef CORPUS_LIST_H
#define CORPUS_LIST_H

/* Print name and "about" of every recipe below a folder. Status for exit(). */
int list_recipes(const char *folder);

/* Print every structure's fields, as recipes name them. */
void list_fields(void);

#endif

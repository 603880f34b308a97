/* SPDX-License-Identifier: MIT */
#include "tests/fault/killer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(3);
}

static void path_of(const struct folder *folder, const char *name,
		    char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", folder->path, name);
}

static struct bytes read_all(int fd, size_t len)
{
	struct bytes b = {malloc(len + 1), len};

	if (!b.at)
		die("malloc");
	for (size_t done = 0; done < len;) {
		ssize_t n = read(fd, b.at + done, len - done);

		if (n <= 0)
			die("read");
		done += (size_t)n;
	}
	return b;
}

/* Without bytes where it is not there. */
static struct bytes read_file(const struct folder *folder, const char *name)
{
	char path[PATH_MAX];
	struct bytes b = {NULL, 0};
	struct stat st;
	int fd;

	path_of(folder, name, path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return b;
	if (fd < 0 || fstat(fd, &st) != 0)
		die(path);
	b = read_all(fd, (size_t)st.st_size);
	close(fd);
	return b;
}

static bool same_bytes(const struct bytes *a, const struct bytes *b)
{
	if (!a->at || !b->at)
		return !a->at && !b->at;
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

static void free_bytes(struct bytes *b)
{
	free(b->at);
	*b = (struct bytes){NULL, 0};
}

struct file *folder_file(const struct folder *folder, const char *name)
{
	for (size_t i = 0; i < folder->count; i++) {
		if (strcmp(folder->files[i].name, name) == 0)
			return &folder->files[i];
	}
	return NULL;
}

static bool look(const struct folder *folder, const char *name, struct stat *st)
{
	char path[PATH_MAX];

	path_of(folder, name, path);
	return lstat(path, st) == 0;
}

static struct file *add(struct folder *folder, const char *name)
{
	struct file *file = folder_file(folder, name);

	if (file)
		return file;
	folder->files = reallocarray(folder->files, folder->count + 1,
				     sizeof(*folder->files));
	if (!folder->files)
		die("reallocarray");
	file = &folder->files[folder->count++];
	*file = (struct file){.name = strdup(name)};
	file->old = read_file(folder, name);
	look(folder, name, &file->stat);
	return file;
}

/* The next name, without those of folders; NULL at the end. */
static const char *next_name(const struct folder *folder, DIR *dir)
{
	struct dirent *e;
	struct stat st;

	while ((e = readdir(dir))) {
		if (look(folder, e->d_name, &st) && !S_ISDIR(st.st_mode))
			return e->d_name;
	}
	return NULL;
}

static DIR *list(const struct folder *folder)
{
	DIR *dir = opendir(folder->path);

	if (!dir)
		die(folder->path);
	return dir;
}

void folder_read(struct folder *folder, char *const *results, size_t n)
{
	DIR *dir = list(folder);
	const char *name;

	while ((name = next_name(folder, dir)))
		add(folder, name);
	closedir(dir);
	for (size_t i = 0; i < n; i++)
		add(folder, results[i])->result = true;
}

void folder_release(struct folder *folder)
{
	for (size_t i = 0; i < folder->count; i++) {
		struct file *file = &folder->files[i];

		free(file->name);
		free_bytes(&file->old);
		free_bytes(&file->good[0]);
		free_bytes(&file->good[1]);
	}
	free(folder->files);
}

void folder_learn(struct folder *folder, int which)
{
	for (size_t i = 0; i < folder->count; i++) {
		struct file *file = &folder->files[i];

		if (!file->result)
			continue;
		free_bytes(&file->good[which]);
		file->good[which] = read_file(folder, file->name);
	}
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* The time of the last access alone may differ: whoever reads sets that. */
static bool same_state(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_size == b->st_size && a->st_mode == b->st_mode &&
	       a->st_nlink == b->st_nlink && a->st_uid == b->st_uid &&
	       a->st_gid == b->st_gid && same_time(a->st_mtim, b->st_mtim) &&
	       same_time(a->st_ctim, b->st_ctim);
}

static const char *complain(const char *name, const char *what)
{
	static char text[PATH_MAX + 64];

	snprintf(text, sizeof(text), "%s: %s", name, what);
	return text;
}

/* A name that has no business in the folder, or NULL. */
static const char *stray(const struct folder *folder, bool forgive)
{
	static char found[NAME_MAX + 1];
	DIR *dir = list(folder);
	const char *name;

	while ((name = next_name(folder, dir))) {
		if (!folder_file(folder, name) && !(forgive && *name == '.'))
			break;
	}
	if (name)
		snprintf(found, sizeof(found), "%s", name);
	closedir(dir);
	return name ? found : NULL;
}

const char *folder_untouched(const struct folder *folder)
{
	const char *name = stray(folder, folder->strays);
	struct stat st;

	if (name)
		return complain(name, "was left behind");
	for (size_t i = 0; i < folder->count; i++) {
		const struct file *file = &folder->files[i];

		if (file->result || file->changes)
			continue;
		if (!look(folder, file->name, &st))
			return complain(file->name, "is gone");
		if (!same_state(&st, &file->stat))
			return complain(file->name, "was touched");
	}
	return NULL;
}

static enum file_state state_of(const struct folder *folder,
				const struct file *file, int which)
{
	struct bytes now = read_file(folder, file->name);
	enum file_state state = FILE_OTHER;

	if (now.at && file->tells)
		state = FILE_TOLD;
	if (same_bytes(&now, &file->old))
		state = FILE_OLD;
	else if (same_bytes(&now, &file->good[which]))
		state = FILE_NEW;
	free_bytes(&now);
	return state;
}

unsigned folder_results(const struct folder *folder, int which)
{
	unsigned states = 0;

	for (size_t i = 0; i < folder->count; i++) {
		if (folder->files[i].result)
			states |= 1u
				  << state_of(folder, &folder->files[i], which);
	}
	return states;
}

static int open_file(const struct folder *folder, const struct file *file)
{
	char path[PATH_MAX];
	int fd;

	path_of(folder, file->name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC,
		  file->stat.st_mode & 0777);
	if (fd < 0)
		die(path);
	return fd;
}

static void close_file(int fd, bool good)
{
	if (close(fd) != 0 || !good)
		die("writing");
}

static bool write_block(int fd, const struct bytes *b, size_t at)
{
	static const uint8_t zeroes[4096];
	size_t n = b->len - at < sizeof(zeroes) ? b->len - at : sizeof(zeroes);

	return memcmp(b->at + at, zeroes, n) == 0 ||
	       pwrite(fd, b->at + at, n, (off_t)at) == (ssize_t)n;
}

/* As it was, with holes for zeroes. */
static void put_back(const struct folder *folder, const struct file *file)
{
	int fd = open_file(folder, file);
	bool good = ftruncate(fd, (off_t)file->old.len) == 0;

	for (size_t at = 0; good && at < file->old.len; at += 4096)
		good = write_block(fd, &file->old, at);
	close_file(fd, good);
}

void file_cut(const struct folder *folder, const struct file *file, size_t len)
{
	int fd = open_file(folder, file);

	close_file(fd, ftruncate(fd, (off_t)len) == 0);
}

void file_spoil(const struct folder *folder, const struct file *file,
		uint64_t at)
{
	uint8_t other = file->old.at[at] ^ 0xff;
	int fd = open_file(folder, file);

	close_file(fd, pwrite(fd, &other, 1, (off_t)at) == 1);
}

static void remove_file(const struct folder *folder, const char *name)
{
	char path[PATH_MAX];

	path_of(folder, name, path);
	if (unlink(path) != 0 && errno != ENOENT)
		die(path);
}

void folder_restore(struct folder *folder)
{
	const char *name;

	while ((name = stray(folder, false)))
		remove_file(folder, name);
	for (size_t i = 0; i < folder->count; i++) {
		struct file *file = &folder->files[i];

		if ((!file->result && !file->changes) ||
		    state_of(folder, file, 0) == FILE_OLD)
			continue;
		remove_file(folder, file->name);
		if (file->old.at)
			put_back(folder, file);
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * bench-measure RUNS [-p PREPARE] COMMAND [ARG...] [+ [-p PREPARE] COMMAND ...]...
 *
 * Run commands so many times, by turns, so that whatever else the machine does
 * meets all of them alike; after one run of each that does not count, where RUNS
 * does not end in "!" (for commands that take minutes). For each command a line:
 * the median of wall-clock seconds and of seconds of processor time, the largest
 * resident size in KiB, as the system accounts for them, and the median of how
 * many times the wall-clock time of the first command it took in the same turn.
 * Output of commands is thrown away. Before each run, and before the clock starts,
 * the shell is given PREPARE.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS     101
#define MAX_COMMANDS 8

struct command {
	char **argv; /* NULL at its end */
	const char *prepare;
	double wall[MAX_RUNS], cpu[MAX_RUNS], ratio[MAX_RUNS];
	long rss_kib;
};

struct sample {
	double wall, cpu;
	long rss_kib;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static struct sample run(char **argv)
{
	struct rusage use;
	double start = now();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid) {
		perror("bench-measure");
		exit(3);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		fprintf(stderr, "bench-measure: %s failed: status 0x%x\n",
			argv[0], (unsigned)status);
		exit(3);
	}
	return (struct sample){ now() - start,
				seconds(use.ru_utime) + seconds(use.ru_stime),
				use.ru_maxrss };
}

/* run(), when all is prepared for it. */
static struct sample run_prepared(const struct command *c)
{
	if (c->prepare && system(c->prepare) != 0) {
		fprintf(stderr, "bench-measure: failed: %s\n", c->prepare);
		exit(3);
	}
	return run(c->argv);
}

/* Of command k in turn i. */
static void keep(struct command *commands, int k, int i, struct sample s)
{
	struct command *c = &commands[k];

	c->wall[i] = s.wall;
	c->cpu[i] = s.cpu;
	c->ratio[i] = s.wall / commands[0].wall[i];
	if (s.rss_kib > c->rss_kib)
		c->rss_kib = s.rss_kib;
}

static int by_value(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

static double median(double *values, int runs)
{
	qsort(values, (size_t)runs, sizeof(*values), by_value);
	return values[runs / 2];
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: bench-measure RUNS[!] [-p PREPARE] COMMAND "
			"[ARG...] [+ ...]...\n");
	exit(2);
}

/* Returns how many commands there are. */
static int split(char **argv, struct command *c)
{
	int n = 0;

	while (*argv) {
		if (n == MAX_COMMANDS)
			usage();
		if (strcmp(*argv, "-p") == 0 && argv[1]) {
			c[n].prepare = argv[1];
			argv += 2;
		}
		c[n].argv = argv;
		while (*argv && strcmp(*argv, "+") != 0)
			argv++;
		if (argv == c[n++].argv)
			usage();
		if (*argv)
			*argv++ = NULL;
	}
	return n;
}

int main(int argc, char **argv)
{
	static struct command c[MAX_COMMANDS];
	int runs = 0, n = 0;
	char *end = NULL;

	if (argc > 2) {
		runs = (int)strtol(argv[1], &end, 10);
		n = split(argv + 2, c);
	}
	if (runs < 1 || runs > MAX_RUNS || n < 1)
		usage();
	if (*end != '!') {
		for (int k = 0; k < n; k++)
			run_prepared(&c[k]);
	}
	for (int i = 0; i < runs; i++)
		for (int k = 0; k < n; k++)
			keep(c, k, i, run_prepared(&c[k]));
	for (int k = 0; k < n; k++)
		printf("%.6f %.6f %ld %.6f\n", median(c[k].wall, runs),
		       median(c[k].cpu, runs), c[k].rss_kib,
		       median(c[k].ratio, runs));
	return 0;
}

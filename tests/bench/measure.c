/* SPDX-License-Identifier: MIT */
/*
 * bench-measure [-p PREPARE] RUNS COMMAND [ARG...]: run a command so many times
 * after one warm-up, and print the median of wall-clock seconds, of seconds of
 * processor time, and the largest resident size in KiB, as the system accounts
 * for them. The command's output is thrown away. Before each run, and before the
 * clock starts, the shell is given PREPARE.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 101

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
static struct sample run_prepared(const char *prepare, char **argv)
{
	if (prepare && system(prepare) != 0) {
		fprintf(stderr, "bench-measure: failed: %s\n", prepare);
		exit(3);
	}
	return run(argv);
}

static int by_value(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: bench-measure [-p PREPARE] RUNS COMMAND "
			"[ARG...]\n");
	exit(2);
}

int main(int argc, char **argv)
{
	double wall[MAX_RUNS], cpu[MAX_RUNS];
	const char *prepare = NULL;
	long rss = 0;
	int runs, c;

	while ((c = getopt(argc, argv, "+p:")) >= 0) {
		if (c != 'p')
			usage();
		prepare = optarg;
	}
	argv += optind;
	runs = argc - optind > 1 ? (int)strtol(argv[0], NULL, 10) : 0;
	if (runs < 1 || runs > MAX_RUNS)
		usage();
	run_prepared(prepare, argv + 1);
	for (int i = 0; i < runs; i++) {
		struct sample s = run_prepared(prepare, argv + 1);

		wall[i] = s.wall;
		cpu[i] = s.cpu;
		if (s.rss_kib > rss)
			rss = s.rss_kib;
	}
	qsort(wall, (size_t)runs, sizeof(*wall), by_value);
	qsort(cpu, (size_t)runs, sizeof(*cpu), by_value);
	printf("%.6f %.6f %ld\n", wall[runs / 2], cpu[runs / 2], rss);
	return 0;
}

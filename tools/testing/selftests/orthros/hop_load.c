// SPDX-License-Identifier: GPL-2.0
/*
 * What comes after a hop: the slot that was left is emptied for the next
 * kernel, adopted pages move out of it. One that is pinned refuses the load, is
 * named, and all is as before. A slot without room for what is to be built refuses
 * the update; an unload does not get in the way of one. Who was bound to a CPU
 * that a second kernel had is so again, also an interrupt.
 *
 *   hop_load [--expect RELEASE]
 */
#include <getopt.h>
#include <glob.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <sys/utsname.h>

#include "hop_test.h"
#include "orthros_ctl.h"

/* The steps' numbers, from the kernels' own header. */
#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#include <linux/orthros/abi/handoff.h>

/* The command that loads the second kernel again, of scripts/orthros-vm. */
#define LOAD	"/.vm/load.sh"

#define SIZE	(3072 * MIB)
#define CHUNK	(2 * MIB)
#define WANTED	(16 * MIB / PAGE)
/* Threads, each of some 40 KiB in the slot. */
#define MANY	20000

static char *page[WANTED];
static size_t nr;
/* First page frame of the second slot; the first one lies below. */
static uint64_t slot;

static uint64_t frame(const char *at)
{
	int fd = MUST(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
	uint64_t entry = 0;

	CHECK_EQ(pread(fd, &entry, 8, (unsigned long)at / PAGE * 8), 8);
	close(fd);
	return entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
}

/* Memory is used up from above: take pages until they come from the first slot. */
static void prepare(void)
{
	char *mem = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	char text[64];
	size_t i, k;

	CHECK_EQ(ctl_read("slot", text, sizeof(text)), 0);
	slot = strtoull(text, NULL, 0) / PAGE;
	MUST(madvise(mem, SIZE, MADV_NOHUGEPAGE));
	for (i = 0; i < SIZE && nr < WANTED; i += CHUNK) {
		for (k = i; k < i + CHUNK; k += PAGE)
			poke(mem + k);
		for (k = i; k < i + CHUNK && nr < WANTED; k += PAGE)
			if (frame(mem + k) < slot)
				page[nr++] = mem + k;
	}
	for (i = 0; i < nr; i++)
		fill(page[i], PAGE, i);
	/* The rest is given back. */
	for (i = k = 0; i < SIZE; i += PAGE) {
		if (k < nr && page[k] == mem + i)
			k++;
		else
			MUST(madvise(mem + i, PAGE, MADV_DONTNEED));
	}
	printf("# %zu pages in the first slot\n", nr);
}

static bool intact(void)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!CHECK(filled(page[i], PAGE, i)))
			return false;
	return true;
}

static size_t inside(void)
{
	size_t i, n = 0;

	for (i = 0; i < nr; i++)
		n += frame(page[i]) < slot;
	return n;
}

static unsigned long total_ram(void)
{
	struct sysinfo info;

	MUST(sysinfo(&info));
	return info.totalram;
}

static bool state_is(const char *want)
{
	char text[64];

	return CHECK_EQ(ctl_read("state", text, sizeof(text)), 0) && CHECK_STR(text, want);
}

/* Threads bound to the last CPU, which a second kernel gets: one works, one sleeps. */
static struct bound {
	pthread_t thread;
	pid_t tid;
	unsigned long rounds;
} works, sleeps;
static struct gate never;

static void *work_on(void *arg)
{
	struct bound *b = arg;

	__atomic_store_n(&b->tid, hop_gettid(), __ATOMIC_RELEASE);
	for (;;) {
		__atomic_add_fetch(&b->rounds, 1, __ATOMIC_SEQ_CST);
		sched_yield();
	}
	return NULL;
}

static void *sleep_on(void *arg)
{
	struct bound *b = arg;

	__atomic_store_n(&b->tid, hop_gettid(), __ATOMIC_RELEASE);
	gate_take(&never, 1);
	return NULL;
}

static void bind_thread(struct bound *b, void *(*fn)(void *))
{
	cpu_set_t set;

	MUST0(pthread_create(&b->thread, NULL, fn, b));
	while (!__atomic_load_n(&b->tid, __ATOMIC_ACQUIRE))
		sched_yield();
	CPU_ZERO(&set);
	CPU_SET(get_nprocs_conf() - 1, &set);
	MUST(sched_setaffinity(b->tid, sizeof(set), &set));
}

static bool gets_on(struct bound *b)
{
	unsigned long seen = __atomic_load_n(&b->rounds, __ATOMIC_SEQ_CST);

	while (__atomic_load_n(&b->rounds, __ATOMIC_SEQ_CST) < seen + 10)
		sched_yield();
	return true;
}

static bool is_bound(struct bound *b)
{
	cpu_set_t set;

	return CHECK_EQ(sched_getaffinity(b->tid, sizeof(set), &set), 0) &&
	       CHECK_EQ(CPU_COUNT(&set), 1) && CHECK(CPU_ISSET(get_nprocs_conf() - 1, &set));
}

/* Interrupts, by their handlers: bound to the last CPU and to the one before it. */
static struct {
	char handler[256];
	int cpu;
} irqs[8];
static unsigned int nr_irqs;

/* Of one that a kernel has: the file of its CPUs. */
static bool irq_file(const char *handler, char *path, size_t size)
{
	char pattern[300];
	bool found;
	glob_t g;

	snprintf(pattern, sizeof(pattern), "/proc/irq/*/%s", handler);
	found = !glob(pattern, GLOB_ONLYDIR, NULL, &g) && g.gl_pathc;
	if (found)
		snprintf(path, size, "%.*s/smp_affinity_list",
			 (int)(strrchr(g.gl_pathv[0], '/') - g.gl_pathv[0]), g.gl_pathv[0]);
	globfree(&g);
	return found;
}

static void bind_irq(const char *handler)
{
	int cpu = get_nprocs_conf() - 1 - nr_irqs % 2;
	char path[300], text[16];
	int fd;

	if (nr_irqs == ARRAY_SIZE(irqs) || !irq_file(handler, path, sizeof(path)))
		return;
	snprintf(text, sizeof(text), "%d", cpu);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	/* Some cannot be moved. */
	if (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text)) {
		snprintf(irqs[nr_irqs].handler, sizeof(irqs->handler), "%s", handler);
		irqs[nr_irqs++].cpu = cpu;
	}
	if (fd >= 0)
		close(fd);
}

static void bind_irqs(void)
{
	size_t i;
	glob_t g;

	if (!glob("/proc/irq/*/*", GLOB_ONLYDIR, NULL, &g))
		for (i = 0; i < g.gl_pathc; i++)
			bind_irq(strrchr(g.gl_pathv[i], '/') + 1);
	globfree(&g);
	printf("# %u interrupts\n", nr_irqs);
}

static bool irqs_bound(void)
{
	bool ok = CHECK(nr_irqs > 0);
	char path[300], want[16], *text;
	unsigned int i;

	for (i = 0; i < nr_irqs; i++) {
		if (!CHECK(irq_file(irqs[i].handler, path, sizeof(path)))) {
			printf("# %s is not there\n", irqs[i].handler);
			ok = false;
			continue;
		}
		text = slurp(path);
		snprintf(want, sizeof(want), "%d\n", irqs[i].cpu);
		if (!CHECK_STR(text, want)) {
			printf("# %s\n", irqs[i].handler);
			ok = false;
		}
		free(text);
	}
	return ok;
}

static bool refuses(void)
{
	struct iovec iov = { .iov_len = PAGE };
	unsigned long total = total_ram();
	char text[512], fd_text[32];
	size_t i;
	int fd[2], status;
	bool ok;

	for (i = 0; i < nr && frame(page[i]) >= slot; i++)
		;
	if (!CHECK(i < nr))
		return false;
	iov.iov_base = page[i];
	MUST(pipe2(fd, O_CLOEXEC));
	CHECK_EQ(vmsplice(fd[1], &iov, 1, 0), PAGE);
	status = system(LOAD);
	ok = CHECK(status != 0);
	ctl_read("last_error", text, sizeof(text));
	printf("# last_error: %s\n", text);
	snprintf(fd_text, sizeof(fd_text), "pipe at fd %d of %d hop_load", fd[0], getpid());
	ok &= CHECK(strstr(text, fd_text));
	ok &= state_is("none");
	ok &= CHECK_EQ(total_ram(), total);
	ok &= CHECK_EQ(get_nprocs(), get_nprocs_conf());
	ok &= intact();
	close(fd[0]);
	close(fd[1]);
	return ok;
}

static bool loads(void)
{
	bool ok = CHECK_EQ(system(LOAD), 0);

	ok &= state_is("ready");
	ok &= CHECK_EQ(inside(), 0);
	return intact() && ok;
}

static void *wait_on(void *arg)
{
	gate_take(arg, 1);
	return NULL;
}

/* More threads than the slot has room for is said before anything is stopped. */
static bool too_small(void)
{
	static pthread_t thread[MANY];
	static char report[65536];
	pthread_attr_t attr;
	struct gate end;
	size_t i, made;
	char text[512];
	bool ok;

	gate_init(&end);
	MUST0(pthread_attr_init(&attr));
	MUST0(pthread_attr_setstacksize(&attr, 4 * PAGE));
	for (made = 0; made < MANY; made++)
		if (pthread_create(&thread[made], &attr, wait_on, &end))
			break;
	printf("# %zu threads\n", made);
	ok = CHECK_EQ(ctl_read("check", report, sizeof(report)), 0) &&
	     CHECK(strstr(report, "slot too small"));
	if (!ok)
		ctl_diag("last_error");
	ok = ok && CHECK_EQ(ctl_write("update", "1"), -EOPNOTSUPP);
	ctl_read("last_error", text, sizeof(text));
	ok &= CHECK(strstr(text, "slot too small"));
	for (i = 0; i < made; i++)
		gate_post(&end, 1);
	for (i = 0; i < made; i++)
		MUST0(pthread_join(thread[i], NULL));
	ok &= CHECK_EQ(ctl_read("check", report, sizeof(report)), 0) && CHECK_STR(report, "");
	return ok && state_is("ready");
}

static void *update_fails(void *arg)
{
	*(int *)arg = ctl_write("update", "1");
	return NULL;
}

/* An update, made to fail late, and an unload at the same time. */
static bool races(void)
{
	static const int delay_ms[] = { 0, 50, 300 };
	char step[16];
	bool ok = true;
	pthread_t thread;
	size_t i;
	int err;

	snprintf(step, sizeof(step), "%d", ORTHROS_TS_FS);
	for (i = 0; i < ARRAY_SIZE(delay_ms) && ok; i++) {
		const struct timespec delay = { .tv_nsec = delay_ms[i] * 1000000L };

		ok = CHECK_EQ(ctl_write("fail_step", step), 0);
		MUST0(pthread_create(&thread, NULL, update_fails, &err));
		nanosleep(&delay, NULL);
		ok &= CHECK_EQ(system("orthros unload"), 0);
		MUST0(pthread_join(thread, NULL));
		printf("# unloaded after %d ms: %s\n", delay_ms[i], strerror(-err));
		ok &= CHECK(err == -EIO || err == -ENODEV);
		ok &= state_is("none");
		ok &= CHECK_EQ(ctl_write("fail_step", "0"), 0);
		ok &= CHECK_EQ(system(LOAD), 0);
	}
	return ok && state_is("ready") && intact();
}

static bool unloads(void)
{
	bool ok = CHECK_EQ(system("orthros unload"), 0);

	ok &= state_is("none");
	ok &= CHECK_EQ(get_nprocs(), get_nprocs_conf());
	ok &= is_bound(&works) && is_bound(&sleeps) && irqs_bound();
	return intact() && ok;
}

/* What they were bound to before the load is what they are bound to after the hop. */
static bool hops_on(void)
{
	bool ok = CHECK_EQ(system(LOAD), 0) && gets_on(&works);

	ok &= CHECK_EQ(ctl_write("update", "1"), 0);
	ok &= CHECK(ctl_wait_settled(60));
	ok &= is_bound(&works) && is_bound(&sleeps) && gets_on(&works) && irqs_bound();
	return intact() && ok;
}

/* For good: who has forbidden kexec to load kernels has forbidden it to all. */
static bool forbids(void)
{
	char text[512];
	int fd = MUST(open("/proc/sys/kernel/kexec_load_disabled", O_WRONLY | O_CLOEXEC));
	bool ok;

	CHECK_EQ(write(fd, "1", 1), 1);
	close(fd);
	ok = CHECK(system(LOAD) != 0);
	ctl_read("last_error", text, sizeof(text));
	ok &= CHECK(strstr(text, "kexec_load_disabled"));
	return state_is("none") && ok;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "expect", required_argument, NULL, 'e' },
		{ }
	};
	struct utsname name;
	const char *expect = "";
	char text[64];
	int err;

	if (getopt_long(argc, argv, "", options, NULL) == 'e')
		expect = optarg;
	setvbuf(stdout, NULL, _IOLBF, 0);
	ktap_plan(10);
	prepare();
	err = ctl_write("update", "1");
	if (err)
		ctl_diag("last_error");
	uname(&name);
	ktap_result(!err && !strncmp(name.release, expect, strlen(expect)), "hop", "");
	ktap_result(intact() && inside() == nr && nr == WANTED, "adopted in place", "");
	ctl_read("stats/unaccounted", text, sizeof(text));
	ktap_result(CHECK_STR(text, "0"), "no page is lost", "");
	gate_init(&never);
	if (CHECK(ctl_wait_settled(60))) {
		bind_thread(&works, work_on);
		bind_thread(&sleeps, sleep_on);
		bind_irqs();
	}
	ktap_result(refuses(), "a pinned page refuses the next load", "");
	ktap_result(loads(), "pages move out of the slot", "");
	ktap_result(too_small(), "a slot that is too small is said", "");
	ktap_result(races(), "unload waits for an update", "");
	ktap_result(unloads(), "the slot is given back", "");
	ktap_result(hops_on(), "bound to a CPU that was gone", "");
	ktap_result(forbids(), "none is loaded where kexec may load none", "");
	return ktap_end();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the monitor: a kernel that is well is left alone, whatever fails is
 * found by the one who should, and memory that means nothing does no harm.
 *
 * Compiled on the host, too (tools/testing/orthros/host-kunit).
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <uapi/linux/btf.h>
#include "../core/btf_blob.h"
#include "../core/fake_source.h"
#include "monitor_internal.h"

#define CPUS		2
#define MS		1000000ULL
#define INTERVAL	100

/* Where the fake has what; its root of page tables is at 0. */
#define PER_CPU		0x1000
#define CPU_AREA	0x2000	/* each a page */
#define TOTAL_FORKS	0x6000
#define NR_THREADS	0x6008
#define MAX_THREADS	0x600c
#define MIN_FREE	0x6010
#define TAINT		0x6018
#define DIE		0x6020
#define WARNS		0x6024
#define ZONE_STAT	0x6040
#define RCU_STATE	0x6080
#define IDT		0x7000
#define TASKS		0x8000
#define TASK_BYTES	0x80
#define STACKS		0x9000
#define STACK_SIZE	0x200
#define POKES		0x5800
#define RODATA		0xc000
#define RODATA_SIZE	0x4000

/* A disk. */
#define BDEV_SB		0x4000	/* points to it */
#define SUPER		0x4010
#define BDEV_INODE	0x4040
#define GENDISK		0x4100
#define QUEUE		0x4200
#define TAG_SET		0x4300
#define TAGS		0x4400
#define REQUEST		0x4500

/* A network card. */
#define NET		0x4600
#define NETDEV		0x4700
#define TXQS		0x4800

/* In the area of a CPU. */
#define RQ		0x100
#define QNODES		0x200
#define EVENTS		0x300
#define GDT		0x600
#define IRQ_STACK	0x400

/* In a struct rq, a task and so on. */
#define RQ_RUNNING	0
#define RQ_SWITCHES	8
#define RQ_CURR		16
#define RQ_IDLE		24
#define T_STATE		0
#define T_PID		4
#define T_NVCSW		8
#define T_NIVCSW	16
#define T_UTIME		24
#define T_STACK		32
#define T_TASKS		40
#define T_NODE		56
#define T_COMM		72
#define T_SP		88
#define T_SIGNAL	96
#define T_HEAD		104	/* of the fake signal_struct, which lies in the task */
#define REGS_DI		112
#define REGS_IP		128
#define REGS_CS		136
#define REGS_SP		152
#define REGS_SIZE	168

#define STATE_D		2
#define STATE_WAKEKILL	0x100
#define STATE_NOLOAD	0x400
#define STATE_FROZEN	0x8000
#define STACK_END	0x57AC6E9DULL
#define KERNEL_CS	0x10

#define TEXT		0xffffffff81000000ULL
#define SCHED_TEXT	(TEXT + 0x10000)
#define SPIN_SLOW	(TEXT + 0x20000)
#define TEXT_END	(TEXT + 0x100000)

/**
 * struct world - a monitor and what it looks at
 * @f:		the source
 * @m:		the monitor
 * @area:	settings and findings
 * @signs:	of life, of each CPU
 * @now:	the time
 * @step:	from one look to the next, ms
 * @stuck:	CPUs that do not switch, bit mask
 * @silent:	CPUs without a sign of life
 * @deaf:	CPUs that do not answer
 */
struct world {
	struct fake_source *f;
	struct orthros_monitor m;
	struct orthros_monitor_area area;
	struct orthros_mon_signs signs;
	u64 now;
	u32 step;
	u32 stuck;
	u32 silent;
	u32 deaf;
};

static int lookup(void *ctx, u32 kind, const char *name, u64 *value)
{
	const struct fake_source *f = ctx;
	const struct {
		const char *name;
		u64 value;
	} names[] = {
		{ "__per_cpu_offset", fake_addr(f, PER_CPU) },
		{ "runqueues", RQ }, { "qnodes", QNODES }, { "vm_event_states", EVENTS },
		{ "gdt_page", GDT },
		{ "hardirq_stack_ptr", IRQ_STACK },
		{ "queued_spin_lock_slowpath", SPIN_SLOW },
		{ "rcu_state", fake_addr(f, RCU_STATE) },
		{ "total_forks", fake_addr(f, TOTAL_FORKS) },
		{ "nr_threads", fake_addr(f, NR_THREADS) },
		{ "max_threads", fake_addr(f, MAX_THREADS) },
		{ "vm_zone_stat", fake_addr(f, ZONE_STAT) },
		{ "min_free_kbytes", fake_addr(f, MIN_FREE) },
		{ "tainted_mask", fake_addr(f, TAINT) },
		{ "die_counter", fake_addr(f, DIE) }, { "warn_count", fake_addr(f, WARNS) },
		{ "idt_table", fake_addr(f, IDT) },
		{ "blockdev_superblock", fake_addr(f, BDEV_SB) },
		{ "__start_rodata", fake_addr(f, RODATA) },
		{ "__end_rodata", fake_addr(f, RODATA + RODATA_SIZE) },
		{ "init_net", fake_addr(f, NET) },
		{ "orthros_pokes", fake_addr(f, POKES) },
		{ "_stext", TEXT }, { "_etext", TEXT_END },
		{ "__sched_text_start", SCHED_TEXT }, { "__sched_text_end", SCHED_TEXT + 0x1000 },
		{ "init_task", fake_addr(f, TASKS) },
		{ "TASK_UNINTERRUPTIBLE", STATE_D }, { "TASK_WAKEKILL", STATE_WAKEKILL },
		{ "TASK_NOLOAD", STATE_NOLOAD }, { "TASK_FROZEN", STATE_FROZEN },
		{ "__KERNEL_CS", KERNEL_CS }, { "STACK_END_MAGIC", STACK_END },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(name, names[i].name)) {
			*value = names[i].value;
			return 0;
		}
	}
	return -ENOENT;
}

static void put_struct(struct blob *b, const char *name, u32 nr, u32 size)
{
	blob_put_type(b, name, BTF_KIND_STRUCT, nr, false, size);
}

/* Each member eight bytes after the one before. */
static u32 put_words(struct blob *b, const char *name, u32 type, const char *const *members)
{
	u32 nr = 0, i;

	while (members[nr])
		nr++;
	put_struct(b, name, nr, nr * 8);
	for (i = 0; i < nr; i++)
		blob_put_member(b, members[i], type, i * 64);
	return b->nr_types;
}

#define WORDS(...)	((const char *const []) { __VA_ARGS__, NULL })

static void block_layouts(struct blob *b, u32 u64_type, u32 u32_type, u32 list)
{
	u32 names = blob_put_array(b, blob_put_int(b, "name", 1, 0), 32);
	u32 set, queue, disk, inode, bdev;

	set = put_words(b, "blk_mq_tag_set", u64_type, WORDS("tags", "nr_hw_queues"));
	set = blob_put_ref(b, "", BTF_KIND_PTR, set);
	/* The queue points to its disk, and is pointed to. */
	queue = b->nr_types + 4;
	put_struct(b, "gendisk", 3, 48);
	disk = b->nr_types;
	blob_put_member(b, "part0", u64_type, 0);
	blob_put_member(b, "queue", queue, 64);
	blob_put_member(b, "disk_name", names, 128);
	disk = blob_put_ref(b, "", BTF_KIND_PTR, disk);
	put_struct(b, "request_queue", 2, 16);
	blob_put_member(b, "tag_set", set, 0);
	blob_put_member(b, "disk", disk, 64);
	blob_put_ref(b, "", BTF_KIND_PTR, b->nr_types);
	put_struct(b, "block_device", 1, 8);
	bdev = b->nr_types;
	blob_put_member(b, "bd_disk", disk, 0);
	put_struct(b, "inode", 1, 24);
	inode = b->nr_types;
	blob_put_member(b, "i_sb_list", list, 64);
	put_struct(b, "bdev_inode", 2, 56);
	blob_put_member(b, "bdev", bdev, 0);
	blob_put_member(b, "vfs_inode", inode, 256);
	put_struct(b, "super_block", 1, 24);
	blob_put_member(b, "s_inodes", list, 64);
	put_words(b, "blk_mq_tags", u64_type, WORDS("rqs", "nr_tags"));
	put_struct(b, "request", 3, 24);
	blob_put_member(b, "q", queue, 0);
	blob_put_member(b, "start_time_ns", u64_type, 64);
	blob_put_member(b, "state", u32_type, 128);
	blob_put_type(b, "mq_rq_state", BTF_KIND_ENUM, 1, false, 4);
	blob_put_enumerator(b, "MQ_RQ_IN_FLIGHT", 1);
}

static void net_layouts(struct blob *b, u32 u64_type, u32 u32_type, u32 list)
{
	u32 name = blob_put_array(b, blob_put_int(b, "ifname", 1, 0), 16);

	put_struct(b, "net", 1, 32);
	blob_put_member(b, "dev_base_head", list, 64);
	put_struct(b, "net_device", 5, 64);
	blob_put_member(b, "name", name, 0);
	blob_put_member(b, "state", u64_type, 128);
	blob_put_member(b, "dev_list", list, 192);
	blob_put_member(b, "_tx", u64_type, 320);
	blob_put_member(b, "real_num_tx_queues", u32_type, 384);
	put_words(b, "netdev_queue", u64_type, WORDS("trans_start", "state"));
	blob_put_type(b, "netdev_queue_state_t", BTF_KIND_ENUM, 1, false, 4);
	blob_put_enumerator(b, "__QUEUE_STATE_DRV_XOFF", 0);
	blob_put_type(b, "netdev_state_t", BTF_KIND_ENUM, 2, false, 4);
	blob_put_enumerator(b, "__LINK_STATE_START", 0);
	blob_put_enumerator(b, "__LINK_STATE_NOCARRIER", 2);
}

static struct blob *layouts(struct kunit *test)
{
	struct blob *b = blob_new(test);
	u32 u64_type = blob_put_int(b, "u64", 8, 0), u32_type = blob_put_int(b, "u32", 4, 0);
	u32 char_type = blob_put_int(b, "char", 1, 0), comm = blob_put_array(b, char_type, 16);
	u32 list, thread, signal;

	put_struct(b, "list_head", 2, 16);
	list = b->nr_types;
	blob_put_member(b, "next", u64_type, 0);
	blob_put_member(b, "prev", u64_type, 64);
	put_struct(b, "thread_struct", 1, 8);
	thread = b->nr_types;
	blob_put_member(b, "sp", u64_type, 0);
	put_struct(b, "signal_struct", 1, 16);
	signal = b->nr_types;
	blob_put_member(b, "thread_head", list, 0);
	signal = blob_put_ref(b, "", BTF_KIND_PTR, signal);
	put_struct(b, "task_struct", 11, TASK_BYTES);
	blob_put_member(b, "__state", u32_type, T_STATE * 8);
	blob_put_member(b, "pid", u32_type, T_PID * 8);
	blob_put_member(b, "nvcsw", u64_type, T_NVCSW * 8);
	blob_put_member(b, "nivcsw", u64_type, T_NIVCSW * 8);
	blob_put_member(b, "utime", u64_type, T_UTIME * 8);
	blob_put_member(b, "stack", u64_type, T_STACK * 8);
	blob_put_member(b, "tasks", list, T_TASKS * 8);
	blob_put_member(b, "thread_node", list, T_NODE * 8);
	blob_put_member(b, "comm", comm, T_COMM * 8);
	blob_put_member(b, "thread", thread, T_SP * 8);
	blob_put_member(b, "signal", signal, T_SIGNAL * 8);
	put_struct(b, "rq", 4, 64);
	blob_put_member(b, "nr_running", u32_type, RQ_RUNNING * 8);
	blob_put_member(b, "nr_switches", u64_type, RQ_SWITCHES * 8);
	blob_put_member(b, "curr", u64_type, RQ_CURR * 8);
	blob_put_member(b, "idle", u64_type, RQ_IDLE * 8);
	put_struct(b, "mcs_spinlock", 1, 16);
	blob_put_member(b, "count", u32_type, 12 * 8);
	put_struct(b, "rcu_state", 1, 16);
	blob_put_member(b, "gp_seq", u64_type, 8 * 8);
	put_struct(b, "pt_regs", 4, REGS_SIZE);
	blob_put_member(b, "di", u64_type, REGS_DI * 8);
	blob_put_member(b, "ip", u64_type, REGS_IP * 8);
	blob_put_member(b, "cs", u64_type, REGS_CS * 8);
	blob_put_member(b, "sp", u64_type, REGS_SP * 8);
	blob_put_type(b, "zone_stat_item", BTF_KIND_ENUM, 1, false, 4);
	blob_put_enumerator(b, "NR_FREE_PAGES", 1);
	blob_put_type(b, "vm_event_item", BTF_KIND_ENUM, 3, false, 4);
	blob_put_enumerator(b, "PGSTEAL_KSWAPD", 3);
	blob_put_enumerator(b, "PGSTEAL_DIRECT", 4);
	blob_put_enumerator(b, "OOM_KILL", 5);
	block_layouts(b, u64_type, u32_type, list);
	net_layouts(b, u64_type, u32_type, list);
	return b;
}

static void put32(struct world *w, size_t off, u32 value)
{
	memcpy(w->f->ram + off, &value, sizeof(value));
}

static void put64(struct world *w, size_t off, u64 value)
{
	fake_put64(w->f, off, value);
}

static u64 get64(const struct world *w, size_t off)
{
	u64 value;

	memcpy(&value, w->f->ram + off, sizeof(value));
	return value;
}

static size_t task_at(u32 nr)
{
	return TASKS + nr * TASK_BYTES;
}

static u64 task(const struct world *w, u32 nr)
{
	return fake_addr(w->f, task_at(nr));
}

static size_t stack_at(u32 nr)
{
	return STACKS + nr * STACK_SIZE;
}

static size_t rq_at(u32 cpu)
{
	return CPU_AREA + cpu * PAGE_SIZE + RQ;
}

/* A process of one thread; @nr of them are in a ring. */
static void put_task(struct world *w, u32 i, u32 nr)
{
	size_t at = task_at(i);

	put32(w, at + T_STATE, 0);
	put32(w, at + T_PID, 100 + i);
	put64(w, at + T_NVCSW, 10);
	put64(w, at + T_NIVCSW, 1);
	put64(w, at + T_STACK, fake_addr(w->f, stack_at(i)));
	put64(w, at + T_TASKS, task(w, (i + 1) % nr) + T_TASKS);
	put64(w, at + T_TASKS + 8, task(w, (i + nr - 1) % nr) + T_TASKS);
	put64(w, at + T_SIGNAL, task(w, i) + T_HEAD);
	put64(w, at + T_HEAD, task(w, i) + T_NODE);
	put64(w, at + T_HEAD + 8, task(w, i) + T_NODE);
	put64(w, at + T_NODE, task(w, i) + T_HEAD);
	put64(w, at + T_NODE + 8, task(w, i) + T_HEAD);
	memcpy(w->f->ram + at + T_COMM, "worker", 7);
	put64(w, at + T_SP, fake_addr(w->f, stack_at(i) + 0x100));
	put64(w, stack_at(i), STACK_END);
}

/* Of one queue with four tags, of which one has a request. */
static void put_disk(struct world *w)
{
	put64(w, BDEV_SB, fake_addr(w->f, SUPER));
	put64(w, SUPER + 8, fake_addr(w->f, BDEV_INODE + 40));
	put64(w, BDEV_INODE, fake_addr(w->f, GENDISK));
	put64(w, BDEV_INODE + 40, fake_addr(w->f, SUPER + 8));
	put64(w, GENDISK, fake_addr(w->f, BDEV_INODE));
	put64(w, GENDISK + 8, fake_addr(w->f, QUEUE));
	memcpy(w->f->ram + GENDISK + 16, "vda", 4);
	put64(w, QUEUE, fake_addr(w->f, TAG_SET));
	put64(w, QUEUE + 8, fake_addr(w->f, GENDISK));
	put64(w, TAG_SET, fake_addr(w->f, TAG_SET + 64));
	put64(w, TAG_SET + 8, 1);
	put64(w, TAG_SET + 64, fake_addr(w->f, TAGS));
	put64(w, TAGS, fake_addr(w->f, TAGS + 64));
	put64(w, TAGS + 8, 4);
	put64(w, TAGS + 64 + 16, fake_addr(w->f, REQUEST));
	put64(w, REQUEST, fake_addr(w->f, QUEUE));
}

/* With two queues. */
static void put_netdev(struct world *w)
{
	put64(w, NET + 8, fake_addr(w->f, NETDEV + 24));
	memcpy(w->f->ram + NETDEV, "eth0", 5);
	put64(w, NETDEV + 16, 1);
	put64(w, NETDEV + 24, fake_addr(w->f, NET + 8));
	put64(w, NETDEV + 40, fake_addr(w->f, TXQS));
	put32(w, NETDEV + 48, 2);
}

#define NR_TASKS	22

/* Tasks 0 and 1 are idle ones, 2 and 3 run on the CPUs. */
static struct world *new_world(struct kunit *test)
{
	struct orthros_table *const tables[] = {
		&orthros_table_mon_env, &orthros_table_mon_task, &orthros_table_mon_disk,
		&orthros_table_mon_tags, &orthros_table_mon_request,
		&orthros_table_mon_netdev, &orthros_table_mon_txq, NULL
	};
	struct world *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	char err[128] = "";
	struct blob *b;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->f = fake_source_new(test);
	w->f->src.desc.kernel_map = 0xffffffff80000000ULL;
	w->f->src.desc.kernel_map_size = 1UL << 30;
	b = layouts(test);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);
	KUNIT_ASSERT_EQ_MSG(test, orthros_tables_resolve(tables, &b->btf, lookup, w->f, err,
							 sizeof(err)), 0, "%s", err);
	orthros_btf_free(&b->btf);
	kunit_kfree(test, b);

	for (i = 0; i < NR_TASKS; i++)
		put_task(w, i, NR_TASKS);
	for (i = 0; i < CPUS; i++) {
		put64(w, PER_CPU + i * 8, fake_addr(w->f, CPU_AREA + i * PAGE_SIZE));
		put32(w, rq_at(i) + RQ_RUNNING, 2);
		put64(w, rq_at(i) + RQ_SWITCHES, 1000);
		put64(w, rq_at(i) + RQ_CURR, task(w, 2 + i));
		put64(w, rq_at(i) + RQ_IDLE, task(w, i));
		w->signs.beat[i] = 1;
	}
	put32(w, MAX_THREADS, 1000);
	put32(w, NR_THREADS, 100);
	put32(w, MIN_FREE, 400);
	put64(w, ZONE_STAT + 8, 5000);
	for (i = 0; i < RODATA_SIZE; i += 8)
		put64(w, RODATA + i, i * 77);
	for (i = 0; i < PAGE_SIZE; i += 8) {
		put64(w, IDT + i, i * 3);
		put64(w, i, i ? i << 20 : 0);
	}
	put_disk(w);
	put_netdev(w);
	w->signs.nr_cpus = CPUS;
	w->step = INTERVAL;
	w->now = 5000 * MS;
	KUNIT_ASSERT_EQ(test, orthros_monitor_init(&w->m, &w->f->src, &w->area), 0);
	orthros_monitor_arm(&w->m, w->now);
	return w;
}

/* One look at a kernel whose CPUs work, but for those that are stuck or silent. */
static int look(struct world *w)
{
	u32 i;
	int id;

	w->now += w->step * MS;
	for (i = 0; i < CPUS; i++) {
		if (!(w->silent & 1 << i))
			w->signs.beat[i] = w->now;
		if (!(w->stuck & 1 << i))
			put64(w, rq_at(i) + RQ_SWITCHES, get64(w, rq_at(i) + RQ_SWITCHES) + 3);
	}
	put64(w, RCU_STATE + 8, get64(w, RCU_STATE + 8) + 4);
	id = orthros_monitor_sample(&w->m, w->now, &w->signs, false);
	for (i = 0; i < CPUS; i++)
		if (orthros_monitor_asks(&w->m, i) && !(w->deaf & 1 << i))
			w->signs.answered[i]++;
	return id;
}

/* Looks until one leads to a takeover; -1 if none of so many ms does. */
static int look_for(struct world *w, u32 ms)
{
	int id = -1;
	u32 t;

	for (t = 0; t < ms && id < 0; t += w->step)
		id = look(w);
	return id;
}

static u64 count(const struct world *w, enum orthros_detector_id id)
{
	return w->area.det[id].count;
}

#define EXPECT_TEXT(test, w, id, part)						\
	KUNIT_EXPECT_EQ_MSG(test, !!strstr((w)->area.det[id].last, part), true, "%s",	\
			    (w)->area.det[id].last)

static void set_threshold(struct world *w, enum orthros_detector_id id, u32 threshold)
{
	w->area.det[id].threshold = threshold;
}

static void nobody_fails(struct kunit *test)
{
	struct world *w = new_world(test);

	KUNIT_EXPECT_EQ(test, look_for(w, 300000), -1);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	KUNIT_EXPECT_EQ(test, w->area.late, 0);
	kunit_kfree(test, w);
}

static void idle_is_no_failure(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	for (i = 0; i < CPUS; i++)
		put64(w, rq_at(i) + RQ_CURR, task(w, i));
	w->stuck = 3;
	KUNIT_EXPECT_EQ(test, look_for(w, 300000), -1);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	kunit_kfree(test, w);
}

/* A quick look sees what has to be seen soon, and asks for more when it is time. */
static void quick_look(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i, due = 0;

	look(w);
	for (i = 0; i < 200; i++) {
		w->now += MS;
		w->signs.beat[0] = w->now;
		w->signs.beat[1] = w->now;
		put64(w, RCU_STATE + 8, get64(w, RCU_STATE + 8) + 4);
		KUNIT_EXPECT_EQ(test, orthros_monitor_sample(&w->m, w->now, &w->signs, true),
				-1);
		if (!orthros_monitor_due(&w->m))
			continue;
		due++;
		orthros_monitor_sample(&w->m, w->now, &w->signs, false);
		KUNIT_EXPECT_FALSE(test, orthros_monitor_due(&w->m));
	}
	KUNIT_EXPECT_LE(test, due, 20);
	KUNIT_EXPECT_LE(test, 3, due);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put32(w, DIE, 1);
	for (i = 0; i < 2; i++) {
		w->now += MS;
		orthros_monitor_sample(&w->m, w->now, &w->signs, true);
	}
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_OOPS), 1);
	kunit_kfree(test, w);
}

static void silent_cpu(struct kunit *test)
{
	struct world *w = new_world(test);

	look_for(w, 1000);
	w->silent = 2;
	KUNIT_EXPECT_EQ(test, look_for(w, 900), -1);
	KUNIT_EXPECT_EQ(test, look_for(w, 400), ORTHROS_DET_CPU);
	KUNIT_EXPECT_EQ(test, w->m.found.cpu, 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_CPU, "CPU 1 has given no sign of life for 1");
	kunit_kfree(test, w);
}

/* One that not even an NMI reaches. */
static void deaf_cpu(struct kunit *test)
{
	struct world *w = new_world(test);

	look_for(w, 1000);
	w->silent = 2;
	w->deaf = 2;
	KUNIT_EXPECT_EQ(test, look_for(w, 1900), -1);
	KUNIT_EXPECT_EQ(test, look_for(w, 400), ORTHROS_DET_CPU);
	EXPECT_TEXT(test, w, ORTHROS_DET_CPU, "does not answer");
	kunit_kfree(test, w);
}

/* One that a hypervisor does not let run, now and then; it answers when it runs again. */
static void kept_cpu(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	for (i = 0; i < 20; i++) {
		w->silent = 2;
		w->deaf = 2;
		KUNIT_EXPECT_EQ(test, look_for(w, 1800), -1);
		w->deaf = 0;
		KUNIT_EXPECT_EQ(test, look_for(w, 100), -1);
		w->silent = 0;
		look_for(w, 300);
	}
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	kunit_kfree(test, w);
}

/* One that need not give any: it is offline. */
static void offline_cpu(struct kunit *test)
{
	struct world *w = new_world(test);

	look_for(w, 1000);
	w->silent = 2;
	w->signs.beat[1] = 0;
	w->stuck = 2;
	KUNIT_EXPECT_EQ(test, look_for(w, 60000), -1);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	kunit_kfree(test, w);
}

/* Who looks has not run for a minute: nobody was silent. */
static void own_standstill(struct kunit *test)
{
	struct world *w = new_world(test);

	look_for(w, 1000);
	w->silent = 3;
	w->stuck = 3;
	w->now += 60000 * MS;
	look(w);
	w->now += 60000 * MS;
	look(w);
	w->silent = 0;
	w->stuck = 0;
	KUNIT_EXPECT_EQ(test, look_for(w, 60000), -1);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	KUNIT_EXPECT_EQ(test, w->area.late, 2);
	kunit_kfree(test, w);
}

static void softlockup(struct kunit *test)
{
	struct world *w = new_world(test);

	look_for(w, 1000);
	w->stuck = 2;
	KUNIT_EXPECT_EQ(test, look_for(w, 19500), -1);
	KUNIT_EXPECT_EQ(test, look_for(w, 1000), ORTHROS_DET_SOFTLOCKUP);
	KUNIT_EXPECT_EQ(test, w->m.found.cpu, 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_SOFTLOCKUP, "CPU 1: pid 103 (worker)");
	kunit_kfree(test, w);
}

/* Nobody waits, or it is in user mode, or another task runs at each look. */
static void busy_is_no_lockup(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	w->stuck = 2;
	put32(w, rq_at(1) + RQ_RUNNING, 1);
	KUNIT_EXPECT_EQ(test, look_for(w, 60000), -1);
	put32(w, rq_at(1) + RQ_RUNNING, 3);
	for (i = 0; i < 600; i++) {
		put64(w, task_at(3) + T_UTIME, i * 4000000);
		KUNIT_EXPECT_EQ(test, look(w), -1);
	}
	for (i = 0; i < 600; i++) {
		put64(w, rq_at(1) + RQ_CURR, task(w, 3 + i % 2));
		KUNIT_EXPECT_EQ(test, look(w), -1);
	}
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	kunit_kfree(test, w);
}

/* The registers of an interrupt lie on the task's stack, the place of them on the other. */
static void put_frame(struct world *w, u32 cpu, u64 ip, u64 di)
{
	size_t sp = stack_at(2 + cpu) + 0x40, regs = sp + 0x28;

	put64(w, CPU_AREA + cpu * PAGE_SIZE + IRQ_STACK, fake_addr(w->f, 0x6800));
	put64(w, 0x6800, fake_addr(w->f, sp));
	put64(w, regs + REGS_DI, di);
	put64(w, regs + REGS_IP, ip);
	put64(w, regs + REGS_CS, KERNEL_CS);
	put64(w, regs + REGS_SP, fake_addr(w->f, regs + REGS_SIZE));
}

static void spinlock(struct kunit *test)
{
	struct world *w = new_world(test);

	look_for(w, 1000);
	put_frame(w, 1, SPIN_SLOW + 0x20, TEXT + 0x200000);
	w->stuck = 2;
	KUNIT_EXPECT_EQ(test, look_for(w, 9500), -1);
	KUNIT_EXPECT_EQ(test, look_for(w, 1000), ORTHROS_DET_SPINLOCK);
	EXPECT_TEXT(test, w, ORTHROS_DET_SPINLOCK, "lock _stext+0x200000");
	kunit_kfree(test, w);

	/* In the queue. */
	w = new_world(test);
	look_for(w, 1000);
	put32(w, CPU_AREA + QNODES + 12, 1);
	w->stuck = 1;
	KUNIT_EXPECT_EQ(test, look_for(w, 11000), ORTHROS_DET_SPINLOCK);
	KUNIT_EXPECT_EQ(test, w->m.found.cpu, 0);
	kunit_kfree(test, w);

	/* Elsewhere, it is a soft lockup. */
	w = new_world(test);
	look_for(w, 1000);
	put_frame(w, 1, TEXT + 0x400, 0);
	w->stuck = 2;
	KUNIT_EXPECT_EQ(test, look_for(w, 22000), ORTHROS_DET_SOFTLOCKUP);
	EXPECT_TEXT(test, w, ORTHROS_DET_SOFTLOCKUP, "at _stext+0x400");
	kunit_kfree(test, w);
}

static void stack_end(struct kunit *test)
{
	struct world *w = new_world(test);

	look_for(w, 1000);
	put64(w, stack_at(3), 0x4141);
	KUNIT_EXPECT_EQ(test, look_for(w, 200), ORTHROS_DET_STACK_END);
	EXPECT_TEXT(test, w, ORTHROS_DET_STACK_END, "pid 103 (worker)");
	kunit_kfree(test, w);
}

static void counters(struct kunit *test)
{
	struct world *w = new_world(test);

	put32(w, DIE, 7);
	put64(w, TAINT, 512);
	orthros_monitor_arm(&w->m, w->now);
	KUNIT_EXPECT_EQ(test, look_for(w, 1000), -1);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put32(w, WARNS, 1);
	KUNIT_EXPECT_EQ(test, look_for(w, 1000), -1);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_WARN), 1);
	put64(w, TAINT, 512 | 128);
	look_for(w, 1000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_TAINT), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_TAINT, "640, was 512");
	/* Takes over, if that is wanted. */
	w->area.det[ORTHROS_DET_OOPS].action = 1 + ORTHROS_FINDING_TAKEOVER;
	put32(w, DIE, 8);
	KUNIT_EXPECT_EQ(test, look_for(w, 1000), ORTHROS_DET_OOPS);
	KUNIT_EXPECT_EQ(test, w->m.found.cpu, -1);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_WARN), 1);
	kunit_kfree(test, w);
}

/* What is seen once only is no finding, but what comes back is. */
static void torn_value(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	for (i = 0; i < 50; i++) {
		put64(w, TAINT, i % 2 ? 0 : 1UL << i % 18);
		put32(w, WARNS, i % 2 ? 0 : i + 1);
		put64(w, IDT + 8, i % 10 ? 24 : 0x66);
		look(w);
	}
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put64(w, TAINT, 4);
	look_for(w, 1000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 1);
	kunit_kfree(test, w);
}

/* Waits at one place: called a function that waits, which has called others. */
static void put_wait(struct world *w, u32 nr, u32 state)
{
	put32(w, task_at(nr) + T_STATE, state);
	put64(w, stack_at(nr) + 0x108, TEXT + 0x99);
	put64(w, stack_at(nr) + 0x110, SCHED_TEXT + 0x10);
	put64(w, stack_at(nr) + 0x120, SCHED_TEXT + 0x20);
	put64(w, stack_at(nr) + 0x130, TEXT + 0x5000);
	put64(w, stack_at(nr) + 0x138, TEXT + 0x6000);
}

static void hung_task(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	put_wait(w, 4, STATE_D);
	KUNIT_EXPECT_EQ(test, look_for(w, 119000), -1);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	KUNIT_EXPECT_EQ(test, look_for(w, 2000), -1);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_HUNG_TASK), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_HUNG_TASK, "pid 104 (worker) waits");
	EXPECT_TEXT(test, w, ORTHROS_DET_HUNG_TASK, "at _stext+0x5000");
	/* A second one is told, too, and each once. */
	set_threshold(w, ORTHROS_DET_HUNG_TASK, 10000);
	put_wait(w, 5, STATE_D);
	look_for(w, 60000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_HUNG_TASK), 2);
	for (i = 6; i < NR_TASKS; i++)
		put_wait(w, i, STATE_D);
	look_for(w, 60000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_HUNG_TASK), NR_TASKS - 4);
	kunit_kfree(test, w);
}

static void waiting_is_no_hang(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	set_threshold(w, ORTHROS_DET_HUNG_TASK, 1000);
	put_wait(w, 4, STATE_D | STATE_WAKEKILL);
	put_wait(w, 5, STATE_D | STATE_NOLOAD);
	KUNIT_EXPECT_EQ(test, look_for(w, 10000), -1);
	put_wait(w, 4, STATE_D);
	for (i = 0; i < 100; i++) {
		put64(w, task_at(4) + T_NVCSW, 100 + i / 5);
		look(w);
	}
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	kunit_kfree(test, w);
}

static void wait_channel(struct kunit *test)
{
	struct world *w = new_world(test);

	set_threshold(w, ORTHROS_DET_WAIT_CHANNEL, 3);
	w->area.det[ORTHROS_DET_HUNG_TASK].action = 1 + ORTHROS_FINDING_IGNORE;
	put_wait(w, 3, STATE_D);
	put_wait(w, 4, STATE_D);
	look_for(w, 10000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put_wait(w, 5, STATE_D);
	look_for(w, 10000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_WAIT_CHANNEL), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_WAIT_CHANNEL, "3 tasks wait");
	EXPECT_TEXT(test, w, ORTHROS_DET_WAIT_CHANNEL, "_stext+0x5000");
	kunit_kfree(test, w);
}

static void task_list(struct kunit *test)
{
	struct world *w = new_world(test);
	u64 next = get64(w, task_at(5) + T_TASKS), prev = get64(w, task_at(9) + T_TASKS + 8);

	/* For a moment. */
	put64(w, task_at(9) + T_TASKS + 8, task(w, 7) + T_TASKS);
	look_for(w, 300);
	put64(w, task_at(9) + T_TASKS + 8, prev);
	/* One that was taken out, while it was walked. */
	put64(w, task_at(11) + T_TASKS, task(w, 13) + T_TASKS);
	put64(w, task_at(13) + T_TASKS + 8, task(w, 11) + T_TASKS);
	w->m.torn = task(w, 12);
	w->m.torn_next = task(w, 13);
	look_for(w, 3000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put64(w, task_at(9) + T_TASKS + 8, task(w, 7) + T_TASKS);
	look_for(w, 3000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_TASK_LIST), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_TASK_LIST, "torn after pid 108 (worker)");
	put64(w, task_at(5) + T_TASKS, 0x5a5a);
	look_for(w, 3000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_TASK_LIST), 2);
	EXPECT_TEXT(test, w, ORTHROS_DET_TASK_LIST, "torn after pid 105");
	put64(w, task_at(5) + T_TASKS, next);
	look_for(w, 3000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_TASK_LIST), 2);
	kunit_kfree(test, w);
}

static void rcu_stall(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	/* None is under way, then one that does not end. */
	for (i = 0; i < 600; i++) {
		put64(w, RCU_STATE + 8, 4000 - 4);
		look(w);
	}
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	for (i = 0; i < 300; i++) {
		put64(w, RCU_STATE + 8, 4001 - 4);
		look(w);
	}
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_RCU_STALL), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_RCU_STALL, "grace period 1000 ");
	kunit_kfree(test, w);
}

static void fork_without_end(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	for (i = 0; i < 100; i++) {
		put64(w, TOTAL_FORKS, 5000 + i * 50);
		look(w);
	}
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	/* Many, but no more. */
	put32(w, NR_THREADS, 950);
	look_for(w, 10000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	for (i = 0; i < 40; i++) {
		put64(w, TOTAL_FORKS, 20000 + i * 50);
		look(w);
	}
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_FORK), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_FORK, "950 processes and threads");
	kunit_kfree(test, w);
}

static void memory(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	/* Short, but pages come back. */
	put64(w, ZONE_STAT + 8, 50);
	for (i = 0; i < 300; i++) {
		put64(w, CPU_AREA + EVENTS + 3 * 8, i);
		look(w);
	}
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	look_for(w, 6000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_MEMORY), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_MEMORY, "50 pages are free, the minimum is 100");
	kunit_kfree(test, w);
}

static void killed_for_memory(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	/* At the limit of a control group. */
	for (i = 1; i < 10; i++) {
		put64(w, CPU_AREA + EVENTS + 5 * 8, i);
		look_for(w, 500);
	}
	look_for(w, 11000);
	/* One that has taken all there is. */
	put64(w, ZONE_STAT + 8, 50);
	look_for(w, 500);
	put64(w, CPU_AREA + EVENTS + 5 * 8, 10);
	put64(w, ZONE_STAT + 8, 5000);
	look_for(w, 30000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	/* It makes no difference. */
	for (i = 11; i < 14; i++) {
		put64(w, CPU_AREA + EVENTS + 5 * 8, i);
		put64(w, ZONE_STAT + 8, 5000);
		look_for(w, 500);
		put64(w, ZONE_STAT + 8, 50);
		look_for(w, 500);
	}
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_OOM), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_OOM, "3 processes were killed for memory");
	kunit_kfree(test, w);
}

static void descriptors(struct kunit *test)
{
	struct world *w = new_world(test);
	u64 was = get64(w, PAGE_SIZE - 8);

	/* The processor has used an entry. */
	put64(w, PAGE_SIZE - 8, was ^ 0x20);
	look_for(w, 2000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put64(w, PAGE_SIZE - 8, was ^ 0x1000);
	look_for(w, 2000);
	EXPECT_TEXT(test, w, ORTHROS_DET_DESCRIPTORS, "page tables: entry 511");
	put64(w, IDT + 14 * 16, 0x1234);
	look_for(w, 2000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_DESCRIPTORS), 2);
	EXPECT_TEXT(test, w, ORTHROS_DET_DESCRIPTORS, "IDT: vector 14");
	look_for(w, 2000);
	put64(w, IDT + 200 * 16, 0x1234);
	look_for(w, 2000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_DESCRIPTORS), 3);
	EXPECT_TEXT(test, w, ORTHROS_DET_DESCRIPTORS, "IDT: vector 200");
	/* A task that runs, with a segment of its own and a local table. */
	put64(w, CPU_AREA + PAGE_SIZE + GDT + 2 * 8, 1ULL << 40);
	put64(w, CPU_AREA + PAGE_SIZE + GDT + 8 * 8, 1ULL << 41);
	put64(w, CPU_AREA + PAGE_SIZE + GDT + 10 * 8, 0x1234);
	put64(w, CPU_AREA + PAGE_SIZE + GDT + 12 * 8, 0x1234);
	look_for(w, 2000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_DESCRIPTORS), 3);
	put64(w, CPU_AREA + PAGE_SIZE + GDT + 9 * 8, 0x1234);
	look_for(w, 2000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_DESCRIPTORS), 4);
	EXPECT_TEXT(test, w, ORTHROS_DET_DESCRIPTORS, "CPU 1: GDT: entry 9");
	kunit_kfree(test, w);
}

static void rodata(struct kunit *test)
{
	struct world *w = new_world(test);

	look_for(w, 2000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put32(w, RODATA + 0x2344, 1);
	look_for(w, 4000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_RODATA), 1);
	kunit_kfree(test, w);
}

static void poke_text(struct world *w, size_t at, u32 value)
{
	u64 seq = get64(w, POKES);

	put64(w, POKES + 8 + seq / 2 % ORTHROS_POKES * 8, fake_addr(w->f, at));
	put64(w, POKES, seq + 1);
	look(w);
	put32(w, at, value);
	/* Whoever does it is kept from going on for long. */
	look_for(w, 3000);
	put64(w, POKES, seq + 2);
}

static void changed_text(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	/* In place of what has no memory here. */
	w->m.text.base = fake_addr(w->f, RODATA);
	w->m.text.size = RODATA_SIZE;
	w->area.det[ORTHROS_DET_RODATA].action = 1 + ORTHROS_FINDING_IGNORE;
	look_for(w, 2000);
	for (i = 0; i < 2 * ORTHROS_POKES; i++)
		poke_text(w, RODATA + 0x1200 + i, i);
	look_for(w, 2000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	/* More than are remembered, all at once. */
	put64(w, POKES, get64(w, POKES) + 200 * 2);
	put32(w, RODATA + 0x2000, 1);
	look_for(w, 2000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put32(w, RODATA + 0x2344, 1);
	look_for(w, 4000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_TEXT), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_TEXT, "text has changed, in 65536 bytes at ");
	kunit_kfree(test, w);
}

static void block(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	/* Always one under way, but not the same. */
	put32(w, REQUEST + 16, 1);
	for (i = 0; i < 1000; i++) {
		put64(w, REQUEST + 8, 7000 + i / 20);
		look(w);
	}
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	look_for(w, 56000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	look_for(w, 6000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_BLOCK), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_BLOCK, "vda does not complete a request for 60");
	EXPECT_TEXT(test, w, ORTHROS_DET_BLOCK, ", 1 under way");
	/* Completed: another one may take its place. */
	put32(w, REQUEST + 16, 2);
	look_for(w, 1000);
	put32(w, REQUEST + 16, 1);
	look_for(w, 50000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 1);
	kunit_kfree(test, w);
}

/* What is set to be ignored is, and what cannot be a setting is none. */
static void settings(struct kunit *test)
{
	struct world *w = new_world(test);

	w->area.interval_ms = 70000;
	KUNIT_EXPECT_EQ(test, orthros_monitor_interval(&w->area), ORTHROS_INTERVAL_MS);
	w->area.det[ORTHROS_DET_CPU].action = 99;
	KUNIT_EXPECT_EQ(test, orthros_monitor_action(&w->area, ORTHROS_DET_CPU),
			ORTHROS_FINDING_TAKEOVER);
	set_threshold(w, ORTHROS_DET_CPU, 1);
	KUNIT_EXPECT_EQ(test, orthros_monitor_threshold(&w->area, ORTHROS_DET_CPU), 500);
	w->area.det[ORTHROS_DET_CPU].action = 1 + ORTHROS_FINDING_IGNORE;
	look_for(w, 1000);
	w->silent = 3;
	KUNIT_EXPECT_EQ(test, look_for(w, 10000), -1);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	w->area.det[ORTHROS_DET_CPU].action = 1 + ORTHROS_FINDING_REPORT;
	KUNIT_EXPECT_EQ(test, look_for(w, 10000), -1);
	KUNIT_EXPECT_EQ(test, w->area.findings, 1);
	kunit_kfree(test, w);
}

static void transmit(struct kunit *test)
{
	struct world *w = new_world(test);
	u32 i;

	/* Full at each look, and sends. */
	put64(w, TXQS + 16 + 8, 1);
	for (i = 0; i < 600; i++) {
		put64(w, TXQS + 16, 7000 + i);
		look(w);
	}
	/* Nobody waits for one without a carrier. */
	put64(w, NETDEV + 16, 5);
	look_for(w, 60000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	put64(w, NETDEV + 16, 1);
	look_for(w, 29000);
	KUNIT_EXPECT_EQ(test, w->area.findings, 0);
	look_for(w, 3000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_TRANSMIT), 1);
	EXPECT_TEXT(test, w, ORTHROS_DET_TRANSMIT, "eth0: queue 1 stands for 3");
	look_for(w, 60000);
	KUNIT_EXPECT_EQ(test, count(w, ORTHROS_DET_TRANSMIT), 1);
	kunit_kfree(test, w);
}

/* Words that mean nothing, or lead anywhere in the memory there is. */
static void hostile(struct kunit *test)
{
	struct world *w = new_world(test);
	u64 seed = 1, at;
	u32 i;

	for (i = 0; i < 3000; i++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		at = (seed >> 20) % (RODATA - PER_CPU) / 8 * 8 + PER_CPU;
		/* What is mapped once stays. */
		if (at >= PER_CPU && at < PER_CPU + 0x1000)
			continue;
		put64(w, at, i % 3 ? fake_addr(w->f, (seed >> 40) % FAKE_RAM_SIZE / 8 * 8) : seed);
		look(w);
	}
	KUNIT_EXPECT_LE(test, w->m.nr_cpus, ORTHROS_MAX_CPUS);
	kunit_kfree(test, w);
}

static struct kunit_case orthros_monitor_cases[] = {
	KUNIT_CASE(nobody_fails),
	KUNIT_CASE(idle_is_no_failure),
	KUNIT_CASE(quick_look),
	KUNIT_CASE(silent_cpu),
	KUNIT_CASE(deaf_cpu),
	KUNIT_CASE(kept_cpu),
	KUNIT_CASE(offline_cpu),
	KUNIT_CASE(own_standstill),
	KUNIT_CASE(softlockup),
	KUNIT_CASE(busy_is_no_lockup),
	KUNIT_CASE(spinlock),
	KUNIT_CASE(stack_end),
	KUNIT_CASE(counters),
	KUNIT_CASE(torn_value),
	KUNIT_CASE(hung_task),
	KUNIT_CASE(waiting_is_no_hang),
	KUNIT_CASE(wait_channel),
	KUNIT_CASE(task_list),
	KUNIT_CASE(rcu_stall),
	KUNIT_CASE(fork_without_end),
	KUNIT_CASE(memory),
	KUNIT_CASE(killed_for_memory),
	KUNIT_CASE(descriptors),
	KUNIT_CASE(rodata),
	KUNIT_CASE(changed_text),
	KUNIT_CASE(block),
	KUNIT_CASE(transmit),
	KUNIT_CASE(settings),
	KUNIT_CASE(hostile),
	{}
};

static struct kunit_suite orthros_monitor_suite = {
	.name = "orthros_monitor",
	.test_cases = orthros_monitor_cases,
};

kunit_test_suite(orthros_monitor_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults that LKDTM has not: in other contexts, in drivers, of memory. One is made by
 * writing its name and a seed to /sys/module/faulty/parameters/fault. What is random comes
 * from the seed.
 *
 * For machines that may be lost. See tools/testing/selftests/orthros/hop_inject.c.
 */
#define pr_fmt(fmt) "faulty: " fmt

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pgtable.h>
#include <linux/poison.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <asm/desc.h>

#define SOON_MS		20
#define TRIES		1000000

static u64 seed;

/* splitmix64 */
static u64 next(void)
{
	u64 z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static u64 below(u64 limit)
{
	return next() % limit;
}

static unsigned long (*lookup)(const char *name);

/* It is not exported, but probes find it. */
static int find_lookup(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	int err = register_kprobe(&probe);

	if (err)
		return err;
	lookup = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

/* ---- an oops, in each context --------------------------------------------------- */

/* An oops. */
static noinline void fail(void)
{
	WRITE_ONCE(*(int *)NULL, 0);
}

static enum hrtimer_restart in_hrtimer(struct hrtimer *timer)
{
	fail();
	return HRTIMER_NORESTART;
}

static int oops_hardirq(void)
{
	static struct hrtimer timer;

	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer.function = in_hrtimer;
	hrtimer_start(&timer, ms_to_ktime(SOON_MS), HRTIMER_MODE_REL_HARD);
	return 0;
}

static void in_timer(struct timer_list *timer)
{
	fail();
}

static int oops_timer(void)
{
	static struct timer_list timer;

	timer_setup(&timer, in_timer, 0);
	mod_timer(&timer, jiffies + msecs_to_jiffies(SOON_MS));
	return 0;
}

static void in_tasklet(struct tasklet_struct *tasklet)
{
	fail();
}

static int oops_tasklet(void)
{
	static struct tasklet_struct tasklet;

	tasklet_setup(&tasklet, in_tasklet);
	tasklet_schedule(&tasklet);
	return 0;
}

static void in_work(struct work_struct *work)
{
	fail();
}

static DECLARE_WORK(work, in_work);

static int oops_work(void)
{
	schedule_work(&work);
	return 0;
}

static int in_thread(void *data)
{
	fail();
	return 0;
}

static int oops_kthread(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(in_thread, NULL, "faulty"));
}

static void in_ipi(void *data)
{
	fail();
}

static int oops_ipi(void)
{
	unsigned int other = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());

	return smp_call_function_single(other, in_ipi, NULL, 0);
}

/* On behalf of PID 1. */
static struct callback_head init_work;

static void in_init(struct callback_head *head)
{
	panic("faulty: PID 1");
}

static int panic_init(void)
{
	int (*add)(struct task_struct *task, struct callback_head *work,
		   enum task_work_notify_mode mode);
	struct task_struct *init = pid_task(find_vpid(1), PIDTYPE_PID);

	add = (void *)lookup("task_work_add");
	if (!add || !init)
		return -ENOENT;
	init_task_work(&init_work, in_init);
	return add(init, &init_work, TWA_SIGNAL);
}

/* Jump to nowhere, from a softirq. */
static void (*volatile nowhere)(void);

static void in_wild_timer(struct timer_list *timer)
{
	nowhere();
}

static int wild_timer(void)
{
	static struct timer_list timer;

	timer_setup(&timer, in_wild_timer, 0);
	mod_timer(&timer, jiffies + msecs_to_jiffies(SOON_MS));
	return 0;
}

/* For crash points of LKDTM: work for those that are called seldom. */
static void do_nothing(struct tasklet_struct *tasklet)
{
}

static int tasklets(void)
{
	static struct tasklet_struct tasklet;
	int i;

	tasklet_setup(&tasklet, do_nothing);
	for (i = 0; i < 100; i++) {
		tasklet_schedule(&tasklet);
		msleep(20);
	}
	return 0;
}

/* ---- locks --------------------------------------------------------------------- */

static DEFINE_SPINLOCK(held);

static int hold(void *data)
{
	spin_lock(&held);
	return 0;
}

static int spin(void)
{
	struct task_struct *t = kthread_run(hold, NULL, "faulty");

	if (IS_ERR(t))
		return PTR_ERR(t);
	msleep(SOON_MS);
	spin_lock(&held);
	return 0;
}

static int spin_irq(void)
{
	struct task_struct *t = kthread_run(hold, NULL, "faulty");

	if (IS_ERR(t))
		return PTR_ERR(t);
	msleep(SOON_MS);
	spin_lock_irq(&held);
	return 0;
}

static void stand_still(void *data)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

/* No CPU takes an interrupt any more. */
static int all_stop(void)
{
	on_each_cpu(stand_still, NULL, 0);
	return 0;
}

/* An interrupt that never ends. */
static void in_endless_timer(struct timer_list *timer)
{
	for (;;)
		cpu_relax();
}

static int endless_softirq(void)
{
	static struct timer_list timer;

	timer_setup(&timer, in_endless_timer, 0);
	mod_timer(&timer, jiffies + msecs_to_jiffies(SOON_MS));
	return 0;
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static int other_way(void *data)
{
	mutex_lock(&second);
	msleep(2 * SOON_MS);
	mutex_lock(&first);
	return 0;
}

static int deadlock(void)
{
	struct task_struct *t = kthread_run(other_way, NULL, "faulty");

	if (IS_ERR(t))
		return PTR_ERR(t);
	mutex_lock(&first);
	msleep(2 * SOON_MS);
	mutex_lock(&second);
	return 0;
}

/* ---- what has no end ------------------------------------------------------------- */

static int sleeper(void *data)
{
	for (;;)
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static int make_threads(void *data)
{
	for (;;) {
		if (IS_ERR(kthread_run(sleeper, NULL, "faulty")))
			msleep(SOON_MS);
		cond_resched();
	}
	return 0;
}

static int forks(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(make_threads, NULL, "faulty"));
}

static int take_memory(void *data)
{
	for (;;) {
		if (!alloc_pages(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN, 0) &&
		    !alloc_pages(GFP_ATOMIC | __GFP_NOWARN, 0))
			schedule_timeout_uninterruptible(1);
		cond_resched();
	}
	return 0;
}

static int memory(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(take_memory, NULL, "faulty"));
}

/* ---- a driver that never wakes its readers ----------------------------------------- */

static DECLARE_WAIT_QUEUE_HEAD(readers);
static bool never;

static ssize_t faulty_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	wait_event(readers, READ_ONCE(never));
	return 0;
}

static const struct file_operations faulty_fops = {
	.owner	= THIS_MODULE,
	.read	= faulty_read,
};

static struct miscdevice faulty_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "faulty",
	.fops	= &faulty_fops,
};

/* ---- bits that flip ------------------------------------------------------------------ */

static int flip(unsigned long pfn, unsigned int byte, unsigned int bit)
{
	struct page *page = pfn_to_page(pfn);
	u8 *mem = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	if (!mem)
		return -ENOMEM;
	mem[byte] ^= BIT(bit);
	vunmap(mem);
	return 0;
}

/* Bits of the kernel's own image. */
static int flip_image(const char *from, const char *to, int nr)
{
	unsigned long begin = lookup(from), end = lookup(to), addr;
	unsigned int bit;
	int err = 0;

	if (!begin || end <= begin)
		return -ENOENT;
	while (nr-- && !err) {
		addr = begin + below(end - begin);
		bit = below(8);
		pr_info("bit %u of %pS\n", bit, (void *)addr);
		err = flip(slow_virt_to_phys((void *)addr) >> PAGE_SHIFT, offset_in_page(addr),
			   bit);
	}
	return err;
}

static int flip_data(void)
{
	return flip_image("_sdata", "_edata", 8);
}

static int flip_bss(void)
{
	return flip_image("__bss_start", "__bss_stop", 8);
}

static int flip_text(void)
{
	return flip_image("_stext", "_etext", 64);
}

/* One that is run often. */
static int flip_hot_text(void)
{
	static const char *const names[] = {
		"schedule", "vfs_write", "vfs_read", "kmem_cache_alloc", "kmem_cache_free",
		"handle_mm_fault", "update_process_times", "try_to_wake_up", "tcp_v4_rcv",
		"ext4_file_write_iter", "do_syscall_64", "copy_page_range",
	};
	const char *name = names[below(ARRAY_SIZE(names))];
	unsigned long addr = lookup(name);
	unsigned int bit = below(8);

	if (!addr)
		return -ENOENT;
	addr += below(64);
	pr_info("bit %u of %pS\n", bit, (void *)addr);
	return flip(slow_virt_to_phys((void *)addr) >> PAGE_SHIFT, offset_in_page(addr), bit);
}

/* A page of which something holds. */
static unsigned long find_page(bool (*is)(struct page *page))
{
	unsigned long pfn, max = totalram_pages() + 0x1000;
	int i;

	for (i = 0; i < TRIES; i++) {
		pfn = below(max);
		if (pfn_valid(pfn) && pfn_to_online_page(pfn) && is(pfn_to_page(pfn)))
			return pfn;
	}
	return 0;
}

static bool is_slab(struct page *page)
{
	return PageSlab(page);
}

static bool is_table(struct page *page)
{
	return PageTable(page);
}

static int flip_slab(void)
{
	int i, err = 0;

	for (i = 0; i < 8 && !err; i++) {
		unsigned long pfn = find_page(is_slab);
		unsigned int byte = below(PAGE_SIZE), bit = below(8);

		if (!pfn)
			return -ENOENT;
		pr_info("slab: bit %u of pfn %#lx+%#x\n", bit, pfn, byte);
		err = flip(pfn, byte, bit);
	}
	return err;
}

/* Of an entry that is there. */
static int flip_table(void)
{
	unsigned int i, entry, bit;
	unsigned long pfn;
	u64 *table;

	for (i = 0; i < TRIES; i++) {
		pfn = find_page(is_table);
		if (!pfn)
			break;
		entry = below(PTRS_PER_PTE);
		bit = below(52);
		table = pfn_to_kaddr(pfn);
		if (!(READ_ONCE(table[entry]) & _PAGE_PRESENT))
			continue;
		pr_info("table: bit %u of pfn %#lx, entry %u\n", bit, pfn, entry);
		WRITE_ONCE(table[entry], table[entry] ^ BIT_ULL(bit));
		return 0;
	}
	return -ENOENT;
}

/* ---- structures that are torn --------------------------------------------------------- */

/* An entry of a GDT that nobody uses. */
static int change_gdt(void)
{
	u64 *gdt = (u64 *)get_cpu_gdt_rw(cpumask_first(cpu_online_mask));

	gdt[7] ^= 1;
	return 0;
}

/* Behind kthreadd, where nobody is put in. */
static int tear_task_list(void)
{
	struct task_struct *t;

	rcu_read_lock();
	t = pid_task(find_vpid(2), PIDTYPE_PID);
	if (t)
		WRITE_ONCE(t->tasks.next, LIST_POISON1);
	rcu_read_unlock();
	return t ? 0 : -ESRCH;
}

/* ------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*make)(void);
} faults[] = {
	{ "oops_hardirq", oops_hardirq },
	{ "oops_timer", oops_timer },
	{ "oops_tasklet", oops_tasklet },
	{ "oops_work", oops_work },
	{ "oops_kthread", oops_kthread },
	{ "oops_ipi", oops_ipi },
	{ "panic_init", panic_init },
	{ "wild_timer", wild_timer },
	{ "tasklets", tasklets },
	{ "spin", spin },
	{ "spin_irq", spin_irq },
	{ "all_stop", all_stop },
	{ "endless_softirq", endless_softirq },
	{ "deadlock", deadlock },
	{ "forks", forks },
	{ "memory", memory },
	{ "flip_data", flip_data },
	{ "flip_bss", flip_bss },
	{ "flip_text", flip_text },
	{ "flip_hot_text", flip_hot_text },
	{ "flip_slab", flip_slab },
	{ "flip_table", flip_table },
	{ "gdt", change_gdt },
	{ "task_list", tear_task_list },
};

static int set_fault(const char *text, const struct kernel_param *kp)
{
	char name[32];
	int i;

	if (sscanf(text, "%31s %llu", name, &seed) != 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(faults[i].name, name))
			return faults[i].make();
	return -EINVAL;
}

static const struct kernel_param_ops fault_ops = {
	.set	= set_fault,
};

module_param_cb(fault, &fault_ops, NULL, 0200);
MODULE_PARM_DESC(fault, "name and seed of a fault, made at once");

static int __init faulty_init(void)
{
	return find_lookup() ?: misc_register(&faulty_misc);
}
module_init(faulty_init);

static void __exit faulty_exit(void)
{
	misc_deregister(&faulty_misc);
}
module_exit(faulty_exit);

MODULE_DESCRIPTION("Faults, for tests of Orthros");
MODULE_LICENSE("GPL");

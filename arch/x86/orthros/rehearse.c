// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rehearsals: tests of the platform without processes.
 *
 * A second kernel booted with "orthros.rehearse" does not become a BackupOS:
 * it answers the commands below. The first one sends them when "park" or
 * "takeover" is written to debugfs orthros/rehearse; "panic" makes the
 * second kernel panic. With "orthros.rehearse=busy" it works on all its CPUs
 * all the time, and says so every ten seconds.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include "arch.h"

enum {
	CMD_PARK = 0x100,
	CMD_TAKEOVER,
	CMD_PANIC,
};

static bool rehearse __initdata;
static bool busy __initdata;
static atomic_long_t busy_rounds = ATOMIC_LONG_INIT(0);

static int __init rehearse_param(char *arg)
{
	rehearse = true;
	busy = arg && !strcmp(arg, "busy");
	return 0;
}
early_param("orthros.rehearse", rehearse_param);

/* Memory, the scheduler, timers and calls across the own CPUs. */
static int busy_thread(void *unused)
{
	struct page *page[64];
	int i;

	for (;;) {
		for (i = 0; i < ARRAY_SIZE(page); i++) {
			page[i] = alloc_pages(GFP_KERNEL | __GFP_NOWARN, i % 4);
			if (page[i])
				memset(page_address(page[i]), i, PAGE_SIZE << i % 4);
		}
		for (i = 0; i < ARRAY_SIZE(page); i++)
			if (page[i])
				__free_pages(page[i], i % 4);
		synchronize_rcu_expedited();
		if (!(atomic_long_inc_return(&busy_rounds) % 64))
			schedule_timeout_uninterruptible(1);
		cond_resched();
	}
	return 0;
}

static void __init start_busy(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		kthread_run_on_cpu(busy_thread, NULL, cpu, "busy/%u");
}

static bool command_waits(struct orthros_handoff *ho)
{
	/* Pairs with send(). */
	return smp_load_acquire(&ho->cmd_seq) != ho->done_seq;
}

static void take_over(void)
{
	u64 t[3];
	int ret;

	t[0] = ktime_get_ns();
	orthros_stop_dma();
	ret = orthros_take_irqs();
	if (!ret)
		ret = orthros_src_protect(false);
	if (!ret)
		orthros_takeover_platform();
	t[1] = ktime_get_ns();
	if (!ret)
		ret = orthros_takeover_console();
	t[2] = ktime_get_ns();
	pr_info("rehearsal: takeover %pe, platform %llu us, console %llu us\n",
		ERR_PTR(ret), (t[1] - t[0]) / 1000, (t[2] - t[1]) / 1000);
	ret = orthros_adopt_cpus();
	pr_info("rehearsal: adopted CPUs %pe: %u of %u\n", ERR_PTR(ret),
		num_online_cpus(), num_possible_cpus());
	pr_info("rehearsal: %lu pages freed\n", orthros_free_unclaimed(NULL, 0));
	pr_info("rehearsal: %lu MiB of RAM\n",
		totalram_pages() >> (20 - PAGE_SHIFT));
}

static int __init orthros_rehearse_init(void)
{
	struct orthros_handoff *ho = orthros_ho;
	u64 start;
	u32 seq;
	int ret;

	if (!orthros_is_backup() || !rehearse)
		return 0;
	ret = orthros_src_protect(true);
	pr_info("rehearsal: source protected %pe\n", ERR_PTR(ret));
	strscpy(ho->dst.release, "rehearsal", sizeof(ho->dst.release));
	orthros_set_peer_state(ORTHROS_ST_READY);
	orthros_kick_peer();
	if (busy)
		start_busy();
	for (;;) {
		if (!wait_event_timeout(orthros_peer_wq,
					command_waits(ho),
					10 * HZ)) {
			if (busy)
				pr_info("rehearsal: %ld rounds\n",
					atomic_long_read(&busy_rounds));
			continue;
		}
		seq = ho->cmd_seq;
		switch (ho->cmd) {
		case CMD_PARK:
			start = ktime_get_ns();
			ho->result = orthros_fence_wait(10 * USEC_PER_SEC) ?
				     0 : -ETIMEDOUT;
			/* Once unparked, it may park itself anew. */
			WRITE_ONCE(ho->done_seq, seq);
			if (orthros_park_decide(ORTHROS_PARK_BACK))
				orthros_unpark_peer();
			pr_info("rehearsal: parked for %llu us\n",
				(ktime_get_ns() - start) / 1000);
			break;
		case CMD_TAKEOVER:
			if (!orthros_fence_wait(10 * USEC_PER_SEC)) {
				if (orthros_park_decide(ORTHROS_PARK_BACK))
					orthros_unpark_peer();
				break;
			}
			if (!orthros_park_take())
				break;
			take_over();
			for (;;)
				ssleep(3600);
		case CMD_PANIC:
			panic("rehearsal");
		default:
			break;
		}
		WRITE_ONCE(ho->done_seq, seq);
	}
	return 0;
}
late_initcall_sync(orthros_rehearse_init);

static int send(void *arg)
{
	struct orthros_handoff *ho = orthros_ho;

	ho->cmd = (unsigned long)arg;
	/* The command before its number. */
	smp_store_release(&ho->cmd_seq, ho->cmd_seq + 1);
	orthros_kick_peer();
	return 0;
}

static ssize_t rehearse_write(struct file *file, const char __user *ubuf,
			      size_t count, loff_t *pos)
{
	char buf[16] = "";
	int ret;

	if (count >= sizeof(buf))
		return -EINVAL;
	if (copy_from_user(buf, ubuf, count))
		return -EFAULT;
	if (!orthros_ho || READ_ONCE(orthros_ho->peer_state) != ORTHROS_ST_READY)
		return -ENXIO;
	strim(buf);
	if (!strcmp(buf, "park")) {
		ret = orthros_park_machine(send, (void *)CMD_PARK);
		if (!ret)
			ret = orthros_ho->result;
	} else if (!strcmp(buf, "takeover")) {
		ret = orthros_park_machine(send, (void *)CMD_TAKEOVER);
	} else if (!strcmp(buf, "panic")) {
		send((void *)CMD_PANIC);
		ret = 0;
	} else {
		ret = -EINVAL;
	}
	return ret ? ret : count;
}

static const struct file_operations rehearse_fops = {
	.owner = THIS_MODULE,
	.write = rehearse_write,
	.llseek = noop_llseek,
};

static int __init orthros_rehearse_debugfs(void)
{
	struct dentry *dir;

	if (!orthros_part.valid)
		return 0;
	dir = debugfs_lookup("orthros", NULL);
	if (!dir)
		dir = debugfs_create_dir("orthros", NULL);
	debugfs_create_file("rehearse", 0200, dir, NULL, &rehearse_fops);
	return 0;
}
late_initcall(orthros_rehearse_debugfs);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rehearsals: tests of the platform without processes.
 *
 * A second kernel booted with "orthros.rehearse" does not become a BackupOS:
 * it answers the commands below. The first one sends them when "park" or
 * "takeover" is written to debugfs orthros/rehearse; "panic" makes the
 * second kernel panic.
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

static int __init rehearse_param(char *arg)
{
	rehearse = true;
	return 0;
}
early_param("orthros.rehearse", rehearse_param);

static void take_over(void)
{
	int ret;

	ret = orthros_takeover_platform();
	if (!ret)
		ret = orthros_takeover_console();
	pr_info("rehearsal: takeover %pe\n", ERR_PTR(ret));
	ret = orthros_adopt_cpus();
	pr_info("rehearsal: adopted CPUs %pe: %u of %u\n", ERR_PTR(ret),
		num_online_cpus(), num_possible_cpus());
	pr_info("rehearsal: %lu pages freed\n", orthros_free_unclaimed());
	pr_info("rehearsal: %lu MiB of RAM\n",
		totalram_pages() >> (20 - PAGE_SHIFT));
}

static int __init orthros_rehearse_init(void)
{
	struct orthros_handoff *ho = orthros_ho;
	u32 seq;
	int ret;

	if (!orthros_is_backup() || !rehearse)
		return 0;
	ret = orthros_src_protect(true);
	pr_info("rehearsal: source protected %pe\n", ERR_PTR(ret));
	strscpy(ho->dst.release, "rehearsal", sizeof(ho->dst.release));
	smp_store_release(&ho->peer_state, ORTHROS_ST_READY);
	orthros_kick_peer();
	for (;;) {
		wait_event(orthros_peer_wq,
			   smp_load_acquire(&ho->cmd_seq) != ho->done_seq);
		seq = ho->cmd_seq;
		switch (ho->cmd) {
		case CMD_PARK:
			ho->result = orthros_fence_wait(10 * USEC_PER_SEC) ?
				     0 : -ETIMEDOUT;
			/* Once unparked, it may park itself anew. */
			smp_store_release(&ho->done_seq, seq);
			orthros_unpark_peer();
			break;
		case CMD_TAKEOVER:
			if (!orthros_fence_wait(10 * USEC_PER_SEC)) {
				orthros_unpark_peer();
				break;
			}
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

static void send(void *arg)
{
	struct orthros_handoff *ho = orthros_ho;

	ho->cmd = (unsigned long)arg;
	smp_store_release(&ho->cmd_seq, ho->cmd_seq + 1);
	orthros_kick_peer();
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

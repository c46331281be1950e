// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load a second kernel into the slot and start it.
 *
 * The image is a vmlinux: its segments go where they want to be, counted
 * from the start of the slot, and startup_64 is entered in 64-bit mode with
 * identity page tables, as a 64-bit boot loader does. The file is kept in
 * this kernel's memory: a second kernel that failed is not used again but
 * started anew from it, whatever became of the file system meanwhile.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/delay.h>
#include <linux/elf.h>
#include <linux/file.h>
#include <linux/init.h>
#include <linux/kernel_read_file.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/evidence.h>
#include <linux/pgtable.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/apic.h>
#include <asm/bootparam.h>
#include <asm/e820/api.h>
#include <asm/segment.h>
#include <asm/setup.h>
#include <asm/tsc.h>
#include "../../../kernel/orthros/core/report.h"
#include "../../../kernel/orthros/core/trace.h"
#include "arch.h"
#include "compat.h"

/* A kernel that comes up and says nothing for so long has died. */
#define ORTHROS_SILENCE_TIMEOUT	(60 * HZ)
#define ORTHROS_MAX_PHDRS	64

/* What the second kernel is started from, again and again. */
static struct {
	void *kernel;
	size_t kernel_size;
	void *initrd;
	size_t initrd_size;
	char *cmdline;
} image;

/* Who starts, stops or uses the second kernel. */
static DEFINE_MUTEX(peer_lock);

static void free_image(void)
{
	vfree(image.kernel);
	vfree(image.initrd);
	kfree(image.cmdline);
	memset(&image, 0, sizeof(image));
}

static const struct elf64_phdr *phdr(int i)
{
	const struct elf64_hdr *eh = image.kernel;

	return (const struct elf64_phdr *)(image.kernel + eh->e_phoff) + i;
}

/* Does a PT_NOTE say that this kernel can be a second one? */
static bool note_fits(const struct elf64_phdr *ph)
{
	size_t at = 0, len = ph->p_filesz;
	const void *notes = image.kernel + ph->p_offset;

	while (at + sizeof(struct elf64_note) <= len) {
		const struct elf64_note *n = notes + at;
		size_t name = at + sizeof(*n);
		size_t desc = name + ALIGN((size_t)n->n_namesz, 4);
		size_t next = desc + ALIGN((size_t)n->n_descsz, 4);

		if (desc > len || next > len)
			return false;
		if (n->n_type == ORTHROS_NOTE_HANDOFF &&
		    n->n_namesz == sizeof(ORTHROS_NOTE_NAME) &&
		    n->n_descsz == sizeof(u32) &&
		    !memcmp(notes + name, ORTHROS_NOTE_NAME,
			    sizeof(ORTHROS_NOTE_NAME)))
			return *(const u32 *)(notes + desc) ==
				ORTHROS_HANDOFF_VERSION;
		at = next;
	}
	return false;
}

static u64 initrd_offset(void)
{
	return round_down(orthros_part.slot_size - image.initrd_size, SZ_2M);
}

/* Is the image a kernel that can run here? */
static int check_image(void)
{
	const struct elf64_hdr *eh = image.kernel;
	bool fits = false, entry = false;
	u64 limit;
	int i;

	if (image.kernel_size < sizeof(*eh) ||
	    memcmp(eh->e_ident, ELFMAG, SELFMAG) ||
	    eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_machine != EM_X86_64 || eh->e_type != ET_EXEC) {
		pr_err("image is not a 64-bit vmlinux\n");
		return -ENOEXEC;
	}
	if (eh->e_phentsize != sizeof(struct elf64_phdr) ||
	    eh->e_phnum > ORTHROS_MAX_PHDRS || eh->e_phoff & 7 ||
	    eh->e_phoff > image.kernel_size ||
	    eh->e_phnum * sizeof(struct elf64_phdr) >
	    image.kernel_size - eh->e_phoff) {
		pr_err("image has bad program headers\n");
		return -ENOEXEC;
	}
	if (image.initrd_size > orthros_part.slot_size / 2) {
		pr_err("initrd is too large for the slot\n");
		return -EFBIG;
	}
	limit = initrd_offset();

	for (i = 0; i < eh->e_phnum; i++) {
		const struct elf64_phdr *ph = phdr(i);

		if (ph->p_type != PT_LOAD && ph->p_type != PT_NOTE)
			continue;
		if (ph->p_offset > image.kernel_size ||
		    ph->p_filesz > image.kernel_size - ph->p_offset) {
			pr_err("image is truncated\n");
			return -ENOEXEC;
		}
		if (ph->p_type == PT_NOTE) {
			fits |= note_fits(ph);
			continue;
		}
		if (ph->p_filesz > ph->p_memsz ||
		    ph->p_paddr < ORTHROS_RES_SIZE || ph->p_paddr > limit ||
		    ph->p_memsz > limit - ph->p_paddr) {
			pr_err("image does not fit into the slot\n");
			return -EFBIG;
		}
		if (eh->e_entry >= ph->p_paddr &&
		    eh->e_entry - ph->p_paddr < ph->p_filesz)
			entry = true;
	}
	if (!entry) {
		pr_err("image has no entry point\n");
		return -ENOEXEC;
	}
	if (!fits) {
		pr_err("image has no Orthros of hand-off version %d\n",
		       ORTHROS_HANDOFF_VERSION);
		return -ENOEXEC;
	}
	return 0;
}

/* The slot is large: let others run meanwhile. */
static void clear_slot(void *slot, u64 from, u64 to)
{
	while (from < to) {
		u64 n = min_t(u64, to - from, SZ_2M);

		memset(slot + from, 0, n);
		from += n;
		cond_resched();
	}
}

static void copy_segments(void *slot)
{
	const struct elf64_hdr *eh = image.kernel;
	int i;

	for (i = 0; i < eh->e_phnum; i++) {
		const struct elf64_phdr *ph = phdr(i);

		if (ph->p_type != PT_LOAD)
			continue;
		memcpy(slot + ph->p_paddr, image.kernel + ph->p_offset,
		       ph->p_filesz);
		clear_slot(slot, ph->p_paddr + ph->p_filesz,
			   ph->p_paddr + ph->p_memsz);
		cond_resched();
	}
	if (image.initrd_size)
		memcpy(slot + initrd_offset(), image.initrd, image.initrd_size);
}

/* Append this kernel's console= options: the user's console stays. */
static int append_consoles(char *buf, int at, int size)
{
	const char *p = saved_command_line;

	while ((p = strstr(p, "console="))) {
		int len = strcspn(p, " ");

		if (p == saved_command_line || p[-1] == ' ')
			at += scnprintf(buf + at, size - at, " %.*s", len, p);
		p += len;
	}
	return at;
}

static int write_boot_params(void *slot)
{
	struct boot_params *bp = slot + ORTHROS_RES_BOOTPARAMS;
	char *cmdline = slot + ORTHROS_RES_CMDLINE;
	u64 phys = orthros_part.slot + ORTHROS_RES_CMDLINE;
	u64 initrd = orthros_part.slot + initrd_offset();
	u32 i;
	int n;

	memset(bp, 0, sizeof(*bp));
	bp->hdr.boot_flag = 0xaa55;
	bp->hdr.header = 0x53726448;	/* HdrS */
	bp->hdr.version = 0x20f;
	bp->hdr.type_of_loader = 0xff;
	bp->hdr.loadflags = LOADED_HIGH;
	bp->hdr.cmd_line_ptr = phys;
	bp->ext_cmd_line_ptr = phys >> 32;
	bp->hdr.cmdline_size = COMMAND_LINE_SIZE;
	if (image.initrd_size) {
		bp->hdr.ramdisk_image = initrd;
		bp->ext_ramdisk_image = initrd >> 32;
		bp->hdr.ramdisk_size = image.initrd_size;
		bp->ext_ramdisk_size = (u64)image.initrd_size >> 32;
	}

	/* The machine's map; the second kernel reserves what is not its own. */
	if (e820_table_firmware->nr_entries > ARRAY_SIZE(bp->e820_table))
		return -E2BIG;
	for (i = 0; i < e820_table_firmware->nr_entries; i++) {
		bp->e820_table[i].addr = e820_table_firmware->entries[i].addr;
		bp->e820_table[i].size = e820_table_firmware->entries[i].size;
		bp->e820_table[i].type = e820_table_firmware->entries[i].type;
	}
	bp->e820_entries = e820_table_firmware->nr_entries;

	/*
	 * The hand-off comes first, before any option can touch a device.
	 * RAM above 4 GiB asks for a bounce buffer nobody needs before the
	 * takeover; the external NMI is the ActiveOS's.
	 */
	n = scnprintf(cmdline, COMMAND_LINE_SIZE,
		      "orthros.handoff=%#llx %s swiotlb=noforce apic_extnmi=none",
		      orthros_part.slot + ORTHROS_RES_HANDOFF,
		      image.cmdline ? image.cmdline : "");
	n = append_consoles(cmdline, n, COMMAND_LINE_SIZE);
	return n >= COMMAND_LINE_SIZE - 1 ? -E2BIG : 0;
}

#define TABLE_FLAGS	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED)
#define LARGE_FLAGS	(TABLE_FLAGS | _PAGE_PSE | _PAGE_DIRTY)

enum { SP_PGD, SP_PUD_LOW, SP_PUD, SP_PMD_LOW, SP_PMD, SP_PMD2, SP_NR };

/*
 * Page tables for the way to startup_64, in the low area so that the 32-bit
 * CR3 of the start code reaches them: the low area and up to 2 GiB from the
 * slot's start, identity mapped. Four levels: the CPU comes from an INIT.
 */
static u64 write_spawn_tables(void)
{
	u64 base = orthros_part.low + ORTHROS_LOW_SPAWN_PT, slot = orthros_part.slot;
	u64 *t = orthros_low(ORTHROS_LOW_SPAWN_PT);
	unsigned long gb = slot >> PUD_SHIFT, i, j;

#define T(n)	(t + (n) * PTRS_PER_PMD)
#define P(n)	((base + (n) * PAGE_SIZE) | TABLE_FLAGS)
	memset(t, 0, SP_NR * PAGE_SIZE);
	T(SP_PGD)[0] = P(SP_PUD_LOW);
	T(SP_PUD_LOW)[0] = P(SP_PMD_LOW);
	T(SP_PMD_LOW)[0] = LARGE_FLAGS;
	if (slot >> PGDIR_SHIFT)
		T(SP_PGD)[slot >> 39] = P(SP_PUD);
	for (i = 0; i < 2; i++, gb++) {
		u64 *pud = gb >> 9 ? T(SP_PUD) : T(SP_PUD_LOW);
		int pmd = gb ? SP_PMD + i : SP_PMD_LOW;

		if (i && !(gb & 511))
			break;
		pud[gb & 511] = P(pmd);
		for (j = 0; j < PTRS_PER_PMD; j++)
			T(pmd)[j] = ((gb << PUD_SHIFT) + (j << PMD_SHIFT)) |
				    LARGE_FLAGS;
	}
#undef T
#undef P
	return base;
}

static void write_spawn_code(void)
{
	const struct elf64_hdr *eh = image.kernel;
	void *code = orthros_low(ORTHROS_LOW_SPAWN);
	u64 phys = orthros_part.low + ORTHROS_LOW_SPAWN;

#define AT(sym)		((sym) - orthros_spawn_begin)
	memcpy(code, orthros_spawn_begin, orthros_spawn_end - orthros_spawn_begin);
	*(u32 *)(code + AT(orthros_spawn_gdtr) + 2) = phys + AT(orthros_spawn_gdt);
	*(u32 *)(code + AT(orthros_spawn_far)) = phys + AT(orthros_spawn_64);
	*(u64 *)(code + AT(orthros_spawn_cr3)) = write_spawn_tables();
	*(u64 *)(code + AT(orthros_spawn_rsi)) =
		orthros_part.slot + ORTHROS_RES_BOOTPARAMS;
	*(u64 *)(code + AT(orthros_spawn_entry)) = orthros_part.slot + eh->e_entry;
#undef AT
}

static void write_handoff(void)
{
	struct orthros_handoff *ho = orthros_ho;
	struct orthros_ring *log = (void *)ho + ORTHROS_RES_LOG;

	log->head = 0;
	log->size = ORTHROS_LOG_SIZE;
	memset((void *)ho + ORTHROS_RES_REPORT, 0, ORTHROS_RES_REPORT_SIZE);

	ho->tsc_khz = tsc_khz;
	ho->lapic_khz = (u64)lapic_timer_period * HZ / 1000;
	ho->lpj = loops_per_jiffy;
	memset(&ho->dst, 0, sizeof(ho->dst));
	ho->cmd = ORTHROS_CMD_NONE;
	ho->done_seq = ho->cmd_seq;
	ho->result = 0;
	ho->text[0] = 0;
}

/* Every donated CPU waits for a start-up IPI after this. */
static bool spawned(void)
{
	u32 state = orthros_peer_state();

	return state != ORTHROS_ST_STARTING && state != ORTHROS_ST_BOOTED;
}

static int spawn(void)
{
	struct orthros_handoff *ho = orthros_ho;
	void *slot;
	u64 seen = 0;
	long left;
	int ret;

	ret = orthros_export_self(&ho->src);
	if (ret) {
		pr_err("cannot describe this kernel: %pe\n", ERR_PTR(ret));
		return ret;
	}
	slot = memremap(orthros_part.slot, orthros_part.slot_size, MEMREMAP_WB);
	if (!slot)
		return -ENOMEM;
	copy_segments(slot);
	ret = write_boot_params(slot);
	memunmap(slot);
	if (ret) {
		pr_err("command line or memory map is too long\n");
		return ret;
	}
	write_handoff();
	orthros_tell_pci();
	orthros_park_prepare();
	write_spawn_code();
	orthros_clock_sample(&ho->clock_boot);
	orthros_set_peer_state(ORTHROS_ST_STARTING);

	orthros_stop_peer_cpus();
	orthros_send_sipi(ho->dst_apic_id, orthros_part.low + ORTHROS_LOW_SPAWN);

	do {
		left = wait_event_killable_timeout(orthros_peer_wq, spawned(),
						   ORTHROS_SILENCE_TIMEOUT);
	} while (!left && orthros_log_moved(&seen));
	switch (READ_ONCE(ho->peer_state)) {
	/* An update that waited for it, too, may have been faster. */
	case ORTHROS_ST_BUSY:
	case ORTHROS_ST_FAILED:
	case ORTHROS_ST_READY:
		ho->dst.release[sizeof(ho->dst.release) - 1] = 0;
		pr_info("second kernel %s is ready\n", ho->dst.release);
		return 0;
	case ORTHROS_ST_REFUSED:
		ret = -EPROTO;
		break;
	case ORTHROS_ST_DEAD:
		ret = -EIO;
		break;
	default:
		ret = left < 0 ? -EINTR : -ETIMEDOUT;
		break;
	}
	orthros_stop_peer_cpus();
	ho->text[sizeof(ho->text) - 1] = 0;
	pr_err("second kernel did not come up: %pe %s\n", ERR_PTR(ret), ho->text);
	WRITE_ONCE(ho->peer_state, ORTHROS_ST_NONE);
	return ret;
}

/**
 * orthros_stop_peer - stop the second kernel on the way to the machine's end
 */
void orthros_stop_peer(void)
{
	orthros_unguard();
	orthros_stop_peer_cpus();
	WRITE_ONCE(orthros_ho->peer_state, ORTHROS_ST_NONE);
}

/* Slot and CPUs as they were at boot; the log stays for a post-mortem. */
static void unspawn(void)
{
	void *slot;

	orthros_guard(false);
	orthros_stop_peer_cpus();
	WRITE_ONCE(orthros_ho->peer_state, ORTHROS_ST_NONE);
	memset(&orthros_ho->dst, 0, sizeof(orthros_ho->dst));
	slot = memremap(orthros_part.slot, orthros_part.slot_size, MEMREMAP_WB);
	if (slot) {
		clear_slot(slot, ORTHROS_RES_SIZE, orthros_part.slot_size);
		memunmap(slot);
	}
}

static int read_file(struct file *file, void **buf, size_t *size,
		     enum kernel_read_file_id id)
{
	ssize_t n;

	*buf = NULL;
	n = kernel_read_file(file, 0, buf, INT_MAX, NULL, id);
	if (n < 0)
		return n;
	*size = n;
	return 0;
}

/* Is there a slot that a second kernel is or could be in? */
static bool slot_ready(void)
{
	return !orthros_part.movable || orthros_part.taken;
}

static int ready_for_load(void)
{
	if (orthros_is_backup())
		return -EPERM;
	if (!orthros_part.valid || !orthros_ho)
		return -ENODEV;
	return 0;
}

/*
 * What is forbidden to kexec is forbidden here, too: any kernel, or one without a
 * signature. A vmlinux has none that kexec would know.
 */
static int check_permission(void)
{
	const char *why = NULL;

	if (IS_ENABLED(CONFIG_KEXEC_SIG_FORCE))
		why = "this kernel takes signed kernels only";
	else if (!orthros_kexec_permitted())
		why = "loading of kernels is disabled (kexec_load_disabled)";
	if (!why)
		return 0;
	pr_err("%s\n", why);
	orthros_set_last_error("%s", why);
	return -EPERM;
}

/**
 * orthros_peer_lock - nobody else starts, stops or uses the second kernel
 *
 * An update freezes who waits for it, who then begins anew: maybe in another
 * kernel.
 *
 * Return: 0 or -ERESTARTSYS.
 */
int orthros_peer_lock(void)
{
	return mutex_lock_interruptible(&peer_lock) ? -ERESTARTSYS : 0;
}
EXPORT_SYMBOL_GPL(orthros_peer_lock);

/**
 * orthros_peer_unlock - the end of orthros_peer_lock()
 */
void orthros_peer_unlock(void)
{
	mutex_unlock(&peer_lock);
}
EXPORT_SYMBOL_GPL(orthros_peer_unlock);

/**
 * orthros_load - load a kernel into the slot and start it
 * @kernel:	vmlinux
 * @initrd:	its initrd, or NULL: a BackupOS needs none
 * @cmdline:	its command line, or NULL; what the platform needs is added
 * @nowait:	fail if the hop that led to this kernel is not over yet
 *
 * Sleeps until the kernel is ready, or has refused.
 *
 * Return: 0, -EPERM if kexec may load none, -ENODEV without a partition, -EBUSY
 * when one runs, -ENOEXEC for a wrong image, -EPROTO when the kernel refused (its
 * reason is logged and in the hand-off block), -EIO when it died, -ETIMEDOUT.
 */
int orthros_load(struct file *kernel, struct file *initrd, const char *cmdline, bool nowait)
{
	int ret;

	ret = orthros_peer_lock();
	if (ret)
		return ret;
	ret = ready_for_load();
	if (ret)
		goto out;
	if (orthros_peer_alive()) {
		ret = -EBUSY;
		goto out;
	}
	ret = check_permission();
	if (ret)
		goto out;
	if (slot_ready() && READ_ONCE(orthros_ho->peer_state) != ORTHROS_ST_NONE)
		unspawn();
	free_image();
	ret = read_file(kernel, &image.kernel, &image.kernel_size,
			READING_KEXEC_IMAGE);
	if (ret)
		goto err_free;
	if (initrd) {
		ret = read_file(initrd, &image.initrd, &image.initrd_size,
				READING_KEXEC_INITRAMFS);
		if (ret)
			goto err_free;
	}
	if (cmdline) {
		image.cmdline = kstrdup(cmdline, GFP_KERNEL);
		if (!image.cmdline) {
			ret = -ENOMEM;
			goto err_free;
		}
	}
	ret = check_image();
	if (ret)
		goto err_free;
	ret = orthros_takeover_wait(nowait ? TASK_RUNNING : TASK_INTERRUPTIBLE);
	if (ret)
		goto err_free;
	/* It lies in the slot, and anywhere else. */
	orthros_release_retained("the next kernel needs its slot");
	ret = orthros_slot_take(nowait);
	if (ret)
		goto err_free;
	/* The last hop is over, but for one: it holds the lock of its device. */
	if (orthros_devices_hang()) {
		orthros_set_last_error("%s", orthros_devices_error());
		ret = -EBUSY;
		goto err_slot;
	}
	orthros_trace_run("load");
	ret = spawn();
	if (!ret)
		goto out;
err_slot:
	orthros_slot_give();
err_free:
	free_image();
out:
	orthros_peer_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(orthros_load);

/**
 * orthros_unload - stop the second kernel
 *
 * Its CPUs wait for a start-up IPI again, its memory is cleared.
 *
 * Return: 0, -ENODEV without a partition or when none is loaded.
 */
int orthros_unload(void)
{
	int ret;

	ret = orthros_peer_lock();
	if (ret)
		return ret;
	ret = ready_for_load();
	if (!ret && (!slot_ready() ||
		     (READ_ONCE(orthros_ho->peer_state) == ORTHROS_ST_NONE &&
		      !image.kernel)))
		ret = -ENODEV;
	if (!ret) {
		unspawn();
		orthros_slot_give();
		free_image();
	}
	orthros_peer_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(orthros_unload);

/**
 * orthros_respawn - start the loaded kernel anew
 *
 * After a hop that failed: what the second kernel has half built is gone.
 *
 * Return: as orthros_load(); -ENOENT when nothing was loaded.
 */
int orthros_respawn(void)
{
	int ret;

	mutex_lock(&peer_lock);
	ret = ready_for_load();
	if (!ret && !image.kernel)
		ret = -ENOENT;
	if (!ret) {
		orthros_stop_peer_cpus();
		ret = spawn();
	}
	mutex_unlock(&peer_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(orthros_respawn);

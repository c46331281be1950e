// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vDSO across a hop.
 *
 * libc keeps addresses of functions in the source's vDSO, so its text stays
 * where it was, as private memory in which each exported function jumps to the
 * function of the same name in this kernel's vDSO, or makes the system call.
 * Its data pages stay as they were last: nothing updates them any more.
 *
 * A thread that was stopped inside the old text must not run into a half
 * overwritten function. It goes on in a second, unpatched copy of text and
 * data. The clock data there have changed and know no clock source, so that it
 * asks the kernel: going on from the source's last tick, it would see a time that
 * another thread, or itself, may not have reached yet by this kernel's clock.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/elf.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <asm/unistd.h>
#include <asm/vdso.h>
#include "../../../../kernel/orthros/mm/map_pages.h"
#include "../../../../kernel/orthros/mm/mm_internal.h"

#define MAX_SPAN	SZ_1M
#define MAX_TRIES	256

/* The one image of this boot, for orthros_vdso_fixup_ip(). */
static struct orthros_image *vdso_img;

/* ---- ELF: an image in memory, linked at 0, everything bounded ---------- */

struct vdso_elf {
	const u8 *data;
	size_t size;
	const Elf64_Sym *sym;
	u32 nr_syms;
	const char *str;
	size_t str_size;
};

static const void *elf_at(const struct vdso_elf *e, u64 off, u64 len)
{
	if (off > e->size || len > e->size - off || off & 3)
		return NULL;
	return e->data + off;
}

static int elf_dynamic(struct vdso_elf *e, const Elf64_Dyn *dyn, u64 nr)
{
	u64 symtab = 0, strtab = 0, str_size = 0, hash = 0, i;
	const u32 *h;

	for (i = 0; i < nr && dyn[i].d_tag != DT_NULL; i++) {
		switch (dyn[i].d_tag) {
		case DT_SYMTAB:
			symtab = dyn[i].d_un.d_ptr;
			break;
		case DT_STRTAB:
			strtab = dyn[i].d_un.d_ptr;
			break;
		case DT_STRSZ:
			str_size = dyn[i].d_un.d_val;
			break;
		case DT_HASH:
			hash = dyn[i].d_un.d_ptr;
			break;
		}
	}
	/* With only a GNU hash: the linker puts the names behind the symbols. */
	h = hash ? elf_at(e, hash, 2 * sizeof(*h)) : NULL;
	e->nr_syms = h ? h[1] : strtab > symtab ? (strtab - symtab) / sizeof(*e->sym) : 0;
	e->sym = elf_at(e, symtab, (u64)e->nr_syms * sizeof(*e->sym));
	if (!symtab || !e->sym || strtab > e->size || !str_size || str_size > e->size - strtab)
		return -EUCLEAN;
	e->str = (const char *)e->data + strtab;
	e->str_size = str_size;
	return e->str[str_size - 1] ? -EUCLEAN : 0;
}

static int elf_open(struct vdso_elf *e, const void *data, size_t size)
{
	const Elf64_Ehdr *eh = data;
	const Elf64_Phdr *ph;
	const Elf64_Dyn *dyn;
	unsigned int i;

	e->data = data;
	e->size = size;
	if (size < sizeof(*eh) || memcmp(eh->e_ident, ELFMAG, SELFMAG) ||
	    eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_phentsize != sizeof(*ph))
		return -ENOEXEC;
	ph = elf_at(e, eh->e_phoff, (u64)eh->e_phnum * sizeof(*ph));
	if (!ph)
		return -EUCLEAN;
	for (i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD && ph[i].p_vaddr != ph[i].p_offset)
			return -EUCLEAN;
		if (ph[i].p_type != PT_DYNAMIC)
			continue;
		dyn = elf_at(e, ph[i].p_offset, ph[i].p_filesz);
		return dyn ? elf_dynamic(e, dyn, ph[i].p_filesz / sizeof(*dyn)) : -EUCLEAN;
	}
	return -ENOENT;
}

/* Name of a function that the image exports, or NULL. */
static const char *elf_func(const struct vdso_elf *e, u32 i)
{
	const Elf64_Sym *s = &e->sym[i];

	if (s->st_shndx == SHN_UNDEF || s->st_shndx >= SHN_LORESERVE ||
	    ELF64_ST_TYPE(s->st_info) != STT_FUNC || s->st_name >= e->str_size ||
	    s->st_value > e->size || s->st_size > e->size - s->st_value)
		return NULL;
	return e->str + s->st_name;
}

static u64 elf_find(const struct vdso_elf *e, const char *name)
{
	const char *n;
	u32 i;

	for (i = 1; i < e->nr_syms; i++) {
		n = elf_func(e, i);
		if (n && !strcmp(n, name))
			return e->sym[i].st_value;
	}
	return 0;
}

/* ---- forwarding -------------------------------------------------------- */

static const struct {
	const char *name;
	u32 nr;
	bool always;
} stubs[] = {
	{ "__vdso_clock_gettime", __NR_clock_gettime },
	{ "__vdso_gettimeofday", __NR_gettimeofday },
	{ "__vdso_clock_getres", __NR_clock_getres },
	{ "__vdso_time", __NR_time },
	{ "__vdso_getcpu", __NR_getcpu },
	/* Its callers keep state in the format of the kernel that they asked. */
	{ "__vdso_getrandom", 318 /* __NR_getrandom */, true },
};

/* System call for a function: the arguments are in the same registers. */
static int find_stub(const char *name, bool *always)
{
	unsigned int i;

	*always = false;
	for (i = 0; i < ARRAY_SIZE(stubs); i++) {
		/* Each has a second name without the prefix. */
		if (strcmp(stubs[i].name, name) && strcmp(stubs[i].name + 7, name))
			continue;
		*always = stubs[i].always;
		return stubs[i].nr;
	}
	return -1;
}

/* mov $nr,%eax; syscall; ret - or mov $-ENOSYS,%rax; ret */
static size_t make_stub(u8 *code, int nr)
{
	static const u8 enosys[] = { 0x48, 0xc7, 0xc0, (u8)-ENOSYS, 0xff, 0xff, 0xff, 0xc3 };
	static const u8 sys[] = { 0xb8, 0, 0, 0, 0, 0x0f, 0x05, 0xc3 };

	if (nr < 0) {
		memcpy(code, enosys, sizeof(enosys));
		return sizeof(enosys);
	}
	memcpy(code, sys, sizeof(sys));
	memcpy(code + 1, &nr, sizeof(nr));
	return sizeof(sys);
}

/* jmp to, short if it is in reach */
static size_t make_jump(u8 *code, u64 from, u64 to)
{
	s64 rel = to - (from + 5);
	s32 rel32 = rel;

	if (rel == rel32) {
		code[0] = 0xe9;
		memcpy(code + 1, &rel32, sizeof(rel32));
		return 5;
	}
	/* jmp *0(%rip), then the address */
	memcpy(code, "\xff\x25\x00\x00\x00\x00", 6);
	memcpy(code + 6, &to, sizeof(to));
	return 14;
}

/* Overwrite the functions of @text, which is mapped at @old, for a vDSO at @new. */
static int forward(u8 *text, size_t size, u64 old, u64 new)
{
	struct vdso_elf from, to;
	const char *name;
	int err;
	u32 i;

	err = elf_open(&from, text, size);
	if (!err)
		err = elf_open(&to, vdso_image_64.data, vdso_image_64.size);
	if (err)
		return orthros_fail(err, "vDSO: not as expected");

	for (i = 1; i < from.nr_syms; i++) {
		u64 at, target;
		bool always;
		size_t len;
		u8 code[16];
		int nr;

		name = elf_func(&from, i);
		if (!name)
			continue;
		at = from.sym[i].st_value;
		target = elf_find(&to, name);
		nr = find_stub(name, &always);
		if (target && !always)
			len = make_jump(code, old + at, new + target);
		else
			len = make_stub(code, nr);
		if (len > from.sym[i].st_size)
			return orthros_fail(-ENOSPC, "vDSO: %s has %llu bytes", name,
					    from.sym[i].st_size);
		memcpy(text + at, code, len);
	}
	return 0;
}

/* ---- old text and data as private memory ------------------------------- */

struct vvar_copy {
	const struct orthros_src *src;
	const struct orthros_mm_env *env;
	struct vm_area_struct *vma;
	void *page;		/* in which the clock data are changed */
	u64 shift;		/* new address - old address */
	u64 clock;		/* old address of the clock data page, 0 when it is done */
};

/* The page of clock data at @data: whoever reads it begins again, and asks the kernel. */
static int copy_clock(struct vvar_copy *c, const void *data)
{
	const struct orthros_mm_env *env = c->env;
	u64 at = env->clock_data - env->vvar_page;
	u64 seq = env->clock_seq, mode = env->clock_mode, size = env->clock_size;
	u32 i;

	if (at >= PAGE_SIZE || env->clock_bases > (PAGE_SIZE - at) / max(size, 1ULL) ||
	    seq + sizeof(u32) > size || mode + sizeof(s32) > size)
		return orthros_fail(-EUCLEAN, "vDSO: clock data");
	memcpy(c->page, data, PAGE_SIZE);
	for (i = 0; i < env->clock_bases; i++, at += size) {
		u32 *count = c->page + at + seq;

		*(s32 *)(c->page + at + mode) = env->clock_mode_none;
		/* Even, also if the source was at an update. */
		*count = (*count + 2) & ~1;
	}
	return orthros_map_copy(c->vma, c->clock + c->shift, c->page);
}

static int copy_vvar_batch(void *ctx, const struct orthros_src_pte *pte, unsigned int nr)
{
	struct vvar_copy *c = ctx;
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++) {
		const void *data = pte[i].flags & ORTHROS_PTE_ABSENT ? NULL :
			orthros_src_map(c->src, PFN_PHYS(pte[i].pfn), PAGE_SIZE);

		/* A page of a hypervisor, which nothing needs for long. */
		if (!data)
			continue;
		if (pte[i].addr == c->clock) {
			err = copy_clock(c, data);
			c->clock = 0;
		} else {
			err = orthros_map_copy(c->vma, pte[i].addr + c->shift, data);
		}
		if (err)
			return err;
	}
	return 0;
}

static int copy_vvar(struct orthros_image *img, const struct orthros_mm_rec *mm,
		     const struct orthros_vma_rec *rec, struct vm_area_struct *vma, u64 shift)
{
	const struct orthros_mm_env *env = orthros_mm_env(img->src);
	struct vvar_copy c = { .src = img->src, .env = env, .vma = vma, .shift = shift };
	const void *data;
	size_t left;
	int err;

	if (IS_ERR(env))
		return PTR_ERR(env);
	if (mm->vdso_vvar_page && env->clock_data)
		c.clock = mm->vdso + mm->vdso_vvar_page;
	c.page = (void *)__get_free_page(GFP_KERNEL);
	if (!c.page)
		return -ENOMEM;
	err = orthros_src_pt_walk(img->src, mm->pgd_phys, rec->start, rec->end,
				  copy_vvar_batch, &c);
	if (!err && env->vvar_page && c.clock >= rec->start && c.clock < rec->end) {
		/* Not touched yet: a thread may be on its way to it. */
		data = orthros_src_map(img->src,
				       orthros_src_phys(img->src, env->vvar_page, &left),
				       PAGE_SIZE);
		if (data)
			err = copy_clock(&c, data);
	}
	free_page((unsigned long)c.page);
	return err;
}

static int copy_text(const struct orthros_mm_rec *mm, const struct orthros_vma_rec *rec,
		     struct vm_area_struct *vma, u64 shift, const u8 *text)
{
	u64 addr;
	int err;

	for (addr = rec->start; addr < rec->end; addr += PAGE_SIZE) {
		u64 off = addr - mm->vdso;

		if (addr < mm->vdso || off >= mm->vdso_size)
			continue;
		err = orthros_map_copy(vma, addr + shift, text + off);
		if (err)
			return err;
	}
	return 0;
}

/* Text and data of the source, @shift above where they were. */
static int map_old(struct orthros_image *img, struct orthros_obj *obj, struct mm_struct *mm,
		   u64 shift, const u8 *text)
{
	const struct orthros_mm_rec *rec = obj->rec;
	u32 i;
	int err = 0;

	for (i = 0; i < rec->nr_vmas && !err; i++) {
		struct orthros_obj *vobj = orthros_obj_find(img, &orthros_vma_type, rec->vmas[i]);
		const struct orthros_vma_rec *v;
		struct vm_area_struct *vma;
		u64 start;

		if (!vobj)
			return -ENOENT;
		v = vobj->rec;
		if (v->kind != ORTHROS_VMA_VDSO && v->kind != ORTHROS_VMA_VVAR)
			continue;
		start = v->start + shift;
		/* Anonymous pages belong only where a write would copy them (is_cow_mapping()). */
		vma = orthros_new_vma(mm, start, v->end + shift, start >> PAGE_SHIFT,
				      orthros_vm_flags(v->flags) | VM_MAYREAD | VM_MAYWRITE, NULL);
		if (IS_ERR(vma))
			return PTR_ERR(vma);
		orthros_obj_built(vobj, vma);
		err = anon_vma_prepare(vma);
		if (err)
			return err;
		if (v->kind == ORTHROS_VMA_VDSO)
			err = copy_text(rec, v, vma, shift, text);
		else
			err = copy_vvar(img, rec, v, vma, shift);
	}
	return err;
}

static u8 *read_text(struct orthros_image *img, const struct orthros_mm_rec *rec)
{
	u8 *text = kvmalloc(rec->vdso_size, GFP_KERNEL);

	if (!text)
		return ERR_PTR(-ENOMEM);
	if (orthros_src_read(img->src, rec->vdso_data, text, rec->vdso_size)) {
		kvfree(text);
		return ERR_PTR(-EFAULT);
	}
	return text;
}

/* What the source's text and data span, [*start, *end); false if there is no text. */
static bool old_span(struct orthros_image *img, const struct orthros_mm_rec *rec, u64 *start,
		     u64 *end)
{
	bool text = false;
	u32 i;

	*start = ~0ULL;
	*end = 0;
	for (i = 0; i < rec->nr_vmas; i++) {
		struct orthros_obj *vobj = orthros_obj_find(img, &orthros_vma_type, rec->vmas[i]);
		const struct orthros_vma_rec *v = vobj ? vobj->rec : NULL;

		if (!v || (v->kind != ORTHROS_VMA_VDSO && v->kind != ORTHROS_VMA_VVAR))
			continue;
		text |= v->kind == ORTHROS_VMA_VDSO;
		*start = min_t(u64, *start, v->start);
		*end = max_t(u64, *end, v->end);
	}
	return text && rec->vdso && rec->vdso_size;
}

/* A free place near @addr, so that short jumps reach it; else the kernel chooses. */
static unsigned long find_place(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	unsigned int tries;

	for (tries = 0; tries < MAX_TRIES && addr < TASK_SIZE_MAX - len; tries++) {
		struct vm_area_struct *vma = find_vma(mm, addr);

		if (!vma || addr + len <= vm_start_gap(vma))
			return addr;
		addr = vma->vm_end;
	}
	return 0;
}

/**
 * orthros_build_vdso() - give a new address space this kernel's vDSO
 * @img:	image
 * @obj:	MM object, whose other mappings are built
 *
 * Context: in the process that owns the address space.
 * Return: 0 or negative errno.
 */
int orthros_build_vdso(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_mm_rec *rec = obj->rec;
	struct mm_struct *mm = obj->dst;
	unsigned long len = vdso_image_64.size - vdso_image_64.sym_vvar_start;
	unsigned long place;
	u64 start, end;
	u8 *text;
	int err;

	vdso_img = img;
	if (!old_span(img, rec, &start, &end))
		return 0;
	text = read_text(img, rec);
	if (IS_ERR(text))
		return orthros_fail(PTR_ERR(text), "vDSO of pid %d", obj->pid);

	mmap_read_lock(mm);
	place = find_place(mm, end, len);
	mmap_read_unlock(mm);
	err = map_vdso_once(&vdso_image_64, place);
	if (!err)
		err = forward(text, rec->vdso_size, rec->vdso,
			      (unsigned long)mm->context.vdso);
	if (!err) {
		mmap_write_lock(mm);
		err = map_old(img, obj, mm, 0, text);
		mmap_write_unlock(mm);
	}
	kvfree(text);
	return err ? orthros_fail(err, "vDSO of pid %d", obj->pid) : 0;
}

/* Where the unpatched copy begins, minus where the old text and data begin; 0 on failure. */
static u64 map_unpatched(struct orthros_obj *obj, u64 start, u64 end)
{
	const struct orthros_mm_rec *rec = obj->rec;
	struct mm_struct *mm = obj->dst;
	unsigned long addr;
	u64 shift = 0;
	u8 *text;
	int err;

	if (end - start > MAX_SPAN)
		return 0;
	text = read_text(vdso_img, rec);
	if (IS_ERR(text))
		return 0;
	mmap_write_lock(mm);
	addr = get_unmapped_area(NULL, 0, end - start, 0, 0);
	err = IS_ERR_VALUE(addr) ? (int)addr : map_old(vdso_img, obj, mm, addr - start, text);
	mmap_write_unlock(mm);
	if (!err)
		shift = addr - start;
	kvfree(text);
	return shift;
}

/**
 * orthros_vdso_fixup_ip() - where a thread goes on that was in the old vDSO
 * @obj:	MM object
 * @ip:		its instruction pointer in the source
 *
 * Context: in a task of that address space, before the image is freed.
 * Return: @ip if it lies elsewhere, the place in a copy of the old vDSO, or 0
 * if that could not be made.
 */
unsigned long orthros_vdso_fixup_ip(struct orthros_obj *obj, unsigned long ip)
{
	const struct orthros_mm_rec *rec = obj->rec;
	struct orthros_obj *vobj = NULL;
	const struct orthros_vma_rec *v = NULL;
	struct vm_area_struct *vma;
	u64 start, end, shift;
	u32 i;

	if (!rec->vdso || ip < rec->vdso || ip - rec->vdso >= rec->vdso_size)
		return ip;
	if (!vdso_img || !old_span(vdso_img, rec, &start, &end))
		return ip;
	if (current->mm != obj->dst) {
		orthros_fail(-EINVAL, "vDSO of pid %d: not its task", obj->pid);
		return 0;
	}
	for (i = 0; i < rec->nr_vmas; i++) {
		vobj = orthros_obj_find(vdso_img, &orthros_vma_type, rec->vmas[i]);
		v = vobj ? vobj->rec : NULL;
		if (v && v->kind == ORTHROS_VMA_VDSO)
			break;
	}

	/* The object stands for the copy that was made last: the patched one, or this. */
	vma = vobj->dst;
	shift = vma ? vma->vm_start - v->start : 0;
	if (!shift)
		shift = map_unpatched(obj, start, end);
	if (!shift) {
		orthros_fail(-ENOMEM, "vDSO of pid %d: copy", obj->pid);
		return 0;
	}
	return ip + shift;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel images. The kernel's loader takes a vmlinux; here a bzImage becomes
 * one, and one with debug information is cut down to what is loaded.
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "image.h"

/* Offsets in the setup header, Documentation/arch/x86/boot.rst. */
#define SETUP_SECTS		0x1f1
#define SETUP_MAGIC		0x202
#define SETUP_VERSION		0x206
#define SETUP_PAYLOAD_OFFSET	0x248
#define SETUP_PAYLOAD_LENGTH	0x24c

struct blob {
	const char *path;
	unsigned char *data;
	size_t size;
};

static uint32_t le32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool is_elf(const struct blob *b)
{
	return b->size >= sizeof(Elf64_Ehdr) && !memcmp(b->data, ELFMAG, SELFMAG);
}

/* Replace a bzImage by its payload, unpacked. */
static void unpack(struct blob *b)
{
	size_t start, len, room;
	z_stream z = { 0 };
	unsigned char *out;
	int ret;

	if (b->size < 0x1000 || memcmp(b->data + SETUP_MAGIC, "HdrS", 4) ||
	    (b->data[SETUP_VERSION] | b->data[SETUP_VERSION + 1] << 8) < 0x208)
		errx(1, "%s: neither a vmlinux nor a bzImage", b->path);
	start = ((b->data[SETUP_SECTS] ? b->data[SETUP_SECTS] : 4) + 1) * 512 +
		le32(b->data + SETUP_PAYLOAD_OFFSET);
	len = le32(b->data + SETUP_PAYLOAD_LENGTH);
	if (start > b->size || len > b->size - start || len < 18)
		errx(1, "%s: truncated", b->path);
	if (b->data[start] != 0x1f || b->data[start + 1] != 0x8b)
		errx(1, "%s: not packed by gzip: load its vmlinux", b->path);

	/* The payload ends with its unpacked size. */
	room = le32(b->data + start + len - 4);
	if (!room || room > 1UL << 30)
		errx(1, "%s: bad payload size", b->path);
	out = mmap(NULL, room, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (out == MAP_FAILED)
		err(1, "%s", b->path);
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		errx(1, "zlib does not start");
	z.next_in = b->data + start;
	z.avail_in = len;
	z.next_out = out;
	z.avail_out = room;
	ret = inflate(&z, Z_FINISH);
	/* The last four bytes are the size, outside the gzip stream. */
	if (ret != Z_STREAM_END)
		errx(1, "%s: cannot unpack: %s", b->path, z.msg ? z.msg : "truncated");
	munmap(b->data, b->size);
	b->data = out;
	b->size = z.total_out;
	inflateEnd(&z);
	if (!is_elf(b))
		errx(1, "%s: its payload is not a vmlinux", b->path);
}

static void put(int fd, const void *buf, size_t len, off_t at)
{
	while (len) {
		ssize_t n = pwrite(fd, buf, len, at);

		if (n <= 0)
			err(1, "memfd");
		buf = (const char *)buf + n;
		len -= n;
		at += n;
	}
}

/* Headers and the segments that are loaded, nothing else. */
static int compact(const struct blob *b)
{
	Elf64_Ehdr eh;
	Elf64_Phdr *ph;
	size_t i, at;
	int fd;

	memcpy(&eh, b->data, sizeof(eh));
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 || eh.e_machine != EM_X86_64 ||
	    eh.e_phentsize != sizeof(*ph) || eh.e_phoff > b->size ||
	    eh.e_phnum * sizeof(*ph) > b->size - eh.e_phoff)
		errx(1, "%s: not an x86-64 kernel", b->path);
	ph = calloc(eh.e_phnum, sizeof(*ph));
	if (!ph)
		err(1, "%s", b->path);
	memcpy(ph, b->data + eh.e_phoff, eh.e_phnum * sizeof(*ph));
	fd = memfd_create("vmlinux", MFD_CLOEXEC);
	if (fd < 0)
		err(1, "memfd_create");
	at = (sizeof(eh) + eh.e_phnum * sizeof(*ph) + 4095) & ~4095UL;
	for (i = 0; i < eh.e_phnum; i++) {
		if (ph[i].p_type != PT_LOAD && ph[i].p_type != PT_NOTE) {
			ph[i].p_type = PT_NULL;
			continue;
		}
		if (ph[i].p_offset > b->size ||
		    ph[i].p_filesz > b->size - ph[i].p_offset)
			errx(1, "%s: truncated", b->path);
		put(fd, b->data + ph[i].p_offset, ph[i].p_filesz, at);
		ph[i].p_offset = at;
		at += (ph[i].p_filesz + 4095) & ~4095UL;
	}
	eh.e_phoff = sizeof(eh);
	eh.e_shoff = 0;
	eh.e_shnum = 0;
	eh.e_shstrndx = 0;
	put(fd, &eh, sizeof(eh), 0);
	put(fd, ph, eh.e_phnum * sizeof(*ph), sizeof(eh));
	if (ftruncate(fd, at))
		err(1, "memfd");
	free(ph);
	return fd;
}

int image_open(const char *path)
{
	struct blob b = { .path = path };
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", path);
	if (!S_ISREG(st.st_mode) || !st.st_size)
		errx(1, "%s: not a kernel image", path);
	b.size = st.st_size;
	b.data = mmap(NULL, b.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (b.data == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	if (!is_elf(&b))
		unpack(&b);
	fd = compact(&b);
	munmap(b.data, b.size);
	return fd;
}

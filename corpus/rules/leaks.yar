/*
 * SPDX-License-Identifier: MIT
 *
 * What a writer did not mean to write: memory behind descriptors, in the rest of
 * a sector. Pointers are told from numbers by coming several at a time, aligned.
 */
rule kernel_pointers : leak
{
	meta:
		about = "addresses in the upper half, as of a Windows or Linux kernel on x86-64"
	condition:
		scope == "slack" and
		for 3 i in (0..filesize \ 8 - 1) : (
			uint32(i * 8 + 4) >= 0xffff8000 and
			uint32(i * 8 + 4) < 0xffffffff)
}

rule user_pointers : leak
{
	meta:
		about = "addresses of processes: 0x00007f.. of Windows and Linux, 0x0000555.. of Linux"
	condition:
		scope == "slack" and
		for 3 i in (0..filesize \ 8 - 1) : (
			(uint32(i * 8 + 4) >= 0x7f00 and
			 uint32(i * 8 + 4) <= 0x7fff) or
			(uint32(i * 8 + 4) >= 0x5550 and
			 uint32(i * 8 + 4) <= 0x566f))
}

rule fill_patterns : leak
{
	meta:
		about = "memory as a debugging allocator leaves it"
	strings:
		$cd = { cd cd cd cd cd cd cd cd cd cd cd cd cd cd cd cd }
		$dd = { dd dd dd dd dd dd dd dd dd dd dd dd dd dd dd dd }
		$fe = { ee fe ee fe ee fe ee fe ee fe ee fe }
		$ba = { 0d f0 ad ba 0d f0 ad ba 0d f0 ad ba }
	condition:
		scope == "slack" and any of them
}

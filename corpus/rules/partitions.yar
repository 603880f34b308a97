/*
 * SPDX-License-Identifier: MIT
 *
 * Partition tables and boot sectors, at multiples of a sector of what is looked at.
 */
rule boot_sector : partition
{
	meta:
		about = "55 aa at the end of a sector that begins with a jump or with code of an MBR"
	strings:
		$end = { 55 aa }
	condition:
		for any i in (1..#end) : (@end[i] % 512 == 510 and
			((uint8(@end[i] - 510) == 0xeb and
			  uint8(@end[i] - 508) == 0x90) or
			 uint32be(@end[i] - 510) == 0x33c08ed0))
}

rule gpt_header : partition
{
	meta:
		about = "UEFI: header of a GUID partition table"
	strings:
		$header = "EFI PART\x00\x00\x01\x00\x5c\x00\x00\x00"
	condition:
		for any i in (1..#header) : (@header[i] % 512 == 0)
}

rule gpt_types : partition
{
	meta:
		about = "types of partitions, in an entry of a table or elsewhere"
	strings:
		$efi_system = { 28 73 2a c1 1f f8 d2 11 ba 4b 00 a0 c9 3e c9 3b }
		$microsoft_reserved = { 16 e3 c9 e3 5c 0b b8 4d 81 7d f9 2d f0 02 15 ae }
		$basic_data = { a2 a0 d0 eb e5 b9 33 44 87 c0 68 b6 b7 26 99 c7 }
		$windows_recovery = { a4 bb 94 de d1 06 40 4d a1 6a bf d5 01 79 d6 ac }
		$linux_filesystem = { af 3d c6 0f 83 84 72 47 8e 79 3d 69 d8 47 7d e4 }
		$linux_swap = { 6d fd 57 06 ab a4 c4 43 84 e5 09 33 c8 4b 4f 4f }
		$linux_lvm = { 79 d3 d6 e6 07 f5 c2 44 a2 3c 23 8f 2a 3d f9 28 }
		$linux_raid = { 0f 88 9d a1 fc 05 3b 4d a0 06 74 3f 0f 84 91 1e }
	condition:
		any of them
}

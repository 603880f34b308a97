/*
 * SPDX-License-Identifier: MIT
 *
 * Superblocks and first sectors of file systems, at a place in a sector or page
 * where they lie; of those with short signatures, with another field that fits.
 */
rule ntfs_boot : filesystem
{
	strings:
		$s = "NTFS    "
	condition:
		for any i in (1..#s) : (@s[i] % 512 == 3)
}

rule ntfs_mft_record : filesystem
{
	meta:
		about = "record of a master file table: update sequence at 0x30 or 0x2a"
	strings:
		$s = { 46 49 4c 45 (30 | 2a) 00 03 00 }
	condition:
		for any i in (1..#s) : (@s[i] % 512 == 0)
}

rule refs_boot : filesystem
{
	strings:
		$s = "ReFS\x00\x00\x00\x00"
	condition:
		for any i in (1..#s) : (@s[i] % 512 == 3)
}

rule exfat_boot : filesystem
{
	strings:
		$s = "EXFAT   "
	condition:
		for any i in (1..#s) : (@s[i] % 512 == 3)
}

rule fat_boot : filesystem
{
	strings:
		$fat16 = /FAT1[26]   /
		$fat32 = "FAT32   "
	condition:
		for any i in (1..#fat16) : (@fat16[i] % 512 == 54) or
		for any i in (1..#fat32) : (@fat32[i] % 512 == 82)
}

rule ext_superblock : filesystem
{
	meta:
		about = "ext2, ext3, ext4: magic, a state, and what to do about errors"
	strings:
		$s = { 53 ef (00 | 01 | 02 | 03 | 05) 00 (01 | 02 | 03) 00 }
	condition:
		for any i in (1..#s) : (@s[i] % 1024 == 56)
}

rule xfs_superblock : filesystem
{
	strings:
		$s = { 58 46 53 42 00 00 (02 | 04 | 08 | 10 | 20 | 40 | 80) 00 }
	condition:
		for any i in (1..#s) : (@s[i] % 512 == 0)
}

rule btrfs_superblock : filesystem
{
	strings:
		$s = "_BHRfS_M"
	condition:
		for any i in (1..#s) : (@s[i] % 4096 == 64)
}

rule apfs_container : filesystem
{
	strings:
		$s = "NXSB\x00\x10\x00\x00"
	condition:
		for any i in (1..#s) : (@s[i] % 4096 == 32)
}

rule luks_header : filesystem
{
	strings:
		$s = { 4c 55 4b 53 ba be 00 (01 | 02) }
	condition:
		for any i in (1..#s) : (@s[i] % 512 == 0)
}

rule bitlocker_boot : filesystem
{
	strings:
		$s = "-FVE-FS-"
	condition:
		for any i in (1..#s) : (@s[i] % 512 == 3)
}

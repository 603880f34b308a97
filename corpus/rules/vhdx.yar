/*
 * SPDX-License-Identifier: MIT
 *
 * GUIDs and signatures of VHDX itself, as on disk. [MS-VHDX] 2.2, 2.3, 2.6
 */
rule vhdx_region_guids : vhdx
{
	meta:
		about = "entries of a region table: BAT, metadata"
	strings:
		$bat = { 66 77 c2 2d 23 f6 00 42 9d 64 11 5e 9b fd 4a 08 }
		$metadata = { 06 a2 7c 8b 90 47 9a 4b b8 fe 57 5f 05 0f 88 6e }
	condition:
		any of them
}

rule vhdx_metadata_guids : vhdx
{
	meta:
		about = "items of the metadata table"
	strings:
		$file_parameters = { 37 67 a1 ca 36 fa 43 4d b3 b6 33 f0 aa 44 e7 6b }
		$virtual_disk_size = { 24 42 a5 2f 1b cd 76 48 b2 11 5d be d8 3b f4 b8 }
		$virtual_disk_id = { ab 12 ca be e6 b2 23 45 93 ef c3 09 e0 00 c7 46 }
		$logical_sector_size = { 1d bf 41 81 6f a9 09 47 ba 47 f2 33 a8 fa ab 5f }
		$physical_sector_size = { c7 48 a3 cd 5d 44 71 44 9c c9 e9 88 52 51 c5 56 }
		$parent_locator = { 2d 5f d3 a8 0b b3 4d 45 ab f7 d3 d8 48 34 ab 0c }
		$locator_type = { b7 ef 4a b0 9e d1 81 4a b7 89 25 b8 e9 44 59 13 }
	condition:
		any of them
}

rule vhdx_parent_paths : vhdx
{
	meta:
		about = "keys of a parent locator, as UTF-16"
	strings:
		$linkage = "parent_linkage" wide
		$relative = "relative_path" wide
		$absolute = "absolute_win32_path" wide
		$volume = "volume_path" wide
	condition:
		any of them
}

rule vhdx_signatures_out_of_place : vhdx
{
	meta:
		about = "a structure of VHDX where the log has none: what the sector was before"
	strings:
		$identifier = "vhdxfile"
		$header = "head"
		$regions = "regi"
		$metadata = "metadata"
	condition:
		(scope == "slack" or scope == "foreign" or scope == "ghost") and
		($identifier at 0 or $header at 0 or $regions at 0 or
		 $metadata at 0)
}

-- SPDX-License-Identifier: MIT
--
-- What `vhdxlog scan -f jsonl` writes, as views for SQLite and for DuckDB. They are
-- made over `record`, which has a line in each row, in a column `json`:
--
--   sqlite3 all.db \
--       'create table record (json text)' \
--       "create index record_type on record (json ->> '$.type')" \
--       '.mode ascii' '.separator "\037" "\n"' '.import all.jsonl record' \
--       '.read vhdxlog.sql'
--
--   duckdb all.duckdb
--   D create view record as select json from read_ndjson_objects('*.jsonl');
--   D .read vhdxlog.sql
--
-- Then, in either:
--
--   select path, state, summary from images where state <> 'clean';
--   select id, count(*) from findings where class = 'error' group by id;
--   -- images whose log has been used by more than one session
--   select path, count(distinct log_guid) from entries where verdict <> 'invalid'
--       group by path having count(distinct log_guid) > 1;
--   -- images that readers leave different
--   select path, count(distinct result) from selection where outcome = 'replay'
--       group by path having count(distinct result) > 1;
--   -- copies of one disk
--   select virtual_disk_id, count(*) from images group by 1 having count(*) > 1;
--   -- children of one parent
--   select value, count(*) from locator_entries where key = 'parent_linkage'
--       group by 1 having count(*) > 1;
--
-- Numbers that may need all of 64 bits, as neither program's integers have them, are
-- text, as in the records: sort sequence numbers by length(x), x. Lists are JSON.

create view images as select
	json ->> '$.path' as path,
	json ->> '$.verdict.state' as state,
	json ->> '$.verdict.summary' as summary,
	json ->> '$.verdict.next' as next,
	json ->> '$.verdict.because' as because,
	cast(json ->> '$.verdict.needs_decision' as boolean) as needs_decision,
	json ->> '$.source.kind' as kind,
	json ->> '$.source.path_hex' as path_hex,
	cast(json ->> '$.source.size' as bigint) as size,
	cast(json ->> '$.source.unchanged' as boolean) as unchanged,
	json ->> '$.source.sha256.image' as sha256,
	json ->> '$.source.sha256.log' as log_sha256,
	json ->> '$.source.sha256.bat' as bat_sha256,
	json ->> '$.image.creator' as creator,
	cast(json ->> '$.image.current_header' as bigint) as current_header,
	json ->> '$.image.metadata.virtual_disk_size' as virtual_disk_size,
	cast(json ->> '$.image.metadata.block_size' as bigint) as block_size,
	cast(json ->> '$.image.metadata.fixed' as boolean) as fixed,
	cast(json ->> '$.image.metadata.has_parent' as boolean) as has_parent,
	json ->> '$.image.metadata.virtual_disk_id' as virtual_disk_id,
	json ->> '$.log.guid' as log_guid,
	json ->> '$.log.offset' as log_offset,
	cast(json ->> '$.log.length' as bigint) as log_length,
	cast(json ->> '$.log.assumed' as boolean) as log_assumed
from record where json ->> '$.type' = 'image';

create view headers as select
	json ->> '$.path' as path,
	cast(json ->> '$.slot' as bigint) as slot,
	cast(json ->> '$.valid' as boolean) as valid,
	cast(json ->> '$.current' as boolean) as current,
	json ->> '$.sequence_number' as sequence_number,
	json ->> '$.file_write_guid' as file_write_guid,
	json ->> '$.data_write_guid' as data_write_guid,
	json ->> '$.log_guid' as log_guid
from record where json ->> '$.type' = 'header';

create view region_tables as select
	json ->> '$.path' as path,
	cast(json ->> '$.table' as bigint) as number,
	cast(json ->> '$.valid' as boolean) as valid,
	cast(json ->> '$.chosen' as boolean) as chosen,
	json -> '$.regions' as regions
from record where json ->> '$.type' = 'region_table';

create view locator_entries as select
	json ->> '$.path' as path,
	json ->> '$.key' as key,
	json ->> '$.value' as value
from record where json ->> '$.type' = 'locator_entry';

create view checks as select
	json ->> '$.path' as path,
	replace(json ->> '$.type', '_check', '') as object,
	json ->> '$.id' as id,
	json ->> '$.status' as status,
	json ->> '$.offset' as file_offset,
	json ->> '$.got' as got,
	json ->> '$.want' as want
from record where (json ->> '$.type') in ('image_check', 'log_check');

create view entries as select
	json ->> '$.path' as path,
	json ->> '$.id' as id,
	cast(json ->> '$.sector' as bigint) as sector,
	cast(json ->> '$.sectors' as bigint) as sectors,
	json ->> '$.verdict' as verdict,
	cast(json ->> '$.active' as boolean) as active,
	json ->> '$.sequence_number' as sequence_number,
	cast(json ->> '$.tail' as bigint) as tail,
	cast(json ->> '$.entry_length' as bigint) as entry_length,
	json ->> '$.log_guid' as log_guid,
	cast(json ->> '$.descriptor_count' as bigint) as descriptor_count,
	json ->> '$.flushed_file_offset' as flushed_file_offset,
	json ->> '$.last_file_offset' as last_file_offset,
	json ->> '$.sequence_as_head' as sequence_as_head,
	json -> '$.descriptors' as descriptors,
	json -> '$.checks' as checks
from record where json ->> '$.type' = 'entry';

create view sequences as select
	json ->> '$.path' as path,
	json ->> '$.id' as id,
	cast(json ->> '$.entries' as bigint) as entries,
	cast(json ->> '$.maximal' as boolean) as maximal,
	json ->> '$.verdict' as verdict,
	cast(json ->> '$.active' as boolean) as active,
	cast(json ->> '$.current' as boolean) as current,
	json ->> '$.log_guid' as log_guid,
	json ->> '$.first_sequence_number' as first_sequence_number,
	json ->> '$.last_sequence_number' as last_sequence_number,
	cast(json ->> '$.effect.pages' as bigint) as pages,
	json ->> '$.effect.grows_to' as grows_to,
	cast(json ->> '$.effect.changes_bytes' as boolean) as changes_bytes
from record where json ->> '$.type' = 'sequence';

create view selection as select
	json ->> '$.path' as path,
	json ->> '$.policy' as policy,
	json ->> '$.outcome' as outcome,
	cast(json ->> '$.known' as boolean) as known,
	json ->> '$.sequence' as sequence,
	json -> '$.entries' as entries,
	json -> '$.applied_entries' as applied_entries,
	cast(json ->> '$.aborts' as boolean) as aborts,
	json ->> '$.reason' as reason,
	json ->> '$.result' as result,
	json ->> '$.result_length' as result_length
from record where json ->> '$.type' = 'selection';

create view findings as select
	json ->> '$.path' as path,
	json ->> '$.id' as id,
	json ->> '$.class' as class,
	json ->> '$.message' as message,
	json -> '$.where' as places
from record where json ->> '$.type' = 'finding';

create view orphans as select
	json ->> '$.path' as path,
	json ->> '$.id' as id,
	cast(json ->> '$.sector' as bigint) as sector,
	json ->> '$.sequence_number' as sequence_number,
	json ->> '$.sha256' as sha256
from record where json ->> '$.type' = 'orphan';

create view guesses as select
	json ->> '$.path' as path,
	json ->> '$.what' as what,
	cast(json ->> '$.assumed' as boolean) as assumed,
	cast(json ->> '$.certain' as boolean) as certain,
	cast(json ->> '$.score' as bigint) as score,
	json ->> '$.offset' as "offset",
	json ->> '$.length' as length,
	json ->> '$.guid' as guid,
	json -> '$.evidence' as evidence
from record where json ->> '$.type' = 'guess';

create view map_runs as select
	json ->> '$.path' as path,
	cast(json ->> '$.first' as bigint) as first_sector,
	cast(json ->> '$.count' as bigint) as sectors,
	json ->> '$.kind' as kind,
	json ->> '$.owner' as owner
from record where json ->> '$.type' = 'map';

create view yara as select
	json ->> '$.path' as path,
	json ->> '$.rule' as rule,
	json ->> '$.namespace' as namespace,
	json -> '$.tags' as tags,
	json -> '$.meta' as meta,
	json ->> '$.string' as string,
	json ->> '$.length' as length,
	json ->> '$.bytes' as bytes,
	json ->> '$.scope' as scope,
	json ->> '$.file_offset' as file_offset,
	json ->> '$.log_offset' as log_offset,
	json ->> '$.target_offset' as target_offset,
	json ->> '$.target_region' as target_region,
	json ->> '$.virtual_offset' as virtual_offset,
	json ->> '$.entry' as entry,
	json ->> '$.sequence_number' as sequence_number,
	cast(json ->> '$.stale' as boolean) as stale,
	json ->> '$.sequence' as sequence
from record where json ->> '$.type' = 'yara';

create view limitations as select
	json ->> '$.path' as path,
	json ->> '$.text' as text
from record where json ->> '$.type' = 'limitation';

CREATE DATABASE IF NOT EXISTS vouch_store ON CLUSTER 'main';

CREATE DATABASE IF NOT EXISTS vouch ON CLUSTER 'main';

CREATE DATABASE IF NOT EXISTS vouch_asof ON CLUSTER 'main';

CREATE TABLE IF NOT EXISTS vouch_store.published ON CLUSTER 'main' (
    slot LowCardinality(String) COMMENT 'live is shown in database vouch, asof in vouch_asof',
    sequence UInt64 COMMENT 'the newest counts',
    generation UInt32 COMMENT '0 shows nothing',
    position UInt64 COMMENT 'rows up to this log position are shown',
    head UInt64 COMMENT 'the newest log position at that time',
    lag_ms Int64,
    published_at DateTime64(3, 'UTC'),
    rolled UInt64 COMMENT 'the roll-ups are complete up to this log position',
    wide UInt64 COMMENT 'and the wide ones, which are read in place of the others, up to this one'
  ) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/published', '{shard}-{replica}', sequence) ORDER BY slot SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE vouch_store.published ON CLUSTER 'main' ADD COLUMN IF NOT EXISTS rolled UInt64, ADD COLUMN IF NOT EXISTS wide UInt64;

CREATE TABLE IF NOT EXISTS vouch_store.migrations ON CLUSTER 'main' (
    id String COMMENT 'qualified name of a table or view',
    sequence UInt64 COMMENT 'the newest counts',
    checksum String COMMENT 'SHA-256 of its statement',
    applied_at DateTime64(3, 'UTC'),
    stale_generation UInt32 COMMENT 'the generation that was live when the table was made, and lacks its rows; 0 is none'
  ) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/migrations', '{shard}-{replica}', sequence) ORDER BY id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS vouch_store.marks ON CLUSTER 'main' (
    generation UInt32,
    partition UInt32 COMMENT 'of the log in Kafka',
    position UInt64 COMMENT 'its rows are complete up to this log position; the greatest counts'
  ) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/marks', '{shard}-{replica}', position) ORDER BY (generation, partition) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS vouch_store.foundings ON CLUSTER 'main' (
    generation UInt32,
    made_by String COMMENT 'names and versions of the projections',
    partitions UInt32 COMMENT 'of the log in Kafka',
    tables String COMMENT 'SHA-256 of the definitions of the tables',
    dropped UInt8 COMMENT '1 if it is gone'
  ) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/foundings', '{shard}-{replica}') ORDER BY (generation, made_by, partitions, tables, dropped) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch.payments', '1dd1d0ee4cc8024d8a99ae10d10674e8944a9c4644046c36edafefe5f1761ec5'), ('vouch_asof.payments', '24ca8845af82db77f9d604ef11f0e41c63d6da1af1f952828608dcf23e5d725c'), ('vouch.payment_totals', 'aa11776518ff3400c21594fa40c0924190ebcc82e2a25c5f56efe421b9d61400'), ('vouch_asof.payment_totals', 'e51f9536a5bef63249f86494793a8b193a18145bcd89acfd92005945b5d89cf6'), ('vouch.sales', '69d913ebcc259e63912f9ca3704add7b0a36843c14f56fa496fc45b7cb5bef57'), ('vouch_asof.sales', '630ec1d94e8ffa53510a8bf644164d80fba29b01e3dcfe2d624f0a1eca2094cc'), ('vouch.shops', 'e59832b08661b747d6225bffdd9b893f617cae7a81302bdf6404a4cd88f32316'), ('vouch_asof.shops', '6dcf797f05f5a56dd1147354bcb21bd243e1c4d70c7e7d16517d384eec20e906'), ('vouch.progress', 'a7b63d7602ca3f76855b6d9a685763b3187e23a3ddc3705d13f61a5330ee255f'), ('vouch_asof.progress', '7fc3c09fc27235e023145ff32410a169ae19aee0f1f1d636b8e0b8d08176b7b8')]) AS made);

DROP TABLE IF EXISTS vouch_store.programs ON CLUSTER 'main' SYNC;

DROP TABLE IF EXISTS vouch_store.programs_local ON CLUSTER 'main' SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.programs_local ON CLUSTER 'main' (
  generation UInt32 COMMENT 'one rebuild of the tables, beside the others',
  position UInt64,
  line UInt32,
  program_id LowCardinality(String)
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/{shard}/programs_local/c308f684f7c5ddfc', '{replica}')
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0, merge_selector_base = 12;

CREATE TABLE IF NOT EXISTS vouch_store.programs ON CLUSTER 'main' AS vouch_store.programs_local
ENGINE = Distributed('main', vouch_store, programs_local, cityHash64(generation, position));

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.programs', '114bfc6d01454c8402a37c2a28cd54be6c7708bcb3b6c3f29ad7e9a12cb24425')]) AS made);

DROP TABLE IF EXISTS vouch_store.payments ON CLUSTER 'main' SYNC;

DROP TABLE IF EXISTS vouch_store.payments_local ON CLUSTER 'main' SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.payments_local ON CLUSTER 'main' (
  generation UInt32,
  position UInt64 CODEC(DoubleDelta, ZSTD),
  line UInt32,
  payment_id String,
  amount Decimal(18, 4),
  currency LowCardinality(String),
  note Nullable(String),
  tags Array(String),
  paid_at DateTime64(3, 'UTC'),
  data JSON
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/{shard}/payments_local/d9632350c10ba64e', '{replica}')
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0, merge_selector_base = 12;

CREATE TABLE IF NOT EXISTS vouch_store.payments ON CLUSTER 'main' AS vouch_store.payments_local
ENGINE = Distributed('main', vouch_store, payments_local, cityHash64(generation, position));

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.payments', '7eb3d037a3dc4c0d57bf3739b546053330d5958f3f1f2aad663b24db9065a9a0')]) AS made);

DROP TABLE IF EXISTS vouch_store.sales ON CLUSTER 'main' SYNC;

DROP TABLE IF EXISTS vouch_store.sales_local ON CLUSTER 'main' SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.sales_local ON CLUSTER 'main' (
  generation UInt32,
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  amount Decimal(18, 4)
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/{shard}/sales_local/de78fb0188a4bd03', '{replica}')
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0, merge_selector_base = 12;

CREATE TABLE IF NOT EXISTS vouch_store.sales ON CLUSTER 'main' AS vouch_store.sales_local
ENGINE = Distributed('main', vouch_store, sales_local, cityHash64(generation, position));

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.sales', 'cb010365fe8a7e5c6401228383da38e0857dc27d0aeb8c078babc3a81fa07074')]) AS made);

DROP TABLE IF EXISTS vouch_store.shop_sums ON CLUSTER 'main' SYNC;

DROP TABLE IF EXISTS vouch_store.shop_sums_local ON CLUSTER 'main' SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.shop_sums_local ON CLUSTER 'main' (
  generation UInt32,
  wide UInt8,
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/vouch/{shard}/shop_sums_local/662445d9342433eb', '{replica}')
PARTITION BY generation
ORDER BY (generation, wide, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0, merge_selector_base = 12;

CREATE TABLE IF NOT EXISTS vouch_store.shop_sums ON CLUSTER 'main' AS vouch_store.shop_sums_local
ENGINE = Distributed('main', vouch_store, shop_sums_local, cityHash64(generation, position));

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.shop_sums', '79427d118be21488fb04cb05418b06e9143df42ee00a13229f53fe41ccc272f5')]) AS made);

CREATE OR REPLACE VIEW vouch.payments ON CLUSTER 'main' (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event',
  payment_id String COMMENT 'Name of the payment',
  amount Decimal(18, 4) COMMENT 'What was paid; a correction has the opposite sign',
  currency LowCardinality(String) COMMENT 'ISO 4217',
  note Nullable(String) COMMENT 'What the payer wrote, if anything',
  tags Array(String) COMMENT 'Labels; in no order that means anything',
  paid_at DateTime64(3, 'UTC') COMMENT 'When it was paid',
  data JSON COMMENT 'The event as it came'
) AS
SELECT position, line, payment_id, amount, currency, note, tags, paid_at, data
FROM vouch_store.payments FINAL
WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 2)
COMMENT 'Payments, one row a change';

CREATE OR REPLACE VIEW vouch_asof.payments ON CLUSTER 'main' (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event',
  payment_id String COMMENT 'Name of the payment',
  amount Decimal(18, 4) COMMENT 'What was paid; a correction has the opposite sign',
  currency LowCardinality(String) COMMENT 'ISO 4217',
  note Nullable(String) COMMENT 'What the payer wrote, if anything',
  tags Array(String) COMMENT 'Labels; in no order that means anything',
  paid_at DateTime64(3, 'UTC') COMMENT 'When it was paid',
  data JSON COMMENT 'The event as it came'
) AS
SELECT position, line, payment_id, amount, currency, note, tags, paid_at, data
FROM vouch_store.payments FINAL
WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2)
COMMENT 'Payments, one row a change';

CREATE OR REPLACE VIEW vouch.payment_totals ON CLUSTER 'main' (
  slot String COMMENT 'Which of the two databases this is',
  currency LowCardinality(String) COMMENT 'ISO 4217',
  amount Decimal(38, 4) COMMENT 'Sum of all changes'
) AS
SELECT 'live' AS slot, currency, sum(amount) AS amount
FROM vouch.payments
GROUP BY currency
COMMENT 'Payments by currency';

CREATE OR REPLACE VIEW vouch_asof.payment_totals ON CLUSTER 'main' (
  slot String COMMENT 'Which of the two databases this is',
  currency LowCardinality(String) COMMENT 'ISO 4217',
  amount Decimal(38, 4) COMMENT 'Sum of all changes'
) AS
SELECT 'asof' AS slot, currency, sum(amount) AS amount
FROM vouch_asof.payments
GROUP BY currency
COMMENT 'Payments by currency';

CREATE OR REPLACE VIEW vouch.sales ON CLUSTER 'main' (
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  amount Decimal(18, 4)
) AS
SELECT position, line, shop, amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 2);

CREATE OR REPLACE VIEW vouch_asof.sales ON CLUSTER 'main' (
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  amount Decimal(18, 4)
) AS
SELECT position, line, shop, amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2);

CREATE OR REPLACE VIEW vouch.shops ON CLUSTER 'main' (
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) AS
SELECT shop, sum(sales) AS sales, sum(amount) AS amount FROM (SELECT * EXCEPT (generation, wide, position, line) FROM vouch_store.shop_sums FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND (wide = 1 AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 4) OR wide = 0 AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 4) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 3)) UNION ALL SELECT shop, count() AS sales, sum(amount) AS amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 2) AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 3) GROUP BY shop) GROUP BY shop;

CREATE OR REPLACE VIEW vouch_asof.shops ON CLUSTER 'main' (
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) AS
SELECT shop, sum(sales) AS sales, sum(amount) AS amount FROM (SELECT * EXCEPT (generation, wide, position, line) FROM vouch_store.shop_sums FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND (wide = 1 AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 4) OR wide = 0 AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 4) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 3)) UNION ALL SELECT shop, count() AS sales, sum(amount) AS amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2) AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 3) GROUP BY shop) GROUP BY shop;

CREATE OR REPLACE VIEW vouch.progress ON CLUSTER 'main' (
    program_id String COMMENT 'a program that is known to the tables',
    position UInt64 COMMENT 'log position up to which the tables are complete',
    head UInt64 COMMENT 'the newest log position when the tables were last brought up to date',
    lag_ms Int64 COMMENT 'how far behind the log the tables were then, in milliseconds'
  ) AS
  SELECT programs.program_id, mark.position, mark.head, mark.lag_ms
  FROM (SELECT DISTINCT program_id FROM vouch_store.programs FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 2)) AS programs
  CROSS JOIN (
    SELECT argMax(position, tuple(sequence, published_at)) AS position, argMax(head, tuple(sequence, published_at)) AS head,
      argMax(lag_ms, tuple(sequence, published_at)) AS lag_ms
    FROM vouch_store.published
    WHERE slot = 'live'
  ) AS mark
  COMMENT 'How far the tables have come, by program';

CREATE OR REPLACE VIEW vouch_asof.progress ON CLUSTER 'main' (
    program_id String COMMENT 'a program that is known to the tables',
    position UInt64 COMMENT 'log position up to which the tables are complete',
    head UInt64 COMMENT 'the newest log position when the tables were last brought up to date',
    lag_ms Int64 COMMENT 'how far behind the log the tables were then, in milliseconds'
  ) AS
  SELECT programs.program_id, mark.position, mark.head, mark.lag_ms
  FROM (SELECT DISTINCT program_id FROM vouch_store.programs FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2)) AS programs
  CROSS JOIN (
    SELECT argMax(position, tuple(sequence, published_at)) AS position, argMax(head, tuple(sequence, published_at)) AS head,
      argMax(lag_ms, tuple(sequence, published_at)) AS lag_ms
    FROM vouch_store.published
    WHERE slot = 'asof'
  ) AS mark
  COMMENT 'How far the tables have come, by program';

INSERT INTO vouch_store.shop_sums SELECT 1, 0, 4, row_number() OVER (ORDER BY tuple(*)) - 1, *
       FROM (SELECT shop, count() AS sales, sum(amount) AS amount FROM vouch_store.sales FINAL WHERE generation = 1 AND position > 0 AND position <= 4 GROUP BY shop) SETTINGS async_insert = 0, insert_deduplicate = 0, deduplicate_insert = 'disable', max_insert_threads = 1, max_insert_block_size = 1000000000, min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0, optimize_on_insert = 1, input_format_null_as_default = 1, date_time_input_format = 'basic', input_format_try_infer_dates = 0, input_format_try_infer_datetimes = 0, type_json_skip_duplicated_paths = 1;

INSERT INTO vouch_store.published (slot, sequence, generation, position, head, lag_ms, published_at, rolled, wide)
     SELECT 'live', 1, 1, 4,
       4, 0, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 4, 0;

ALTER TABLE vouch_store.programs_local ON CLUSTER 'main' DROP PARTITION 1;

ALTER TABLE vouch_store.payments_local ON CLUSTER 'main' DROP PARTITION 1;

ALTER TABLE vouch_store.sales_local ON CLUSTER 'main' DROP PARTITION 1;

ALTER TABLE vouch_store.shop_sums_local ON CLUSTER 'main' DROP PARTITION 1;

SELECT concat(database, '.', name) AS id FROM clusterAllReplicas('main', system.tables) WHERE database IN ('vouch_store', 'vouch', 'vouch_asof') GROUP BY id HAVING count() >= 4;

SELECT DISTINCT toUInt32(partition) AS generation FROM clusterAllReplicas('main', system.parts)
     WHERE active AND rows > 0 AND database = 'vouch_store' AND has({names:Array(String)}, table)
     ORDER BY generation;

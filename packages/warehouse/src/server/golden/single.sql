CREATE DATABASE IF NOT EXISTS vouch_store;

CREATE DATABASE IF NOT EXISTS vouch;

CREATE DATABASE IF NOT EXISTS vouch_asof;

CREATE TABLE IF NOT EXISTS vouch_store.published (
    slot LowCardinality(String) COMMENT 'live is shown in database vouch, asof in vouch_asof',
    sequence UInt64 COMMENT 'the newest counts',
    generation UInt32 COMMENT '0 shows nothing',
    position UInt64 COMMENT 'rows up to this log position are shown',
    head UInt64 COMMENT 'the newest log position at that time',
    lag_ms Int64,
    published_at DateTime64(3, 'UTC'),
    rolled UInt64 COMMENT 'the roll-ups are complete up to this log position',
    wide UInt64 COMMENT 'and the wide ones, which are read in place of the others, up to this one'
  ) ENGINE = ReplacingMergeTree(sequence) ORDER BY slot SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE vouch_store.published ADD COLUMN IF NOT EXISTS rolled UInt64, ADD COLUMN IF NOT EXISTS wide UInt64;

CREATE TABLE IF NOT EXISTS vouch_store.migrations (
    id String COMMENT 'qualified name of a table or view',
    sequence UInt64 COMMENT 'the newest counts',
    checksum String COMMENT 'SHA-256 of its statement',
    applied_at DateTime64(3, 'UTC'),
    stale_generation UInt32 COMMENT 'the generation that was live when the table was made, and lacks its rows; 0 is none'
  ) ENGINE = ReplacingMergeTree(sequence) ORDER BY id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS vouch_store.marks (
    generation UInt32,
    partition UInt32 COMMENT 'of the log in Kafka',
    position UInt64 COMMENT 'its rows are complete up to this log position; the greatest counts'
  ) ENGINE = ReplacingMergeTree(position) ORDER BY (generation, partition) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS vouch_store.foundings (
    generation UInt32,
    made_by String COMMENT 'names and versions of the projections',
    partitions UInt32 COMMENT 'of the log in Kafka',
    tables String COMMENT 'SHA-256 of the definitions of the tables',
    dropped UInt8 COMMENT '1 if it is gone'
  ) ENGINE = ReplacingMergeTree ORDER BY (generation, made_by, partitions, tables, dropped) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch.payments', 'ded5b59f17be124ed63d0021ab79d006a5268534ce0500d61cb5fdebe12ebc08'), ('vouch_asof.payments', 'ec580c7ce955a46c004f585494589552ef518e516aad3c466b353b530b131e49'), ('vouch.payment_totals', 'b963e474686ce89eb2c279b7e120ae3d74b2769d55168d259ba24c25f0acb445'), ('vouch_asof.payment_totals', 'f9890f2f129c78ff8c165525661ad30b9d5fa461a1fb0ee03b478fe8a702ebc5'), ('vouch.sales', 'df443ff75fa983157d7602e0a48877150863fad67f6c3681d98c00f93ac4c0e2'), ('vouch_asof.sales', '08c4b69c535037d8a576056b20df8954d5f6bf79bda98f74f8e44732754e2353'), ('vouch.shops', '31e59d62cab379f8123556b9d2dc04b7106eb5404ae330d9a27a8fbfbcf00434'), ('vouch_asof.shops', '535e64794d8f3956c435d252cbb8676f235d8f2d94572cf414d1f811d9159234'), ('vouch.progress', '2d137b924c9c935b31a4e83b30aa3e4c76d0dbdf84c4ba620ebd32e4cc4e0e1e'), ('vouch_asof.progress', '2a25a6d7aa8049e52187f688ea7115291bda162ccb9dbc8ebe030f7692dcd566')]) AS made);

DROP TABLE IF EXISTS vouch_store.programs SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.programs (
  generation UInt32 COMMENT 'one rebuild of the tables, beside the others',
  position UInt64,
  line UInt32,
  program_id LowCardinality(String)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0, merge_selector_base = 12;

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.programs', 'c308f684f7c5ddfc686a858b78032322f4d9009359226ce1327248981f3e3a48')]) AS made);

DROP TABLE IF EXISTS vouch_store.payments SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.payments (
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
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0, merge_selector_base = 12;

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.payments', 'd9632350c10ba64eb1e4a83ccb203ad970fe0a09019a4009eba7e6efd0eca861')]) AS made);

DROP TABLE IF EXISTS vouch_store.sales SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.sales (
  generation UInt32,
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  amount Decimal(18, 4)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0, merge_selector_base = 12;

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.sales', 'de78fb0188a4bd039b7121e4e7ce2d2eccce713c9e74e8c8df934864d98a8170')]) AS made);

DROP TABLE IF EXISTS vouch_store.shop_sums SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.shop_sums (
  generation UInt32,
  wide UInt8,
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, wide, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0, merge_selector_base = 12;

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.shop_sums', '662445d9342433ebdfe13d221a650efacf6acbbab130906147601da3a29dbd77')]) AS made);

CREATE OR REPLACE VIEW vouch.payments (
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

CREATE OR REPLACE VIEW vouch_asof.payments (
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

CREATE OR REPLACE VIEW vouch.payment_totals (
  slot String COMMENT 'Which of the two databases this is',
  currency LowCardinality(String) COMMENT 'ISO 4217',
  amount Decimal(38, 4) COMMENT 'Sum of all changes'
) AS
SELECT 'live' AS slot, currency, sum(amount) AS amount
FROM vouch.payments
GROUP BY currency
COMMENT 'Payments by currency';

CREATE OR REPLACE VIEW vouch_asof.payment_totals (
  slot String COMMENT 'Which of the two databases this is',
  currency LowCardinality(String) COMMENT 'ISO 4217',
  amount Decimal(38, 4) COMMENT 'Sum of all changes'
) AS
SELECT 'asof' AS slot, currency, sum(amount) AS amount
FROM vouch_asof.payments
GROUP BY currency
COMMENT 'Payments by currency';

CREATE OR REPLACE VIEW vouch.sales (
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  amount Decimal(18, 4)
) AS
SELECT position, line, shop, amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 2);

CREATE OR REPLACE VIEW vouch_asof.sales (
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  amount Decimal(18, 4)
) AS
SELECT position, line, shop, amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2);

CREATE OR REPLACE VIEW vouch.shops (
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) AS
SELECT shop, sum(sales) AS sales, sum(amount) AS amount FROM (SELECT * EXCEPT (generation, wide, position, line) FROM vouch_store.shop_sums FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND (wide = 1 AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 4) OR wide = 0 AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 4) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 3)) UNION ALL SELECT shop, count() AS sales, sum(amount) AS amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 2) AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'live'), 3) GROUP BY shop) GROUP BY shop;

CREATE OR REPLACE VIEW vouch_asof.shops (
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) AS
SELECT shop, sum(sales) AS sales, sum(amount) AS amount FROM (SELECT * EXCEPT (generation, wide, position, line) FROM vouch_store.shop_sums FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND (wide = 1 AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 4) OR wide = 0 AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 4) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 3)) UNION ALL SELECT shop, count() AS sales, sum(amount) AS amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2) AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled, wide), sequence) FROM vouch_store.published WHERE slot = 'asof'), 3) GROUP BY shop) GROUP BY shop;

CREATE OR REPLACE VIEW vouch.progress (
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

CREATE OR REPLACE VIEW vouch_asof.progress (
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

ALTER TABLE vouch_store.programs DROP PARTITION 1;

ALTER TABLE vouch_store.payments DROP PARTITION 1;

ALTER TABLE vouch_store.sales DROP PARTITION 1;

ALTER TABLE vouch_store.shop_sums DROP PARTITION 1;

SELECT concat(database, '.', name) AS id FROM system.tables WHERE database IN ('vouch_store', 'vouch', 'vouch_asof');

SELECT DISTINCT toUInt32(partition) AS generation FROM system.parts
     WHERE active AND rows > 0 AND database = 'vouch_store' AND has({names:Array(String)}, table)
     ORDER BY generation;

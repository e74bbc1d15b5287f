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
    rolled UInt64 COMMENT 'the roll-ups are complete up to this log position'
  ) ENGINE = ReplacingMergeTree(sequence) ORDER BY slot SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE vouch_store.published ADD COLUMN IF NOT EXISTS rolled UInt64;

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
     FROM (SELECT arrayJoin([('vouch.payments', '999d8a3ba4c7d840458205cec95164aef4d6a3522035c7572cb9b83e6b9b9b47'), ('vouch_asof.payments', '1269f7e0b2d2f2f8581d44eaa6dfa724b090acfba0c3ec3479b264bcef1f2bdd'), ('vouch.payment_totals', 'b3788d0eada3d52a91f7273bc1f3e446d0cc1d3b552568ca4336c7d817823ea1'), ('vouch_asof.payment_totals', 'e83367723c766258ff18e32a570849d6d10e14fb73eda1db89f5afaef57967bb'), ('vouch.sales', '9ccaac9a2c3c393f6a6252942de5c806d98b8f1e9f2b947ea40e4be781c994e6'), ('vouch_asof.sales', 'd7b198e3d906801646872814c86db7252185d7890551c55b803df135d4908ef5'), ('vouch.shops', 'b41384cff9fef0b8079a351b90a6096ce2667b287b5824e0309dd674dbb2a9ac'), ('vouch_asof.shops', '55f2c2735a4b0375b6a104a8f7c710a8b2b91d3c0c34a783bc07c0d27afdb33f'), ('vouch.progress', 'b2d64991c90e93a82e4d27214eb25530c1988543bc2624990ed6a072431a665a'), ('vouch_asof.progress', 'e0fc06529c4efa382a831cc9abf3a62f2f39748274d17238a281d05592d324de')]) AS made);

DROP TABLE IF EXISTS vouch_store.programs SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.programs (
  generation UInt32 COMMENT 'one rebuild of the tables, beside the others',
  position UInt64,
  line UInt32,
  program_id LowCardinality(String)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0;

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
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0;

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
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0;

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.sales', 'de78fb0188a4bd039b7121e4e7ce2d2eccce713c9e74e8c8df934864d98a8170')]) AS made);

DROP TABLE IF EXISTS vouch_store.shop_sums SYNC;

CREATE TABLE IF NOT EXISTS vouch_store.shop_sums (
  generation UInt32,
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, max_suspicious_broken_parts = 0;

INSERT INTO vouch_store.migrations (id, sequence, checksum, applied_at, stale_generation)
     SELECT made.1, 1, made.2, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 0
     FROM (SELECT arrayJoin([('vouch_store.shop_sums', '60bacfccbb5e6e5bc9d269e8e1ced0897b0698e7ba012b90f6d1637a3aa22e57')]) AS made);

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
WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 2)
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
WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2)
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
SELECT position, line, shop, amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 2);

CREATE OR REPLACE VIEW vouch_asof.sales (
  position UInt64,
  line UInt32,
  shop LowCardinality(String),
  amount Decimal(18, 4)
) AS
SELECT position, line, shop, amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2);

CREATE OR REPLACE VIEW vouch.shops (
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) AS
SELECT shop, sum(sales) AS sales, sum(amount) AS amount FROM (SELECT * EXCEPT (generation, position, line) FROM vouch_store.shop_sums FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 3) UNION ALL SELECT shop, count() AS sales, sum(amount) AS amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 2) AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 3) GROUP BY shop) GROUP BY shop;

CREATE OR REPLACE VIEW vouch_asof.shops (
  shop LowCardinality(String),
  sales UInt64,
  amount Decimal(38, 4)
) AS
SELECT shop, sum(sales) AS sales, sum(amount) AS amount FROM (SELECT * EXCEPT (generation, position, line) FROM vouch_store.shop_sums FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 3) UNION ALL SELECT shop, count() AS sales, sum(amount) AS amount FROM vouch_store.sales FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2) AND position > tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 3) GROUP BY shop) GROUP BY shop;

CREATE OR REPLACE VIEW vouch.progress (
    program_id String COMMENT 'a program that is known to the tables',
    position UInt64 COMMENT 'log position up to which the tables are complete',
    head UInt64 COMMENT 'the newest log position when the tables were last brought up to date',
    lag_ms Int64 COMMENT 'how far behind the log the tables were then, in milliseconds'
  ) AS
  SELECT programs.program_id, mark.position, mark.head, mark.lag_ms
  FROM (SELECT DISTINCT program_id FROM vouch_store.programs FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'live'), 2)) AS programs
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
  FROM (SELECT DISTINCT program_id FROM vouch_store.programs FINAL WHERE generation = tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 1) AND position <= tupleElement((SELECT argMax(tuple(generation, position, rolled), sequence) FROM vouch_store.published WHERE slot = 'asof'), 2)) AS programs
  CROSS JOIN (
    SELECT argMax(position, tuple(sequence, published_at)) AS position, argMax(head, tuple(sequence, published_at)) AS head,
      argMax(lag_ms, tuple(sequence, published_at)) AS lag_ms
    FROM vouch_store.published
    WHERE slot = 'asof'
  ) AS mark
  COMMENT 'How far the tables have come, by program';

INSERT INTO vouch_store.shop_sums SELECT 1, 4, row_number() OVER (ORDER BY tuple(*)) - 1, *
             FROM (SELECT shop, count() AS sales, sum(amount) AS amount FROM vouch_store.sales FINAL WHERE generation = 1 AND position > 0 AND position <= 4 GROUP BY shop) SETTINGS async_insert = 0, insert_deduplicate = 0, deduplicate_insert = 'disable', max_insert_threads = 1, max_insert_block_size = 1000000000, min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0, optimize_on_insert = 1, input_format_null_as_default = 1, date_time_input_format = 'basic', input_format_try_infer_dates = 0, input_format_try_infer_datetimes = 0, type_json_skip_duplicated_paths = 1;

INSERT INTO vouch_store.published (slot, sequence, generation, position, head, lag_ms, published_at, rolled)
     SELECT 'live', 1, 1, 4,
       4, 0, fromUnixTimestamp64Milli(1772323200000, 'UTC'), 4;

ALTER TABLE vouch_store.programs DROP PARTITION 1;

ALTER TABLE vouch_store.payments DROP PARTITION 1;

ALTER TABLE vouch_store.sales DROP PARTITION 1;

ALTER TABLE vouch_store.shop_sums DROP PARTITION 1;

SELECT concat(database, '.', name) AS id FROM system.tables WHERE database IN ('vouch_store', 'vouch', 'vouch_asof');

SELECT DISTINCT toUInt32(partition) AS generation FROM system.parts
     WHERE active AND rows > 0 AND database = 'vouch_store' AND has({names:Array(String)}, table)
     ORDER BY generation;

-- The log itself, as analysts read it.

CREATE TABLE vouch_store.events (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  type LowCardinality(String),
  source LowCardinality(String),
  event_id String CODEC(ZSTD),
  program_id LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD), INDEX by_time occurred_at TYPE minmax GRANULARITY 1,
  data String COMMENT 'JSON' CODEC(ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.events (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  type LowCardinality(String) COMMENT 'Type of the event, vouch.….v1',
  source LowCardinality(String) COMMENT 'CloudEvents source of the event',
  event_id String COMMENT 'CloudEvents id',
  program_id LowCardinality(String) COMMENT 'Program',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened in the world',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log',
  data JSON COMMENT 'Data of the event; one field: data.code'
) AS
SELECT position, line, type, source, event_id, program_id, occurred_at, recorded_at, CAST(data, 'JSON') AS data
FROM vouch_store.events FINAL
WHERE {visible}
COMMENT 'Every event of the log';

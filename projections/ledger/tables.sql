-- The books, and the payouts: storage in vouch_store, and the views that people read.
--
-- Every transaction sums to zero in each currency. An entry counts from effective_on; that it does was known from its
-- position on. So the balance of an account on a day, as known at a position, is
-- sum(amount) WHERE effective_on <= DAY AND position <= POSITION.

CREATE TABLE vouch_store.ledger (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  transaction_id String CODEC(ZSTD),
  account String CODEC(ZSTD),
  program_id LowCardinality(String),
  party_id String CODEC(ZSTD),
  batch_id LowCardinality(String),
  amount Decimal(18, 4),
  currency LowCardinality(String),
  effective_on Date,
  memo String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.ledger (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  transaction_id String COMMENT 'Transaction, named by what it books, the same for ever; its entries sum to zero in each currency',
  account String COMMENT 'Account, e.g. liability:payable:summer:advocate:anna',
  program_id LowCardinality(String) COMMENT 'Program',
  party_id String COMMENT 'Whom it is about: PROGRAM:ROLE:ID, percent-encoded',
  batch_id LowCardinality(String) COMMENT 'Batch of payouts, or empty for what is earned',
  amount Decimal(18, 4) COMMENT 'Debit above zero, credit below',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amount',
  effective_on Date COMMENT 'Day from which it counts',
  memo String COMMENT 'What it is, for people',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event that brought this about',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, transaction_id, account, program_id, party_id, batch_id, amount, currency, effective_on, memo, occurred_at, recorded_at
FROM vouch_store.ledger FINAL
WHERE {visible}
COMMENT 'Double entries of what is earned, payable, in transit and paid';

CREATE TABLE vouch_store.payouts (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  batch_id LowCardinality(String),
  program_id LowCardinality(String),
  beneficiary_id String CODEC(ZSTD),
  beneficiary_kind LowCardinality(String),
  reference String CODEC(ZSTD),
  amount Decimal(18, 4),
  currency LowCardinality(String),
  entry LowCardinality(String),
  actor LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.payouts (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  batch_id LowCardinality(String) COMMENT 'Batch',
  program_id LowCardinality(String) COMMENT 'Program',
  beneficiary_id String COMMENT 'Who is paid',
  beneficiary_kind LowCardinality(String) COMMENT 'advocate, or customer for a referee: whose id it is',
  reference String COMMENT 'What names the line to the world',
  amount Decimal(18, 4) COMMENT 'Amount of the line, in each of its rows',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amount',
  entry LowCardinality(String) COMMENT 'opened, approved, cancelled, submitted, settled, failed or returned',
  actor LowCardinality(String) COMMENT 'Who did it, or the provider that says so',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, batch_id, program_id, beneficiary_id, beneficiary_kind, reference, amount, currency, entry, actor, occurred_at, recorded_at
FROM vouch_store.payouts FINAL
WHERE {visible}
COMMENT 'What happened to each line of each batch of payouts, a row each time';

CREATE VIEW {db}.account_balances (
  account String COMMENT 'Account',
  program_id LowCardinality(String) COMMENT 'Program',
  party_id String COMMENT 'Whom it is about: PROGRAM:ROLE:ID, percent-encoded',
  currency LowCardinality(String) COMMENT 'Currency of the balance',
  balance Decimal(38, 4) COMMENT 'Sum of all entries, whatever their day: debit above zero, credit below',
  last_effective_on Date COMMENT 'Day by which all of it counts'
) AS
SELECT account, program_id, party_id, currency, sum(amount) AS balance, max(effective_on) AS last_effective_on
FROM {db}.ledger
GROUP BY account, program_id, party_id, currency
COMMENT 'What each account comes to, for each of those it is about; on an earlier day: sum the ledger up to it';

CREATE VIEW {db}.payout_lines (
  batch_id LowCardinality(String) COMMENT 'Batch',
  program_id LowCardinality(String) COMMENT 'Program',
  reference String COMMENT 'What names the line to the world',
  beneficiary_id String COMMENT 'Who is paid',
  beneficiary_kind LowCardinality(String) COMMENT 'advocate, or customer for a referee: whose id it is',
  amount Decimal(18, 4) COMMENT 'Amount of the line',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amount',
  status LowCardinality(String) COMMENT 'What happened to it last: opened, approved, cancelled, submitted, settled, failed or returned',
  opened_at DateTime64(3, 'UTC') COMMENT 'When the batch was opened',
  changed_at DateTime64(3, 'UTC') COMMENT 'When that happened'
) AS
SELECT batch_id, program_id, reference, any(p.beneficiary_id) AS beneficiary_id, any(p.beneficiary_kind) AS beneficiary_kind,
  any(p.amount) AS amount, any(p.currency) AS currency, argMax(p.entry, p.position) AS status, min(p.occurred_at) AS opened_at,
  argMax(p.occurred_at, p.position) AS changed_at
FROM {db}.payouts AS p
GROUP BY batch_id, program_id, reference
COMMENT 'Each line of each batch of payouts, as it now is';

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
  movement LowCardinality(String),
  account String CODEC(ZSTD),
  program_id LowCardinality(String),
  party_id String CODEC(ZSTD),
  batch_id LowCardinality(String),
  amount Decimal(18, 4),
  currency LowCardinality(String),
  effective_on Date,
  belongs_on Date,
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
  movement LowCardinality(String) COMMENT 'What the transaction does: earned, reversed, released, reserved, given-back, settled, failed, returned, charged, written-off or converted',
  account String COMMENT 'Account, e.g. liability:payable:summer:advocate:anna',
  program_id LowCardinality(String) COMMENT 'Program',
  party_id String COMMENT 'Whom it is about: PROGRAM:ROLE:ID, percent-encoded',
  batch_id LowCardinality(String) COMMENT 'Batch of payouts, or empty for what is earned',
  amount Decimal(18, 4) COMMENT 'Debit above zero, credit below',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amount',
  effective_on Date COMMENT 'Day from which it counts',
  belongs_on Date COMMENT 'Day to which it belongs; earlier than effective_on if that day is in a period that was closed before it was known',
  memo String COMMENT 'What it is, for people',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event that brought this about',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, transaction_id, movement, account, program_id, party_id, batch_id, amount, currency, effective_on, belongs_on, memo, occurred_at, recorded_at
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
  entry LowCardinality(String) COMMENT 'opened, approved, cancelled, submitted, settled, failed, returned or resolved',
  actor LowCardinality(String) COMMENT 'Who did it, or the provider that says so',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, batch_id, program_id, beneficiary_id, beneficiary_kind, reference, amount, currency, entry, actor, occurred_at, recorded_at
FROM vouch_store.payouts FINAL
WHERE {visible}
COMMENT 'What happened to each line of each batch of payouts, a row each time';

CREATE TABLE vouch_store.statement_lines (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  event_id String CODEC(ZSTD),
  provider LowCardinality(String),
  reference String CODEC(ZSTD),
  beneficiary_id String CODEC(ZSTD),
  amount Decimal(18, 4),
  currency LowCardinality(String),
  status LowCardinality(String),
  stated_on Date,
  fee Decimal(18, 4),
  fee_currency LowCardinality(String),
  statement_id LowCardinality(String),
  line_id String CODEC(ZSTD),
  reason String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.statement_lines (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program of the payout that it names; statements if it names none',
  event_id String COMMENT 'What names the line for ever',
  provider LowCardinality(String) COMMENT 'Whose statement it is',
  reference String COMMENT 'Reference, as in payouts',
  beneficiary_id String COMMENT 'Who was paid, or empty where the statement does not say',
  amount Decimal(18, 4) COMMENT 'Amount that the provider names',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amount',
  status LowCardinality(String) COMMENT 'settled, failed or returned',
  stated_on Date COMMENT 'Day on which the provider says that it happened',
  fee Decimal(18, 4) COMMENT 'What the provider charged for it, or zero',
  fee_currency LowCardinality(String) COMMENT 'ISO 4217 code of the fee, or empty',
  statement_id LowCardinality(String) COMMENT 'Statement, or empty',
  line_id String COMMENT 'Line within the statement, or empty',
  reason String COMMENT 'Why it failed or came back, or empty',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it was imported',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, event_id, provider, reference, beneficiary_id, amount, currency, status, stated_on, fee, fee_currency,
  statement_id, line_id, reason, occurred_at, recorded_at
FROM vouch_store.statement_lines FINAL
WHERE {visible}
COMMENT 'What providers say became of payments, a row for each line of their statements';

CREATE TABLE vouch_store.periods (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  period LowCardinality(String),
  entry LowCardinality(String),
  last_day Date,
  actor LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.periods (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  period LowCardinality(String) COMMENT 'Month, e.g. 2026-03',
  entry LowCardinality(String) COMMENT 'closing: nothing is dated in it from here on; closed: what it came to is declared',
  last_day Date COMMENT 'Its last day',
  actor LowCardinality(String) COMMENT 'Who closed it',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, period, entry, last_day, actor, occurred_at, recorded_at
FROM vouch_store.periods FINAL
WHERE {visible}
COMMENT 'The months that are closed, two rows for each';

CREATE TABLE vouch_store.period_totals (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  period LowCardinality(String),
  party_id String CODEC(ZSTD),
  role LowCardinality(String),
  beneficiary_id String CODEC(ZSTD),
  currency LowCardinality(String),
  opening Decimal(18, 4),
  earned Decimal(18, 4),
  reversed Decimal(18, 4),
  paid Decimal(18, 4),
  written_off Decimal(18, 4),
  converted Decimal(18, 4),
  adjusted Decimal(18, 4),
  closing Decimal(18, 4),
  pending Decimal(18, 4),
  payable Decimal(18, 4),
  in_transit Decimal(18, 4),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.period_totals (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  period LowCardinality(String) COMMENT 'Month, e.g. 2026-03',
  party_id String COMMENT 'Who is owed: PROGRAM:ROLE:ID, percent-encoded',
  role LowCardinality(String) COMMENT 'advocate, referee or upline',
  beneficiary_id String COMMENT 'Who it is',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amounts',
  opening Decimal(18, 4) COMMENT 'What was owed when the month began',
  earned Decimal(18, 4) COMMENT 'What was earned',
  reversed Decimal(18, 4) COMMENT 'What was taken back; zero or below',
  paid Decimal(18, 4) COMMENT 'What was paid, below zero, or came back',
  written_off Decimal(18, 4) COMMENT 'What was given up',
  converted Decimal(18, 4) COMMENT 'What exchanges did',
  adjusted Decimal(18, 4) COMMENT 'What belongs to months that were closed before',
  closing Decimal(18, 4) COMMENT 'What was owed at its end',
  pending Decimal(18, 4) COMMENT 'Of it, what was still held',
  payable Decimal(18, 4) COMMENT 'Of it, what was to be paid',
  in_transit Decimal(18, 4) COMMENT 'Of it, what a batch had taken and no statement had settled',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When the month was closed',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, period, party_id, role, beneficiary_id, currency, opening, earned, reversed, paid, written_off, converted, adjusted, closing, pending, payable, in_transit, occurred_at, recorded_at
FROM vouch_store.period_totals FINAL
WHERE {visible}
COMMENT 'What each closed month was declared to have come to: opening, earned, reversed, paid, written_off, converted and adjusted come to closing';

CREATE TABLE vouch_store.payee_holds (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  beneficiary_id String CODEC(ZSTD),
  beneficiary_kind LowCardinality(String),
  hold LowCardinality(String),
  reason String CODEC(ZSTD),
  source LowCardinality(String),
  event_id String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.payee_holds (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  beneficiary_id String COMMENT 'Who it is about',
  beneficiary_kind LowCardinality(String) COMMENT 'advocate, or customer for a referee: whose id it is',
  hold LowCardinality(String) COMMENT 'held or disputed: batches leave them out; empty: they are paid again',
  reason String COMMENT 'Why, or empty',
  source LowCardinality(String) COMMENT 'Source of the event',
  event_id String COMMENT 'Id of the event; of several about one the latest by occurred_at, source and event_id holds',
  occurred_at DateTime64(3, 'UTC') COMMENT 'From when on it holds',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, beneficiary_id, beneficiary_kind, hold, reason, source, event_id, occurred_at, recorded_at
FROM vouch_store.payee_holds FINAL
WHERE {visible}
COMMENT 'Who is left out of batches by word of an operator, and who no longer is: a row for each time it was said';

CREATE TABLE vouch_store.balance_conversions (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  conversion_id LowCardinality(String),
  beneficiary_id String CODEC(ZSTD),
  role LowCardinality(String),
  from_amount Decimal(18, 4),
  from_currency LowCardinality(String),
  to_amount Decimal(18, 4),
  to_currency LowCardinality(String),
  rate Decimal(18, 10),
  as_of Date,
  actor LowCardinality(String),
  reason LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.balance_conversions (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  conversion_id LowCardinality(String) COMMENT 'Conversion of balances; unique within the program',
  beneficiary_id String COMMENT 'Whose balance it is',
  role LowCardinality(String) COMMENT 'In which it was earned: advocate, referee or upline',
  from_amount Decimal(18, 4) COMMENT 'Payable balance that was brought to zero; below zero it was owed back',
  from_currency LowCardinality(String) COMMENT 'ISO 4217 code of it',
  to_amount Decimal(18, 4) COMMENT 'What it came to at the rate, rounded once, halves away from zero',
  to_currency LowCardinality(String) COMMENT 'ISO 4217 code of that',
  rate Decimal(18, 10) COMMENT 'Units of the one currency for one unit of the other',
  as_of Date COMMENT 'Day whose payable balances were converted',
  actor LowCardinality(String) COMMENT 'Who converted them',
  reason LowCardinality(String) COMMENT 'Why, e.g. where the rate is from; or empty',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, conversion_id, beneficiary_id, role, from_amount, from_currency, to_amount, to_currency, rate, as_of, actor,
  reason, occurred_at, recorded_at
FROM vouch_store.balance_conversions FINAL
WHERE {visible}
COMMENT 'Payable balances that were converted to another currency at a recorded rate, a row for each';

CREATE TABLE vouch_store.resolutions (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  resolution_id String CODEC(ZSTD),
  program_id LowCardinality(String),
  batch_id LowCardinality(String),
  reference String CODEC(ZSTD),
  class LowCardinality(String),
  resolution LowCardinality(String),
  actor LowCardinality(String),
  reason String CODEC(ZSTD),
  rate String CODEC(ZSTD),
  provider LowCardinality(String),
  line_ids String CODEC(ZSTD),
  about_batch_id LowCardinality(String),
  about_reference String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.resolutions (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  resolution_id String COMMENT 'What names the resolution for ever; its transactions begin with it',
  program_id LowCardinality(String) COMMENT 'Program of the payout; statements if no payout has the reference',
  batch_id LowCardinality(String) COMMENT 'Batch that has the reference, or empty',
  reference String COMMENT 'Reference of the instruction, or of the line of a statement',
  class LowCardinality(String) COMMENT 'Class in which it was',
  resolution LowCardinality(String) COMMENT 'accept, write-off, retry or disregard',
  actor LowCardinality(String) COMMENT 'Who decided it',
  reason String COMMENT 'Why',
  rate String COMMENT 'Units of the currency of the instruction for one of that of the payment, or empty',
  provider LowCardinality(String) COMMENT 'Whose account paid what no statement names, or empty',
  line_ids String COMMENT 'event_id of the lines of statements that it is about, parted by a blank; empty where none names it',
  about_batch_id LowCardinality(String) COMMENT 'Batch of the line of a payout whose beneficiary is meant, or empty',
  about_reference String COMMENT 'Reference of that line, or empty',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it was decided',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, resolution_id, program_id, batch_id, reference, class, resolution, actor, reason, rate, provider, line_ids,
  about_batch_id, about_reference, occurred_at, recorded_at
FROM vouch_store.resolutions FINAL
WHERE {visible}
COMMENT 'What people decided of discrepancies between instructions and statements, a row each time';

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
  status LowCardinality(String) COMMENT 'What happened to it last: opened, approved, cancelled, submitted, settled, failed, returned or resolved',
  opened_at DateTime64(3, 'UTC') COMMENT 'When the batch was opened',
  changed_at DateTime64(3, 'UTC') COMMENT 'When that happened'
) AS
SELECT batch_id, program_id, reference, any(p.beneficiary_id) AS beneficiary_id, any(p.beneficiary_kind) AS beneficiary_kind,
  any(p.amount) AS amount, any(p.currency) AS currency, argMax(p.entry, p.position) AS status, min(p.occurred_at) AS opened_at,
  argMax(p.occurred_at, p.position) AS changed_at
FROM {db}.payouts AS p
GROUP BY batch_id, program_id, reference
COMMENT 'Each line of each batch of payouts, as it now is';

-- The rules are those of packages/domain/src/reconciliation/reconcile.ts, and a test holds the two together.
CREATE VIEW {db}.reconciliation (
  batch_id String COMMENT 'Batch, or empty for what is unexpected',
  reference String COMMENT 'Reference of the instruction, or of the line of a statement',
  beneficiary_id String COMMENT 'Who is paid; for what is unexpected, as the statement says',
  expected Nullable(Decimal(18, 4)) COMMENT 'Amount of the instruction; NULL for a line of a statement alone',
  actual Nullable(Decimal(18, 4)) COMMENT 'Amount that the statement names; NULL while it names none',
  currency String COMMENT 'ISO 4217 code of the instruction, else of the statement',
  actual_currency String COMMENT 'ISO 4217 code of what the statement names, or empty',
  class String COMMENT 'settled, failed, returned, awaiting, missing, unexpected, duplicate, currency-differs or amount-differs',
  resolution String COMMENT 'accept, write-off, retry or disregard if somebody has resolved it as it now is, or empty',
  resolved_by String COMMENT 'Who resolved it, or empty'
) AS
WITH
  instructions AS (
    SELECT toString(batch_id) AS batch, reference AS ref, beneficiary_id AS payee, amount AS due, toString(currency) AS due_currency
    FROM {db}.payout_lines WHERE status IN ('submitted', 'settled', 'failed', 'returned', 'resolved')
  ),
  stated AS (
    SELECT s.reference AS ref, s.beneficiary_id AS payee, s.amount AS amount, toString(s.currency) AS money, s.status AS status,
      s.stated_on AS stated_on, s.event_id AS id, i.batch AS batch, i.payee AS due_to, i.due AS due, i.due_currency AS due_currency,
      i.ref != '' AND s.beneficiary_id IN ('', i.payee) AS fits,
      multiIf(s.currency != i.due_currency, 2, s.amount != i.due, 1, 0) AS differs
    FROM {db}.statement_lines AS s LEFT JOIN instructions AS i ON i.ref = s.reference
  ),
  placed AS (
    SELECT *,
      row_number() OVER (PARTITION BY ref ORDER BY differs > 0, status = 'returned', status = 'failed', stated_on, id) AS place,
      row_number() OVER (PARTITION BY ref, status ORDER BY differs > 0, stated_on, id) AS place_in_status,
      first_value(status) OVER (PARTITION BY ref ORDER BY differs > 0, status = 'returned', status = 'failed', stated_on, id) AS first_status
    FROM stated WHERE fits
  ),
  taken AS (
    SELECT *, place = 1 OR (first_status = 'settled' AND status = 'returned' AND place_in_status = 1) AS is_said FROM placed
  ),
  said AS (
    SELECT ref, max(differs) AS most, argMax(amount, (differs, place)) AS named, argMax(money, (differs, place)) AS named_in,
      argMax(status, place) AS last_status, arrayStringConcat(arraySort(groupArray(id)), ' ') AS ids
    FROM taken WHERE is_said GROUP BY ref
  ),
  resolved AS (
    SELECT reference AS ref, arrayStringConcat(arraySort(splitByChar(' ', line_ids)), ' ') AS ids,
      class IN ('unexpected', 'duplicate') AS is_alone, toString(argMax(resolution, position)) AS way, toString(argMax(actor, position)) AS who,
      max(position) AS at
    FROM {db}.resolutions GROUP BY ref, ids, is_alone
  ),
  -- Of a line that was then resolved with its instruction, what was decided of it alone is taken back.
  alone AS (
    SELECT r.ids AS id, r.way AS way, r.who AS who FROM resolved AS r
    LEFT JOIN (SELECT arrayJoin(splitByChar(' ', ids)) AS id, max(at) AS at FROM resolved WHERE NOT is_alone GROUP BY id) AS i ON i.id = r.ids
    WHERE r.is_alone AND r.at > i.at
  )
SELECT i.batch AS batch_id, i.ref AS reference, i.payee AS beneficiary_id, toNullable(i.due) AS expected,
  if(s.ref = '', NULL, s.named) AS actual, i.due_currency AS currency, s.named_in AS actual_currency,
  multiIf(s.ref = '', if(i.batch IN (SELECT batch FROM stated), 'missing', 'awaiting'), s.most = 2, 'currency-differs',
    s.most = 1, 'amount-differs', toString(s.last_status)) AS class, r.way AS resolution, r.who AS resolved_by
FROM instructions AS i LEFT JOIN said AS s ON s.ref = i.ref
LEFT JOIN (SELECT * FROM resolved WHERE NOT is_alone) AS r ON r.ref = i.ref AND r.ids = s.ids
UNION ALL
SELECT t.batch, t.ref, t.due_to, NULL, t.amount, t.money, t.money, 'duplicate', r.way, r.who
FROM taken AS t LEFT JOIN alone AS r ON r.id = t.id WHERE NOT t.is_said
UNION ALL
SELECT '', t.ref, t.payee, NULL, t.amount, t.money, t.money, 'unexpected', r.way, r.who
FROM stated AS t LEFT JOIN alone AS r ON r.id = t.id WHERE NOT t.fits
COMMENT 'Each payment instruction and each line of a statement, in exactly one class; a matched pair is one row';

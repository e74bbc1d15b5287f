-- The tables of who brought what: storage in vouch_store, and the views that people read.
--
-- A storage row is identified by (generation, position, line); writing it again changes nothing that a reader sees. The
-- views show one generation, up to the position that is complete. Facts are additive: a correction is a further row of
-- the opposite sign, so sums are right, and rows up to a position P are what was known at P.

CREATE TABLE vouch_store.programs (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  version UInt32,
  name String,
  currency LowCardinality(String),
  reward_by LowCardinality(String),
  effective_from DateTime64(3, 'UTC'),
  terms String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.programs (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  version UInt32 COMMENT 'Version of the terms, from 1',
  name String COMMENT 'What people call the program',
  currency LowCardinality(String) COMMENT 'Currency of the program and its rewards',
  reward_by LowCardinality(String) COMMENT 'The attribution model whose credit is paid',
  effective_from DateTime64(3, 'UTC') COMMENT 'From when on conversions fall under this version',
  terms String COMMENT 'The whole terms as JSON',
  occurred_at DateTime64(3, 'UTC') COMMENT 'The publication\'s own time',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, version, name, currency, reward_by, effective_from, terms, occurred_at, recorded_at
FROM vouch_store.programs FINAL
WHERE {visible}
COMMENT 'Published terms, one row a version';

CREATE TABLE vouch_store.touches (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  touch_id String CODEC(ZSTD),
  program_id LowCardinality(String),
  advocate_id LowCardinality(String),
  code LowCardinality(String),
  kind LowCardinality(String),
  channel LowCardinality(String),
  visitor_id String CODEC(ZSTD),
  customer_id String CODEC(ZSTD),
  share_id String CODEC(ZSTD),
  source LowCardinality(String),
  event_id String CODEC(ZSTD),
  first_of_day UInt8,
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD), INDEX by_time occurred_at TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.touches (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  touch_id String COMMENT 'Name of the touch, from its event, the same for ever',
  program_id LowCardinality(String) COMMENT 'Program',
  advocate_id LowCardinality(String) COMMENT 'Owner of the code, or who shared',
  code LowCardinality(String) COMMENT 'Code as it was issued; empty for a share without one',
  kind LowCardinality(String) COMMENT 'click, share, signup or coupon',
  channel LowCardinality(String) COMMENT 'Channel as the event gave it, or empty',
  visitor_id String COMMENT 'Visitor, or empty',
  customer_id String COMMENT 'Customer, or empty',
  share_id String COMMENT 'The share that a click came through, or the one shared; or empty',
  source LowCardinality(String) COMMENT 'CloudEvents source of the event',
  event_id String COMMENT 'CloudEvents id of the event',
  first_of_day UInt8 COMMENT '1 for the click by which its visitor counts among those of its UTC day, else 0',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened in the world',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, touch_id, program_id, advocate_id, code, kind, channel, visitor_id, customer_id, share_id, source, event_id, first_of_day, occurred_at, recorded_at
FROM vouch_store.touches FINAL
WHERE {visible}
COMMENT 'Clicks, shares, signups with a code and coupons, each once; what does not count is in exclusions';

CREATE TABLE vouch_store.signups (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  customer_id String CODEC(ZSTD),
  visitor_id String CODEC(ZSTD),
  code LowCardinality(String),
  source LowCardinality(String),
  event_id String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD), INDEX by_time occurred_at TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.signups (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  customer_id String COMMENT 'The new customer',
  visitor_id String COMMENT 'The visitor who signed up, or empty',
  code LowCardinality(String) COMMENT 'Code given at signup, or empty',
  source LowCardinality(String) COMMENT 'CloudEvents source of the event',
  event_id String COMMENT 'CloudEvents id of the event',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened in the world',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, customer_id, visitor_id, code, source, event_id, occurred_at, recorded_at
FROM vouch_store.signups FINAL
WHERE {visible}
COMMENT 'Signups, each once';

CREATE TABLE vouch_store.advocates (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  advocate_id String,
  kind LowCardinality(String),
  customer_id String CODEC(ZSTD),
  group LowCardinality(String),
  parent_advocate_id String CODEC(ZSTD),
  attributes String CODEC(ZSTD),
  status LowCardinality(String),
  enrolled_at Nullable(DateTime64(3, 'UTC')),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.advocates (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  advocate_id String COMMENT 'Advocate',
  kind LowCardinality(String) COMMENT 'customer, employee, influencer, partner or empty',
  customer_id String COMMENT 'The customer that the advocate is, or empty',
  group LowCardinality(String) COMMENT 'Group, or empty',
  parent_advocate_id String COMMENT 'Direct parent, who earns upline rewards; or empty',
  attributes String COMMENT 'Further attributes as JSON',
  status LowCardinality(String) COMMENT 'active, suspended, or unknown before enrolment',
  enrolled_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the advocate was enrolled',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the last event about the advocate to arrive',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, advocate_id, kind, customer_id, group, parent_advocate_id, attributes, status, enrolled_at, occurred_at, recorded_at
FROM vouch_store.advocates FINAL
WHERE {visible}
ORDER BY position DESC, line DESC
LIMIT 1 BY program_id, advocate_id
COMMENT 'Advocates as last said of them';

CREATE TABLE vouch_store.codes (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  code String,
  advocate_id String,
  status LowCardinality(String),
  issued_at DateTime64(3, 'UTC'),
  revoked_at Nullable(DateTime64(3, 'UTC')),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.codes (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  code String COMMENT 'Link slug or coupon as it was issued',
  advocate_id String COMMENT 'Owner, for ever',
  status LowCardinality(String) COMMENT 'issued or revoked',
  issued_at DateTime64(3, 'UTC') COMMENT 'When it was issued',
  revoked_at Nullable(DateTime64(3, 'UTC')) COMMENT 'From when on it counts for nothing',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the last event about the code to arrive',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, code, advocate_id, status, issued_at, revoked_at, occurred_at, recorded_at
FROM vouch_store.codes FINAL
WHERE {visible}
ORDER BY position DESC, line DESC
LIMIT 1 BY program_id, code
COMMENT 'Codes as last said of them';

CREATE TABLE vouch_store.links (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  visitor_id String CODEC(ZSTD),
  customer_id String CODEC(ZSTD),
  entry LowCardinality(String),
  source LowCardinality(String),
  event_id String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.links (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  visitor_id String COMMENT 'Visitor',
  customer_id String COMMENT 'Customer',
  entry LowCardinality(String) COMMENT 'linked or unlinked',
  source LowCardinality(String) COMMENT 'CloudEvents source of the event',
  event_id String COMMENT 'CloudEvents id of the event',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the statement',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, visitor_id, customer_id, entry, source, event_id, occurred_at, recorded_at
FROM vouch_store.links FINAL
WHERE {visible}
COMMENT 'Statements that a visitor is, or is not, a customer; the one latest in time decides';

CREATE TABLE vouch_store.consents (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  customer_id String CODEC(ZSTD),
  purpose LowCardinality(String),
  entry LowCardinality(String),
  source LowCardinality(String),
  event_id String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.consents (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  customer_id String COMMENT 'Customer',
  purpose LowCardinality(String) COMMENT 'What the consent is for',
  entry LowCardinality(String) COMMENT 'granted or withdrawn',
  source LowCardinality(String) COMMENT 'CloudEvents source of the event',
  event_id String COMMENT 'CloudEvents id of the event',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the statement',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, customer_id, purpose, entry, source, event_id, occurred_at, recorded_at
FROM vouch_store.consents FINAL
WHERE {visible}
COMMENT 'Consents granted and withdrawn; of a purpose the latest statement up to a time holds then';

CREATE TABLE vouch_store.erasures (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  subject LowCardinality(String),
  subject_id String,
  reason String,
  source LowCardinality(String),
  event_id String CODEC(ZSTD),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.erasures (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  subject LowCardinality(String) COMMENT 'customer, visitor, advocate or conversion',
  subject_id String COMMENT 'Its id',
  reason String COMMENT 'Why, in words; empty if nobody said',
  source LowCardinality(String) COMMENT 'CloudEvents source of the event',
  event_id String COMMENT 'CloudEvents id of the event',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When they were forgotten',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, subject, subject_id, reason, source, event_id, occurred_at, recorded_at
FROM vouch_store.erasures FINAL
WHERE {visible}
COMMENT 'Who was forgotten: whose personal data can be read no more';

CREATE TABLE vouch_store.conversions (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  conversion_id String CODEC(ZSTD),
  customer_id String CODEC(ZSTD),
  visitor_id String CODEC(ZSTD),
  entry LowCardinality(String),
  amount Decimal(18, 4),
  currency LowCardinality(String),
  kind LowCardinality(String),
  country LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD), INDEX by_time occurred_at TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.conversions (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  conversion_id String COMMENT 'Conversion',
  customer_id String COMMENT 'Customer, or empty',
  visitor_id String COMMENT 'Visitor, or empty',
  entry LowCardinality(String) COMMENT 'converted, refunded or amended',
  amount Decimal(18, 4) COMMENT 'Amount that this row adds to the net amount',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amount',
  kind LowCardinality(String) COMMENT 'purchase, subscription, renewal, lead or empty',
  country LowCardinality(String) COMMENT 'ISO 3166 code, or empty',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it was converted, refunded or amended',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, conversion_id, customer_id, visitor_id, entry, amount, currency, kind, country, occurred_at, recorded_at
FROM vouch_store.conversions FINAL
WHERE {visible}
COMMENT 'Conversions and what became of their amounts; amounts sum to the net';

CREATE TABLE vouch_store.attributions (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  conversion_id String CODEC(ZSTD),
  model LowCardinality(String),
  advocate_id LowCardinality(String),
  touch_id String CODEC(ZSTD),
  channel LowCardinality(String),
  credit Decimal(18, 9),
  amount Decimal(18, 4),
  currency LowCardinality(String),
  entry LowCardinality(String),
  terms_version UInt32,
  pays UInt8,
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD), INDEX by_time occurred_at TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.attributions (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  conversion_id String COMMENT 'Conversion',
  model LowCardinality(String) COMMENT 'first-touch, last-touch, linear, position-based or time-decay',
  advocate_id LowCardinality(String) COMMENT 'Advocate who is credited',
  touch_id String COMMENT 'The touch that is credited',
  channel LowCardinality(String) COMMENT 'Channel of the touch, or empty',
  credit Decimal(18, 9) COMMENT 'Share of the conversion that this row adds',
  amount Decimal(18, 4) COMMENT 'Revenue that this row adds',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amount',
  entry LowCardinality(String) COMMENT 'attributed, refunded or reattributed',
  terms_version UInt32 COMMENT 'Version of the terms that the conversion falls under',
  pays UInt8 COMMENT '1 if rewards go by this model under these terms, else 0',
  occurred_at DateTime64(3, 'UTC') COMMENT 'When it was converted, refunded or amended',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, conversion_id, model, advocate_id, touch_id, channel, credit, amount, currency, entry, terms_version, pays, occurred_at, recorded_at
FROM vouch_store.attributions FINAL
WHERE {visible}
COMMENT 'Which touch of which advocate brought what, under each of five models; per conversion and model credits sum to 1 and amounts to the net';

CREATE TABLE vouch_store.exclusions (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  sign Int8,
  program_id LowCardinality(String),
  conversion_id String CODEC(ZSTD),
  touch_id String CODEC(ZSTD),
  event_id String CODEC(ZSTD),
  source LowCardinality(String),
  rule_id LowCardinality(String),
  beneficiary_id String CODEC(ZSTD),
  subject LowCardinality(String),
  reason LowCardinality(String),
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD)
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.exclusions (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  sign Int8 COMMENT '1: excluded from here on; -1: no longer',
  program_id LowCardinality(String) COMMENT 'Program',
  conversion_id String COMMENT 'The conversion it was excluded from, or empty',
  touch_id String COMMENT 'The excluded touch, or empty',
  event_id String COMMENT 'CloudEvents id of the event that is excluded, or whose touch or reward is',
  source LowCardinality(String) COMMENT 'CloudEvents source of that event',
  rule_id LowCardinality(String) COMMENT 'The rule that pays nothing, or empty',
  beneficiary_id String COMMENT 'To whom it pays nothing; empty for all',
  subject LowCardinality(String) COMMENT 'touch, reward or event',
  reason LowCardinality(String) COMMENT 'Why',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event that brought this about',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, sign, program_id, conversion_id, touch_id, event_id, source, rule_id, beneficiary_id, subject, reason, occurred_at, recorded_at
FROM vouch_store.exclusions FINAL
WHERE {visible}
COMMENT 'Why an event, a touch or a reward counts for nothing; it stands while its signs sum to 1';

CREATE TABLE vouch_store.rewards (
  generation UInt32,
  position UInt64 CODEC(T64, LZ4),
  line UInt32,
  program_id LowCardinality(String),
  reward_id String,
  rule_id LowCardinality(String),
  terms_version UInt32,
  beneficiary_id String,
  role LowCardinality(String),
  conversion_id String CODEC(ZSTD),
  trigger LowCardinality(String),
  source LowCardinality(String),
  event_id String CODEC(ZSTD),
  amount Decimal(18, 4),
  currency LowCardinality(String),
  entry LowCardinality(String),
  standing Int8,
  earned_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  available_on Date,
  occurred_at DateTime64(3, 'UTC') CODEC(T64, ZSTD),
  recorded_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD), INDEX by_time earned_at TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (generation, position, line)
SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 0;

CREATE VIEW {db}.rewards (
  position UInt64 COMMENT 'Log position of the event that made this row',
  line UInt32 COMMENT 'Number of the row among those of its event; (position, line) is unique',
  program_id LowCardinality(String) COMMENT 'Program',
  reward_id String COMMENT 'Name of the reward, from its trigger, the same for ever',
  rule_id LowCardinality(String) COMMENT 'Rule of the terms, or by-hand',
  terms_version UInt32 COMMENT 'Version of the terms that it follows',
  beneficiary_id String COMMENT 'Advocate, or customer for a referee',
  role LowCardinality(String) COMMENT 'advocate, referee or upline',
  conversion_id String COMMENT 'Conversion, or empty',
  trigger LowCardinality(String) COMMENT 'conversion, signup, click, share or by-hand',
  source LowCardinality(String) COMMENT 'CloudEvents source of the event',
  event_id String COMMENT 'CloudEvents id of the event',
  amount Decimal(18, 4) COMMENT 'Amount that this row adds',
  currency LowCardinality(String) COMMENT 'ISO 4217 code of the amount',
  entry LowCardinality(String) COMMENT 'accrued, reversed (less than before) or adjusted (more than before)',
  standing Int8 COMMENT '1 if with this row the reward comes to stand for something, -1 if for nothing any more, else 0: they sum to the number of rewards that stand',
  earned_at DateTime64(3, 'UTC') COMMENT 'Time of the trigger',
  available_on Date COMMENT 'Day from which it is payable: earned_at and the hold',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event that brought this about',
  recorded_at DateTime64(3, 'UTC') COMMENT 'When the event reached the log'
) AS
SELECT position, line, program_id, reward_id, rule_id, terms_version, beneficiary_id, role, conversion_id, trigger, source, event_id, amount, currency, entry, standing, earned_at, available_on, occurred_at, recorded_at
FROM vouch_store.rewards FINAL
WHERE {visible}
COMMENT 'What is owed to whom by which rule for what; amounts of a reward_id sum to what stands';

-- Sums of rows, one set a bucket of positions; see decision 0023.

CREATE ROLLUP vouch_store.performance (
  program_id LowCardinality(String),
  advocate_id String,
  currency LowCardinality(String),
  clicks UInt64,
  shares UInt64,
  signups UInt64,
  conversions Decimal(38, 9),
  revenue Decimal(38, 4),
  rewards Decimal(38, 4)
) AS
SELECT program_id, toString(advocate_id) AS advocate_id, '' AS currency, countIf(kind = 'click') AS clicks, countIf(kind = 'share') AS shares,
  countIf(kind = 'signup') AS signups, toDecimal128(0, 9) AS conversions, toDecimal128(0, 4) AS revenue, toDecimal128(0, 4) AS rewards
FROM vouch_store.touches FINAL WHERE {rows}
GROUP BY program_id, advocate_id
UNION ALL
SELECT program_id, toString(advocate_id), currency, 0, 0, 0, sum(credit), sum(amount), toDecimal128(0, 4)
FROM vouch_store.attributions FINAL WHERE {rows} AND pays = 1
GROUP BY program_id, advocate_id, currency
UNION ALL
SELECT program_id, beneficiary_id, currency, 0, 0, 0, toDecimal128(0, 9), toDecimal128(0, 4), sum(amount)
FROM vouch_store.rewards FINAL WHERE {rows} AND role IN ('advocate', 'upline')
GROUP BY program_id, beneficiary_id, currency;

CREATE ROLLUP vouch_store.performance_daily (
  program_id LowCardinality(String),
  advocate_id String,
  occurred_on Date,
  currency LowCardinality(String),
  clicks UInt64,
  shares UInt64,
  signups UInt64,
  conversions Decimal(38, 9),
  revenue Decimal(38, 4),
  rewards Decimal(38, 4),
  INDEX by_advocate advocate_id TYPE minmax GRANULARITY 1
) AS
SELECT program_id, toString(advocate_id) AS advocate_id, toDate(occurred_at) AS occurred_on, '' AS currency, countIf(kind = 'click') AS clicks,
  countIf(kind = 'share') AS shares, countIf(kind = 'signup') AS signups, toDecimal128(0, 9) AS conversions,
  toDecimal128(0, 4) AS revenue, toDecimal128(0, 4) AS rewards
FROM vouch_store.touches FINAL WHERE {rows}
GROUP BY program_id, advocate_id, occurred_on
UNION ALL
SELECT program_id, toString(advocate_id), toDate(occurred_at), currency, 0, 0, 0, sum(credit), sum(amount), toDecimal128(0, 4)
FROM vouch_store.attributions FINAL WHERE {rows} AND pays = 1
GROUP BY program_id, advocate_id, toDate(occurred_at), currency
UNION ALL
SELECT program_id, beneficiary_id, toDate(earned_at), currency, 0, 0, 0, toDecimal128(0, 9), toDecimal128(0, 4), sum(amount)
FROM vouch_store.rewards FINAL WHERE {rows} AND role IN ('advocate', 'upline')
GROUP BY program_id, beneficiary_id, toDate(earned_at), currency;

CREATE ROLLUP vouch_store.credited (
  program_id LowCardinality(String),
  advocate_id LowCardinality(String),
  currency LowCardinality(String),
  first_touch Decimal(38, 4),
  last_touch Decimal(38, 4),
  linear Decimal(38, 4),
  position_based Decimal(38, 4),
  time_decay Decimal(38, 4)
) AS
SELECT program_id, advocate_id, currency,
  sumIf(amount, model = 'first-touch') AS first_touch, sumIf(amount, model = 'last-touch') AS last_touch,
  sumIf(amount, model = 'linear') AS linear, sumIf(amount, model = 'position-based') AS position_based,
  sumIf(amount, model = 'time-decay') AS time_decay
FROM vouch_store.attributions FINAL WHERE {rows}
GROUP BY program_id, advocate_id, currency;

CREATE ROLLUP vouch_store.earned (
  program_id LowCardinality(String),
  beneficiary_id String,
  role LowCardinality(String),
  currency LowCardinality(String),
  accrued Decimal(38, 4),
  reversed Decimal(38, 4),
  standing Int64,
  last_available_on Date,
  INDEX by_beneficiary beneficiary_id TYPE minmax GRANULARITY 1
) AS
SELECT program_id, beneficiary_id, role, currency, sumIf(amount, amount > 0) AS accrued, sumIf(amount, amount < 0) AS reversed,
  sum(standing) AS standing, max(available_on) AS last_available_on
FROM vouch_store.rewards FINAL WHERE {rows}
GROUP BY program_id, beneficiary_id, role, currency;

CREATE ROLLUP vouch_store.daily (
  program_id LowCardinality(String),
  occurred_on Date,
  currency LowCardinality(String),
  shares UInt64,
  clicks UInt64,
  visitors UInt64,
  signups UInt64,
  conversions UInt64,
  revenue Decimal(38, 4)
) AS
SELECT program_id, toDate(occurred_at) AS occurred_on, '' AS currency, countIf(kind = 'share') AS shares, countIf(kind = 'click') AS clicks,
  sum(first_of_day) AS visitors, 0 AS signups, 0 AS conversions, toDecimal128(0, 4) AS revenue
FROM vouch_store.touches FINAL WHERE {rows}
GROUP BY program_id, occurred_on
UNION ALL
SELECT program_id, toDate(occurred_at), '', 0, 0, 0, count(), 0, toDecimal128(0, 4)
FROM vouch_store.signups FINAL WHERE {rows}
GROUP BY program_id, toDate(occurred_at)
UNION ALL
SELECT program_id, toDate(occurred_at), currency, 0, 0, 0, 0, countIf(entry = 'converted'), sum(amount)
FROM vouch_store.conversions FINAL WHERE {rows}
GROUP BY program_id, toDate(occurred_at), currency;

CREATE VIEW {db}.advocate_performance (
  program_id LowCardinality(String) COMMENT 'Program',
  advocate_id String COMMENT 'Advocate',
  currency LowCardinality(String) COMMENT 'Currency of revenue and rewards in this row',
  clicks UInt64 COMMENT 'Clicks; counted in the row of the currency of the program',
  shares UInt64 COMMENT 'Shares; likewise',
  signups UInt64 COMMENT 'Signups with a code of the advocate; likewise',
  conversions Decimal(38, 9) COMMENT 'Credit for conversions under the model that pays; fully refunded ones keep theirs',
  revenue Decimal(38, 4) COMMENT 'Net revenue credited under the model that pays',
  rewards Decimal(38, 4) COMMENT 'Rewards earned as advocate or upline, less what was reversed'
) AS
WITH home AS (SELECT program_id, argMax(currency, version) AS currency FROM vouch_store.programs WHERE {visible} GROUP BY program_id)
SELECT p.program_id AS program_id, p.advocate_id AS advocate_id, if(p.currency = '', home.currency, p.currency) AS currency,
  sum(p.clicks) AS clicks, sum(p.shares) AS shares, sum(p.signups) AS signups, sum(p.conversions) AS conversions,
  sum(p.revenue) AS revenue, sum(p.rewards) AS rewards
FROM {rollup:performance} AS p LEFT JOIN home ON home.program_id = p.program_id
WHERE p.currency != '' OR home.currency != ''
GROUP BY program_id, advocate_id, currency
COMMENT 'What each advocate did, brought and earned: a leader board is one ORDER BY away';

CREATE VIEW {db}.advocate_daily (
  program_id LowCardinality(String) COMMENT 'Program',
  advocate_id String COMMENT 'Advocate',
  occurred_on Date COMMENT 'UTC day',
  currency LowCardinality(String) COMMENT 'Currency of revenue and rewards in this row',
  clicks UInt64 COMMENT 'Clicks; counted in the row of the currency of the program',
  shares UInt64 COMMENT 'Shares; likewise',
  signups UInt64 COMMENT 'Signups with a code of the advocate; likewise',
  conversions Decimal(38, 9) COMMENT 'Credit for conversions of this day under the model that pays; fully refunded ones keep theirs',
  revenue Decimal(38, 4) COMMENT 'Revenue credited under the model that pays: amounts converted, amended and refunded on this day',
  rewards Decimal(38, 4) COMMENT 'Rewards earned on this day as advocate or upline, less what was reversed of them since'
) AS
WITH home AS (SELECT program_id, argMax(currency, version) AS currency FROM vouch_store.programs WHERE {visible} GROUP BY program_id)
SELECT p.program_id AS program_id, p.advocate_id AS advocate_id, p.occurred_on AS occurred_on,
  if(p.currency = '', home.currency, p.currency) AS currency, sum(p.clicks) AS clicks, sum(p.shares) AS shares,
  sum(p.signups) AS signups, sum(p.conversions) AS conversions, sum(p.revenue) AS revenue, sum(p.rewards) AS rewards
FROM {rollup:performance_daily} AS p LEFT JOIN home ON home.program_id = p.program_id
WHERE p.currency != '' OR home.currency != ''
GROUP BY program_id, advocate_id, occurred_on, currency
COMMENT 'The same of each UTC day: the month of an advocate is one WHERE away';

CREATE VIEW {db}.model_comparison (
  program_id LowCardinality(String) COMMENT 'Program',
  advocate_id LowCardinality(String) COMMENT 'Advocate',
  currency LowCardinality(String) COMMENT 'Currency of the amounts',
  first_touch Decimal(38, 4) COMMENT 'Net revenue, all of it to the first touch',
  last_touch Decimal(38, 4) COMMENT 'Net revenue, all of it to the last touch',
  linear Decimal(38, 4) COMMENT 'Net revenue, shared evenly by all touches',
  position_based Decimal(38, 4) COMMENT 'Net revenue, most of it to the first and last touch',
  time_decay Decimal(38, 4) COMMENT 'Net revenue, halving with the age of the touch'
) AS
SELECT program_id, advocate_id, currency, sum(first_touch) AS first_touch, sum(last_touch) AS last_touch, sum(linear) AS linear,
  sum(position_based) AS position_based, sum(time_decay) AS time_decay
FROM {rollup:credited}
GROUP BY program_id, advocate_id, currency
COMMENT 'Net revenue of each advocate under the five models, side by side';

CREATE VIEW {db}.advocate_balances (
  program_id LowCardinality(String) COMMENT 'Program',
  beneficiary_id String COMMENT 'Advocate, or customer for a referee',
  role LowCardinality(String) COMMENT 'advocate, referee or upline',
  currency LowCardinality(String) COMMENT 'Currency of the amounts',
  accrued Decimal(38, 4) COMMENT 'All that was ever added',
  reversed Decimal(38, 4) COMMENT 'All that was taken back, zero or below',
  balance Decimal(38, 4) COMMENT 'What stands: accrued and reversed',
  rewards UInt64 COMMENT 'Number of rewards that stand',
  last_available_on Date COMMENT 'Day by which all of it is payable'
) AS
SELECT program_id, beneficiary_id, role, currency, sum(accrued) AS accrued, sum(reversed) AS reversed,
  accrued + reversed AS balance, toUInt64(sum(standing)) AS rewards, max(last_available_on) AS last_available_on
FROM {rollup:earned}
GROUP BY program_id, beneficiary_id, role, currency
COMMENT 'What each beneficiary has earned and what stands of it; payments are not part of it';

CREATE VIEW {db}.funnel_daily (
  program_id LowCardinality(String) COMMENT 'Program',
  occurred_on Date COMMENT 'UTC day',
  currency LowCardinality(String) COMMENT 'Currency of the revenue in this row',
  shares UInt64 COMMENT 'Shares; counted in the row of the currency of the program',
  clicks UInt64 COMMENT 'Clicks; likewise',
  visitors UInt64 COMMENT 'Different visitors who clicked; likewise',
  signups UInt64 COMMENT 'Signups; likewise',
  conversions UInt64 COMMENT 'Conversions in this currency',
  revenue Decimal(38, 4) COMMENT 'Amounts converted, amended and refunded on this day'
) AS
WITH home AS (SELECT program_id, argMax(currency, version) AS currency FROM vouch_store.programs WHERE {visible} GROUP BY program_id)
SELECT d.program_id AS program_id, d.occurred_on AS occurred_on, if(d.currency = '', home.currency, d.currency) AS currency,
  sum(d.shares) AS shares, sum(d.clicks) AS clicks, sum(d.visitors) AS visitors, sum(d.signups) AS signups,
  sum(d.conversions) AS conversions, sum(d.revenue) AS revenue
FROM {rollup:daily} AS d LEFT JOIN home ON home.program_id = d.program_id
WHERE d.currency != '' OR home.currency != ''
GROUP BY program_id, occurred_on, currency
COMMENT 'Shares, clicks, signups, conversions and revenue of each UTC day';

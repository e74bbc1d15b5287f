import type { Law } from '@vouch/projector'

const additive = [
  'programs',
  'touches',
  'signups',
  'links',
  'consents',
  'erasures',
  'conversions',
  'attributions',
  'exclusions',
  'rewards',
]

export const laws: readonly Law[] = [
  {
    name: 'credits',
    says: 'for each conversion and model, credits sum to 1 and amounts to the net amount of the conversion',
    query: (db) => `
      SELECT program_id, conversion_id, model, sum(credit) AS credits, sum(amount) AS credited, any(net.amount) AS net
      FROM ${db}.attributions AS a
      LEFT JOIN (SELECT program_id, conversion_id, sum(amount) AS amount FROM ${db}.conversions GROUP BY program_id, conversion_id) AS net
        ON net.program_id = a.program_id AND net.conversion_id = a.conversion_id
      GROUP BY program_id, conversion_id, model
      HAVING NOT ((credits = 1 AND credited = net) OR (credits = 0 AND credited = 0))`,
  },
  {
    name: 'models',
    says: 'a conversion that is credited is credited by all five models',
    query: (db) => `
      SELECT program_id, conversion_id, groupArray(model) AS found
      FROM (SELECT program_id, conversion_id, model FROM ${db}.attributions GROUP BY program_id, conversion_id, model HAVING sum(credit) = 1)
      GROUP BY program_id, conversion_id HAVING length(found) != 5`,
  },
  {
    name: 'net',
    says: 'no conversion is refunded below zero',
    query: (db) => `
      SELECT program_id, conversion_id, sum(amount) AS net FROM ${db}.conversions
      GROUP BY program_id, conversion_id HAVING net < 0`,
  },
  {
    name: 'rewards',
    says: 'no reward is taken back beyond what was granted in a currency, and each keeps its beneficiary',
    query: (db) => `
      SELECT program_id, reward_id, currency, sum(amount) AS stands FROM ${db}.rewards WHERE rule_id != 'by-hand'
      GROUP BY program_id, reward_id, currency HAVING stands < 0 OR uniqExact(beneficiary_id) > 1`,
  },
  {
    name: 'exclusions',
    says: 'an exclusion stands once or not at all',
    query: (db) => `
      SELECT program_id, subject, reason, source, event_id, touch_id, conversion_id, rule_id, beneficiary_id, sum(sign) AS stands
      FROM ${db}.exclusions
      GROUP BY program_id, subject, reason, source, event_id, touch_id, conversion_id, rule_id, beneficiary_id
      HAVING stands NOT IN (0, 1)`,
  },
  {
    name: 'lines',
    says: 'position and line are unique in each table',
    query: (db) =>
      additive
        .map(
          (table) =>
            `SELECT '${table}' AS found, position, line FROM ${db}.${table} GROUP BY position, line HAVING count() > 1`,
        )
        .join(' UNION ALL '),
  },
  {
    name: 'events',
    says: 'no row is without its event',
    query: (db) =>
      additive
        .map(
          (table) =>
            `SELECT '${table}' AS found, position FROM ${db}.${table} WHERE position NOT IN (SELECT position FROM ${db}.events)`,
        )
        .join(' UNION ALL '),
  },
  {
    name: 'views',
    says: 'what the views say of advocates, their days, balances and days is what the facts add up to',
    query: (db) => `
      SELECT 'advocates' AS found, program_id, concat(advocate_id, ' ', currency) AS of
      FROM (${advocatesBothWays(db)})
      GROUP BY program_id, of
      HAVING (${sums('clicks', 'shares', 'signups', 'conversions', 'revenue', 'rewards', ...modelColumns)}) != (${zeros(11)})
      UNION ALL
      SELECT 'advocates by day', program_id, concat(advocate_id, ' ', toString(occurred_on), ' ', currency) AS of
      FROM (${advocateDaysBothWays(db)})
      GROUP BY program_id, of
      HAVING (${sums('clicks', 'shares', 'signups', 'conversions', 'revenue', 'rewards')}) != (${zeros(6)})
      UNION ALL
      SELECT 'balances', program_id, concat(role, ' ', beneficiary_id, ' ', currency) AS of
      FROM (${balancesBothWays(db)})
      GROUP BY program_id, of
      HAVING (${sums('accrued', 'reversed', 'balance', 'rewards', 'day')}) != (${zeros(5)})
      UNION ALL
      SELECT 'days', program_id, concat(toString(occurred_on), ' ', currency) AS of
      FROM (${daysBothWays(db)})
      GROUP BY program_id, of
      HAVING (${sums('shares', 'clicks', 'visitors', 'signups', 'conversions', 'revenue')}) != (${zeros(6)})`,
  },
]

const models = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay']
const modelColumns = models.map((model) => model.replace('-', '_'))
const sums = (...columns: readonly string[]) => columns.map((column) => `sum(${column})`).join(', ')
const zeros = (count: number) => Array.from({ length: count }, () => '0').join(', ')

/** What the views say, and with the opposite sign what the facts do. */
const advocatesBothWays = (db: string) => `
  SELECT program_id, toString(advocate_id) AS advocate_id, currency, toInt64(clicks) AS clicks, toInt64(shares) AS shares,
    toInt64(signups) AS signups, conversions, revenue, rewards, ${modelColumns.map((it) => `toDecimal128(0, 4) AS ${it}`).join(', ')}
  FROM ${db}.advocate_performance
  UNION ALL
  SELECT program_id, toString(advocate_id), currency, 0, 0, 0, toDecimal128(0, 9), toDecimal128(0, 4), toDecimal128(0, 4), ${modelColumns.join(', ')}
  FROM ${db}.model_comparison
  UNION ALL
  SELECT t.program_id, toString(t.advocate_id), any(home.currency), -toInt64(countIf(kind = 'click')), -toInt64(countIf(kind = 'share')),
    -toInt64(countIf(kind = 'signup')), toDecimal128(0, 9), toDecimal128(0, 4), toDecimal128(0, 4), ${modelColumns.map(() => 'toDecimal128(0, 4)').join(', ')}
  FROM ${db}.touches AS t INNER JOIN (${homeOf(db)}) AS home ON home.program_id = t.program_id
  GROUP BY t.program_id, t.advocate_id
  UNION ALL
  SELECT a.program_id, toString(a.advocate_id), a.currency, 0, 0, 0, -sumIf(a.credit, a.model = paying.reward_by),
    -sumIf(a.amount, a.model = paying.reward_by), toDecimal128(0, 4), ${models.map((model) => `-sumIf(a.amount, a.model = '${model}')`).join(', ')}
  FROM ${db}.attributions AS a
  INNER JOIN (SELECT DISTINCT program_id, version, reward_by FROM ${db}.programs) AS paying
    ON paying.program_id = a.program_id AND paying.version = a.terms_version
  GROUP BY a.program_id, a.advocate_id, a.currency
  UNION ALL
  SELECT program_id, beneficiary_id, currency, 0, 0, 0, toDecimal128(0, 9), toDecimal128(0, 4), -sum(amount), ${modelColumns.map(() => 'toDecimal128(0, 4)').join(', ')}
  FROM ${db}.rewards WHERE role IN ('advocate', 'upline')
  GROUP BY program_id, beneficiary_id, currency`

const advocateDaysBothWays = (db: string) => `
  SELECT program_id, toString(advocate_id) AS advocate_id, occurred_on, currency, toInt64(clicks) AS clicks, toInt64(shares) AS shares,
    toInt64(signups) AS signups, conversions, revenue, rewards
  FROM ${db}.advocate_daily
  UNION ALL
  SELECT t.program_id, toString(t.advocate_id), toDate(t.occurred_at), any(home.currency), -toInt64(countIf(kind = 'click')),
    -toInt64(countIf(kind = 'share')), -toInt64(countIf(kind = 'signup')), toDecimal128(0, 9), toDecimal128(0, 4), toDecimal128(0, 4)
  FROM ${db}.touches AS t INNER JOIN (${homeOf(db)}) AS home ON home.program_id = t.program_id
  GROUP BY t.program_id, t.advocate_id, toDate(t.occurred_at)
  UNION ALL
  SELECT a.program_id, toString(a.advocate_id), toDate(a.occurred_at), a.currency, 0, 0, 0, -sumIf(a.credit, a.model = paying.reward_by),
    -sumIf(a.amount, a.model = paying.reward_by), toDecimal128(0, 4)
  FROM ${db}.attributions AS a
  INNER JOIN (SELECT DISTINCT program_id, version, reward_by FROM ${db}.programs) AS paying
    ON paying.program_id = a.program_id AND paying.version = a.terms_version
  GROUP BY a.program_id, a.advocate_id, toDate(a.occurred_at), a.currency
  UNION ALL
  SELECT program_id, beneficiary_id, toDate(earned_at), currency, 0, 0, 0, toDecimal128(0, 9), toDecimal128(0, 4), -sum(amount)
  FROM ${db}.rewards WHERE role IN ('advocate', 'upline')
  GROUP BY program_id, beneficiary_id, toDate(earned_at), currency`

const balancesBothWays = (db: string) => `
  SELECT program_id, beneficiary_id, role, currency, accrued, reversed, balance, toInt64(rewards) AS rewards, toInt64(last_available_on) AS day
  FROM ${db}.advocate_balances
  UNION ALL
  SELECT program_id, beneficiary_id, role, currency, -sum(added), -sum(taken), -sum(stands), -toInt64(countIf(stands != 0)), -toInt64(max(available))
  FROM (
    SELECT program_id, beneficiary_id, role, currency, reward_id, sumIf(amount, amount > 0) AS added,
      sumIf(amount, amount < 0) AS taken, sum(amount) AS stands, max(available_on) AS available
    FROM ${db}.rewards
    GROUP BY program_id, beneficiary_id, role, currency, reward_id
  )
  GROUP BY program_id, beneficiary_id, role, currency`

const daysBothWays = (db: string) => `
  SELECT program_id, occurred_on, currency, toInt64(shares) AS shares, toInt64(clicks) AS clicks, toInt64(visitors) AS visitors,
    toInt64(signups) AS signups, toInt64(conversions) AS conversions, revenue
  FROM ${db}.funnel_daily
  UNION ALL
  SELECT t.program_id, toDate(t.occurred_at), any(home.currency), -toInt64(countIf(kind = 'share')), -toInt64(countIf(kind = 'click')),
    -toInt64(uniqExactIf(visitor_id, kind = 'click')), 0, 0, toDecimal128(0, 4)
  FROM ${db}.touches AS t INNER JOIN (${homeOf(db)}) AS home ON home.program_id = t.program_id
  GROUP BY t.program_id, toDate(t.occurred_at)
  UNION ALL
  SELECT s.program_id, toDate(s.occurred_at), any(home.currency), 0, 0, 0, -toInt64(count()), 0, toDecimal128(0, 4)
  FROM ${db}.signups AS s INNER JOIN (${homeOf(db)}) AS home ON home.program_id = s.program_id
  GROUP BY s.program_id, toDate(s.occurred_at)
  UNION ALL
  SELECT program_id, toDate(occurred_at), currency, 0, 0, 0, 0, -toInt64(countIf(entry = 'converted')), -sum(amount)
  FROM ${db}.conversions
  GROUP BY program_id, toDate(occurred_at), currency`

const homeOf = (db: string) =>
  `SELECT program_id, argMax(currency, version) AS currency FROM ${db}.programs GROUP BY program_id`

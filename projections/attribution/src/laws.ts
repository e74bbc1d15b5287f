/** What must hold of the tables whatever the events were; each query returns the rows that break its law. */
export interface Law {
  readonly name: string
  readonly says: string
  /** Reads views of the database that it is given. */
  query(database: string): string
}

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
]

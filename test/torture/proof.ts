import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Audit, auditLog } from '../../packages/testing/src/index.ts'
import type { LogRow } from './log.ts'
import type { Offer } from './supply.ts'

/** Runs a command of vouch on a folder; gives what it printed. @throws Error if it fails */
export type Command = (folder: string, ...words: readonly string[]) => Promise<string>

/**
 * Imports the same events in the same order into a fresh folder, undisturbed, and compares all tables.
 * @returns the tables that differ, with both sides' row counts and hashes; empty if none does
 */
export async function undisturbed(folder: string, offers: readonly Offer[], vouch: Command): Promise<string[]> {
  const place = mkdtempSync(join(tmpdir(), 'vouch-torture-undisturbed-'))
  try {
    const file = join(place, 'log.ndjson')
    writeFileSync(file, offers.map(({ wire }) => `${wire}\n`).join(''))
    const fresh = join(place, 'data')
    const report = await vouch(fresh, 'import', file, '--order', 'file', '--accept-late', '--json')
    const { appended } = JSON.parse(report) as { appended: number }
    if (appended !== offers.length) return [`Of ${offers.length} events of the log a fresh one takes ${appended} only.`]
    const tables = await tablesOf(folder, vouch)
    const [ours, theirs] = [await hashes(folder, tables, vouch), await hashes(fresh, tables, vouch)]
    return tables.flatMap((table) => {
      const [found, expected] = [ours.get(table), theirs.get(table)]
      return found === expected ? [] : [`${table} has ${found} (rows, hash), undisturbed it has ${expected}.`]
    })
  } finally {
    rmSync(place, { recursive: true })
  }
}

async function tablesOf(folder: string, vouch: Command): Promise<string[]> {
  const query = `SELECT DISTINCT table FROM system.columns
    WHERE database = 'vouch' AND name = 'position' AND table != 'progress' ORDER BY table FORMAT TSV`
  return (await vouch(folder, 'sql', query)).split('\n').slice(0, -1)
}

/** Row count and hash of each table; without the time of recording, which is the only thing that may differ. */
async function hashes(folder: string, tables: readonly string[], vouch: Command): Promise<Map<string, string>> {
  const each = tables.map(
    (table) => `SELECT '${table}', concat(toString(count()), ', ',
      toString(sum(sipHash64(toString(tuple(* EXCEPT (recorded_at))))))) FROM ${table}`,
  )
  const lines = (await vouch(folder, 'sql', `${each.join(' UNION ALL ')} FORMAT TSV`)).split('\n').slice(0, -1)
  return new Map(lines.map((line) => line.split('\t') as [string, string]))
}

/**
 * Asks the independent auditor what the tables must sum to.
 * @returns what differs: conversions, credits and amounts of attributions, rewards; empty if nothing does
 */
export async function audited(folder: string, rows: readonly LogRow[], vouch: Command): Promise<string[]> {
  const log = rows.map(({ position, recordedAt, id, source, type, time, data }) => ({
    ...{ position, recordedAt },
    event: { id, source, type, time, data: JSON.parse(data) as Record<string, unknown> },
  }))
  const expected = expectedSums(auditLog(log))
  const found = new Map<string, string>()
  for (const line of (await vouch(folder, 'sql', sums)).split('\n').slice(0, -1)) {
    const [key, sum] = JSON.parse(line) as [string, string]
    found.set(key, sum)
  }
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((key) => {
    const [tables, auditor] = [found.get(key) ?? 'nothing', expected.get(key) ?? 'nothing']
    return tables === auditor ? [] : [`${key}: the tables say ${tables}, the auditor says ${auditor}.`]
  })
}

/** Amounts in units of 0.0001, which hold every currency's minor units; credits in billionths. */
const sums = `
  SELECT concat('conversion|', program_id, '|', conversion_id, '|', currency) AS key,
    toString(toInt64(sum(amount) * 10000)) AS sum
  FROM conversions GROUP BY program_id, conversion_id, currency HAVING sum(amount) != 0
  UNION ALL
  SELECT concat('attribution|', program_id, '|', conversion_id, '|', model, '|', advocate_id, '|', touch, '|', currency),
    concat(toString(toInt64(sum(credit) * 1000000000)), ' ', toString(toInt64(sum(amount) * 10000)))
  FROM attributions
  INNER JOIN (SELECT DISTINCT program_id, touch_id, concat(source, '/', event_id) AS touch FROM touches) AS touches
  USING (program_id, touch_id)
  GROUP BY program_id, conversion_id, model, advocate_id, touch, currency HAVING sum(amount) != 0 OR sum(credit) != 0
  UNION ALL
  SELECT concat('reward|', program_id, '|', if(rule_id = 'by-hand', '', rule_id), '|', role, '|', beneficiary_id, '|',
      if(trigger = 'conversion', conversion_id, concat(source, '/', event_id)) AS of, '|', currency),
    toString(toInt64(sum(amount) * 10000))
  FROM rewards GROUP BY program_id, rule_id, role, beneficiary_id, of, currency HAVING sum(amount) != 0
  FORMAT JSONCompactEachRow`

const digits: Readonly<Record<string, number>> = { JPY: 0, KWD: 3 }

const tenThousandths = (minor: bigint, currency: string): string =>
  `${minor * 10n ** BigInt(4 - (digits[currency] ?? 2))}`

function expectedSums({ conversions, attributions, rewards }: Audit): Map<string, string> {
  const expected = new Map<string, string>()
  for (const [key, { netMinor, currency }] of conversions) {
    if (netMinor !== 0n) expected.set(`conversion|${key}|${currency}`, tenThousandths(netMinor, currency))
  }
  for (const [key, { credit, amountMinor, currency }] of attributions) {
    expected.set(`attribution|${key}|${currency}`, `${credit} ${tenThousandths(amountMinor, currency)}`)
  }
  for (const [key, { amountMinor, currency }] of rewards) {
    expected.set(`reward|${key}|${currency}`, tenThousandths(amountMinor, currency))
  }
  return expected
}

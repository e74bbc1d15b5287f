import { type Audit, auditLog, type LoggedEvent } from '@vouch/testing'
import { replay, totals } from './replay.ts'

/** What the fold's rows and the independent oracle say of the same thing, where they do not agree. */
export interface Difference {
  /** Log position up to which rows and events were counted. */
  readonly position: number
  readonly view: string
  readonly key: string
  readonly fold: string
  readonly oracle: string
}

type PlacedRow = ReturnType<typeof replay>[number]
type Values = Readonly<Record<string, string>>

/** By view, then by key; the key formats are those of `Audit`. */
type Picture = Readonly<Record<string, ReadonlyMap<string, string>>>

const nothing = '-'

/** Holds the whole log's rows to the oracle's word on the whole log. */
export function differencesAtEnd(log: readonly LoggedEvent[], rows = replay(log)): Difference[] {
  return differencesAt(log, rows, log.at(-1)?.position ?? 0)
}

/** Holds the rows up to each position to the oracle's word on the events up to there: to what was known then. */
export function differencesThroughout(log: readonly LoggedEvent[], rows = replay(log)): Difference[] {
  const everKnown = new Set<string>()
  return log.flatMap(({ position }) => differencesAt(log, rows, position, everKnown))
}

/**
 * @param everKnown the touches that the oracle has known at earlier positions, which this call adds to; with it, the rows
 * of `touches` must be exactly these. Without it nothing is said of those that no longer count, for rows are never undone.
 */
function differencesAt(
  log: readonly LoggedEvent[],
  allRows: readonly PlacedRow[],
  position: number,
  everKnown?: Set<string>,
): Difference[] {
  const until = log.filter((logged) => logged.position <= position)
  const rows = allRows.filter((row) => row.position <= position)
  const audit = auditLog(until)
  const fold = pictureOfRows(rows, namesOfTouches(allRows))
  const oracle = pictureOfAudit(audit)
  const found: Difference[] = []
  for (const view of Object.keys(oracle)) {
    const [ours, theirs] = [fold[view] ?? new Map(), oracle[view] ?? new Map()]
    for (const key of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
      const [seen, wanted] = [ours.get(key) ?? nothing, theirs.get(key) ?? nothing]
      if (!agree(view, seen, wanted)) found.push({ position, view, key, fold: seen, oracle: wanted })
    }
  }
  return [...found, ...differentTouches(rows, audit, everKnown).map((one) => ({ position, view: 'touches', ...one }))]
}

/** The oracle knows every reason for which a rule or event counts for nothing; the fold may name any of these. */
function agree(view: string, fold: string, oracle: string): boolean {
  if (fold === oracle) return true
  if (fold === nothing || oracle === nothing || !['events', 'unpaid'].includes(view)) return false
  return fold.split(', ').every((reason) => oracle.split(', ').includes(reason))
}

function pictureOfRows(rows: readonly PlacedRow[], touchNames: ReadonlyMap<string, string>): Picture {
  const attribution = (it: Values) => [
    ...[it.program_id, it.conversion_id, it.model, it.advocate_id],
    touchNames.get(`${it.program_id}|${it.touch_id}`) ?? it.touch_id,
    ...[it.currency, it.terms_version],
  ]
  const reward = (it: Values) => {
    const rule = it.rule_id === 'by-hand' ? '' : it.rule_id
    const trigger = it.trigger === 'conversion' ? it.conversion_id : `${it.source}/${it.event_id}`
    const times = [it.earned_at, it.available_on]
    return [it.program_id, rule, it.role, it.beneficiary_id, trigger, it.currency, ...times, it.terms_version]
  }
  const ofSubject = (subject: string, key: (it: Values) => (string | undefined)[]) =>
    reasonsOf(rows, (it) => (it.subject === subject && key(it).length > 0 ? key(it).join('|') : undefined))
  return {
    conversions: sums(rows, 'conversions', (it) => [it.program_id, it.conversion_id, it.currency], ['amount']),
    attributions: sums(rows, 'attributions', attribution, ['credit', 'amount']),
    rewards: sums(rows, 'rewards', reward, ['amount']),
    lost: ofSubject('touch', (it) =>
      it.conversion_id === '' ? [] : [it.program_id, it.conversion_id, `${it.source}/${it.event_id}`],
    ),
    events: ofSubject('event', (it) => [it.program_id, `${it.source}/${it.event_id}`]),
    unpaid: ofSubject('reward', (it) => {
      const trigger = it.conversion_id === '' ? `${it.source}/${it.event_id}` : it.conversion_id
      return [it.program_id, trigger, it.rule_id, it.beneficiary_id]
    }),
  }
}

function pictureOfAudit(audit: Audit): Picture {
  const standing = <V>(from: ReadonlyMap<string, V>, view: (key: string, value: V) => [string, string] | undefined) =>
    new Map([...from].flatMap(([key, value]) => [view(key, value)].filter((it) => it !== undefined)))
  return {
    conversions: standing(audit.conversions, (key, { netMinor, currency }) =>
      netMinor === 0n ? undefined : [`${key}|${currency}`, decimal(netMinor, currency)],
    ),
    attributions: standing(audit.attributions, (key, { credit, amountMinor, currency, termsVersion }) => [
      `${key}|${currency}|${termsVersion}`,
      `${billionths(credit)} ${decimal(amountMinor, currency)}`,
    ]),
    rewards: standing(audit.rewards, (key, { amountMinor, currency, earnedAt, availableOn, termsVersion }) => {
      const earned = new Date(earnedAt).toISOString().replace('T', ' ').replace('Z', '')
      return [[key, currency, earned, availableOn, termsVersion].join('|'), decimal(amountMinor, currency)]
    }),
    lost: standing(audit.lostTouches, (key, [first = nothing]) => [key, first]),
    events: standing(audit.lostEvents, (key, reasons) => [key, reasons.join(', ')]),
    unpaid: standing(audit.unpaid, (key, reasons) => [key, reasons.join(', ')]),
  }
}

function differentTouches(
  rows: readonly PlacedRow[],
  audit: Audit,
  everKnown: Set<string> | undefined,
): Pick<Difference, 'key' | 'fold' | 'oracle'>[] {
  const listed = rows
    .filter(({ table }) => table === 'touches')
    .map(({ values }) => values as Values)
    .map((it) => `${it.program_id}|${it.kind}|${it.source}/${it.event_id}|${it.advocate_id}`)
  for (const key of audit.touches) everKnown?.add(key)
  const twice = listed.filter((key, index) => listed.indexOf(key) !== index)
  const missing = [...audit.touches].filter((key) => !listed.includes(key))
  const unknown = everKnown ? listed.filter((key) => !everKnown.has(key)) : []
  return [
    ...missing.map((key) => ({ key, fold: nothing, oracle: 'known' })),
    ...unknown.map((key) => ({ key, fold: 'listed', oracle: nothing })),
    ...twice.map((key) => ({ key, fold: 'listed twice', oracle: 'once' })),
  ]
}

/** program|touch id → SOURCE/ID of its event. */
function namesOfTouches(rows: readonly PlacedRow[]): ReadonlyMap<string, string> {
  const touches = rows.filter(({ table }) => table === 'touches').map(({ values }) => values as Values)
  return new Map(touches.map((it) => [`${it.program_id}|${it.touch_id}`, `${it.source}/${it.event_id}`]))
}

function sums(
  rows: readonly PlacedRow[],
  table: string,
  key: (it: Values) => (string | undefined)[],
  columns: readonly string[],
): ReadonlyMap<string, string> {
  const found = totals(rows, table, (it) => key(it).join('|'), columns)
  return new Map(Object.entries(found).map(([at, sum]) => [at, sum.join(' ')]))
}

/** The reasons of the exclusions that stand; one whose signs do not add up to one is shown with its sum. */
function reasonsOf(rows: readonly PlacedRow[], keyOf: (it: Values) => string | undefined): ReadonlyMap<string, string> {
  const signs = new Map<string, Map<string, number>>()
  for (const { table, values } of rows) {
    const it = values as Values
    const key = table === 'exclusions' ? keyOf(it) : undefined
    if (key === undefined) continue
    const ofKey = signs.get(key) ?? new Map<string, number>()
    signs.set(key, ofKey.set(`${it.reason}`, (ofKey.get(`${it.reason}`) ?? 0) + Number(it.sign)))
  }
  const texts = [...signs].map(([key, ofKey]): [string, string] => {
    const standing = [...ofKey].filter(([, sum]) => sum !== 0)
    return [key, standing.map(([reason, sum]) => (sum === 1 ? reason : `${reason} × ${sum}`)).join(', ')]
  })
  return new Map(texts.filter(([, text]) => text !== ''))
}

const digits: Readonly<Record<string, number>> = { JPY: 0, KWD: 3 }

const decimal = (minor: bigint, currency: string): string => pointed(minor, digits[currency] ?? 2)

const billionths = (credit: bigint): string => pointed(credit, 9)

/** Without zeros at the end, as `totals` gives its sums. */
function pointed(units: bigint, places: number): string {
  const text = (units < 0n ? -units : units).toString().padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  const fraction = text.slice(text.length - places).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

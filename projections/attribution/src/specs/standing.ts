import { formatMinor, toMinor } from '@vouch/domain'
import type { Row } from '@vouch/projector'

/**
 * What all rows of a log add up to, as short texts in alphabetical order. A touch is named by its event's id if it is a
 * click, else as in the tables; what adds up to nothing is left out.
 */
export interface Standing {
  /** 'CONVERSION: TOUCH TOUCH', the touches with credit under the linear model. */
  readonly paths: readonly string[]
  /** 'CONVERSION: TOUCH TOUCH', the first touch and the last, by the models of these names */
  readonly ends: readonly string[]
  /** 'CONVERSION MODEL TOUCH CREDIT AMOUNT CURRENCY' */
  readonly credits: readonly string[]
  /** 'CONVERSION AMOUNT CURRENCY' */
  readonly net: readonly string[]
  /** 'TOUCH of CONVERSION: REASON', without 'of CONVERSION' where it belongs to none */
  readonly lost: readonly string[]
  /** 'EVENT: REASON', 'EVENT of CONVERSION: REASON' */
  readonly excluded: readonly string[]
  /** 'RULE BENEFICIARY TRIGGER AMOUNT CURRENCY', the trigger being a conversion's or an event's id */
  readonly rewards: readonly string[]
  /** 'RULE TRIGGER: REASON', 'RULE BENEFICIARY TRIGGER: REASON' */
  readonly unpaid: readonly string[]
}

type Values = Readonly<Record<string, string>>

export function standing(rows: readonly Row[]): Standing {
  const of = (table: string, chosen: (values: Values) => boolean = () => true): Values[] =>
    rows.flatMap((row) => (row.table === table && chosen(row.values as Values) ? [row.values as Values] : []))
  const attributions = (model: string) => of('attributions', (values) => values.model === model)
  const exclusions = (subject: string) => of('exclusions', (values) => values.subject === subject)
  const ofConversion = ({ conversion_id }: Values) => (conversion_id ? ` of ${conversion_id}` : '')
  return {
    paths: pathsOf(attributions('linear')),
    ends: pathsOf([...attributions('first-touch'), ...attributions('last-touch')]),
    credits: creditsOf(of('attributions')),
    net: amountsOf(of('conversions'), (values) => `${values.conversion_id}`),
    lost: standingOf(exclusions('touch'), (it) => `${shortTouch(it.touch_id || it.event_id)}${ofConversion(it)}`),
    excluded: standingOf(exclusions('event'), (it) => `${it.event_id}${ofConversion(it)}`),
    rewards: amountsOf(of('rewards'), (it) => [it.rule_id, it.beneficiary_id, triggerOf(it)].join(' ')),
    unpaid: standingOf(exclusions('reward'), (it) =>
      [it.rule_id, ...(it.beneficiary_id ? [it.beneficiary_id] : []), triggerOf(it)].join(' '),
    ),
  }
}

const triggerOf = ({ conversion_id, event_id }: Values): string => `${conversion_id || event_id}`

const shortTouch = (touchId: string | undefined): string => `${touchId}`.replace(/^click:[^:]*:/, '')

function sums(values: readonly Values[], key: (it: Values) => string, size: (it: Values) => bigint) {
  const found = new Map<string, bigint>()
  for (const it of values) found.set(key(it), (found.get(key(it)) ?? 0n) + size(it))
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1))
}

const billionths = ({ credit }: Values): bigint => BigInt(`${credit}`.replace('.', ''))

const money = ({ amount, currency }: Values): bigint => toMinor({ value: `${amount}`, currency: `${currency}` })

const touchKey = ({ conversion_id, model, touch_id, currency }: Values) =>
  [conversion_id, model, shortTouch(touch_id), currency].join(' ')

function pathsOf(attributions: readonly Values[]): string[] {
  const touches = new Map<string, string[]>()
  for (const [key, credit] of sums(attributions, touchKey, billionths)) {
    const [conversion = '', , touch = ''] = key.split(' ')
    if (credit !== 0n) touches.set(conversion, [...(touches.get(conversion) ?? []), touch])
  }
  return [...touches].map(([conversion, path]) => `${conversion}: ${path.join(' ')}`)
}

function creditsOf(attributions: readonly Values[]): string[] {
  const amounts = new Map(sums(attributions, touchKey, money))
  return sums(attributions, touchKey, billionths).flatMap(([key, credit]) => {
    const [conversion, model, touch, currency = ''] = key.split(' ')
    const amount = amounts.get(key) ?? 0n
    if (credit === 0n && amount === 0n) return []
    const text = credit.toString().padStart(10, '0')
    const share = `${text.slice(0, -9)}.${text.slice(-9)}`
    return [[conversion, model, touch, share, formatMinor(amount, currency), currency].join(' ')]
  })
}

function amountsOf(values: readonly Values[], key: (it: Values) => string): string[] {
  const full = (it: Values) => `${key(it)}\n${it.currency}`
  return sums(values, full, money).flatMap(([name, minor]) => {
    const [first, currency = ''] = name.split('\n')
    return minor === 0n ? [] : [`${first} ${formatMinor(minor, currency)} ${currency}`]
  })
}

/** Exclusions whose signs add up to one; any other sum but zero is an error of the fold, and shown. */
function standingOf(exclusions: readonly Values[], name: (it: Values) => string): string[] {
  const full = (it: Values) => `${name(it)}: ${it.reason}`
  return sums(exclusions, full, ({ sign }) => BigInt(`${sign}`)).flatMap(([text, sum]) =>
    sum === 0n ? [] : [sum === 1n ? text : `${text} (${sum} times)`],
  )
}

import { codeKey, type DataOf, insertInOrder, timestamp } from '@vouch/domain'
import { isFirstOfDay, type Page, pageFor } from './clicks.ts'
import { bookExclusions } from './exclusion.ts'
import { writeHandReward } from './hand.ts'
import { clickId, stateLink, triggersAround, triggersOfLink } from './people.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { settle } from './settle.ts'
import type {
  Click,
  ConversionFact,
  ConversionRef,
  FactBase,
  LinkStatement,
  StoredCorrection,
  VisitorState,
} from './state.ts'
import { listTouch } from './touches.ts'
import type { TriggerRef } from './trigger.ts'

export function click(program: Program, data: DataOf<'vouch.click.v1'>, base: FactBase, rows: Rows): void {
  const { visitorId, code, channel, shareId } = data
  const { source, id, time, lateMs } = base
  const own: Click = { source, id, time, lateMs, codeKey: codeKey(code), channel, shareId }
  const page = pageFor(program, visitorId, own)
  insertInOrder(page.clicks, own)
  listClick(program, visitorId, page, own, rows)
  page.save()
  const triggers = triggersAround(program, { visitorId }, time)
  settle(
    program,
    hasClickRule(program, time) ? [newClickTrigger(program, visitorId, own), ...triggers] : triggers,
    rows,
  )
}

/** A click is in `touches` as soon as its code is known and terms hold at its time; until then it says why not. */
export function listClick(program: Program, visitorId: string, page: Page, own: Click, rows: Rows): void {
  const { issued } = program.code(own.codeKey)
  const reason = program.outOfAccount(own) ?? (issued ? undefined : 'unknown-code')
  if (reason === undefined && issued && !own.listed) {
    const firstOfDay = isFirstOfDay(program, visitorId, page, own)
    listTouch(issued, own, { touchId: clickId(own), kind: 'click', visitorId, firstOfDay }, rows)
    own.listed = true
  }
  if (reason === 'unknown-code') program.state.add('awaiting-code', program.key(own.codeKey), visitorId)
  if (reason === undefined && own.excluded === undefined) return
  const before = { exclusions: own.excluded === undefined ? [] : [own.excluded] }
  bookExclusions(
    before,
    reason === undefined ? [] : [{ subject: 'event', reason, source: own.source, eventId: own.id }],
    rows,
  )
  own.excluded = before.exclusions[0]
}

/** A click is a trigger of its own only where a rule pays for clicks, or did once. */
export function openClickTrigger(program: Program, visitorId: string, own: Click): void {
  const { source, id, time } = own
  if (hasClickRule(program, time) && !program.click(source, id)) newClickTrigger(program, visitorId, own)
}

const hasClickRule = (program: Program, time: number): boolean =>
  program.termsAt(time)?.rules.some((rule) => rule.trigger === 'click') ?? false

function newClickTrigger(program: Program, visitorId: string, own: Click): TriggerRef {
  const { source, id } = own
  const { listed: _listed, excluded: _excluded, ...fact } = own
  program.state.put('click', program.key(source, id), { fact: { ...fact, visitorId }, rewards: [], exclusions: [] })
  return { kind: 'click', source, id }
}

export function share(program: Program, data: DataOf<'vouch.share.v1'>, base: FactBase, rows: Rows): void {
  const { advocateId, channel, code, shareId } = data
  const fact = { ...base, advocateId, channel, code, codeKey: code === undefined ? undefined : codeKey(code), shareId }
  program.state.put('share', program.key(base.source, base.id), { fact, rewards: [], exclusions: [] })
  settle(program, [{ kind: 'share', source: base.source, id: base.id }], rows)
}

export function signup(program: Program, data: DataOf<'vouch.signup.v1'>, base: FactBase, rows: Rows): void {
  const { customerId, visitorId, code } = data
  const fact = { ...base, customerId, visitorId, code, codeKey: code === undefined ? undefined : codeKey(code) }
  program.save('signup', customerId, { fact, rewards: [], exclusions: [] })
  if (visitorId !== undefined) {
    const visitor = program.visitor(visitorId)
    visitor.signups.push(customerId)
    program.save('visitor', visitorId, visitor)
  }
  const around = assertLink(program, { customerId, visitorId }, base, rows)
  settle(program, [{ kind: 'signup', id: customerId }, ...around], rows)
}

export function conversion(program: Program, data: DataOf<'vouch.conversion.v1'>, base: FactBase, rows: Rows): void {
  const { conversionId, customerId, visitorId, code, amount, kind, country, fxRate, items } = data
  const fact: ConversionFact = {
    ...base,
    conversionId,
    amount,
    customerId,
    visitorId,
    code,
    kind,
    country,
    fxRate,
    items,
    codeKey: code === undefined ? undefined : codeKey(code),
  }
  const state = program.conversion(conversionId)
  state.fact = fact
  program.save('conversion', conversionId, state)
  const ref: ConversionRef = {
    source: base.source,
    id: base.id,
    time: base.time,
    lateMs: base.lateMs,
    conversionId,
    customerId,
  }
  if (customerId !== undefined) {
    const customer = program.customer(customerId)
    insertInOrder(customer.conversions, ref)
    program.save('customer', customerId, customer)
  }
  if (visitorId !== undefined) {
    const visitor = program.visitor(visitorId)
    insertInOrder(visitor.conversions, ref)
    program.save('visitor', visitorId, visitor)
  }
  const around = assertLink(program, { customerId, visitorId }, base, rows)
  settle(program, [{ kind: 'conversion', id: conversionId }, ...around], rows)
  const settled = program.conversion(conversionId)
  const { waiting } = settled
  if (!waiting) return
  settled.waiting = undefined
  program.save('conversion', conversionId, settled)
  for (const reward of waiting) writeHandReward(program, reward, rows)
}

/**
 * A signup or conversion that names both a visitor and a customer says that they are one; where it is taken into account.
 * Returns what may change by that, and by the fact itself, which can only change what comes after it.
 */
function assertLink(
  program: Program,
  who: { customerId?: string | undefined; visitorId?: string | undefined },
  base: FactBase,
  rows: Rows,
): TriggerRef[] {
  const { customerId, visitorId } = who
  if (customerId === undefined || visitorId === undefined) {
    return triggersAround(program, who, base.time)
  }
  const statement = { ...base, linked: true }
  const changed = changeLink(program, customerId, visitorId, statement, rows)
  const since = triggersAround(program, who, base.time)
  return changed ? [...triggersOfLink(program, visitorId, customerId), ...since] : since
}

type Statement = Pick<FactBase, 'source' | 'id' | 'time' | 'lateMs'> & { readonly linked: boolean }

/** Notes a statement, and writes its row unless it came too late; true if who is linked to whom has changed by it. */
function changeLink(
  program: Program,
  customerId: string,
  visitorId: string,
  { source, id, time, lateMs, linked }: Statement,
  rows: Rows,
): boolean {
  const before = program.isLinked(visitorId, customerId)
  const unlisted = program.isTooLate({ time, lateMs }) || undefined
  const statement = { source, id, time, lateMs, customerId, linked, unlisted }
  stateLink(program, visitorId, statement)
  if (!unlisted) writeLink(visitorId, statement, rows)
  return before !== program.isLinked(visitorId, customerId)
}

function writeLink(visitorId: string, { source, id, time, customerId, linked }: LinkStatement, rows: Rows): void {
  rows.push('links', {
    visitor_id: visitorId,
    customer_id: customerId,
    entry: linked ? 'linked' : 'unlinked',
    source,
    event_id: id,
    occurred_at: timestamp(time),
  })
}

/** What came beyond the horizon is in `links` as soon as terms take it in. */
export function listLinks(program: Program, visitorId: string, { links }: VisitorState, rows: Rows): void {
  for (const statement of links) {
    if (!statement.unlisted || program.isTooLate(statement)) continue
    writeLink(visitorId, statement, rows)
    statement.unlisted = undefined
  }
}

export function link(
  program: Program,
  { customerId, visitorId }: DataOf<'vouch.identities.linked.v1'>,
  statement: Statement,
  rows: Rows,
): void {
  const changed = changeLink(program, customerId, visitorId, statement, rows)
  if (changed) settle(program, triggersOfLink(program, visitorId, customerId), rows)
}

export function correction(
  program: Program,
  conversionId: string,
  kind: 'amendments' | 'refunds',
  { source, id, time, amount, items, refundId }: StoredCorrection,
  rows: Rows,
): void {
  const state = program.conversion(conversionId)
  insertInOrder(state[kind], { source, id, time, amount, items, refundId })
  program.save('conversion', conversionId, state)
  if (state.fact) return settle(program, [{ kind: 'conversion', id: conversionId }], rows)
  const waiting = [...state.amendments, ...state.refunds]
  bookExclusions(
    state,
    waiting.map((it) => ({
      subject: 'event',
      reason: 'unknown-conversion',
      source: it.source,
      eventId: it.id,
      conversionId,
    })),
    rows,
  )
  program.save('conversion', conversionId, state)
}

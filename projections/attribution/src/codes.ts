import { codeKey, type DataOf, insertInOrder, timestamp } from '@vouch/domain'
import { pagesOf } from './clicks.ts'
import { bookExclusions } from './exclusion.ts'
import { listClick } from './facts.ts'
import type { Program } from './program.ts'
import type { Rows } from './rows.ts'
import { settleNamed } from './settle.ts'
import type { CodeState, FactBase } from './state.ts'

/**
 * A code belongs to one advocate for ever; what had been waiting for it takes effect now.
 * @returns the steps, as in `settleNamed`
 */
export function* issueCode(
  program: Program,
  data: DataOf<'vouch.code.issued.v1'>,
  time: number,
  rows: Rows,
  held: number | undefined,
): Generator<void> {
  const key = codeKey(data.code)
  const code = program.code(key)
  code.issued = { code: data.code, advocateId: data.advocateId, time }
  program.save('code', key, code)
  const advocate = program.advocate(data.advocateId)
  advocate.codes.push(key)
  program.save('advocate', data.advocateId, advocate)
  writeCode(code, rows)
  for (const visitorId of program.state.members('awaiting-code', program.key(key))) {
    for (const page of pagesOf(program, visitorId)) {
      for (const click of page.clicks) if (click.codeKey === key) listClick(program, visitorId, page, click, rows)
      page.save()
      yield
    }
    program.state.remove('awaiting-code', program.key(key), visitorId)
  }
  excludeStrangers(program, key, program.code(key), rows)
  yield* settleNamed(program, program.state.members('by-code', program.key(key)), rows, held)
}

/**
 * A code counts for nothing from the time of its revocation on; the touches before it stand.
 * @returns the steps, as in `settleNamed`
 */
export function* revokeCode(
  program: Program,
  data: DataOf<'vouch.code.revoked.v1'>,
  { source, id, time }: FactBase,
  rows: Rows,
  held: number | undefined,
): Generator<void> {
  const key = codeKey(data.code)
  const code = program.code(key)
  insertInOrder(code.revocations, { source, id, time, advocateId: data.advocateId })
  program.save('code', key, code)
  writeCode(code, rows)
  excludeStrangers(program, key, code, rows)
  yield* settleNamed(program, program.state.members('by-code', program.key(key)), rows, held)
}

function writeCode({ issued, revocations }: CodeState, rows: Rows): void {
  if (!issued) return
  const revoked = revocations.find((it) => it.advocateId === issued.advocateId)
  rows.push('codes', {
    code: issued.code,
    advocate_id: issued.advocateId,
    status: revoked ? 'revoked' : 'issued',
    issued_at: timestamp(issued.time),
    revoked_at: revoked ? timestamp(revoked.time) : null,
  })
}

/** Nobody revokes what belongs to another, and what nobody has been given waits. */
function excludeStrangers(program: Program, key: string, code: CodeState, rows: Rows): void {
  const { issued } = code
  const idle = code.revocations.filter((it) => it.advocateId !== issued?.advocateId)
  const reason = issued ? ('code-of-another-advocate' as const) : ('unknown-code' as const)
  const standing = { exclusions: code.exclusions ?? [] }
  bookExclusions(
    standing,
    idle.map((it) => ({ subject: 'event', reason, source: it.source, eventId: it.id })),
    rows,
  )
  code.exclusions = standing.exclusions
  program.save('code', key, code)
}

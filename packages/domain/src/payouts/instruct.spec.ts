import { isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { PayeeAccount } from '../payees/payee.ts'
import { noPayouts } from './batch.ts'
import { decideInstruct, type InstructBatch, type InstructedEvent, type LinePayee } from './instruct.ts'
import { approve, balance, cancel, noon, opening, stateAfter, submit } from './payouts.examples.ts'
import { referenceOf } from './reference.ts'

const anna = referenceOf('summer-1', 'advocate', 'anna', 'EUR')
const ben = referenceOf('summer-1', 'advocate', 'ben', 'EUR')
const debtor = { name: 'Shop GmbH', iban: 'DE75512108001245126199' }
const other = { name: 'Shop GmbH', iban: 'NL02ABNA0123456789' }

const paid = (id: string, account: Partial<PayeeAccount> = {}): LinePayee => ({
  tag: 'known',
  registration: { source: 's', id },
  account: { name: 'A', iban: 'NL02ABNA0123456789', ...account } as PayeeAccount,
})
const payees = new Map([
  [anna, paid('p-a')],
  [ben, paid('p-b')],
])

const instruct = (more: Partial<InstructBatch> = {}): InstructBatch => ({
  batchId: 'summer-1',
  format: 'pain.001',
  debtor,
  today: '2026-04-02',
  payees,
  ...more,
})

const open = opening()
const states = {
  none: noPayouts(),
  open: stateAfter(open),
  approved: stateAfter(open, approve()),
  cancelled: stateAfter(open, cancel()),
  submitted: stateAfter(open, approve(), submit()),
  funds: stateAfter(opening({ balances: [balance('anna', 1n, 'CLF')] }), approve()),
}

const recorded: InstructedEvent = {
  type: 'vouch.payout.instructed.v1',
  id: 'summer-1/instructed',
  source: 'vouch/payouts',
  time: noon,
  data: { programId: 'summer', batchId: 'summer-1', format: 'pain.001', debtor, executeOn: '2026-04-02', payees: [] },
}

const both = right(['instructed', 'submitted'])
const instructedAlone = right(['instructed'])
const nothing = right([])

const table: readonly [
  string,
  keyof typeof states,
  InstructBatch,
  InstructedEvent | undefined,
  ReturnType<typeof left<string>> | ReturnType<typeof right<string[]>>,
][] = [
  ['an approved batch', 'approved', instruct(), undefined, both],
  ['one whose CSV is out', 'submitted', instruct(), undefined, instructedAlone],
  ['one that is recorded', 'submitted', instruct(), recorded, nothing],
  ['one that is recorded, its debtor left out', 'submitted', instruct({ debtor: undefined }), recorded, nothing],
  ['one that is recorded, on its day', 'submitted', instruct({ executeOn: '2026-04-02' }), recorded, nothing],
  ['one that is recorded, days later', 'submitted', instruct({ today: '2026-05-01' }), recorded, nothing],
  ['none', 'none', instruct({ debtor: undefined }), undefined, left('unknown-batch')],
  ['a cancelled one', 'cancelled', instruct({ debtor: undefined }), undefined, left('batch-cancelled')],
  ['an open one', 'open', instruct({ debtor: undefined }), undefined, left('not-approved')],
  [
    'for another account',
    'submitted',
    instruct({ debtor: other, executeOn: '2026-04-03' }),
    recorded,
    left('other-debtor'),
  ],
  [
    'with a bank now',
    'submitted',
    instruct({ debtor: { ...debtor, bic: 'SOGEDEFF' } }),
    recorded,
    left('other-debtor'),
  ],
  [
    'on another day',
    'submitted',
    instruct({ executeOn: '2026-04-03', payees: new Map() }),
    recorded,
    left('other-day'),
  ],
  ['by nobody', 'approved', instruct({ debtor: undefined, executeOn: '2026-04-01' }), undefined, left('no-debtor')],
  ['on a day that is over', 'funds', instruct({ executeOn: '2026-04-01' }), undefined, left('day-over')],
  ['in a unit of account', 'funds', instruct({ payees: new Map() }), undefined, left('no-transfer')],
  ['to nobody', 'approved', instruct({ payees: new Map() }), undefined, left('no-payee')],
  [
    'to somebody forgotten since',
    'submitted',
    instruct({ payees: new Map([...payees, [ben, { tag: 'unreadable' }]]) }),
    recorded,
    left('no-payee'),
  ],
]

describe('instructions to bank accounts', () => {
  it.each(table)('of %s (%s)', (_what, state, command, instructed, expected) => {
    const decision = decideInstruct(command, states[state], instructed)
    const told = isRight(decision)
      ? right(decision.right.map(({ type }) => type.split('.')[2]))
      : left(decision.left.tag)
    expect(told).toStrictEqual(expected)
    if (isRight(decision)) return
    expect(decision.left.says).toMatch(/^[A-Z]/)
    expect(decision.left.says).not.toContain('undefined')
    for (const { iban } of [debtor, other]) expect(decision.left.says).not.toContain(iban)
  })

  it('record by which registration each line is paid, from whose account and when, and no bank details of a payee', () => {
    const decision = decideInstruct(instruct({ executeOn: '2026-04-07' }), states.approved, undefined)
    expect(isRight(decision) && decision.right[0]).toStrictEqual({
      type: 'vouch.payout.instructed.v1',
      id: 'summer-1/instructed',
      data: {
        programId: 'summer',
        batchId: 'summer-1',
        format: 'pain.001',
        debtor,
        executeOn: '2026-04-07',
        payees: [
          { reference: anna, source: 's', id: 'p-a' },
          { reference: ben, source: 's', id: 'p-b' },
        ],
      },
    })
  })

  it('name every line that cannot be paid, and why', () => {
    const lacking = new Map<string, LinePayee>([
      [anna, { tag: 'known', registration: { source: 's', id: 'x' }, account: { name: 'A', accountId: 'acct_1' } }],
      [ben, { tag: 'unreadable' }],
    ])
    const says = (payees: InstructBatch['payees']) => {
      const decision = decideInstruct(instruct({ payees }), states.approved, undefined)
      return isRight(decision) ? '' : decision.left.says
    }
    expect(says(lacking)).toBe(
      `Batch summer-1 has 2 lines without an account to pay to, so nothing was handed out; send a vouch.payee.registered.v1 for each, or export csv:
${anna}  advocate anna: the payee has no IBAN, only an account at a provider
${ben}  advocate ben: their bank details can be read no more; they were forgotten, or the keys are gone`,
    )
    expect(says(new Map([[anna, paid('p-a')]]))).toBe(
      `Batch summer-1 has 1 line without an account to pay to, so nothing was handed out; send a vouch.payee.registered.v1 for each, or export csv:
${ben}  advocate ben: no payee is registered`,
    )
  })
})

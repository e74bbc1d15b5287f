import { at, hour } from './calendar.ts'
import { advocates } from './cast.ts'
import { firstTerms, programId, secondTerms } from './terms.ts'
import type { Wire } from './wire.ts'

const desk = 'desk.example'

/** What the people who run the program do: terms, advocates, codes, and what they settle by hand. */
export function runProgram(wire: Wire): void {
  publishTerms(wire)
  enrolAdvocates(wire)
  suspendForAWhile(wire)
  settleByHand(wire)
  answerCustomers(wire)
}

function publishTerms({ publish }: Wire): void {
  publish('terms-1', at(-5, 9), firstTerms)
  publish('terms-2', at(38, 15), secondTerms)
}

function enrolAdvocates({ send }: Wire): void {
  for (const { id, kind, group, customerId, parentAdvocateId, coupon, enrolledOnDay = -3 } of advocates) {
    const time = at(enrolledOnDay, 10)
    const profile = { programId, advocateId: id, kind, group, customerId, parentAdvocateId }
    send(desk, `enrol-${id}`, 'vouch.advocate.enrolled.v1', time, profile)
    for (const code of coupon === undefined ? [id] : [id, coupon]) {
      const data = { programId, advocateId: id, code }
      send(desk, `code-${code}`, 'vouch.code.issued.v1', time + hour / 2, data)
    }
  }
  send(desk, 'update-gesa', 'vouch.advocate.updated.v1', at(20, 11), {
    programId,
    advocateId: 'gesa',
    group: 'south',
  })
}

function suspendForAWhile({ send }: Wire): void {
  const who = { programId, advocateId: 'dario' }
  const reason = 'The links stood on a page that promised prices which the shop never had.'
  send(desk, 'suspend-dario', 'vouch.advocate.suspended.v1', at(50, 16), { ...who, reason })
  send(desk, 'reinstate-dario', 'vouch.advocate.reinstated.v1', at(64, 9), { ...who, reason: 'The page is put right.' })
  // Its discount was higher than intended; the link goes on.
  send(desk, 'revoke-BRAM5', 'vouch.code.revoked.v1', at(30, 8), { programId, advocateId: 'bram', code: 'BRAM5' })
}

function settleByHand({ send }: Wire): void {
  const grant = { programId, advocateId: 'hugo', amount: { value: '40.00', currency: 'EUR' } }
  send(desk, 'grant-hugo', 'vouch.reward.granted.v1', at(33, 12), { ...grant, reason: 'Spoke at the spring fair.' })
  send(desk, 'revoke-hugo', 'vouch.reward.revoked.v1', at(36, 12), {
    ...grant,
    amount: { value: '15.00', currency: 'EUR' },
    reason: 'The travel costs were paid already.',
  })
}

/** One customer may be written to and then may not; another asks to be forgotten, which changes no number. */
function answerCustomers({ send }: Wire): void {
  const letters = { programId, customerId: 'c-two-devices', purpose: 'newsletter' }
  send(desk, 'letters-yes', 'vouch.consent.granted.v1', at(80, 9), letters)
  send(desk, 'letters-no', 'vouch.consent.withdrawn.v1', at(83, 9), letters)
  const who = { programId, subject: 'customer' as const, subjectId: 'c-late-click' }
  send(desk, 'forget-late-click', 'vouch.person.forgotten.v1', at(84, 10), { ...who, reason: 'Asked us to.' })
}

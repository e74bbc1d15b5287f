import { timestamp } from '@vouch/domain'
import { assessClick, assessShare, assessSignup } from './assess.ts'
import { type Case, factExclusions, indexParents, indexTouches } from './case.ts'
import { signupTouch } from './people.ts'
import type { Program } from './program.ts'
import { nameOf } from './rows.ts'
import { listTouch } from './touches.ts'
import { refKey } from './trigger.ts'

export function signupCase(program: Program, customerId: string): Case | undefined {
  const state = program.signup(customerId)
  if (!state) return undefined
  const { fact } = state
  const ref = { kind: 'signup', id: customerId } as const
  const assessment = assessSignup(program, state)
  const own = signupTouch(state)
  return {
    kind: 'signup',
    identity: [customerId],
    conversionId: undefined,
    fact,
    customerId,
    state,
    terms: assessment.terms,
    occasion: assessment.occasion,
    assessment,
    book(rows) {
      indexTouches(program, ref, assessment)
      program.state.add('by-touch', program.key(fact.source, fact.id), refKey(ref))
      indexParents(program, ref, assessment)
      if (assessment.outOfAccount) return
      if (!state.recorded) {
        rows.push('signups', {
          customer_id: customerId,
          visitor_id: fact.visitorId ?? '',
          code: fact.code ?? '',
          source: fact.source,
          event_id: fact.id,
          occurred_at: timestamp(fact.time),
        })
        state.recorded = true
      }
      if (!state.listed && own) state.listed = listTouch(program, { ...fact, ...own, channel: '' }, rows)
    },
    exclusions: () => (own || assessment.outOfAccount ? factExclusions(fact, assessment) : []),
    save: () => program.save('signup', customerId, state),
  }
}

export function clickCase(program: Program, source: string, id: string): Case | undefined {
  const state = program.click(source, id)
  if (!state) return undefined
  const ref = { kind: 'click', source, id } as const
  const assessment = assessClick(program, state)
  return {
    kind: 'click',
    identity: [source, id],
    conversionId: undefined,
    fact: state.fact,
    customerId: undefined,
    state,
    terms: assessment.terms,
    occasion: assessment.occasion,
    assessment,
    book() {
      indexTouches(program, ref, assessment)
      indexParents(program, ref, assessment)
    },
    exclusions: () => [],
    save: () => program.state.put('click', program.key(source, id), state),
  }
}

export function shareCase(program: Program, source: string, id: string): Case | undefined {
  const state = program.share(source, id)
  if (!state) return undefined
  const { fact } = state
  const ref = { kind: 'share', source, id } as const
  const assessment = assessShare(program, state)
  return {
    kind: 'share',
    identity: [source, id],
    conversionId: undefined,
    fact,
    customerId: undefined,
    state,
    terms: assessment.terms,
    occasion: assessment.occasion,
    assessment,
    book(rows) {
      indexTouches(program, ref, assessment)
      indexParents(program, ref, assessment)
      if (fact.codeKey !== undefined) program.state.add('by-code', program.key(fact.codeKey), refKey(ref))
      program.state.add('by-sharer', program.key(fact.advocateId), refKey(ref))
      if (state.listed || assessment.outOfAccount) return
      rows.push('touches', {
        touch_id: nameOf('share', source, id),
        advocate_id: fact.advocateId,
        code: fact.code ?? '',
        kind: 'share',
        channel: fact.channel,
        visitor_id: '',
        customer_id: '',
        share_id: fact.shareId ?? '',
        source,
        event_id: id,
        first_of_day: 0,
        occurred_at: timestamp(fact.time),
      })
      state.listed = true
    },
    exclusions: () => factExclusions(fact, assessment),
    save: () => program.state.put('share', program.key(source, id), state),
  }
}

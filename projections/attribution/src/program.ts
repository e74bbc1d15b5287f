import {
  type CompiledTerms,
  compileTerms,
  type Occurrence,
  type Surroundings,
  type TermsVersion,
  termsAt,
  versionAt,
} from '@vouch/domain'
import type { FoldState } from '@vouch/projector'
import { clicksOnPage } from './clicks.ts'
import type {
  AdvocateState,
  AdvocateStatement,
  ClickTriggerState,
  CodeState,
  ConversionState,
  CustomerState,
  Fact,
  ProgramState,
  ShareState,
  SignupState,
  VisitorState,
} from './state.ts'

type Kind = 'visitor' | 'customer' | 'conversion' | 'code' | 'advocate' | 'signup'

/** What was asked for last. */
interface Last {
  readonly id: string
  readonly value: unknown
}

/** One program's part of the fold's state, for the length of one event, and the questions that its rules ask of it. */
export class Program implements Surroundings {
  readonly id: string
  readonly state: FoldState
  readonly self: ProgramState
  readonly clicksOnPage: number
  readonly #last: Record<Kind, Last | undefined> = {
    visitor: undefined,
    customer: undefined,
    conversion: undefined,
    code: undefined,
    advocate: undefined,
    signup: undefined,
  }

  constructor(state: FoldState, id: string, onPage = clicksOnPage) {
    this.id = id
    this.state = state
    this.clicksOnPage = onPage
    this.self = state.get<ProgramState>('program', id) ?? { versions: [] }
  }

  /** Ids hold no control characters, so a line break keeps the parts of a key apart. */
  key(...parts: readonly string[]): string {
    let key = this.id
    for (const part of parts) key += `\n${part}`
    return key
  }

  visitor(id: string): VisitorState {
    return this.known<VisitorState>('visitor', id) ?? { clicks: [], links: [], signups: [], conversions: [] }
  }

  customer(id: string): CustomerState {
    return this.known<CustomerState>('customer', id) ?? { visitors: [], conversions: [] }
  }

  conversion(id: string): ConversionState {
    const known = this.known<ConversionState>('conversion', id)
    return known ?? { amendments: [], refunds: [], rewards: [], exclusions: [] }
  }

  code(codeKey: string): CodeState {
    return this.known<CodeState>('code', codeKey) ?? { revocations: [] }
  }

  advocate(id: string): AdvocateState {
    return this.known<AdvocateState>('advocate', id) ?? { statements: [], codes: [] }
  }

  signup(customerId: string): SignupState | undefined {
    return this.known('signup', customerId)
  }

  click(source: string, id: string): ClickTriggerState | undefined {
    return this.state.get('click', this.key(source, id))
  }

  share(source: string, id: string): ShareState | undefined {
    return this.state.get('share', this.key(source, id))
  }

  save(kind: Kind, id: string, value: unknown): void {
    this.state.put(kind, this.key(id), value)
    this.#last[kind] = { id, value }
  }

  /** Keys and values of a kind, without the program's part of the key; as `FoldState.scan`. */
  *scan<T>(kind: Kind | 'click' | 'share'): Generator<readonly [id: string, value: T]> {
    const prefix = this.key('')
    for (const [key, value] of this.state.scan<T>(kind, prefix)) yield [key.slice(prefix.length), value]
  }

  /** One event asks for the same things many times in a row. */
  private known<T>(kind: Kind, id: string): T | undefined {
    const last = this.#last[kind]
    if (last?.id === id) return last.value as T | undefined
    const value = this.state.get<T>(kind, this.key(id))
    this.#last[kind] = { id, value }
    return value
  }

  saveSelf(): void {
    this.state.put('program', this.id, this.self)
  }

  termsAt(time: number): CompiledTerms | undefined {
    return termsAt(this.self.versions, time)
  }

  /** Why a fact is not taken into account at all; undefined if it is. */
  outOfAccount(fact: Fact): 'no-terms' | 'beyond-horizon' | undefined {
    const version = versionAt(this.self.versions, fact.time)
    if (!version) return 'no-terms'
    return fact.lateMs !== undefined && fact.lateMs > compileTerms(version).horizonMs ? 'beyond-horizon' : undefined
  }

  /** Whether a fact came beyond the horizon; where no terms hold there is none to be beyond. */
  isTooLate(
    fact: { readonly time: number; readonly lateMs?: number | undefined },
    versions: readonly TermsVersion[] = this.self.versions,
  ): boolean {
    if (fact.lateMs === undefined) return false
    const terms = termsAt(versions, fact.time)
    return terms !== undefined && fact.lateMs > terms.horizonMs
  }

  codeOf(codeKey: string): { advocateId: string; revokedAt: number | undefined } | undefined {
    const { issued, revocations } = this.code(codeKey)
    if (!issued) return undefined
    const valid = revocations.find((it) => it.advocateId === issued.advocateId)
    return { advocateId: issued.advocateId, revokedAt: valid?.time }
  }

  isSuspended(advocateId: string, time: number): boolean {
    return this.lastSaid(advocateId, time, 'suspended') ?? false
  }

  customerOf(advocateId: string, time: number): string | undefined {
    return this.saidAbout(advocateId, time, 'customerId')
  }

  parentOf(advocateId: string, time: number): string | undefined {
    return this.saidAbout(advocateId, time, 'parentAdvocateId')
  }

  isDisqualified(touch: Occurrence): boolean {
    if (!this.self.disqualifies) return false
    return this.state.get('disqualified', this.key(touch.source, touch.id)) !== undefined
  }

  /** Whether the customer had last granted, up to and including that time, what the terms require; nobody known has not. */
  hasConsent({ requireConsent }: CompiledTerms, customerId: string | undefined, time: number): boolean {
    if (requireConsent === undefined) return true
    if (customerId === undefined) return false
    const { consents = [] } = this.customer(customerId)
    return consents.findLast((it) => it.purpose === requireConsent && it.time <= time)?.granted ?? false
  }

  isLinked(visitorId: string, customerId: string): boolean {
    const statements = this.visitor(visitorId).links
    return statements.findLast((it) => it.customerId === customerId && !this.isTooLate(it))?.linked ?? false
  }

  customersOf(visitorId: string): string[] {
    const last = new Map<string, boolean>()
    for (const it of this.visitor(visitorId).links) if (!this.isTooLate(it)) last.set(it.customerId, it.linked)
    return [...last].flatMap(([customerId, linked]) => (linked ? [customerId] : []))
  }

  visitorsOf(customerId: string): string[] {
    return this.customer(customerId).visitors.filter((visitorId) => this.isLinked(visitorId, customerId))
  }

  private lastSaid<K extends keyof AdvocateStatement>(
    advocateId: string,
    time: number,
    field: K,
  ): AdvocateStatement[K] | undefined {
    const { statements } = this.advocate(advocateId)
    return statements.findLast((it) => it.time <= time && it[field] !== undefined)?.[field]
  }

  /** As it was at that time; what was first said of an advocate also holds for the time before. */
  private saidAbout(advocateId: string, time: number, field: 'customerId' | 'parentAdvocateId'): string | undefined {
    const known = this.lastSaid(advocateId, time, field)
    if (known !== undefined) return known
    const first = this.advocate(advocateId).statements.find((it) => it.suspended === undefined)
    return first && first.time > time ? first[field] : undefined
  }
}

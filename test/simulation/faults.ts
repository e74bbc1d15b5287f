import type { Random } from '@vouch/testing'

/** Where a process can be killed: what it does, as its turns are called. Each call has a turn before and one after its effect. */
export const killPlaces = [
  'is asked',
  'looks for',
  'reads the stream',
  'appends',
  'has appended',
  'has events delivered',
  'asks for the head of the log',
  'reads the log',
  'lets others have their turn',
  'inserts',
  'has inserted',
  'stores the checkpoint',
  'has stored the checkpoint',
  'has written a part',
  'publishes',
  'has published',
  'drops generation',
  'has dropped',
  'asks the warehouse',
] as const

/** Steps that are rare, and at which much is half done. */
const delicate =
  /^(looks|reads the stream|has events|lets|stores|has stored|publishes|has published|drops|has dropped) /

/** How much likelier a process is to be killed at this step than at another. */
export const delicacy = (what: string): number => (delicate.test(what) ? 6 : 1)

/** All that can go wrong. A run in which some of these never happened has not tried what it promises. */
export const faultKinds = [
  'append fails before it is done',
  'append fails after it is done',
  'append fails and is done in part',
  'append fails and is done later',
  'read of the log fails',
  'insert fails before it is done',
  'insert fails after it is done',
  'insert fails and is done in part',
  'insert fails and is done later',
  'publish fails before it is done',
  'publish fails after it is done',
  'drop fails before it is done',
  'drop fails after it is done',
  'drop fails and is done in part',
  'read of the warehouse fails',
  'checkpoint fails before it is done',
  'checkpoint fails after it is done',
  'an event fails between two parts',
  ...killPlaces.map((place) => `process is killed where it ${place}` as const),
  'dead process has an insert land later',
  'dead process has an append land later',
  'another version of the code is started',
  'power loss takes the state back',
  'state is lost',
  'state is damaged',
  'delivery leaves a gap',
  'delivery repeats',
  'delivery ends',
  'delivery fails',
  'event is sent again by another',
  'event is sent before those that it should follow',
  'event is delayed',
  'event is sent again with other content',
  'event is sent that is none',
  'producer gives up waiting and sends again',
] as const

/** There are few occasions for these. */
const seldom = /^(publish|drop|checkpoint|another version|power loss|state|delivery) /

export type FaultKind = (typeof faultKinds)[number]

/** What a fault that was asked for throws, so that other errors are told from it. */
export class SimulatedFault extends Error {
  override readonly name = 'SimulatedFault'
}

/** Which faults happen, and how often. Each seed has its own selection: where all happen at once, none gets far. */
export class Faults {
  readonly #random: Random
  readonly #note: (kind: FaultKind) => void
  readonly #rates = new Map<FaultKind, number>()
  readonly #counts = new Map<FaultKind, number>()
  #stopped = false

  /** @param note is told of each that happens */
  constructor(random: Random, note: (kind: FaultKind) => void) {
    this.#random = random
    this.#note = note
    const calm = random.chance(0.05)
    for (const kind of faultKinds) {
      const rate = random.pick([0, 0, 0.02, 0.05, 0.15]) * (seldom.test(kind) ? 4 : 1)
      this.#rates.set(kind, calm ? 0 : rate)
    }
  }

  /** Whether it happens now, at the seed's rate for it. */
  happens(kind: FaultKind): boolean {
    const rate = this.#rates.get(kind) ?? 0
    if (this.#stopped || rate === 0 || !this.#random.chance(rate)) return false
    this.count(kind)
    return true
  }

  /** For what is decided elsewhere. */
  count(kind: FaultKind): void {
    this.#note(kind)
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }

  /** From now on nothing goes wrong. */
  stop(): void {
    this.#stopped = true
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** How often each has happened. */
  get counts(): ReadonlyMap<FaultKind, number> {
    return this.#counts
  }
}

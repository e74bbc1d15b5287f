import type { Random } from '../../packages/testing/src/index.ts'

/** A double of Kafka's group coordinator: deals partitions out anew whenever somebody comes or goes. */
export class Coordinator {
  readonly #partitions: number
  readonly #random: Random
  readonly #members = new Set<object>()
  #assigned = new Map<object, readonly number[]>()
  round = 1

  constructor(partitions: number, random: Random) {
    this.#partitions = partitions
    this.#random = random
  }

  join(member: object): void {
    if (this.#members.has(member)) return
    this.#members.add(member)
    this.deal()
  }

  /** Left, or expelled. */
  leave(member: object): void {
    if (this.#members.delete(member)) this.deal()
  }

  /** Undefined for who is no member. */
  assignedTo(member: object): readonly number[] | undefined {
    return this.#members.has(member) ? (this.#assigned.get(member) ?? []) : undefined
  }

  deal(): void {
    this.round++
    const members = this.#random.shuffled([...this.#members])
    this.#assigned = new Map(members.map((member) => [member, []]))
    if (members.length === 0) return
    for (let partition = 0; partition < this.#partitions; partition++) {
      const member = members[partition % members.length] as object
      this.#assigned.set(member, [...(this.#assigned.get(member) ?? []), partition])
    }
  }
}

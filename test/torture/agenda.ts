import type { Random } from '../../packages/testing/src/index.ts'
import type { Death } from './life.ts'
import type { LifeName, Point } from './points.ts'

/** A life, and the death that ends it. */
export interface Plan {
  readonly life: LifeName
  readonly death: Death
}

/** Says which process is killed next, and when: points in turn, in an order drawn by lot, and random moments between them. */
export class Agenda {
  readonly hits = new Map<string, number>()
  readonly #points: readonly Point[]
  readonly #random: Random
  #turn: Point[] = []

  constructor(points: readonly Point[], random: Random) {
    this.#points = points
    this.#random = random
  }

  /** Points at which nobody was killed yet. */
  get missing(): readonly Point[] {
    return this.#points.filter(({ name }) => !this.hits.has(name))
  }

  hit({ name }: Point): void {
    this.hits.set(name, (this.hits.get(name) ?? 0) + 1)
  }

  /** How a folder begins: killed again and again, each time a little later. */
  beginnings(): readonly Plan[] {
    const ofStart = this.#points.filter(({ life }) => life === 'first start')
    return ofStart
      .filter((point) => !this.hits.has(point.name) || this.#random.chance(0.3))
      .map((point) => this.#planFor(point))
  }

  next(): Plan {
    if (this.#random.chance(0.6)) {
      this.#turn = this.#turn.length > 0 ? this.#turn : this.#random.shuffled(this.#later())
      const point = this.#turn.shift()
      if (point !== undefined) return this.#planFor(point)
    }
    const life = this.#random.pick<LifeName>([
      ...(['start', 'start', 'start', 'start', 'start', 'start'] as const),
      ...(['import', 'import', 'rebuild', 'rebuild', 'as of', 'verify', 'migration'] as const),
    ])
    return { life, death: { afterMs: life === 'start' ? this.#momentOfServer() : this.#random.between(100, 1_800) } }
  }

  /** The points that were missed until now, for another try. */
  rest(): readonly Plan[] {
    return this.missing.filter(({ life }) => life !== 'first start').map((point) => this.#planFor(point))
  }

  #later(): Point[] {
    return this.#points.filter(({ life }) => life !== 'first start')
  }

  /** Mostly under load; now and then while it recovers from the kill before. */
  #momentOfServer(): number {
    return this.#random.chance(0.25) ? this.#random.between(100, 900) : this.#random.between(900, 2_500)
  }

  #planFor(point: Point): Plan {
    // Later passages are not always reached; the first one mostly is.
    const passage = this.hits.has(point.name) ? this.#random.between(1, point.passages) : 1
    return { life: point.life, death: { at: point, passage, underWayMs: this.#random.between(0, 4) } }
  }
}

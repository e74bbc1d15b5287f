import * as fc from 'fast-check'
import type { LoggedEvent } from '../oracle/log.ts'
import { randomLog } from './log.ts'
import type { LogOptions } from './options.ts'

/** Whole program logs; they shrink by leaving events out. */
export function programLogs(options: Partial<LogOptions> = {}): fc.Arbitrary<readonly LoggedEvent[]> {
  return new ProgramLogs(options)
}

class ProgramLogs extends fc.Arbitrary<readonly LoggedEvent[]> {
  readonly #options: Partial<LogOptions>

  constructor(options: Partial<LogOptions>) {
    super()
    this.#options = options
  }

  override generate(random: fc.Random): fc.Value<readonly LoggedEvent[]> {
    return new fc.Value(randomLog(random.nextInt(0, 0x7fffffff), this.#options), undefined)
  }

  override canShrinkWithoutContext(value: unknown): value is readonly LoggedEvent[] {
    return Array.isArray(value)
  }

  override shrink(log: readonly LoggedEvent[]): fc.Stream<fc.Value<readonly LoggedEvent[]>> {
    return fc.stream(smallerLogs(log))
  }
}

function* smallerLogs(log: readonly LoggedEvent[]): Generator<fc.Value<readonly LoggedEvent[]>> {
  for (let chunk = Math.ceil(log.length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
    for (let end = log.length; end > 0; end -= chunk) {
      yield new fc.Value([...log.slice(0, Math.max(0, end - chunk)), ...log.slice(end)], undefined)
    }
  }
}

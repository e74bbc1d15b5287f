import { describe } from 'vitest'
import { describeAppending } from './conformance/appending.ts'
import { describeClosing } from './conformance/closing.ts'
import type { OpenStore } from './conformance/harness.ts'
import { describeProperties } from './conformance/properties.ts'
import { describeReading } from './conformance/reading.ts'
import { describeSubscribing } from './conformance/subscribing.ts'

export type { OpenedStore, OpenStore } from './conformance/harness.ts'

/**
 * What every event store must do, as vitest suites. An adapter's spec calls it with a function that opens a store; a
 * store may hold events already, and positions need only grow.
 */
export const describeEventStore = (name: string, open: OpenStore): void => {
  describe(`event store: ${name}`, () => {
    describeAppending(open)
    describeReading(open)
    describeSubscribing(open)
    describeClosing(open)
    describeProperties(open)
  })
}

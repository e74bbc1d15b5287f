import { describe } from 'vitest'
import { describeAsking } from './conformance/asking.ts'
import { describeClosing } from './conformance/closing.ts'
import { describeDigests } from './conformance/digests.ts'
import { describeGenerations } from './conformance/generations.ts'
import type { OpenWarehouse } from './conformance/harness.ts'
import { describeInserting } from './conformance/inserting.ts'
import { describeSharing } from './conformance/sharing.ts'
import { describeShowing } from './conformance/showing.ts'

export type { OpenedWarehouse, OpenWarehouse } from './conformance/harness.ts'

/**
 * What every warehouse must do, as vitest suites. An adapter's spec calls it with a function that opens an empty
 * warehouse; one is open at a time.
 */
export const describeWarehouse = (name: string, open: OpenWarehouse): void => {
  describe(`warehouse: ${name}`, () => {
    describeShowing(open)
    describeSharing(open)
    describeGenerations(open)
    describeInserting(open)
    describeDigests(open)
    describeAsking(open)
    describeClosing(open)
  })
}

import type { Balance, Withheld } from '@vouch/domain'
import { catchUp } from '../catch-up.ts'
import type { Engine } from '../engine.ts'
import { payableBalances, withheld } from './payable.ts'
import { type KnownPayouts, readPayouts } from './stream.ts'

/** What an opening or a conversion is decided on, and the stream that it must not have been outrun on. */
export interface DecidedOn {
  readonly known: KnownPayouts
  readonly payable: Withheld & {
    readonly balances: readonly Balance[]
    /** Where the balances were known, and where the newest event of the stream is. */
    readonly position: bigint
    readonly newest: bigint
  }
}

/** Balances before the stream: whatever comes between the two is noticed when the decision is appended. */
export async function decidedOn(
  engine: Engine,
  { programId, asOf }: { readonly programId: string; readonly asOf: string },
  signal: AbortSignal,
): Promise<DecidedOn> {
  const { store, projector, warehouse } = engine
  await catchUp(engine, signal)
  const { position } = await projector.progress()
  const balances = await payableBalances(warehouse, { programId, asOf, position })
  const leftOut = await withheld(warehouse, programId)
  const known = await readPayouts(store, programId)
  return { known, payable: { balances, ...leftOut, position, newest: known.newest } }
}

import type { BeneficiaryKind } from '../ledger/party.ts'
import { type HoldReason, holdReasons } from '../payees/hold.ts'

/** Why somebody gets nothing now, whatever is owed; the first that holds. */
export const withheldReasons = ['suspended', ...holdReasons] as const
export type WithheldReason = (typeof withheldReasons)[number]

/** Who gets nothing now. */
export interface Withheld {
  /** Advocates. */
  readonly suspended: ReadonlySet<string>
  /** By `holdKey`. */
  readonly holds?: ReadonlyMap<string, HoldReason> | undefined
}

export const holdKey = (kind: BeneficiaryKind, id: string): string => `${kind}\n${id}`

/** Undefined for who may be paid. An advocate's id and a customer's are two things, even where they read the same. */
export function withheldBecause(
  kind: BeneficiaryKind,
  id: string,
  { suspended, holds }: Withheld,
): WithheldReason | undefined {
  if (kind === 'advocate' && suspended.has(id)) return 'suspended'
  return holds?.get(holdKey(kind, id))
}

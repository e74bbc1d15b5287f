/** A reward of one beneficiary for one occasion: what its rule gave when last looked at, and what of it was granted. */
export interface Standing {
  readonly rawMinor: bigint
  readonly grantedMinor: bigint
}

/**
 * What is granted once the rule gives `rawMinor`. Room is fixed at first accrual: a reward that shrinks takes nothing new,
 * one that grows may take what room is left, and one that has not changed is left alone even if room has come free.
 * @param room what is left under the tightest cap, minor units; undefined without a cap
 */
export function grant(standing: Standing, rawMinor: bigint, room: bigint | undefined): bigint {
  const { grantedMinor } = standing
  if (rawMinor === standing.rawMinor) return grantedMinor
  if (rawMinor < standing.rawMinor) return rawMinor < grantedMinor ? rawMinor : grantedMinor
  if (room === undefined) return rawMinor
  const most = grantedMinor + (room > 0n ? room : 0n)
  return rawMinor < most ? rawMinor : most
}

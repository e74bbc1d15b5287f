/** Why somebody is left out of batches, by word of an operator. */
export const holdReasons = ['disputed', 'held'] as const
export type HoldReason = (typeof holdReasons)[number]

/** In which role somebody earns: as in the terms' `to`. */
export const moneyRoles = ['advocate', 'referee', 'upline'] as const
export type MoneyRole = (typeof moneyRoles)[number]

/** Whom a payment goes to. An advocate's id and a customer's are two things, even where they read the same. */
export const beneficiaryKinds = ['advocate', 'customer'] as const
export type BeneficiaryKind = (typeof beneficiaryKinds)[number]

/** Who it is that earns in a role: what an advocate gets as such and as upline is one person's; a referee is a customer. */
export const kindOfRole = (role: MoneyRole): BeneficiaryKind => (role === 'referee' ? 'customer' : 'advocate')

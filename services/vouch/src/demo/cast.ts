import type { DataOf } from '@vouch/domain'

export interface Advocate {
  readonly id: string
  readonly kind: NonNullable<DataOf<'vouch.advocate.enrolled.v1'>['kind']>
  /** How often visitors come through this advocate, like 1 : 1/2 : 1/3 … */
  readonly weight: number
  readonly channels: readonly [string, ...string[]]
  readonly group?: string
  /** The advocate as a customer. */
  readonly customerId?: string
  readonly parentAdvocateId?: string
  /** A code for the shop's till, beside the link. */
  readonly coupon?: string
  /** Day of enrolment; those of before the start have none. */
  readonly enrolledOnDay?: number
}

/** All of them are made up. In order of popularity. */
export const advocates: readonly [Advocate, ...Advocate[]] = [
  { id: 'cleo', kind: 'influencer', weight: 1200, channels: ['video', 'social'], group: 'north', coupon: 'CLEO10' },
  { id: 'juno', kind: 'influencer', weight: 600, channels: ['social', 'chat'], group: 'south', coupon: 'JUNO10' },
  { id: 'kasim', kind: 'partner', weight: 400, channels: ['blog', 'email'], group: 'north' },
  {
    id: 'lotte',
    kind: 'customer',
    weight: 300,
    channels: ['chat', 'qr'],
    customerId: 'c-lotte',
    parentAdvocateId: 'cleo',
  },
  { id: 'bram', kind: 'employee', weight: 240, channels: ['email', 'social'], group: 'staff', coupon: 'BRAM5' },
  { id: 'dario', kind: 'partner', weight: 200, channels: ['blog'], group: 'south' },
  { id: 'alva', kind: 'customer', weight: 171, channels: ['chat', 'email'], customerId: 'c-alva' },
  { id: 'edda', kind: 'customer', weight: 150, channels: ['qr', 'chat'], customerId: 'c-edda' },
  { id: 'hugo', kind: 'influencer', weight: 133, channels: ['video'], group: 'south', enrolledOnDay: 3 },
  { id: 'gesa', kind: 'employee', weight: 120, channels: ['email', 'qr'], group: 'staff' },
  { id: 'finn', kind: 'customer', weight: 109, channels: ['chat'], parentAdvocateId: 'juno', enrolledOnDay: 9 },
  { id: 'ines', kind: 'partner', weight: 100, channels: ['blog', 'email'], group: 'north', enrolledOnDay: 14 },
]

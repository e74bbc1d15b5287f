import { z } from 'zod'
import { codeSchema } from '../code.ts'
import { conversionId, customerId, programId, refundId, visitorId } from '../ids.ts'
import { type MoneyJson, money } from '../money.ts'
import { plainText } from '../text.ts'
import { country, fxRate, open, reason } from './fields.ts'

// Not `open`, which offers `personal`: only that of an event's data is encrypted.
const item = z
  .looseObject({
    sku: plainText(200).describe('What was bought'),
    category: plainText(200).optional().describe('The category that reward rules may ask for'),
    quantity: z.int().min(1).max(1_000_000_000).optional().describe('How many, a whole number from 1 on'),
    amount: money('zero allowed').describe('The total of this line, in the currency of the whole'),
  })
  .describe('One line of the order')

const items = z.array(item).max(10_000)

interface WithItems {
  readonly amount: MoneyJson
  readonly items?: readonly { readonly amount: MoneyJson }[] | undefined
}

/** Lines are in the currency of the whole, since nothing says how one would be changed into the other. */
function itemsInCurrency(context: z.core.ParsePayload<WithItems>): void {
  const { amount, items } = context.value
  items?.forEach((line, index) => {
    if (line.amount.currency === amount.currency) return
    context.issues.push({
      code: 'custom',
      path: ['items', index, 'amount', 'currency'],
      message: `is ${line.amount.currency}, but the whole is in ${amount.currency}; items are in the same currency`,
      input: context.value,
    })
  })
}

export const conversionKinds = ['purchase', 'subscription', 'renewal', 'lead'] as const
export type ConversionKind = (typeof conversionKinds)[number]

export const refundReasons = ['return', 'chargeback', 'cancellation', 'fraud'] as const
export type RefundReason = (typeof refundReasons)[number]

export const conversion = open({
  programId,
  conversionId,
  amount: money('zero allowed').describe('The gross amount; zero is allowed, e.g. for a lead'),
  customerId: customerId.optional(),
  visitorId: visitorId.optional(),
  code: codeSchema.optional().describe('A coupon code that was used; a touch at the moment of the conversion'),
  kind: z.enum(conversionKinds).optional().describe('What kind of conversion it is'),
  items: items.optional().describe('The lines of the order'),
  country: country.optional(),
  fxRate: fxRate.optional(),
})
  .check((context) => {
    const { customerId, visitorId, code } = context.value
    if (customerId !== undefined || visitorId !== undefined || code !== undefined) return
    const message = 'names nobody; give at least one of customerId, visitorId and code'
    context.issues.push({ code: 'custom', message, input: context.value })
  })
  .check(itemsInCurrency)
  .describe('A purchase, subscription, renewal or lead. At least one of customerId, visitorId and code is there.')
  .meta({ anyOf: [{ required: ['customerId'] }, { required: ['visitorId'] }, { required: ['code'] }] })

export const conversionAmended = open({
  programId,
  conversionId,
  amount: money('zero allowed').describe('The new gross amount, in place of the one before; zero is allowed'),
  items: items.optional().describe('The lines of the order as they now are'),
  reason: reason.optional().describe('Why it was amended'),
})
  .check(itemsInCurrency)
  .describe('The gross amount of a conversion is now another.')

export const refund = open({
  programId,
  refundId,
  conversionId: conversionId.describe('The conversion of which something is given back'),
  amount: money('above zero').describe('What is given back; above zero'),
  items: items.optional().describe('The lines that are given back'),
  reason: z.enum(refundReasons).optional().describe('Why it was given back'),
})
  .check(itemsInCurrency)
  .describe('The whole or a part of a conversion was given back.')

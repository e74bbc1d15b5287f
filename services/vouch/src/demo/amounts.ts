import { formatMinor, toMinor } from '@vouch/domain'

/** An amount as ClickHouse prints a Decimal, with exactly the digits of its currency: '49.9' EUR is '49.90'. */
export function exact(decimal: string, currency: string): string {
  const value = decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
  return formatMinor(toMinor({ value, currency }), currency)
}

/** An exact amount with its thousands set apart, for people: '12345.60' is '12,345.60'. */
export const readable = (amount: string): string => amount.replace(/\d(?=(\d{3})+(?!\d))(?<!\.\d*)/g, '$&,')

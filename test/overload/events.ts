/** The source of all that is sent under load; ids are the events' numbers. */
export const source = 'overload.example'

const start = Date.UTC(2026, 2, 1)

/** One event as JSON: clicks for the most part, and of every twenty one order, by the visitor of those clicks. */
export function eventText(number: number): string {
  const time = new Date(start + number).toISOString()
  const visitor = `v-${Math.floor(number / 20)}`
  const outer = `"specversion":"1.0","id":"${number}","source":"${source}","time":"${time}"`
  const amount = `{"value":"${(number % 90) + 10}.50","currency":"EUR"}`
  return number % 20 === 19
    ? `{${outer},"type":"vouch.conversion.v1","data":{"programId":"summer","conversionId":"o-${number}","visitorId":"${visitor}","amount":${amount}}}`
    : `{${outer},"type":"vouch.click.v1","data":{"programId":"summer","code":"${number % 3 === 0 ? 'ANNA10' : 'BEN10'}","visitorId":"${visitor}","channel":"instagram"}}`
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesWith } from '../testing/files-with.ts'
import { pain001Problems, readXml, textsOf } from '../testing/pain001-rules.ts'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { event, ndjson, published, story } from '../testing/samples.ts'

const iban = 'DE75512108001245126199'
/** Values that stand for a payee; none of them occurs anywhere else. */
const secrets = [iban, '512108001245126199', 'Quuxington', 'Quuxington'.toUpperCase(), 'SOGEDEFFXXX']

const registered = (id: string, personal: object) =>
  event('payee.registered', id, '2026-03-20T10:00:00Z', { beneficiaryId: 'anna', role: 'advocate', personal })

const right = registered('payee-anna', {
  name: 'Zélda Quuxington',
  iban: 'de75 5121 0800 1245 1261 99',
  bic: 'SOGEDEFFXXX',
})
const wrong = registered('payee-wrong', { name: 'Zélda Quuxington', iban: 'DE76 5121 0800 1245 1261 99' })

const debtor = ['--debtor-name', 'Shop Ltd', '--debtor-iban', 'GB33BUKB20201555555555']

describe.each(ways)('a payee, $way', ({ served }) => {
  let place: Place
  const pain = (...words: readonly string[]) =>
    place.vouch('payouts', 'export', 'summer-1', '--format', 'pain.001', ...words)

  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('story.ndjson', ndjson([published(), ...story]))
    await place.ok('import', 'story.ndjson')
    await place.ok('payouts', 'open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay')
    await place.ok('payouts', 'approve', 'summer-1', '--by', 'gil')
    place.write('payees.ndjson', ndjson([right, wrong]))
  })
  afterAll(() => place.close())

  it('who is not registered is named, and nothing is handed out', async () => {
    const { code, out, err } = await pain(...debtor)
    expect([code, out]).toStrictEqual([1, ''])
    expect(err).toMatch(
      /^Batch summer-1 has 1 line without an account.*\n[0-9A-F]{32} {2}advocate anna: no payee is registered\n$/,
    )
    expect(JSON.parse(await place.ok('payouts', 'show', 'summer-1', '--json')).status).toBe('approved')
  })

  it('is registered, and their bank details stand in no file, table, answer or log', async () => {
    const taken = await place.vouch('import', 'payees.ndjson', '--json')
    expect(taken.code).toBe(1)
    expect(JSON.parse(taken.out)).toMatchObject({ read: 2, appended: 1, rejected: 1 })
    const said = [taken.out, taken.err]
    if (place.server) {
      const answer = (await (await place.server.post('/v1/events', [right, wrong])).json()) as { results: unknown }
      expect(answer.results).toMatchObject([
        { outcome: 'duplicate' },
        {
          outcome: 'rejected',
          error: { field: 'data.personal.iban', reason: expect.stringContaining('check digits') },
        },
      ])
      said.push(JSON.stringify(answer), place.server.process.out(), place.server.process.err())
    }
    for (const words of [
      ['sql', 'SELECT * FROM events'],
      ['log', 'export'],
    ])
      said.push(await place.ok(...words))
    for (const secret of secrets) expect(said.join('\n')).not.toContain(secret)
    expect(filesWith(place.data, secrets)).toStrictEqual([])
  })

  it('is shown masked to who asks what is kept', async () => {
    const [held] = JSON.parse(await place.ok('personal', 'advocate', 'anna', '--json'))
    expect(held.personal).toStrictEqual({ name: 'Zélda Quuxington', iban: 'DE75 **** 99', bic: 'SOGEDEFFXXX' })
  })

  it('is paid: the instructions alone name the account, the same each time', async () => {
    const { code, out, err } = await pain(...debtor)
    expect([code, err]).toStrictEqual([0, ''])
    expect(pain001Problems(out)).toStrictEqual([])
    expect(textsOf(readXml(out), 'IBAN')).toStrictEqual(['GB33BUKB20201555555555', iban])
    expect(textsOf(readXml(out), 'Nm').at(-1)).toBe('Zelda Quuxington')
    expect(textsOf(readXml(out), 'InstdAmt')).toStrictEqual(['6.50'])
    expect((await pain()).out).toBe(out)
    expect(filesWith(place.data, secrets)).toStrictEqual([])
    if (place.server) expect(place.server.process.err() + place.server.process.out()).not.toContain(iban)
  })

  it('is gone once they are forgotten, and their line is named', async () => {
    await place.ok('forget', 'advocate', 'anna')
    expect(await place.ok('personal', 'advocate', 'anna', '--json')).toBe('[]\n')
    const again = await place.vouch('import', 'payees.ndjson', '--json')
    expect(JSON.parse(again.out)).toMatchObject({ appended: 0, duplicate: 1 })
    const { code, out, err } = await pain()
    expect([code, out]).toStrictEqual([1, ''])
    expect(err).toMatch(/\n[0-9A-F]{32} {2}advocate anna: their bank details can be read no more;/)
    expect(await place.ok('payouts', 'export', 'summer-1', '--format', 'csv')).toMatch(/anna,6\.50,EUR\n$/)
    expect(filesWith(place.data, secrets)).toStrictEqual([])
  })
})

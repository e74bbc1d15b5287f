import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { pain001Problems, readXml, textsOf } from '../testing/pain001-rules.ts'
import { event, published, story } from '../testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  await bench.append(published(), ...story)
})
afterAll(() => bench.close())

const ibans = {
  anna: 'DE75512108001245126199',
  newer: 'NL02ABNA0123456789',
  ben: 'FR7630006000011234567890189',
  shop: 'GB33BUKB20201555555555',
}

const registered = (id: string, time: string, data: object, personal: object) =>
  event('payee.registered', id, time, { ...data, personal })

interface Payee {
  readonly id: string
  readonly programId: string
  readonly time?: string
  readonly role?: string
}

const payee = (who: string, iban: string, { id, time = '2026-03-01T00:00:00Z', ...more }: Payee) =>
  registered(id, time, { beneficiaryId: who, ...more }, { name: `Name of ${who}`, iban })

const granted = (programId: string, who: string, value: string, currency = 'EUR') =>
  event('reward.granted', `g-${programId}-${who}-${currency}`, '2026-03-01T00:00:00Z', {
    ...{ programId, advocateId: who, reason: 'thanks' },
    amount: { value, currency },
  })

/** A program of its own in which the advocates named are owed something, and an approved batch of it. */
async function batchOf(
  programId: string,
  ...owed: readonly (readonly [who: string, value: string, currency?: string])[]
) {
  const terms = published(`terms-${programId}`)
  await bench.append(
    { ...terms, data: { ...(terms.data as object), programId } },
    ...owed.map((it) => granted(programId, ...it)),
  )
  await ok('open', '--program', programId, '--as-of', '2026-06-30', '--by', 'fay')
  await ok('approve', `${programId}-1`, '--by', 'gil')
  return `${programId}-1`
}

const run = (...words: readonly string[]) => bench.run(['payouts', ...words])

async function ok(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await run(...words)
  expect({ code, err }).toStrictEqual({ code: 0, err: '' })
  return out
}

const shop = ['--debtor-name', 'Shop Ltd', '--debtor-iban', ibans.shop]
const pain = (batch: string, ...more: readonly string[]) => ['export', batch, '--format', 'pain.001', ...more]

const typesOf = async (programId: string) => {
  const rows = await bench.engine.warehouse.rows<{ type: string }>(
    `SELECT type FROM vouch.events WHERE program_id = {programId:String} AND startsWith(type, 'vouch.payout.') ORDER BY position`,
    { programId },
  )
  return rows.map(({ type }) => type.split('.')[2])
}

const paidTo = (xml: string): string[] => textsOf(readXml(xml), 'IBAN').slice(1)

describe('vouch payouts export --format pain.001', () => {
  it('prints nothing and records nothing while a line has no account, and names each such line', async () => {
    const batch = await batchOf('lacking', ['anna', '5.00'], ['ben', '6.00'], ['cleo', '7.00'])
    await bench.append(
      payee('anna', ibans.anna, { id: 'l-1', programId: 'lacking' }),
      registered(
        'l-2',
        '2026-03-01T00:00:00Z',
        { programId: 'lacking', beneficiaryId: 'ben' },
        { name: 'B', accountId: 'a-1' },
      ),
      // A customer, whose id reads the same, is somebody else.
      payee('cleo', ibans.ben, { id: 'l-3', programId: 'lacking', role: 'referee' }),
    )
    const { code, out, err } = await run(...pain(batch, ...shop))
    expect([code, out]).toStrictEqual([1, ''])
    expect(err.replaceAll(/^[0-9A-F]{32}/gm, 'REF')).toBe(
      `Batch lacking-1 has 2 lines without an account to pay to, so nothing was handed out; send a vouch.payee.registered.v1 for each, or export csv:
REF  advocate ben: the payee has no IBAN, only an account at a provider
REF  advocate cleo: no payee is registered
`,
    )
    expect(await typesOf('lacking')).toStrictEqual(['opened', 'approved'])
    expect(await ok('export', batch, '--format', 'csv')).toMatch(/^reference,/)
  })

  it('pays by the latest registration of each, in order of their own times, and as upline as the advocate', async () => {
    const batch = await batchOf(
      'latest',
      ['anna', '5.00'],
      ['2026-01-02T03:04:05Z', '1.00'],
      ['2026-01-02 03:04:05', '2.00'],
    )
    const own = { programId: 'latest' }
    await bench.append(
      payee('anna', ibans.newer, { id: 'a-2', time: '2026-03-02T00:00:00Z', role: 'upline', ...own }),
      payee('anna', ibans.anna, { id: 'a-1', time: '2026-03-01T00:00:00Z', ...own }),
      // Later, and of a customer whose id reads the same.
      payee('anna', ibans.shop, { id: 'a-3', time: '2026-03-03T00:00:00Z', role: 'referee', ...own }),
      payee('2026-01-02T03:04:05Z', ibans.anna, { id: 't-1', ...own }),
      payee('2026-01-02 03:04:05', ibans.ben, { id: 't-2', ...own }),
    )
    const xml = await ok(...pain(batch, ...shop))
    expect(pain001Problems(xml)).toStrictEqual([])
    expect(paidTo(xml)).toStrictEqual([ibans.ben, ibans.anna, ibans.newer])
    expect(textsOf(readXml(xml), 'InstdAmt')).toStrictEqual(['2.00', '1.00', '5.00'])
  })

  it('is the same text for ever, whoever is registered later and whatever the day', async () => {
    const batch = await batchOf('same', ['anna', '5.00'])
    const own = { programId: 'same' }
    await bench.append(payee('anna', ibans.anna, { id: 's-1', ...own }))
    const xml = await ok(...pain(batch, ...shop, '--debtor-bic', 'bukbgb22', '--execute-on', '2026-07-03'))
    expect(textsOf(readXml(xml), 'Dt')).toStrictEqual(['2026-07-03'])
    expect(textsOf(readXml(xml), 'CreDtTm')).toStrictEqual(['2026-07-01T12:00:00Z'])
    await bench.append(payee('anna', ibans.newer, { id: 's-2', time: '2026-06-30T00:00:00Z', ...own }))
    expect(await ok(...pain(batch))).toBe(xml)
    expect(await ok(...pain(batch, ...shop, '--debtor-bic', 'BUKBGB22'))).toBe(xml)
    expect(await typesOf('same')).toStrictEqual(['opened', 'approved', 'instructed', 'submitted'])
    expect(await run(...pain(batch, '--debtor-name', 'Shop', '--debtor-iban', ibans.shop))).toStrictEqual({
      code: 1,
      out: '',
      err: 'The instructions of batch same-1 were made for Shop Ltd, account GB33 **** 55, and stay the same; leave the debtor out, or name that one.\n',
    })
    expect((await run('cancel', batch, '--by', 'fay')).err).toMatch(/^The instructions of batch same-1 are out/)
  })

  it('goes with CSV in either order, submitted once', async () => {
    const first = await batchOf('csv-first', ['anna', '5.00'])
    const csv = await ok('export', first, '--format', 'csv')
    await bench.append(payee('anna', ibans.anna, { id: 'f-1', programId: 'csv-first' }))
    const xml = await ok(...pain(first, ...shop))
    expect(textsOf(readXml(xml), 'EndToEndId')).toStrictEqual([csv.split('\n')[1]?.split(',')[0]])
    expect(await ok('export', first, '--format', 'csv')).toBe(csv)
    expect(await ok(...pain(first))).toBe(xml)
    expect(await typesOf('csv-first')).toStrictEqual(['opened', 'approved', 'submitted', 'instructed'])
    const second = await batchOf('csv-last', ['anna', '5.00'])
    await bench.append(payee('anna', ibans.anna, { id: 'f-2', programId: 'csv-last' }))
    await ok(...pain(second, ...shop))
    await ok('export', second, '--format', 'csv')
    expect(await typesOf('csv-last')).toStrictEqual(['opened', 'approved', 'instructed', 'submitted'])
  })

  it('at the same moment twice is recorded once, for one of two accounts', async () => {
    const batch = await batchOf('race', ['anna', '5.00'])
    await bench.append(payee('anna', ibans.anna, { id: 'r-1', programId: 'race' }))
    const answers = await Promise.all(
      [ibans.shop, ibans.newer, ibans.shop, ibans.newer].map((iban) =>
        run(...pain(batch, '--debtor-name', 'Shop', '--debtor-iban', iban)),
      ),
    )
    expect(answers.map(({ code }) => code).sort()).toStrictEqual([0, 0, 1, 1])
    expect(new Set(answers.filter(({ code }) => code === 0).map(({ out }) => out)).size).toBe(1)
    expect(await typesOf('race')).toStrictEqual(['opened', 'approved', 'instructed', 'submitted'])
  })

  it('is refused of what is not approved, and of what no bank carries', async () => {
    await bench.append(granted('summer', 'anna', '1.0000', 'CLF'))
    await ok('open', '--program', 'summer', '--as-of', '2026-06-30', '--by', 'fay')
    expect((await run(...pain('summer-1', ...shop))).err).toMatch(/^Batch summer-1 is not approved/)
    await ok('approve', 'summer-1', '--by', 'gil')
    expect((await run(...pain('summer-1'))).err).toBe(
      'Whose account batch summer-1 is paid from is not known yet; name it with --debtor-name and --debtor-iban.\n',
    )
    expect((await run(...pain('summer-1', ...shop))).err).toMatch(
      /in a unit that no credit transfer carries.*\n.*anna: CLF\n$/,
    )
    expect(await typesOf('summer')).toStrictEqual(['opened', 'approved'])
    expect(await run(...pain('x', ...shop))).toMatchObject({ code: 1, out: '', err: /There is no batch x/ })
  })

  it.each([
    [['--debtor-name', 'Shop'], /^A debtor has a name and an IBAN/],
    [['--debtor-bic', 'BUKBGB22'], /^A debtor has a name and an IBAN/],
    [
      ['--debtor-name', 'Shop', '--debtor-iban', 'GB34BUKB20201555555555'],
      /^--debtor-iban has check digits that do not fit/,
    ],
    [[...shop, '--debtor-bic', 'BUKB'], /^--debtor-bic is no BIC/],
    [[...shop, '--debtor-name', 'x'.repeat(141)], /^--debtor-name has 141 characters; write at most 140\.$/m],
    [[...shop, '--execute-on', 'May'], /It must be a day/],
  ])('that is typed wrongly ends with 2: %j', async (words, says) => {
    const { code, out, err } = await run(...pain('same-1', ...words))
    expect([code, out]).toStrictEqual([2, ''])
    expect(err).toMatch(says)
    expect(err).not.toContain('BUKB20201555555555')
  })

  it('as CSV takes no debtor', async () => {
    expect(await run('export', 'same-1', '--format', 'csv', ...shop)).toMatchObject({ code: 2, out: '' })
  })
})

it('the books and all laws hold with instructions in the log', async () => {
  const { code, out, err } = await bench.run(['verify'])
  expect([code, err, out.split('\n')[0]]).toStrictEqual([0, '', expect.stringMatching(/tables equal the fold/)])
})

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'

const mapping = `delimiter: ";"
sign: negative
when: { Art: Auszahlung }
reference: "{Zweck}"
amount: { $money: "{Betrag}", currency: EUR, decimal: ",", grouping: "." }
date: { value: "{Tag}", format: DD.MM.YYYY }
`

describe.each(ways)('a provider’s own CSV, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('map.yaml', mapping)
    place.write(
      'bank.csv',
      'Tag;Art;Zweck;Betrag\n03.06.2026;Auszahlung;R-1;-1.106,23\n03.06.2026;Miete;Büro;-900,00\n04.06.2026;Auszahlung;R-1;1.106,23\n31.06.2026;Auszahlung;R-2;-1,00\n',
    )
  })
  afterAll(() => place.close())

  it('is taken in through a mapping, once, and what is broken is named', async () => {
    const words = ['statements', 'import', 'bank.csv', '--map', 'map.yaml', '--json']
    const { code, out, err } = await place.vouch(...words)
    const { rejects, ...counts } = JSON.parse(out)
    expect([code, counts]).toStrictEqual([
      1,
      { read: 3, appended: 2, duplicate: 0, conflict: 0, rejected: 1, booked: {} },
    ])
    expect(err).toMatch(/^1 line was not taken \(line 5: date "31\.06\.2026" is no time that there is\); /)
    expect(JSON.parse(readFileSync(rejects, 'utf8'))).toMatchObject({
      line: 5,
      field: 'date',
      input: '31.06.2026;Auszahlung;R-2;-1,00',
    })
    expect(JSON.parse((await place.vouch(...words)).out)).toMatchObject({ appended: 0, duplicate: 2, rejected: 1 })
    const { lines } = JSON.parse((await place.vouch('reconcile', '--json')).out)
    expect(lines.map((it: Record<string, string>) => [it.class, it.reference, it.actual, it.date])).toStrictEqual([
      ['unexpected', 'R-1', '1106.23', '2026-06-03'],
      ['unexpected', 'R-1', '1106.23', '2026-06-04'],
    ])
  })

  it('is refused with a mapping that does not fit, or where there is nothing to map', async () => {
    place.write('other.yaml', mapping.replace('Zweck', 'Grund'))
    const answers = await Promise.all(
      [
        ['bank.csv', '--map', 'other.yaml'],
        ['bank.csv', '--map', 'none.yaml'],
        ['bank.csv', '--map', 'map.yaml', '--format', 'camt.053'],
      ].map((words) => place.vouch('statements', 'import', ...words)),
    )
    expect(answers.map(({ code }) => code)).toStrictEqual([2, 2, 2])
    expect(answers.map(({ err }) => err.split('\n')[0])).toStrictEqual([
      'bank.csv cannot be used. other.yaml: reference names the column "Grund", which bank.csv does not have; it has Tag, Art, Zweck, Betrag.',
      expect.stringContaining('The mapping none.yaml cannot be read: '),
      'camt.053 says itself what each of its fields is; leave --map out, or import CSV.',
    ])
  })
})

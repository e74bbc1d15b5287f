import { afterAll, beforeAll, expect, it } from 'vitest'
import { type HttpBench, openHttpBench } from '../testing/http-bench.ts'
import { click } from '../testing/samples.ts'

/** What an app may send beside the known fields, as JSON: valid all of it, and each once a reason to stop somewhere. */
const odd: readonly (readonly [string, string])[] = [
  ['an integer beyond 64 bits', '23084245866889535000'],
  ['the least that 64 bits do not hold', '18446744073709551616'],
  ['one below them', '-9223372036854775809'],
  ['the largest that is written in digits', '-999999999999999868928'],
  ['many digits in a text', '"123456789012345678901234567890, 99999999999999999999]"'],
  ['large integers in lists of objects', '[{"b":[99999999999999999999,{"c":-99999999999999999999}]}]'],
  ['the largest number, and the smallest', '[1.7976931348623157e+308,5e-324,-0]'],
  ['two ways to one path', '{"a.b":1,"a":{"b":2}}'],
  ['two ways to one path, in a list', '[{"a.b":1,"a":{"b":"x"}}]'],
  ['a path through a value', '{"a":1,"a.b":2,"a.b.c":3}'],
  ['empty names', '{"":{"":""}}'],
  ['names of punctuation', '{"`":1,"\\"":2,"\\\\":3,".":4,"..":5,"a.":6,".a":7,"%2E":8}'],
  ['control characters', '{"\\u0000":"\\u0000\\u0001\\u001f","\\n\\t\\r":"\\n\\t\\r\\u2028"}'],
  ['values of every kind in one list', '[1,"1",null,true,1.5,{"a":1},[1]]'],
  ['lists of lists', '[[],[[]],[[1],["x"]]]'],
  ['what looks like a time', '["9999-99-99 00:00:00","2026-01-01T00:00:00Z","-0001-01-01"]'],
  ['three thousand names', JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`k${n}`, n])))],
  ['a long name', JSON.stringify({ ['n'.repeat(50_000)]: 1 })],
  ['names that objects have', '{"constructor":1,"toString":{"valueOf":2},"hasOwnProperty":3}'],
]

let http: HttpBench
beforeAll(async () => {
  http = await openHttpBench()
})
afterAll(() => http.close())

it.each(odd)('is taken and folded: %s', async (what, json) => {
  const plain = JSON.stringify(click(what, '2026-03-01T10:00:00Z', 'v-1'))
  const answer = await http.post('/v1/events', plain.replace('"channel"', `"odd":${json},"channel"`))
  expect(answer.json()).toMatchObject({ results: [{ outcome: 'appended' }] })
  await http.bench.engine.projector.catchUp()
  const query = 'SELECT data.channel FROM events WHERE event_id = {id:String}'
  const found = await http.post('/v1/sql', { query, params: { id: what }, format: 'TSV' })
  expect([found.statusCode, found.body]).toEqual([200, 'instagram\n'])
})

it('is the same when it is folded again', async () => {
  const { out, code } = await http.bench.run(['verify'])
  expect([code, out]).toEqual([0, expect.stringContaining('tables equal the fold of the log')])
})

import { execFile } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { click, ndjson, published, story } from '../testing/samples.ts'

const script = fileURLToPath(new URL('../../../../scripts/check-log.mjs', import.meta.url))

/** Checks an exported log as somebody does who has no vouch. */
async function check(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args])
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

/** More events than lie between two seals. */
const clicks = Array.from({ length: 1_100 }, (_, index) =>
  click(`many-${index}`, '2026-03-08T10:00:00Z', `w-${index % 7}`),
)
const events = [published(), ...story, ...clicks]
const head = events.length

describe.each(ways)('the log, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('events.ndjson', ndjson(events))
    await place.ok('import', 'events.ndjson')
    place.write('log.ndjson', await place.ok('log', 'export'))
  })
  afterAll(() => place.close())

  it('is exported with hashes that anybody can check', async () => {
    const [header, ...lines] = place
      .read('log.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const closing = lines.pop()
    expect(header).toMatchObject({ vouchLog: 1, head, store: 'SQLite' })
    expect(closing).toMatchObject({ events: head, hash: lines.at(-1).hash })
    expect(lines.map(({ position, entry }) => [position, entry.count])).toEqual(
      events.map((_, index) => [index + 1, index + 1]),
    )
    expect(lines.map(({ entry }) => entry.id).sort()).toEqual(events.map(({ id }) => id).sort())
    expect(await check(place.path('log.ndjson'))).toEqual({
      code: 0,
      out: `${head} events, each as it was hashed; the last has ${lines.at(-1).hash}.\n`,
      err: '',
    })
  })

  it('is sealed by hand and every thousand events, and each seal fits what was exported', async () => {
    const seal = (await place.ok('log', 'seal')).trim()
    expect(seal).toMatch(new RegExp(`^${head}:[0-9a-f]{64}$`))
    const listed = JSON.parse(await place.ok('log', 'seals', '--json'))
    expect(listed).toMatchObject([
      { position: 1000, count: 1000, reason: null },
      { position: head, count: head, reason: 'by hand', hash: seal.split(':')[1] },
    ])
    const seals = listed.map(({ position, hash }: Record<string, string>) => `${position}:${hash}`)
    expect((await check(place.path('log.ndjson'), ...seals)).code).toBe(0)
    expect(await place.ok('verify', '--seal', seal)).toContain('The log is as it was sealed (3 seals); now it is ')
    expect((await place.ok('log', 'seals')).split('\n')[0]).toMatch(/^1000:[0-9a-f]{64} {2}2\d{3}-\S+Z$/)
  })

  it('is not taken for what it was by whoever checks an export that was changed', async () => {
    const whole = place.read('log.ndjson').trimEnd().split('\n')
    /** As an older vouch wrote it. */
    const lines = whole.slice(1, -1)
    const said = async (changed: readonly string[], ...seals: string[]) => {
      place.write('changed.ndjson', `${changed.join('\n')}\n`)
      const { code, err } = await check(place.path('changed.ndjson'), ...seals)
      return [code, err]
    }
    const line = (at: number) => lines[at] as string
    expect(await said(lines.with(6, line(6).replace(/"time":\d/, '"time":9')))).toEqual([
      1,
      'The event at position 7 (line 7) is not what was hashed.\n',
    ])
    expect(await said(lines.toSpliced(6, 1))).toEqual([1, 'Line 7 holds event 8: a line is missing or was moved.\n'])
    expect(await said(lines.slice(0, 9), `10:${'0'.repeat(64)}`)).toEqual([
      1,
      'The log does not reach 10, where it was sealed.\n',
    ])
    expect(await said(lines, `10:${'0'.repeat(64)}`)).toEqual([
      1,
      'The log up to position 10 is not the one that was sealed.\n',
    ])
    expect(await said(['{"position":1}'])).toEqual([1, 'Line 1 is no line of an exported log.\n'])
    expect(await said(whole.slice(0, 9))).toEqual([
      1,
      'The file ends after line 9 without its closing line: it was cut off.\n',
    ])
    expect(await said(whole.toSpliced(-2, 1))).toEqual([
      1,
      `The closing line (line ${head + 1}) is that of another file: something before it was changed.\n`,
    ])
    expect(await said(whole.with(7, line(6).replace(/"time":\d/, '"time":9')))).toEqual([
      1,
      'The event at position 7 (line 8) is not what was hashed.\n',
    ])
    expect(await said([...whole, ...whole])).toEqual([1, `Line ${head + 3} comes after the closing line.\n`])
  })
})

describe('a log that was tampered with', () => {
  let place: Place
  let printed: string
  beforeAll(async () => {
    place = await openPlace()
    place.write('events.ndjson', ndjson(events))
    await place.ok('import', 'events.ndjson')
    printed = (await place.ok('log', 'seal')).trim()
    cpSync(place.data, place.path('sound'), { recursive: true, verbatimSymlinks: true })
  })
  afterAll(() => place.close())
  beforeEach(() => {
    rmSync(place.data, { recursive: true })
    cpSync(place.path('sound'), place.data, { recursive: true, verbatimSymlinks: true })
  })

  /** Changes the log behind the back of vouch, and has the tables made anew from it, so that they say the same. */
  async function tamper(sql: string): Promise<void> {
    const db = new DatabaseSync(join(place.data, 'log.db'))
    db.exec(sql)
    db.close()
    for (const name of readdirSync(place.data))
      if (['warehouse', 'state'].includes(name)) rmSync(join(place.data, name), { recursive: true })
    await place.vouch('rebuild')
  }
  const remedy =
    'Tables that are folded from this log are no proof: keep a copy of the data folder, and bring back a copy of log.db from before.\n'
  const raise = "UPDATE events SET data = replace(data, '100.00', '900.00') WHERE type = 'vouch.conversion.v1'"

  it('is named with the first position that was changed, although tables and laws are content', async () => {
    await tamper(raise)
    const found = await place.vouch('verify')
    expect(found.code).toBe(1)
    const [{ position }] = JSON.parse(
      await place
        .ok('sql', "SELECT position FROM events WHERE type = 'vouch.conversion.v1'", '--format', 'JSONCompactEachRow')
        .then((text) => `[{"position":${JSON.parse(text)[0]}}]`),
    )
    expect(found.out).toMatch(/^\d+ tables equal the fold of the log up to position \d+, and \d+ laws hold\.\n$/)
    expect(found.err).toBe(`The event at position ${position} is not what it was when the log was sealed. ${remedy}`)
    const json = await place.vouch('verify', '--json')
    expect(JSON.parse(json.out)).toMatchObject({
      differences: [],
      broken: [],
      tampered: { position: Number(position) },
    })
  })

  it('is found by a seal from elsewhere when its own were removed', async () => {
    await tamper(raise)
    for (const name of readdirSync(place.data)) if (name.startsWith('seals.db')) rmSync(join(place.data, name))
    await place.ok('verify')
    const found = await place.vouch('verify', '--seal', printed)
    expect([found.code, found.err]).toEqual([
      1,
      `An event between positions 1 and ${head} is not what it was when the log was sealed. ${remedy}`,
    ])
  })

  it('is found when its end was cut off', async () => {
    await tamper(`DELETE FROM events WHERE position > ${head - 2}`)
    expect((await place.vouch('verify')).err).toContain(
      `The log ends at position ${head - 2}, but it was sealed up to ${head}. ${remedy}`,
    )
  })

  it('is not held against what is no seal', async () => {
    expect(await place.vouch('verify', '--seal', '12:abc')).toMatchObject({
      code: 2,
      err: expect.stringContaining('It must be POSITION:HASH, as vouch log seal prints it'),
    })
  })

  it('does not start with seals that are none, and says what to do', async () => {
    place.write('data/seals.db', 'this is no database, whatever its name says')
    expect(await place.vouch('sql', 'SELECT 1')).toMatchObject({
      code: 1,
      err: `The seals in ${join(place.data, 'seals.db')} cannot be opened (file is not a database); bring back a copy, or remove the file to have the log sealed anew as it is.\n`,
    })
  })
})

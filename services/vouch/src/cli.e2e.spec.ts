import { existsSync } from 'node:fs'
import { lockFolder } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { openPlace, type Place } from './testing/place.ts'
import { start } from './testing/process.ts'
import { version } from './version.ts'

describe('the command line', () => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace()
  })
  afterAll(() => place.close())

  it('says what there is', async () => {
    const bare = await place.vouch()
    expect(bare).toMatchObject({ code: 2, out: '' })
    expect(bare.err).toMatch(/^Usage: vouch \[options\] \[command\]\n/)
    const help = await place.vouch('help')
    expect(help).toMatchObject({ code: 0, err: '' })
    for (const command of [
      'demo',
      'start',
      'import',
      'program',
      'sql',
      'explain',
      'rebuild',
      'verify',
      'doctor',
      'keys',
    ])
      expect(help.out).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect(await place.ok('--version')).toBe(`${version}\n`)
  })

  it('takes --data before and after the command, before VOUCH_DATA, before .vouch', async () => {
    const doctor = async (words: readonly string[], env = {}) => {
      const { code, out, err } = await start(words, { cwd: place.dir, env }).ended
      expect({ code, err }).toEqual({ code: 0, err: '' })
      return /data folder: (\S+),/.exec(out)?.[1]
    }
    expect(await doctor(['--data', 'a', 'doctor'], { VOUCH_DATA: 'c' })).toBe(place.path('a'))
    expect(await doctor(['doctor', '--data', 'b'], { VOUCH_DATA: 'c' })).toBe(place.path('b'))
    expect(await doctor(['doctor'], { VOUCH_DATA: 'c' })).toBe(place.path('c'))
    expect(await doctor(['doctor'])).toBe(place.path('.vouch'))
    expect(await doctor(['doctor'], { VOUCH_DATA: '' })).toBe(place.path('.vouch'))
    expect((await place.vouch('keys', '--data', 'a', 'list')).code).toBe(0)
  })

  it.each([
    [{ VOUCH_WAREHOUSE: 'http://u:p@host:8123/other' }, 'VOUCH_WAREHOUSE'],
    [{ VOUCH_EVENT_STORE: 'esdb:/localhost:2113' }, 'VOUCH_EVENT_STORE'],
    [{ KAFKA_BROKERS: 'localhost' }, 'KAFKA_BROKERS'],
    [{ VOUCH_LOG_LEVEL: 'loud' }, 'VOUCH_LOG_LEVEL'],
  ])('starts nothing with %j', async (env, name) => {
    const { code, out, err } = await place.start(['doctor'], { env }).ended
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.startsWith(`${name} is `)).toBe(true)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('lets commands on one folder wait for one another, and for a server that starts', async () => {
    const words = ['doctor', '--data', 'shared']
    for (const { code, err } of await Promise.all([1, 2, 3].map(() => place.vouch(...words))))
      expect({ code, err }).toEqual({ code: 0, err: '' })
    const server = place.start(['start', '--port', '0', '--data', 'shared'])
    await eventually('the server holds the folder', () => existsSync(place.path('shared/holder.json')) || undefined)
    expect(await place.ok('sql', 'SELECT 1 AS a', '--data', 'shared')).toBe('a\n1\n')
    server.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })

  it('does not wait for ever', async () => {
    const held = lockFolder(place.path('held'), 'a spec')
    if (isLeft(held)) throw new Error(held.left.message)
    const { code, out, err } = await place.vouch('doctor', '--data', 'held')
    held.right.release()
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /^The data folder \S+held is in use by 'a spec' \(process \d+, since \S+\)\. Stop it first, or name another folder\.\n$/,
    )
  })
})

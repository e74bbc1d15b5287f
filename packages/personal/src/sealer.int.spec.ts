import { parseEvent, type VouchEvent } from '@vouch/domain'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SubjectKeys } from './keys.ts'
import { createSealer, type Sealer } from './sealer.ts'
import { openSubjectKeys } from './sqlite-keys.ts'

function event(id: string, type: string, data: Record<string, unknown>): VouchEvent {
  const parsed = parseEvent(
    {
      specversion: '1.0',
      id,
      source: 's',
      type: `vouch.${type}.v1`,
      time: '2026-03-01T12:00:00Z',
      data: { programId: 'p', ...data },
    },
    Date.UTC(2026, 3),
  )
  if (isLeft(parsed)) throw new Error(parsed.left.reason)
  return parsed.right
}

const personal = { name: 'Somebody', 'e-mail': 'somebody@example.com' }
const signup = (id: string) => event(`s-${id}`, 'signup', { customerId: id, personal })
const click = (id: string) => event(id, 'click', { visitorId: 'v', code: 'X', personal: { ip: '203.0.113.9' } })

describe('a sealer', () => {
  let keys: SubjectKeys
  let sealer: Sealer
  beforeEach(() => {
    keys = openSubjectKeys({ path: ':memory:', masterKey: () => right({ bytes: Buffer.alloc(32, 1), from: 'a spec' }) })
    sealer = createSealer(keys)
  })
  afterEach(() => keys.close())

  it('leaves alone what has nothing personal', () => {
    const plain = event('1', 'signup', { customerId: 'c' })
    expect(sealer.seal(plain)).toBe(plain)
    expect(sealer.open(plain)).toBe(undefined)
  })

  it('seals what is personal and nothing else, the same each time, and opens it again', () => {
    const sealed = sealer.seal(signup('c'))
    expect(sealed).toStrictEqual({
      ...signup('c'),
      data: {
        programId: 'p',
        customerId: 'c',
        personal: {
          sealed: 'A256GCM',
          key: expect.stringMatching(/^[\w-]{16}$/),
          iv: expect.stringMatching(/^[\w-]{16}$/),
          text: expect.stringMatching(/^[\w-]+$/),
        },
      },
    })
    sealer.save()
    expect(sealer.seal(signup('c'))).toStrictEqual(sealed)
    expect(sealer.open(sealed)).toStrictEqual(personal)
  })

  it('opens what is sealed in its own event alone', () => {
    const [one, two] = [sealer.seal(click('1')), sealer.seal(click('2'))]
    sealer.save()
    const moved = { ...two, data: one.data } as VouchEvent
    expect(() => sealer.open(moved)).toThrow(/unable to authenticate/i)
  })

  it('seals what an app sends in the shape of something sealed like anything else', () => {
    const sealed = sealer.seal(signup('c'))
    const sent = event('s-c', 'signup', { customerId: 'c', personal: (sealed.data as { personal?: unknown }).personal })
    sealer.save()
    expect(sealer.open(sealer.seal(sent))).toStrictEqual((sealed.data as { personal?: unknown }).personal)
  })

  it('opens nothing of somebody who was forgotten, and seals nothing more of them', () => {
    const [mine, theirs] = [sealer.seal(signup('c')), sealer.seal(signup('d'))]
    sealer.save()
    sealer.forget({ programId: 'p', kind: 'customer', id: 'c' }, 1)
    expect([sealer.open(mine), sealer.open(theirs)]).toStrictEqual([undefined, personal])
    const later = sealer.seal(signup('c'))
    expect(later.data).toStrictEqual({ programId: 'p', customerId: 'c', personal: { forgotten: true } })
    expect(sealer.open(later)).toBe(undefined)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openAlike, type Sealed, sealAlike, unwrapKey, wrapKey } from './cipher.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
const text = fc.string({ unit: 'grapheme' })

/** The same bytes but for one bit, somewhere. */
function flipped({ iv, text }: Sealed, place: number): Sealed {
  const bytes = Buffer.concat([Buffer.from(iv, 'base64url'), Buffer.from(text, 'base64url')])
  const at = place % (bytes.length * 8)
  bytes.writeUInt8(bytes.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3)
  return { iv: bytes.subarray(0, 12).toString('base64url'), text: bytes.subarray(12).toString('base64url') }
}

describe('a sealed text', () => {
  it('opens with its key, for what it belongs to', () => {
    fc.assert(
      fc.property(key, text, text, (own, context, plain) => {
        expect(openAlike(own, context, sealAlike(own, context, plain))).toBe(plain)
      }),
    )
  })

  it('opens with no other key, for nothing else, and not once a bit of it is changed', () => {
    fc.assert(
      fc.property(key, key, text, text, text, fc.nat(), (own, other, context, elsewhere, plain, place) => {
        fc.pre(!Buffer.from(own).equals(Buffer.from(other)) && context !== elsewhere)
        const sealed = sealAlike(own, context, plain)
        expect(() => openAlike(other, context, sealed)).toThrow(/unable to authenticate/i)
        expect(() => openAlike(own, elsewhere, sealed)).toThrow(/unable to authenticate/i)
        expect(() => openAlike(own, context, flipped(sealed, place))).toThrow(/unable to authenticate/i)
      }),
    )
  })

  it('is the same each time, and shares its vector with no other', () => {
    fc.assert(
      fc.property(
        key,
        fc.uniqueArray(fc.tuple(text, text), { minLength: 2, selector: (it) => JSON.stringify(it) }),
        (own, all) => {
          const seal = () => all.map(([context, plain]) => sealAlike(own, context, plain))
          expect(seal()).toStrictEqual(seal())
          expect(new Set(seal().map(({ iv }) => iv)).size).toBe(all.length)
        },
      ),
    )
  })

  it('is refused with a tag that was cut short', () => {
    const own = new Uint8Array(32)
    const { iv, text } = sealAlike(own, 'c', 'plain')
    const short = Buffer.from(text, 'base64url').subarray(0, 4).toString('base64url')
    expect(() => openAlike(own, 'c', { iv, text: short })).toThrow()
  })
})

describe('a wrapped key', () => {
  it('is another text each time, and comes out the same', () => {
    fc.assert(
      fc.property(key, key, (master, own) => {
        const [one, two] = [wrapKey(master, 'c', own), wrapKey(master, 'c', own)]
        expect(one).not.toStrictEqual(two)
        for (const wrapped of [one, two]) expect(new Uint8Array(unwrapKey(master, 'c', wrapped))).toStrictEqual(own)
      }),
    )
  })
})

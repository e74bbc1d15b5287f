import { describe, expect, it } from 'vitest'
import { joinings, nativeJoining } from './pieces.ts'

const joined = (format: string, ...pieces: readonly string[]): string => {
  const joining = joinings.get(format)
  if (joining === undefined) throw new Error(`There are no pieces of ${format}.`)
  return pieces.map((piece, at) => joining(Buffer.from(piece, 'latin1'), at === 0).toString('latin1')).join('')
}

describe('pieces', () => {
  it.each<[string, readonly string[], string]>([
    ['tsv', ['1\n', '2\n'], '1\n2\n'],
    ['tsvwithnames', ['a\n1\n', 'a\n2\n', 'a\n'], 'a\n1\n2\n'],
    ['tabseparatedwithnamesandtypes', ['a\nUInt8\n1\n', 'a\nUInt8\n2\n'], 'a\nUInt8\n1\n2\n'],
    ['jsoncompacteachrowwithnames', ['["a"]\n[1]\n', '["a"]\n[2]\n'], '["a"]\n[1]\n[2]\n'],
    ['rowbinarywithnames', ['\x01\x01a\x07', '\x01\x01a\x08'], '\x01\x01a\x07\x08'],
    [
      'rowbinarywithnamesandtypes',
      ['\x02\x01a\x01b\x05UInt8\x05UInt8\x07\x08', '\x02\x01a\x01b\x05UInt8\x05UInt8\x09\x0a'],
      '\x02\x01a\x01b\x05UInt8\x05UInt8\x07\x08\x09\x0a',
    ],
    // A name of 200 characters has a length of two bytes.
    [
      'rowbinarywithnames',
      [`\x01\xc8\x01${'n'.repeat(200)}\x07`, `\x01\xc8\x01${'n'.repeat(200)}\x08`],
      `\x01\xc8\x01${'n'.repeat(200)}\x07\x08`,
    ],
  ])('of %s are joined without their headers', (format, pieces, whole) => {
    expect(joined(format, ...pieces)).toBe(whole)
  })

  it.each(['json', 'parquet', 'csvwithnames', 'prettycompact', 'jsoncompact'])('of %s cannot be joined', (format) => {
    expect(joinings.has(format)).toBe(false)
  })

  it.each([
    [0, '0101'],
    [51_902, '0101'],
    [51_903, '010002ffffffff000101'],
    [54_405, '010002ffffffff000101'],
  ])('of Native for revision %d say first what a block is, where the revision has that', (revision, hex) => {
    expect(nativeJoining(revision)(Buffer.from([1, 1]), false).toString('hex')).toBe(hex)
  })
})

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { difference, type Generated, settle } from './generate.ts'

describe('generated files', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'generate-'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  const source = (): Generated => ({
    home,
    files: new Map([
      ['schemas/a.json', '{}\n'],
      ['src/b.generated.ts', 'export {}\n'],
    ]),
    whollyGenerated: ['schemas'],
  })

  it('are missing at first, and all there once they are written', () => {
    expect(difference(source())).toStrictEqual({
      stale: [
        [join(home, 'schemas/a.json'), '{}\n'],
        [join(home, 'src/b.generated.ts'), 'export {}\n'],
      ],
      leftOver: [],
    })
    settle(difference(source()))
    expect(difference(source())).toStrictEqual({ stale: [], leftOver: [] })
    expect(readFileSync(join(home, 'schemas/a.json'), 'utf8')).toBe('{}\n')
  })

  it('are stale when they were edited, and left over when nothing generates them', () => {
    settle(difference(source()))
    writeFileSync(join(home, 'schemas/a.json'), '{ }\n')
    writeFileSync(join(home, 'schemas/old.json'), '{}\n')
    writeFileSync(join(home, 'src/by-hand.ts'), '')
    const found = difference(source())
    expect(found).toStrictEqual({
      stale: [[join(home, 'schemas/a.json'), '{}\n']],
      leftOver: [join(home, 'schemas/old.json')],
    })
    settle(found)
    expect(readdirSync(join(home, 'schemas'))).toStrictEqual(['a.json'])
    expect(readdirSync(join(home, 'src')).sort()).toStrictEqual(['b.generated.ts', 'by-hand.ts'])
  })
})

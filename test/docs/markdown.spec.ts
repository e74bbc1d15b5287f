import { describe, expect, it } from 'vitest'
import { readPage } from './markdown.ts'

describe('what is read of a page', () => {
  it('is its blocks, with their lines as they stand', () => {
    const { blocks } = readPage('one\n\n```console\n$ a\n  b\n```\n\n  ~~~json event file=x\n  {}\n  ~~~\n')
    expect(blocks).toEqual([
      { line: 3, info: 'console', lines: ['$ a', '  b'] },
      { line: 8, info: 'json event file=x', lines: ['{}'] },
    ])
  })

  it('does not end a block at a shorter or another fence', () => {
    const { blocks } = readPage('````text\n```\n~~~\n````\n')
    expect(blocks).toEqual([{ line: 1, info: 'text', lines: ['```', '~~~'] }])
  })

  it('refuses a block that is never closed', () => {
    expect(() => readPage('a\n```sh\n$ b\n')).toThrow('The block that begins in line 2 is never closed.')
  })

  it('is its links, but not those in code', () => {
    const page = readPage(
      'See [a](a.md), ![b](img/b.svg "B") and `[c](c.md)`.\n\n[d]: <d> "no"\n[e]: e.md#x\n<img src="f.svg">\n```text\n[g](g.md)\n```\n',
    )
    expect(page.links).toEqual([
      { line: 1, target: 'a.md' },
      { line: 1, target: 'img/b.svg' },
      { line: 3, target: 'd' },
      { line: 4, target: 'e.md#x' },
      { line: 5, target: 'f.svg' },
    ])
  })

  it('is links over a line break too, and code over one is none', () => {
    const { links } = readPage('See [a\n  b](a.md) and `[c](c.md)\nd` and [`e`](e.md).\n\nA `lone tick, [f](f.md).\n')
    expect(links).toEqual([
      { line: 1, target: 'a.md' },
      { line: 3, target: 'e.md' },
      { line: 5, target: 'f.md' },
    ])
  })

  it('is the anchors that its headings make', () => {
    const page = readPage(
      '# Exactly once\n## `vouch` – start, stop?\n## Exactly once\n## See [this](x.md)\n<a id="own"></a>\n```sh\n# no\n```\n',
    )
    expect([...page.anchors]).toEqual(['exactly-once', 'vouch--start-stop', 'exactly-once-1', 'see-this', 'own'])
  })
})

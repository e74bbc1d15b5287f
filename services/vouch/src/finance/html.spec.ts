import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html } from './html.ts'

describe('a piece of HTML', () => {
  it('has texts as such, between tags and in attributes', () => {
    expect(html`<a title="${`"'>`}">${'<b>&'}</a>`.text).toBe('<a title="&quot;&#39;&gt;">&lt;b&gt;&amp;</a>')
  })

  it('has other pieces as they are', () => {
    expect(html`<ul>${['a', '<'].map((it) => html`<li>${it}</li>`)}${html`<li></li>`}</ul>`.text).toBe(
      '<ul><li>a</li><li>&lt;</li><li></li></ul>',
    )
  })

  it('never has a sign of markup out of a text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { text: escaped } = html`${text}`
        expect(escaped).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/)
        expect(html`${escaped}`.text === escaped).toBe(!/[&<>"']/.test(text))
      }),
    )
  })
})

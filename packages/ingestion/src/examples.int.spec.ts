import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Terms, termsSchema } from '@vouch/domain'
import { openMemoryStore } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createAdmission } from './admit/admission.ts'
import { logOf, noon, programsOf } from './fixtures.ts'
import { importFiles } from './import/import.ts'
import { parseMapping } from './mapping/mapping.ts'

const example = (name: string) => fileURLToPath(new URL(`../../../examples/journeys/${name}`, import.meta.url))

const publication = {
  specversion: '1.0',
  id: 'terms',
  source: 'spec',
  type: 'vouch.program.published.v1',
  time: '2026-03-01T12:00:00Z',
  data: parse(readFileSync(example('terms.yaml'), 'utf8')) as unknown,
}

/** Publishes the terms, then imports files of the example as its README says. */
async function importExample(files: readonly string[]) {
  const store = openMemoryStore()
  const admission = createAdmission({ store, clock: () => noon })
  await admission.admit([{ tag: 'value', value: publication }], { scopes: new Set(['admin']) })()
  const again = async () =>
    importFiles({
      files,
      maps: [example('map.yaml')],
      rejectsPath: join(tmpdir(), 'vouch-example-rejects.ndjson'),
      admission,
      store,
      programs: await programsOf(store),
      now: noon,
      tmpDir: tmpdir(),
    })()
  return { store, report: await again(), again }
}

describe('the journeys example', () => {
  it('has terms that keep what happened then', () => {
    const terms: Terms = termsSchema.parse(publication.data)
    expect(terms).toMatchObject({
      programId: 'journeys',
      currency: 'EUR',
      effectiveFrom: '2018-06-01T00:00:00.000Z',
      attribution: { rewardBy: 'last-touch', lookback: { click: '30d' }, touchReuse: 'all', horizon: '90d' },
    })
  })

  it('has a mapping, and a code for each channel that it names', async () => {
    const mapping = parseMapping(readFileSync(example('map.yaml'), 'utf8'), 'map.yaml')
    if (isLeft(mapping)) throw new Error(mapping.left.join('\n'))
    const data = mapping.right.events[0]?.data
    const code = data?.tag === 'object' ? data.fields.find(([key]) => key === 'code')?.[1] : undefined
    const mapped = code?.tag === 'map' ? [...code.values.values()].map(({ parts }) => parts) : []
    const { store, report } = await importExample([example('advocates.ndjson')])
    expect(report).toMatchObject({ right: { read: 10, appended: 10, rejects: null } })
    const codes = (await logOf(store))
      .filter(({ type }) => type === 'vouch.code.issued.v1')
      .map(({ data }) => JSON.parse(data).code)
    expect(mapped).toEqual(codes.map((text: string) => [{ tag: 'text', text }]))
  })

  it('imports all of the data, and nothing a second time', async ({ skip }) => {
    const journeys = process.env.VOUCH_JOURNEYS_CSV ?? example('journeys.csv')
    if (!existsSync(journeys))
      skip(`There is no ${journeys}; fetch it as the example says, or name it in VOUCH_JOURNEYS_CSV.`)
    const { store, report, again } = await importExample([example('advocates.ndjson'), journeys])
    const read = 10 + 62_483 + 1_838
    expect(report).toMatchObject({
      right: { read, appended: read, duplicate: 0, conflict: 0, rejected: 0, rejects: null, unmapped: 0 },
    })
    const log = await logOf(store)
    const cents = log
      .filter(({ type }) => type === 'vouch.conversion.v1')
      .reduce((sum, { data }) => sum + BigInt(JSON.parse(data).amount.value.replace('.', '')), 0n)
    expect(cents).toBe(1_142_350n)
    for (const [index, event] of log.entries()) {
      if (event.type !== 'vouch.conversion.v1') continue
      // Right after its click: the same moment, the same visitor.
      const before = log[index - 1]
      expect([before?.type, before?.time, JSON.parse(before?.data ?? '{}').visitorId]).toEqual([
        'vouch.click.v1',
        event.time,
        JSON.parse(event.data).visitorId,
      ])
    }
    expect(await again()).toMatchObject({ right: { read, appended: 0, duplicate: read, conflict: 0, rejected: 0 } })
  })
})

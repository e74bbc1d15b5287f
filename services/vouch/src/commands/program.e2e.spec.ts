import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { summerTerms } from '../testing/samples.ts'

describe.each(ways)('vouch program publish, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('terms.yaml', summerTerms)
  })
  afterAll(() => place.close())

  it('publishes terms once, and knows them again', async () => {
    expect(await place.ok('program', 'publish', 'terms.yaml')).toBe(
      'Program summer is published as version 1 (position 1).\n',
    )
    expect(await place.ok('program', 'publish', 'terms.yaml')).toBe(
      'Program summer has these terms already, as version 1 (position 1).\n',
    )
    expect(await place.ok('program', 'publish', 'terms.yaml', '--json')).toBe(
      '{"outcome":"duplicate","programId":"summer","version":1,"position":1}\n',
    )
    expect(await place.ok('sql', 'SELECT version, reward_by FROM programs')).toBe('version\treward_by\n1\tlast-touch\n')
  })

  it('publishes other terms as the next version, from their day on', async () => {
    const next = summerTerms.replace('"10"', '"12"').replace('2026-01-01T00:00:00Z', '2099-01-01T00:00:00Z')
    place.write('next.yaml', next)
    expect(await place.ok('program', 'publish', 'next.yaml', '--json')).toBe(
      '{"outcome":"appended","programId":"summer","version":2,"position":2}\n',
    )
    // The version in force is still the first.
    expect(await place.ok('program', 'publish', 'terms.yaml')).toBe(
      'Program summer has these terms already, as version 1 (position 1).\n',
    )
  })

  it('does not change what was promised for the past', async () => {
    place.write('past.yaml', summerTerms.replace('"10"', '"1"'))
    const { code, out, err } = await place.vouch('program', 'publish', 'past.yaml')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /^past\.yaml: data\.effectiveFrom version 3 cannot take effect at 2026-01-01T00:00:00\.000Z, before it is published at .*Z; only version 1 may\.\n$/,
    )
  })

  it('takes a file that is not there, or is a folder, for wrong usage', async () => {
    expect(await place.vouch('program', 'publish', 'none.yaml')).toMatchObject({
      code: 2,
      out: '',
      err: `The terms ${place.path('none.yaml')} cannot be read (ENOENT); name a YAML file.\n`,
    })
    expect(await place.vouch('program', 'publish', '.')).toMatchObject({
      code: 2,
      out: '',
      err: `The terms ${place.dir} cannot be read (EISDIR); name a YAML file.\n`,
    })
  })
})

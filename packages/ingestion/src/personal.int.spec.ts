import type { AppendScope } from '@vouch/domain'
import { openMemoryStore } from '@vouch/event-store'
import { createSealer, openSubjectKeys, type SubjectKeys } from '@vouch/personal'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admission, createAdmission } from './admit/admission.ts'
import { click, conversion, incoming, logOf, ndjson, noon, type Sent, storeThatFails } from './fixtures.ts'
import { openWorkspace, type Workspace } from './import/workspace.ts'

const all: ReadonlySet<AppendScope> = new Set(['ingest', 'admin'])

const secret = 'Somebody Secret'
const signup = (customerId: string, name = secret, id = `s-${customerId}`): Sent => ({
  ...click(id),
  type: 'vouch.signup.v1',
  data: { programId: 'summer', customerId, personal: { name } },
})
const forgotten = (subjectId: string): Sent => ({
  ...click(`f-${subjectId}`),
  type: 'vouch.person.forgotten.v1',
  data: { programId: 'summer', subject: 'customer', subjectId },
})

describe('personal data', () => {
  let keys: SubjectKeys
  let here: Workspace
  let admission: Admission
  beforeEach(async () => {
    keys = openSubjectKeys({ path: ':memory:', masterKey: () => right({ bytes: Buffer.alloc(32, 1), from: 'a spec' }) })
    here = await openWorkspace()
    admission = createAdmission({ store: here.store, clock: () => noon, sealer: createSealer(keys) })
  })
  afterEach(async () => {
    keys.close()
    await here.remove()
  })

  const offer = async (...events: readonly unknown[]) => {
    const answer = await admission.admit(events.map(incoming), { scopes: all })()
    if (isLeft(answer)) throw new Error(answer.left.message)
    return answer.right
  }
  const outcomes = async (...events: readonly unknown[]) => (await offer(...events)).map(({ outcome }) => outcome)
  const logText = async () =>
    JSON.stringify(await logOf(here.store), (_, it) => (typeof it === 'bigint' ? `${it}` : it))

  it('is sealed before it reaches the log', async () => {
    expect(await outcomes(signup('k-1'))).toEqual(['appended'])
    expect(await logText()).not.toContain('Secret')
    expect(keys.count()).toEqual({ keys: 1, forgotten: 0 })
  })

  it('is known when it is sent again, and told apart when it differs', async () => {
    expect(await outcomes(signup('k-1'), signup('k-1'), signup('k-1', 'Another'))).toEqual([
      'appended',
      'duplicate',
      'conflict',
    ])
    expect(await outcomes(signup('k-1'))).toEqual(['duplicate'])
    const [conflict] = await offer(signup('k-1', 'Another'))
    expect(conflict).toMatchObject({ fields: ['data.personal.iv', 'data.personal.text'] })
  })

  it('has a key that is durable before the event is', async () => {
    const steps: string[] = []
    const store = openMemoryStore()
    const watched = createAdmission({
      store: {
        ...store,
        append: (...args) => {
          steps.push('append')
          return store.append(...args)
        },
      },
      clock: () => noon,
      sealer: {
        ...createSealer(keys),
        save: () => {
          steps.push('save')
          keys.save()
        },
      },
    })
    await watched.admit([incoming(signup('k-1'))], { scopes: all })()
    expect(steps).toEqual(['save', 'append'])
  })

  it('of the forgotten is gone, and the same event sent again is a duplicate that brings nothing back', async () => {
    await offer(signup('k-1'), signup('k-2'))
    expect(await outcomes(forgotten('k-1'))).toEqual(['appended'])
    expect(keys.count()).toEqual({ keys: 1, forgotten: 1 })
    expect(await outcomes(signup('k-1'), signup('k-1', 'Another'), signup('k-2'))).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
    ])
    const later = { ...click('later', noon, { visitorId: 'v' }), type: 'vouch.identities.linked.v1' }
    const linked = {
      ...later,
      data: { programId: 'summer', visitorId: 'v', customerId: 'k-1', personal: { name: secret } },
    }
    expect(await outcomes(linked, linked)).toEqual(['appended', 'duplicate'])
    const log = await logOf(here.store)
    expect(JSON.parse(log.at(-1)?.data ?? '')).toEqual({ ...linked.data, personal: { forgotten: true } })
    expect(keys.count()).toEqual({ keys: 1, forgotten: 1 })
  })

  it('does not hide that something else differs', async () => {
    await offer(signup('k-1'), forgotten('k-1'))
    const other = signup('k-1')
    expect(await outcomes({ ...other, data: { ...other.data, code: 'X' } })).toEqual(['conflict'])
  })

  it('is not destroyed by an event that was not taken', async () => {
    await offer(signup('k-1'), forgotten('k-2'))
    const contradiction = { ...forgotten('k-2'), data: { ...forgotten('k-2').data, subjectId: 'k-1' } }
    expect(await outcomes(contradiction)).toEqual(['conflict'])
    const failure = { tag: 'store-unavailable', message: 'gone' } as const
    const failing = createAdmission({
      store: storeThatFails(here.store, 0, failure),
      clock: () => noon,
      sealer: createSealer(keys),
    })
    expect(await failing.admit([incoming(forgotten('k-1'))], { scopes: all })()).toEqual(left(failure))
    expect(keys.count()).toEqual({ keys: 1, forgotten: 1 })
  })

  it('is rejected where there is nothing to seal it with', async () => {
    admission = createAdmission({ store: here.store, clock: () => noon })
    expect(await offer(signup('k-1'))).toEqual([
      { outcome: 'rejected', id: 's-k-1', field: 'data.personal', reason: 'cannot be kept here; leave it out' },
    ])
  })

  it('is not taken while its keys cannot be had, and nothing else with it', async () => {
    const none = openSubjectKeys({ path: ':memory:', masterKey: () => left('There is no master key; make one.') })
    admission = createAdmission({ store: here.store, clock: () => noon, sealer: createSealer(none) })
    const failure = { tag: 'store-unavailable', message: 'There is no master key; make one.' }
    expect(await admission.admit([click('c'), signup('k-1')].map(incoming), { scopes: all })()).toEqual(left(failure))
    expect(await logOf(here.store)).toEqual([])
    await here.write('a.ndjson', ndjson([click('c'), signup('k-1')]))
    expect(await here.fail(['a.ndjson'], { admission })).toMatchObject({ tag: 'unusable', message: failure.message })
    none.close()
  })

  it('stands in no file of an import but the one that was imported', async () => {
    const lines = [
      JSON.stringify(signup('k-1')),
      JSON.stringify(signup('k-1', 'Somebody Else', 'again')),
      JSON.stringify({ ...signup('k-2'), time: 'never' }),
      `{"data":{"personal":{"name":"${secret}"`,
      JSON.stringify(conversion('o-1', noon, '1.999')),
    ]
    await here.write('a.ndjson', lines.join('\n'))
    await here.write(
      'map.yaml',
      'events: [{ type: vouch.signup.v1, id: "{id}", source: s, time: "{time}", data: { programId: p, customerId: "{id}", personal: { name: "{name}" } } }]',
    )
    await here.write('b.csv', `id,time,name\n1,never,${secret}\n2,2026-03-01T12:00:00Z,${secret},${secret}\n`)
    // So little memory that everything is spilled.
    const report = await here.run(['a.ndjson', 'b.csv'], {
      admission,
      maps: ['map.yaml'],
      memoryBytes: 1,
      batchSize: 1,
    })
    expect(report).toMatchObject({ appended: 1, conflict: 1, rejected: 5 })
    const rejects = await here.rejects()
    expect(rejects?.map(({ file, line, input, withheld }) => [file, line, input, withheld])).toEqual([
      ...[2, 3, 4].map((line) => [
        'a.ndjson',
        line,
        null,
        'It may hold personal data: see the line in the file itself.',
      ]),
      ['a.ndjson', 5, lines[4], undefined],
      ...[2, 3].map((line) => ['b.csv', line, null, 'It may hold personal data: see the line in the file itself.']),
    ])
    expect(JSON.stringify(rejects)).not.toContain('Somebody')
  })

  it('of payees stands in no file either, wherever it was written', async () => {
    const payee = (type: string, data: object) => ({
      ...click('p'),
      type,
      data: { programId: 'p', beneficiaryId: 'a', ...data },
    })
    const lines = [
      JSON.stringify(payee('vouch.payee.registered.v1', { iban: secret, personal: { name: secret } })),
      JSON.stringify(payee('vouch.payee.registered.v1', { iban: secret })),
      JSON.stringify(payee('vouch.payee.register.v1', { account: secret })),
      `{"type":"vouch.payee.registered.v1","data":{"iban":"${secret}"`,
    ]
    await here.write('a.ndjson', lines.join('\n'))
    await here.write(
      'map.yaml',
      'events: [{ type: vouch.payee.registered.v1, id: "{id}", source: s, time: "{time}", data: { programId: p, beneficiaryId: "{id}", iban: "{iban}" } }]',
    )
    await here.write('b.csv', `id,time,iban\n1,2026-03-01T12:00:00Z,${secret}\n`)
    expect(await here.run(['a.ndjson', 'b.csv'], { admission, maps: ['map.yaml'] })).toMatchObject({ rejected: 5 })
    expect((await here.rejects())?.map(({ input }) => input)).toEqual([null, null, null, null, null])
    expect(JSON.stringify(await here.rejects())).not.toContain('Secret')
  })
})

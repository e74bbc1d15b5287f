import { describe, expect, it } from 'vitest'
import { readSettings } from './settings.ts'

describe('the limits of a server', () => {
  it('are what it has by itself, unless they are set', () => {
    expect(readSettings({}).limits).toEqual({
      maxWaitMs: undefined,
      connections: undefined,
      requestsAMinute: undefined,
      strangersAMinute: undefined,
    })
    const env = {
      VOUCH_MAX_WAIT_MS: '250',
      VOUCH_MAX_CONNECTIONS: '9',
      VOUCH_REQUESTS_PER_MINUTE: '600',
      VOUCH_STRANGERS_PER_MINUTE: '0',
    }
    expect(readSettings(env).limits).toEqual({
      maxWaitMs: 250,
      connections: 9,
      requestsAMinute: 600,
      strangersAMinute: 0,
    })
  })

  it.each([
    ['VOUCH_MAX_WAIT_MS', '5', 'a whole number from 10 to 60000'],
    ['VOUCH_MAX_WAIT_MS', '1e3', 'a whole number from 10 to 60000'],
    ['VOUCH_MAX_CONNECTIONS', '0', 'a whole number from 1 to 1000000'],
    ['VOUCH_REQUESTS_PER_MINUTE', '-1', 'a whole number from 0 to 100000000'],
    ['VOUCH_STRANGERS_PER_MINUTE', 'none', 'a whole number from 0 to 100000000'],
  ])('%s cannot be %s', (name, value, right) => {
    expect(() => readSettings({ [name]: value })).toThrow(`${name} is "${value}": ${right}.`)
  })
})

describe('who folds the log', () => {
  it('is the process itself, unless it is left to a group', () => {
    expect(readSettings({}).projection).toBe('own')
    expect(readSettings({ VOUCH_PROJECTION: 'own' }).projection).toBe('own')
    expect(() => readSettings({ VOUCH_PROJECTION: 'none' })).toThrow(
      'VOUCH_PROJECTION is "none": "own", or "group" where vouch-projector folds the log in processes of its own.',
    )
  })

  it.each([
    [{}, 'VOUCH_EVENT_STORE'],
    [{ VOUCH_EVENT_STORE: 'sqlite' }, 'VOUCH_EVENT_STORE'],
    [{ VOUCH_EVENT_STORE: 'esdb://a.example:2113' }, 'VOUCH_WAREHOUSE'],
    [{ VOUCH_EVENT_STORE: 'esdb://a.example:2113', VOUCH_WAREHOUSE: 'chdb' }, 'VOUCH_WAREHOUSE'],
  ])('is no group where it could not reach the log or the tables: %j', (env, name) => {
    expect(() => readSettings({ ...env, VOUCH_PROJECTION: 'group' })).toThrow(
      `VOUCH_PROJECTION is "group": it needs ${name} to name a server.`,
    )
  })
})

describe('Kafka', () => {
  it('is read from nowhere unless brokers are named; those who write to it may do what apps may', () => {
    expect(readSettings({}).kafka).toBeUndefined()
    expect(readSettings({ KAFKA_BROKERS: 'a.example:9092, [::1]:9093' }).kafka).toEqual({
      brokers: ['a.example:9092', '[::1]:9093'],
      group: 'vouch',
      scopes: ['ingest'],
    })
    expect(readSettings({ KAFKA_BROKERS: 'a:1', KAFKA_GROUP: 'g.1', KAFKA_SCOPES: 'ingest,admin' }).kafka).toEqual({
      brokers: ['a:1'],
      group: 'g.1',
      scopes: ['ingest', 'admin'],
    })
  })

  it.each(['localhost', 'localhost:0', 'localhost:65536', 'a:1,', 'kafka://a:1', 'a:1 b:2', '::1:9092'])(
    'is not at %s',
    (brokers) => {
      expect(() => readSettings({ KAFKA_BROKERS: brokers })).toThrow(
        `KAFKA_BROKERS is "${brokers}": HOST:PORT of one or more brokers, with commas between.`,
      )
    },
  )

  it.each([
    [
      { KAFKA_SCOPES: 'admin' },
      'KAFKA_SCOPES is "admin": "ingest", or "ingest,admin" for those who may also change terms and advocates.',
    ],
    [{ KAFKA_GROUP: 'a b' }, 'KAFKA_GROUP is "a b": up to 200 letters, digits, dots, dashes and underscores.'],
  ])('cannot have %j', (env, message) => {
    expect(() => readSettings({ KAFKA_BROKERS: 'a:1', ...env })).toThrow(message)
  })

  it.each(['KAFKA_GROUP', 'KAFKA_SCOPES'])('%s alone is a mistake', (name) => {
    expect(() => readSettings({ [name]: 'ingest' })).toThrow(
      `${name} is "ingest": it needs KAFKA_BROKERS; set both or neither.`,
    )
  })
})

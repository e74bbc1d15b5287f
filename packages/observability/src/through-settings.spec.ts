import { describe, expect, it } from 'vitest'
import { readProjectorSettings, readRelaySettings } from './through-settings.ts'

const relay = { VOUCH_EVENT_STORE: 'esdb://admin:changeit@store:2113', KAFKA_BROKERS: 'a:9092, b:9093' }
const projector = { VOUCH_WAREHOUSE: 'http://vouch:secret@clickhouse:8123/vouch', KAFKA_BROKERS: 'a:9092' }

describe('settings', () => {
  it('of the relay', () => {
    expect(readRelaySettings(relay)).toMatchObject({
      eventStore: { tag: 'eventstoredb', shown: 'esdb://store:2113' },
      brokers: ['a:9092', 'b:9093'],
      partitions: 12,
      httpPort: 9464,
      logLevel: 'info',
    })
    expect(readRelaySettings({ ...relay, VOUCH_LOG_PARTITIONS: '48', VOUCH_HTTP_PORT: '0' })).toMatchObject({
      partitions: 48,
      httpPort: 0,
    })
  })

  it('of a projector', () => {
    const env = { ...projector, VOUCH_GENERATION: '7', VOUCH_DATA: '/data', VOUCH_WAREHOUSE_CLUSTER: 'main' }
    expect(readProjectorSettings(env)).toEqual({
      warehouse: {
        tag: 'server',
        url: projector.VOUCH_WAREHOUSE,
        shown: 'http://clickhouse:8123',
        cluster: 'main',
      },
      brokers: ['a:9092'],
      dataDir: '/data',
      generation: 7,
      sessionMs: 30_000,
      httpPort: 9464,
      logLevel: 'info',
    })
  })

  it.each([
    [{ KAFKA_BROKERS: 'a:9092' }, /^VOUCH_EVENT_STORE is missing: a connection string such as esdb:/],
    [
      { ...relay, VOUCH_EVENT_STORE: 'sqlite' },
      /^VOUCH_EVENT_STORE is not right: .*a log that several processes can read/,
    ],
    [{ ...relay, KAFKA_BROKERS: 'a' }, /^KAFKA_BROKERS is "a": HOST:PORT of one or more brokers/],
    [{ ...relay, KAFKA_BROKERS: '' }, /^KAFKA_BROKERS is missing: HOST:PORT/],
    [{ ...relay, VOUCH_LOG_PARTITIONS: '0' }, /^VOUCH_LOG_PARTITIONS is "0": a whole number from 1 to 1000\.$/],
    [{ ...relay, VOUCH_LOG_LEVEL: 'loud' }, /^VOUCH_LOG_LEVEL is "loud": one of trace/],
  ])('of a relay that are wrong are named, with what would be right: %j', (env, message) => {
    expect(() => readRelaySettings(env)).toThrow(message)
  })

  it.each([
    [{ ...projector, VOUCH_WAREHOUSE: 'chdb' }, /^VOUCH_WAREHOUSE is not right: http\(s\):/],
    [{ ...projector, VOUCH_GENERATION: '1048576' }, /^VOUCH_GENERATION is "1048576": a whole number from 1 to 1048575/],
  ])('of a projector that are wrong are named, and passwords are not: %#', (env, message) => {
    expect(() => readProjectorSettings(env)).toThrow(message)
  })
})

import { startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import { vi } from 'vitest'
import { describeEventStore } from '../conformance.ts'
import { openEventStoreDb } from './store.ts'

// Some thousand calls over a socket, with both ends in this process: half a minute when nothing else runs.
vi.setConfig({ testTimeout: 300_000 })

// The run says what it ran against: a double shows what the adapter does, a server shows that it is right.
const real = process.env.VOUCH_EVENT_STORE?.startsWith('esdb') ? process.env.VOUCH_EVENT_STORE : undefined

describeEventStore(
  real === undefined
    ? 'EventStoreDB, against a DOUBLE of its protocol'
    : `EventStoreDB, against the server at ${real.replace(/\/\/.*@/, '//')}`,
  async () => {
    const double = real === undefined ? await startEventStoreDbDouble() : undefined
    const store = openEventStoreDb({ connectionString: real ?? double?.connectionString ?? '' })
    return {
      store,
      dispose: async () => {
        await store.close()
        await double?.stop()
      },
    }
  },
)

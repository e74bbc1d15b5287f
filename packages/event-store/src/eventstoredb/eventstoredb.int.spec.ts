import { startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import { describeEventStore } from '../conformance.ts'
import { openEventStoreDb } from './store.ts'

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

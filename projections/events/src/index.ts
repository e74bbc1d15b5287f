import { timestamp } from '@vouch/domain'
import type { Projection } from '@vouch/projector'

/** Every event of the log, one row each. */
export const events: Projection = {
  name: 'events',
  version: 1,
  tables: new URL('../tables.sql', import.meta.url),
  fold: (_state, { event, recordedAt }) => [
    {
      table: 'events',
      values: {
        type: event.type,
        source: event.source,
        event_id: event.id,
        program_id: event.data.programId,
        occurred_at: timestamp(event.time),
        recorded_at: timestamp(recordedAt),
        data: event.data,
      },
    },
  ],
}

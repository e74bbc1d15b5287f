import type { RecordedEvent } from '@vouch/event-store'
import type { Projection, Row } from '@vouch/projector'
import { type RowValues, rowsOf } from '@vouch/warehouse'
import { right } from 'fp-ts/lib/Either.js'
import type { DurableState } from '../../packages/projector/src/state/sqlite-state.ts'
import type { OpenState, Sabotage } from './sabotage.ts'
import { WarehouseDouble } from './warehouse-double.ts'

/** Each of these breaks one promise that "exactly once" rests on. The simulation has to notice every one. */
export const sabotages: readonly Sabotage[] = [
  {
    name: 'the checkpoint is stored before the rows are durable',
    openState: changed((state) => ({
      async checkpoint(next, rows) {
        await state.checkpoint(next)
        await rows
      },
    })),
  },
  {
    name: 'the state is stored before its position',
    openState: changed((state, around) => ({
      async checkpoint(next, rows) {
        await rows
        await state.checkpoint(state.at)
        await around.turn('has stored values without their position')
        await state.checkpoint(next)
      },
    })),
  },
  {
    name: 'the pointer moves before the rows are durable',
    warehouse: (warehouse) => ({
      ...warehouse,
      async insert(table, generation, rows) {
        const shown = await warehouse.published('live')
        const position = BigInt(String(rowsOf(rows).at(-1)?.position ?? 0))
        if (shown?.generation === generation && position > shown.position) {
          await warehouse.publish('live', { ...shown, position, head: position > shown.head ? position : shown.head })
        }
        await warehouse.insert(table, generation, rows)
      },
    }),
  },
  {
    name: 'the pointer moves in two steps',
    warehouse: (warehouse) => ({
      ...warehouse,
      async publish(slot, mark) {
        const before = await warehouse.published(slot)
        if (before && before.generation !== mark.generation) {
          await warehouse.publish(slot, { ...mark, generation: before.generation })
        }
        await warehouse.publish(slot, mark)
      },
    }),
  },
  {
    name: 'rows of one name do not collapse',
    double: (files, watcher) => new PlainDouble(files, watcher),
  },
  {
    name: 'rows are named by their place in the insert',
    warehouse: (warehouse) => ({
      ...warehouse,
      insert: (table, generation, rows) =>
        warehouse.insert(
          table,
          generation,
          rowsOf(rows).map((row, line) => ({ ...row, line })),
        ),
    }),
  },
  {
    name: 'an insert is lost after it was answered',
    warehouse: (warehouse, { random }) => ({
      ...warehouse,
      insert: async (...insert) => (random.chance(0.02) ? undefined : warehouse.insert(...insert)),
    }),
  },
  {
    name: 'a failed insert is taken to be done',
    warehouse: (warehouse) => ({ ...warehouse, insert: (...insert) => warehouse.insert(...insert).catch(() => {}) }),
  },
  {
    name: 'admission answers before the log has it',
    store: (store, { log, network }) => ({
      ...store,
      append: (appends, recordedAt) => async () => {
        const fresh = appends.every(({ events }) => events.every(({ identity }) => !log.find(identity)))
        if (!fresh) return store.append(appends, recordedAt)()
        network.later('append', async () => {
          await log.store.append(appends, recordedAt)()
          await log.grown()
        })
        return right(
          appends.map((_, index) => ({
            outcome: 'appended',
            position: log.head + BigInt(index) + 1n,
            revision: 0n,
          })),
        )
      },
    }),
  },
  {
    name: 'what is sent again is appended again',
    store: (store, { random }) => ({
      ...store,
      append: (appends, recordedAt) => {
        const again = `#${random.between(1, 1e9)}`
        const renamed = appends.map(({ events, ...append }) => ({
          ...append,
          stream: append.stream + again,
          events: events.map((event) => ({ ...event, identity: event.identity + again })),
        }))
        return store.append(renamed, recordedAt)
      },
    }),
  },
  {
    name: 'a conflict is answered as a duplicate',
    admission: (admission) => ({
      ...admission,
      admit: (items, options) => async () => {
        const answer = await admission.admit(items, options)()
        if (answer._tag === 'Left') return answer
        return right(
          answer.right.map((it) =>
            it.outcome === 'conflict' ? { outcome: 'duplicate', id: it.id, position: it.existing.position } : it,
          ),
        )
      },
    }),
  },
  {
    name: 'the state forgets a value',
    openState: changed((state, { random }) => ({
      put: (kind, key, value) => (random.chance(0.01) ? undefined : state.put(kind, key, value)),
    })),
  },
  {
    name: 'the state forgets what was added to a set',
    openState: changed((state, { random }) => ({
      add: (index, key, member) => (random.chance(0.02) ? undefined : state.add(index, key, member)),
    })),
  },
  {
    name: 'reading goes on one event too late after a restart',
    store: (store) => {
      let resumed = false
      return {
        ...store,
        readAll(after, size) {
          const skips = !resumed && after > 0n && size !== 1
          if (size !== 1) resumed = true
          return store.readAll(skips ? after + 1n : after, size)
        },
      }
    },
  },
  {
    name: 'what is delivered is folded as it comes',
    store: (store, { random }) => ({
      ...store,
      async *readAll(after, size) {
        for await (const batch of store.readAll(after, size))
          yield withGaps(batch, () => size !== 1 && random.chance(0.02))
      },
    }),
  },
  {
    name: 'nothing is swept',
    warehouse: (warehouse) => ({ ...warehouse, dropGeneration: async () => {} }),
  },
  {
    name: 'the old generation is dropped before the pointer moves',
    warehouse: (warehouse) => ({
      ...warehouse,
      async publish(slot, mark) {
        const before = await warehouse.published(slot)
        if (before && before.generation !== mark.generation) await warehouse.dropGeneration(before.generation)
        await warehouse.publish(slot, mark)
      },
    }),
  },
  {
    name: 'a fold looks at the clock',
    projections: (projections, { someTime }) =>
      projections.map((projection) => ({
        ...inOne(projection),
        fold: (state, logged, followed) =>
          projection.fold(state, { ...logged, recordedAt: logged.recordedAt + someTime() }, followed),
      })),
  },
  {
    name: 'the fold itself loses corrections, whoever runs it',
    folds: (projections) =>
      projections.map((projection) => ({
        ...inOne(projection),
        fold: (state, logged, followed) => projection.fold(state, logged, followed).filter((row) => !isReversal(row)),
      })),
  },
]

/** A projection that folds no event in parts. */
const inOne = ({ foldInParts: _parts, ...projection }: Projection): Projection => projection

/** Rows whose names are the order of their arrival: those of a plain MergeTree. */
class PlainDouble extends WarehouseDouble {
  #count = 0

  protected override nameOf(_row: RowValues): string {
    return String(this.#count++)
  }
}

type Change = (
  state: DurableState,
  ...rest: Parameters<OpenStateLayer> extends [unknown, ...infer R] ? R : never
) => Partial<DurableState>
type OpenStateLayer = NonNullable<Sabotage['openState']>

function changed(change: Change): OpenStateLayer {
  return (open: OpenState, ...rest) =>
    (options) => {
      const state = open(options)
      const other = change(state, ...rest)
      return new Proxy(state, { get: (target, name) => Reflect.get(name in other ? other : target, name) })
    }
}

const withGaps = (batch: readonly RecordedEvent[], isGap: () => boolean) =>
  batch.filter((event) => event === batch.at(-1) || !isGap())

const isReversal = ({ table, values }: Row): boolean =>
  table === 'attributions' && String(values.amount).startsWith('-') && values.entry === 'reattributed'

// The thread that folds the log into the tables; started by fold.ts.
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { type Chain, createChain, openSeals } from '@vouch/chain'
import { followSqliteStore } from '@vouch/event-store'
import { attribution } from '@vouch/projection-attribution'
import { projections } from '@vouch/projections'
import type { Projector } from '@vouch/projector'
import { warehouseOver } from '@vouch/warehouse'
import { isLeft } from 'fp-ts/lib/Either.js'
import { foldTurnsApart } from '../arrivals.ts'
import { Failure } from '../failure.ts'
import type { Knowledge } from '../folds.ts'
import { logFile } from '../log.ts'
import { knowledgeOf, openProjector } from '../own-fold.ts'
import { answerCalls, type CallContext, type Port } from './calls.ts'
import { packError } from './errors.ts'
import type { FoldProtocol, FoldThreadData, KnownProgram } from './fold-protocol.ts'
import { clickhouseOver } from './lent-clickhouse.ts'

const { dataDir, bucketPositions, waiting, clickhouse } = workerData as FoldThreadData
const clock = Date.now

interface Open {
  readonly projector: Projector
  readonly knowledge: Knowledge
  readonly chain: Chain
  wake(): void
  close(): Promise<void>
}

let opened: Open | undefined

function parts(): Open {
  if (opened) return opened
  throw new Error('The fold is not open.')
}

async function open(needsRebuild: boolean, { signal, progress }: CallContext): Promise<void> {
  const followed = followSqliteStore({ path: logFile(dataDir) })
  if (isLeft(followed)) throw new Failure(followed.left.message)
  const store = followed.right
  const seals = openSeals(join(dataDir, 'seals.db'))
  const chain = createChain({ store, seals, clock })
  const closeOthers = async () => {
    seals.close()
    await store.close()
  }
  try {
    const lent = clickhouseOver(clickhouse)
    const warehouse = warehouseOver(lent, { tables: projections.map(({ tables }) => tables), clock, bucketPositions })
    const projector = await openProjector(
      { dataDir, store, warehouse, clock, breathe: foldTurnsApart(waiting), onFolded: chain.offer },
      { needsRebuild, onRebuild: progress, signal },
    )
    const close = () => projector.close().finally(closeOthers)
    opened = { projector, knowledge: knowledgeOf(projector), chain, wake: store.wake, close }
  } catch (error) {
    await closeOthers()
    throw error
  }
}

/** All there are: to ask for one after the other would be a wait for each. */
async function programs(): Promise<ReadonlyMap<string, KnownProgram>> {
  const { projector, knowledge } = parts()
  const { clock, versions } = await knowledge.programs()
  const ids = projector.state(attribution.name).keys('program', '')
  return new Map(ids.map((id) => [id, { clock: clock(id), versions: versions(id) }]))
}

answerCalls<FoldProtocol>(parentPort as Port, {
  open: ({ needsRebuild }, context) => open(needsRebuild, context),
  wake: () => parts().wake(),
  async progress() {
    const { projector } = parts()
    const progress = await projector.progress()
    const { failure } = projector
    return { progress, failure: failure === undefined ? undefined : packError(failure) }
  },
  run: (_, { signal }) => parts().projector.run(signal),
  catchUp: (_, { signal, progress }) => parts().projector.catchUp(progress, signal),
  rebuild: (_, { signal, progress }) => parts().projector.rebuild(progress, signal),
  rebuildTo: (position, { signal, progress }) => parts().projector.rebuildTo(position, progress, signal),
  verify: (_, { signal, progress }) => parts().projector.verify(progress, signal),
  programs,
  explain: ({ programId, conversionId }) => parts().knowledge.explain(programId, conversionId),
  catchUpChain: () => parts().chain.catchUp(),
  seal: (reason) => parts().chain.seal(reason),
  async close() {
    await opened?.close()
    opened = undefined
  },
})

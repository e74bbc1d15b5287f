import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from '@vouch/event-store'
import { createGroup } from '@vouch/messaging'
import {
  boundHeap,
  createLogger,
  projectorMetrics,
  type Readiness,
  readProjectorSettings,
  SettingsError,
  serveProbe,
  stopSignal,
} from '@vouch/observability'
import { projections } from '@vouch/projections'
import { Member } from '@vouch/projector'
import { WarehouseError } from '@vouch/warehouse'
import { isLeft } from 'fp-ts/lib/Either.js'
import { operate } from './operate.ts'
import { openWarehouse } from './warehouse.ts'

/** How long a stop waits for Kafka to answer, ms. */
const graceMs = 10_000

/** The state of all folds in memory, bytes of JSON text, roughly. */
const cacheBytes = 256 * 2 ** 20

async function main(): Promise<void> {
  const stopping = stopSignal()
  const settings = readProjectorSettings(process.env)
  const { brokers, dataDir, generation, sessionMs, httpPort, logLevel } = settings
  boundHeap()
  const log = createLogger(logLevel)
  const locked = lockFolder(dataDir, 'vouch-projector', Date.now())
  if (isLeft(locked)) throw new SettingsError(locked.left.message)
  const folder = join(dataDir, 'state')
  mkdirSync(folder, { recursive: true })
  const warehouse = await openWarehouse(settings.warehouse)
  await warehouse.migrate({ keep: true })

  let member: Member | undefined
  let [failure, sessionFailures]: [string | undefined, number] = ['it has not joined its group yet', 0]
  const joinGroup = async (partitions: number): Promise<Member> => {
    member ??= await Member.join({
      generation,
      partitions,
      folder,
      projections,
      warehouse,
      clock: Date.now,
      cacheBytes: Math.max(2 ** 22, Math.floor(cacheBytes / partitions)),
    })
    if (member.partitions !== partitions)
      throw new Error(
        `The log has ${partitions} partitions now, and had ${member.partitions}: start this projector anew.`,
      )
    return member
  }
  const group = createGroup({
    brokers,
    group: `vouch-projectors-${generation}`,
    member: joinGroup,
    log,
    sessionTimeoutMs: sessionMs,
    onFailure: (reason) => {
      failure = reason
      sessionFailures++
    },
    onJoined: () => {
      failure = undefined
    },
  })
  const registry = projectorMetrics(() => {
    const standing = member?.standing()
    return {
      partitions: standing?.partitions ?? new Map(),
      events: standing?.events ?? 0,
      failures: (standing?.failures ?? 0) + sessionFailures,
      shownPosition: standing?.shown?.position ?? 0n,
      lagSeconds: (standing?.shown?.lagMs ?? 0) / 1000,
    }
  })
  const readiness = (): Readiness => {
    if (failure !== undefined) return { ready: false, reason: failure }
    for (const [partition, reason] of member?.standing().stopped ?? [])
      return { ready: false, reason: `partition ${partition} does not go on: ${reason}` }
    return { ready: true }
  }
  const probe = await serveProbe({ port: httpPort, registry, readiness })
  log.info({ port: probe.port, generation, dataDir }, 'started')
  group.start()
  await stopping
  log.info('stopping')
  await group.stop(graceMs)
  await member?.close()
  await probe.close()
  await warehouse.close()
  locked.right.release()
}

const [word, ...more] = process.argv.slice(2)
try {
  if (word === undefined) await main()
  else await operate(word, more)
} catch (error) {
  const isMistake = error instanceof SettingsError || error instanceof WarehouseError
  process.stderr.write(`${isMistake ? error.message : `Unexpected: ${error instanceof Error ? error.stack : error}`}\n`)
  process.exit(error instanceof SettingsError ? 2 : 1)
}

import { statfs } from 'node:fs/promises'
import type { Command } from 'commander'
import { type Context, writeLine } from '../context.ts'
import { examineCrowds } from '../crowds.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

export function doctorCommand(program: Command, context: Context): void {
  program
    .command('doctor')
    .option('--json', 'print the findings as one JSON object')
    .option('--deep', 'also read the whole log for damage')
    .description('what is configured, reachable, behind')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; json?: boolean; deep?: boolean }>()
      const engine = await context.engine(flags.data)
      const findings = await examine(engine, context, flags.deep ?? false)
      const ok = findings.every((finding) => finding.ok)
      if (flags.json) await writeLine(context.out, JSON.stringify({ ok, findings }))
      else
        for (const { ok: fine, what, detail } of findings)
          await writeLine(context.out, `${fine ? 'ok ' : 'BAD'}  ${what}: ${detail}`)
      if (!ok) throw new Failure('Not all is well: see the lines marked BAD.')
    })
}

async function examine(engine: Engine, { kafka }: Context, deep: boolean): Promise<Finding[]> {
  const { dataDir, store, log, warehouse, tablesPlace, projector, projection, keys, seals, personal } = engine
  const findings: Finding[] = []
  const find = async (what: string, look: () => Promise<string>) => {
    try {
      findings.push({ what, ok: true, detail: await look() })
    } catch (error) {
      findings.push({ what, ok: false, detail: error instanceof Error ? error.message : String(error) })
    }
  }
  await find('data folder', async () => {
    const { bavail, bsize } = await statfs(dataDir)
    const freeGiB = (Number(bavail) * Number(bsize)) / 2 ** 30
    if (freeGiB < 0.1)
      throw new Error(`${dataDir} has ${freeGiB.toFixed(2)} GiB left; make room before the log is full`)
    return `${dataDir}, ${freeGiB.toFixed(1)} GiB free`
  })
  await find('runtime', async () => `Node ${process.version}`)
  await find('event store', async () => {
    const { kind, detail } = log.describe()
    return [kind, `head at position ${await store.head()}`, ...(detail === undefined ? [] : [detail])].join(', ')
  })
  if (deep) {
    await find('log integrity', async () => {
      if (store.check === undefined) return 'the server checks its own files; vouch verify reads the whole log'
      const problems = await store.check()
      if (problems.length > 0) throw new Error(`${problems.join('; ')}; bring back a copy of log.db`)
      return 'no damage'
    })
  }
  await find('warehouse', async () => {
    const [row] = await warehouse.rows<{ version: string }>('SELECT version() AS version')
    const published = await warehouse.published('live')
    return `${tablesPlace} (ClickHouse ${row?.version}), generation ${published?.generation}, ${warehouse.tables().length} tables`
  })
  await find('projection', async () => {
    const { position, head, lagMs } = await projector.progress()
    if (projector.failure !== undefined) throw projector.failure
    const by = projection === 'own' ? '' : ', by projectors that are processes of their own'
    return head > position
      ? `at ${position} of ${head}, ${lagMs} ms behind${by}`
      : `at the head of the log (${head})${by}`
  })
  await find('people', () => examineCrowds(engine))
  if (kafka) {
    await find('Kafka', async () => {
      const { examineKafka, inboundTopic } = await import('@vouch/messaging')
      const { partitions, unread } = await examineKafka(kafka.brokers, kafka.group)
      return `${inboundTopic} has ${partitions} partitions, and ${unread} messages that the group ${kafka.group} has not done`
    })
  }
  await find('seals', async () => {
    const { position, hash } = seals.newest()
    return position === 0n ? 'none yet: one is made every 1,000 events' : `newest ${position}:${hash}`
  })
  await find('personal data', async () => {
    const { keys: kept, forgotten } = personal.keys.count()
    return `${kept} keys, ${forgotten} forgotten`
  })
  await find('keys', async () => {
    const working = keys.list().filter((key) => key.revokedAt === undefined).length
    return keys.required() ? `${working} that work` : 'none: a server binds to loopback only'
  })
  return findings
}

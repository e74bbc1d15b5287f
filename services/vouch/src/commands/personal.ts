import { decodeEvent, type Personal, type SubjectKind, shownPersonal, subjectKinds, subjectOf } from '@vouch/domain'
import type { Command } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { programsOf, withRelated } from '../forgetting.ts'
import { subjectKind } from './options.ts'

/** What is kept about somebody, for when they ask. */
interface Held {
  readonly position: number
  readonly type: string
  readonly time: string
  readonly kind: SubjectKind
  readonly id: string
  readonly personal: Personal
}

export function personalCommand(program: Command, context: Context): void {
  program
    .command('personal')
    .argument('<kind>', `whose: ${subjectKinds.join(', ')}`, subjectKind)
    .argument('<id>', 'their id')
    .option('--program <id>', 'in this program alone; otherwise in all that know them')
    .option('--json', 'print one JSON array')
    .description(
      'all personal data that is kept about somebody, for when they ask what it is; accounts of payees are masked',
    )
    .action(async (kind: SubjectKind, id: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; program?: string; json?: boolean }>()
      const engine = await context.engine(flags.data)
      await catchUp(engine, context.signal)
      const programs = flags.program === undefined ? await programsOf(engine, kind, id) : [flags.program]
      const found: Held[] = []
      for (const programId of programs) found.push(...(await held(engine, programId, kind, id)))
      if (flags.json) return writeLine(context.out, JSON.stringify(found))
      if (found.length === 0) throw new Failure(`No personal data is kept about ${kind} ${id}.`)
      for (const it of found) {
        await writeLine(
          context.out,
          `${it.position}  ${it.time}  ${it.type}  ${it.kind} ${it.id}  ${JSON.stringify(it.personal)}`,
        )
      }
    })
}

async function held(engine: Engine, programId: string, ofKind: SubjectKind, ofId: string): Promise<Held[]> {
  const { warehouse, store, personal } = engine
  const subjects = await withRelated(engine, { programId, kind: ofKind, id: ofId })
  const whose = new Set(subjects.map(({ kind, id }) => JSON.stringify([kind, id])))
  const rows = await warehouse.rows<{ position: string }>(
    `SELECT position FROM vouch.events WHERE program_id = {programId:String} AND data.personal.sealed IS NOT NULL ORDER BY position`,
    { programId },
  )
  const found: Held[] = []
  for (const { position } of rows) {
    const [recorded] = await first(store.readAll(BigInt(position) - 1n, 1))
    const event = recorded && decodeEvent(recorded)
    const subject = event && subjectOf(event)
    if (!event || !subject || !whose.has(JSON.stringify([subject.kind, subject.id]))) continue
    const opened = personal.sealer.open(event)
    if (!opened) continue
    const { kind, id } = subject
    found.push({
      position: Number(position),
      type: event.type,
      time: new Date(event.time).toISOString(),
      kind,
      id,
      personal: shownPersonal(event, opened),
    })
  }
  return found
}

async function first<T>(batches: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  for await (const batch of batches) return batch
  return []
}

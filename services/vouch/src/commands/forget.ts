import type { Subject, SubjectKind } from '@vouch/domain'
import { subjectKinds } from '@vouch/domain'
import type { Command } from 'commander'
import { catchUp } from '../catch-up.ts'
import { type Context, writeLine } from '../context.ts'
import { Failure } from '../failure.ts'
import { forget, programsOf, withRelated } from '../forgetting.ts'
import { subjectKind } from './options.ts'

export function forgetCommand(program: Command, context: Context): void {
  program
    .command('forget')
    .argument('<kind>', `whom: ${subjectKinds.join(', ')}`, subjectKind)
    .argument('<id>', 'their id')
    .option('--program <id>', 'in this program alone; otherwise in all that know them')
    .option('--reason <words>', 'why, for the log')
    .option('--json', 'print who was forgotten as one JSON object')
    .description('destroy the key of somebody’s personal data, for good; attributions and balances stand')
    .action(async (kind: SubjectKind, id: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; program?: string; reason?: string; json?: boolean }>()
      const engine = await context.engine(flags.data)
      await catchUp(engine, context.signal)
      const programs = flags.program === undefined ? await programsOf(engine, kind, id) : [flags.program]
      if (programs.length === 0) {
        throw new Failure(
          `No program knows ${kind} ${id}, so nobody was forgotten; name one with --program to forget them before they come.`,
        )
      }
      const subjects: Subject[] = []
      for (const programId of programs) subjects.push(...(await withRelated(engine, { programId, kind, id })))
      const forgotten = await forget(engine, subjects, flags.reason)
      await engine.projector.catchUp(undefined, context.signal)
      if (flags.json) return writeLine(context.out, JSON.stringify({ forgotten }))
      for (const it of subjects) {
        await writeLine(
          context.out,
          `${it.kind} ${it.id} of ${it.programId} is forgotten: their personal data can be read no more.`,
        )
      }
    })
}

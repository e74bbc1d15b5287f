import { type Seal, verifyChain } from '@vouch/chain'
import { laws } from '@vouch/projections'
import type { OnProgress, Verification } from '@vouch/projector'
import { type Command, InvalidArgumentError } from 'commander'
import { type Context, writeLine } from '../context.ts'
import type { Engine } from '../engine.ts'
import { Failure } from '../failure.ts'
import { restatedPeriods, restatedText } from '../finance/periods.ts'
import { foldProgress, startProgress } from '../progress.ts'

type PublishedSeal = Pick<Seal, 'position' | 'hash'>

function seal(text: string, before: readonly PublishedSeal[]): PublishedSeal[] {
  const [, position, hash] = /^(\d{1,20}):([0-9a-f]{64})$/.exec(text) ?? []
  if (position === undefined || hash === undefined) {
    throw new InvalidArgumentError('It must be POSITION:HASH, as vouch log seal prints it.')
  }
  return [...before, { position: BigInt(position), hash }]
}

/** A law that some rows break. */
interface Broken {
  readonly law: string
  readonly says: string
  readonly rows: number
  readonly first: unknown
}

export function verifyCommand(program: Command, context: Context): void {
  program
    .command('verify')
    .option(
      '--seal <position:hash>',
      'hold the log against a seal from elsewhere; may be given several times',
      seal,
      [],
    )
    .option('--json', 'print the outcome as one JSON object')
    .description(
      'fold the log anew beside the live tables, compare, check the conservation laws, and hold the log against its seals',
    )
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<{ data?: string; json?: boolean; seal: PublishedSeal[] }>()
      const engine = await context.engine(flags.data)
      const { position, tables, differences } = await withProgress(context, 'verifying', (onProgress) =>
        engine.projection === 'own' ? engine.projector.verify(onProgress, context.signal) : notFolded(engine),
      )
      const broken = await checkLaws(engine)
      const restated = await restatedPeriods(engine.warehouse)
      const { now, seals, tampered } = await withProgress(context, 'hashing', (onProgress) =>
        verifyChain({
          store: engine.store,
          seals: engine.seals,
          published: flags.seal,
          signal: context.signal,
          onProgress: (done) => onProgress(done, done > position ? done : position),
        }),
      )
      if (flags.json) {
        const numbers = differences.map((it) => ({
          ...it,
          liveRows: Number(it.liveRows),
          rebuiltRows: Number(it.rebuiltRows),
          firstPosition: Number(it.firstPosition),
        }))
        await writeLine(
          context.out,
          JSON.stringify({
            position: Number(position),
            tables,
            laws: laws.length,
            differences: numbers,
            broken,
            restated,
            seals,
            hash: now.hash,
            tampered: tampered ? { position: Number(tampered.position), says: tampered.says } : null,
          }),
        )
      } else {
        for (const it of differences) {
          await writeLine(
            context.out,
            `${it.table}: ${it.liveRows} rows (${it.liveHash}), the log gives ${it.rebuiltRows} (${it.rebuiltHash}), from position ${it.firstPosition} on`,
          )
        }
        for (const it of broken)
          await writeLine(
            context.out,
            `law "${it.law}" (${it.says}) is broken by ${it.rows} rows, first ${JSON.stringify(it.first)}`,
          )
        if (differences.length + broken.length === 0)
          await writeLine(
            context.out,
            engine.projection === 'own'
              ? `${tables} tables equal the fold of the log up to position ${position}, and ${laws.length} laws hold.`
              : `${laws.length} laws hold up to position ${position}. The tables are folded by vouch-projector and were not compared: vouch generation compare holds them against another fold.`,
          )
        for (const it of restated) await writeLine(context.out, restatedText(it))
        if (!tampered)
          await writeLine(
            context.out,
            `The log is as it was sealed (${seals === 1 ? '1 seal' : `${seals} seals`}); now it is ${now.position}:${now.hash}.`,
          )
      }
      if (tampered) {
        throw new Failure(
          `${tampered.says} Tables that are folded from this log are no proof: keep a copy of the data folder, and ${engine.log.remedy.earlier}.`,
        )
      }
      if (differences.length + broken.length > 0) {
        throw new Failure(
          'The tables are not what the log says; run vouch rebuild, and keep a copy of the data folder to find out why.',
        )
      }
    })
}

/** Tables that others fold are not folded anew here. */
async function notFolded({ projector }: Engine): Promise<Verification> {
  const { position } = await projector.progress()
  if (projector.failure !== undefined) throw projector.failure
  return { position, tables: 0, differences: [] }
}

async function withProgress<T>(
  context: Context,
  label: string,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const progress = startProgress(context.err)
  try {
    return await work(foldProgress(progress, label))
  } finally {
    progress.stop()
  }
}

/** The laws that the live tables break. */
export async function checkLaws({ warehouse }: Engine): Promise<Broken[]> {
  const broken: Broken[] = []
  for (const law of laws) {
    const rows = await warehouse.rows<unknown>(`SELECT * FROM (${law.query('vouch')}) LIMIT 1000`)
    if (rows.length > 0) broken.push({ law: law.name, says: law.says, rows: rows.length, first: rows[0] })
  }
  return broken
}

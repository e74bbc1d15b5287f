import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomFrom } from '../../packages/testing/src/index.ts'
import { Agenda, type Plan } from './agenda.ts'
import { Campaign } from './campaign.ts'
import type { End } from './life.ts'
import { points as allPoints, type LifeName, type Point } from './points.ts'

export interface TortureOptions {
  readonly kills: number
  readonly seed: number
  /** Default: all of them, each of which must be hit. */
  readonly points?: readonly Point[]
  /** Kills on one data folder before a fresh one takes its place; default 50. */
  readonly killsPerFolder?: number
  /** Kills between two proofs that the tables are right; default 10. */
  readonly proveEvery?: number
  /** Where the folders are made; what is broken is left there. Default: a fresh folder for temporary files. */
  readonly dir?: string
  /** A promise of vouch to break on purpose; see preload/sabotage.ts. */
  readonly sabotage?: string
  /** Whether the commands that prove the tables right break it, too. */
  readonly sabotageProofs?: boolean
  /** Told of each kill. */
  readonly onKill?: (kill: Kill, total: number) => void
  /** For specs: does what no process of vouch does, before a life and after its death. */
  readonly meddle?: { before(folder: string): void; after(folder: string): void }
}

export interface Kill {
  readonly life: LifeName
  /** The point's name, or undefined for a random moment. */
  readonly at: string | undefined
}

export interface Summary {
  readonly kills: readonly Kill[]
  /** Lives that came to their end before they were killed. */
  readonly survived: number
  readonly requests: number
  readonly unanswered: number
  readonly sentAgain: number
  readonly acknowledged: number
  readonly folders: number
  /** Of each server: ms from its start to its readiness, ascending. */
  readonly startsMs: readonly number[]
  readonly proofs: number
  readonly seconds: number
}

/** Tries for each point that is still missing when the number of kills is reached. */
const triesForMissing = 5
const underLoadMs = 2_500

/**
 * Kills real processes on real folders, again and again, and holds what they leave behind to what they had acknowledged.
 * @throws Broken when something is lost, counted twice, or does not start; Error when a point was never hit
 */
export async function torture(options: TortureOptions): Promise<Summary> {
  const { seed, points = allPoints, killsPerFolder = 50, proveEvery = 10 } = options
  const begun = performance.now()
  const random = randomFrom(seed)
  const agenda = new Agenda(points, random)
  const dir = mkdtempSync(join(options.dir ?? tmpdir(), 'vouch-torture-'))
  const counts = { requests: 0, unanswered: 0, sentAgain: 0, acknowledged: 0, keys: 0 }
  const kills: Kill[] = []
  const starts: number[] = []
  let [folders, programs, survived, proofs, acknowledged] = [0, 0, 0, 0, 0]

  function note({ life, death }: Plan, { killed, reached }: End): void {
    if (!killed) {
      survived++
      return
    }
    const at = 'at' in death && reached !== undefined ? death.at : undefined
    if (at) agenda.hit(at)
    kills.push({ life, at: at?.name })
    options.onKill?.({ life, at: at?.name }, kills.length)
  }

  async function onOneFolder(until: number, plans: (campaign: Campaign) => AsyncIterable<Plan> | Iterable<Plan>) {
    const place = join(dir, `folder-${++folders}`)
    const nextProgram = () => seed * 100_000 + ++programs
    const { sabotage, sabotageProofs } = options
    const parts = { dir: place, random, nextProgram, counts, starts, sabotage, sabotageProofs }
    const campaign = new Campaign(parts)
    let proven = kills.length
    for await (const plan of plans(campaign)) {
      options.meddle?.before(campaign.folder)
      const end = await campaign.die(plan)
      note(plan, end)
      options.meddle?.after(campaign.folder)
      if (kills.length - proven >= proveEvery) {
        await campaign.prove()
        proofs++
        proven = kills.length
      }
      if (kills.length >= until) break
    }
    await campaign.end()
    proofs++
    acknowledged += counts.acknowledged
    rmSync(place, { recursive: true })
  }

  function* usual(): Generator<Plan> {
    yield* agenda.beginnings()
    for (;;) yield agenda.next()
  }

  function* missing(): Generator<Plan> {
    yield* agenda.beginnings()
    for (let tries = triesForMissing; tries > 0 && agenda.missing.length > 0; tries--) {
      yield* agenda.rest()
      // What is still missing may need more to fold or to clear away. Without random kills only those of the points are wanted.
      if (options.kills > 0 && agenda.missing.length > 0) yield { life: 'start', death: { afterMs: underLoadMs } }
    }
  }

  while (kills.length < options.kills) {
    await onOneFolder(Math.min(options.kills, kills.length + killsPerFolder), usual)
  }
  if (agenda.missing.length > 0) await onOneFolder(Number.POSITIVE_INFINITY, missing)
  if (agenda.missing.length > 0) {
    throw new Error(
      `Never killed ${agenda.missing.map(({ name }) => `"${name}"`).join(', ')}: are these steps still taken?`,
    )
  }
  rmSync(dir, { recursive: true })
  const { requests, unanswered, sentAgain } = counts
  return {
    ...{ kills, survived, requests, unanswered, sentAgain, acknowledged, folders, proofs },
    startsMs: starts.sort((a, b) => a - b),
    seconds: (performance.now() - begun) / 1000,
  }
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../packages/testing/src/index.ts'
import { type Acknowledgement, Acknowledgements, contradictions } from './acknowledgements.ts'
import type { Plan } from './agenda.ts'
import { Broken } from './broken.ts'
import { type Death, type End, type Life, live, ready } from './life.ts'
import { type LogRow, readLog } from './log.ts'
import type { LifeName } from './points.ts'
import { audited, type Command, undisturbed } from './proof.ts'
import { Sender, type SendingCounts } from './senders.ts'
import { batchesOf, contradictionOf, type Offer, programEvents } from './supply.ts'

export interface CampaignParts {
  /** Where the data folder and what stands beside it are made. */
  readonly dir: string
  readonly random: Random
  /** The number of the next random program. */
  readonly nextProgram: () => number
  readonly counts: SendingCounts & { acknowledged: number; keys: number }
  /** ms from the start of each server to its readiness. */
  readonly starts: number[]
  readonly sabotage?: string | undefined
  readonly sabotageProofs?: boolean | undefined
}

/** A server gets no longer to come to the point at which it is to die. */
const patienceMs = 20_000

/** One data folder, and the processes that live and die on it. */
export class Campaign {
  readonly folder: string
  readonly #parts: CampaignParts
  readonly #acknowledgements: Acknowledgements
  readonly #senders: readonly Sender[]
  /** An import that was killed, to be run again. */
  #unfinished: ImportFile | undefined
  #otherTables = false
  #token: string | undefined
  #tokens: string[] = []
  #imports = 0

  constructor(parts: CampaignParts) {
    this.#parts = parts
    mkdirSync(parts.dir, { recursive: true })
    this.folder = join(parts.dir, 'data')
    this.#acknowledgements = new Acknowledgements(join(parts.dir, 'acknowledged.ndjson'))
    const program = () => batchesOf(this.#program(), parts.random)
    this.#senders = [1, 2, 3].map(() => new Sender(program, this.#acknowledgements, parts.counts, parts.random))
  }

  /** Gives a process this life and this death. @returns how it ended @throws Broken */
  async die({ life, death }: Plan): Promise<End> {
    if (life === 'migration') this.#otherTables = !this.#otherTables
    try {
      return await this.#live(life, death)
    } finally {
      // A log that is wrong is said before what came of it.
      this.check()
    }
  }

  /** Holds the log to everything that was acknowledged. @throws Broken */
  check(): readonly LogRow[] {
    const rows = readLog(this.folder)
    this.#parts.counts.acknowledged = this.#acknowledgements.all.length
    this.#expect(contradictions(rows, this.#acknowledgements))
    return rows
  }

  /** Opens the folder again, and holds its tables to its log: by `vouch verify`, and to an undisturbed import. @throws Broken */
  async prove(): Promise<void> {
    await this.#vouch(this.folder, 'verify')
    const offers = this.check().flatMap((row) => this.#acknowledgements.offerOf(row) ?? [])
    this.#expect(await undisturbed(this.folder, offers, this.#vouch))
  }

  /** The last things: a server that starts, takes events and stops; the proofs; and the auditor's word. @throws Broken */
  async end(): Promise<void> {
    const server = live(this.#serve(), this.#options(undefined))
    const load = new AbortController()
    const url = await this.#ready(server)
    if (url !== undefined) {
      setTimeout(() => load.abort(), 300)
      await this.#load(url, load.signal)
    }
    server.process.kill('SIGTERM')
    const { code, err } = await server.end()
    if (code !== 0) throw new Broken(`A server that was stopped ended with ${code}: ${err}`)
    this.check()
    await this.prove()
    this.#expect(await audited(this.folder, this.check(), this.#vouch))
  }

  async #live(life: LifeName, death: Death): Promise<End> {
    switch (life) {
      case 'first start':
      case 'start':
      case 'migration':
        return this.#server(life, death)
      case 'import':
        return this.#import(this.#unfinished ?? this.#importFile(this.#parts.random.between(1, 5)), death)
      case 'large import':
        return this.#import(this.#importFile(40), death)
      case 'rebuild':
      case 'verify':
        return this.#command([life], death)
      case 'as of':
        return this.#command(['rebuild', '--to-position', this.#past()], death)
      case 'keys':
        return this.#keys(death)
    }
  }

  async #server(life: LifeName, death: Death): Promise<End> {
    const server = live(this.#serve(), this.#options(death))
    const patience = setTimeout(server.kill, patienceMs)
    const url = await this.#ready(server)
    const works: Promise<void>[] = []
    if (url !== undefined) {
      const load = new AbortController()
      if (life === 'start' && this.#parts.random.chance(0.3)) works.push(this.#alongside())
      works.push(this.#load(url, load.signal))
    }
    const done = await Promise.allSettled(works)
    const end = await server.end()
    clearTimeout(patience)
    for (const work of done) if (work.status === 'rejected') throw work.reason
    return end
  }

  async #ready(server: Life): Promise<string | undefined> {
    const url = await ready(server)
    if (url === undefined) return undefined
    this.#parts.starts.push(performance.now() - server.startedAt)
    await this.#tryKeys(url)
    return url
  }

  /** All senders, for as long as there is somebody to send to. */
  async #load(url: string, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.send({ url, token: this.#token }, signal)))
  }

  /** A command that the server does for somebody else, and that dies with it. */
  async #alongside(): Promise<void> {
    const { random } = this.#parts
    const file = random.chance(0.3) ? this.#importFile(3) : undefined
    const words = random.pick([['rebuild'], ['verify'], ['rebuild', '--to-position', this.#past()]])
    const end = await live(file === undefined ? words : file.words, this.#options(undefined)).end()
    if (file !== undefined) this.#imported(file, end)
    // The server that did it may be killed meanwhile.
    else if (end.code !== 0 && !end.err.includes('The server stopped before')) this.#failed(words, end)
  }

  async #command(words: readonly string[], death: Death): Promise<End> {
    const end = await live(words, this.#options(death)).end()
    if (!end.killed && end.code !== 0) this.#failed(words, end)
    return end
  }

  async #import(file: ImportFile, death: Death): Promise<End> {
    if (file === this.#unfinished) this.#unfinished = undefined
    const end = await live(file.words, this.#options(death)).end()
    if (!this.#imported(file, end) && this.#parts.random.chance(0.8)) this.#unfinished = file
    return end
  }

  /** So many programs in a file, with repetitions and contradictions. */
  #importFile(programs: number): ImportFile {
    const { random, dir } = this.#parts
    const offers: Offer[] = []
    for (let left = programs; left > 0; left--) {
      offers.push(...batchesOf(this.#program(), random).flat())
    }
    const last = offers.at(-1)
    const contradiction = last && contradictionOf(last)
    if (contradiction !== undefined) offers.push(contradiction)
    for (const offer of offers) this.#acknowledgements.offer(offer)
    const name = join(dir, `import-${++this.#imports}`)
    writeFileSync(`${name}.ndjson`, offers.map(({ wire }) => `${wire}\n`).join(''))
    const rejects = `${name}.rejects.ndjson`
    const order = random.pick(['file', 'time'])
    const words = ['import', `${name}.ndjson`, '--order', order, '--accept-late', '--rejects', rejects, '--json']
    return { offers, words, rejects }
  }

  /** Notes what an import has acknowledged. @returns whether it came to its end */
  #imported({ offers, words, rejects }: ImportFile, end: End): boolean {
    if (end.killed || end.err.includes('The server stopped before')) return false
    if (end.out === '') this.#failed(words, end)
    const refused = new Map<string, string>()
    const report = JSON.parse(end.out) as { read: number; rejects: string | null }
    if (report.read !== offers.length) this.#failed(words, end)
    if (report.rejects !== null) {
      for (const line of readFileSync(rejects, 'utf8').split('\n').slice(0, -1)) {
        const { input, outcome } = JSON.parse(line) as { input: string; outcome: string }
        refused.set(input, outcome)
      }
    }
    this.#acknowledgements.acknowledged(
      offers.flatMap(({ wire, identity, contentHash, type }): Acknowledgement[] => {
        const outcome = refused.get(wire) ?? 'duplicate'
        if (outcome !== 'conflict' && outcome !== 'duplicate') return []
        return [{ outcome, identity, contentHash, type, position: undefined }]
      }),
    )
    return true
  }

  /** A key that was shown has to work ever after. */
  async #keys(death: Death): Promise<End> {
    const end = await this.#command(['keys', 'create', '--scopes', 'ingest,admin,read'], death)
    const token = /^vouch_\S+$/m.exec(end.out)?.[0]
    if (token !== undefined) {
      this.#tokens.push(token)
      this.#parts.counts.keys++
    } else if (this.#token === undefined) {
      // Nobody knows whether there is a key now, so that one is needed that is known.
      await this.#keys({ afterMs: patienceMs })
    }
    this.#token ??= this.#tokens[0]
    return end
  }

  async #tryKeys(url: string): Promise<void> {
    for (const token of this.#tokens) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const asked = fetch(`${url}/v1/sql`, { method: 'POST', body: '{"query":"SELECT 1"}', headers })
      const status = await asked.then(
        async (response) => {
          await response.arrayBuffer()
          return response.status
        },
        () => undefined,
      )
      if (status !== undefined && status !== 200) throw new Broken(`A key that was made is answered with ${status}.`)
    }
  }

  #program(): readonly Offer[] {
    return programEvents(this.#parts.nextProgram())
  }

  #past(): string {
    return String(this.#parts.random.between(1, 1 + readLog(this.folder).length))
  }

  #serve(): readonly string[] {
    return ['start', '--port', '0', '--host', '127.0.0.1']
  }

  #options(death: Death | undefined) {
    const { dir, sabotage } = this.#parts
    return { folder: this.folder, note: join(dir, 'reached'), otherTables: this.#otherTables, sabotage, death }
  }

  /** A command of this version of vouch that is left in peace. */
  readonly #vouch: Command = async (folder, ...words) => {
    const { sabotage, sabotageProofs } = this.#parts
    const options = { ...this.#options(undefined), folder, sabotage: sabotageProofs ? sabotage : undefined }
    const end = await live(words, options).end()
    if (end.code !== 0) this.#failed(words, end)
    return end.out
  }

  #failed(words: readonly string[], { code, out, err }: End): never {
    throw new Broken(`vouch ${words.join(' ')} on ${this.folder} ended with ${code}: ${err}${out}`)
  }

  #expect(problems: readonly string[]): void {
    if (problems.length === 0) return
    const more = problems.length > 5 ? ` And ${problems.length - 5} more.` : ''
    throw new Broken(`${problems.slice(0, 5).join(' ')}${more} The folder is ${this.folder}.`)
  }
}

/** A file to import, and what is in it. */
interface ImportFile {
  readonly offers: readonly Offer[]
  readonly words: readonly string[]
  readonly rejects: string
}

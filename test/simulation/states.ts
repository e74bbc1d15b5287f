import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type DurableState, openState, type StateOptions } from '../../packages/projector/src/state/sqlite-state.ts'
import { SimulatedFault } from './faults.ts'
import type { Surroundings } from './surroundings.ts'

const parts = ['', '-wal'] as const

/** The folder of the folds' states, which outlives the processes: real files, and what befalls them. */
export class States {
  readonly folder: string
  readonly #copies: string

  /** @param copies a folder for earlier checkpoints, which a power loss brings back */
  constructor(folder: string, copies: string) {
    this.folder = folder
    this.#copies = copies
  }

  /** Names of the files of states, sorted. */
  get files(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.db'))
      .sort()
  }

  /** Keeps a state as it now is; it has just stored a checkpoint. */
  keepCopy(file: string): void {
    for (const part of parts) this.#copy(join(this.folder, file), join(this.#copies, file), part)
  }

  /** A file of this name begins anew: what was kept under its name is of another. */
  forgetCopy(file: string): void {
    for (const part of parts) rmSync(join(this.#copies, file + part), { force: true })
  }

  get hasCopies(): boolean {
    return this.files.some((file) => existsSync(join(this.#copies, file)))
  }

  /** Puts every state that was kept back to where it was then. No process may have any open. */
  goBack(): void {
    const kept = this.files.filter((file) => existsSync(join(this.#copies, file)))
    for (const file of kept) {
      this.#remove(file)
      for (const part of parts) this.#copy(join(this.#copies, file), join(this.folder, file), part)
    }
  }

  lose(file: string): void {
    this.#remove(file)
  }

  damage(file: string): void {
    this.#remove(file)
    writeFileSync(join(this.folder, file), 'this was a database once '.repeat(1000))
  }

  #remove(file: string): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(this.folder, file + suffix), { force: true })
  }

  #copy(from: string, to: string, part: string): void {
    if (existsSync(from + part)) copyFileSync(from + part, to + part)
    else rmSync(to + part, { force: true })
  }
}

/** Opens real states for a process, which notes in `open` what the system has to close when the process is dead. */
export function statesOfProcess(around: Surroundings, states: States, open: DurableState[]) {
  const { faults } = around
  return (options: StateOptions): DurableState => {
    const file = basename(options.path)
    if (!existsSync(options.path)) states.forgetCopy(file)
    // So little may change that an event in parts is written as it comes.
    const real = openState({ ...options, mostChanges: 1 })
    open.push(real)
    const checkpoint: DurableState['checkpoint'] = async (next, rows) => {
      rows?.catch(() => undefined)
      await around.turn(`stores the checkpoint ${next.position} in ${file}`)
      if (faults.happens('checkpoint fails before it is done')) return fails('checkpoint fails before it is done')
      await real.checkpoint(next, rows)
      if (around.random.chance(0.3)) states.keepCopy(file)
      await around.turn(`has stored the checkpoint ${next.position} in ${file}`)
      if (faults.happens('checkpoint fails after it is done')) fails('checkpoint fails after it is done')
    }
    const relieve: DurableState['relieve'] = async () => {
      await real.relieve()
      await around.turn(`has written a part of an event into ${file}`)
      if (faults.happens('an event fails between two parts')) fails('an event fails between two parts')
    }
    const faulty: Partial<DurableState> = { checkpoint, relieve }
    return new Proxy(real, {
      get: (target, name) => Reflect.get(name in faulty ? faulty : target, name),
    })
  }

  function fails(what: string): never {
    around.failed(what)
    throw new SimulatedFault(what)
  }
}

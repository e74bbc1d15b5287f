import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { attribution, explainConversion, type ProgramState } from '@vouch/projection-attribution'
import { projections } from '@vouch/projections'
import { type OpenOptions, Projector, type ProjectorParts } from '@vouch/projector'
import type { Knowledge } from './folds.ts'

export interface OwnFoldParts extends Omit<ProjectorParts, 'projections' | 'folder'> {
  readonly dataDir: string
}

/** Opens the fold of a data folder in this thread. */
export function openProjector({ dataDir, ...parts }: OwnFoldParts, how: OpenOptions): Promise<Projector> {
  const folder = join(dataDir, 'state')
  mkdirSync(folder, { recursive: true })
  return Projector.open({ ...parts, projections, folder }, how)
}

/** The live fold's own, which is at hand. */
export function knowledgeOf(projector: Pick<Projector, 'state'>): Knowledge {
  const program = (id: string) => projector.state(attribution.name).get<ProgramState>('program', id)
  return {
    explain: async (programId, conversionId) => ({
      explanation: explainConversion(projector.state(attribution.name), programId, conversionId),
    }),
    programs: async () => ({ clock: (id) => program(id)?.clock, versions: (id) => program(id)?.versions ?? [] }),
  }
}

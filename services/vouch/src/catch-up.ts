import type { OnProgress } from '@vouch/projector'
import type { Engine } from './engine.ts'

/**
 * Folds up to the log's head, or waits until others have, so that what is read next is all there is.
 * @throws the signal's reason when it stopped it before
 */
export const catchUp = ({ projector }: Engine, signal: AbortSignal, onProgress?: OnProgress): Promise<void> =>
  projector.catchUp(onProgress, signal)

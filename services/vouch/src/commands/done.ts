import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import { Failure } from '../failure.ts'

/** @throws Failure with the reason why it was not done */
export function done<T>(answer: Either<{ readonly says: string }, T>): T {
  if (isLeft(answer)) throw new Failure(answer.left.says)
  return answer.right
}

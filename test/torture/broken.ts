/** What contradicts a promise of vouch. The folder is kept. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

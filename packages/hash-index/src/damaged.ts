/** What the index reads of itself cannot be: damage that SQLite did not notice, under SQLite's code for it. */
export class DamagedIndex extends Error {
  override readonly name = 'DamagedIndex'
  /** SQLITE_CORRUPT, https://www.sqlite.org/rescode.html#corrupt */
  readonly errcode = 11
}

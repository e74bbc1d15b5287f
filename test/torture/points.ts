/** A kind of life that a process is given before it is killed. */
export type LifeName =
  /** `vouch start` on a folder that is not there yet. */
  | 'first start'
  /** `vouch start`, with events coming in. */
  | 'start'
  /** `vouch start` with other tables than the folder was written with. */
  | 'migration'
  | 'import'
  /** An import of more events than stand between two seals. */
  | 'large import'
  | 'rebuild'
  /** `vouch rebuild --to-position P` */
  | 'as of'
  | 'verify'
  /** `vouch keys create` */
  | 'keys'

/**
 * What a process does, as seen from outside of its code: SQL of its SQLite files (`NAME.db: SQL`), statements for ClickHouse
 * (`INSERT INTO TABLE` for rows; `SWAP …` for a pointer that moves to another generation), files renamed or removed, and
 * answers to requests (`answer ROUTE`).
 */
export interface Moment {
  readonly step: RegExp
  /** `during`: after it was begun, and before it has ended unless it is very quick. */
  readonly when: 'before' | 'during' | 'after'
}

/** A place between two steps at which a process is killed. */
export interface Point extends Moment {
  readonly name: string
  readonly life: LifeName
  /** A life passes the point so often or more; at which of these passages it is killed is drawn by lot. */
  readonly passages: number
}

const point = (life: LifeName, name: string, when: Moment['when'], step: RegExp, passages = 1): Point => ({
  life,
  name,
  when,
  step,
  passages,
})

/** Every point that has a name. A full run kills at each of them at least once. */
export const points: readonly Point[] = [
  point(
    'first start',
    'the folder is locked, its holder not yet written down',
    'after',
    /^lock\.db: .*BEGIN EXCLUSIVE/,
  ),
  point('first start', "the log's tables are made, not committed", 'after', /^log\.db: CREATE TABLE events/),
  point('first start', 'the first database is there, the others are not', 'after', /^CREATE DATABASE/, 3),
  point(
    'first start',
    'the pointer has its table, migrations have none',
    'after',
    /^CREATE TABLE IF NOT EXISTS vouch_store/,
    2,
  ),
  point(
    'first start',
    'some tables are made',
    'after',
    /^CREATE TABLE IF NOT EXISTS vouch_store\.(?!published|migrations|marks|foundings)/,
    11,
  ),
  point('first start', 'the address for commands is drafted', 'before', /^rename \S*control\.json/),

  point('start', 'what a crash left in the log is made durable', 'after', /^log\.db: PRAGMA wal_checkpoint/),
  point('start', 'an append has begun', 'after', /^log\.db: BEGIN IMMEDIATE$/, 10),
  point('start', 'an event is inserted, others are not', 'after', /^INSERT INTO events/, 30),
  point('start', 'before the commit of an append', 'before', /^log\.db: COMMIT$/, 10),
  point('start', 'after append, before acknowledgement', 'after', /^log\.db: COMMIT$/, 10),
  point('start', 'an acknowledgement is about to be sent', 'before', /^answer \/v1\/events/, 10),
  point('start', 'an acknowledgement is sent', 'after', /^answer \/v1\/events/, 10),
  point('start', 'rows are about to be inserted', 'before', /^INSERT INTO vouch_store\.(?!published|migrations)/, 12),
  point('start', 'rows are being inserted', 'during', /^INSERT INTO vouch_store\.(?!published|migrations)/, 12),
  point(
    'start',
    'some tables have their rows, others do not',
    'after',
    /^INSERT INTO vouch_store\.(?!published|migrations)/,
    12,
  ),
  point('start', 'after insert, before checkpoint', 'before', /^state-\d+\.db: COMMIT$/, 2),
  point('start', 'after checkpoint, before the pointer moves', 'after', /^state-\d+\.db: COMMIT$/, 2),
  point('start', 'the pointer is being moved', 'during', /^INSERT INTO vouch_store\.published .*'live'/, 2),
  point('start', 'the pointer has moved', 'after', /^INSERT INTO vouch_store\.published .*'live'/, 2),

  point('import', 'an import has sorted, and appended nothing', 'before', /^log\.db: BEGIN IMMEDIATE$/),
  point('import', 'an import has appended a part', 'after', /^log\.db: COMMIT$/, 5),
  point(
    'import',
    'an import has appended, and inserted some rows',
    'after',
    /^INSERT INTO vouch_store\.(?!published|migrations)/,
    8,
  ),
  point('import', 'rejects are written, and not under their name', 'before', /^rename \S*\.partial/),

  point('large import', 'seals are about to be kept', 'before', /^seals\.db: COMMIT$/),
  point('large import', 'seals are kept, what they seal is not folded', 'after', /^seals\.db: COMMIT$/),

  point(
    'rebuild',
    'a rebuild has inserted some rows',
    'after',
    /^INSERT INTO vouch_store\.(?!published|migrations)/,
    8,
  ),
  point('rebuild', 'a rebuild is about to swap', 'before', /^SWAP/),
  point('rebuild', 'in the middle of a swap', 'during', /^SWAP/),
  point('rebuild', 'a rebuild has swapped, and the old is still there', 'after', /^SWAP/),
  point(
    'rebuild',
    'what nobody sees any more is removed from some tables',
    'after',
    /^ALTER TABLE \S+ DROP PARTITION/,
    10,
  ),
  point('rebuild', 'the old state is removed by half', 'after', /^remove \S*state-\d+\.db-(wal|shm)$/, 2),

  point('as of', 'the past is folded, and not shown', 'before', /^INSERT INTO vouch_store\.published .*'asof'/),
  point(
    'as of',
    'the past is shown, and what it replaced is still there',
    'after',
    /^INSERT INTO vouch_store\.published .*'asof'/,
  ),

  point('verify', 'what verify has folded is about to be cleared away', 'before', /^ALTER TABLE \S+ DROP PARTITION/),

  point('migration', 'a table is marked, and not yet dropped', 'before', /^DROP TABLE/, 2),
  point('migration', 'a table is dropped, and not made anew', 'after', /^DROP TABLE/, 2),
  point(
    'migration',
    'a table is made anew, and not recorded',
    'after',
    /^CREATE TABLE IF NOT EXISTS vouch_store\.(?!published|migrations|marks|foundings)/,
    2,
  ),
  point('migration', 'some views are made anew', 'after', /^CREATE OR REPLACE VIEW/, 20),
  point(
    'migration',
    'all is migrated, and being folded anew',
    'after',
    /^INSERT INTO vouch_store\.(?!published|migrations)/,
    8,
  ),
  point('migration', 'all is folded anew, and not shown', 'before', /^SWAP/),

  point('keys', 'a key is drafted', 'before', /^rename \S*keys\.json/),
  point('keys', 'a key is made, and nobody was told', 'after', /^rename \S*keys\.json/),
]

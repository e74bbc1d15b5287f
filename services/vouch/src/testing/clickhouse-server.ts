import { eventually } from './eventually.ts'
import { openPlace, type Place } from './place.ts'
import { published, story } from './samples.ts'
import { type Server, startServer } from './server.ts'

/** `vouch start` with ClickHouse's HTTP interface, over the tables of a short story. */
export interface ClickHouseServer {
  readonly place: Place
  readonly server: Server
  /** Of ClickHouse's HTTP interface. */
  readonly url: string
  /** Of scope read: the password of any user. */
  readonly key: string
  close(): Promise<void>
}

export async function openClickHouseServer(): Promise<ClickHouseServer> {
  const place = await openPlace()
  const server = await startServer(['--clickhouse-port', '0'], { cwd: place.dir, env: { VOUCH_DATA: place.data } })
  const url = await eventually(
    'it listens for drivers',
    () => /ClickHouse's HTTP interface is at (http:\S+),/.exec(server.process.err())?.[1],
  )
  const sent = await server.post('/v1/events', [published(), ...story])
  if (sent.status !== 200) throw new Error(await sent.text())
  await eventually('the tables are complete', async () => {
    const query = 'SELECT count() FROM conversions'
    return (await (await server.post('/v1/sql', { query, format: 'TSV' })).text()) === '2\n' || undefined
  })
  const made = await place.vouch('keys', 'create', '--scopes', 'read', '--name', 'analyst')
  return {
    place,
    server,
    url,
    key: made.out.trim(),
    async close() {
      await server.stop()
      await place.close()
    },
  }
}

import { parseArgs } from 'node:util'
import { startClickHouseDouble } from './double.ts'

// The double in a process of its own: `node main.ts [--port N] [--path FOLDER]`. Prints its address, and stops on SIGTERM.
const { values } = parseArgs({ options: { port: { type: 'string' }, path: { type: 'string' } } })
const double = await startClickHouseDouble({
  path: values.path,
  port: values.port === undefined ? undefined : Number(values.port),
})
console.log(double.url)
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void double.stop().then(() => process.exit(0)))
}

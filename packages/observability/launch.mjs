import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Runs a program on Node 24, which runs TypeScript as it is. Where an older Node has started it, the one that npm installed takes
 * over. Plain JavaScript, for the older one has to read it.
 * @param {string} file URL of the file that was started
 * @param {() => Promise<unknown>} run the program itself
 */
export async function launch(file, run) {
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    await run()
    return
  }
  const node = fileURLToPath(new URL('bin/node', `file://${createRequire(file).resolve('node/package.json')}`))
  const child = spawn(node, [fileURLToPath(file), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => child.kill(name))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0)
  })
}

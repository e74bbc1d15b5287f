#!/usr/bin/env node
// Node 24 runs TypeScript as it is. Where an older Node starts this file, the one that npm installed takes over.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import('../src/main.ts')
} else {
  const node = fileURLToPath(
    new URL('bin/node', `file://${createRequire(import.meta.url).resolve('node/package.json')}`),
  )
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => child.kill(name))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0)
  })
}

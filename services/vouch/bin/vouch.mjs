#!/usr/bin/env node
import module from 'node:module'
import { launch } from '@vouch/observability/launch'

await launch(import.meta.url, async () => {
  // Stripping the types of all files takes nearly half of a short command's time.
  module.enableCompileCache()
  await import('../src/stopping.ts')
  await import('../src/main.ts')
})

#!/usr/bin/env node
import { launch } from '@vouch/observability/launch'

await launch(import.meta.url, () => import('../src/main.ts'))

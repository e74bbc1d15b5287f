import { memoryState } from './memory-state.ts'
import { describeFoldState } from './state.conformance.ts'

describeFoldState('in memory', () => ({ state: memoryState(), betweenEvents: async () => {}, dispose: () => {} }))

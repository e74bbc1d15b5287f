import { describeWarehouse } from '../conformance.ts'
import { openTemporary } from './temporary.ts'

describeWarehouse('chDB', openTemporary)

import { describe, expect, it } from 'vitest'
import type { ClickHouse } from '../clickhouse.ts'
import { checkVersion } from './version.ts'

const ofVersion = (version: string) => ({ rows: async () => [{ version }] }) as unknown as ClickHouse

describe('the version of a server', () => {
  it.each(['26.3.1.1', '26.10.2.7-stable', '27.1.1.1'])('may be %s', async (version) => {
    await expect(checkVersion(ofVersion(version), 'http://h:8123')).resolves.toBeUndefined()
  })

  it.each(['25.12.4.1', '26.2.9.9', '9.9', ''])('may not be %s, and which may is said', async (version) => {
    await expect(checkVersion(ofVersion(version), 'http://h:8123')).rejects.toMatchObject({
      fault: 'unfit',
      message: `ClickHouse at http://h:8123 is version ${version}, and 26.3 is the oldest that vouch works with; update it.`,
    })
  })
})

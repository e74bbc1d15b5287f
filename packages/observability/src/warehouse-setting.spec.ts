import { describe, expect, it } from 'vitest'
import { readSettings, SettingsError } from './settings.ts'

const read = (text: string | undefined, cluster?: string) =>
  readSettings({ VOUCH_WAREHOUSE: text, VOUCH_WAREHOUSE_CLUSTER: cluster }).warehouse
const example = 'http://user:password@host:8123/vouch'

describe('VOUCH_WAREHOUSE', () => {
  it('is ClickHouse in the process, unless it is said', () => {
    for (const text of [undefined, '', 'chdb']) expect(read(text)).toEqual({ tag: 'chdb' })
  })

  it.each([
    ['http://u:p@localhost:8123/vouch', 'http://u:p@localhost:8123/vouch', 'http://localhost:8123'],
    ['http://u:p@ch-1.example/vouch/', 'http://u:p@ch-1.example:8123/vouch', 'http://ch-1.example:8123'],
    ['https://u:p%40ss%3A%25@h/vouch', 'https://u:p%40ss%3A%25@h:8443/vouch', 'https://h:8443'],
    ['https://u:p@h:443/vouch', 'https://u:p@h:443/vouch', 'https://h:443'],
    ['http://u:p@[::1]:8123/vouch', 'http://u:p@[::1]:8123/vouch', 'http://[::1]:8123'],
  ])('may be %s, and is shown without who opens it', (text, url, shown) => {
    expect(read(text)).toEqual({ tag: 'server', url, shown, cluster: undefined })
  })

  it.each([
    ['clickhouse://u:p@h:9000/vouch', `"chdb", or the address of ClickHouse's HTTP interface, such as ${example}`],
    ['chDB', `"chdb", or the address of ClickHouse's HTTP interface, such as ${example}`],
    [
      'http://u:s3cret@h:8123',
      '"/vouch" and nothing else behind the port: the databases are vouch, vouch_asof and vouch_store',
    ],
    [
      'http://u:s3cret@h:8123/other',
      '"/vouch" and nothing else behind the port: the databases are vouch, vouch_asof and vouch_store',
    ],
    [
      'http://u:s3cret@h:8123/vouch?x=1',
      '"/vouch" and nothing else behind the port: the databases are vouch, vouch_asof and vouch_store',
    ],
    ['http://h:8123/vouch', `a user and a password, as in ${example}`],
    ['http://u@h:8123/vouch', `a user and a password, as in ${example}`],
    ['http://u:@h:8123/vouch', `a user and a password, as in ${example}`],
    ['http://u:s3cret@more@h/vouch', 'user and password percent-encoded: a "@" in them is %40'],
    ['http://u:s3cret:more@h/vouch', 'user and password percent-encoded: a ":" in them is %3A'],
    ['http://u:s3cret%@h/vouch', 'user and password percent-encoded: a "%" in them is %25'],
    ['http://u:s3cret@h:0/vouch', `host or host:port, as in ${example}`],
    ['http://u:s3cret@h:65536/vouch', `host or host:port, as in ${example}`],
    ['http://u:s3cret@a,b/vouch', `host or host:port, as in ${example}`],
  ])('cannot be %s', (text, right) => {
    expect(() => read(text)).toThrow(new SettingsError(`VOUCH_WAREHOUSE is not right: ${right}.`))
  })
})

describe('VOUCH_WAREHOUSE_CLUSTER', () => {
  it('names the cluster that a server belongs to', () => {
    expect(read('http://u:p@h/vouch', 'main_2')).toMatchObject({ tag: 'server', cluster: 'main_2' })
  })

  it('is a plain name, and means nothing without a server', () => {
    expect(() => read('http://u:p@h/vouch', "a'b")).toThrow(
      new SettingsError(
        'VOUCH_WAREHOUSE_CLUSTER is "a\'b": the name of a cluster in remote_servers, of letters, digits and underscores.',
      ),
    )
    for (const text of [undefined, 'chdb']) {
      expect(() => read(text, 'main')).toThrow(
        new SettingsError(
          'VOUCH_WAREHOUSE_CLUSTER is "main": it needs a server in VOUCH_WAREHOUSE; set both or neither.',
        ),
      )
    }
  })
})

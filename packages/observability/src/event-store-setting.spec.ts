import { describe, expect, it } from 'vitest'
import { readSettings, SettingsError } from './settings.ts'

const read = (text: string | undefined) => readSettings({ VOUCH_EVENT_STORE: text }).eventStore

describe('VOUCH_EVENT_STORE', () => {
  it('is SQLite, unless it is said', () => {
    for (const text of [undefined, '', 'sqlite']) expect(read(text)).toEqual({ tag: 'sqlite' })
  })

  it.each([
    ['esdb://localhost', 'esdb://localhost'],
    ['esdb://localhost:2113/', 'esdb://localhost:2113/'],
    ['esdb://10.0.0.1:2113,node-2:2114,node_3?tls=false', 'esdb://10.0.0.1:2113,node-2:2114,node_3'],
    [
      'esdb+discover://admin:p%40ss%3A%25@cluster.example:2113?tls=true&tlsCAFile=/ca.crt',
      'esdb+discover://cluster.example:2113',
    ],
    [
      'esdb://u:p@h?defaultDeadline=5000&keepAliveInterval=-1&nodePreference=leader&throwOnAppendFailure=true',
      'esdb://h',
    ],
  ])('may be %s, and is shown without who opens it', (text, shown) => {
    expect(read(text)).toEqual({ tag: 'eventstoredb', connectionString: text, shown })
  })

  it.each([
    ['postgres://localhost', '"sqlite", or a connection string such as esdb://user:password@host:2113?tls=true'],
    ['SQLite', '"sqlite", or a connection string such as esdb://user:password@host:2113?tls=true'],
    ['esdb://', 'host or host:port, and "," between several, as in esdb://user:password@host:2113?tls=true'],
    ['esdb://host:0', 'host or host:port, and "," between several, as in esdb://user:password@host:2113?tls=true'],
    ['esdb://host:65536', 'host or host:port, and "," between several, as in esdb://user:password@host:2113?tls=true'],
    ['esdb://a,,b', 'host or host:port, and "," between several, as in esdb://user:password@host:2113?tls=true'],
    ['esdb://ho st', 'host or host:port, and "," between several, as in esdb://user:password@host:2113?tls=true'],
    ['esdb://user@host', 'a user and a password, as in esdb://user:password@host:2113?tls=true'],
    ['esdb://user:s3cret@more@host', 'user and password percent-encoded: a "@" in them is %40'],
    ['esdb://user:s3cret:more@host', 'user and password percent-encoded: a ":" in them is %3A'],
    ['esdb://user:s3cret%@host', 'user and password percent-encoded: a "%" in them is %25'],
    ['esdb://host?tls=no', 'tls=… with true or false'],
    ['esdb://host?tls=true?tls=true', 'one "?" alone, before the options'],
    ['esdb://host?nodePreference=follower', 'nodePreference=… with leader: decisions are made on what the leader has'],
    [
      'esdb://host?throwOnAppendFailure=false',
      'throwOnAppendFailure=… with true: without it the client names wrong revisions',
    ],
    [
      'esdb://host?tlsVerifyCert=false',
      'tlsVerifyCert=… with true: the client cannot leave it out; name a tlsCAFile instead',
    ],
    ['esdb://host?defaultDeadline=0', 'defaultDeadline=… with whole milliseconds'],
  ])('cannot be %s', (text, right) => {
    expect(() => read(text)).toThrow(new SettingsError(`VOUCH_EVENT_STORE is not right: ${right}.`))
  })

  it('names the options there are, and never a password', () => {
    const message = (() => {
      try {
        return JSON.stringify(read('esdb://user:s3cret@host?tsl=false'))
      } catch (error) {
        return String(error)
      }
    })()
    expect(message).toMatch(/VOUCH_EVENT_STORE is not right: options among tls, tlsCAFile, /)
    expect(message).not.toContain('s3cret')
  })
})

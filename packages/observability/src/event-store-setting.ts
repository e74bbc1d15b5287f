import { canBeDecoded, wrongCredentials } from './credentials.ts'

/** Where the log is: in SQLite in the data folder, or on a server. */
export type EventStoreSetting =
  | { readonly tag: 'sqlite' }
  | {
      readonly tag: 'eventstoredb'
      /** Holds the password: never to be shown. */
      readonly connectionString: string
      /** The same without who and what opens it. */
      readonly shown: string
    }

/** A setting, or what would be right, in a few words that do not repeat what was given. */
export type ReadSetting = { readonly setting: EventStoreSetting } | { readonly right: string }

const example = 'esdb://user:password@host:2113?tls=true'
const anInteger = /^-?\d{1,9}$/
const aTruth = /^(true|false)$/
const anyText = /./

/** Of each option that the client knows, what it may be. What is missing here it would warn of, with the password, and ignore. */
const options: ReadonlyMap<string, { readonly may: RegExp; readonly right: string }> = new Map([
  ['tls', { may: aTruth, right: 'true or false' }],
  ['tlsCAFile', { may: anyText, right: 'a file' }],
  ['userCertFile', { may: anyText, right: 'a file' }],
  ['userKeyFile', { may: anyText, right: 'a file' }],
  ['connectionName', { may: anyText, right: 'a name' }],
  ['defaultDeadline', { may: /^[1-9]\d{0,8}$/, right: 'whole milliseconds' }],
  ['maxDiscoverAttempts', { may: /^[1-9]\d{0,8}$/, right: 'a whole number from 1 on' }],
  ['discoveryInterval', { may: /^\d{1,9}$/, right: 'whole milliseconds' }],
  ['gossipTimeout', { may: /^\d{1,9}$/, right: 'whole seconds' }],
  ['keepAliveInterval', { may: anInteger, right: 'whole milliseconds, or -1' }],
  ['keepAliveTimeout', { may: anInteger, right: 'whole milliseconds, or -1' }],
  // What follows would make decisions on what is not so, or what the client does not do.
  ['nodePreference', { may: /^leader$/i, right: 'leader: decisions are made on what the leader has' }],
  ['throwOnAppendFailure', { may: /^true$/, right: 'true: without it the client names wrong revisions' }],
  ['tlsVerifyCert', { may: /^true$/, right: 'true: the client cannot leave it out; name a tlsCAFile instead' }],
])

/** @param text `sqlite`, or a connection string of EventStoreDB */
export const readEventStore = (text: string): ReadSetting => {
  if (text === 'sqlite') return { setting: { tag: 'sqlite' } }
  const [, scheme, rest = ''] = /^(esdb(?:\+discover)?):\/\/(.*)$/s.exec(text) ?? []
  if (scheme === undefined) return { right: `"sqlite", or a connection string such as ${example}` }
  const [authority = '', query, ...tooMany] = rest.split('?')
  if (tooMany.length > 0) return { right: 'one "?" alone, before the options' }
  const wrong = wrongAuthority(authority.replace(/\/+$/, '')) ?? wrongOptions(query)
  if (wrong !== undefined) return { right: wrong }
  const shown = `${scheme}://${authority.replace(/^.*@/, '')}`
  return { setting: { tag: 'eventstoredb', connectionString: text, shown } }
}

const wrongAuthority = (authority: string): string | undefined => {
  const parts = authority.split('@')
  const hosts = parts.at(-1) ?? ''
  const wrong = wrongCredentials(parts, example)
  if (wrong !== undefined) return wrong
  for (const host of hosts.split(',')) {
    const [, port = '2113'] = /^[A-Za-z0-9._-]+(?::(\d{1,5}))?$/.exec(host) ?? [undefined, 'none']
    const isPort = /^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535
    if (!isPort) return `host or host:port, and "," between several, as in ${example}`
  }
  return undefined
}

const wrongOptions = (query: string | undefined): string | undefined => {
  if (query === undefined) return undefined
  for (const option of query.split('&')) {
    const [name = '', value = '', ...more] = option.split('=')
    const known = options.get(name)
    if (known === undefined) return `options among ${[...options.keys()].join(', ')}`
    if (!known.may.test(value) || more.length > 0 || !canBeDecoded(value)) return `${name}=… with ${known.right}`
  }
  return undefined
}

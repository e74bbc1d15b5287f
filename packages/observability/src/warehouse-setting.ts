import { wantsCredentials, wrongCredentials } from './credentials.ts'

/** Where the tables are: in the process, in the data folder, or on a ClickHouse server. */
export type WarehouseSetting =
  | { readonly tag: 'chdb' }
  | {
      readonly tag: 'server'
      /** With user, password and port. Never to be shown. */
      readonly url: string
      /** The same without who and what opens it. */
      readonly shown: string
      /** As `remote_servers` calls it; undefined: all is on the one server. */
      readonly cluster: string | undefined
    }

/** A setting, or what would be right, in a few words that do not repeat what was given. */
export type ReadWarehouse = { readonly setting: WarehouseSetting } | { readonly right: string }

const example = 'http://user:password@host:8123/vouch'
const ports: Readonly<Record<string, number>> = { http: 8123, https: 8443 }

/** @param text `chdb`, or the address of ClickHouse's HTTP interface */
export const readWarehouse = (text: string): ReadWarehouse => {
  if (text === 'chdb') return { setting: { tag: 'chdb' } }
  const [, scheme = '', rest] = /^(https?):\/\/(.*)$/s.exec(text) ?? []
  if (rest === undefined) return { right: `"chdb", or the address of ClickHouse's HTTP interface, such as ${example}` }
  const [, authority = '', path = ''] = /^([^/?#]*)(.*)$/s.exec(rest) ?? []
  // They are part of what is promised to analysts.
  if (!/^\/vouch\/?$/.test(path)) {
    return { right: `"/vouch" and nothing else behind the port: the databases are vouch, vouch_asof and vouch_store` }
  }
  const parts = authority.split('@')
  const wrong = parts.length < 2 ? wantsCredentials(example) : wrongCredentials(parts, example)
  if (wrong !== undefined) return { right: wrong }
  const [, host, given] = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(parts.at(-1) ?? '') ?? []
  const port = Number(given ?? ports[scheme])
  if (host === undefined || port < 1 || port > 65_535) return { right: `host or host:port, as in ${example}` }
  const credentials = parts.length === 2 ? `${parts[0]}@` : ''
  const shown = `${scheme}://${host}:${port}`
  return {
    setting: { tag: 'server', url: `${scheme}://${credentials}${host}:${port}/vouch`, shown, cluster: undefined },
  }
}

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  projectorSettingNames,
  readProjectorSettings,
  readRelaySettings,
  readSettings,
  relaySettingNames,
  settingNames,
} from '@vouch/observability'
import { accessStatements } from '@vouch/warehouse'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { asked, compose, ours, read, readJson, root } from './files.ts'

type Env = Readonly<Record<string, string | undefined>>

const services = Object.entries(compose.services)
const text = read('docker-compose.yml')
const example = read('.env.example')

/** Images that come with a user of their own, whom nobody else can be without their files. */
const ofTheirOwnUser = new Set(['eventstore', 'kafka', 'kafka-topics', 'clickhouse'])

describe('docker-compose.yml', () => {
  it('fits the schema of the Compose Specification, which takes no other key', () => {
    const schema = readJson('node_modules/dclint/schemas/compose.schema.json') as Record<string, unknown>
    const { $schema, ...plain } = schema
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(plain)
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true)
    const { vouch } = compose.services
    expect(validate({ ...compose, services: { vouch: { ...vouch, healthchek: {} } } })).toBe(false)
  })

  it('has every part of production, and two projectors', () => {
    const processes = ['projector-1', 'projector-2', 'projector-rebuild', 'relay', 'vouch']
    const others = ['clickhouse', 'eventstore', 'grafana', 'kafka', 'kafka-topics', 'prometheus']
    expect(ours.map(([name]) => name).sort()).toEqual(processes)
    expect(Object.keys(compose.services).sort()).toEqual([...processes, ...others].sort())
    expect(new Set(ours.map(([, { image }]) => image)).size).toBe(1)
  })

  it.each(services)('pins the image of %s to one version', (_name, { image }) => {
    expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+\.\d+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$/)
  })

  it.each(services)('lets %s do no more than it has to', (name, service) => {
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(Object.keys(service.deploy?.resources.limits ?? {}).sort()).toEqual(['cpus', 'memory'])
    expect(service.logging).toBeDefined()
    if (ofTheirOwnUser.has(name)) return
    expect(service.read_only).toBe(true)
    expect(service.user).toMatch(/^[1-9]\d*:\d+$/)
  })

  it.each(services.filter(([name]) => name !== 'kafka-topics'))('looks whether %s lives', (name, service) => {
    const isInImage = name === 'vouch'
    expect(service.healthcheck !== undefined || isInImage).toBe(true)
    expect(service.stop_grace_period).toMatch(/^[34-9]\d+s$/)
  })

  it('publishes ports on loopback alone, and keeps what speaks in plain text inside', () => {
    for (const [name, { ports = [], networks = [] }] of services) {
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:(\d+):\1$/)
      expect(networks.includes('outside'), name).toBe(ports.length > 0)
    }
    expect(compose.networks.inside).toEqual({ internal: true })
  })

  it('waits for what each part needs, and names volumes and files that there are', () => {
    for (const [name, { depends_on = {}, volumes = [], healthcheck }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(compose.services[other], `${name} needs ${other}`).toBeDefined()
        if (condition === 'service_healthy') expect(compose.services[other]?.healthcheck).toBeDefined()
      }
      for (const volume of volumes) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('./')) expect(existsSync(join(root, source)), source).toBe(true)
        else expect(Object.keys(compose.volumes)).toContain(source)
      }
      expect(healthcheck?.test[0] ?? 'CMD').toMatch(/^CMD(-SHELL)?$/)
    }
  })
})

describe('the users of ClickHouse', () => {
  it('are those that vouch warehouse users prints, with the passwords of .env', () => {
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are the shell's
    const passwords = {
      ownPassword: '${VOUCH_CLICKHOUSE_PASSWORD}',
      analystPassword: '${VOUCH_ANALYST_PASSWORD}',
    }
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are the shell's
    const script = read('deploy/clickhouse/access.sh')
    expect(script).toContain(`<<SQL\n${accessStatements(passwords).join(';\n')};\nSQL\n`)
    expect(statSync(join(root, 'deploy/clickhouse/access.sh')).mode & 0o111).not.toBe(0)
    for (const name of asked(script)) expect(compose.services.clickhouse?.environment).toHaveProperty(name)
  })
})

describe('the environment', () => {
  const given = { VOUCH_CLICKHOUSE_PASSWORD: 'a', VOUCH_MASTER_KEY: Buffer.alloc(32).toString('base64') }
  const filled = (value: string): string =>
    value.replaceAll(/\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_all, name: string, fallback = '') =>
      name in given ? given[name as keyof typeof given] : fallback,
    )

  const processes: Readonly<Record<string, readonly [names: readonly string[], read: (env: Env) => object]>> = {
    vouch: [settingNames, readSettings],
    relay: [relaySettingNames, readRelaySettings],
    projector: [projectorSettingNames, readProjectorSettings],
  }

  it.each(ours)('of %s has names that its settings know, and values that they take', (name, { environment = {} }) => {
    const [names, readThem] = processes[name.replace(/-.*$/, '')] ?? [[], () => ({})]
    for (const known of Object.keys(environment)) expect(names, known).toContain(known)
    const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filled(value)]))
    const settings = readThem({ VOUCH_DATA: '/data', ...env })
    expect(settings).toMatchObject(
      {
        vouch: { projection: 'group', eventStore: { tag: 'eventstoredb' }, kafka: { brokers: ['kafka:9092'] } },
        relay: { partitions: 12, brokers: ['kafka:9092'], httpPort: 9464 },
        'projector-1': { generation: 1, brokers: ['kafka:9092'], httpPort: 9464 },
        'projector-2': { generation: 1, brokers: ['kafka:9092'], httpPort: 9464 },
        'projector-rebuild': { generation: 2, brokers: ['kafka:9092'], httpPort: 9464 },
      }[name] as object,
    )
  })

  it('that is asked for is in .env.example, which has nothing else', () => {
    const inExample = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name)
    expect(inExample.sort()).toEqual([...asked(text)].sort())
  })

  it('has no secret in it: nothing starts before they are set', () => {
    for (const [, name = ''] of example.matchAll(/^([A-Z_]*(?:PASSWORD|KEY))=/gm)) {
      expect(example).toMatch(new RegExp(`^${name}=$`, 'm'))
      for (const [use] of text.matchAll(new RegExp(`\\$\\{${name}[^}]*\\}`, 'g')))
        expect(use).toMatch(/:\?set it in \.env/)
    }
    expect(read('.gitignore')).toMatch(/^\.env$/m)
  })

  it('is described in the guide, name by name', () => {
    const guide = read('docs/operations.md')
    const known = new Set([...settingNames, ...relaySettingNames, ...projectorSettingNames])
    for (const name of known) expect(guide, name).toContain(`| \`${name}\` |`)
    for (const [, name = ''] of guide.matchAll(/^\| `((?:VOUCH|KAFKA)_[A-Z_]+)` \|/gm)) expect(known).toContain(name)
  })
})

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTemporary } from '../chdb/temporary.ts'
import { answerText, fixtureTables, mark } from '../conformance/harness.ts'
import type { OpenedWarehouse } from '../conformance.ts'
import type { Warehouse } from '../port.ts'
import { attempts } from './attempts.ts'
import { whyDenied } from './denied-functions.ts'
import { allowedFunctionsText, engineFunctions } from './generate-functions.ts'
import { honestPayments, honestQueries } from './honest.ts'
import { allowedTableFunctions, isAllowedFunction } from './names.ts'
import { openings } from './refusal.ts'

const secretText = 'the-secret-of-the-house'

describe('strangers', () => {
  let opened: OpenedWarehouse
  let warehouse: Warehouse
  const folder = mkdtempSync(join(tmpdir(), 'vouch-guard-'))
  const secret = join(folder, 'secret.txt')
  const target = join(folder, 'target.txt')
  const filled = (query: string) => query.replaceAll('{secret}', secret).replaceAll('{target}', target)

  beforeAll(async () => {
    writeFileSync(secret, secretText)
    opened = await openTemporary(fixtureTables, { seconds: 10 })
    warehouse = opened.warehouse
    await warehouse.migrate()
    await warehouse.insert('payments', 1, honestPayments)
    await warehouse.insert('payments', 2, [{ ...honestPayments[0], payment_id: 'not-published' }])
    await warehouse.publish('live', mark(1, 2))
  })

  afterAll(async () => {
    await opened.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  it('would find a secret that the guard did not keep', async () => {
    expect(await warehouse.rows(`SELECT file('${secret}') AS found`)).toEqual([{ found: secretText }])
  })

  describe('must not', () => {
    it('be few in ways', () => {
      expect(attempts.length).toBeGreaterThan(200)
      expect(new Set(attempts.map((attempt) => JSON.stringify(attempt))).size).toBe(attempts.length)
    })

    it.each(attempts.map((attempt) => [attempt.query.slice(0, 120), attempt] as const))('%s', async (_, attempt) => {
      const answer = await warehouse.ask({
        query: filled(attempt.query),
        params: attempt.params,
        format: attempt.format === undefined ? undefined : filled(attempt.format),
      })
      const said = answer.tag === 'answered' ? await text(answer.body) : JSON.stringify(answer)
      expect(said).not.toContain(secretText)
      expect(answer).toEqual(
        typeof attempt.expect === 'number'
          ? { tag: 'failed', code: attempt.expect, message: expect.any(String) }
          : {
              tag: 'refused',
              rule: attempt.expect,
              reason: expect.stringMatching(new RegExp(`^${openings[attempt.expect]}`)),
            },
      )
    })

    it('have changed anything by trying', async () => {
      expect(existsSync(target)).toBe(false)
      expect(readFileSync(secret, 'utf8')).toBe(secretText)
      expect((await warehouse.digest('payments', 1, 9n)).rows).toBe(3n)
      expect(await warehouse.generations()).toEqual([1, 2])
      expect(
        await warehouse.rows(
          `SELECT database, groupArray(name) AS names FROM (SELECT database, name FROM system.tables ORDER BY name)
           WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema') GROUP BY database ORDER BY database`,
        ),
      ).toEqual([
        { database: 'vouch', names: ['payment_totals', 'payments', 'progress'] },
        { database: 'vouch_asof', names: ['payment_totals', 'payments', 'progress'] },
        {
          database: 'vouch_store',
          names: ['foundings', 'marks', 'migrations', 'payments', 'programs', 'published'],
        },
      ])
      expect(await warehouse.migrate()).toEqual({ changed: [], needsRebuild: false })
    })

    it('reach a storage table by its UUID under the name of an open one', async () => {
      const [row] = await warehouse.rows<{ uuid: string }>(
        `SELECT uuid FROM system.tables WHERE database = 'vouch_store' AND name = 'payments'`,
      )
      const query = `SELECT payment_id FROM vouch.payments UUID '${row?.uuid}' ORDER BY payment_id`
      const unguarded = await warehouse.rows(`${query} SETTINGS enable_analyzer = 0`)
      expect(unguarded).toContainEqual({ payment_id: 'not-published' })
      expect(await answerText(await warehouse.ask({ query, format: 'TSV' }))).toBe('p-1\np-2\np-3\n')
    })

    it('read what another one gave as a parameter', async () => {
      await answerText(await warehouse.ask({ query: 'SELECT {mine:String}', params: { mine: 'private' } }))
      expect(await warehouse.ask({ query: 'SELECT {mine:String}' })).toMatchObject({ tag: 'failed', code: 456 })
    })
  })

  describe('may ask', () => {
    it.each(honestQueries.map((honest) => [honest.query, honest] as const))('%s', async (query, { params, answer }) => {
      const said = await answerText(await warehouse.ask({ query, format: 'TSV', params }))
      if (typeof answer === 'string') expect(said).toBe(answer)
      else expect(said).toMatch(answer)
    })
  })

  describe('the allow-list', () => {
    it('is what is generated from the engine and the list of what is denied', async () => {
      const committed = readFileSync(new URL('./allowed-functions.generated.ts', import.meta.url), 'utf8')
      expect(await allowedFunctionsText((query) => warehouse.rows(query))).toBe(committed)
    })

    it('or the denials name every function of the engine', async () => {
      const functions = await warehouse.rows<{ name: string; aliasOf: string }>(engineFunctions)
      expect(functions.length).toBeGreaterThan(1_000)
      const undecided = functions.filter(
        ({ name, aliasOf }) => !isAllowedFunction(name) && (whyDenied(name) ?? whyDenied(aliasOf)) === undefined,
      )
      expect(undecided).toEqual([])
      expect(functions.filter(({ name }) => isAllowedFunction(name) && whyDenied(name) !== undefined)).toEqual([])
    })

    it('has no function that, put behind FROM, would reach out of the tables', async () => {
      const tableFunctions = await warehouse.rows<{ name: string }>('SELECT name FROM system.table_functions')
      const both = tableFunctions.map(({ name }) => name).filter((name) => isAllowedFunction(name))
      // They compute from a literal that stands in the query.
      expect(both.filter((name) => !allowedTableFunctions.includes(name)).sort()).toEqual(['format', 'fuzzQuery'])
    })
  })
})

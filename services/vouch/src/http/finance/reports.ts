import { beneficiaryKinds, moneyRoles } from '@vouch/domain'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { isLeft } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { catchUp } from '../../catch-up.ts'
import { ages, aging } from '../../finance/aging.ts'
import { monthKnownAt, positionKnown } from '../../finance/known-at.ts'
import { liabilities } from '../../finance/liabilities.ts'
import { statementHtml } from '../../finance/statement-html.ts'
import { statementOf, statementSums } from '../../finance/statement-of.ts'
import { programOfStatement } from '../../finance/statement-programs.ts'
import { beneficiaryId, day, month, position, programId } from './fields.ts'
import { changing, type Finance, refusals, refused } from './requests.ts'

const tags = ['finance']
const money = z.string().describe('A decimal with the digits of its currency')
const moneyBy = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((of) => [of, money])) as Record<Name, typeof money>
const currency = z.string().describe('ISO 4217 code')
const known = z.int().describe('The log position up to which all is taken into account')

const ofMonth = { on: z.iso.date(), amount: money.describe('What it adds to what is owed'), currency }
const other = { ...ofMonth, movement: z.string(), memo: z.string() }

/** As `vouch statement … --json` prints it. */
const statementSchema = z.object({
  programId: z.string(),
  programName: z.string(),
  kind: z.enum(beneficiaryKinds),
  beneficiaryId: z.string(),
  period: z.string(),
  from: z.iso.date(),
  until: z.iso.date(),
  position: known,
  isClosed: z.boolean().describe('Whether the month was closed there; else more may come to it'),
  totals: z.array(z.object({ currency, ...moneyBy(statementSums) })).readonly(),
  rewards: z
    .array(
      z.object({
        ...ofMonth,
        role: z.enum(moneyRoles),
        rewardId: z.string().nullable(),
        ruleId: z.string().nullable(),
        conversionId: z.string().nullable(),
        memo: z.string(),
        movement: z.enum(['earned', 'reversed']),
        payableFrom: z.iso.date().nullable(),
      }),
    )
    .readonly(),
  payments: z
    .array(
      z.object({
        ...ofMonth,
        batchId: z.string(),
        reference: z.string(),
        outcome: z.enum(['settled', 'failed', 'returned']),
        payment: money.describe('What the line of the batch pays'),
      }),
    )
    .readonly(),
  others: z.array(z.object(other)).readonly(),
  adjustments: z.array(z.object({ ...other, belongsOn: z.iso.date() })).readonly(),
})

const liability = {
  currency,
  ...moneyBy(['pending', 'payable', 'inTransit', 'net', 'owed', 'belowZero']),
  parties: z.int(),
  partiesBelowZero: z.int(),
}

/** As `vouch report liabilities --json` prints it. */
const liabilitiesSchema = z.object({
  on: z.iso.date(),
  position: known,
  lines: z.array(z.object({ programId: z.string(), ...liability })).readonly(),
  totals: z.array(z.object(liability)).readonly(),
})

const aged = { currency, ...moneyBy(['notDue', ...ages, 'payable', 'belowZero']) }
const counted = { ...aged, parties: z.int(), partiesBelowZero: z.int() }

/** As `vouch report aging --json` prints it. */
const agingSchema = z.object({
  on: z.iso.date(),
  position: known,
  lines: z.array(z.object({ programId: z.string(), ...counted })).readonly(),
  totals: z.array(z.object(counted)).readonly(),
  parties: z
    .array(z.object({ programId: z.string(), kind: z.enum(beneficiaryKinds), beneficiaryId: z.string(), ...aged }))
    .readonly()
    .optional(),
})

/** Statements of advocates and customers, and reports of what is owed: as `vouch statement` and `vouch report` do. */
export function reportRoutes(app: FastifyInstance, finance: Finance): void {
  statementRoutes(app, finance)
  liabilitiesRoute(app, finance)
  agingRoute(app, finance)
}

const at = position.optional().describe('As it was known at this position of the log')

function statementRoutes(app: FastifyInstance, { engine, guard, work }: Finance): void {
  for (const kind of beneficiaryKinds) {
    app.withTypeProvider<ZodTypeProvider>().get(
      `/v1/programs/:programId/${kind}s/:beneficiaryId/statement`,
      {
        ...guard,
        schema: {
          summary: `What ${kind === 'advocate' ? 'an advocate' : 'a customer, as referee,'} is owed for a month, and how it came to that`,
          tags,
          params: z.object({ programId, beneficiaryId }),
          querystring: z.strictObject({
            period: month.describe('The month'),
            format: z.enum(['json', 'html']).optional().describe('One JSON object, or a page to print or send'),
            at,
          }),
          response: { 200: z.union([statementSchema, z.string()]), ...refusals, 409: changing[409] },
        },
      },
      (request, reply) =>
        work(reply, async ({ signal }) => {
          const { params, query } = request
          const { period, format, at } = query
          await catchUp(engine, signal)
          const program = await programOfStatement(engine.warehouse, { kind, ...params })
          if (isLeft(program)) return refused(reply, program.left)
          const known = await monthKnownAt(engine, { programId: program.right, period, at })
          if (isLeft(known)) return refused(reply, known.left)
          const statement = await statementOf(engine.warehouse, { kind, ...params, period, known: known.right })
          return format === 'html'
            ? reply.type('text/html; charset=utf-8').send(statementHtml(statement))
            : reply.send(statement)
        }),
    )
  }
}

const ofDay = {
  program: programId.optional().describe('Of this program alone'),
  on: day.optional().describe('The last day that counts; today where it is left out'),
  at,
}

function liabilitiesRoute(app: FastifyInstance, { engine, guard, work }: Finance): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/liabilities',
    {
      ...guard,
      schema: {
        summary: 'What each program owes on a day',
        tags,
        querystring: z.strictObject(ofDay),
        response: { 200: liabilitiesSchema, ...refusals, 409: changing[409] },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        await catchUp(engine, signal)
        const { program, on = today(engine.clock()), at } = request.query
        const known = await positionKnown(engine, at)
        if (isLeft(known)) return refused(reply, known.left)
        return reply.send(await liabilities(engine.warehouse, { programId: program, on, position: known.right }))
      }),
  )
}

function agingRoute(app: FastifyInstance, { engine, guard, work }: Finance): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/aging',
    {
      ...guard,
      schema: {
        summary: 'How long what is payable on a day has been so',
        tags,
        querystring: z.strictObject({
          ...ofDay,
          parties: z.enum(['true', 'false']).optional().describe('A line for each party as well'),
        }),
        response: { 200: agingSchema, ...refusals, 409: changing[409] },
      },
    },
    (request, reply) =>
      work(reply, async ({ signal }) => {
        await catchUp(engine, signal)
        const { program, on = today(engine.clock()), at, parties } = request.query
        const known = await positionKnown(engine, at)
        if (isLeft(known)) return refused(reply, known.left)
        const asked = { programId: program, on, position: known.right, byParty: parties === 'true' }
        return reply.send(await aging(engine.warehouse, asked))
      }),
  )
}

/** The UTC day. */
const today = (now: number): string => new Date(now).toISOString().slice(0, 10)

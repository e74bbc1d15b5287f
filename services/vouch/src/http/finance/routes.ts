import type { FastifyInstance } from 'fastify'
import { ledgerRoutes } from './ledger.ts'
import { payoutRoutes } from './payouts.ts'
import { reconciliationRoutes } from './reconciliation.ts'
import { type FinanceParts, financeRequests } from './requests.ts'
import { statementRoutes } from './statements.ts'

/** What the commands of finance do, over HTTP: for keys with the scope finance or admin. */
export async function financeRoutes(app: FastifyInstance, parts: FinanceParts): Promise<void> {
  // An answer is the very JSON that the command prints; tests hold it to its description.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  const finance = financeRequests(parts)
  payoutRoutes(app, finance)
  reconciliationRoutes(app, finance)
  ledgerRoutes(app, finance)
  // It has bodies of its own.
  await app.register(async (scope) => statementRoutes(scope, finance))
}

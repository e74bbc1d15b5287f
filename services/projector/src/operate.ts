import { readProjectorSettings, SettingsError } from '@vouch/observability'
import { dropOld, goLive } from '@vouch/projector'
import { openWarehouse } from './warehouse.ts'

const usage = `vouch-projector            folds its share of the log, as its settings say
vouch-projector go-live N  has readers see generation N, once it has caught up
vouch-projector drop N     drops generation N, which readers see no more; stop its projectors first`

/** What an operator does with generations. @throws SettingsError for wrong usage */
export async function operate(word: string, more: readonly string[]): Promise<void> {
  const [text = ''] = more
  if (!['go-live', 'drop'].includes(word) || more.length !== 1 || !/^[1-9]\d{0,6}$/.test(text)) {
    throw new SettingsError(usage)
  }
  const generation = Number(text)
  const settings = readProjectorSettings({ KAFKA_BROKERS: 'none:1', ...process.env })
  const warehouse = await openWarehouse(settings.warehouse)
  try {
    if (word === 'drop') {
      await dropOld(warehouse, generation)
      console.log(`Generation ${generation} is dropped.`)
    } else {
      const { position } = await goLive(warehouse, generation, Date.now())
      console.log(`Readers see generation ${generation} now, up to position ${position}.`)
    }
  } finally {
    await warehouse.close()
  }
}

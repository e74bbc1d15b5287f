export { type Admission, type AdmissionOptions, createAdmission } from './admit/admission.ts'
export {
  type Appended,
  type Conflict,
  type Duplicate,
  differingFields,
  type Outcome,
  type OutcomeError,
  type OutcomeJson,
  outcomeJson,
  type Rejected,
} from './admit/outcome.ts'
export { prepare, type Scopes, toAppend } from './admit/prepare.ts'
export { programStream } from './admit/publisher.ts'
export type { ImportFailure, ImportReport } from './import/failure.ts'
export type { LateFact, LateFacts, Programs } from './import/horizon.ts'
export { importFiles } from './import/import.ts'
export type { ImportOptions, ImportProgress } from './import/options.ts'
export { type Incoming, type ReadItem, unreadable } from './incoming.ts'
export { chooseMapping, type Mapping, parseMapping } from './mapping/mapping.ts'
export { bindMapping, type RowMapper } from './mapping/rows.ts'
export type { MappingProblems } from './mapping/schema.ts'
export {
  bindStatementMapping,
  type MappedStatement,
  parseStatementMapping,
  type StatementMapper,
  type StatementMapping,
} from './mapping/statement.ts'
export { type CsvOptions, type CsvRecord, readCsv, UnusableCsv } from './read/csv.ts'
export { readEventMessage, readJsonMessage } from './read/json-message.ts'
export { defaultMaxLineBytes, type NdjsonOptions, parseNdjson, readNdjson } from './read/ndjson.ts'
export { type ByteSource, openSource, UnreadableFile } from './read/source.ts'

import { describe, expect, it } from 'vitest'
import { openSettings } from './settings.ts'

const most = { seconds: 30, memoryBytes: 1_000, threads: 2 }

describe('settings of a stranger', () => {
  it.each<[Record<string, string>, Record<string, number | string>]>([
    [{}, {}],
    [{ join_use_nulls: '1' }, { join_use_nulls: '1' }],
    [{ output_format_json_quote_decimals: '0' }, { output_format_json_quote_decimals: '0' }],
    [{ max_execution_time: '5' }, { max_execution_time: 5 }],
    [{ max_execution_time: '31' }, { max_execution_time: 30 }],
    [{ max_execution_time: '0' }, { max_execution_time: 30 }],
    [{ max_execution_time: '0.0' }, { max_execution_time: 30 }],
    [{ max_execution_time: '0.0000001' }, { max_execution_time: 1 }],
    [{ max_memory_usage: '99999999999999999999' }, { max_memory_usage: 1_000 }],
    [
      { max_threads: '64', max_block_size: '0' },
      { max_threads: 2, max_block_size: 65_409 },
    ],
    [{ readonly: '1' }, {}],
    [{ readonly: '2' }, {}],
    [{ max_result_rows: '10' }, { max_result_rows: '10' }],
    [{ max_result_rows: '10', result_overflow_mode: 'throw' }, { max_result_rows: '10' }],
    [{ max_result_rows: '10', result_overflow_mode: 'break' }, { limit: 10 }],
    [{ result_overflow_mode: 'break', max_result_rows: '0' }, {}],
    [{ result_overflow_mode: 'break' }, {}],
    [{ max_result_rows: '10', result_overflow_mode: 'break', limit: '3' }, { limit: 3 }],
    [{ max_result_rows: '3', result_overflow_mode: 'break', limit: '10' }, { limit: 3 }],
  ])('%j are set as %j', (asked, settings) => {
    expect(openSettings(asked, most)).toEqual({ tag: 'open', settings })
  })

  it.each<[string, string]>([
    ['readonly', '0'],
    ['readonly', ''],
    ['max_execution_time', '-1'],
    ['max_execution_time', '1e9'],
    ['max_execution_time', 'Infinity'],
    ['max_memory_usage', ''],
    ['result_overflow_mode', 'ignore'],
    ['allow_introspection_functions', '1'],
    ['dialect', 'kusto'],
    ['enable_analyzer', '0'],
    ['max_result_bytes', '0'],
    ['output_format_schema', '/tmp/x'],
    ['format_schema', 'x'],
    ['log_queries', '1'],
    ['additional_result_filter', '1'],
    ['additional_table_filters', '{}'],
    ['param_x', '1'],
    ['limit = 1; SET readonly', '0'],
    ['LIMIT', '1'],
    ['__proto__', '1'],
    ['constructor', '1'],
    ['no_such_setting', '1'],
  ])('%s = "%s" is refused', (name, value) => {
    expect(openSettings(Object.fromEntries([[name, value]]), most)).toMatchObject({
      tag: 'refused',
      rule: 'setting',
      reason: expect.stringContaining(`The setting ${name} `),
    })
  })
})

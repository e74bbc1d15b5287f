import { type Refusal, refuse } from './refusal.ts'

/** Settings that change what an answer looks like or what a join makes of what is missing: they reach nothing and lift no limit. */
const free: readonly string[] = [
  'aggregate_functions_null_for_empty',
  'cast_string_to_dynamic_use_inference',
  'date_time_64_output_format_cut_trailing_zeros_align_to_groups_of_thousands',
  'date_time_input_format',
  'date_time_output_format',
  'extremes',
  'format_csv_delimiter',
  'group_by_use_nulls',
  'join_default_strictness',
  'join_use_nulls',
  'limit',
  'low_cardinality_allow_in_native_format',
  'max_result_rows',
  'offset',
  'output_format_arrow_compression_method',
  'output_format_arrow_string_as_string',
  'output_format_binary_write_json_as_string',
  'output_format_csv_crlf_end_of_line',
  'output_format_decimal_trailing_zeros',
  'output_format_float_precision',
  'output_format_json_array_of_rows',
  'output_format_json_escape_forward_slashes',
  'output_format_json_map_as_array_of_tuples',
  'output_format_json_named_tuples_as_objects',
  'output_format_json_pretty_print',
  'output_format_json_quote_64bit_floats',
  'output_format_json_quote_64bit_integers',
  'output_format_json_quote_decimals',
  'output_format_json_quote_denormals',
  'output_format_json_skip_null_value_in_named_tuples',
  'output_format_json_validate_utf8',
  'output_format_native_write_json_as_string',
  'output_format_parquet_compression_method',
  'output_format_parquet_string_as_string',
  'output_format_pretty_color',
  'output_format_pretty_grid_charset',
  'output_format_pretty_max_column_pad_width',
  'output_format_pretty_max_rows',
  'output_format_pretty_max_value_width',
  'output_format_pretty_row_numbers',
  'output_format_tsv_crlf_end_of_line',
  'output_format_write_statistics',
  'prefer_column_name_to_alias',
  'session_timezone',
  'transform_null_in',
  'union_default_mode',
]

/** What the limits that a question may lower for itself are otherwise. */
export interface MostSettings {
  readonly seconds: number
  readonly memoryBytes: number
  readonly threads: number
}

/** Rows of a block, unless less is asked for; ClickHouse's own default. */
const blockRows = 65_409

export interface OpenSettings {
  readonly tag: 'open'
  readonly settings: Readonly<Record<string, number | string>>
}

/**
 * A stranger's settings as they are to be set, before `readonly`.
 * @param most of what may only be lowered
 */
export function openSettings(asked: Readonly<Record<string, string>>, most: MostSettings): OpenSettings | Refusal {
  const settings: Record<string, number | string> = {}
  const bounds: ReadonlyMap<string, number> = new Map([
    ['max_block_size', blockRows],
    ['max_execution_time', most.seconds],
    ['max_memory_usage', most.memoryBytes],
    ['max_threads', most.threads],
  ])
  for (const [name, value] of Object.entries(asked)) {
    const bound = bounds.get(name)
    if (free.includes(name)) {
      settings[name] = value
    } else if (bound !== undefined) {
      const number = Number(value)
      if (!/^\d+(\.\d+)?$/.test(value)) return refuse('setting', ` ${name} is "${value}"; a number from 0 is right.`)
      // Zero stands for no limit, and so would a part of one where ClickHouse takes whole numbers.
      settings[name] = number === 0 ? bound : Math.min(Math.ceil(number), bound)
    } else if (name === 'result_overflow_mode') {
      if (value !== 'throw' && value !== 'break') {
        return refuse('setting', ` ${name} is "${value}"; throw and break are right.`)
      }
    } else if (name === 'readonly') {
      if (value !== '1' && value !== '2') return refuse('setting', ' readonly cannot be taken back.')
    } else {
      return refuse(
        'setting',
        ` ${name} is not open to questions, or there is none; limits can be lowered, and what an answer looks like be changed (${free.filter((it) => !it.startsWith('output_format')).join(', ')}, and most of output_format_…).`,
      )
    }
  }
  return { tag: 'open', settings: brokenOff(settings, asked) }
}

/**
 * `break` would cut an answer off at our own limit of its size too, without a word. What those who set it want is the first
 * so many rows, and these are what `limit` gives.
 */
function brokenOff(
  { max_result_rows: rows, ...settings }: Readonly<Record<string, number | string>>,
  { result_overflow_mode: mode }: Readonly<Record<string, string>>,
): Readonly<Record<string, number | string>> {
  if (rows === undefined) return settings
  if (mode !== 'break') return { ...settings, max_result_rows: rows }
  if (Number(rows) === 0) return settings
  const limit = Number(settings.limit ?? 0)
  return { ...settings, limit: limit === 0 ? Number(rows) : Math.min(limit, Number(rows)) }
}

/** Why a function of ClickHouse is not for strangers, and which ones that are. */
export interface Denial {
  readonly because: string
  readonly functions: RegExp
}

/**
 * Reviewed by hand. Everything that is not named here goes onto the allow-list when that is generated anew, so read the
 * difference: a new version of ClickHouse may bring functions that reach out of the tables.
 */
export const deniedFunctions: readonly Denial[] = [
  { because: 'reads files', functions: /^(file|catboostEvaluate|showCertificate|filesystem.*)$/ },
  {
    because: 'reads models or dictionaries from files',
    functions: /^(evalMLMethod|naiveBayesClassifier.*|region[A-Z].*)$/,
  },
  { because: 'reads dictionaries, which no one checks', functions: /^dict[A-Z].*$/ },
  { because: 'reads a table that is named in a string', functions: /^(joinGet|joinGetOrNull|hasColumnInTable)$/ },
  { because: 'calls a service over the network', functions: /^(ai|AI)(Classify|Embed|Extract|Generate|Translate)$/ },
  {
    because: 'tells about the machine',
    functions:
      /^(hostName|hostname|displayName|fullHostName|FQDN|getOSKernelVersion|getMacro|getServerPort|tcpPort|serverUUID|buildId|tid|chdb|getMaxTableNameLengthForDatabase)$/,
  },
  {
    because: 'tells about the server and its sessions',
    functions:
      /^(getSetting|getSettingOrDefault|getServerSetting|getMergeTreeSetting|getClientHTTPHeader|zookeeperSessionUptime|hasThreadFuzzer|transaction.*|runningConcurrency)$/,
  },
  { because: 'does nothing but wait', functions: /^sleep(EachRow)?$/ },
  {
    because: "looks into the engine's own workings",
    functions: /^(addressTo.*|demangle|logTrace|mergeTreePartInfo|isMergeTreePartCoveredBy|flameGraph|aggThrow|__.*)$/,
  },
  { because: 'writes to a coordination service', functions: /^generateSerialID$/ },
]

export function whyDenied(name: string): string | undefined {
  return deniedFunctions.find((denial) => denial.functions.test(name))?.because
}

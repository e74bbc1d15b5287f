import { SaxesParser } from 'saxes'

/**
 * The rules of the schema of pain.001.001.09 for the elements that vouch writes: which stand within which, in what order,
 * how often, and what their texts look like. An element that is not named here is one too many.
 */

interface Rule {
  /** Elements within, in their order; `?` may be missing, `+` may come again. */
  readonly within?: readonly string[]
  readonly text?: RegExp
  readonly attributes?: Readonly<Record<string, RegExp>>
}

/** 1 to so many characters of the set of SEPA, as banks have it; the schema itself takes any. */
const text = (max: number): RegExp => new RegExp(`^[A-Za-z0-9/?:().,'+ -]{1,${max}}$`)
const max35 = /^(?!\/)(?!.*\/\/)[A-Za-z0-9/?:().,'+ -]{1,35}(?<!\/)$/
const bic = /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/
const day = String.raw`\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`
/** At most 18 digits, of them 17 after the point. */
const controlSum = /^(?=(\.?\d){1,18}$)\d+(\.\d{1,17})?$/

const account: Rule = { within: ['Id AccountId'] }
const agent: Rule = { within: ['FinInstnId'] }
const party: Rule = { within: ['Nm'] }

/** By name; where one name has two meanings, a second word tells which rule it has. */
const rules: Readonly<Record<string, Rule>> = {
  Document: {
    within: ['CstmrCdtTrfInitn'],
    attributes: { xmlns: /^urn:iso:std:iso:20022:tech:xsd:pain\.001\.001\.09$/ },
  },
  CstmrCdtTrfInitn: { within: ['GrpHdr', 'PmtInf+'] },
  GrpHdr: { within: ['MsgId', 'CreDtTm', 'NbOfTxs', 'CtrlSum?', 'InitgPty'] },
  MsgId: { text: max35 },
  CreDtTm: { text: new RegExp(String.raw`^${day}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$`) },
  NbOfTxs: { text: /^[0-9]{1,15}$/ },
  CtrlSum: { text: controlSum },
  InitgPty: party,
  Nm: { text: text(70) },
  PmtInf: {
    within: [
      ...['PmtInfId', 'PmtMtd', 'NbOfTxs?', 'CtrlSum?', 'PmtTpInf?', 'ReqdExctnDt', 'Dbtr', 'DbtrAcct', 'DbtrAgt'],
      ...['ChrgBr?', 'CdtTrfTxInf+'],
    ],
  },
  PmtInfId: { text: max35 },
  PmtMtd: { text: /^(CHK|TRF|TRA)$/ },
  PmtTpInf: { within: ['SvcLvl'] },
  SvcLvl: { within: ['Cd'] },
  Cd: { text: /^.{1,4}$/ },
  ReqdExctnDt: { within: ['Dt'] },
  Dt: { text: new RegExp(`^${day}$`) },
  Dbtr: party,
  DbtrAcct: account,
  DbtrAgt: agent,
  AccountId: { within: ['IBAN'] },
  IBAN: { text: /^[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}$/ },
  FinInstnId: { within: ['BICFI?', 'Othr?'] },
  BICFI: { text: bic },
  Othr: { within: ['Id OtherId'] },
  OtherId: { text: max35 },
  ChrgBr: { text: /^(DEBT|CRED|SHAR|SLEV)$/ },
  CdtTrfTxInf: { within: ['PmtId', 'Amt', 'CdtrAgt?', 'Cdtr?', 'CdtrAcct?', 'RmtInf?'] },
  PmtId: { within: ['EndToEndId'] },
  EndToEndId: { text: max35 },
  Amt: { within: ['InstdAmt'] },
  InstdAmt: { text: /^(?=(\.?\d){1,18}$)\d+(\.\d{1,5})?$/, attributes: { Ccy: /^[A-Z]{3}$/ } },
  CdtrAgt: agent,
  Cdtr: party,
  CdtrAcct: account,
  RmtInf: { within: ['Ustrd'] },
  Ustrd: { text: text(140) },
}

export interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Node[]
  text: string
}

/** Reads XML by the letter of XML 1.0. @throws Error for what is not well-formed */
export function readXml(xml: string): Node {
  const parser = new SaxesParser()
  const top: Node = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes: attributes as Record<string, string>, children: [], text: '' }
    open.at(-1)?.children.push(node)
    open.push(node)
  })
  parser.on('text', (text) => {
    const node = open.at(-1)
    if (node) node.text += text
  })
  parser.on('closetag', () => void open.pop())
  parser.write(xml).close()
  const [root] = top.children
  if (root === undefined) throw new Error('There is no element in it.')
  return root
}

/** All that an initiation breaks of the schema's rules, one sentence each. @throws Error for what is not well-formed */
export const pain001Problems = (xml: string): string[] => problemsOf(readXml(xml), 'Document', 'Document')

function problemsOf(node: Node, ruleName: string, path: string): string[] {
  const rule = rules[ruleName]
  if (rule === undefined) return [`${path} has no place here.`]
  const { within = [], text, attributes = {} } = rule
  const own: string[] = []
  const names = [...new Set([...Object.keys(attributes), ...Object.keys(node.attributes)])]
  for (const name of names)
    if (!attributes[name]?.test(node.attributes[name] ?? ''))
      own.push(`${path} has ${name}="${node.attributes[name]}".`)
  if (text === undefined ? node.text.trim() !== '' : !text.test(node.text))
    own.push(`${path} is ${JSON.stringify(node.text)}.`)
  return [...own, ...sequenceProblems(node, within, path)]
}

function sequenceProblems({ children }: Node, within: readonly string[], path: string): string[] {
  const problems: string[] = []
  let next = 0
  for (const entry of within) {
    const [name = '', rule = name] = entry.replace(/[?+]$/, '').split(' ')
    const first = next
    const most = entry.endsWith('+') ? children.length : 1
    while (next < children.length && children[next]?.name === name && next - first < most) {
      problems.push(...problemsOf(children[next] as Node, rule, `${path}/${name}`))
      next++
    }
    if (next === first && !entry.endsWith('?')) problems.push(`${path} has no ${name} where it belongs.`)
  }
  for (const { name } of children.slice(next)) problems.push(`${path}/${name} is one too many, or in the wrong place.`)
  return problems
}

/** The texts of all elements of a name, at any depth. */
export function textsOf(node: Node, name: string): string[] {
  return [...(node.name === name ? [node.text] : []), ...node.children.flatMap((child) => textsOf(child, name))]
}

/** All elements of a name, at any depth. */
export const nodesOf = (node: Node, name: string): Node[] => [
  ...(node.name === name ? [node] : []),
  ...node.children.flatMap((child) => nodesOf(child, name)),
]

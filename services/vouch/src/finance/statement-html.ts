import { html, type Markup } from './html.ts'
import type { Statement } from './statement-of.ts'
import {
  knownWords,
  monthWords,
  movements,
  outcomeWords,
  payableWords,
  restsOf,
  ruleWords,
  shownSums,
  sumWords,
} from './statement-words.ts'

/** A statement as one page that needs nothing but itself: for a browser, for paper, or to be sent. */
export function statementHtml(statement: Statement): string {
  const { programName, programId, kind, beneficiaryId, from, until } = statement
  const month = monthWords(statement)
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Statement of ${beneficiaryId}, ${month}, ${programName}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="program">${programName}</p>
<h1>Statement for ${month}</h1>
<dl>
<div><dt>${kind === 'advocate' ? 'Advocate' : 'Customer'}</dt><dd>${beneficiaryId}</dd></div>
<div><dt>Program</dt><dd>${programId}</dd></div>
<div><dt>Days</dt><dd>${from} to ${until}</dd></div>
</dl>
</header>
<main>
${summary(statement)}
${details(statement)}
</main>
<footer>${knownWords(statement)} Amounts are what they add to what is owed to you; days are UTC.</footer>
</body>
</html>
`
  return page.text
}

function summary(statement: Statement): Markup {
  const { totals } = statement
  if (totals.length === 0) return html`<p>Nothing was earned or paid, and nothing is owed.</p>`
  const row = (of: (typeof movements)[number] | (typeof restsOf)[number], kind: string) =>
    html`<tr class="${kind}"><th scope="row">${sumWords[of]}</th>${totals.map((it) => amountCell(it[of]))}</tr>
`
  const rests = shownSums(statement, restsOf)
  return html`<table class="sums">
<thead><tr><th></th>${totals.map(({ currency }) => html`<th scope="col" class="amount">${currency}</th>`)}</tr></thead>
<tbody>
${shownSums(statement, movements).map((of) => row(of, of === 'opening' || of === 'closing' ? 'balance' : 'movement'))}${rests.map((of) => row(of, 'rest'))}</tbody>
</table>`
}

function details({ rewards, payments, others, adjustments }: Statement): Markup[] {
  return [
    section(
      'Rewards',
      [['Day', 'day'], ['Rule'], ['For'], ['Payable from', 'day'], ['Amount', 'amount']],
      rewards.map((it) => [
        html`<td>${it.on}</td><td>${ruleWords(it)}</td><td>${it.conversionId ?? ''}</td>`,
        html`<td>${payableWords(it)}</td>${amountCell(it.amount, it.currency)}`,
      ]),
    ),
    section(
      'Payments',
      [['Day', 'day'], ['Batch'], ['Reference', 'reference'], ['What', 'day'], ['Amount', 'amount']],
      payments.map((it) => [
        html`<td>${it.on}</td><td>${it.batchId}</td><td class="reference">${it.reference}</td><td>${outcomeWords[it.outcome]}</td>`,
        it.outcome === 'failed' ? voidCell(it.payment, it.currency) : amountCell(it.amount, it.currency),
      ]),
    ),
    section(
      'Written off and converted',
      [['Day', 'day'], ['What'], ['Amount', 'amount']],
      others.map((it) => [html`<td>${it.on}</td><td>${it.memo}</td>`, amountCell(it.amount, it.currency)]),
    ),
    section(
      'Adjustments of earlier months',
      [['Day', 'day'], ['Belongs to', 'day'], ['What'], ['Amount', 'amount']],
      adjustments.map((it) => [
        html`<td>${it.on}</td><td>${it.belongsOn}</td><td>${it.memo}</td>`,
        amountCell(it.amount, it.currency),
      ]),
    ),
  ]
}

/** A table of its own; nothing where it would be empty. */
function section(
  title: string,
  columns: readonly (readonly [name: string, kind?: string])[],
  rows: readonly (readonly Markup[])[],
): Markup {
  if (rows.length === 0) return html``
  return html`<section>
<h2>${title}</h2>
<table>
<thead><tr>${columns.map(([name, kind]) => (kind === undefined ? html`<th scope="col">${name}</th>` : html`<th scope="col" class="${kind}">${name}</th>`))}</tr></thead>
<tbody>
${rows.map(
  (cells) => html`<tr>${cells}</tr>
`,
)}</tbody>
</table>
</section>
`
}

const amountCell = (amount: string, currency = ''): Markup =>
  html`<td class="amount">${amountWords(amount, currency)}</td>`

/** Struck through: it was never paid. */
const voidCell = (amount: string, currency: string): Markup =>
  html`<td class="amount"><s>${amountWords(amount, currency)}</s></td>`

/** With a minus sign that is as wide as a digit. */
const amountWords = (amount: string, currency: string): string => `${amount.replace('-', '−')} ${currency}`.trimEnd()

// Columns have fixed widths, and what comes from outside is broken anywhere: no id or name can push an amount off the paper.
const style = html`
@page { size: A4; margin: 14mm 16mm; }
* { box-sizing: border-box; }
html { font-size: 15px; }
body { max-width: 50rem; margin: 2.5rem auto; padding: 0 1.25rem; color: #1d2530; background: #fff;
  font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.program { margin: 0; color: #5b6675; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.7rem; font-weight: 600; line-height: 1.2; }
h2 { margin: 2rem 0 .4rem; font-size: 1.05rem; font-weight: 600; break-after: avoid; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin: 0 0 1.75rem; }
dt { font-size: .8rem; color: #5b6675; }
dd { margin: 0; overflow-wrap: anywhere; }
main { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums lining-nums; }
section table { table-layout: fixed; min-width: 40rem; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: top; font-weight: 400; border-bottom: 1px solid #e4e8ee; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: .8rem; color: #5b6675; border-bottom-color: #b9c2cf; }
section td { font-size: .9rem; overflow-wrap: anywhere; }
section td.reference { font-size: .8rem; }
th.day { width: 7.2rem; }
th.reference { width: 18.5rem; }
th.amount { width: 9rem; }
.sums th, .amount { white-space: nowrap; }
.sums th.amount { width: auto; }
.amount { text-align: right; }
.balance th, .balance td { font-weight: 600; }
.rest th { padding-left: 1.2rem; }
.rest th, .rest td { color: #5b6675; font-size: .9rem; }
tr { break-inside: avoid; }
s { color: #5b6675; }
footer { margin-top: 2rem; font-size: .8rem; color: #5b6675; }
@media print {
  html { font-size: 9.5pt; }
  body { max-width: none; margin: 0; padding: 0; line-height: 1.35; }
  main { overflow: visible; }
  dl { margin-bottom: 1.2rem; }
  h2 { margin-top: 1.2rem; }
  th, td { padding-top: .15rem; padding-bottom: .15rem; }
  footer { margin-top: 1.2rem; }
  thead { display: table-header-group; }
}
`

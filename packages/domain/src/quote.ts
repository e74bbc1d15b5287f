/** The text in quotes for use inside a sentence: control characters escaped, and cut if it is long. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text)

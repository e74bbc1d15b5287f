const unreserved = /^[A-Za-z0-9_.~-]*$/

/** A text percent-encoded as UTF-8, as `encodeURIComponent` does it; most ids have nothing to encode. */
export const percentEncoded = (text: string): string => (unreserved.test(text) ? text : encodeURIComponent(text))

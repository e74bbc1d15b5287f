import manifest from '../package.json' with { type: 'json' }

/** Of this vouch, as its package says. */
export const { version } = manifest

import { describe, expect, it } from 'vitest'
import { readSettings } from './settings.ts'

describe('the limits of a server', () => {
  it('are what it has by itself, unless they are set', () => {
    expect(readSettings({}).limits).toEqual({
      maxWaitMs: undefined,
      connections: undefined,
      requestsAMinute: undefined,
      strangersAMinute: undefined,
    })
    const env = {
      VOUCH_MAX_WAIT_MS: '250',
      VOUCH_MAX_CONNECTIONS: '9',
      VOUCH_REQUESTS_PER_MINUTE: '600',
      VOUCH_STRANGERS_PER_MINUTE: '0',
    }
    expect(readSettings(env).limits).toEqual({
      maxWaitMs: 250,
      connections: 9,
      requestsAMinute: 600,
      strangersAMinute: 0,
    })
  })

  it.each([
    ['VOUCH_MAX_WAIT_MS', '5', 'a whole number from 10 to 60000'],
    ['VOUCH_MAX_WAIT_MS', '1e3', 'a whole number from 10 to 60000'],
    ['VOUCH_MAX_CONNECTIONS', '0', 'a whole number from 1 to 1000000'],
    ['VOUCH_REQUESTS_PER_MINUTE', '-1', 'a whole number from 0 to 100000000'],
    ['VOUCH_STRANGERS_PER_MINUTE', 'none', 'a whole number from 0 to 100000000'],
  ])('%s cannot be %s', (name, value, right) => {
    expect(() => readSettings({ [name]: value })).toThrow(`${name} is "${value}": ${right}.`)
  })
})

import { describe, expect, it } from 'vitest'
import { commandsOf, isShown } from './steps.ts'

const block = (...lines: string[]) => ({ line: 10, info: 'console', lines })

describe('the commands of a block', () => {
  it('are its lines with a prompt, each with the output below it', () => {
    expect(commandsOf(block('# first', '$ one', 'a', '', '$ two # exits 1', '$ three \\', '    --flag', 'b'))).toEqual([
      { line: 12, text: 'one', exitCode: 0, output: ['a'] },
      { line: 15, text: 'two', exitCode: 1, output: [] },
      { line: 16, text: 'three --flag', exitCode: 0, output: ['b'] },
    ])
  })

  it('are all its lines where there is no prompt', () => {
    expect(commandsOf(block('# install', 'one', '', 'two \\', '  three'))).toEqual([
      { line: 12, text: 'one', exitCode: 0, output: [] },
      { line: 14, text: 'two three', exitCode: 0, output: [] },
    ])
  })

  it('cannot be missing, nor come after their output', () => {
    expect(() => commandsOf(block('# nothing'))).toThrow(
      'The block in line 10 has no command; if it shows none, call it text.',
    )
    expect(() => commandsOf(block('a', '$ one'))).toThrow('Line 11 is output of no command: a')
  })
})

describe('output', () => {
  const cases: [shown: string[], output: string, same: boolean][] = [
    [['a', 'b'], 'a\nb\n', true],
    [['a', 'b'], 'a\nb', true],
    [['a  '], 'a\n', true],
    [['a'], 'a   \n', true],
    [['a'], 'a\nb\n', false],
    [['b'], 'a\nb\n', false],
    [['a.c'], 'abc\n', false],
    [['a … c'], 'a b c\n', true],
    [['a … c'], 'a b\nc\n', false],
    [['…', 'b'], 'b\n', true],
    [['…', 'b'], 'a\na\nb\n', true],
    [['a', '…'], 'a\nb\nc\n', true],
    [['a', '…'], 'b\n', false],
    [['a', '…', 'c'], 'a\nc\n', true],
    [[''], '', false],
  ]
  for (const [shown, output, same] of cases) {
    it(`${JSON.stringify(output)} is ${same ? '' : 'not '}what ${JSON.stringify(shown)} shows`, () => {
      expect(isShown(shown, output)).toBe(same)
    })
  }
})

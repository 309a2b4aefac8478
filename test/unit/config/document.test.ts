import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { good, problems } from './good-config.ts'

describe('malformed YAML', () => {
  const malformed: readonly [title: string, text: string, expected: RegExp][] = [
    ['a tab as indentation', 'project: a\nimages:\n\tapi: 1\n', /^slipway.yaml:3:1: found a tab/],
    ['a key twice', 'project: a\nproject: b\n', /^slipway.yaml:2:1: found a key .* second time/],
    ['a quote left open', 'project: "a\n', /^slipway.yaml:2:1: found malformed YAML: Missing/],
    ['two documents', `${good}---\n${good}`, /^slipway.yaml:8:1: found a second document/],
    ['nothing', '', /^slipway.yaml: found an empty file/],
    ['comments only', '# later\n', /^slipway.yaml: found an empty file/],
    ['a list', '- a\n', /^slipway.yaml:1:1: found a list, expected a mapping/],
    [
      'a key that changes the prototype of an object',
      '__proto__: {}\n',
      /^slipway.yaml:1:1: .*"__proto__"/,
    ],
    ['an alias to nothing', 'project: *a\n', /^slipway.yaml:1:10: found the alias/],
  ]
  for (const [title, text, expected] of malformed) {
    test(title, () => assert.match(problems(text)[0] ?? '', expected))
  }

  test('aliases that multiply are rejected before they fill the memory', () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0 ? 'a0: &a0 [x, x]' : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
    )
    assert.match(problems(levels.join('\n'))[0] ?? '', /aliases/)
  })

  test('an ordinary alias is followed, and a problem is reported at its anchor', () => {
    const text = good
      .replace('{ repository: hello }', '&image { repository: Hello }')
      .replace('services:', '  b: *image\nservices:')
    assert.deepEqual(
      problems(text).map((one) => one.split(': ')[0]),
      ['slipway.yaml:3:29', 'slipway.yaml:3:29'],
    )
  })
})

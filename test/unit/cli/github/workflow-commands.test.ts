import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { annotation, folded, inert, inertJson } from '../../../../cli/github/workflow-commands.ts'
import { commandsIn } from '../runner.ts'

describe('commands to the runner of GitHub Actions', () => {
  test('an annotation is one line, whatever its title and message contain', () => {
    assert.equal(
      annotation('error', 'rolled back: a,b', '100%\r\n::stop-commands::x'),
      '::error title=rolled back%3A a%2Cb::100%25%0D%0A::stop-commands::x',
    )
  })

  test('untrusted text contains no command, in either form and after whitespace', () => {
    const hostile = [
      '::error::boo',
      '  \t::add-mask::e',
      '\u00a0::set-env name=PATH::/tmp',
      'fine ##[error]boo ##[add-mask]e',
      'std::vector and a:b stay as they are',
      ':::error::',
    ].join('\n')
    assert.deepEqual(commandsIn(inert(hostile)), [])
    assert.match(inert(hostile), /^std::vector and a:b stay as they are$/m)
    assert.deepEqual(commandsIn(folded('logs\n::error::', hostile.split('\n'))), [
      '::group::logs%0A::error::',
      '::endgroup::',
    ])
  })

  test('JSON without commands has the same value', () => {
    const value = { message: '##[error]boo', nested: ['::error::', '####[['] }
    const text = inertJson(JSON.stringify(value, null, 2))
    assert.deepEqual(commandsIn(text), [])
    assert.deepEqual(JSON.parse(text), value)
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { execa } from 'execa'
import { parseTimeout } from '../../../cli/commands/command.ts'
import { completionScript, shells } from '../../../cli/completion.ts'
import { createProgram } from '../../../cli/program.ts'
import { requester } from '../../../cli/requested-by.ts'

test('a timeout is a number with a unit, above zero', () => {
  assert.deepEqual(['90s', '30m', '2h'].map(parseTimeout), [90_000, 1_800_000, 7_200_000])
  for (const text of ['', '90', '0s', '-1s', 'NaNs']) {
    assert.throws(() => parseTimeout(text), /Expected a duration such as 90s/, text)
  }
  assert.throws(() => parseTimeout('999999h'), /Expected at most 24d/)
})

test('every command has a description and an example in its help', () => {
  for (const command of createProgram().commands.flatMap((one) =>
    one.commands.length > 0 ? one.commands : [one],
  )) {
    let help = ''
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
    assert.notEqual(command.description(), '')
    assert.match(help, /Examples:\n {2}\$ slipway /, command.name())
  }
})

test('in GitHub Actions, the requester is the account, with the URL of the run', () => {
  const actions = {
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    GITHUB_REPOSITORY: 'mailman/mailman',
    GITHUB_RUN_ID: '42',
  }
  assert.equal(requester(actions), 'octocat (https://github.com/mailman/mailman/actions/runs/42)')
  assert.equal(requester({ ...actions, GITHUB_RUN_ID: undefined }), 'octocat')
  assert.match(requester({ GITHUB_ACTOR: 'stale' }), /^[^@ ]+@[^@ ]+$/)
})

test('bash completes commands, their options, and environments where a command takes one', async () => {
  const script = completionScript('bash', createProgram())
  const complete = async (...words: readonly string[]) => {
    const line = words.map((word) => `'${word}'`).join(' ')
    const ask = `slipway() { echo production; echo staging; }
${script}
COMP_WORDS=(slipway ${line}); COMP_CWORD=${words.length}; _slipway; printf '%s\\n' "\${COMPREPLY[@]}"`
    return (await execa('bash', ['-c', ask])).stdout.split('\n')
  }
  assert.deepEqual(await complete('dep'), ['deploy'])
  assert.deepEqual(await complete('deploy', 'prod'), ['production'])
  assert.deepEqual(await complete('deploy', '--no'), ['--no-wait'])
  assert.deepEqual(await complete('local', 'd'), ['down'])
  assert.deepEqual(await complete('completion', 'f'), ['fish'])
})

test('every shell has a completion script, and each script names every command', () => {
  for (const shell of shells) {
    const script = completionScript(shell, createProgram())
    for (const { name } of createProgram().commands.map((one) => ({ name: one.name() }))) {
      assert.ok(script.includes(name), `${shell}: ${name}`)
    }
  }
})

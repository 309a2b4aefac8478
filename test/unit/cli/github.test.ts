import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openJob } from '../../../cli/github/job.ts'
import { addToSummary, setOutputs } from '../../../cli/github/step-files.ts'
import { summaryOf } from '../../../cli/github/summary.ts'
import { pageOf } from '../../../text/temporal-ui.ts'
import { annotation, folded, inert, inertJson } from '../../../cli/github/workflow-commands.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { commandsIn, outputsOf } from './runner.ts'
import type { ReleaseResult, ReleaseStatus } from '../../../contract/releases.ts'

const id = 'release/production/3f2c1ab4d5e6'

const rolledBack: ReleaseResult = {
  id,
  outcome: 'rolled_back',
  message: 'api did not become healthy. The previous release runs again.',
  cause: 'Container api exited with 1: 100% sure,\nsee `::error::`',
  commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
  services: [
    {
      name: 'api',
      ecsService: 'mailman-api',
      revision: {
        service: 'api',
        taskDefinition: 'x/mailman-api:8',
        digests: {},
        registered: true,
      },
      rollbackTarget: {
        taskDefinition: 'x/mailman-api:7',
        digests: {},
        deploymentId: 'ecs-svc/7',
        hasSucceeded: true,
      },
    },
  ],
  startedAt: 1_000,
  endedAt: 13_200,
  warnings: ['the circuit breaker of api is off'],
  failedTasks: [],
}

const status: ReleaseStatus = {
  id,
  kind: 'deploy',
  project: 'mailman',
  environment: 'production',
  summary: 'mailman 3f2c1ab → production: Add | pipes',
  requestedBy: 'octocat',
  startedAt: 1_000,
  steps: [
    { name: 'build', subject: 'api', state: 'done', startedAt: 1_000, endedAt: 3_500 },
    { name: 'wait', subject: 'api', state: 'failed', startedAt: 4_000, endedAt: 9_000 },
  ],
  warnings: [],
}

function stepFiles() {
  const folder = temporaryFolder()
  const environment = {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    GITHUB_OUTPUT: join(folder, 'output'),
  }
  return {
    environment,
    summary: () => readFile(environment.GITHUB_STEP_SUMMARY, 'utf8'),
    outputs: async () => outputsOf(await readFile(environment.GITHUB_OUTPUT, 'utf8')),
  }
}

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

const environmentLink = { id: 'environment/production' }

describe('the page of a job of GitHub Actions', () => {
  test('links to the environment for a release that never began, and shows no duration', () => {
    const message = 'release/production/2 took its place before it started.'
    const superseded = { ...rolledBack, outcome: 'superseded', message, services: [] } as const
    const link = {
      page: 'https://ui/nowhere',
      environment: { ...environmentLink, page: 'https://ui/environment' },
    }
    const text = summaryOf(superseded, undefined, link)
    assert.match(text, /^### ⏭️ \S+: superseded$/m)
    assert.match(
      text,
      /\[environment\/production in the Temporal UI\]\(https:\/\/ui\/environment\)/,
    )
    assert.doesNotMatch(text, /nowhere/)
  })

  test('shows the outcome, the cause in full, the steps and a link', () => {
    const page = pageOf('https://temporal.example.com/', 'default', id)
    const text = summaryOf(rolledBack, status, { page, environment: environmentLink })
    assert.match(
      text,
      /^### ↩️ mailman 3f2c1ab → production: Add \\\| pipes: rolled back after 12\.2 s$/m,
    )
    assert.match(text, /^\| build api\u00a0 \| done\u00a0 \| 00:00:01\u00a0 \| 2\.5s/m)
    assert.match(text, /^\| wait api\u00a0 \| \*\*failed\*\*/m)
    assert.match(text, /^\| api\u00a0 \| mailman-api:8/m)
    assert.match(text, /^```text\nContainer api exited with 1: 100% sure,\nsee `::error::`\n```$/m)
    assert.ok(
      text.includes(
        '(https://temporal.example.com/namespaces/default/workflows/release%2Fproduction%2F3f2c1ab4d5e6)',
      ),
    )
  })

  test('contains untrusted text that can neither end a code block nor add markup', () => {
    const message = 'one\n```\n# Heading <img src=x>\n````\n'
    const text = summaryOf({ ...rolledBack, message }, undefined, { environment: environmentLink })
    assert.match(text, /^`````text\none\n```\n# Heading <img src=x>\n````\n`````$/m)
    const outside = text.replace(/^`````text[^]*?^`````$/m, '')
    assert.doesNotMatch(outside, /^# Heading|(?<!\\)<img/m)
  })

  test('shows a long warning in full', () => {
    const long = `mailman-api:9 differs in ${'a.field, '.repeat(30)}the.last: do this`
    const warned = { ...rolledBack, warnings: [long] }
    const shown = { ...status, warnings: [long] }
    const text = summaryOf(warned, shown, { environment: environmentLink })
    assert.ok(text.includes(`\n${long}\n`))
  })

  test('links only to a valid address', () => {
    assert.equal(pageOf(undefined, 'default', id), undefined)
    assert.equal(pageOf('javascript:alert(1)', 'default', id), undefined)
    assert.equal(pageOf('https://a.example)[x](http://b', 'default', id), undefined)
  })

  test('gets one error for a failed release, each warning once, and two outputs', async () => {
    const { environment, summary, outputs } = stepFiles()
    const sent: string[] = []
    const job = openJob(
      { id, environment: 'production', link: { environment: environmentLink } },
      environment,
      (line) => sent.push(line),
    )
    const warnings = rolledBack.warnings
    job?.show({ kind: 'progress', status: { ...status, warnings }, pending: [] })
    job?.show({ kind: 'progress', status: { ...status, warnings }, pending: [] })
    job?.ended(rolledBack, false)
    assert.deepEqual(sent, [
      '::warning title=slipway production::the circuit breaker of api is off',
      `::error title=rolled back%3A ${id}::api did not become healthy. The previous release runs again.%0A` +
        'Cause: Container api exited with 1: 100%25 sure,%0Asee `::error::`',
    ])
    assert.match(await summary(), /rolled back after/)
    assert.deepEqual(await outputs(), { release: id, outcome: 'rolled_back' })
  })

  test('gets no error for an expected outcome', async () => {
    const { environment, outputs } = stepFiles()
    const sent: string[] = []
    const job = openJob(
      { id, environment: 'production', link: { environment: environmentLink } },
      environment,
      (line) => sent.push(line),
    )
    job?.ended({ ...rolledBack, warnings: [] }, true)
    assert.deepEqual(sent, [])
    assert.equal((await outputs())['outcome'], 'rolled_back')
  })

  test('does not say that the release continues when a job that builds is interrupted', async () => {
    const { environment, summary } = stepFiles()
    const sent: string[] = []
    const release = { id, environment: 'production', link: { environment: environmentLink } }
    const afterStopping = 'Nobody builds it: it ends as `rejected`.'
    openJob({ ...release, afterStopping }, environment, (line) => sent.push(line))?.stoppedWaiting(
      'interrupted',
    )
    assert.match(sent.join('\n'), /^::warning title=interrupted%3A .*::Nobody builds it: it ends/)
    assert.match(
      await summary(),
      /: has not ended, .*\n\n- Nobody builds it: it ends as \\`rejected/,
    )
    assert.doesNotMatch(sent.join('') + (await summary()), /continues/)
  })

  test('has a summary within the limit of the runner, with its code block closed', async () => {
    for (const existing of [0, 1_024 * 1_024 - 2_000, 1_024 * 1_024 - 10]) {
      const { environment, summary } = stepFiles()
      await writeFile(environment.GITHUB_STEP_SUMMARY, 'x'.repeat(existing))
      const message = `The checks said:\n\`\`\`\n${'é🚢\n'.repeat(400_000)}`
      addToSummary(
        summaryOf({ ...rolledBack, message }, status, { environment: environmentLink }),
        environment,
      )
      const text = await summary()
      assert.ok(Buffer.byteLength(text) <= 1_024 * 1_024, String(Buffer.byteLength(text)))
      const ours = text.slice(existing)
      assert.ok(Buffer.byteLength(ours) <= 256 * 1_024)
      if (existing > 1_024 * 1_024 - 100) continue
      assert.match(ours, /^### ↩️/)
      assert.doesNotMatch(ours, /\uFFFD/)
      if (existing === 0)
        assert.match(ours, /\n````\n\nThe rest is left out\.\n$/, 'its block is closed')
    }
  })

  test('gets a short summary in full, after what earlier commands wrote', async () => {
    const { environment, summary } = stepFiles()
    await writeFile(environment.GITHUB_STEP_SUMMARY, 'before\n')
    addToSummary('ours', environment)
    assert.equal(await summary(), 'before\nours\n')
  })

  test('gets no output from the value of another', async () => {
    const { environment, outputs } = stepFiles()
    setOutputs({ release: 'x\noutcome<<EOF\nsucceeded\nEOF' }, environment)
    assert.deepEqual(Object.keys(await outputs()), ['release'])
  })

  test('does not exist outside GitHub Actions', () => {
    assert.equal(
      openJob({ id, environment: 'production', link: { environment: environmentLink } }, {}),
      undefined,
    )
  })
})

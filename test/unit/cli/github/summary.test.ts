import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { addToSummary } from '../../../../cli/github/step-files.ts'
import { summaryOf } from '../../../../cli/github/summary.ts'
import { pageOf } from '../../../../text/temporal-ui.ts'
import { environmentLink, id, rolledBack, status, stepFiles } from './job-fixture.ts'

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
})
